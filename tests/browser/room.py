"""A room whose truth is known: rays against six walls, in numpy. A big F on the front wall shows what is mirrored.

The same walls give the panorama that is packed and the pinhole pictures that the viewer's canvas must look like, from
any place in the room. Axes as in `panorama.sphere`.
"""

from __future__ import annotations

import numpy as np

from ldm3d_web.panorama.sphere import pixel_rays
from ldm3d_web.rgbd import Rgbd

LOW = np.array([-2.2, -1.6, -2.6])  # metres from the eye to the walls
HIGH = np.array([2.8, 1.3, 2.0])
COLOURS = np.array(  # at low and high of x, y, z
    [[[190, 80, 70], [80, 150, 90]], [[150, 120, 90], [210, 210, 200]], [[90, 110, 180], [190, 170, 80]]], np.float64
)
# Strokes of the F on the front wall: left, right, bottom, top in metres.
STROKES = [(-0.6, -0.3, -0.8, 0.8), (-0.6, 0.5, 0.5, 0.8), (-0.6, 0.2, -0.1, 0.2)]
INK = np.array([240.0, 230.0, 160.0])


def cast(rays: np.ndarray, eye: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Colours (..., 3) uint8 and distances along the ray (...) in metres. rays: (..., 3) unit; eye: (3,) metres."""
    with np.errstate(divide="ignore"):
        wall = np.where(rays > 0, HIGH, LOW)
        distance = np.where(rays == 0, np.inf, (wall - eye) / rays)
    axis = distance.argmin(axis=-1)
    nearest = distance.min(axis=-1)
    hit = eye + rays * nearest[..., None]
    side = np.take_along_axis(rays > 0, axis[..., None], -1)[..., 0].astype(int)
    shade = 1 + 0.12 * np.sin(hit * 1.7).sum(axis=-1)  # slow waves: every place of a wall looks different
    colour = COLOURS[axis, side] * shade[..., None]
    front = (axis == 2) & (side == 0)
    for left, right, bottom, top in STROKES:
        inside = (hit[..., 0] > left) & (hit[..., 0] < right) & (hit[..., 1] > bottom) & (hit[..., 1] < top)
        colour[front & inside] = INK
    return np.clip(colour + 0.5, 0, 255).astype(np.uint8), nearest


def panorama(height: int) -> tuple[Rgbd, float, float]:
    """The room as the model would paint it, (height, 2 height), and the near and far that make it metric."""
    rgb, distance = cast(pixel_rays(height, 2 * height), np.zeros(3))
    near, far = float(distance.min()), float(distance.max())
    disparity = (1 / distance - 1 / far) / (1 / near - 1 / far)
    return Rgbd(rgb, np.clip(disparity, 0, 1).astype(np.float32)), near, far


def photo(
    width: int, height: int, fov: float, eye: tuple[float, float, float] = (0, 0, 0), yaw: float = 0, pitch: float = 0
) -> np.ndarray:
    """What a pinhole camera sees, (height, width, 3) uint8. fov: vertical, degrees, as yaw and pitch; eye in metres."""
    half = np.tan(np.radians(fov) / 2)
    x = ((np.arange(width) + 0.5) / width * 2 - 1) * half * width / height
    y = (1 - (np.arange(height) + 0.5) / height * 2) * half
    right, up = np.meshgrid(x, y)
    rays = turned(np.stack([right, up, -np.ones_like(right)], axis=-1), yaw, pitch)
    return cast(rays / np.linalg.norm(rays, axis=-1, keepdims=True), np.array(eye, float))[0]


def turned(rays: np.ndarray, yaw: float, pitch: float) -> np.ndarray:
    """A camera's rays (..., 3) in the world. Degrees; yaw to the right, pitch up."""
    p, t = np.radians(pitch), np.radians(-yaw)
    tilt = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    turn = np.array([[np.cos(t), 0, np.sin(t)], [0, 1, 0], [-np.sin(t), 0, np.cos(t)]])
    return rays @ (turn @ tilt).T


def psnr(image: np.ndarray, truth: np.ndarray) -> float:
    """Decibels; higher is more alike."""
    error = np.mean((image.astype(float) - truth.astype(float)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))
