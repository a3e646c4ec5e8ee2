"""Buildings people live and work in. `lit`: 0 by day, 1 when windows shine; fronts look at the eye unless yaw says."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.props.kit import DARK_WOOD, SNOW, STONE, WOOD, Kit, darker, vary
from ldm3d_web.worlds.world import Colour, Solid

PANE_DAY: Colour = (0.46, 0.60, 0.70)
PANE_LIT: Colour = (1.0, 0.83, 0.46)


def pane(lit: float) -> Colour:
    return PANE_LIT if lit else PANE_DAY


def house(
    rng, x, z, size: float, wall: Colour, top: Colour, lit: float, snow: bool, yaw: float | None = None
) -> list[Solid]:
    """Walls on a stone foot, an overhanging gable roof, a chimney, a door and framed windows on front and sides."""
    kit = Kit(rng, x, z, yaw)
    wide, deep, tall = size * rng.uniform(1.0, 1.3), size * rng.uniform(0.8, 1.0), size * rng.uniform(0.62, 0.8)
    wall, cover = vary(rng, wall, 0.03), SNOW if snow else vary(rng, top, 0.03)
    turn = np.pi / 2 if rng.uniform() < 0.5 else 0.0
    kit.box((0, 0, 0), (wide * 1.04, 0.1 * size, deep * 1.04), darker(STONE, 0.9))
    kit.box((0, 0, 0), (wide, tall, deep), wall)
    if turn:
        kit.roof((0, tall, 0), (deep * 1.22, 0.62 * wide, wide * 1.2), cover, turn=turn)
        kit.roof((0, tall, 0), (deep * 1.0, 0.50 * wide, wide * 0.98), darker(wall, 1.03), turn=turn)
    else:
        kit.roof((0, tall, 0), (wide * 1.16, 0.6 * deep, deep * 1.26), cover)
    kit.box((0.28 * wide, tall, -0.12 * deep), (0.13 * size, 0.55 * size, 0.13 * size), darker(STONE, 0.8))
    _front(kit, wide, deep, size, lit)
    for side in (-1, 1):
        kit.box((side * wide / 2, 0.34 * size, 0), (0.06, 0.2 * size, 0.2 * size), pane(lit), glow=lit)
    return kit.solids


def _front(kit: Kit, wide: float, deep: float, size: float, lit: float) -> None:
    f = deep / 2
    kit.box((0, 0, f), (0.24 * size, 0.46 * size, 0.07), darker(DARK_WOOD, 1.1))
    kit.box((0, 0, f), (0.19 * size, 0.42 * size, 0.10), (0.52, 0.26, 0.18))
    for side in (-0.31, 0.31):
        kit.box((side * wide, 0.24 * size, f), (0.25 * size, 0.25 * size, 0.07), (0.93, 0.90, 0.84))
        kit.box((side * wide, 0.265 * size, f), (0.2 * size, 0.2 * size, 0.10), pane(lit), glow=lit)


def cabin(rng, x, z, size: float, lit: float, snow: bool, yaw: float | None = None) -> list[Solid]:
    """A log cabin with a deep roof and a porch."""
    kit = Kit(rng, x, z, yaw)
    wood = vary(rng, (0.52, 0.34, 0.20), 0.03)
    wide, deep, tall = 1.2 * size, size, 0.55 * size
    for i in range(4):
        kit.box(
            (0, i * tall / 4, 0), (wide * (1.0 + 0.03 * (i % 2)), tall / 4, deep), darker(wood, 0.92 + 0.08 * (i % 2))
        )
    kit.roof((0, tall, 0.04 * size), (wide * 1.2, 0.6 * size, deep * 1.35), SNOW if snow else darker(wood, 0.62))
    kit.roof((0, tall - 0.02, 0), (wide, 0.5 * size, deep), wood)
    kit.box((-0.3 * wide, tall, 0), (0.15 * size, 0.7 * size, 0.15 * size), darker(STONE, 0.8))
    f = deep / 2
    kit.box((0.18 * wide, 0, f), (0.24 * size, 0.44 * size, 0.08), darker(wood, 0.55))
    kit.box((-0.2 * wide, 0.2 * size, f), (0.34 * size, 0.24 * size, 0.07), (0.86, 0.80, 0.70))
    kit.box((-0.2 * wide, 0.22 * size, f), (0.29 * size, 0.2 * size, 0.10), pane(lit), glow=lit)
    return kit.solids


def hut(rng, x, z, size: float, lit: float) -> list[Solid]:
    """A round straw hut."""
    kit = Kit(rng, x, z)
    kit.drum((0, 0, 0), 0.5 * size, 0.5 * size, 0.55 * size, (0.80, 0.66, 0.44), sides=10)
    kit.cone((0, 0.5 * size, 0), 0.8 * size, 0.65 * size, (0.72, 0.56, 0.30), sides=10)
    kit.box(
        (0, 0, 0.47 * size), (0.26 * size, 0.44 * size, 0.1), (0.98, 0.75, 0.4) if lit else DARK_WOOD, glow=0.8 * lit
    )
    return kit.solids


def church(rng, x, z, size: float, lit: float, snow: bool, yaw: float | None = None) -> list[Solid]:
    """A nave with a steeple in front."""
    kit = Kit(rng, x, z, yaw)
    wall = (0.93, 0.90, 0.84)
    top = SNOW if snow else (0.40, 0.36, 0.42)
    kit.box((0, 0, -0.6 * size), (size, 0.8 * size, 1.6 * size), wall)
    kit.roof((0, 0.8 * size, -0.6 * size), (1.7 * size, 0.6 * size, 1.16 * size), top, turn=np.pi / 2)
    kit.box((0, 0, 0.35 * size), (0.6 * size, 1.6 * size, 0.6 * size), darker(wall, 0.97))
    kit.cone((0, 1.6 * size, 0.35 * size), 0.46 * size, 1.3 * size, top, sides=4 if rng.uniform() < 0.5 else 6)
    f = 0.65 * size
    kit.box((0, 0, f), (0.26 * size, 0.42 * size, 0.08), DARK_WOOD)
    kit.box((0, 0.85 * size, f), (0.14 * size, 0.34 * size, 0.06), pane(lit), glow=lit)
    for side in (-1, 1):
        kit.box((side * 0.5 * size, 0.25 * size, -0.5 * size), (0.06, 0.36 * size, 0.14 * size), pane(lit), glow=lit)
        kit.box((side * 0.5 * size, 0.25 * size, -1.0 * size), (0.06, 0.36 * size, 0.14 * size), pane(lit), glow=lit)
    return kit.solids


def windmill(rng, x, z, size: float, lit: float, cap: Colour) -> list[Solid]:
    """A white tower mill with four sails."""
    kit = Kit(rng, x, z)
    kit.drum((0, 0, 0), 0.62 * size, 0.4 * size, 1.7 * size, (0.94, 0.91, 0.85), sides=8)
    kit.cone((0, 1.7 * size, 0), 0.5 * size, 0.55 * size, cap, sides=8)
    kit.box((0, 0, 0.52 * size), (0.26 * size, 0.44 * size, 0.14), DARK_WOOD)
    kit.box((0, 0.8 * size, 0.46 * size), (0.16 * size, 0.2 * size, 0.1), pane(lit), glow=lit)
    hub, turn = (0.0, 1.72 * size, 0.56 * size), rng.uniform(0, 1.57)
    kit.bar((0, 1.72 * size, 0.2 * size), (0, 1.72 * size, 0.66 * size), 0.07 * size, DARK_WOOD)
    for i in range(4):
        a = turn + i * np.pi / 2
        tip = (1.25 * size * np.cos(a), hub[1] + 1.25 * size * np.sin(a), hub[2])
        kit.bar(hub, tip, 0.035 * size, WOOD, sides=4)
        off = np.array([-np.sin(a), np.cos(a), 0]) * 0.12 * size
        inner = np.array([0.35 * size * np.cos(a), hub[1] + 0.35 * size * np.sin(a), hub[2]]) + off
        kit.bar(tuple(inner), tuple(np.array(tip) + off), 0.11 * size, (0.96, 0.93, 0.86), sides=4)
    return kit.solids


def barn(rng, x, z, size: float, colour: Colour, lit: float, yaw: float | None = None) -> list[Solid]:
    """A big gabled barn with a white-framed gate."""
    kit = Kit(rng, x, z, yaw)
    wall = vary(rng, colour, 0.03)
    kit.box((0, 0, 0), (1.3 * size, 0.75 * size, 1.6 * size), wall)
    kit.roof((0, 0.75 * size, 0), (1.72 * size, 0.7 * size, 1.5 * size), (0.44, 0.40, 0.42), turn=np.pi / 2)
    kit.roof((0, 0.74 * size, 0), (1.62 * size, 0.58 * size, 1.26 * size), darker(wall, 1.04), turn=np.pi / 2)
    f, white = 0.8 * size, (0.95, 0.93, 0.88)
    kit.box((0, 0, f), (0.62 * size, 0.6 * size, 0.06), white)
    kit.box((0, 0, f), (0.52 * size, 0.55 * size, 0.10), darker(wall, 0.75))
    kit.box((0, 0.85 * size, f + 0.01 * size), (0.26 * size, 0.22 * size, 0.06), white)
    kit.box((0, 0.88 * size, f + 0.01 * size), (0.19 * size, 0.16 * size, 0.10), pane(lit), glow=lit)
    return kit.solids


def silo(rng, x, z, size: float) -> list[Solid]:
    kit = Kit(rng, x, z)
    kit.drum((0, 0, 0), 0.36 * size, 0.36 * size, 1.7 * size, (0.74, 0.76, 0.80), sides=12)
    kit.blob((0, 1.7 * size, 0), np.array([0.36, 0.28, 0.36]) * size, (0.62, 0.36, 0.30), faces=16, rough=0.03)
    return kit.solids


def lighthouse(rng, x, z, size: float, colour: Colour, lit: float) -> list[Solid]:
    """Bands of white and a colour, a gallery, a lamp and a cap."""
    kit = Kit(rng, x, z)
    for i in range(5):
        low, high = 0.42 - 0.045 * i, 0.42 - 0.045 * (i + 1)
        shade = (0.96, 0.95, 0.92) if i % 2 else colour
        kit.drum((0, 0.5 * i * size, 0), low * size, high * size, 0.5 * size, shade, sides=12)
    kit.drum((0, 2.5 * size, 0), 0.32 * size, 0.32 * size, 0.08 * size, (0.3, 0.3, 0.34), sides=12)
    kit.drum(
        (0, 2.58 * size, 0), 0.17 * size, 0.17 * size, 0.28 * size, (1.0, 0.92, 0.62), sides=8, glow=0.5 + 0.5 * lit
    )
    kit.cone((0, 2.86 * size, 0), 0.27 * size, 0.3 * size, colour, sides=10)
    kit.box((0, 0, 0.38 * size), (0.2 * size, 0.36 * size, 0.12), DARK_WOOD)
    return kit.solids


def skyscraper(rng, x, z, width: float, height: float, colour: Colour, lit: float, yaw: float) -> list[Solid]:
    """A block with floors of windows on all sides, a set-back top and a shop floor."""
    kit = Kit(rng, x, z, yaw)
    wall = vary(rng, colour, 0.03)
    kit.box((0, 0, 0), (width, height, width), wall)
    floors = int(np.clip(height / 4.2, 2, 5))
    glass = pane(lit) if lit else vary(rng, (0.40, 0.54, 0.66), 0.06)
    base = 3.4
    step = (height - base - 0.8) / floors
    for side in ((0.8, 1.02), (1.02, 0.8)):  # the ground floor: glass between piers, under a canopy
        kit.box((0, 0.35, 0), (side[0] * width, 2.2, side[1] * width), darker(glass, 0.9), glow=0.9 * lit)
    kit.box((0, 2.75, 0), (1.06 * width, 0.28, 1.06 * width), darker(wall, 0.8))
    for i in (-0.25, 0.25):
        kit.box((i * width, 0, 0), (0.09 * width, 2.75, 1.035 * width), wall)
    for i in range(floors):
        up = base + i * step
        bright = lit * 0.95
        on = glass if not lit or rng.uniform() < 0.72 else (0.22, 0.26, 0.36)
        kit.box((0, up, 0), (1.015 * width, 0.52 * step, 0.74 * width), on, glow=bright if on == glass else 0.1)
        on = glass if not lit or rng.uniform() < 0.72 else (0.22, 0.26, 0.36)
        kit.box((0, up, 0), (0.74 * width, 0.52 * step, 1.015 * width), on, glow=bright if on == glass else 0.1)
    if rng.uniform() < 0.5:
        kit.box((0, height, 0), (0.6 * width, 0.12 * height + 1.0, 0.6 * width), darker(wall, 0.92))
    else:
        kit.box((0, height - 0.02, 0), (1.05 * width, 0.5, 1.05 * width), darker(wall, 0.85))
    return kit.solids


def shop(rng, x, z, width: float, colour: Colour, lit: float, yaw: float) -> list[Solid]:
    """A two-storey house with a shop window under a striped awning."""
    kit = Kit(rng, x, z, yaw)
    wall, f = vary(rng, (0.90, 0.84, 0.74), 0.06), width * 0.45
    kit.box((0, 0, 0), (width, 6.2, 0.9 * width), wall)
    kit.box((0, 6.2, 0), (1.05 * width, 0.45, 0.95 * width), darker(wall, 0.8))
    kit.box((0.12 * width, 0.5, f), (0.6 * width, 1.9, 0.1), pane(lit), glow=max(0.9 * lit, 0.0))
    kit.box((-0.34 * width, 0, f), (0.2 * width, 2.3, 0.1), darker(colour, 0.7))
    for i in range(6):
        stripe = colour if i % 2 == 0 else (0.96, 0.94, 0.90)
        kit.wedge((-0.41 * width + i * 0.165 * width, 2.5, f + 0.55), (0.165 * width, 0.55, 1.1), stripe)
    for side in (-0.25, 0.25):
        kit.box((side * width, 3.7, f), (0.26 * width, 1.5, 0.08), (0.95, 0.93, 0.88))
        kit.box((side * width, 3.82, f), (0.2 * width, 1.25, 0.12), pane(lit), glow=lit)
    return kit.solids


def igloo(rng, x, z, size: float, lit: float) -> list[Solid]:
    kit = Kit(rng, x, z)
    ice = (0.88, 0.93, 0.98)
    kit.blob((0, 0, 0), np.array([1.0, 0.85, 1.0]) * size, ice, faces=16, rough=0.02)
    kit.blob((0, 0, 0.95 * size), np.array([0.45, 0.48, 0.5]) * size, darker(ice, 0.95), faces=14, rough=0.02)
    kit.box(
        (0, 0, 1.38 * size),
        (0.42 * size, 0.42 * size, 0.12),
        (1.0, 0.78, 0.42) if lit else (0.25, 0.33, 0.45),
        glow=0.9 * lit,
    )
    return kit.solids


def tent(rng, x, z, size: float, colour: Colour, lit: float) -> list[Solid]:
    """A ridge tent with an open front; it shines from inside at night."""
    kit = Kit(rng, x, z)
    kit.roof((0, 0, 0), (1.7 * size, 1.05 * size, 1.5 * size), vary(rng, colour, 0.03), turn=np.pi / 2, glow=0.45 * lit)
    inside = (1.0, 0.80, 0.45) if lit else darker(colour, 0.4)
    kit.roof((0, 0, 0.03), (1.7 * size, 0.72 * size, 0.72 * size), inside, turn=np.pi / 2, glow=lit)
    return kit.solids
