"""Pictures of a scene: the panorama it is packed from, and pinhole views from a head that moves.

Colour is the mean of 3×3 rays a pixel, of plain sRGB values, as a renderer that draws larger and scales down has it.
Distance is that of the pixel centre's ray, which is the middle one of the nine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.novel_view.place import Scene
from ldm3d_web.panorama.sphere import uv_to_rays

SAMPLES = 3  # along each side of a pixel
TILE = 16  # pixels along each side: 2304 rays, one chunk of `Place.cast`
VIEW = 384
FIELD_DEG = 90.0
SAME_SURFACE = 0.003  # relative: what the centre sees nearer than this hides the point

# Where the eight views look, and where the head goes, in the frame of the view (right, up, back): aside and in all
# diagonals, so that silhouettes open on either side, above and below, and three times towards what is looked at.
_DIRECTIONS = (
    (10, 0, (1.0, 0.0, 0.0)),
    (55, -15, (-1.0, 0.0, 0.0)),
    (100, 5, (0.7, 0.7, 0.0)),
    (145, -20, (-0.8, 0.0, -0.6)),
    (190, 0, (0.7, 0.0, -0.7)),
    (235, -25, (-0.7, -0.7, 0.0)),
    (280, -5, (0.0, 1.0, 0.0)),
    (325, 10, (0.6, -0.3, -0.7)),
)


@dataclass(frozen=True)
class Pose:
    """eye_m (3,); yaw_deg clockwise from -Z seen from above; pitch_deg upwards. As in the viewer's `look.js`."""

    eye_m: tuple[float, float, float]
    yaw_deg: float
    pitch_deg: float

    @property
    def axes(self) -> np.ndarray:
        """(3, 3), its rows right, up and back."""
        return _axes(self.yaw_deg, self.pitch_deg)


@dataclass(frozen=True)
class Picture:
    """rgb (H, W, 3) uint8; distance_m (H, W) float32, infinite for sky; sky (H, W) bool."""

    rgb: np.ndarray
    distance_m: np.ndarray
    sky: np.ndarray


def poses(offset_m: float, count: int = len(_DIRECTIONS)) -> list[Pose]:
    """Heads that far from the centre; with fewer than eight, evenly chosen ones."""
    chosen = [_DIRECTIONS[i * len(_DIRECTIONS) // count] for i in range(count)]
    found = []
    for yaw, pitch, direction in chosen:
        towards = np.array(direction) / np.linalg.norm(direction) @ _axes(yaw, pitch)
        found.append(Pose(tuple((offset_m * towards).tolist()), yaw, pitch))
    return found


def panorama(scene: Scene, width: int) -> Picture:
    """Equirectangular, width × width/2, from the origin."""
    height = width // 2
    return _take(scene, np.zeros(3), lambda x, y: uv_to_rays(x / width, y / height), height, width)


def view(scene: Scene, pose: Pose, size: int = VIEW) -> Picture:
    """Pinhole, size × size over 90 degrees."""
    return _take(scene, np.array(pose.eye_m), lambda x, y: _pinhole(pose, x, y, size), size, size)


def hidden(scene: Scene, pose: Pose, seen: Picture) -> np.ndarray:
    """(H, W) bool: pixels whose point cannot be seen from the centre. A piece of sky is hidden by what is before it."""
    size = len(seen.rgb)
    x, y = np.meshgrid(np.arange(size) + 0.5, np.arange(size) + 0.5)
    rays = _pinhole(pose, x, y, size)
    far = np.where(seen.sky, 0, seen.distance_m)[..., None]
    points = np.where(seen.sky[..., None], rays, np.array(pose.eye_m) + rays * far)
    away = np.linalg.norm(points, axis=-1)
    order = _tile_order(size, size)
    towards = (points / away[..., None]).reshape(-1, 3)[order]
    from_centre = np.empty(size * size)
    from_centre[order] = scene.cast(np.zeros(3), towards).distance_m
    away = np.where(seen.sky, np.inf, away)
    return from_centre.reshape(size, size) < away * (1 - SAME_SURFACE)


def _axes(yaw_deg: float, pitch_deg: float) -> np.ndarray:
    yaw, pitch = np.radians(yaw_deg), np.radians(pitch_deg)
    ahead = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), -np.cos(yaw) * np.cos(pitch)])
    right = np.array([np.cos(yaw), 0, np.sin(yaw)])
    return np.stack([right, np.cross(right, ahead), -ahead])


def _pinhole(pose: Pose, x: np.ndarray, y: np.ndarray, size: int) -> np.ndarray:
    """Unit rays through picture coordinates in pixels, (..., 3)."""
    reach = np.tan(np.radians(FIELD_DEG / 2))
    local = np.stack([(x / size * 2 - 1) * reach, (1 - y / size * 2) * reach, -np.ones_like(x)], axis=-1)
    return local / np.linalg.norm(local, axis=-1, keepdims=True) @ pose.axes


def _take(scene: Scene, eye: np.ndarray, to_rays: Callable, height: int, width: int) -> Picture:
    rgb = np.empty((height * width, 3), np.float32)
    distance, sky = np.empty(height * width, np.float32), np.empty(height * width, bool)
    order = _tile_order(height, width)
    part = (np.arange(SAMPLES) + 0.5) / SAMPLES
    band = TILE * width
    for start in range(0, len(order), band):  # a row of tiles at a time bounds the memory
        pixels = order[start : start + band]
        row, column = np.divmod(pixels, width)
        x = np.broadcast_to((column[:, None] + part)[:, None, :], (len(pixels), SAMPLES, SAMPLES))
        y = np.broadcast_to((row[:, None] + part)[:, :, None], (len(pixels), SAMPLES, SAMPLES))
        seen = scene.cast(eye, to_rays(x.ravel(), y.ravel()))
        rgb[pixels] = seen.rgb.reshape(len(pixels), -1, 3).mean(axis=1)
        middle = SAMPLES**2 // 2
        distance[pixels] = seen.distance_m.reshape(len(pixels), -1)[:, middle]
        sky[pixels] = seen.sky.reshape(len(pixels), -1)[:, middle]
    levels = np.rint(rgb * 255).astype(np.uint8).reshape(height, width, 3)
    return Picture(levels, distance.reshape(height, width), sky.reshape(height, width))


def _tile_order(height: int, width: int) -> np.ndarray:
    """Pixel numbers, tile after tile."""
    numbers = np.arange(height * width).reshape(height // TILE, TILE, width // TILE, TILE)
    return numbers.transpose(0, 2, 1, 3).ravel()
