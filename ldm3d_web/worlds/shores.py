"""The sea: beach."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.draft import Draft
from ldm3d_web.worlds.hues import PAINTS
from ldm3d_web.worlds.light import scaled
from ldm3d_web.worlds.props import houses, objects, plants, stones
from ldm3d_web.worlds.staging import frame, near_things
from ldm3d_web.worlds.waters import afloat
from ldm3d_web.worlds.world import Feature, Oval, World

WATER = (0.16, 0.40, 0.50)


def beach(d: Draft) -> World:
    rng, u = d.rng, d.u
    d.tags["season"] = "summer"
    r = u(8, 12)
    x, z = stones.at_azimuth(d.front + np.pi, r - u(1.4, 2.6))
    sea = Feature(
        Oval(x, z, r, r * u(0.85, 1.15), 0.05, outside=True), (0.10, 0.55, 0.62), "water", 0.1, (0.98, 0.96, 0.90), 0.28
    )
    shallow = Feature(Oval(x, z, r + 2.6, r + 2.6, 0.05, outside=True), (0.06, 0.40, 0.56), "water", 3.0)
    d.features += [
        Feature(Oval(x, z, r - 0.3, r - 0.3, 0.05, outside=True), (0.80, 0.69, 0.50), soft_m=0.5),
        sea,
        shallow,
    ]
    d.avoid.append((sea, 0.7))
    d.mark("sea", d.front, 6.0)
    for side in (-1.5, 1.5, 3.1):
        d.mark("sea", d.front + side, 12.0)
    name = d.pick(["red", "blue", "yellow", "white", "orange", "turquoise"])
    focal = d.pick(["boat", "sailing boat", "lighthouse", "hut", "parasol", "island"])
    if focal == "boat":
        afloat(
            d,
            "boat",
            d.count(1, 2),
            lambda x, z: objects.boat(rng, x, z, u(1.1, 1.3), PAINTS[name]),
            4.5,
            8,
            sea,
            1.5,
            d.front,
            name,
        )
    elif focal == "sailing boat":
        afloat(
            d,
            "sailing boat",
            d.count(1, 3),
            lambda x, z: objects.sailing_boat(rng, x, z, u(1.4, 2.0), PAINTS[name]),
            9,
            18,
            sea,
            2.2,
            d.front,
            name,
        )
    elif focal == "lighthouse":
        tint = d.pick(["red", "blue", "black"])
        ax, az = stones.at_azimuth(d.front + u(-0.3, 0.3), u(22, 30))
        d.put("", ax, az, lambda x, z: stones.mound(rng, x, z, 6, 1.6, (0.55, 0.50, 0.46)), 6)
        lx, lz = ax * 1.02, az * 1.02
        d.put(
            "lighthouse", lx, lz, lambda x, z: houses.lighthouse(rng, x, z, u(3.6, 4.4), PAINTS[tint], d.lit), 1, tint
        )
    elif focal == "hut":
        d.one("hut", lambda x, z: houses.hut(rng, x, z, u(2.6, 3.2), d.lit), 5.5, 2 * r - 4, 2.2, d.front + np.pi, 0.5)
    if focal == "parasol" or d.chance(0.3):
        d.some(
            "parasol",
            d.count(1, 3),
            lambda x, z: objects.parasol(rng, x, z, u(1.1, 1.25), PAINTS[name]),
            3.0,
            5.5,
            1.5,
            d.front + np.pi + u(-1.1, 1.1),
            name,
        )
    if focal == "island" or d.chance(0.4):
        d.ring(
            "island",
            d.count(2, 4),
            lambda a: stones.hill(rng, a, u(70, 120), u(14, 26), u(6, 15), (0.30, 0.50, 0.34)),
            u(0, 1.2),
        )
    d.around("palm tree", d.count(5, 9), lambda x, z: plants.palm(rng, x, z, u(4.2, 6.8)), 3.2, 2 * r - 3, 1.2, 2)
    d.some(
        "bush",
        d.count(2, 5),
        lambda x, z: plants.bush(rng, x, z, u(0.4, 0.7), (0.30, 0.55, 0.28)),
        4,
        2 * r - 3,
        0.9,
        d.front + np.pi,
    )
    if d.chance(0.3):
        d.some(
            "crate",
            d.count(1, 3),
            lambda x, z: objects.crate(rng, x, z, u(0.4, 0.6)),
            2.2,
            4,
            0.6,
            d.front + np.pi + u(-1, 1),
        )
    frame(d, "palm tree", lambda x, z: plants.palm(rng, x, z, u(4.4, 5.4)), 0.8, near=2.4, far=3.6)
    near_things(
        d,
        [
            ("rock", lambda x, z: stones.rock(rng, x, z, u(0.22, 0.4), (0.66, 0.60, 0.54)), 0.5, ""),
            ("grass", lambda x, z: plants.grass(rng, x, z, u(0.35, 0.5), (0.50, 0.64, 0.32)), 0.2, ""),
        ],
        3,
    )
    sand = (0.89, 0.79, 0.58)
    return d.finish("beach", np.array(sand), scaled(sand, 0.94), 4.0, tint=(0.70, 0.80, 0.78), sun_side=0.9)
