"""Old stone: columns, temples, walls, statues, towers; and what stands in squares."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.props.houses import pane
from ldm3d_web.worlds.props.kit import DARK_WOOD, STONE, WOOD, Kit, darker, vary
from ldm3d_web.worlds.world import Colour, Solid

MARBLE: Colour = (0.86, 0.82, 0.74)


def column(rng, x, z, height: float, colour: Colour = MARBLE, broken: bool = False) -> list[Solid]:
    """Base, shaft and capital, or a stump with a drum beside it."""
    kit, shade = Kit(rng, x, z), vary(rng, colour, 0.03)
    r = 0.085 * height if not broken else 0.16 * height
    tall = height * (rng.uniform(0.4, 0.75) if broken else 0.9)
    kit.box((0, 0, 0), (3.0 * r, 0.7 * r, 3.0 * r), darker(shade, 0.92))
    kit.drum((0, 0.6 * r, 0), r, 0.86 * r, tall, shade, sides=10)
    if broken:
        kit.bar((1.6 * r, 0.8 * r, 1.5 * r), (3.4 * r, 0.8 * r, 2.2 * r), 0.9 * r, darker(shade, 0.95), sides=10)
    else:
        kit.box((0, tall, 0), (2.7 * r, 0.1 * height, 2.7 * r), darker(shade, 1.03))
    return kit.solids


def temple(rng, x, z, size: float, colour: Colour = MARBLE) -> list[Solid]:
    """Steps, six columns in front of a cella and a pediment."""
    kit, shade = Kit(rng, x, z), vary(rng, colour, 0.02)
    for i in range(3):
        kit.box(
            (0, 0.14 * i * size, 0),
            ((2.7 - 0.2 * i) * size, 0.15 * size, (2.0 - 0.2 * i) * size),
            darker(shade, 0.9 + 0.03 * i),
        )
    up = 0.42 * size
    kit.box((0, up, -0.2 * size), (1.7 * size, 1.15 * size, 1.0 * size), darker(shade, 0.72))
    for i in range(6):
        at = (-1.0 * size + 0.4 * i * size, up, 0.68 * size)
        kit.drum(at, 0.10 * size, 0.085 * size, 1.15 * size, shade, sides=9)
    kit.box((0, up + 1.15 * size, 0), (2.35 * size, 0.2 * size, 1.75 * size), darker(shade, 0.97))
    kit.roof((0, up + 1.35 * size, 0), (1.85 * size, 0.5 * size, 2.45 * size), darker(shade, 0.92), turn=np.pi / 2)
    return kit.solids


def wall(rng, x, z, length: float, height: float, colour: Colour = STONE, yaw: float | None = None) -> list[Solid]:
    """A ruined wall that steps down."""
    kit, shade = Kit(rng, x, z, yaw), vary(rng, colour, 0.03)
    for i, share in enumerate((1.0, 0.72, 0.42, 0.2)):
        size = (0.27 * length, share * height * rng.uniform(0.9, 1.1), 0.45)
        kit.box((-0.37 * length + 0.25 * i * length, 0, 0), size, darker(shade, rng.uniform(0.9, 1.05)))
    return kit.solids


def archway(rng, x, z, size: float, colour: Colour = STONE, yaw: float | None = None) -> list[Solid]:
    """Two piers, a lintel of three stones and a cornice."""
    kit, shade = Kit(rng, x, z, yaw), vary(rng, colour, 0.03)
    for side in (-1, 1):
        kit.box((side * 0.62 * size, 0, 0), (0.42 * size, 1.45 * size, 0.5 * size), shade)
        kit.bar(
            (side * 0.45 * size, 1.25 * size, 0),
            (side * 0.12 * size, 1.56 * size, 0),
            0.16 * size,
            darker(shade, 0.9),
            sides=4,
        )
    kit.box((0, 1.45 * size, 0), (1.7 * size, 0.32 * size, 0.52 * size), darker(shade, 0.95))
    kit.box((0, 1.77 * size, 0), (1.9 * size, 0.12 * size, 0.66 * size), darker(shade, 1.05))
    return kit.solids


def statue(rng, x, z, size: float, colour: Colour = (0.72, 0.74, 0.72)) -> list[Solid]:
    """A robed figure on a plinth, one arm raised."""
    kit, shade = Kit(rng, x, z), vary(rng, colour, 0.03)
    kit.box((0, 0, 0), (0.62 * size, 0.12 * size, 0.62 * size), darker(STONE, 0.9))
    kit.box((0, 0.1 * size, 0), (0.48 * size, 0.4 * size, 0.48 * size), STONE)
    kit.drum((0, 0.5 * size, 0), 0.2 * size, 0.1 * size, 0.5 * size, shade, sides=9)
    kit.drum((0, 0.86 * size, 0), 0.12 * size, 0.15 * size, 0.26 * size, shade, sides=8)
    kit.blob((0, 1.24 * size, 0), np.array([0.09, 0.11, 0.09]) * size, darker(shade, 1.05), rough=0.05)
    kit.bar((0.13 * size, 1.08 * size, 0), (0.3 * size, 1.36 * size, 0.05 * size), 0.045 * size, shade)
    kit.bar((-0.13 * size, 1.08 * size, 0), (-0.19 * size, 0.78 * size, 0.08 * size), 0.045 * size, shade)
    return kit.solids


def obelisk(rng, x, z, height: float, colour: Colour) -> list[Solid]:
    kit, shade = Kit(rng, x, z), vary(rng, colour, 0.03)
    kit.box((0, 0, 0), (0.3 * height, 0.07 * height, 0.3 * height), darker(shade, 0.9))
    kit.drum((0, 0.07 * height, 0), 0.11 * height, 0.075 * height, 0.8 * height, shade, sides=4)
    kit.cone((0, 0.87 * height, 0), 0.075 * height, 0.13 * height, (0.92, 0.76, 0.36), sides=4)
    return kit.solids


def pyramid(rng, x, z, size: float, colour: Colour) -> list[Solid]:
    """A smooth pyramid with a darker door."""
    kit, shade = Kit(rng, x, z), vary(rng, colour, 0.02)
    kit.cone((0, 0, 0), size, 1.15 * size, shade, sides=4)
    return kit.solids


def watchtower(rng, x, z, size: float, colour: Colour, lit: float) -> list[Solid]:
    """A round stone tower with battlements."""
    kit, shade = Kit(rng, x, z), vary(rng, colour, 0.03)
    kit.drum((0, 0, 0), 0.5 * size, 0.42 * size, 1.9 * size, shade, sides=10)
    kit.drum((0, 1.85 * size, 0), 0.46 * size, 0.54 * size, 0.25 * size, darker(shade, 0.9), sides=10)
    for i in range(6):
        a = i * np.pi / 3
        kit.box(
            (0.44 * size * np.cos(a), 2.08 * size, 0.44 * size * np.sin(a)), (0.2 * size, 0.2 * size, 0.2 * size), shade
        )
    kit.box((0, 0, 0.45 * size), (0.26 * size, 0.42 * size, 0.14), DARK_WOOD)
    kit.box(
        (0, 1.2 * size, 0.42 * size),
        (0.12 * size, 0.26 * size, 0.12),
        pane(lit) if lit else (0.16, 0.16, 0.2),
        glow=lit,
    )
    return kit.solids


def castle(rng, x, z, size: float, colour: Colour, roof_colour: Colour, lit: float) -> list[Solid]:
    """A keep between pointed towers, with a gate."""
    kit, shade = Kit(rng, x, z), vary(rng, colour, 0.02)
    kit.box((0, 0, 0), (2.0 * size, 0.9 * size, 0.7 * size), shade)
    kit.box((0, 0, -0.5 * size), (0.9 * size, 1.9 * size, 0.9 * size), darker(shade, 0.95))
    kit.cone((0, 1.9 * size, -0.5 * size), 0.72 * size, 0.9 * size, roof_colour, sides=4)
    for right, front, tall, wide in (
        (-1.0, 0.25, 1.5, 0.3),
        (1.0, 0.25, 1.5, 0.3),
        (-0.42, -0.9, 2.3, 0.24),
        (0.6, -0.7, 2.0, 0.22),
    ):
        kit.drum((right * size, 0, front * size), wide * size, wide * size, tall * size, darker(shade, 1.03), sides=9)
        kit.cone((right * size, tall * size, front * size), 1.35 * wide * size, 0.8 * size, roof_colour, sides=9)
    kit.box((0, 0, 0.35 * size), (0.42 * size, 0.6 * size, 0.1), DARK_WOOD)
    for right, up in ((-0.55, 0.5), (0.55, 0.5), (0, 1.4)):
        front = 0.35 * size if up < 1 else -0.05 * size
        kit.box(
            (right * size, up * size, front),
            (0.13 * size, 0.2 * size, 0.1),
            pane(lit) if lit else (0.2, 0.2, 0.26),
            glow=lit,
        )
    return kit.solids


def well(rng, x, z, size: float, roof_colour: Colour) -> list[Solid]:
    kit = Kit(rng, x, z)
    kit.drum((0, 0, 0), 0.5 * size, 0.5 * size, 0.5 * size, vary(rng, STONE, 0.03), sides=10)
    kit.drum((0, 0.5 * size, 0), 0.38 * size, 0.38 * size, 0.02, (0.16, 0.26, 0.34), sides=10)
    for side in (-1, 1):
        kit.box((side * 0.46 * size, 0, 0), (0.09 * size, 1.25 * size, 0.09 * size), WOOD)
    kit.roof((0, 1.2 * size, 0), (1.35 * size, 0.4 * size, 1.0 * size), roof_colour)
    return kit.solids


def fountain(rng, x, z, size: float) -> list[Solid]:
    kit, shade = Kit(rng, x, z), vary(rng, (0.74, 0.72, 0.68), 0.03)
    water: Colour = (0.42, 0.68, 0.78)
    kit.drum((0, 0, 0), 1.0 * size, 1.05 * size, 0.34 * size, shade, sides=12)
    kit.drum((0, 0.34 * size, 0), 0.86 * size, 0.86 * size, 0.02, water, sides=12)
    kit.drum((0, 0.3 * size, 0), 0.16 * size, 0.12 * size, 0.6 * size, darker(shade, 0.95), sides=8)
    kit.drum((0, 0.85 * size, 0), 0.16 * size, 0.46 * size, 0.16 * size, shade, sides=12)
    kit.drum((0, 1.0 * size, 0), 0.38 * size, 0.38 * size, 0.03, water, sides=12)
    kit.cone((0, 1.0 * size, 0), 0.12 * size, 0.42 * size, (0.82, 0.92, 0.96), sides=7)
    return kit.solids
