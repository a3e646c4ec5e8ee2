"""Rock and snow: mountains and snowfield."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.draft import Draft
from ldm3d_web.worlds.hues import GREENS, GROUNDS, PAINTS, PINES
from ldm3d_web.worlds.light import mixed, scaled
from ldm3d_web.worlds.props import houses, monuments, objects, plants, space, stones
from ldm3d_web.worlds.staging import frame, near_things, path
from ldm3d_web.worlds.world import Colour, Feature, Oval, World


def mountains(d: Draft) -> World:
    rng, u, season = d.rng, d.u, d.season("summer", "autumn", "winter")
    snow, line = d.snow, (u(0.05, 0.3) if d.snow else u(0.45, 0.7))
    stone: Colour = mixed((0.42, 0.45, 0.56), (0.56, 0.50, 0.46), u(0, 1))
    d.ring(
        "mountain",
        8,
        lambda a: stones.mountain(
            rng, a, u(95, 125), u(32, 44), u(52, 76), mixed(stone, (0.6, 0.66, 0.75), 0.25), line
        ),
    )
    d.ring("mountain", 6, lambda a: stones.mountain(rng, a, u(52, 70), u(20, 28), u(20, 36), stone, line), 0.35)
    d.ring(
        "", 9, lambda a: stones.hill(rng, a, u(36, 50), u(12, 18), u(2.5, 6), mixed(GROUNDS[season], stone, 0.3)), 0.2
    )
    ground = GROUNDS[season] if snow else mixed(GROUNDS[season], stone, 0.25)
    road = path(d, (0.78, 0.84, 0.92) if snow else (0.70, 0.64, 0.54), 0.7, 22)
    d.avoid.pop()
    focal = d.pick(["cabin", "castle", "lake", "tent", "campfire", "church"])
    if focal == "cabin":
        at = d.one("cabin", lambda x, z: houses.cabin(rng, x, z, u(3.0, 3.8), d.lit, snow), 8, 11, 3.4, d.front, 0.15)
        if at is not None:
            d.shine(at[0] * 0.7, 1.2, at[1] * 0.7, 2.4)
    elif focal == "castle":
        d.one(
            "castle",
            lambda x, z: monuments.castle(rng, x, z, u(6, 8), (0.72, 0.70, 0.70), (0.34, 0.40, 0.52), d.lit),
            34,
            44,
            10,
            d.front,
            0.12,
        )
    elif focal == "church":
        d.one("church", lambda x, z: houses.church(rng, x, z, u(3, 3.6), d.lit, snow), 10, 13, 4, d.front, 0.12)
    elif focal == "lake":
        x, z = stones.at_azimuth(d.front + u(-0.3, 0.3), u(11, 14))
        d.clear(
            Feature(
                Oval(x, z, u(6, 9), u(5, 8), 0.06), (0.18, 0.44, 0.54), "water", 0.06, mixed(ground, stone, 0.4), 0.4
            ),
            0.4,
        )
        d.mark("lake", float(np.arctan2(x, -z)), float(np.hypot(x, z)))
        d.features.remove(road)
        d.marks = [mark for mark in d.marks if mark[0] != "path"]
    elif focal == "tent":
        name = d.pick(["red", "orange", "yellow", "blue"])
        at = d.one(
            "tent", lambda x, z: houses.tent(rng, x, z, u(1.3, 1.7), PAINTS[name], d.lit), 4.5, 8, 2, d.front, 0.3, name
        )
        if at is not None:
            d.shine(at[0] * 0.72, 0.7, at[1] * 0.72, 1.8)
    else:
        at = d.one("campfire", lambda x, z: objects.campfire(rng, x, z, 1.0), 3.2, 4.4, 1.3, d.front, 0.3)
        if at is not None:
            d.shine(at[0], 0.7, at[1], 2.5, (1.0, 0.55, 0.20))
    if focal != "lake":
        d.avoid.append((road, 0.35))
    if d.chance(0.8):
        d.around(
            "pine tree",
            d.count(12, 26),
            lambda x, z: plants.pine(rng, x, z, u(3.2, 7), PINES[season], snow),
            3.6,
            30,
            1.1,
            3,
        )
    frame(d, "rock", lambda x, z: stones.rock(rng, x, z, u(0.9, 1.3), mixed(stone, (0.8, 0.8, 0.8), 0.3), snow), 1.5)
    near_things(
        d,
        [
            ("rock", lambda x, z: stones.rock(rng, x, z, u(0.25, 0.45), stone, snow), 0.55, ""),
            (
                "" if snow else "grass",
                lambda x, z: plants.grass(rng, x, z, u(0.3, 0.45), (0.86, 0.90, 0.95) if snow else GREENS[season]),
                0.2,
                "",
            ),
        ],
        4,
    )
    d.around("rock", 8, lambda x, z: stones.rock(rng, x, z, u(0.5, 1.3), stone, snow), 4, 22, 1.5)
    return d.finish(
        "mountains",
        np.array(ground),
        scaled(ground, 0.9) if snow else mixed(ground, stone, 0.35),
        6.0,
        tint=stone,
        air_m=210,
    )


def snowfield(d: Draft) -> World:
    rng, u = d.rng, d.u
    d.tags["season"] = "winter"
    ice = (0.62, 0.80, 0.92)
    d.ring(
        "mountain",
        7,
        lambda a: stones.mountain(rng, a, u(80, 115), u(26, 38), u(20, 40), (0.58, 0.66, 0.80), u(0.0, 0.3)),
    )
    d.ring("", 8, lambda a: stones.hill(rng, a, u(36, 56), u(16, 26), u(3, 7), (0.86, 0.90, 0.97)))
    if d.chance(0.6):
        x, z = stones.at_azimuth(d.front + u(-0.3, 0.3), u(9, 13))
        pond = d.clear(Feature(Oval(x, z, u(5, 8), u(4, 7), 0.08), (0.20, 0.46, 0.62), "water", 0.06, ice, 0.45), 0.3)
        d.mark("lake", float(np.arctan2(x, -z)), float(np.hypot(x, z)))
        kept, d.avoid = d.avoid, []
        d.only = [(pond, 1.5)]
        d.some("iceberg", d.count(2, 4), lambda x, z: stones.iceberg(rng, x, z, u(0.8, 1.6)), 7, 13, 1.5, d.front)
        d.avoid, d.only = kept, []
    else:
        d.some(
            "iceberg",
            d.count(2, 5),
            lambda x, z: stones.iceberg(rng, x, z, u(1.2, 2.6)),
            10,
            24,
            3,
            d.front + u(-0.5, 0.5),
        )
    focal = d.pick(["igloo", "snowman", "tent", "flag", "cabin"])
    side = d.front + d.pick((-1.0, 1.0)) * u(0.3, 0.7)
    if focal == "igloo":
        at = d.one("igloo", lambda x, z: houses.igloo(rng, x, z, u(1.6, 2.1), d.lit), 5.5, 9, 2.4, side, 0.1)
        if at is not None:
            d.shine(at[0] * 0.66, 0.8, at[1] * 0.66, 1.8)
    elif focal == "snowman":
        d.one("snowman", lambda x, z: objects.snowman(rng, x, z, u(1.0, 1.2)), 2.6, 4, 0.9, side, 0.2)
    elif focal == "tent":
        name = d.pick(["red", "orange", "yellow"])
        at = d.one("tent", lambda x, z: houses.tent(rng, x, z, 1.5, PAINTS[name], d.lit), 4.5, 8, 2, side, 0.2, name)
        if at is not None:
            d.shine(at[0] * 0.72, 0.7, at[1] * 0.72, 1.8)
    elif focal == "flag":
        name = d.pick(["red", "blue", "orange"])
        d.one("flag", lambda x, z: space.flag(rng, x, z, 1.2, PAINTS[name]), 3.0, 5, 0.8, side, 0.2, name)
    else:
        at = d.one("cabin", lambda x, z: houses.cabin(rng, x, z, u(2.8, 3.4), d.lit, True), 9, 13, 3.2, side, 0.1)
        if at is not None:
            d.shine(at[0] * 0.7, 1.2, at[1] * 0.7, 2.4)
    if d.chance(0.65):
        d.around(
            "pine tree",
            d.count(10, 20),
            lambda x, z: plants.pine(rng, x, z, u(2.8, 6), PINES["winter"], True),
            5,
            30,
            1.0,
            2,
        )
    d.some("", 6, lambda x, z: stones.mound(rng, x, z, u(1.2, 2.2), u(0.2, 0.4), (0.93, 0.95, 0.99)), 4, 12, 1.5)
    frame(d, "pine tree", lambda x, z: plants.pine(rng, x, z, u(3.4, 4.4), PINES["winter"], True), 1.1, near=3.0)
    near_things(
        d,
        [
            ("rock", lambda x, z: stones.rock(rng, x, z, u(0.25, 0.42), (0.52, 0.56, 0.64), True), 0.55, ""),
            ("", lambda x, z: stones.mound(rng, x, z, u(0.5, 0.8), u(0.12, 0.2), (0.94, 0.96, 0.99)), 0.6, ""),
        ],
        4,
    )
    return d.finish("snowfield", np.array((0.87, 0.90, 0.95)), (0.78, 0.85, 0.94), 6.0, tint=ice)
