"""Six places with what a depth mesh is tested by: furniture, columns, thin trunks, ledges, houses, things close by.

The eye stands 1.6 m above the floor, unless it sits. Nothing comes nearer to it than 0.55 m: a head moves by 0.5.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.novel_view.paint import Paint, grain, lines
from bench.novel_view.place import Light, Place
from bench.novel_view.solids import Ball, Plane, Round, Solid, box

FLOOR_M = -1.6
INDOORS = Light(sun=(0.3, 0.9, 0.5), sunlight=0.3, ambient=0.72)
UP = (0.0, 1.0, 0.0)


def _shell(west: float, east: float, north: float, south: float, top: float, paints: tuple[Paint, Paint, Paint]):
    """Walls, floor and ceiling around the eye, as distances to each side; paints of walls, floor, ceiling."""
    walls, floor, ceiling = paints
    return [
        Plane(np.array([1.0, 0, 0]), -west, walls),
        Plane(np.array([-1.0, 0, 0]), -east, walls),
        Plane(np.array([0.0, 0, 1]), -north, walls),
        Plane(np.array([0.0, 0, -1]), -south, walls),
        Plane(np.array([0.0, 1, 0]), FLOOR_M, floor),
        Plane(np.array([0.0, -1, 0]), -top, ceiling),
    ]


def room() -> Place:
    """Four metres by five, with a table, chairs, shelves, a bed and a lamp."""
    boards = grain(
        (0.62, 0.44, 0.28),
        seed=1,
        strength=0.08,
        fine_m=0.03,
        stretch=(0.12, 1, 1),
        joints=(lines((0, 0, 1), 0.14, 0.008),),
    )
    paper = grain((0.74, 0.72, 0.62), seed=2, strength=0.08, fine_m=0.04, joints=(lines((1, 0, 1), 0.42, 0.05, 0.12),))
    white = grain((0.88, 0.87, 0.84), seed=3, strength=0.05, fine_m=0.04)
    wood = grain((0.55, 0.35, 0.2), seed=4, strength=0.09, stretch=(1, 0.15, 1), coarse_m=0.6, fine_m=0.03)
    cloth = grain(
        (0.3, 0.42, 0.6), seed=5, strength=0.1, coarse_m=0.5, fine_m=0.03, joints=(lines((1, 0, 0), 0.2, 0.04),)
    )
    shade = grain((0.95, 0.88, 0.66), seed=6, strength=0.03, glow=0.6)
    metal = grain((0.25, 0.25, 0.28), seed=7, strength=0.04, coarse_m=0.3)
    solids: list[Solid] = _shell(2.1, 2.6, 2.5, 2.4, 1.0, (paper, boards, white))
    solids.append(box((0.2, -0.87, -1.55), (1.5, 0.05, 0.8), wood))
    solids += [box((0.2 + x, -1.25, -1.55 + z), (0.06, 0.71, 0.06), wood) for x in (-0.68, 0.68) for z in (-0.33, 0.33)]
    for x, z, turn in ((-0.95, -1.3, 20), (1.25, -1.0, -35)):
        solids.append(box((x, -1.15, z), (0.42, 0.05, 0.42), wood, turn))
        c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        for i, j in ((-0.18, -0.18), (0.18, -0.18), (-0.18, 0.18), (0.18, 0.18)):
            solids.append(box((x + c * i + s * j, -1.38, z - s * i + c * j), (0.04, 0.44, 0.04), wood, turn))
        solids.append(box((x + s * 0.19, -0.85, z + c * 0.19), (0.42, 0.5, 0.04), wood, turn))
    solids += [Round(0.0, -1.5, -0.845, -0.6, 0.07, 0.05, metal), Ball((0.6, -0.76, -1.6), (0.13, 0.085, 0.13), cloth)]
    # Shelves along the east wall, with books of all heights.
    solids += [box((2.45, y, -0.4), (0.3, 0.03, 1.7), wood) for y in (-1.3, -0.85, -0.4, 0.05, 0.5)]
    solids += [box((2.45, -0.4, z), (0.3, 1.8, 0.03), wood) for z in (-1.25, 0.45)]
    random = np.random.default_rng(8)
    covers = [grain(tuple(random.uniform(0.2, 0.8, 3)), seed=10 + i, strength=0.04, coarse_m=0.3) for i in range(5)]
    for y in (-1.285, -0.835, -0.385, 0.065):
        z = -1.2
        while z < 0.25:
            thick, high = random.uniform(0.03, 0.08), random.uniform(0.2, 0.34)
            if random.uniform() < 0.8:
                deep = random.uniform(0.16, 0.24)
                cover = covers[random.integers(5)]
                solids.append(box((2.58 - deep / 2, y + high / 2, z + thick / 2), (deep, high, thick), cover))
            z += thick + 0.004
    solids += [box((-0.9, -1.35, 1.75), (2.1, 0.5, 1.2), cloth), box((-1.75, -1.05, 1.75), (0.35, 0.14, 0.9), white)]
    solids += [Round(-1.7, -1.9, FLOOR_M, -1.57, 0.16, 0.16, metal), Round(-1.7, -1.9, -1.57, 0.1, 0.015, 0.015, metal)]
    solids += [Round(-1.7, -1.9, 0.0, 0.3, 0.22, 0.1, shade)]
    solids += [
        box((-0.5, 0.25, -2.49), (0.9, 0.6, 0.03), covers[0]),
        box((1.1, 0.2, -2.49), (0.5, 0.7, 0.03), covers[1]),
    ]
    return Place("room", tuple(solids), INDOORS)


def hall() -> Place:
    """Rows of columns on bases, in a hall of 26 by 20 metres."""
    tiles = grain(
        (0.66, 0.6, 0.52),
        seed=21,
        strength=0.07,
        fine_m=0.08,
        joints=(lines((1, 0, 0), 0.9, 0.02, at_m=0.3), lines((0, 0, 1), 0.9, 0.02)),
    )
    stone = grain((0.72, 0.68, 0.6), seed=22, strength=0.08, fine_m=0.06)
    blocks = grain(
        (0.6, 0.55, 0.48),
        seed=23,
        strength=0.08,
        fine_m=0.1,
        joints=(lines(UP, 0.5, 0.025), lines((1, 0, 1), 1.3, 0.03)),
    )
    beams = grain((0.42, 0.3, 0.2), seed=24, strength=0.07, joints=(lines((1, 0, 0), 0.8, 0.05),))
    solids: list[Solid] = _shell(13, 13, 10, 10, 4.4, (blocks, tiles, beams))
    for x in np.arange(-10.4, 11, 3.2):
        for z in np.arange(-8.2, 9, 3.3):
            x0, z0 = float(x) + 0.5, float(z)
            solids.append(box((x0, FLOOR_M + 0.15, z0), (0.9, 0.3, 0.9), stone))
            solids.append(Round(x0, z0, FLOOR_M + 0.3, 3.9, 0.3, 0.25, stone))
            solids.append(box((x0, 4.15, z0), (0.8, 0.5, 0.8), stone))
    return Place("hall", tuple(solids), INDOORS)


def _scattered(random: np.random.Generator, count: int, near: float, far: float, gap: float) -> np.ndarray:
    """(count, 2) places on the ground between two distances, no two closer than gap."""
    found: list[np.ndarray] = []
    while len(found) < count:
        turn, away = random.uniform(0, 2 * np.pi), near + (far - near) * random.uniform() ** 0.8
        spot = np.array([away * np.sin(turn), -away * np.cos(turn)])
        if all(np.linalg.norm(spot - other) > gap for other in found):
            found.append(spot)
    return np.array(found)


def forest() -> Place:
    """Trunks from 5 to 30 centimetres, crowns, bushes and stones, and one lamp post two pixels wide."""
    ground = grain((0.36, 0.4, 0.2), seed=31, strength=0.09, fine_m=0.1, coarse_m=4)
    bark = grain((0.4, 0.3, 0.2), seed=32, strength=0.1, fine_m=0.05, coarse_m=0.6, stretch=(1, 0.2, 1))
    birch = grain((0.8, 0.78, 0.72), seed=33, strength=0.09, fine_m=0.06, coarse_m=0.5, stretch=(0.3, 1, 0.3))
    leaves = [
        grain(base, seed=34 + i, strength=0.12, fine_m=0.12, coarse_m=1.0)
        for i, base in enumerate(((0.2, 0.38, 0.14), (0.32, 0.46, 0.16), (0.16, 0.32, 0.2)))
    ]
    rock = grain((0.5, 0.5, 0.48), seed=38, strength=0.1, fine_m=0.06, coarse_m=0.8)
    iron = grain((0.12, 0.12, 0.14), seed=39, strength=0.02)
    lamp = grain((1.0, 0.92, 0.65), seed=40, strength=0.02, glow=1.0)
    random = np.random.default_rng(41)
    solids: list[Solid] = [Plane(np.array(UP), FLOOR_M, ground)]
    for x, z in _scattered(random, 75, 2.2, 45, 1.5):
        kind, tall, wide = random.integers(3), random.uniform(4, 9), random.uniform(0.05, 0.3)
        leaf = leaves[random.integers(3)]
        if kind == 0:
            solids.append(Round(x, z, FLOOR_M, FLOOR_M + 1.5, wide, wide * 0.9, bark))
            for i in range(3):
                low, radius = FLOOR_M + 0.8 + i * tall / 4, (0.22 - 0.05 * i) * tall
                solids.append(Round(x, z, low, low + tall / 2.6, radius, 0.02, leaf))
        else:
            solids.append(Round(x, z, FLOOR_M, FLOOR_M + tall, wide * 0.7, wide * 0.3, birch if kind == 1 else bark))
            for _ in range(3):
                dx, dy, dz = random.uniform(-0.8, 0.8, 3)
                radii = random.uniform(0.7, 1.5, 3)
                solids.append(Ball((x + dx, FLOOR_M + tall - 0.3 + dy, z + dz), tuple(radii * (1, 0.8, 1)), leaf))
    for x, z in _scattered(random, 7, 1.3, 3, 0.7):  # saplings, near and thin
        solids.append(Round(x, z, FLOOR_M, FLOOR_M + 2.4, 0.022, 0.012, birch))
        solids.append(Ball((x, FLOOR_M + 2.4, z), (0.3, 0.35, 0.3), leaves[random.integers(3)]))
    for x, z in _scattered(random, 26, 1.7, 14, 0.8):
        size = random.uniform(0.15, 0.5)
        thing = leaves[random.integers(3)] if random.uniform() < 0.6 else rock
        solids.append(Ball((x, FLOOR_M + size * 0.4, z), (size, size * 0.8, size * 1.1), thing))
    # 0.0123 rad are two of 1024 columns: 37 mm of radius at 6 m.
    solids += [Round(1.8, -5.72, FLOOR_M, 1.6, 0.037, 0.037, iron), Ball((1.8, 1.75, -5.72), (0.16, 0.16, 0.16), lamp)]
    return Place("forest", tuple(solids), Light(fog_m=90, horizon=(0.72, 0.8, 0.84)))


def canyon() -> Place:
    """Layered walls of blocks on both sides of a winding bed, boulders, and a rock bridge."""
    sand = grain((0.78, 0.6, 0.4), seed=51, strength=0.09, fine_m=0.05, coarse_m=4)
    random = np.random.default_rng(52)
    bands = [
        grain(
            base,
            seed=53 + i,
            strength=0.11,
            fine_m=0.09,
            coarse_m=3,
            stretch=(0.5, 1.5, 0.5),
            joints=(lines(UP, 0.7 + 0.2 * i, 0.05, 0.3),),
        )
        for i, base in enumerate(((0.7, 0.42, 0.27), (0.8, 0.56, 0.38), (0.6, 0.34, 0.24), (0.76, 0.48, 0.3)))
    ]
    solids: list[Solid] = [Plane(np.array(UP), FLOOR_M, sand)]
    for side in (-1, 1):
        for z in np.arange(-70, 71, 4.5):
            middle = 1.8 * np.sin(z / 9) + side * (5.2 + random.uniform(-0.7, 0.7))
            low, out = FLOOR_M - 0.2, 0.0
            for level in range(4):
                high, deep = random.uniform(1.6, 3.4), 6.0
                x = middle + side * (deep / 2 + out)
                turn = random.uniform(-14, 14)
                solids.append(box((x, low + high / 2, float(z)), (deep, high, 5.6), bands[level], turn))
                low, out = low + high, out + random.uniform(0.3, 1.3)
    solids.append(box((0.0, 3.6, -16.0), (14, 1.3, 2.2), bands[1], 8))
    for x, z in _scattered(random, 22, 1.8, 16, 0.9):
        if abs(x - 1.8 * np.sin(z / 9)) < 4:
            size = random.uniform(0.15, 0.6)
            solids.append(
                box(
                    (x, FLOOR_M + size * 0.35, z),
                    (size * 1.4, size, size),
                    bands[random.integers(4)],
                    random.uniform(0, 90),
                )
            )
    return Place("canyon", tuple(solids), Light(sun=(0.6, 0.7, 0.2), fog_m=160, horizon=(0.9, 0.84, 0.76)))


def street() -> Place:
    """Two rows of gabled houses with windows and doors, pavements, lamp posts, trees and parked cars."""
    asphalt = grain((0.36, 0.36, 0.38), seed=71, strength=0.05, fine_m=0.08)
    paving = grain(
        (0.62, 0.6, 0.57), seed=72, strength=0.05, joints=(lines((1, 0, 0), 0.6, 0.02), lines((0, 0, 1), 0.6, 0.02))
    )
    tiles = grain(
        (0.56, 0.26, 0.2),
        seed=73,
        strength=0.06,
        fine_m=0.1,
        joints=(lines(UP, 0.25, 0.05), lines((0, 0, 1), 0.3, 0.03)),
    )
    glass = grain((0.3, 0.38, 0.46), seed=74, strength=0.07, coarse_m=2, fine_m=0.3)
    frame = grain((0.9, 0.89, 0.86), seed=75, strength=0.02)
    iron = grain((0.16, 0.18, 0.18), seed=76, strength=0.02)
    leaf = grain((0.24, 0.42, 0.16), seed=77, strength=0.12, fine_m=0.1, coarse_m=0.8)
    bark = grain((0.36, 0.28, 0.2), seed=78, strength=0.08, fine_m=0.05, coarse_m=0.5)
    random = np.random.default_rng(79)
    solids: list[Solid] = [Plane(np.array(UP), FLOOR_M, asphalt)]
    walls = [
        grain(
            base,
            seed=80 + i,
            strength=0.05,
            fine_m=0.08,
            joints=(lines(UP, 0.24, 0.02, 0.3), lines((0, 0, 1), 0.5, 0.02, 0.3)),
        )
        for i, base in enumerate(
            ((0.78, 0.66, 0.5), (0.64, 0.38, 0.3), (0.8, 0.78, 0.7), (0.56, 0.62, 0.66), (0.82, 0.7, 0.56))
        )
    ]
    for side in (-1, 1):
        solids.append(box((side * 6.1, FLOOR_M + 0.06, 0), (4.2, 0.12, 160), paving))
        z = -62.0
        while z < 60:
            wide, high, deep = random.uniform(6, 9), random.uniform(4.5, 7.5), 9.0
            near = 8 + random.uniform(0, 0.8)
            x, middle = side * (near + deep / 2), z + wide / 2
            solids.append(box((x, FLOOR_M + high / 2, middle), (deep, high, wide), walls[random.integers(5)]))
            roof = random.uniform(1.8, 2.8)
            solids.append(
                box((x, FLOOR_M + high + roof / 2, middle), (wide + 0.4, roof, deep + 0.7), tiles, 90, roof=roof)
            )
            for level in range(int(high // 2.6)):
                for place in np.arange(z + 1.2, z + wide - 0.8, 1.9):
                    y = FLOOR_M + 1.6 + 2.6 * level
                    solids.append(box((side * near, y, float(place)), (0.16, 1.5, 1.1), frame))
                    solids.append(box((side * near, y, float(place)), (0.2, 1.26, 0.86), glass))
            z += wide + random.choice([0.0, 0.0, 2.0])
        for post in np.arange(-54 + 4 * side, 60, 13.0):
            solids.append(Round(side * 4.6, float(post), FLOOR_M, 2.6, 0.06, 0.04, iron))
            solids.append(Round(side * 4.6, float(post), 2.6, 3.0, 0.1, 0.22, frame))
        for tree in np.arange(-47 + 3 * side, 60, 12.0):
            z0 = float(tree)
            solids.append(Round(side * 4.9, z0, FLOOR_M, 1.4, 0.12, 0.08, bark))
            solids += [
                Ball((side * 4.9 + dx, 1.9 + dy, z0 + dz), (0.9, 0.8, 0.9), leaf)
                for dx, dy, dz in random.uniform(-0.5, 0.5, (3, 3))
            ]
        for car in np.arange(-30 + 2 * side, 34, 9.5):
            coat, z0 = grain(tuple(random.uniform(0.15, 0.75, 3)), seed=int(90 + car), strength=0.03), float(car)
            solids.append(box((side * 3.0, FLOOR_M + 0.55, z0), (1.7, 0.6, 4.0), coat))
            solids.append(box((side * 3.0, FLOOR_M + 1.1, z0 + 0.2), (1.45, 0.5, 2.1), glass))
            for dx in (-0.75, 0.75):
                for dz in (-1.3, 1.3):
                    solids.append(Ball((side * 3.0 + dx, FLOOR_M + 0.3, z0 + dz), (0.14, 0.3, 0.3), iron))
    return Place("street", tuple(solids), Light(fog_m=140))


def table() -> Place:
    """Sitting in the opening of a round counter full of things, 0.6 to 1.2 metres away on all sides."""
    plaster = grain(
        (0.7, 0.74, 0.72),
        seed=101,
        strength=0.08,
        fine_m=0.045,
        joints=(lines(UP, 0.35, 0.012, 0.3), lines((1, 0, 1), 0.5, 0.012, 0.3)),
    )
    floor = grain(
        (0.5, 0.46, 0.42),
        seed=102,
        strength=0.07,
        fine_m=0.04,
        joints=(lines((1, 0, 0), 0.4, 0.012), lines((0, 0, 1), 0.4, 0.012)),
    )
    white = grain((0.86, 0.86, 0.84), seed=103, strength=0.05, fine_m=0.04)
    wood = grain((0.62, 0.45, 0.28), seed=104, strength=0.09, coarse_m=0.6, fine_m=0.03, stretch=(0.2, 1, 1))
    random = np.random.default_rng(105)
    paints = [
        grain(tuple(random.uniform(0.2, 0.85, 3)), seed=110 + i, strength=0.08, coarse_m=0.25, fine_m=0.025)
        for i in range(8)
    ]
    solids: list[Solid] = _shell(2.8, 3.2, 3.0, 2.6, 1.3, (plaster, floor, white))
    top = -0.42
    for turn in range(0, 360, 45):
        x, z = 0.95 * np.sin(np.radians(turn)), -0.95 * np.cos(np.radians(turn))
        solids.append(box((x, top - 0.025, z), (0.86, 0.05, 0.6), wood, -turn))
        solids.append(box((1.1 * x, (top + FLOOR_M) / 2, 1.1 * z), (0.05, top - FLOOR_M, 0.05), wood, -turn))
    for turn in np.arange(4, 360, 15):
        away = random.uniform(0.74, 1.12)
        x, z = away * np.sin(np.radians(turn)), -away * np.cos(np.radians(turn))
        paint, kind = paints[random.integers(8)], random.integers(5)
        if kind == 0:  # a bottle
            solids += [
                Round(x, z, top, top + 0.2, 0.04, 0.04, paint),
                Round(x, z, top + 0.2, top + 0.26, 0.04, 0.014, paint),
            ]
            solids.append(Round(x, z, top + 0.26, top + 0.33, 0.014, 0.014, paint))
        elif kind == 1:
            size = random.uniform(0.04, 0.075)
            solids.append(Ball((x, top + size, z), (size, size, size), paint))
        elif kind == 2:  # books
            for i in range(3):
                size = (0.2, 0.035, 0.15)
                solids.append(
                    box((x, top + 0.018 + 0.035 * i, z), size, paints[random.integers(8)], random.uniform(0, 90))
                )
        elif kind == 3:  # a candle
            solids += [
                Round(x, z, top, top + 0.02, 0.05, 0.04, paint),
                Round(x, z, top + 0.02, top + 0.3, 0.009, 0.009, white),
            ]
        else:
            solids.append(Round(x, z, top, top + 0.11, 0.035, 0.05, paint))
    for x, z in ((-2.2, -2.4), (2.5, -2.3), (2.6, 1.9), (-2.1, 1.9)):
        solids.append(box((x, -0.5, z), (0.7, 2.2, 0.6), wood))
    return Place("table", tuple(solids), INDOORS)


PLACES: dict[str, Callable[[], Place]] = {
    "room": room, "hall": hall, "forest": forest, "canyon": canyon, "street": street, "table": table,
}  # fmt: skip
