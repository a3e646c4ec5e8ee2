"""What people left outdoors: boats, lamps, fires, carts, cars; and animals."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.props.kit import DARK_WOOD, SNOW, WOOD, Kit, darker, vary
from ldm3d_web.worlds.world import Colour, Solid


def boat(rng, x, z, size: float, colour: Colour, yaw: float | None = None) -> list[Solid]:
    """A rowing boat: a hull with a pale rim, a bench and an oar."""
    kit = Kit(rng, x, z, rng.uniform(0, 6.28) if yaw is None else yaw)
    hull = vary(rng, colour, 0.03)
    kit.blob((0, 0.22 * size, 0), np.array([1.1, 0.36, 0.46]) * size, hull, faces=16, rough=0.04, foot=0.3 * size)
    kit.box((0, 0.26 * size, 0), (1.5 * size, 0.4 * size, 0.95 * size), hull)
    kit.box((0, 0.66 * size, 0), (1.6 * size, 0.06 * size, 1.02 * size), (0.94, 0.90, 0.80))
    kit.box((0, 0.70 * size, 0), (1.36 * size, 0.04, 0.74 * size), darker(WOOD, 0.7))
    kit.box((-0.1 * size, 0.71 * size, 0), (0.24 * size, 0.06 * size, 0.8 * size), (0.72, 0.54, 0.34))
    return kit.solids


def sailing_boat(rng, x, z, size: float, colour: Colour) -> list[Solid]:
    """A slim hull, a mast and two sails."""
    kit = Kit(rng, x, z, np.arctan2(-x, -z) + rng.uniform(-0.7, 0.7))
    hull = vary(rng, colour, 0.03)
    kit.blob((0, 0.18 * size, 0), np.array([1.15, 0.32, 0.34]) * size, hull, faces=16, rough=0.04, foot=0.25 * size)
    kit.box((0, 0.34 * size, 0), (1.5 * size, 0.10 * size, 0.56 * size), (0.90, 0.82, 0.66))
    kit.bar((0.1 * size, 0.4 * size, 0), (0.1 * size, 2.6 * size, 0), 0.035 * size, DARK_WOOD)
    sail = (0.97, 0.95, 0.90)
    kit.wedge((0.52 * size, 0.56 * size, 0), (0.05 * size, 1.9 * size, 0.8 * size), sail, turn=np.pi / 2)
    kit.wedge(
        (-0.32 * size, 0.56 * size, 0.02), (0.05 * size, 1.5 * size, 0.7 * size), darker(sail, 0.95), turn=-np.pi / 2
    )
    return kit.solids


def street_lamp(rng, x, z, lit: float) -> list[Solid]:
    kit, iron = Kit(rng, x, z), (0.20, 0.22, 0.27)
    kit.drum((0, 0, 0), 0.16, 0.09, 0.4, iron, sides=7)
    kit.drum((0, 0.3, 0), 0.07, 0.05, 2.5, iron, sides=7)
    kit.drum((0, 2.75, 0), 0.14, 0.22, 0.42, (1.0, 0.90, 0.62), sides=6, glow=0.25 + 0.75 * lit)
    kit.cone((0, 3.15, 0), 0.3, 0.22, iron, sides=6)
    return kit.solids


def bench(rng, x, z, colour: Colour = WOOD, yaw: float | None = None) -> list[Solid]:
    kit, wood = Kit(rng, x, z, yaw), vary(rng, colour, 0.03)
    for side in (-0.7, 0.7):
        kit.box((side, 0, 0), (0.1, 0.45, 0.42), (0.24, 0.24, 0.27))
    kit.box((0, 0.42, 0), (1.7, 0.08, 0.46), wood)
    kit.box((0, 0.58, -0.24), (1.7, 0.34, 0.07), wood)
    return kit.solids


def campfire(rng, x, z, size: float) -> list[Solid]:
    """Stones in a ring, crossed logs and three tongues of flame."""
    kit = Kit(rng, x, z)
    for i in range(7):
        a = i * 0.8976
        kit.blob(
            (0.52 * size * np.cos(a), 0.06 * size, 0.52 * size * np.sin(a)),
            np.array([0.16, 0.13, 0.15]) * size,
            (0.42, 0.40, 0.40),
            faces=10,
        )
    for a in (0.3, 1.4, 2.5):
        c, s = 0.38 * size * np.cos(a), 0.38 * size * np.sin(a)
        kit.bar((-c, 0.06 * size, -s), (c, 0.2 * size, s), 0.07 * size, DARK_WOOD)
    for right, front, tall, tint in (
        (0, 0, 0.85, (1.0, 0.62, 0.16)),
        (0.14, 0.1, 0.6, (1.0, 0.42, 0.12)),
        (-0.13, 0.12, 0.5, (1.0, 0.80, 0.30)),
    ):
        kit.cone(
            (right * size, 0.1 * size, front * size), 0.2 * size, tall * size, tint, sides=6, glow=1.0, casts=False
        )
    return kit.solids


def barrel(rng, x, z, size: float) -> list[Solid]:
    kit, wood = Kit(rng, x, z), vary(rng, WOOD)
    kit.drum((0, 0, 0), 0.32 * size, 0.38 * size, 0.45 * size, wood, sides=10)
    kit.drum((0, 0.45 * size, 0), 0.38 * size, 0.32 * size, 0.45 * size, darker(wood, 1.06), sides=10)
    kit.drum((0, 0.40 * size, 0), 0.40 * size, 0.40 * size, 0.09 * size, (0.26, 0.26, 0.30), sides=10)
    return kit.solids


def crate(rng, x, z, size: float) -> list[Solid]:
    kit, wood = Kit(rng, x, z, rng.uniform(0, 6)), vary(rng, (0.66, 0.48, 0.30))
    kit.box((0, 0, 0), (size, size, size), wood)
    for up in (0.0, 0.86):
        kit.box((0, up * size, 0), (1.06 * size, 0.15 * size, 1.06 * size), darker(wood, 0.8))
    return kit.solids


def cart(rng, x, z, size: float, load: Colour) -> list[Solid]:
    """A two-wheeled cart with a load."""
    kit, wood = Kit(rng, x, z, rng.uniform(0, 6)), vary(rng, WOOD)
    kit.box((0, 0.45 * size, 0), (1.5 * size, 0.32 * size, 0.9 * size), wood)
    kit.blob((0, 0.72 * size, 0), np.array([0.68, 0.38, 0.42]) * size, load, faces=14, rough=0.2)
    for side in (-0.52, 0.52):
        kit.bar(
            (0, 0.4 * size, side * size - 0.05), (0, 0.4 * size, side * size + 0.05), 0.42 * size, DARK_WOOD, sides=11
        )
        kit.bar(
            (0.6 * size, 0.5 * size, 0.6 * side * size), (1.6 * size, 0.12 * size, 0.5 * side * size), 0.05 * size, wood
        )
    return kit.solids


def hay_bale(rng, x, z, size: float) -> list[Solid]:
    kit, straw = Kit(rng, x, z, rng.uniform(0, 6)), vary(rng, (0.90, 0.74, 0.36), 0.03)
    kit.bar((-0.5 * size, 0.62 * size, 0), (0.5 * size, 0.62 * size, 0), 0.65 * size, straw, sides=12)
    kit.bar((-0.52 * size, 0.62 * size, 0), (0.52 * size, 0.62 * size, 0), 0.42 * size, darker(straw, 0.88), sides=12)
    return kit.solids


def parasol(rng, x, z, size: float, colour: Colour) -> list[Solid]:
    """A pole, a canopy in two tones and a towel beside it."""
    kit = Kit(rng, x, z)
    kit.bar((0, 0, 0), (0.1 * size, 1.9 * size, 0), 0.035 * size, (0.92, 0.90, 0.86))
    kit.cone((0.1 * size, 1.55 * size, 0), 1.05 * size, 0.5 * size, colour, sides=8)
    kit.cone((0.1 * size, 1.74 * size, 0), 0.64 * size, 0.34 * size, (0.97, 0.95, 0.90), sides=8)
    kit.box((0.2 * size, 0, 0.95 * size), (0.75 * size, 0.03, 1.5 * size), darker(colour, 1.1))
    return kit.solids


def sheep(rng, x, z, size: float) -> list[Solid]:
    kit = Kit(rng, x, z, rng.uniform(0, 6.28))
    wool, dark = vary(rng, (0.95, 0.93, 0.88), 0.02), (0.22, 0.20, 0.22)
    for r, f in ((-0.3, -0.16), (-0.3, 0.16), (0.3, -0.16), (0.3, 0.16)):
        kit.box((r * size, 0, f * size), (0.1 * size, 0.4 * size, 0.1 * size), dark)
    kit.blob((0, 0.62 * size, 0), np.array([0.58, 0.4, 0.4]) * size, wool, faces=16, rough=0.12)
    kit.blob((0.58 * size, 0.82 * size, 0), np.array([0.2, 0.2, 0.16]) * size, dark, faces=12, rough=0.08)
    return kit.solids


def cow(rng, x, z, size: float) -> list[Solid]:
    kit = Kit(rng, x, z, rng.uniform(0, 6.28))
    hide, patch = vary(rng, (0.94, 0.90, 0.86), 0.02), vary(rng, (0.42, 0.26, 0.18), 0.03)
    for r, f in ((-0.42, -0.18), (-0.42, 0.18), (0.42, -0.18), (0.42, 0.18)):
        kit.box((r * size, 0, f * size), (0.13 * size, 0.55 * size, 0.13 * size), hide)
    kit.box((0, 0.5 * size, 0), (1.15 * size, 0.52 * size, 0.52 * size), hide)
    kit.box((-0.2 * size, 0.56 * size, 0), (0.42 * size, 0.47 * size, 0.54 * size), patch)
    kit.box((0.72 * size, 0.72 * size, 0), (0.42 * size, 0.32 * size, 0.3 * size), patch)
    kit.box((0.92 * size, 0.72 * size, 0), (0.1 * size, 0.2 * size, 0.26 * size), (0.92, 0.72, 0.66))
    return kit.solids


def snowman(rng, x, z, size: float) -> list[Solid]:
    kit = Kit(rng, x, z)
    kit.blob((0, 0.36 * size, 0), np.full(3, 0.44 * size), SNOW, faces=16, rough=0.04)
    kit.blob((0, 0.94 * size, 0), np.full(3, 0.32 * size), SNOW, faces=16, rough=0.04)
    kit.blob((0, 1.38 * size, 0), np.full(3, 0.22 * size), SNOW, faces=16, rough=0.04)
    kit.bar((0, 1.38 * size, 0.18 * size), (0, 1.36 * size, 0.46 * size), 0.05 * size, (0.96, 0.50, 0.14), taper=0.1)
    kit.drum((0, 1.54 * size, 0), 0.28 * size, 0.28 * size, 0.05 * size, (0.16, 0.16, 0.2), sides=10)
    kit.drum((0, 1.58 * size, 0), 0.18 * size, 0.17 * size, 0.26 * size, (0.16, 0.16, 0.2), sides=10)
    kit.drum((0, 1.14 * size, 0), 0.24 * size, 0.24 * size, 0.1 * size, (0.80, 0.20, 0.18), sides=10)
    for side in (-1, 1):
        kit.bar(
            (side * 0.26 * size, 0.98 * size, 0),
            (side * 0.75 * size, 1.26 * size, 0.1 * size),
            0.03 * size,
            DARK_WOOD,
            sides=5,
        )
        kit.blob((side * 0.08 * size, 1.45 * size, 0.19 * size), np.full(3, 0.035 * size), (0.1, 0.1, 0.12), faces=8)
    return kit.solids


def car(rng, x, z, colour: Colour, yaw: float, lit: float) -> list[Solid]:
    """A small car; its length runs along the front."""
    kit, paint = Kit(rng, x, z, yaw), vary(rng, colour, 0.02)
    kit.box((0, 0.32, 0), (1.66, 0.55, 3.9), paint)
    kit.box((0, 0.85, -0.2), (1.46, 0.5, 2.0), (0.34, 0.44, 0.54))
    kit.box((0, 1.28, -0.2), (1.48, 0.12, 1.7), paint)
    for r in (-0.78, 0.78):
        for f in (-1.2, 1.2):
            kit.bar((r - 0.12, 0.33, f), (r + 0.12, 0.33, f), 0.34, (0.12, 0.12, 0.14), sides=10)
        kit.box((0.7 * r, 0.5, 1.95), (0.3, 0.18, 0.06), (1.0, 0.95, 0.75), glow=0.3 + 0.7 * lit)
        kit.box((0.7 * r, 0.5, -1.95), (0.3, 0.16, 0.06), (0.85, 0.15, 0.12), glow=0.2 + 0.5 * lit)
    return kit.solids


def bus(rng, x, z, colour: Colour, yaw: float, lit: float) -> list[Solid]:
    kit, paint = Kit(rng, x, z, yaw), vary(rng, colour, 0.02)
    glass = (1.0, 0.88, 0.58) if lit else (0.42, 0.54, 0.64)
    kit.box((0, 0.35, 0), (2.3, 2.5, 7.6), paint)
    kit.box((0, 1.45, 0), (2.36, 0.8, 6.8), glass, glow=0.9 * lit)
    kit.box((0, 1.35, 0), (1.9, 0.95, 7.66), glass, glow=0.9 * lit)
    for r in (-1.1, 1.1):
        for f in (-2.5, 2.5):
            kit.bar((r - 0.12, 0.45, f), (r + 0.12, 0.45, f), 0.46, (0.12, 0.12, 0.14), sides=10)
    return kit.solids


def traffic_light(rng, x, z) -> list[Solid]:
    kit, iron = Kit(rng, x, z), (0.20, 0.21, 0.24)
    kit.drum((0, 0, 0), 0.09, 0.07, 2.5, iron, sides=6)
    kit.box((0, 2.4, 0), (0.36, 1.0, 0.3), (0.16, 0.17, 0.19))
    on = int(rng.integers(3))
    for i, tint in enumerate(((0.25, 0.85, 0.40), (1.0, 0.75, 0.2), (0.95, 0.22, 0.18))):
        kit.blob(
            (0, 2.58 + 0.3 * i, 0.16),
            np.full(3, 0.11),
            tint if i == on else darker(tint, 0.35),
            faces=12,
            rough=0.02,
            glow=float(i == on),
        )
    return kit.solids


def planter(rng, x, z, petals: Colour) -> list[Solid]:
    kit = Kit(rng, x, z)
    kit.box((0, 0, 0), (1.3, 0.45, 0.55), vary(rng, (0.55, 0.42, 0.32)))
    for i in (-0.4, 0.0, 0.4):
        kit.blob((i, 0.6, 0), (0.3, 0.26, 0.28), (0.30, 0.52, 0.26), faces=12, rough=0.2)
        kit.blob((i, 0.86, 0.05), (0.13, 0.1, 0.13), petals, faces=10, rough=0.1)
    return kit.solids


def scarecrow(rng, x, z) -> list[Solid]:
    kit = Kit(rng, x, z)
    shirt: Colour = (0.32, 0.42, 0.62)
    kit.bar((0, 0, 0), (0, 1.75, 0), 0.06, WOOD)
    kit.bar((-0.8, 1.35, 0), (0.8, 1.35, 0), 0.05, WOOD)
    kit.drum((0, 0.72, 0), 0.30, 0.20, 0.72, shirt, sides=8)
    kit.bar((-0.68, 1.33, 0), (0.68, 1.33, 0), 0.12, shirt, sides=7)
    kit.blob((0, 1.66, 0), (0.19, 0.22, 0.19), (0.90, 0.78, 0.52), faces=14, rough=0.05)
    kit.drum((0, 1.8, 0), 0.36, 0.34, 0.05, (0.76, 0.58, 0.28), sides=9)
    kit.cone((0, 1.84, 0), 0.2, 0.3, (0.76, 0.58, 0.28), sides=8)
    return kit.solids


def fence(rng, x, z, length: float, yaw: float, colour: Colour = (0.80, 0.74, 0.64)) -> list[Solid]:
    """Posts and two rails along the right."""
    kit = Kit(rng, x, z, yaw)
    posts = max(2, int(length / 1.3))
    for i in range(posts + 1):
        kit.box((-length / 2 + i * length / posts, 0, 0), (0.14, 0.95, 0.14), vary(rng, colour, 0.02))
    for up in (0.38, 0.72):
        kit.box((0, up, 0), (length, 0.12, 0.07), darker(colour, 0.95))
    return kit.solids


def jetty(rng, x, z, length: float, yaw: float) -> list[Solid]:
    """Planks on posts that run towards yaw."""
    kit = Kit(rng, x, z, yaw)
    kit.box((0, 0.22, length / 2), (1.3, 0.12, length), (0.66, 0.50, 0.34))
    steps = max(2, int(length / 1.6))
    for i in range(steps + 1):
        for side in (-0.66, 0.66):
            kit.bar(
                (side, -0.3, i * length / steps), (side, 0.62, i * length / steps), 0.09, (0.44, 0.32, 0.22), sides=6
            )
    return kit.solids
