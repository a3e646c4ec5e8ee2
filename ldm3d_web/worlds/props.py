"""Things that stand in worlds: each function returns the solids of one object at (x, z) on the floor."""

from __future__ import annotations

from typing import Any

import numpy as np

from ldm3d_web.worlds.shapes import blob, box, crystal, frustum, pyramid, roof
from ldm3d_web.worlds.world import EYE_HEIGHT_M, Colour, Solid

FLOOR = -EYE_HEIGHT_M


def vary(rng: np.random.Generator, colour: Colour, amount: float = 0.05) -> Colour:
    """The colour, a little lighter or darker and a little off in hue."""
    c = np.array(colour) * (1 + rng.uniform(-2, 2) * amount) + rng.uniform(-amount, amount, 3) * 0.5
    return tuple(float(v) for v in np.clip(c, 0, 1))


def pine(rng, x, z, height: float, colour: Colour, snow: bool = False) -> list[Solid]:
    """Trunk and three stacked cones."""
    trunk = frustum(rng, (x, FLOOR, z), 0.05 * height, 0.04 * height, 0.3 * height, (0.35, 0.24, 0.16), sides=5)
    solids, green = [trunk], vary(rng, colour, 0.07)
    for i, (foot, reach, tall) in enumerate([(0.16, 0.27, 0.42), (0.38, 0.22, 0.38), (0.6, 0.16, 0.4)]):
        y = FLOOR + foot * height
        solids.append(
            pyramid(
                rng, (x, y, z), reach * height, tall * height, vary(rng, green, 0.02), sides=7,
                top_colour=(0.93, 0.95, 0.98) if snow else None, split_m=y + 0.35 * tall * height if snow else 1e9,
                footprint_m=0.33 * height if i == 0 else 0.0,
            )
        )  # fmt: skip
    return solids


def tree(rng, x, z, height: float, colour: Colour, bare_snow: bool = False) -> list[Solid]:
    """Trunk and a faceted crown of two blobs."""
    trunk = frustum(rng, (x, FLOOR, z), 0.055 * height, 0.04 * height, 0.5 * height, (0.40, 0.27, 0.18), sides=5)
    crown = vary(rng, colour, 0.07)
    snow: dict[str, Any] = {"top_colour": (0.94, 0.95, 0.98), "split_m": FLOOR + 0.72 * height} if bare_snow else {}
    big = blob(
        rng, (x, FLOOR + 0.68 * height, z), np.array([0.3, 0.3, 0.3]) * height, crown, footprint_m=0.36 * height, **snow
    )
    a = rng.uniform(0, 6.28)
    small_at = (x + 0.2 * height * np.cos(a), FLOOR + 0.52 * height, z + 0.2 * height * np.sin(a))
    small = blob(rng, small_at, np.array([0.19, 0.18, 0.19]) * height, vary(rng, crown, 0.03), **snow)
    return [trunk, big, small]


def palm(rng, x, z, height: float) -> list[Solid]:
    """A leaning trunk and drooping leaves."""
    a = rng.uniform(0, 6.28)
    lean = np.array([0.18 * np.cos(a), 1.0, 0.18 * np.sin(a)])
    lean /= np.linalg.norm(lean)
    solids = [
        crystal(rng, (x, FLOOR - 0.1, z), 0.035 * height, height, lean, (0.50, 0.37, 0.24), footprint_m=0.3 * height)
    ]
    top = np.array([x, FLOOR, z]) + lean * 0.93 * height
    turn = rng.uniform(0, 6.28)
    for i in range(7):
        b = turn + i * 2 * np.pi / 7
        out = np.array([np.cos(b), -0.22 + 0.25 * (i % 2), np.sin(b)])
        centre = top + 0.24 * height * out
        solids.append(
            blob(
                rng,
                centre,
                (0.26 * height, 0.035 * height, 0.075 * height),
                vary(rng, (0.20, 0.52, 0.24)),
                faces=10,
                rough=0.1,
                yaw=-b,
            )
        )
    return solids


def cactus(rng, x, z, height: float) -> list[Solid]:
    green = vary(rng, (0.26, 0.48, 0.28))
    r = 0.11 * height
    solids = [frustum(rng, (x, FLOOR, z), r, 0.85 * r, height, green, sides=8, footprint_m=3 * r)]
    a = rng.uniform(0, 3.14)
    for side, low in ((1, 0.35), (-1, 0.5)):
        dx, dz = side * np.cos(a) * 2.4 * r, side * np.sin(a) * 2.4 * r
        solids.append(
            frustum(rng, (x + dx, FLOOR + low * height, z + dz), 0.7 * r, 0.6 * r, 0.38 * height, green, sides=6)
        )
        solids.append(
            box((x + dx / 2, FLOOR + (low + 0.05) * height, z + dz / 2), (2.6 * r, 1.1 * r, 1.1 * r), green, yaw=-a)
        )
    return solids


def rock(rng, x, z, size: float, colour: Colour, snow: bool = False) -> list[Solid]:
    radii = size * rng.uniform(0.7, 1.2, 3) * np.array([1, 0.75, 1])
    top: dict[str, Any] = {"top_colour": (0.93, 0.95, 0.98), "split_m": FLOOR + 0.75 * radii[1]} if snow else {}
    return [
        blob(
            rng,
            (x, FLOOR + 0.25 * size, z),
            radii,
            vary(rng, colour),
            faces=12,
            rough=0.5,
            footprint_m=1.3 * size,
            **top,
        )
    ]


def bush(rng, x, z, size: float, colour: Colour) -> list[Solid]:
    return [
        blob(
            rng,
            (x, FLOOR + 0.4 * size, z),
            np.array([1, 0.8, 1]) * size,
            vary(rng, colour, 0.07),
            footprint_m=1.4 * size,
        )
    ]


def flower(rng, x, z, colour: Colour) -> list[Solid]:
    tall = rng.uniform(0.35, 0.6)
    stem = box((x, FLOOR + tall / 2, z), (0.04, tall, 0.04), (0.25, 0.5, 0.2))
    return [stem, blob(rng, (x, FLOOR + tall, z), (0.13, 0.09, 0.13), vary(rng, colour), faces=10)]


def mountain(rng, angle, away, radius, height, colour: Colour, snow_line: float | None) -> list[Solid]:
    """A rough pyramid at a compass angle; above snow_line (share of its height) it is white. None: no snow."""
    x, z = away * np.sin(angle), -away * np.cos(angle)
    top: dict[str, Any] = (
        {} if snow_line is None else {"top_colour": (0.93, 0.95, 0.99), "split_m": FLOOR + snow_line * height}
    )
    return [
        pyramid(
            rng,
            (x, FLOOR - 0.5, z),
            radius,
            height,
            vary(rng, colour, 0.04),
            sides=int(rng.integers(6, 9)),
            rough=0.5,
            **top,
        )
    ]


def hill(rng, angle, away, radius, height, colour: Colour) -> list[Solid]:
    x, z = away * np.sin(angle), -away * np.cos(angle)
    radii = (radius, height, radius * rng.uniform(0.5, 0.9))
    return [blob(rng, (x, FLOOR - 0.1 * height, z), radii, vary(rng, colour, 0.03), faces=16, rough=0.12, yaw=-angle)]


def house(rng, x, z, size: float, wall: Colour, top: Colour, lit: float, snow: bool) -> list[Solid]:
    """Walls, gable roof, a door and two windows that face the middle of the world; lit windows glow."""
    yaw = np.arctan2(x, z) + rng.uniform(-0.25, 0.25)  # local +z towards the eye is -(x, z)
    wide, deep, tall = size * rng.uniform(0.9, 1.3), size * rng.uniform(0.8, 1.0), size * rng.uniform(0.6, 0.85)
    ahead, side = np.array([-np.sin(yaw), 0, -np.cos(yaw)]), np.array([np.cos(yaw), 0, -np.sin(yaw)])
    at = np.array([x, FLOOR, z])
    roof_colour = (0.92, 0.94, 0.97) if snow else vary(rng, top)
    solids = [
        box((x, FLOOR + tall / 2, z), (wide, tall, deep), vary(rng, wall), yaw=yaw, footprint_m=0.8 * size),
        roof((x, FLOOR + tall, z), (1.15 * wide, 0.6 * tall, 1.2 * deep), roof_colour, yaw=yaw),
        box(at + ahead * deep / 2 + [0, 0.22 * size, 0], (0.2 * size, 0.44 * size, 0.06), (0.36, 0.22, 0.14), yaw=yaw),
    ]
    pane: Colour = (1.0, 0.82, 0.45) if lit else (0.42, 0.55, 0.66)
    for s in (-0.3, 0.3):
        place = at + ahead * deep / 2 + side * s * wide + [0, 0.62 * tall, 0]
        solids.append(box(place, (0.17 * size, 0.17 * size, 0.06), pane, yaw=yaw, glow=lit))
    return solids


def tower(rng, x, z, width: float, height: float, colour: Colour, lit: float) -> list[Solid]:
    """A block with bands of windows on all sides."""
    yaw = rng.choice([0, 0.0, np.pi / 2])
    solids = [
        box((x, FLOOR + height / 2, z), (width, height, width), vary(rng, colour), yaw=yaw, footprint_m=0.7 * width)
    ]
    bands = int(rng.integers(3, 6))
    pane: Colour = (1.0, 0.84, 0.5) if lit else (0.36, 0.48, 0.60)
    for i in range(bands):
        y = FLOOR + height * (i + 0.7) / (bands + 0.4)
        thick = 0.32 * height / bands
        solids.append(box((x, y, z), (1.01 * width, thick, 0.72 * width), vary(rng, pane), yaw=yaw, glow=lit * 0.9))
        solids.append(box((x, y, z), (0.72 * width, thick, 1.01 * width), vary(rng, pane), yaw=yaw, glow=lit * 0.9))
    return solids


def lamp(rng, x, z, lit: float) -> list[Solid]:
    post = frustum(rng, (x, FLOOR, z), 0.07, 0.05, 3.0, (0.2, 0.2, 0.24), sides=6, footprint_m=0.3)
    return [
        post,
        blob(rng, (x, FLOOR + 3.1, z), (0.24, 0.24, 0.24), (1.0, 0.88, 0.6), glow=max(lit, 0.2), faces=14, rough=0.05),
    ]


def boat(rng, x, z) -> list[Solid]:
    yaw = rng.uniform(0, 6.28)
    hull = blob(rng, (x, FLOOR + 0.1, z), (1.5, 0.5, 0.6), vary(rng, (0.65, 0.25, 0.18)), faces=14, rough=0.1, yaw=yaw)
    mast = box((x, FLOOR + 1.6, z), (0.08, 2.6, 0.08), (0.45, 0.32, 0.2))
    sail = pyramid(rng, (x, FLOOR + 0.8, z), 0.7, 2.2, (0.96, 0.94, 0.88), sides=4)
    return [hull, mast, sail]


def cloud(rng, angle, elevation, away, size, glow: float) -> list[Solid]:
    solids = []
    for _ in range(3):
        a, e = angle + rng.uniform(-0.5, 0.5) * size / away, elevation + rng.uniform(-0.1, 0.1) * size / away
        at = away * np.array([np.cos(e) * np.sin(a), np.sin(e), -np.cos(e) * np.cos(a)])
        radii = size * np.array([0.55, 0.2, 0.3]) * rng.uniform(0.7, 1.2)
        solids.append(blob(rng, at, radii, (0.98, 0.98, 1.0), yaw=-a, rough=0.2, sky=True, glow=glow))
    return solids


def dome(rng, x, z, radius: float) -> list[Solid]:
    """A moon-base habitat: a pale dome with a glowing band."""
    return [
        blob(
            rng,
            (x, FLOOR, z),
            (radius, 0.85 * radius, radius),
            (0.86, 0.88, 0.92),
            faces=16,
            rough=0.02,
            footprint_m=1.3 * radius,
        ),
        frustum(rng, (x, FLOOR, z), 1.08 * radius, 1.08 * radius, 0.16 * radius, (0.5, 0.8, 1.0), sides=12, glow=0.8),
    ]
