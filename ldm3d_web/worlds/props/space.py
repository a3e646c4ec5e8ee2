"""What stands on the moon."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.props.kit import Kit, darker
from ldm3d_web.worlds.world import Colour, Solid

WHITE: Colour = (0.90, 0.91, 0.94)


def dome(rng, x, z, radius: float, glass: Colour) -> list[Solid]:
    """A habitat: a pale dome with a band of lit windows, a lock and a beacon."""
    kit = Kit(rng, x, z)
    kit.drum((0, 0, 0), 1.06 * radius, 1.0 * radius, 0.22 * radius, (0.60, 0.62, 0.68), sides=14)
    kit.drum((0, 0.2 * radius, 0), 0.99 * radius, 0.95 * radius, 0.18 * radius, glass, sides=14, glow=0.9)
    for low, high, up, tall in ((0.95, 0.80, 0.36, 0.26), (0.80, 0.50, 0.62, 0.20), (0.50, 0.12, 0.82, 0.11)):
        kit.drum((0, up * radius, 0), low * radius, high * radius, tall * radius, WHITE, sides=12)
    kit.box((0, 0, 1.0 * radius), (0.5 * radius, 0.5 * radius, 0.4 * radius), darker(WHITE, 0.85))
    kit.box((0, 0.05, 1.18 * radius), (0.3 * radius, 0.36 * radius, 0.1), (1.0, 0.62, 0.2), glow=0.7)
    return kit.solids


def rocket(rng, x, z, size: float, colour: Colour) -> list[Solid]:
    """Fins, a tall hull with a coloured nose and a round window."""
    kit = Kit(rng, x, z)
    kit.drum((0, 0.4 * size, 0), 0.34 * size, 0.42 * size, 0.9 * size, WHITE, sides=12)
    kit.drum((0, 1.3 * size, 0), 0.42 * size, 0.34 * size, 0.8 * size, WHITE, sides=12)
    kit.drum((0, 1.16 * size, 0), 0.425 * size, 0.425 * size, 0.14 * size, colour, sides=12)
    kit.cone((0, 2.1 * size, 0), 0.36 * size, 0.75 * size, colour, sides=12)
    kit.drum((0, 0.22 * size, 0), 0.22 * size, 0.3 * size, 0.2 * size, (0.3, 0.3, 0.34), sides=10)
    for a in (0.5, 2.6, 4.7):
        c, s = np.cos(a), np.sin(a)
        kit.bar(
            (0.3 * size * c, 0.85 * size, 0.3 * size * s),
            (0.72 * size * c, 0, 0.72 * size * s),
            0.1 * size,
            colour,
            sides=4,
        )
    kit.blob(
        (0, 1.62 * size, 0.38 * size),
        np.array([0.14, 0.14, 0.08]) * size,
        (0.55, 0.85, 1.0),
        faces=12,
        rough=0.02,
        glow=0.8,
    )
    return kit.solids


def rover(rng, x, z, size: float, colour: Colour) -> list[Solid]:
    kit = Kit(rng, x, z, rng.uniform(0, 6))
    kit.box((0, 0.42 * size, 0), (1.0 * size, 0.3 * size, 1.7 * size), WHITE)
    kit.box((0, 0.72 * size, 0.3 * size), (0.8 * size, 0.36 * size, 0.7 * size), (0.50, 0.75, 0.90))
    kit.box((0, 1.06 * size, 0.3 * size), (0.86 * size, 0.08 * size, 0.76 * size), colour)
    kit.box((0, 0.72 * size, -0.5 * size), (0.7 * size, 0.2 * size, 0.6 * size), colour)
    kit.bar((0, 0.9 * size, -0.5 * size), (0, 1.6 * size, -0.5 * size), 0.03 * size, (0.4, 0.4, 0.44))
    kit.blob((0, 1.6 * size, -0.5 * size), np.array([0.22, 0.16, 0.22]) * size, WHITE, faces=12, rough=0.05)
    for r in (-0.62, 0.62):
        for f in (-0.6, 0.0, 0.6):
            kit.bar(
                ((r - 0.1) * size, 0.28 * size, f * size),
                ((r + 0.1) * size, 0.28 * size, f * size),
                0.28 * size,
                (0.22, 0.22, 0.25),
                sides=9,
            )
    return kit.solids


def antenna(rng, x, z, size: float) -> list[Solid]:
    """A dish that looks up over the eye."""
    kit = Kit(rng, x, z)
    kit.drum((0, 0, 0), 0.4 * size, 0.14 * size, 1.0 * size, (0.62, 0.64, 0.70), sides=6)
    kit.bar((0, 1.1 * size, 0), (0, 1.4 * size, 0.4 * size), 0.25 * size, WHITE, sides=12, taper=3.2)
    kit.bar((0, 1.38 * size, 0.38 * size), (0, 1.85 * size, 1.0 * size), 0.05 * size, (0.9, 0.35, 0.2))
    return kit.solids


def flag(rng, x, z, size: float, colour: Colour) -> list[Solid]:
    kit = Kit(rng, x, z)
    kit.bar((0, 0, 0), (0, 1.9 * size, 0), 0.04 * size, (0.86, 0.86, 0.88))
    kit.box((0.5 * size, 1.25 * size, 0), (0.95 * size, 0.6 * size, 0.04), colour)
    return kit.solids
