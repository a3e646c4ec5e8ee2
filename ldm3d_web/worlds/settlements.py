"""Where people live: village and city."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.draft import Draft, Make
from ldm3d_web.worlds.hues import GREENS, GROUNDS, LEAVES, PAINTS, PETALS, PINES
from ldm3d_web.worlds.light import mixed, scaled
from ldm3d_web.worlds.props import houses, monuments, objects, plants, stones
from ldm3d_web.worlds.staging import near_things, path
from ldm3d_web.worlds.world import Colour, Feature, Oval, Strip, World

WALLS: list[Colour] = [
    (0.95, 0.90, 0.80),
    (0.90, 0.76, 0.60),
    (0.84, 0.86, 0.88),
    (0.82, 0.56, 0.44),
    (0.90, 0.84, 0.60),
    (0.70, 0.80, 0.78),
]
ROOFS: list[Colour] = [(0.74, 0.32, 0.24), (0.60, 0.30, 0.22), (0.36, 0.42, 0.52), (0.50, 0.36, 0.28)]


def village(d: Draft) -> World:
    rng, u, season = d.rng, d.u, d.season("spring", "summer", "autumn", "winter")
    snow, ground = d.snow, GROUNDS[season]
    lane: Colour = (0.78, 0.82, 0.90) if snow else (0.78, 0.70, 0.58)
    path(d, lane, 1.2, 30)
    d.features.append(Feature(Oval(0.0, 0.0, u(3.4, 4.4), u(3.4, 4.4), 0.05), lane, soft_m=0.15))
    focal = d.pick(["church", "windmill", "castle", "fountain", "well", "fountain"])
    if focal in ("church", "windmill"):
        d.avoid.pop()
        make = (
            (lambda x, z: houses.church(rng, x, z, u(3.4, 4.2), d.lit, snow))
            if focal == "church"
            else (lambda x, z: houses.windmill(rng, x, z, u(3.2, 4), d.lit, d.pick(ROOFS)))
        )
        d.one(focal, make, 11, 14, 4.5, d.front, 0.08)
    elif focal == "castle":
        d.avoid.pop()
        d.one(
            "castle",
            lambda x, z: monuments.castle(rng, x, z, u(7, 9), (0.78, 0.76, 0.74), d.pick(ROOFS), d.lit),
            40,
            50,
            12,
            d.front,
            0.1,
        )
    else:
        make = (
            (lambda x, z: monuments.fountain(rng, x, z, u(0.9, 1.15)))
            if focal == "fountain"
            else (lambda x, z: monuments.well(rng, x, z, u(1.2, 1.5), d.pick(ROOFS)))
        )
        d.avoid.pop()
        d.one(focal, make, 3.4, 4.6, 1.5, d.front, 0.25)
    start = d.front + u(0.42, 0.6)
    for i in range(6):
        a = start + i * (2 * np.pi - 2 * (start - d.front)) / 5
        x, z = stones.at_azimuth(a, u(7.2, 10))
        wall, top = d.pick(WALLS), d.pick(ROOFS)
        if (
            d.put(
                "house", x, z, lambda x, z, w=wall, t=top: houses.house(rng, x, z, u(3.2, 4.2), w, t, d.lit, snow), 3.6
            )
            and i % 2 == 0
        ):
            d.shine(x * 0.66, 1.5, z * 0.66, 2.2)
    d.ring(
        "house",
        9,
        lambda a: houses.house(
            rng, *stones.at_azimuth(a, u(19, 30)), u(3.6, 5), d.pick(WALLS), d.pick(ROOFS), d.lit, snow
        ),
        0.3,
    )
    for i in range(2):
        side = d.front + (0.55 if i else -0.55) + u(-0.1, 0.1)
        x, z = stones.at_azimuth(side, u(3.4, 4.2))
        if d.put("street lamp", x, z, lambda x, z: objects.street_lamp(rng, x, z, d.lit), 0.4):
            d.shine(x, 2.9, z, 2.6)
    if snow and d.chance(0.5):
        d.one("snowman", lambda x, z: objects.snowman(rng, x, z, u(0.9, 1.1)), 2.6, 4.2, 0.9, d.front + u(0.9, 5.4))
    if d.chance(0.5):
        d.one("bench", lambda x, z: objects.bench(rng, x, z), 2.6, 4, 0.9, d.front + u(0.9, 5.4))
    if d.chance(0.4):
        d.one("cart", lambda x, z: objects.cart(rng, x, z, 1.0, (0.86, 0.66, 0.34)), 3.2, 5, 1.4, d.front + u(0.9, 5.4))
    if snow:
        d.around("pine tree", 10, lambda x, z: plants.pine(rng, x, z, u(3, 6), PINES[season], True), 5, 26, 1.0, 3)
    else:
        d.around("tree", 8, lambda x, z: plants.tree(rng, x, z, u(3.2, 5.2), d.pick(LEAVES[season])), 5, 26, 1.5, 3)
    if d.chance(0.6):
        peaks = (0.50, 0.54, 0.64)
        d.ring(
            "mountain",
            6,
            lambda a: stones.mountain(rng, a, u(110, 140), u(28, 40), u(24, 44), peaks, 0.35 if snow else 0.6),
        )
    d.ring("", 8, lambda a: stones.hill(rng, a, u(55, 75), u(22, 32), u(4, 9), mixed(ground, (0.5, 0.6, 0.6), 0.35)))
    petal = d.pick(list(PETALS))
    near_things(
        d,
        [
            ("barrel", lambda x, z: objects.barrel(rng, x, z, u(0.65, 0.8)), 0.45, ""),
            ("crate", lambda x, z: objects.crate(rng, x, z, u(0.4, 0.55)), 0.5, ""),
            (
                "rock" if snow else "flower",
                lambda x, z: (
                    stones.rock(rng, x, z, 0.3, (0.6, 0.6, 0.62), True)
                    if snow
                    else plants.flower(rng, x, z, PETALS[petal], 1.1)
                ),
                0.25,
                "" if snow else petal,
            ),
        ],
        3,
        1.3,
        2.4,
    )
    return d.finish("village", np.array(ground), scaled(ground, 0.9), 4.0, tint=GREENS[season], air_m=150)


def city(d: Draft) -> World:
    rng, u = d.rng, d.u
    along = np.array([np.sin(d.front), -np.cos(d.front)])
    across = np.array([np.cos(d.front), np.sin(d.front)])
    curb = u(2.7, 3.3)
    off = u(1.0, 1.8) * d.pick((-1, 1))  # one stands on the road, near one side
    d.features.append(
        Feature(Strip(d.front, curb, off), (0.46, 0.47, 0.51), soft_m=0.06, rim=(0.78, 0.77, 0.74), rim_m=0.22)
    )
    for i in range(-9, 12):
        d.features.append(
            Feature(Strip(d.front, 0.09, off, start_m=i * 3.2, end_m=i * 3.2 + 1.6), (0.93, 0.90, 0.82), soft_m=0.05)
        )
    for i in range(5):  # a crossing ahead
        bar = Strip(d.front, 0.28, off + (i - 2) * 1.05, start_m=6.5, end_m=8.6)
        d.features.append(Feature(bar, (0.92, 0.91, 0.88), soft_m=0.06))
    d.mark("road", d.front, 6.0)
    d.mark("road", d.front + np.pi, 6.0)
    colours = [
        (0.78, 0.82, 0.88),
        (0.93, 0.76, 0.62),
        (0.66, 0.74, 0.86),
        (0.96, 0.91, 0.82),
        (0.86, 0.62, 0.54),
        (0.80, 0.90, 0.88),
    ]
    yaw = float(np.arctan2(across[0], across[1]))
    place = lambda s, side, far: along * s + across * (off + side * far)  # noqa: E731
    for side in (-1, 1):
        for i in range(-5, 7):
            width, tall = u(6.8, 7.8), u(8, 13) if abs(i) < 2 else u(10, 40)
            x, z = place(i * 8.6 + u(-0.4, 0.4), side, curb + 2.6 + width / 2)
            facing = yaw if side < 0 else yaw + np.pi
            if abs(i) < 3 and d.chance(0.4):
                tint = PAINTS[d.pick(["red", "green", "blue", "orange", "turquoise"])]
                d.put(
                    "shop",
                    float(x),
                    float(z),
                    lambda x, z, t=tint, f=facing: houses.shop(rng, x, z, 7.4, t, d.lit, f),
                    3.9,
                )
                if abs(i) < 2:
                    lx, lz = place(i * 8.6, side, curb + 1.4)
                    d.shine(float(lx), 1.8, float(lz), 2.6)
            else:
                d.put(
                    "skyscraper",
                    float(x),
                    float(z),
                    lambda x, z, w=width, t=tall, f=facing: houses.skyscraper(
                        rng, x, z, w, t, d.pick(colours), d.lit, f
                    ),
                    3.9,
                )
    for side in (-1, 1):
        for i in range(-3, 5):
            x, z = place(i * 7.5 + 3.2, side, curb + 0.7)
            if (
                d.put("street lamp", float(x), float(z), lambda x, z: objects.street_lamp(rng, x, z, d.lit), 0.3)
                and abs(i) < 2
            ):
                d.shine(float(x), 2.9, float(z), 3.0)
            x, z = place(i * 7.5 + u(-1.5, 1.5), side, curb + 1.5)
            if d.chance(0.45):
                kind = d.pick(["tree", "planter", "bench", "tree"])
                turned = yaw if side < 0 else yaw + np.pi
                makes: dict[str, Make] = {
                    "tree": lambda x, z: plants.tree(rng, x, z, u(3, 4.2), d.pick(LEAVES["summer"])),
                    "planter": lambda x, z: objects.planter(rng, x, z, d.pick(list(PETALS.values()))),
                    "bench": lambda x, z, t=turned: objects.bench(rng, x, z, yaw=t),
                }
                d.put(kind, float(x), float(z), makes[kind], 0.9)
    heading = float(np.arctan2(along[0], along[1]))
    for _ in range(d.count(1, 3)):
        name = d.pick(["red", "blue", "yellow", "white", "green", "black"])
        side = d.pick((-1, 1))
        x, z = place(d.pick((-1, 1)) * u(4.5, 20), side, curb - 1.05)
        turned = heading if side > 0 else heading + np.pi
        if d.free(float(x), float(z), 2.0):
            d.put(
                "car",
                float(x),
                float(z),
                lambda x, z, n=name, t=turned: objects.car(rng, x, z, PAINTS[n], t, d.lit),
                2.0,
                name,
            )
    if d.chance(0.3):
        name = d.pick(["red", "yellow", "green"])
        x, z = place(u(13, 20), d.pick((-1, 1)), curb - 1.4)
        if d.free(float(x), float(z), 3.6):
            d.put(
                "bus", float(x), float(z), lambda x, z: objects.bus(rng, x, z, PAINTS[name], heading, d.lit), 3.6, name
            )
    if d.chance(0.5):
        x, z = place(6.0, np.sign(off) if off else 1, curb + 0.5)
        d.put("traffic light", float(x), float(z), lambda x, z: objects.traffic_light(rng, x, z), 0.3)
    pavement = (0.80, 0.78, 0.75)
    return d.finish("city", np.array(pavement), scaled(pavement, 0.97), 6.0, tint=(0.66, 0.68, 0.72), air_m=95)
