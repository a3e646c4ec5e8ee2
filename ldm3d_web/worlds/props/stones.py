"""Rocks, mountains, dunes, crystals and ice."""

from __future__ import annotations

from typing import Any

import numpy as np

from ldm3d_web.worlds.props.kit import FLOOR, SNOW, Kit, darker, vary
from ldm3d_web.worlds.shapes import blob, crystal, frustum, pyramid
from ldm3d_web.worlds.world import Colour, Solid


def at_azimuth(azimuth: float, away: float) -> tuple[float, float]:
    """x, z of a spot seen at an azimuth."""
    return float(away * np.sin(azimuth)), float(-away * np.cos(azimuth))


def rock(rng, x, z, size: float, colour: Colour, snow: bool = False) -> list[Solid]:
    """A boulder with a smaller one leaning on it."""
    top: dict[str, Any] = {"top_colour": SNOW, "split_m": FLOOR + 0.6 * size} if snow else {}
    a, shade = rng.uniform(0, 6.28), vary(rng, colour)
    radii = size * rng.uniform(0.75, 1.15, 3) * np.array([1, 0.8, 1])
    at = np.array([x, FLOOR + 0.28 * size, z])
    solids = [blob(rng, at, radii, shade, 12, 0.5, **top)]
    if size > 0.3:
        small = at + size * np.array([1.05 * np.cos(a), -0.2, 1.05 * np.sin(a)])
        solids.append(blob(rng, small, 0.45 * radii, darker(shade, 0.92), 10, 0.4))
    return solids


def mountain(rng, azimuth, away, radius, height, colour: Colour, snow_line: float | None) -> list[Solid]:
    """A massif: a peak with two lower shoulders. Above snow_line (share of its height) it is white."""
    x, z = at_azimuth(azimuth, away)
    shade = vary(rng, colour, 0.03)
    side = np.array([np.cos(azimuth), np.sin(azimuth)])
    solids = []
    for out, share in ((0.0, 1.0), (-0.75, rng.uniform(0.45, 0.7)), (0.8, rng.uniform(0.4, 0.65))):
        top: dict[str, Any] = (
            {}
            if snow_line is None
            else {"top_colour": SNOW, "split_m": FLOOR + snow_line * height * (0.85 + 0.15 * share)}
        )
        at = (x + out * radius * side[0], FLOOR - 0.5, z + out * radius * side[1])
        solids.append(
            pyramid(
                rng, at, radius * (0.55 + 0.45 * share), height * share, shade, int(rng.integers(6, 9)), 0.45, **top
            )
        )
    return solids


def hill(rng, azimuth, away, radius, height, colour: Colour) -> list[Solid]:
    """A long low ridge across the view."""
    x, z = at_azimuth(azimuth, away)
    radii = (radius, height, radius * rng.uniform(0.45, 0.7))
    return [blob(rng, (x, FLOOR - 0.08 * height, z), radii, vary(rng, colour, 0.025), 16, 0.1, -azimuth, casts=False)]


def mound(rng, x, z, radius: float, height: float, colour: Colour) -> list[Solid]:
    """A low swelling of the ground."""
    return [
        blob(rng, (x, FLOOR, z), (radius, height, radius * rng.uniform(0.6, 1.0)), colour, 16, 0.08, rng.uniform(0, 6))
    ]


def dune(rng, azimuth, away, radius, height, colour: Colour) -> list[Solid]:
    """A crest across the view: a roof-like ridge between soft flanks."""
    x, z = at_azimuth(azimuth, away)
    yaw = -azimuth + rng.uniform(-0.5, 0.5)
    long = blob(
        rng, (x, FLOOR - 0.05 * height, z), (radius, height, 0.45 * radius), vary(rng, colour, 0.02), 16, 0.14, yaw
    )
    dx, dz = np.cos(azimuth) * 0.7 * radius, np.sin(azimuth) * 0.7 * radius
    low = blob(
        rng, (x + dx, FLOOR - 0.05 * height, z + dz), (0.8 * radius, 0.6 * height, 0.4 * radius),
        vary(rng, colour, 0.02), 16, 0.14, yaw + 0.4,
    )  # fmt: skip
    return [long, low]


def mesa(rng, x, z, radius: float, height: float, colour: Colour) -> list[Solid]:
    """A table mountain: foot, wall and cap in bands of colour."""
    shade = vary(rng, colour, 0.03)
    sides = int(rng.integers(8, 11))
    return [
        frustum(rng, (x, FLOOR - 0.2, z), 1.6 * radius, 1.08 * radius, 0.34 * height, shade, sides, 0.15),
        frustum(rng, (x, FLOOR, z), 1.02 * radius, 0.86 * radius, 0.8 * height, darker(shade, 0.86), sides, 0.2),
        frustum(
            rng,
            (x, FLOOR + 0.8 * height, z),
            0.9 * radius,
            0.8 * radius,
            0.2 * height,
            darker(shade, 1.08),
            sides,
            0.15,
        ),
    ]


def cliff(rng, x, z, yaw: float, length: float, height: float, depth: float, colour: Colour) -> list[Solid]:
    """A piece of canyon wall in three bands, each a little behind the one below; the front looks towards yaw."""
    kit = Kit(rng, x, z, yaw)
    shade = vary(rng, colour, 0.03)
    base = 0.0
    for share, back, tone in ((0.30, 0.0, 0.84), (0.36, 0.14, 1.0), (0.34, 0.30, 0.92)):
        tall = share * height
        size = (length * rng.uniform(1.0, 1.12), tall + 0.05, depth)
        kit.box((0, base - 0.03, -back * depth), size, darker(shade, tone), turn=rng.uniform(-0.1, 0.1))
        base += tall
    kit.wedge(
        (0, -0.05, 0.75 * depth),
        (length * 0.9, 0.22 * height, 0.6 * depth),
        darker(shade, 0.95),
        rng.uniform(-0.1, 0.1),
    )
    return kit.solids


def rock_arch(rng, x, z, span: float, height: float, colour: Colour) -> list[Solid]:
    """A natural arch: two feet and five stones over them."""
    kit = Kit(rng, x, z)
    shade = vary(rng, colour, 0.03)
    steps = np.linspace(0, np.pi, 8)
    for i in range(7):
        a, b = steps[i], steps[i + 1]
        one = (-0.5 * span * np.cos(a), height * np.sin(a) ** 0.8 - 0.1 * height, 0)
        two = (-0.5 * span * np.cos(b), height * np.sin(b) ** 0.8 - 0.1 * height, 0)
        thick = span * (0.17 - 0.06 * np.sin((a + b) / 2))
        kit.bar(one, two, thick, darker(shade, 0.9 + 0.04 * i), sides=6)
    for side in (-1, 1):
        kit.blob((side * 0.52 * span, 0.05 * height, 0), np.array([0.26, 0.2, 0.24]) * span, shade, rough=0.4)
    return kit.solids


def crystals(rng, x, z, size: float, colour: Colour, count: int = 4, glow: float = 0.55) -> list[Solid]:
    """A cluster that fans out from one root."""
    solids, turn = [], rng.uniform(0, 6.28)
    for i in range(count):
        a, out = turn + i * 6.28 / max(count - 1, 1), 0.0 if i == 0 else rng.uniform(0.3, 0.6)
        lean = np.array([out * np.cos(a), 1.0, out * np.sin(a)])
        tall = size * (1.0 if i == 0 else rng.uniform(0.45, 0.75))
        tint = tuple(min(1.0, c * rng.uniform(0.8, 1.15)) for c in colour)
        at = (x + 0.12 * size * out * np.cos(a), FLOOR - 0.1, z + 0.12 * size * out * np.sin(a))
        solids.append(crystal(rng, at, 0.13 * size * (1 if i == 0 else 0.8), tall, lean, tint, glow=glow))
    return solids


def spike(rng, x, z, top_y: float, length: float, radius: float, colour: Colour) -> list[Solid]:
    """A stalactite that hangs from the height top_y."""
    return [crystal(rng, (x, top_y + 0.3, z), radius, length + 0.3, (0.02, -1, 0.03), colour, casts=False)]


def crater(rng, x, z, radius: float, colour: Colour) -> list[Solid]:
    """A ring of low lumps."""
    solids = []
    for i in range(9):
        a = i * 2 * np.pi / 9 + rng.uniform(-0.1, 0.1)
        at = (x + radius * np.cos(a), FLOOR - 0.05 * radius, z + radius * np.sin(a))
        radii = (0.26 * radius, rng.uniform(0.10, 0.16) * radius, 0.42 * radius)
        solids.append(blob(rng, at, radii, vary(rng, colour, 0.02), 14, 0.2, -a))
    return solids


def iceberg(rng, x, z, size: float) -> list[Solid]:
    """Blue ice with a white top."""
    blue, kit = vary(rng, (0.58, 0.80, 0.92), 0.03), Kit(rng, x, z, rng.uniform(0, 6))
    look: dict[str, Any] = {"top_colour": SNOW, "split_m": FLOOR + 0.7 * size}
    kit.blob((0, 0.2 * size, 0), np.array([0.9, 1.0, 0.7]) * size, blue, faces=11, rough=0.6, **look)
    kit.blob((0.9 * size, 0.1 * size, 0.2 * size), np.array([0.6, 0.55, 0.5]) * size, blue, faces=11, rough=0.6)
    return kit.solids


def cloud(rng, azimuth, elevation, away, size, lit: Colour, shade: Colour) -> list[Solid]:
    """Puffs on one flat foot. Painted without a distance."""
    solids = []
    foot = away * np.sin(elevation)
    for out, share in ((-0.62, 0.55), (-0.2, 0.9), (0.25, 1.0), (0.68, 0.6)):
        a = azimuth + (out + rng.uniform(-0.08, 0.08)) * size / away
        ring, r = away * np.cos(elevation), size * 0.42 * share * rng.uniform(0.8, 1.15)
        at = np.array([ring * np.sin(a), foot, -ring * np.cos(a)])
        solids.append(
            blob(rng, at, (1.15 * r, 0.78 * r, 0.8 * r), lit, 16, 0.14, -a, foot=0.1 * r, top_colour=shade, sky=True,
                 casts=False)
        )  # fmt: skip
    return solids
