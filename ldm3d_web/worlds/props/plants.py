"""What grows: trees, bushes, flowers, grass, mushrooms, and the wood that lies about."""

from __future__ import annotations

from typing import Any

import numpy as np

from ldm3d_web.worlds.props.kit import DARK_WOOD, FLOOR, SNOW, WOOD, Kit, darker, vary
from ldm3d_web.worlds.shapes import blob, crystal, frustum, prism, pyramid
from ldm3d_web.worlds.world import Colour, Solid


def pine(rng, x, z, height: float, colour: Colour, snow: bool = False) -> list[Solid]:
    """Trunk and stacked cones, each a little lighter than the one below."""
    trunk = frustum(rng, (x, FLOOR, z), 0.05 * height, 0.035 * height, 0.3 * height, DARK_WOOD, sides=5)
    solids, green = [trunk], vary(rng, colour, 0.06)
    slim = rng.uniform(0.8, 1.15)
    for i, (foot, reach, tall) in enumerate([(0.14, 0.27, 0.40), (0.35, 0.215, 0.36), (0.57, 0.155, 0.43)]):
        y = FLOOR + foot * height
        look: dict[str, Any] = {"top_colour": SNOW, "split_m": y + 0.42 * tall * height} if snow else {}
        shade = tuple(min(1.0, c * (0.88 + 0.12 * i)) for c in green)
        solids.append(pyramid(rng, (x, y, z), slim * reach * height, tall * height, shade, sides=8, rough=0.08, **look))
    return solids


def tree(rng, x, z, height: float, colour: Colour, snow: bool = False, trunk: Colour = WOOD) -> list[Solid]:
    """A trunk that leans a little and a crown of three faceted blobs, the highest the lightest."""
    lean = rng.uniform(-0.06, 0.06, 2) * height
    crown, foot = vary(rng, colour, 0.05), np.array([x, FLOOR, z])
    top = foot + np.array([lean[0], 0.52 * height, lean[1]])
    solids = [prism(rng, foot - [0, 0.1, 0], top, 0.055 * height, trunk, sides=6, taper=0.6)]
    look: dict[str, Any] = {"top_colour": SNOW, "split_m": FLOOR + 0.74 * height} if snow else {}
    a = rng.uniform(0, 6.28)
    for turn, out, up, wide, light in (
        (0, 0.17, 0.55, 0.23, 0.88),
        (2.2, 0.16, 0.62, 0.24, 0.95),
        (4.3, 0.05, 0.74, 0.26, 1.05),
    ):
        away = out * height
        centre = foot + np.array([lean[0] + away * np.cos(a + turn), up * height, lean[1] + away * np.sin(a + turn)])
        radii = np.array([wide, 0.82 * wide, wide]) * height
        solids.append(blob(rng, centre, radii, tuple(min(1.0, c * light) for c in crown), rough=0.2, **look))
    return solids


def bare_tree(rng, x, z, height: float, colour: Colour = DARK_WOOD) -> list[Solid]:
    """A dead tree: a trunk and a few boughs."""
    foot = np.array([x, FLOOR - 0.1, z])
    fork = foot + np.array([rng.uniform(-0.1, 0.1), 0.5, rng.uniform(-0.1, 0.1)]) * height
    solids = [prism(rng, foot, fork, 0.06 * height, colour, sides=6, taper=0.6)]
    turn = rng.uniform(0, 6.28)
    for i in range(3):
        a = turn + 2.1 * i
        tip = fork + np.array([0.32 * np.cos(a), 0.34 + 0.12 * i, 0.32 * np.sin(a)]) * height
        solids.append(prism(rng, fork - [0, 0.05 * height, 0], tip, 0.034 * height, colour, sides=5, taper=0.35))
    return solids


def palm(rng, x, z, height: float) -> list[Solid]:
    """A curved trunk in two pieces, drooping leaves and two nuts."""
    a = rng.uniform(0, 6.28)
    out = np.array([np.cos(a), 0, np.sin(a)])
    foot = np.array([x, FLOOR - 0.1, z])
    knee, top = foot + (0.10 * out + [0, 0.5, 0]) * height, foot + (0.26 * out + [0, 0.95, 0]) * height
    bark = vary(rng, (0.56, 0.42, 0.28))
    solids = [
        prism(rng, foot, knee, 0.042 * height, bark, taper=0.8),
        prism(rng, knee - 0.03 * (top - knee), top, 0.034 * height, bark, taper=0.8),
    ]
    turn, green = rng.uniform(0, 6.28), vary(rng, (0.26, 0.58, 0.26))
    for i in range(8):
        b = turn + i * np.pi / 4
        leaf = np.array([np.cos(b), -0.35 + 0.3 * (i % 2), np.sin(b)])
        shade = tuple(c * (0.86 + 0.2 * (i % 2)) for c in green)
        solids.append(
            blob(rng, top + 0.23 * height * leaf, (0.25 * height, 0.032 * height, 0.075 * height), shade, 10, 0.1, -b)
        )
    solids.append(blob(rng, top - [0, 0.05 * height, 0], np.full(3, 0.055 * height), DARK_WOOD, 10, 0.1))
    return solids


def cactus(rng, x, z, height: float) -> list[Solid]:
    """A saguaro with two arms that bend upwards."""
    green, r = vary(rng, (0.28, 0.52, 0.32)), 0.11 * height
    a, foot = rng.uniform(0, 3.14), np.array([x, FLOOR, z])
    solids = [
        frustum(rng, foot, r, 0.92 * r, 0.92 * height, green, sides=8),
        blob(rng, foot + np.array([0, 0.92 * height, 0]), (0.95 * r, 0.75 * r, 0.95 * r), green, 12, 0.05),
    ]
    for side, low, tall in ((1, 0.35, 0.4), (-1, 0.5, 0.3)):
        out = side * np.array([np.cos(a), 0, np.sin(a)])
        elbow = foot + out * 2.5 * r + [0, low * height, 0]
        solids.append(
            prism(rng, foot + np.array([0, low * height, 0]), elbow + 0.5 * r * out, 0.62 * r, green, sides=7)
        )
        solids.append(prism(rng, elbow, elbow + np.array([0, tall * height, 0]), 0.66 * r, green, sides=7, taper=0.85))
    return solids


def bush(rng, x, z, size: float, colour: Colour, snow: bool = False) -> list[Solid]:
    """Two round lumps side by side."""
    look: dict[str, Any] = {"top_colour": SNOW, "split_m": FLOOR + 0.75 * size} if snow else {}
    a, green = rng.uniform(0, 6.28), vary(rng, colour, 0.06)
    at = np.array([x, FLOOR + 0.4 * size, z])
    beside = at + size * np.array([0.7 * np.cos(a), -0.12, 0.7 * np.sin(a)])
    return [
        blob(rng, at, np.array([0.8, 0.7, 0.8]) * size, green, rough=0.2, **look),
        blob(rng, beside, np.array([0.55, 0.5, 0.55]) * size, darker(green, 0.93), 12, 0.2, **look),
    ]


def flower(rng, x, z, colour: Colour, size: float = 1.0) -> list[Solid]:
    """A stem, two leaves and a cup-shaped head that is large enough to be seen."""
    tall = size * rng.uniform(0.32, 0.5)
    top, petal = np.array([x, FLOOR + tall, z]), vary(rng, colour)
    return [
        frustum(rng, (x, FLOOR, z), 0.025 * size, 0.02 * size, tall, (0.30, 0.54, 0.24), sides=4, casts=False),
        blob(rng, top, np.array([0.14, 0.075, 0.14]) * size, petal, 12, 0.1, foot=0.04 * size),
        blob(rng, top + np.array([0, 0.06 * size, 0]), np.full(3, 0.05 * size), (0.98, 0.82, 0.30), 10, 0.05),
    ]


def grass(rng, x, z, size: float, colour: Colour) -> list[Solid]:
    """A tuft of four blades that lean outwards."""
    solids, turn, green = [], rng.uniform(0, 6.28), vary(rng, colour, 0.04)
    for i in range(4):
        a = turn + 1.57 * i
        lean = np.array([0.38 * np.cos(a), 1.0, 0.38 * np.sin(a)])
        at = (x + 0.05 * size * np.cos(a), FLOOR - 0.03, z + 0.05 * size * np.sin(a))
        shade = tuple(min(1.0, c * (1.15 + 0.12 * i)) for c in green)
        tip = np.array(at) + lean * size * rng.uniform(0.75, 1.1)
        solids.append(prism(rng, at, tip, 0.085 * size, shade, sides=4, taper=0.08, casts=False))
    return solids


def mushroom(rng, x, z, height: float, cap: Colour, spots: bool = True, glow: float = 0.0) -> list[Solid]:
    """A thick stem and a domed cap, flat below, with pale spots."""
    lean = rng.uniform(-0.08, 0.08, 2) * height
    foot, top = np.array([x, FLOOR - 0.05, z]), np.array([x + lean[0], FLOOR + 0.68 * height, z + lean[1]])
    wide, shade = height * rng.uniform(0.38, 0.5), vary(rng, cap, 0.04)
    tall = 0.34 * height
    solids = [
        prism(rng, foot, top, 0.13 * height, (0.93, 0.88, 0.78), sides=8, taper=0.72),
        frustum(rng, top - [0, 0.03 * height, 0], 0.8 * wide, 0.9 * wide, 0.05 * height, (0.86, 0.78, 0.68), sides=10),
        blob(rng, top, (wide, tall, wide), shade, 16, 0.08, foot=0.0, glow=glow),
    ]
    turn = rng.uniform(0, 6.28)
    for i in range(5 if spots else 0):
        a, e = turn + 1.257 * i, 0.55 if i % 2 else 0.95
        out = np.array([wide * np.cos(e) * np.cos(a), tall * np.sin(e), wide * np.cos(e) * np.sin(a)])
        solids.append(blob(rng, top + 1.0 * out, np.full(3, 0.075 * height), (0.97, 0.95, 0.90), 10, 0.05, casts=False))
    return solids


def log(rng, x, z, length: float, snow: bool = False) -> list[Solid]:
    """A lying trunk with paler ends and the stub of a bough."""
    yaw, r = rng.uniform(0, 6.28), 0.11 * length
    kit = Kit(rng, x, z, yaw)
    bark = vary(rng, (0.42, 0.30, 0.20))
    kit.bar((-length / 2, r * 0.85, 0), (length / 2, r * 0.85, 0), r, bark, sides=8)
    kit.bar((-length / 2 - 0.02, r * 0.85, 0), (length / 2 + 0.02, r * 0.85, 0), 0.78 * r, (0.78, 0.62, 0.42), sides=8)
    kit.bar((0.15 * length, r, 0), (0.26 * length, 2.4 * r, 0.4 * r), 0.4 * r, bark, sides=6)
    if snow:
        kit.box((0, 1.62 * r, 0), (0.9 * length, 0.3 * r, 1.1 * r), SNOW)
    return kit.solids


def stump(rng, x, z, size: float) -> list[Solid]:
    kit = Kit(rng, x, z)
    kit.drum((0, 0, 0), 0.5 * size, 0.4 * size, 0.6 * size, vary(rng, (0.42, 0.30, 0.20)), sides=8)
    kit.drum((0, 0.6 * size, 0), 0.35 * size, 0.35 * size, 0.02, (0.80, 0.64, 0.44), sides=8)
    return kit.solids


def reeds(rng, x, z, size: float) -> list[Solid]:
    """Cattails at a shore."""
    solids = []
    for _ in range(3):
        dx, dz = rng.uniform(-0.2, 0.2, 2) * size
        tip = np.array([x + 1.5 * dx, FLOOR + size * rng.uniform(0.8, 1.1), z + 1.5 * dz])
        foot = np.array([x + dx, FLOOR - 0.05, z + dz])
        solids.append(prism(rng, foot, tip, 0.03 * size, (0.45, 0.58, 0.28), sides=4, taper=0.6, casts=False))
        solids.append(crystal(rng, tip - [0, 0.2 * size, 0], 0.05 * size, 0.26 * size, (0, 1, 0), (0.40, 0.26, 0.16)))
    return solids
