"""Fresh water: lake."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.draft import Draft
from ldm3d_web.worlds.hues import GREENS, GROUNDS, LEAVES, PAINTS, PINES
from ldm3d_web.worlds.light import mixed, scaled
from ldm3d_web.worlds.props import houses, objects, plants, stones
from ldm3d_web.worlds.staging import frame, near_things
from ldm3d_web.worlds.world import Feature, Oval, World

WATER = (0.16, 0.40, 0.50)


def afloat(
    d: Draft,
    name: str,
    count: int,
    make,
    near: float,
    far: float,
    water: Feature,
    radius: float,
    azimuth: float,
    colour: str,
) -> int:
    """Things on the water: a group towards an azimuth."""
    kept = d.avoid, d.only
    d.avoid, d.only = [(f, 0.3) for f, _ in d.avoid if f is not water], [(water, -1.0)]
    placed = d.some(name, count, make, near, far, radius, azimuth, colour)
    d.avoid, d.only = kept
    return placed


def lake(d: Draft) -> World:
    rng, u, season = d.rng, d.u, d.season("spring", "summer", "autumn", "winter")
    snow = d.snow
    ground = mixed(GROUNDS[season], (0.40, 0.46, 0.30), 0.0 if snow else 0.3)
    wide, long = u(17, 26), u(13, 20)
    x, z = stones.at_azimuth(d.front, long + u(1.5, 2.4))
    turned = abs(np.sin(d.front)) > abs(np.cos(d.front))
    sand = (0.84, 0.86, 0.90) if snow else (0.78, 0.70, 0.52)
    water = d.clear(
        Feature(Oval(x, z, *((long, wide) if turned else (wide, long)), 0.05), WATER, "water", 0.05, sand, 0.55), 0.7
    )
    d.mark("lake", d.front, long)
    peaks = mixed((0.46, 0.48, 0.58), (0.60, 0.55, 0.50), u(0, 1))
    snowy = snow or d.chance(0.55)
    d.ring(
        "mountain",
        7,
        lambda a: stones.mountain(rng, a, u(84, 110), u(26, 36), u(26, 44), peaks, u(0.35, 0.6) if snowy else None),
    )
    d.ring("", 9, lambda a: stones.hill(rng, a, u(58, 74), u(20, 30), u(4, 8), mixed(GREENS[season], peaks, 0.35)))
    d.one(
        "mountain",
        lambda x, z: stones.mountain(rng, d.front + 0.1, 80, 36, u(40, 52), peaks, 0.45 if snowy else None),
        90,
        100,
        0,
        d.front,
        0.1,
    )
    name = d.pick(["red", "white", "blue", "yellow", "green"])
    boats = d.pick(["boat", "boat", "sailing boat", "jetty", "none", "none"])
    if boats == "boat":
        afloat(
            d,
            "boat",
            d.count(1, 3),
            lambda x, z: objects.boat(rng, x, z, u(1.1, 1.3), PAINTS[name]),
            5,
            10,
            water,
            1.5,
            d.front + u(-0.5, 0.5),
            name,
        )
    elif boats == "sailing boat":
        afloat(
            d,
            "sailing boat",
            d.count(1, 3),
            lambda x, z: objects.sailing_boat(rng, x, z, u(1.3, 1.8), PAINTS[name]),
            9,
            18,
            water,
            2.2,
            d.front + u(-0.4, 0.4),
            name,
        )
    elif boats == "jetty":
        side = d.front + d.pick((-1.0, 1.0)) * u(0.25, 0.5)
        jx, jz = stones.at_azimuth(side, 2.6)
        d.put("jetty", jx, jz, lambda x, z: objects.jetty(rng, x, z, u(5, 7), np.pi - d.front), 0.6)
        afloat(
            d,
            "boat",
            1,
            lambda x, z: objects.boat(rng, x, z, 1.2, PAINTS[name]),
            5,
            8,
            water,
            1.5,
            side + 0.5 * np.sign(side - d.front),
            name,
        )
    behind = d.front + np.pi
    focal = d.pick(["cabin", "tent", "campfire", "none", "none"])
    if focal == "cabin":
        at = d.one("cabin", lambda x, z: houses.cabin(rng, x, z, u(2.8, 3.6), d.lit, snow), 7, 12, 3.2, behind, 0.7)
        if at is not None:
            d.shine(at[0] * 0.7, 1.2, at[1] * 0.7, 2.4)
    elif focal == "tent":
        tint = d.pick(["red", "orange", "yellow", "blue"])
        at = d.one(
            "tent", lambda x, z: houses.tent(rng, x, z, u(1.2, 1.5), PAINTS[tint], d.lit), 4, 7, 1.9, behind, 1.0, tint
        )
        if at is not None:
            d.shine(at[0] * 0.7, 0.7, at[1] * 0.7, 1.7)
    elif focal == "campfire":
        at = d.one(
            "campfire", lambda x, z: objects.campfire(rng, x, z, 0.9), 2.6, 4, 1.1, d.front + d.pick((-1.3, 1.3)), 0.3
        )
        if at is not None:
            d.shine(at[0], 0.7, at[1], 2.4, (1.0, 0.55, 0.20))
    if season == "autumn" and d.chance(0.6):
        d.around("tree", 20, lambda x, z: plants.tree(rng, x, z, u(4, 7), d.pick(LEAVES[season])), 4.5, 30, 1.7, 4)
    elif season == "spring" and d.chance(0.6):
        d.around(
            "blossom tree",
            16,
            lambda x, z: plants.tree(rng, x, z, u(4, 6), (0.97, 0.72, 0.80)),
            4.5,
            28,
            1.6,
            4,
            "pink",
        )
    else:
        d.around("pine tree", 30, lambda x, z: plants.pine(rng, x, z, u(3.8, 8), PINES[season], snow), 3.6, 34, 1.1, 5)
    if d.chance(0.3):
        d.one(
            "bench",
            lambda x, z: objects.bench(rng, x, z, yaw=-d.front),
            1.9,
            2.8,
            0.9,
            d.front + d.pick((-1.6, 1.6)),
            0.2,
        )
    if season == "autumn":
        frame(d, "tree", lambda x, z: plants.tree(rng, x, z, u(4.6, 5.6), d.pick(LEAVES[season])), 1.2, near=3.0)
    else:
        frame(d, "rock", lambda x, z: stones.rock(rng, x, z, u(0.7, 1.0), (0.68, 0.69, 0.70), snow), 1.2)
    near_things(
        d,
        [
            ("rock", lambda x, z: stones.rock(rng, x, z, u(0.22, 0.42), (0.68, 0.69, 0.70), snow), 0.5, ""),
            ("", lambda x, z: plants.reeds(rng, x, z, u(0.7, 0.9)), 0.3, ""),
            (
                "" if snow else "grass",
                lambda x, z: plants.grass(rng, x, z, u(0.35, 0.5), scaled(GREENS[season], 1.1)),
                0.2,
                "",
            ),
        ],
        4,
    )
    return d.finish("lake", np.array(ground), scaled(ground, 0.9), 5.0, tint=mixed(WATER, ground, 0.5), sun_side=0.8)
