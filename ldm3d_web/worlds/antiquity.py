"""Ruins."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.draft import Draft
from ldm3d_web.worlds.hues import GREENS, GROUNDS, LEAVES
from ldm3d_web.worlds.light import mixed, scaled
from ldm3d_web.worlds.props import furniture, monuments, plants, stones
from ldm3d_web.worlds.staging import near_things
from ldm3d_web.worlds.world import Colour, Feature, Strip, World


def ruins(d: Draft) -> World:
    rng, u = d.rng, d.u
    d.season("spring", "summer", "autumn")
    stone: Colour = d.pick([(0.86, 0.81, 0.72), (0.78, 0.74, 0.68), (0.84, 0.74, 0.60)])
    season = d.tags["season"]
    grass = mixed(GROUNDS[season], (0.66, 0.62, 0.42), 0.35)
    slab = mixed(stone, (0.72, 0.70, 0.62), 0.4)
    d.features.append(
        Feature(Strip(d.front, 2.3, 0, start_m=-5, end_m=16), slab, soft_m=0.12, rim=scaled(grass, 0.85), rim_m=0.2)
    )
    d.mark("path", d.front, 6.0)
    d.mark("path", d.front + np.pi, 4.0)
    focal = d.pick(["temple", "statue", "archway", "obelisk", "fountain", "temple"])
    make, near, radius = {
        "temple": (lambda x, z: monuments.temple(rng, x, z, u(3.6, 4.6), stone), (14, 17), 5.5),
        "statue": (lambda x, z: monuments.statue(rng, x, z, u(2.2, 2.9)), (5.5, 8), 1.2),
        "archway": (lambda x, z: monuments.archway(rng, x, z, u(2.6, 3.4), stone), (8, 11), 2.6),
        "obelisk": (lambda x, z: monuments.obelisk(rng, x, z, u(6, 8), stone), (8, 11), 1.4),
        "fountain": (lambda x, z: monuments.fountain(rng, x, z, u(1.1, 1.4)), (4.5, 6.5), 1.8),
    }[focal]
    d.one(focal, make, *near, radius, d.front, 0.06)
    along = np.array([np.sin(d.front), -np.cos(d.front)])
    across = np.array([np.cos(d.front), np.sin(d.front)])
    tall = u(3.6, 4.8)
    for side in (-1, 1):
        for i in range(-1, 4):
            x, z = along * (0.9 + i * 3.4) + across * side * u(2.6, 2.8)
            broken = d.chance(0.3)
            if d.free(float(x), float(z), 0.5):
                d.put(
                    "column",
                    float(x),
                    float(z),
                    lambda x, z, b=broken: monuments.column(rng, x, z, tall * (0.5 if b else 1.0), stone, b),
                    0.5,
                )
    d.some(
        "wall",
        d.count(2, 3),
        lambda x, z: monuments.wall(rng, x, z, u(4, 6), u(1.6, 2.8), stone),
        8,
        13,
        2.6,
        d.front + d.pick((-1.0, 1.0)) * u(1.0, 1.6),
    )
    if focal != "archway" and d.chance(0.6):
        d.one("archway", lambda x, z: monuments.archway(rng, x, z, u(2, 2.6), stone), 7, 11, 2.2, d.front + np.pi, 0.4)
    if focal != "statue" and d.chance(0.35):
        d.one(
            "statue",
            lambda x, z: monuments.statue(rng, x, z, u(1.7, 2.2)),
            4,
            6.5,
            1.0,
            d.front + d.pick((-1.1, 1.1)),
            0.2,
        )
    if d.chance(0.5):
        d.some("vase", d.count(2, 3), lambda x, z: _vase(d, x, z), 2.4, 4, 0.45, d.front + u(0.9, 5.4))
    d.around("tree", d.count(6, 11), lambda x, z: plants.tree(rng, x, z, u(4, 6.5), d.pick(LEAVES[season])), 8, 32, 2.0)
    d.ring(
        "hill",
        9,
        lambda a: stones.hill(rng, a, u(60, 90), u(24, 40), u(6, 13), mixed(GREENS[season], (0.6, 0.66, 0.66), 0.4)),
    )
    d.some(
        "bush", 5, lambda x, z: plants.bush(rng, x, z, u(0.4, 0.8), GREENS[season]), 4, 10, 0.9, d.front + u(0.8, 5.5)
    )
    near_things(
        d,
        [
            ("rock", lambda x, z: stones.rock(rng, x, z, u(0.25, 0.45), stone), 0.55, ""),
            ("grass", lambda x, z: plants.grass(rng, x, z, u(0.35, 0.5), scaled(GREENS[season], 1.15)), 0.2, ""),
            ("column", lambda x, z: monuments.column(rng, x, z, u(0.9, 1.2), stone, True), 0.4, ""),
        ],
        4,
    )
    return d.finish("ruins", np.array(grass), scaled(grass, 0.88), 4.5, tint=grass, air_m=150)


def _vase(d: Draft, x: float, z: float):
    return furniture.vase(d.rng, x, z, d.u(0.7, 1.0), (0.76, 0.46, 0.32))
