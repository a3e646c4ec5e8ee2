"""Places of sand and dust: desert and moon."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ldm3d_web.worlds.draft import Draft
from ldm3d_web.worlds.hues import BRIGHT, PAINTS
from ldm3d_web.worlds.light import make_light, mixed, scaled, towards
from ldm3d_web.worlds.props import houses, monuments, objects, plants, space, stones
from ldm3d_web.worlds.props.kit import vary
from ldm3d_web.worlds.staging import frame, near_things
from ldm3d_web.worlds.world import Colour, Feature, Oval, World


def desert(d: Draft) -> World:
    rng, u = d.rng, d.u
    sands: dict[str, Colour] = {"red": (0.84, 0.46, 0.30), "golden": (0.90, 0.71, 0.43), "white": (0.90, 0.86, 0.78)}
    d.tags["colour"] = str(rng.choice(list(sands), p=[0.4, 0.42, 0.18]))
    sand = sands[d.tags["colour"]]
    d.ring(
        "dune", 8, lambda a: stones.dune(rng, a, u(64, 100), u(32, 50), u(12, 22), mixed(sand, (0.9, 0.8, 0.75), 0.15))
    )
    d.ring("dune", 7, lambda a: stones.dune(rng, a, u(24, 38), u(11, 18), u(3.5, 7.5), vary(rng, sand, 0.01)), 0.3)
    focal = d.pick(["pyramid", "mesa", "rock arch", "temple", "oasis", "cactus", "tent", "obelisk", "mesa"])
    if focal == "pyramid":
        for _ in range(d.count(1, 3)):
            d.one(
                "pyramid",
                lambda x, z: monuments.pyramid(rng, x, z, u(12, 20), scaled(sand, 0.9)),
                36,
                62,
                14,
                d.front,
                0.35,
            )
    elif focal == "mesa":
        for _ in range(d.count(2, 4)):
            d.one(
                "mesa",
                lambda x, z: stones.mesa(rng, x, z, u(5, 10), u(14, 28), scaled(sand, 0.86)),
                30,
                62,
                8,
                d.front,
                0.5,
            )
    elif focal == "rock arch":
        d.one(
            "rock arch",
            lambda x, z: stones.rock_arch(rng, x, z, u(6, 9), u(5, 7), scaled(sand, 0.84)),
            11,
            16,
            4,
            d.front,
            0.15,
        )
    elif focal == "temple":
        d.one(
            "temple",
            lambda x, z: monuments.temple(rng, x, z, u(3.2, 4.2), scaled(sand, 0.95)),
            9.5,
            12,
            6,
            d.front,
            0.12,
        )
    elif focal == "oasis":
        x, z = stones.at_azimuth(d.front + u(-0.2, 0.2), u(7, 10))
        d.clear(
            Feature(
                Oval(x, z, u(3.4, 4.6), u(2.6, 3.6), 0.06), (0.20, 0.52, 0.56), "water", 0.06, (0.50, 0.62, 0.36), 0.7
            ),
            0.3,
        )
        d.mark("pond", float(np.arctan2(x, -z)), float(np.hypot(x, z)))
        d.some("palm tree", d.count(3, 6), lambda x, z: plants.palm(rng, x, z, u(4, 6)), 6, 14, 1.0, d.front)
    elif focal == "tent":
        name = d.pick(["white", "red", "blue"])
        at = d.one(
            "tent", lambda x, z: houses.tent(rng, x, z, u(1.6, 2.0), PAINTS[name], d.lit), 5, 8, 2.2, d.front, 0.3, name
        )
        if at is not None:
            d.shine(at[0] * 0.72, 0.8, at[1] * 0.72, 2.0)
    elif focal == "obelisk":
        d.some(
            "obelisk",
            d.count(1, 3),
            lambda x, z: monuments.obelisk(rng, x, z, u(5, 7), scaled(sand, 0.92)),
            8,
            13,
            1.2,
            d.front,
        )
    if focal == "cactus" or (focal not in ("pyramid", "oasis", "temple") and d.chance(0.5)):
        d.around("cactus", d.count(5, 10), lambda x, z: plants.cactus(rng, x, z, u(1.6, 3.4)), 3.0, 24, 0.9, 3)
    if d.chance(0.35) and d.lit > 0.3:
        at = d.one("campfire", lambda x, z: objects.campfire(rng, x, z, 1.0), 2.8, 4.2, 1.2, d.front + u(0.5, 1.2))
        if at is not None:
            d.shine(at[0], 0.7, at[1], 2.5, (1.0, 0.55, 0.20))
    d.around("rock", 4, lambda x, z: stones.rock(rng, x, z, u(0.5, 1.3), scaled(sand, 0.82)), 3.4, 18, 1.3, 2)
    if focal in ("cactus", "mesa", "rock arch"):
        frame(d, "cactus", lambda x, z: plants.cactus(rng, x, z, u(2.2, 2.8)), 0.8)
    else:
        frame(d, "rock", lambda x, z: stones.rock(rng, x, z, u(0.8, 1.2), scaled(sand, 0.85)), 1.4)
    near_things(
        d,
        [
            ("rock", lambda x, z: stones.rock(rng, x, z, u(0.24, 0.42), scaled(sand, 0.78)), 0.55, ""),
            ("bush", lambda x, z: plants.bush(rng, x, z, u(0.25, 0.36), (0.60, 0.58, 0.34)), 0.45, ""),
        ],
        4,
    )
    d.some("", 4, lambda x, z: stones.mound(rng, x, z, u(1.5, 2.6), u(0.2, 0.4), scaled(sand, 1.02)), 5, 14, 2)
    return d.finish("desert", np.array(sand), scaled(sand, 0.93), 9.0, tint=sand, air_m=150)


def moon(d: Draft) -> World:
    rng, u = d.rng, d.u
    d.tags |= {"time": "night", "weather": "clear"}
    grey: Colour = mixed((0.62, 0.62, 0.65), (0.66, 0.62, 0.58), u(0, 1))
    d.ring("mountain", 9, lambda a: stones.mountain(rng, a, u(55, 90), u(22, 34), u(14, 32), scaled(grey, 0.8), None))
    d.ring("", 8, lambda a: stones.hill(rng, a, u(30, 48), u(10, 18), u(2, 5), scaled(grey, 0.95)), 0.2)
    glass = BRIGHT[d.pick(["blue", "turquoise", "golden", "orange"])]
    name = d.pick(["red", "blue", "orange", "golden"])
    focal = d.pick(["dome", "dome", "rocket", "rocket", "rover", "none"])
    if focal == "dome":
        d.some("dome", d.count(2, 4), lambda x, z: space.dome(rng, x, z, u(2.4, 3.4), glass), 7.5, 13, 4.0, d.front)
    elif focal == "rocket":
        d.one(
            "rocket", lambda x, z: space.rocket(rng, x, z, u(2.4, 3.2), PAINTS[name]), 7, 10, 2.6, d.front, 0.15, name
        )
        if d.chance(0.5):
            d.some(
                "dome",
                d.count(1, 3),
                lambda x, z: space.dome(rng, x, z, u(2, 3), glass),
                10,
                18,
                3.8,
                d.front + u(1.6, 4.6),
            )
    if focal == "rover" or d.chance(0.3):
        d.one(
            "rover",
            lambda x, z: space.rover(rng, x, z, u(1.0, 1.3), PAINTS[name]),
            4,
            7,
            1.6,
            d.front + u(-0.6, 0.6) * (focal != "rover"),
            0.3,
        )
    if d.chance(0.4):
        d.one(
            "antenna",
            lambda x, z: space.antenna(rng, x, z, u(1.8, 2.4)),
            7,
            12,
            1.8,
            d.front + d.pick((-1.0, 1.0)) * u(0.6, 1.6),
            0.1,
        )
    if d.chance(0.4):
        d.one(
            "flag",
            lambda x, z: space.flag(rng, x, z, u(1.0, 1.2), PAINTS[name]),
            2.8,
            5,
            0.8,
            d.front + u(0.5, 5.8),
            0.1,
            name,
        )
    for _ in range(d.count(2, 4)):
        x, z = stones.at_azimuth(u(-3, 3), u(7, 22))
        r = u(1.6, 3.2)
        if d.free(x, z, 1.3 * r):
            d.put("crater", x, z, lambda x, z, r=r: stones.crater(rng, x, z, r, grey), 1.3 * r)
            d.features.append(Feature(Oval(x, z, r, r), scaled(grey, 0.72), soft_m=0.5))
    d.around("rock", 7, lambda x, z: stones.rock(rng, x, z, u(0.4, 0.9), scaled(grey, 0.95)), 4, 18, 1.4, 3)
    frame(d, "rock", lambda x, z: stones.rock(rng, x, z, u(0.8, 1.1), scaled(grey, 0.97)), 1.4)
    near_things(d, [("rock", lambda x, z: stones.rock(rng, x, z, u(0.22, 0.42), scaled(grey, 0.9)), 0.55, "")], 4)
    earth = d.front + u(-0.5, 0.5)
    globe = (*towards(earth, u(0.36, 0.6)), u(0.10, 0.15))
    d.mark("earth", earth, 170.0)
    light = make_light(rng, "night", "clear", d.front + d.pick((-1.0, 1.0)) * u(0.7, 1.9))
    light = replace(
        light,
        sun=(0.82, 0.80, 0.76),
        above=(0.34, 0.36, 0.45),
        below=(0.32, 0.32, 0.36),
        zenith=(0.01, 0.01, 0.04),
        middle=(0.02, 0.03, 0.09),
        horizon=(0.05, 0.07, 0.16),
        away=(0.04, 0.06, 0.14),
        fog_m=700.0,
        disc=(1.0, 0.98, 0.92),
        disc_radius_rad=0.045,
        glow=0.3,
        earth=globe,
    )
    return d.finish("moon", np.array(grey), scaled(grey, 0.86), 5.0, light=light, cloudy_sky=False)
