"""Woods: forest and mushroom forest."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.draft import Draft
from ldm3d_web.worlds.hues import GREENS, LEAVES, PAINTS, PINES, hue
from ldm3d_web.worlds.light import mixed, scaled
from ldm3d_web.worlds.props import houses, monuments, objects, plants, stones
from ldm3d_web.worlds.staging import frame, near_things, path
from ldm3d_web.worlds.world import World


def forest(d: Draft) -> World:
    rng, u, season = d.rng, d.u, d.season("spring", "summer", "autumn", "winter")
    pines = d.chance({"spring": 0.2, "summer": 0.6, "autumn": 0.12, "winter": 0.75}[season])
    snow, ground = (
        d.snow,
        {
            "spring": (0.52, 0.66, 0.36),
            "summer": (0.42, 0.58, 0.32),
            "autumn": (0.83, 0.60, 0.34),
            "winter": (0.87, 0.90, 0.95),
        }[season],
    )
    road = path(d, (0.74, 0.80, 0.90) if snow else (0.66, 0.54, 0.38), 0.7, 40) if d.chance(0.65) else None
    if road is not None:
        d.avoid.pop()
    focal = d.pick(["cabin", "campfire", "tent", "watchtower", "log", "statue", "mushroom"])
    if focal == "cabin":
        at = d.one("cabin", lambda x, z: houses.cabin(rng, x, z, u(3.0, 3.8), d.lit, snow), 7.5, 10, 3.4, d.front, 0.12)
        if at is not None:
            d.shine(at[0] * 0.72, 1.2, at[1] * 0.72, 2.4)
    elif focal == "campfire":
        at = d.one("campfire", lambda x, z: objects.campfire(rng, x, z, u(0.9, 1.2)), 3.2, 4.6, 1.4, d.front, 0.25)
        if at is not None:
            d.shine(at[0], 0.7, at[1], 2.6, (1.0, 0.55, 0.20))
            d.some("log", 2, lambda x, z: plants.log(rng, x, z, u(1.2, 1.6), snow), 3.0, 6.0, 0.8, d.front)
    elif focal == "tent":
        name = d.pick(["red", "orange", "yellow", "blue", "green"])
        at = d.one(
            "tent", lambda x, z: houses.tent(rng, x, z, u(1.3, 1.7), PAINTS[name], d.lit), 5, 8, 2.0, d.front, 0.2, name
        )
        if at is not None:
            d.shine(at[0] * 0.75, 0.7, at[1] * 0.75, 1.8)
    elif focal == "watchtower":
        d.one(
            "watchtower",
            lambda x, z: monuments.watchtower(rng, x, z, u(3.6, 4.4), (0.58, 0.57, 0.56), d.lit),
            9,
            13,
            2.6,
            d.front,
            0.1,
        )
    elif focal == "statue":
        d.one("statue", lambda x, z: monuments.statue(rng, x, z, u(1.8, 2.3)), 4.5, 7, 1.0, d.front, 0.2)
    elif focal == "mushroom":
        name = d.pick(["red", "brown", "yellow"])
        d.some(
            "mushroom",
            d.count(2, 4),
            lambda x, z: plants.mushroom(rng, x, z, u(0.5, 0.9), PAINTS[name]),
            2.2,
            4,
            0.5,
            d.front,
            name,
        )
    if road is not None:
        d.avoid.append((road, 0.55))
    if pines:
        d.around(
            "pine tree",
            44,
            lambda x, z: plants.pine(rng, x, z, u(4.5, 9.5), PINES[season], snow),
            3.4,
            30,
            1.1,
            4,
            keep=0.3,
        )
    elif season == "spring" and d.chance(0.6):
        d.around(
            "blossom tree",
            26,
            lambda x, z: plants.tree(rng, x, z, u(4.5, 7), d.pick([(0.97, 0.70, 0.78), (0.98, 0.82, 0.86)])),
            4.2,
            28,
            1.7,
            4,
            "pink",
            keep=0.3,
        )
    else:
        kind = (
            (lambda x, z: plants.bare_tree(rng, x, z, u(4.5, 7)))
            if snow and d.chance(0.4)
            else (lambda x, z: plants.tree(rng, x, z, u(5, 8.5), d.pick(LEAVES[season]), snow))
        )
        d.around("tree", 28, kind, 4.0, 28, 1.7, 4, keep=0.3)
    if not pines:  # a wall of trees closes the view
        far = mixed(LEAVES[season][0], (0.5, 0.55, 0.55), 0.4)
        d.ring("", 16, lambda a: stones.hill(rng, a, u(36, 44), u(8, 12), u(5, 8), far), 0.15)
    else:
        far = mixed(PINES[season], (0.45, 0.55, 0.6), 0.35)
        d.ring("", 26, lambda a: plants.pine(rng, *stones.at_azimuth(a, u(32, 42)), u(9, 13), far, snow), 0.08)
    if focal != "log" and d.chance(0.4):
        d.one(
            "log",
            lambda x, z: plants.log(rng, x, z, u(1.4, 2.0), snow),
            2.4,
            4.5,
            0.9,
            d.front + d.pick((-1.0, 1.0)) * u(0.6, 1.4),
        )
    elif focal == "log":
        d.one("log", lambda x, z: plants.log(rng, x, z, u(1.8, 2.4), snow), 2.2, 3.2, 0.9, d.front, 0.3)
    green = (0.86, 0.90, 0.95) if snow else scaled(GREENS[season], 1.0)
    near_things(
        d,
        [
            ("rock", lambda x, z: stones.rock(rng, x, z, u(0.22, 0.42), (0.66, 0.67, 0.66), snow), 0.5, ""),
            ("" if snow else "grass", lambda x, z: plants.grass(rng, x, z, u(0.35, 0.5), green), 0.2, ""),
            ("bush", lambda x, z: plants.bush(rng, x, z, u(0.3, 0.45), scaled(GREENS[season], 0.9), snow), 0.5, ""),
        ],
        4,
    )
    d.some(
        "bush",
        d.count(3, 6),
        lambda x, z: plants.bush(rng, x, z, u(0.4, 0.7), scaled(GREENS[season], 0.85), snow),
        3,
        9,
        0.8,
    )
    return d.finish("forest", np.array(ground), scaled(ground, 0.86), 4.0, tint=GREENS[season], air_m=75)


def mushrooms(d: Draft) -> World:
    rng, u = d.rng, d.u
    name = d.pick(["red", "blue", "purple", "orange", "pink", "turquoise"])
    d.tags["colour"] = name
    cap = hue(name)
    moss = mixed((0.28, 0.46, 0.36), cap, 0.18)
    glow = 0.35 if d.time == "night" else 0.0
    path(d, mixed(moss, (0.85, 0.80, 0.62), 0.55), 0.75, 26)
    d.one(
        "mushroom",
        lambda x, z: plants.mushroom(rng, x, z, u(5.0, 6.5), cap, True, glow),
        8,
        11,
        2.6,
        d.front,
        0.12,
        name,
    )
    d.around(
        "mushroom",
        18,
        lambda x, z: plants.mushroom(rng, x, z, u(2.2, 5.5), cap, d.chance(0.6), glow),
        4.0,
        26,
        1.9,
        4,
        name,
    )
    d.around(
        "mushroom", 10, lambda x, z: plants.mushroom(rng, x, z, u(0.5, 1.3), cap, True, glow), 2.0, 8, 0.6, 3, name
    )
    if d.chance(0.4):
        d.one(
            "house",
            lambda x, z: houses.hut(rng, x, z, u(2.2, 2.8), max(d.lit, 0.5)),
            8,
            13,
            2.2,
            d.front + d.pick((-0.5, 0.5)),
            0.1,
        )
    if d.chance(0.45):
        tint = hue(d.pick(["turquoise", "purple", "pink"]))
        d.some(
            "crystal",
            d.count(2, 4),
            lambda x, z: stones.crystals(rng, x, z, u(0.7, 1.2), tint),
            3,
            6,
            0.6,
            d.front + u(0.6, 5.6),
        )
    frame(d, "mushroom", lambda x, z: plants.mushroom(rng, x, z, u(2.4, 3.0), cap, True, glow), 1.0, name)
    near_things(
        d,
        [
            ("mushroom", lambda x, z: plants.mushroom(rng, x, z, u(0.35, 0.6), cap, False, glow), 0.3, name),
            ("grass", lambda x, z: plants.grass(rng, x, z, u(0.35, 0.5), scaled(moss, 1.3)), 0.2, ""),
        ],
        4,
    )
    d.ring("", 14, lambda a: stones.hill(rng, a, u(40, 52), u(10, 14), u(6, 10), mixed(moss, cap, 0.25)))
    if glow:
        for _ in range(4):
            x, z = stones.at_azimuth(u(-3, 3), u(4, 9))
            d.shine(x, 2.5, z, 3.0, mixed(cap, (1, 1, 1), 0.2))
    return d.finish("mushrooms", np.array(moss), scaled(moss, 0.82), 4.0, tint=cap, air_m=60)
