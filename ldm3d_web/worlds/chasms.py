"""Where the earth is open: canyon and volcano."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.draft import Draft
from ldm3d_web.worlds.hues import PAINTS
from ldm3d_web.worlds.light import make_light, mixed, scaled
from ldm3d_web.worlds.props import houses, objects, plants, stones
from ldm3d_web.worlds.props.kit import FLOOR, darker
from ldm3d_web.worlds.shapes import frustum, prism
from ldm3d_web.worlds.staging import frame, near_things, path
from ldm3d_web.worlds.world import Colour, Feature, Strip, World


def canyon(d: Draft) -> World:
    rng, u = d.rng, d.u
    name = d.pick(["red", "orange", "brown"])
    rock: Colour = {"red": (0.78, 0.38, 0.26), "orange": (0.88, 0.56, 0.32), "brown": (0.64, 0.46, 0.34)}[name]
    d.tags["colour"] = name
    sand = mixed(rock, (0.95, 0.84, 0.64), 0.45)
    along = np.array([np.sin(d.front), -np.cos(d.front)])
    across = np.array([np.cos(d.front), np.sin(d.front)])
    wide = u(8, 12)
    for side in (-1, 1):
        for step in range(-4, 6):
            far = wide + 0.012 * (step * 8) ** 2 * 0.3 + u(-1.2, 2.0)
            x, z = along * (step * 8.5 + u(-1, 1)) + across * side * (far + 3.5)
            yaw = float(np.arctan2(-side * across[0], -side * across[1]))
            d.put("cliff", float(x), float(z), lambda x, z, y=yaw: stones.cliff(rng, x, z, y, 10, u(8, 17), 7, rock), 0)
    for _ in range(6):
        d.ring(
            "",
            1,
            lambda a: stones.mesa(
                rng,
                *stones.at_azimuth(d.front + u(-0.5, 0.5) + np.pi * d.count(0, 1), u(62, 110)),
                u(6, 13),
                u(16, 32),
                mixed(rock, (0.8, 0.7, 0.7), 0.2),
            ),
        )
    wet = d.chance(0.55)
    if wet:
        river = Strip(d.front, u(1.3, 1.9), u(2.8, 3.4) * d.pick((-1, 1)), u(0.8, 1.4), 5.5, u(0, 6))
        d.clear(Feature(river, (0.26, 0.50, 0.52), "water", 0.06, mixed(sand, (0.6, 0.6, 0.4), 0.4), 0.3), 0.4)
        d.mark("river", d.front + 0.5 * np.sign(river.offset_m), 5.0)
        d.mark("river", d.front + np.pi - 0.5 * np.sign(river.offset_m), 5.0)
    else:
        path(d, scaled(sand, 1.12), 0.8, 40)
    focal = d.pick(["rock arch", "rock arch", "mesa", "campfire", "tent", "cart"])
    if focal == "rock arch":
        d.one("rock arch", lambda x, z: stones.rock_arch(rng, x, z, u(6, 8), u(5, 6.5), rock), 14, 19, 2, d.front, 0.08)
    elif focal == "mesa":
        d.one("mesa", lambda x, z: stones.mesa(rng, x, z, u(5, 7), u(15, 20), rock), 40, 48, 0, d.front, 0.08)
    elif focal == "campfire":
        at = d.one("campfire", lambda x, z: objects.campfire(rng, x, z, 1.0), 3, 4.5, 1.2, d.front, 0.5)
        if at is not None:
            d.shine(at[0], 0.7, at[1], 2.5, (1.0, 0.55, 0.20))
    elif focal == "tent":
        at = d.one(
            "tent", lambda x, z: houses.tent(rng, x, z, 1.5, PAINTS["white"], d.lit), 4.5, 7, 2, d.front, 0.4, "white"
        )
        if at is not None:
            d.shine(at[0] * 0.72, 0.7, at[1] * 0.72, 1.8)
    elif focal == "cart":
        d.one("cart", lambda x, z: objects.cart(rng, x, z, 1.1, (0.85, 0.78, 0.62)), 4, 7, 1.5, d.front, 0.5)
    if d.chance(0.6):
        d.around("cactus", d.count(3, 7), lambda x, z: plants.cactus(rng, x, z, u(1.6, 3.0)), 3.2, wide - 1, 0.8, 3)
    d.around("rock", 9, lambda x, z: stones.rock(rng, x, z, u(0.5, 1.2), rock), 3.4, wide + 6, 1.3, 4)
    frame(d, "cactus", lambda x, z: plants.cactus(rng, x, z, u(2.0, 2.6)), 0.8)
    near_things(
        d,
        [
            ("rock", lambda x, z: stones.rock(rng, x, z, u(0.25, 0.45), rock), 0.55, ""),
            ("bush", lambda x, z: plants.bush(rng, x, z, u(0.28, 0.4), (0.58, 0.60, 0.36)), 0.5, ""),
        ],
        4,
    )
    return d.finish("canyon", np.array(sand), mixed(sand, rock, 0.3), 5.0, tint=rock, air_m=150)


def volcano(d: Draft) -> World:
    rng, u = d.rng, d.u
    ash: Colour = mixed((0.36, 0.32, 0.35), (0.44, 0.34, 0.31), u(0, 1))
    fire: Colour = (1.0, 0.46, 0.12)
    away, high, wide = u(50, 62), u(36, 46), u(30, 38)
    x, z = stones.at_azimuth(d.front, away)
    cone = frustum(
        rng,
        (x, FLOOR, z),
        wide,
        0.2 * wide,
        high,
        darker(ash, 1.15),
        12,
        0.1,
        top_colour=fire,
        split_m=FLOOR + 0.86 * high,
    )
    d.solids.append(cone)
    d.mark("volcano", d.front, away)
    for lean in (-0.16, 0.05, 0.22):  # streams down its side
        a = d.front + lean * 0.55
        top = np.array([x, FLOOR + high, z]) * 1.0
        foot = np.array([*stones.at_azimuth(a, away - 0.93 * wide)])
        rim = np.array([x, z]) + (foot - [x, z]) * 0.235
        d.solids.append(
            prism(
                rng,
                (rim[0], top[1] - 0.3, rim[1]),
                (foot[0], FLOOR, foot[1]),
                u(0.7, 1.2),
                (1.0, 0.40, 0.10),
                4,
                1.5,
                glow=1.0,
                casts=False,
            )
        )
    light = make_light(
        rng, d.time, d.tags["weather"], d.front + d.pick((-1.0, 1.0)) * u(0.9, 2.4), mixed(ash, fire, 0.35), 120
    )
    smoke = mixed(light.middle, ash, 0.55)
    for i in range(4):
        solids = stones.cloud(
            rng,
            d.front + 0.03 * i,
            np.arctan2(high, away) + 0.06 + 0.10 * i,
            away + 15,
            9 + 7 * i,
            mixed(smoke, fire, 0.35 - 0.1 * i),
            scaled(smoke, 0.8),
        )
        d.solids += solids
    if d.chance(0.75):
        stream = Strip(d.front, u(0.7, 1.3), u(2.6, 3.8) * d.pick((-1, 1)), u(0.6, 1.3), 4.5, u(0, 6), -u(4, 12), 55)
        d.clear(Feature(stream, (1.0, 0.55, 0.14), "glow", 0.08, (0.66, 0.20, 0.10), 0.22), 0.5)
        side = np.sign(stream.offset_m)
        d.mark("lava", d.front + 0.45 * side, 5.0)
        d.mark("lava", d.front + np.pi - 0.6 * side, 5.0)
        for ahead in (1.0, 6.0):
            lx = ahead * np.sin(d.front) + stream.offset_m * np.cos(d.front)
            lz = -ahead * np.cos(d.front) + stream.offset_m * np.sin(d.front)
            d.lamps_always(lx, 0.5, lz, 2.6, (0.70, 0.26, 0.06))
    d.ring("", 9, lambda a: stones.mountain(rng, a, u(80, 120), u(18, 28), u(10, 22), darker(ash, 1.2), None), 0.6)
    d.around("rock", 14, lambda x, z: stones.rock(rng, x, z, u(0.5, 1.6), darker(ash, 1.15)), 3.4, 18, 1.6, 4)
    if d.chance(0.5):
        d.around(
            "tree",
            d.count(3, 6),
            lambda x, z: plants.bare_tree(rng, x, z, u(3, 4.5), (0.20, 0.17, 0.17)),
            4,
            16,
            1.2,
            2,
        )
    if d.chance(0.3):
        tint = d.pick(["orange", "red", "purple"])
        d.some(
            "crystal",
            d.count(2, 3),
            lambda x, z: stones.crystals(rng, x, z, u(0.7, 1.1), PAINTS[tint]),
            3,
            6,
            0.7,
            d.front + u(1, 5),
        )
    near_things(d, [("rock", lambda x, z: stones.rock(rng, x, z, u(0.25, 0.45), darker(ash, 1.1)), 0.55, "")], 4)
    return d.finish("volcano", np.array(ash), mixed(ash, (0.50, 0.30, 0.24), 0.4), 4.0, light=light)
