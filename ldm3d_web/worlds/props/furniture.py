"""What stands, lies and hangs in rooms and halls. Fronts look at the eye unless yaw says otherwise."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.props.kit import DARK_WOOD, STONE, Kit, darker, vary
from ldm3d_web.worlds.world import Colour, Solid

OAK: Colour = (0.64, 0.46, 0.29)
GOLD: Colour = (0.90, 0.72, 0.34)
CREAM: Colour = (0.95, 0.92, 0.86)


def bed(rng, x, z, yaw: float, cloth: Colour) -> list[Solid]:
    """Its head at the back."""
    kit, wood = Kit(rng, x, z, yaw), vary(rng, OAK, 0.03)
    kit.box((0, 0, 0), (1.5, 0.24, 2.0), darker(wood, 0.85))
    kit.box((0, 0, -1.0), (1.6, 0.95, 0.1), wood)
    kit.box((0, 0.24, 0), (1.44, 0.18, 1.95), CREAM)
    kit.box((0, 0.26, 0.22), (1.5, 0.22, 1.5), cloth)
    kit.box((0, 0.40, -0.42), (1.5, 0.1, 0.26), darker(CREAM, 0.97))
    for side in (-0.36, 0.36):
        kit.blob((side, 0.50, -0.74), (0.34, 0.14, 0.22), CREAM, faces=14, rough=0.05)
    return kit.solids


def sofa(rng, x, z, yaw: float, cloth: Colour, wide: float = 1.9) -> list[Solid]:
    """Also an armchair, when it is narrow."""
    kit, c = Kit(rng, x, z, yaw), vary(rng, cloth, 0.02)
    kit.box((0, 0.08, 0), (wide, 0.3, 0.85), darker(c, 0.85))
    kit.box((0, 0.1, -0.34), (wide, 0.78, 0.24), c)
    for side in (-1, 1):
        kit.box((side * (wide / 2 - 0.09), 0.08, 0), (0.2, 0.54, 0.88), darker(c, 0.94))
    seats = 2 if wide > 1.3 else 1
    for i in range(seats):
        w = (wide - 0.4) / seats
        kit.box((-wide / 2 + 0.2 + (i + 0.5) * w, 0.36, 0.06), (0.96 * w, 0.14, 0.66), darker(c, 1.08))
    if wide > 1.3:
        kit.blob((0.28 * wide, 0.64, -0.1), (0.24, 0.22, 0.1), CREAM, faces=14, rough=0.05)
    return kit.solids


def table(rng, x, z, yaw: float, wide: float, deep: float, tall: float = 0.74) -> list[Solid]:
    kit, wood = Kit(rng, x, z, yaw), vary(rng, OAK, 0.04)
    kit.box((0, tall - 0.07, 0), (wide, 0.07, deep), wood)
    for r in (-1, 1):
        for f in (-1, 1):
            kit.box((r * (wide / 2 - 0.09), 0, f * (deep / 2 - 0.09)), (0.09, tall - 0.07, 0.09), darker(wood, 0.8))
    return kit.solids


def chair(rng, x, z, yaw: float) -> list[Solid]:
    kit, wood = Kit(rng, x, z, yaw), vary(rng, OAK, 0.04)
    kit.box((0, 0.42, 0), (0.46, 0.06, 0.46), wood)
    kit.box((0, 0.45, -0.21), (0.46, 0.52, 0.05), darker(wood, 0.92))
    for r in (-0.19, 0.19):
        for f in (-0.19, 0.19):
            kit.box((r, 0, f), (0.06, 0.43, 0.06), darker(wood, 0.8))
    return kit.solids


def bookshelf(rng, x, z, yaw: float, wide: float = 1.3, tall: float = 2.0) -> list[Solid]:
    """Four boards of books in blocks of colour."""
    kit, wood = Kit(rng, x, z, yaw), vary(rng, (0.46, 0.32, 0.21), 0.03)
    kit.box((0, 0, -0.14), (wide, tall, 0.06), darker(wood, 0.7))
    for side in (-1, 1):
        kit.box((side * (wide / 2 - 0.03), 0, 0), (0.07, tall, 0.34), wood)
    books = [(0.74, 0.30, 0.26), (0.28, 0.44, 0.62), (0.88, 0.70, 0.36), (0.36, 0.54, 0.40), (0.86, 0.82, 0.72)]
    for i in range(5):
        kit.box((0, i * (tall - 0.06) / 4, 0), (wide, 0.06, 0.34), wood)
    for i in range(4):
        left = -wide / 2 + 0.08
        for _ in range(3):
            w = rng.uniform(0.2, 0.42) * (wide - 0.2)
            if left + w > wide / 2 - 0.06:
                break
            colour = books[int(rng.integers(len(books)))]
            kit.box(
                (left + w / 2, i * (tall - 0.06) / 4 + 0.05, 0),
                (w - 0.02, tall * rng.uniform(0.14, 0.18), 0.24),
                colour,
            )
            left += w
    return kit.solids


def lamp(rng, x, z, lit: float) -> list[Solid]:
    kit = Kit(rng, x, z)
    kit.drum((0, 0, 0), 0.18, 0.16, 0.04, (0.24, 0.22, 0.22), sides=10)
    kit.drum((0, 0.03, 0), 0.035, 0.035, 1.35, (0.30, 0.27, 0.25), sides=6)
    kit.drum((0, 1.32, 0), 0.28, 0.17, 0.36, (1.0, 0.88, 0.62), sides=10, glow=0.35 + 0.6 * lit, casts=False)
    return kit.solids


def rug(rng, x, z, yaw: float, wide: float, deep: float, cloth: Colour) -> list[Solid]:
    kit = Kit(rng, x, z, yaw)
    kit.box((0, -0.02, 0), (wide, 0.035, deep), cloth, casts=False)
    kit.box((0, -0.02, 0), (0.86 * wide, 0.042, 0.82 * deep), CREAM, casts=False)
    kit.box((0, -0.02, 0), (0.78 * wide, 0.049, 0.72 * deep), darker(cloth, 1.1), casts=False)
    return kit.solids


def plant(rng, x, z, size: float) -> list[Solid]:
    """A pot and broad leaves."""
    kit, green = Kit(rng, x, z), vary(rng, (0.30, 0.54, 0.30), 0.05)
    kit.drum((0, 0, 0), 0.17 * size, 0.23 * size, 0.36 * size, vary(rng, (0.78, 0.48, 0.34)), sides=9)
    for i in range(6):
        a, up = i * 1.047 + rng.uniform(-0.2, 0.2), rng.uniform(0.7, 1.15)
        tip = (0.45 * size * np.cos(a), up * size, 0.45 * size * np.sin(a))
        kit.bar((0, 0.34 * size, 0), tip, 0.05 * size, darker(green, 0.85 + 0.06 * i), sides=4, taper=1.6)
    kit.bar((0, 0.34 * size, 0), (0, 1.3 * size, 0), 0.05 * size, green, sides=4, taper=1.6)
    return kit.solids


def fireplace(rng, x, z, yaw: float) -> list[Solid]:
    """A stone breast, a dark opening and flames."""
    kit, stone = Kit(rng, x, z, yaw), vary(rng, (0.70, 0.66, 0.62), 0.02)
    kit.box((0, 0, 0), (1.7, 1.15, 0.5), stone)
    kit.box((0, 1.15, -0.05), (1.0, 1.6, 0.36), darker(stone, 0.95))
    kit.box((0, 1.12, 0.04), (1.9, 0.1, 0.62), DARK_WOOD)
    kit.box((0, 0.06, 0.03), (0.9, 0.72, 0.5), (0.12, 0.08, 0.07))
    kit.box((0, 0, 0.3), (1.7, 0.06, 0.5), darker(stone, 0.8))
    kit.bar((-0.3, 0.14, 0.32), (0.3, 0.14, 0.32), 0.07, DARK_WOOD)
    for r, tall, tint in (
        (0, 0.46, (1.0, 0.66, 0.2)),
        (-0.17, 0.32, (1.0, 0.46, 0.14)),
        (0.17, 0.36, (1.0, 0.82, 0.36)),
    ):
        kit.cone((r, 0.14, 0.34), 0.13, tall, tint, sides=6, glow=1.0, casts=False)
    return kit.solids


def picture(rng, x, z, yaw: float, up: float, wide: float, colour: Colour) -> list[Solid]:
    """A framed landscape: sky, hill and sun."""
    kit = Kit(rng, x, z, yaw)
    tall = 0.7 * wide
    kit.box((0, up, 0), (wide + 0.12, tall + 0.12, 0.06), GOLD, casts=False)
    kit.box((0, up + 0.06, 0.01), (wide, tall, 0.07), colour, casts=False)
    kit.box((0, up + 0.06, 0.02), (wide, 0.4 * tall, 0.07), darker(colour, 0.55), casts=False)
    return kit.solids


def window(rng, x, z, yaw: float, up: float, wide: float, tall: float, glass: Colour) -> list[Solid]:
    """Frame, glass, a cross of bars and curtains."""
    kit = Kit(rng, x, z, yaw)
    kit.box((0, up - 0.08, 0), (wide + 0.16, tall + 0.16, 0.08), CREAM, casts=False)
    kit.box((0, up, 0.02), (wide, tall, 0.08), glass, glow=1.0, casts=False)
    kit.box((0, up, 0.04), (0.06, tall, 0.08), CREAM, casts=False)
    kit.box((0, up + tall * 0.55, 0.04), (wide, 0.06, 0.08), CREAM, casts=False)
    kit.box((0, up - 0.12, 0.08), (wide + 0.26, 0.06, 0.24), CREAM, casts=False)
    return kit.solids


def curtains(rng, x, z, yaw: float, up: float, wide: float, tall: float, cloth: Colour) -> list[Solid]:
    kit = Kit(rng, x, z, yaw)
    for side in (-1, 1):
        kit.box((side * (wide / 2 + 0.14), up - 0.2, 0.1), (0.34, tall + 0.42, 0.12), cloth, casts=False)
    kit.box((0, up + tall + 0.16, 0.12), (wide + 0.8, 0.07, 0.14), DARK_WOOD, casts=False)
    return kit.solids


def door(rng, x, z, yaw: float) -> list[Solid]:
    kit, wood = Kit(rng, x, z, yaw), vary(rng, OAK, 0.04)
    kit.box((0, 0, 0), (1.06, 2.1, 0.08), darker(wood, 0.7), casts=False)
    kit.box((0, 0, 0.02), (0.9, 2.02, 0.1), wood, casts=False)
    for up in (0.25, 1.15):
        kit.box((0, up, 0.04), (0.6, 0.65, 0.1), darker(wood, 0.9), casts=False)
    kit.blob((0.34, 1.0, 0.12), (0.05, 0.05, 0.05), GOLD, faces=10, casts=False)
    return kit.solids


def chandelier(rng, x, z, up: float, size: float) -> list[Solid]:
    kit = Kit(rng, x, z, 0.3)
    kit.bar((0, up + 0.2 * size, 0), (0, up + 4, 0), 0.03 * size, (0.3, 0.26, 0.2), casts=False)
    kit.drum((0, up, 0), 0.72 * size, 0.78 * size, 0.12 * size, GOLD, sides=12, casts=False)
    kit.drum((0, up + 0.1 * size, 0), 0.72 * size, 0.05 * size, 0.5 * size, darker(GOLD, 0.8), sides=6, casts=False)
    for i in range(6):
        a = i * np.pi / 3
        at = (0.7 * size * np.cos(a), up + 0.12 * size, 0.7 * size * np.sin(a))
        kit.cone(at, 0.09 * size, 0.34 * size, (1.0, 0.86, 0.5), sides=6, glow=1.0, casts=False)
    return kit.solids


def candle(rng, x, z, size: float) -> list[Solid]:
    """A standing candlestick with three flames."""
    kit = Kit(rng, x, z)
    kit.drum((0, 0, 0), 0.22 * size, 0.08 * size, 0.14 * size, GOLD, sides=8)
    kit.drum((0, 0.1 * size, 0), 0.045 * size, 0.045 * size, 1.1 * size, GOLD, sides=6)
    kit.bar((-0.26 * size, 1.12 * size, 0), (0.26 * size, 1.12 * size, 0), 0.04 * size, GOLD)
    for r in (-0.25, 0.0, 0.25):
        kit.drum((r * size, 1.15 * size, 0), 0.055 * size, 0.055 * size, 0.24 * size, CREAM, sides=7)
        kit.cone(
            (r * size, 1.39 * size, 0), 0.055 * size, 0.2 * size, (1.0, 0.80, 0.38), sides=6, glow=1.0, casts=False
        )
    return kit.solids


def throne(rng, x, z, yaw: float, cloth: Colour) -> list[Solid]:
    kit = Kit(rng, x, z, yaw)
    kit.box((0, 0, 0.1), (3.0, 0.18, 2.2), darker(STONE, 1.05))
    kit.box((0, 0.18, 0), (2.2, 0.18, 1.6), darker(STONE, 1.15))
    up = 0.36
    kit.box((0, up, 0), (1.0, 0.5, 0.8), GOLD)
    kit.box((0, up + 0.46, 0.04), (0.8, 0.1, 0.74), cloth)
    kit.box((0, up, -0.36), (1.04, 1.9, 0.16), GOLD)
    kit.box((0, up + 0.55, -0.30), (0.78, 1.1, 0.14), cloth)
    kit.cone((0, up + 1.9, -0.36), 0.4, 0.5, GOLD, sides=4)
    for side in (-1, 1):
        kit.box((side * 0.48, up, 0.04), (0.16, 0.8, 0.8), GOLD)
    return kit.solids


def banner(rng, x, z, yaw: float, top: float, wide: float, long: float, cloth: Colour) -> list[Solid]:
    """Hangs from the height `top` with a pointed end and a pale sign."""
    kit = Kit(rng, x, z, yaw)
    kit.box((0, top, 0.04), (wide + 0.3, 0.08, 0.08), GOLD, casts=False)
    kit.box((0, top - long, 0), (wide, long, 0.06), cloth, casts=False)
    kit.box((0, top - long - 0.06, 0.01), (wide + 0.04, 0.1, 0.07), GOLD, casts=False)
    kit.box((0, top - 0.66 * long, 0.02), (0.4 * wide, 0.34 * long, 0.07), GOLD, casts=False)
    return kit.solids


def vase(rng, x, z, size: float, colour: Colour) -> list[Solid]:
    kit, clay = Kit(rng, x, z), vary(rng, colour, 0.04)
    kit.drum((0, 0, 0), 0.2 * size, 0.36 * size, 0.45 * size, clay, sides=10)
    kit.drum((0, 0.45 * size, 0), 0.36 * size, 0.15 * size, 0.35 * size, darker(clay, 0.95), sides=10)
    kit.drum((0, 0.8 * size, 0), 0.15 * size, 0.22 * size, 0.14 * size, clay, sides=10)
    return kit.solids
