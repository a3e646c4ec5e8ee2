"""Convex solids by their planes: boxes, pyramids, prisms, faceted blobs. Metres; y is up; `yaw` turns about y."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ldm3d_web.worlds.world import Colour, Solid


def _solid(
    normals: np.ndarray, offsets: np.ndarray, centre: np.ndarray, radius: float, colour: Colour, **look
) -> Solid:
    normals = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    planes = np.concatenate([normals, (offsets + normals @ centre)[:, None]], axis=1)
    return Solid(planes, np.asarray(centre, float), float(radius), colour, **look)


def _turn(yaw: float) -> np.ndarray:
    c, s = np.cos(yaw), np.sin(yaw)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def box(centre, size, colour: Colour, yaw: float = 0.0, **look) -> Solid:
    """A cuboid of full size (x, y, z)."""
    half = np.asarray(size, float) / 2
    normals = np.concatenate([np.eye(3), -np.eye(3)]) @ _turn(yaw).T
    return _solid(
        normals, np.concatenate([half, half]), np.asarray(centre, float), float(np.linalg.norm(half)), colour, **look
    )


def roof(centre, size, colour: Colour, yaw: float = 0.0, **look) -> Solid:
    """A gable: ridge along x, `centre` is the middle of its base, size is (x, height, z)."""
    sx, sy, sz = np.asarray(size, float)
    slope = np.array([[0, sz / 2, sy], [0, sz / 2, -sy]])
    slope /= np.linalg.norm(slope, axis=1, keepdims=True)
    normals = np.concatenate([slope, [[0, -1, 0], [1, 0, 0], [-1, 0, 0]]])
    offsets = np.array([slope[0] @ [0, sy, 0], slope[1] @ [0, sy, 0], 0, sx / 2, sx / 2])
    return _solid(
        normals @ _turn(yaw).T, offsets, np.asarray(centre, float), np.hypot(np.hypot(sx, sz) / 2, sy), colour, **look
    )


def pyramid(
    rng, base, radius: float, height: float, colour: Colour, sides: int = 6, rough: float = 0.0, **look
) -> Solid:
    """A pyramid or cone on `base` (middle of its foot); `rough` makes its faces differ in steepness."""
    angle = (np.arange(sides) + rng.uniform(0, 1)) * 2 * np.pi / sides + rough * rng.uniform(-0.5, 0.5, sides)
    reach = radius * (1 + rough * rng.uniform(-0.6, 0.6, sides))
    normals = np.stack([np.cos(angle) * height, reach, np.sin(angle) * height], axis=1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    offsets = normals[:, 1] * height  # every face passes through the apex
    normals = np.concatenate([normals, [[0, -1, 0]]])
    wide = radius * (1 + 0.6 * rough) / np.cos(min(np.pi / sides + 0.5 * rough, 1.2))
    return _solid(normals, np.append(offsets, 0.0), np.asarray(base, float), max(wide, height), colour, **look)


def frustum(
    rng,
    base,
    radius: float,
    top_radius: float,
    height: float,
    colour: Colour,
    sides: int = 7,
    rough: float = 0.0,
    **look,
) -> Solid:
    """A cut-off cone: trunks, mesas, craters' rims, towers."""
    angle = (np.arange(sides) + rng.uniform(0, 1)) * 2 * np.pi / sides + rough * rng.uniform(-0.5, 0.5, sides)
    reach = 1 + rough * rng.uniform(-0.5, 0.5, sides)
    normals = np.stack([np.cos(angle) * height, reach * (radius - top_radius), np.sin(angle) * height], axis=1)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    normals /= length
    offsets = np.hypot(normals[:, 0], normals[:, 2]) * radius * reach
    normals = np.concatenate([normals, [[0, -1, 0], [0, 1, 0]]])
    wide = radius * (1 + 0.5 * rough) / np.cos(min(np.pi / sides + 0.5 * rough, 1.2))
    return _solid(
        normals, np.append(offsets, [0.0, height]), np.asarray(base, float), np.hypot(wide, height), colour, **look
    )


def blob(
    rng,
    centre,
    radii,
    colour: Colour,
    faces: int = 14,
    rough: float = 0.25,
    yaw: float = 0.0,
    foot: float | None = None,
    **look,
) -> Solid:
    """A faceted ellipsoid: crowns, rocks, dunes, clouds. foot: cut flat so far below the centre (metres)."""
    i = np.arange(faces) + 0.5
    polar = np.arccos(1 - 2 * i / faces)
    turn = np.pi * (1 + 5**0.5) * i + rng.uniform(0, 6.28)
    normals = np.stack([np.sin(polar) * np.cos(turn), np.cos(polar), np.sin(polar) * np.sin(turn)], axis=1)
    normals += rough * rng.uniform(-0.5, 0.5, normals.shape)
    radii = np.asarray(radii, float)
    normals = normals / radii
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    offsets = np.linalg.norm(normals * radii, axis=1) * (1 + 0.3 * rough * rng.uniform(-1, 1, faces))
    if foot is not None:
        normals, offsets = np.concatenate([normals, [[0, -1, 0]]]), np.append(offsets, foot)
    return _solid(normals @ _turn(yaw).T, offsets, np.asarray(centre, float), 1.45 * radii.max(), colour, **look)


def crystal(rng, base, radius: float, height: float, lean, colour: Colour, **look) -> Solid:
    """A six-sided spike from `base` towards the unit vector `lean`."""
    lean = np.asarray(lean, float) / np.linalg.norm(lean)
    side = np.cross(lean, [1.0, 0.3, 0.2])
    side /= np.linalg.norm(side)
    other = np.cross(lean, side)
    angle = np.arange(6) * np.pi / 3 + rng.uniform(0, 1)
    out = np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * other
    tip = out + 1.6 * radius / (0.35 * height) * lean
    tip /= np.linalg.norm(tip, axis=1, keepdims=True)
    normals = np.concatenate([out, tip, [-lean]])
    offsets = np.concatenate([np.full(6, radius), tip @ (lean * height), [0.0]])
    return _solid(normals, offsets, np.asarray(base, float), np.hypot(height, 1.2 * radius), colour, **look)


def prism(rng, start, end, radius: float, colour: Colour, sides: int = 7, taper: float = 1.0, **look) -> Solid:
    """A round bar from `start` to `end`, there `taper` times as thick: logs, wheels, posts that lean, spokes."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    length = float(np.linalg.norm(end - start))
    along = (end - start) / length
    side = np.cross(along, [0.3, 1.0, 0.2] if abs(along[1]) < 0.9 else [1.0, 0.0, 0.2])
    side /= np.linalg.norm(side)
    other = np.cross(along, side)
    angle = (np.arange(sides) + rng.uniform(0, 1)) * 2 * np.pi / sides
    slope = radius * (1 - taper) / length
    out = np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * other + slope * along
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    normals = np.concatenate([out, [-along, along]])
    offsets = np.concatenate([np.full(sides, radius / np.sqrt(1 + slope**2)), [0.0, length]])
    wide = radius * max(1.0, taper) / np.cos(np.pi / sides)
    middle = (start + end) / 2
    offsets = offsets - normals @ (middle - start)
    return _solid(normals, offsets, middle, float(np.hypot(length / 2, wide)), colour, **look)


def wedge(centre, size, colour: Colour, yaw: float = 0.0, **look) -> Solid:
    """A ramp: full height at the local back (-z), none at the front; `centre` is the middle of its base."""
    sx, sy, sz = np.asarray(size, float)
    slope = np.array([0, sz, sy]) / np.hypot(sz, sy)
    normals = np.array([[1, 0, 0], [-1, 0, 0], [0, -1, 0], [0, 0, -1], slope]) @ _turn(yaw).T
    offsets = np.array([sx / 2, sx / 2, 0, sz / 2, slope @ [0, 0, sz / 2]])
    return _solid(
        normals, offsets, np.asarray(centre, float), float(np.hypot(np.hypot(sx, sz) / 2, sy)), colour, **look
    )


def grown(solid: Solid, foot, factor: float) -> Solid:
    """The solid, `factor` times as large about the point `foot`."""
    foot = np.asarray(foot, float)
    planes = solid.planes.copy()
    planes[:, 3] = factor * planes[:, 3] + (1 - factor) * (planes[:, :3] @ foot)
    return replace(
        solid, planes=planes, centre=foot + factor * (solid.centre - foot), radius_m=factor * solid.radius_m,
        split_m=foot[1] + factor * (solid.split_m - foot[1]),
    )  # fmt: skip
