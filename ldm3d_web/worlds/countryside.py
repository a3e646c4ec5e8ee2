"""Open country: meadow and farm."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.draft import Draft
from ldm3d_web.worlds.hues import GREENS, GROUNDS, LEAVES, PAINTS, PETALS
from ldm3d_web.worlds.light import mixed, scaled
from ldm3d_web.worlds.props import houses, monuments, objects, plants, stones
from ldm3d_web.worlds.staging import frame, near_things, path
from ldm3d_web.worlds.world import Colour, Feature, Oval, Strip, World


def _hills(d: Draft, away: float, low: float, colour: Colour) -> None:
    u = d.u
    d.ring("hill", 7, lambda a: stones.hill(
        d.rng, a, away * u(0.9, 1.1), away * u(0.42, 0.6), u(low, 1.9 * low), colour))  # fmt: skip


def meadow(d: Draft) -> World:
    season = d.season("spring", "summer", "autumn")
    rng, u = d.rng, d.u
    ground = GROUNDS[season]
    for away, low, share in ((115, 18, 0.6), (80, 9, 0.4), (50, 4, 0.15)):
        tone = mixed(GREENS[season], (0.60, 0.70, 0.66), share * 0.6)
        _hills(d, away, low, tone)
    road = path(d, (0.80, 0.70, 0.50), 0.7, u(12, 26)) if d.chance(0.6) else None
    focal = d.pick(["windmill", "big tree", "house", "blossom tree", "pond", "sheep", "castle"])
    if season != "spring" and focal == "blossom tree":
        focal = "big tree"
    if road is not None:
        d.avoid.pop()
    if focal == "windmill":
        name = d.pick(["red", "blue", "brown"])
        d.one(
            "windmill",
            lambda x, z: houses.windmill(rng, x, z, u(3.2, 4.4), d.lit, PAINTS[name]),
            9.5,
            14,
            3,
            d.front,
            0.12,
        )
    elif focal == "house":
        name = d.pick(["red", "white", "yellow", "blue"])
        at = d.one(
            "house",
            lambda x, z: houses.house(rng, x, z, u(3.6, 4.6), PAINTS[name], (0.45, 0.30, 0.24), d.lit, False),
            8.5,
            12,
            4,
            d.front,
            0.12,
            name,
        )
        if at is not None:
            d.shine(at[0] * 0.7, 1.6, at[1] * 0.7, 2.6)
    elif focal == "castle":
        name = d.pick(["red", "blue"])
        d.one(
            "castle",
            lambda x, z: monuments.castle(rng, x, z, u(7, 9), (0.84, 0.80, 0.74), PAINTS[name], d.lit),
            38,
            50,
            12,
            d.front,
            0.12,
        )
    elif focal == "pond":
        x, z = stones.at_azimuth(d.front + u(-0.2, 0.2), u(6.5, 9))
        d.clear(
            Feature(
                Oval(x, z, u(3, 4.2), u(2.4, 3.2), 0.06),
                (0.28, 0.52, 0.58),
                "water",
                0.06,
                mixed(ground, (0.80, 0.74, 0.54), 0.6),
                0.35,
            ),
            0.3,
        )
        d.mark("pond", float(np.arctan2(x, -z)), float(np.hypot(x, z)))
    elif focal == "sheep":
        d.some("sheep", d.count(2, 5), lambda x, z: objects.sheep(rng, x, z, u(0.75, 0.95)), 4, 9, 1.0, d.front)
    big = focal in ("big tree", "blossom tree")
    if big and focal == "blossom tree":
        d.one(
            "blossom tree",
            lambda x, z: plants.tree(rng, x, z, u(6, 7.5), (0.97, 0.70, 0.78)),
            6,
            9,
            2.4,
            d.front,
            0.2,
            "pink",
            "big",
        )
    elif big:
        d.one("tree", lambda x, z: plants.tree(rng, x, z, u(6.5, 8), LEAVES[season][0]), 6, 10, 2.6, d.front, 0.2)
    if road is not None:
        d.avoid.append((road, 0.35))
    if d.chance(0.45):
        side = d.front + d.pick((-1.0, 1.0)) * u(0.55, 0.9)
        x, z = stones.at_azimuth(side, u(4, 6))
        d.put("fence", x, z, lambda x, z: objects.fence(rng, x, z, u(4, 6), np.arctan2(-x, -z) + u(-0.4, 0.4)), 0.4)
    if d.chance(0.35):
        d.one("bench", lambda x, z: objects.bench(rng, x, z), 3, 5, 0.9, d.front + d.pick((-0.9, 0.9)), 0.2)
    crown = LEAVES[season]
    if not big:
        d.around("tree", d.count(8, 14), lambda x, z: plants.tree(rng, x, z, u(4.2, 7), d.pick(crown)), 5, 34, 2.0)
    petal = d.pick(list(PETALS))
    d.some("", 9, lambda x, z: plants.bush(rng, x, z, u(0.4, 0.8), GREENS[season]), 5, 14, 0.8, d.front + u(1, 5))
    if d.chance(0.5):
        frame(d, "tree", lambda x, z: plants.tree(rng, x, z, u(4.6, 5.6), d.pick(LEAVES[season])), 1.2, near=3.0)
    else:
        frame(d, "rock", lambda x, z: stones.rock(rng, x, z, u(0.8, 1.1), (0.74, 0.73, 0.70)), 1.3)
    near_things(
        d,
        [
            ("flower", lambda x, z: plants.flower(rng, x, z, PETALS[petal], u(0.9, 1.25)), 0.16, petal),
            ("grass", lambda x, z: plants.grass(rng, x, z, u(0.35, 0.5), scaled(GREENS[season], 1.15)), 0.2, ""),
            ("rock", lambda x, z: stones.rock(rng, x, z, u(0.22, 0.4), (0.74, 0.73, 0.70)), 0.5, ""),
        ],
        4,
    )
    for _ in range(3):
        d.some(
            "flower",
            d.count(4, 7),
            lambda x, z: plants.flower(rng, x, z, PETALS[petal], u(0.9, 1.3)),
            2.2,
            7,
            0.2,
            None,
            petal,
        )
    d.some("", 7, lambda x, z: plants.grass(rng, x, z, u(0.4, 0.6), scaled(GREENS[season], 1.1)), 2.5, 7, 0.3)
    return d.finish("meadow", np.array(ground), scaled(ground, 0.88), 6.0, tint=ground)


def farm(d: Draft) -> World:
    rng, u, season = d.rng, d.u, d.season("spring", "summer", "autumn")
    ground = mixed(GROUNDS[season], (0.72, 0.66, 0.36), 0.25)
    path(d, (0.78, 0.66, 0.46), 0.95, 16)
    wheat: Colour = {"spring": (0.58, 0.70, 0.32), "summer": (0.90, 0.76, 0.38), "autumn": (0.60, 0.44, 0.28)}[season]
    for side in (-1, 1):
        strip = Strip(d.front, u(5, 8), side * u(13, 16), 0.0, 5.0, 0.0, u(-14, -6), u(24, 34))
        d.features.append(Feature(strip, wheat, soft_m=0.2))
        for k in range(5):
            row = Strip(d.front, 0.5, strip.offset_m + (k - 2) * 2.2, 0.0, 5.0, 0.0, strip.start_m + 1, strip.end_m - 1)
            d.features.append(Feature(row, scaled(wheat, 0.86), soft_m=0.3))
        d.mark("field", d.front + side * 1.2, 14.0)
    name = d.pick(["red", "red", "brown", "white"])
    at = d.one(
        "barn", lambda x, z: houses.barn(rng, x, z, u(5, 6.2), PAINTS[name], d.lit), 12, 15, 6, d.front, 0.08, name
    )
    if at is not None:
        d.shine(at[0] * 0.68, 2.5, at[1] * 0.68, 3.5)
    if d.chance(0.6):
        d.one(
            "silo", lambda x, z: houses.silo(rng, x, z, u(3.6, 4.4)), 13, 18, 1.8, d.front + d.pick((-0.42, 0.42)), 0.06
        )
    elif d.chance(0.7):
        d.one(
            "windmill",
            lambda x, z: houses.windmill(rng, x, z, u(3, 3.8), d.lit, PAINTS["brown"]),
            12,
            17,
            3,
            d.front + d.pick((-0.5, 0.5)),
            0.1,
        )
    if d.chance(0.55):
        other = d.pick(["white", "yellow", "blue"])
        d.one(
            "house",
            lambda x, z: houses.house(rng, x, z, u(3.6, 4.4), PAINTS[other], (0.56, 0.28, 0.22), d.lit, False),
            9,
            13,
            4,
            d.front + np.pi + u(-0.5, 0.5),
            0.1,
            other,
        )
    animal = d.pick(["sheep", "cow", "hay bale"])
    make = {
        "sheep": lambda x, z: objects.sheep(rng, x, z, u(0.8, 1.0)),
        "cow": lambda x, z: objects.cow(rng, x, z, u(1.1, 1.3)),
        "hay bale": lambda x, z: objects.hay_bale(rng, x, z, u(0.9, 1.15)),
    }[animal]
    d.some(animal, d.count(2, 5), make, 4, 9, 1.3, d.front + d.pick((-1.0, 1.0)) * u(0.6, 1.1))
    if animal != "hay bale" and d.chance(0.5):
        d.some(
            "hay bale",
            d.count(1, 3),
            lambda x, z: objects.hay_bale(rng, x, z, u(0.9, 1.1)),
            5,
            10,
            1.3,
            d.front + np.pi + u(-1, 1),
        )
    if d.chance(0.35):
        d.one("scarecrow", lambda x, z: objects.scarecrow(rng, x, z), 4, 8, 0.8, d.front + u(1, 5))
    if d.chance(0.4):
        d.one(
            "cart",
            lambda x, z: objects.cart(rng, x, z, u(0.9, 1.1), (0.88, 0.72, 0.34)),
            3.4,
            6,
            1.4,
            d.front + u(0.8, 5.4),
        )
    for side in (-1, 1):
        x, z = stones.at_azimuth(d.front + side * u(0.5, 0.8), u(3.2, 4.4))
        d.put(
            "fence",
            x,
            z,
            lambda x, z, s=side: objects.fence(rng, x, z, u(4, 6), d.front * -1 + np.pi / 2 + 0.1 * s),
            0.5,
        )
    d.around("tree", 7, lambda x, z: plants.tree(rng, x, z, u(3.8, 6), d.pick(LEAVES[season])), 10, 34, 2.0)
    d.ring(
        "hill",
        8,
        lambda a: stones.hill(rng, a, u(70, 100), u(30, 45), u(6, 14), mixed(GREENS[season], (0.6, 0.7, 0.66), 0.4)),
    )
    frame(d, "hay bale", lambda x, z: objects.hay_bale(rng, x, z, u(1.0, 1.2)), 1.2)
    near_things(
        d,
        [
            ("grass", lambda x, z: plants.grass(rng, x, z, u(0.35, 0.5), scaled(GREENS[season], 1.15)), 0.2, ""),
            ("barrel", lambda x, z: objects.barrel(rng, x, z, u(0.7, 0.85)), 0.45, ""),
            ("crate", lambda x, z: objects.crate(rng, x, z, u(0.4, 0.6)), 0.5, ""),
        ],
        3,
    )
    return d.finish("farm", np.array(ground), scaled(ground, 0.9), 6.0, tint=ground)
