"""Places whose distances are known exactly, by a few lines of ray casting."""

from __future__ import annotations

import numpy as np

from ldm3d_web.panorama.sphere import pixel_rays
from ldm3d_web.rgbd import Rgbd


def box_room(height: int, width: int, *, eye_m: float = 1.6, half_m: float = 3.0, ceiling_m: float = 1.2) -> np.ndarray:
    """(H, W) metres along the ray in a room whose floor is eye_m below, ceiling above, walls half_m to each side."""
    rays = pixel_rays(height, width)
    with np.errstate(divide="ignore"):
        floor = np.where(rays[..., 1] < 0, eye_m / -rays[..., 1], np.inf)
        ceiling = np.where(rays[..., 1] > 0, ceiling_m / rays[..., 1], np.inf)
        walls = half_m / np.maximum(np.abs(rays[..., 0]), np.abs(rays[..., 2]))
    return np.minimum(np.minimum(floor, ceiling), walls)


def open_ground(height: int, width: int, *, eye_m: float = 1.6, hill_deg: float = 6.0, hill_m: float = 60.0):
    """Level ground to a hill that rises hill_deg above the horizon all round; above it sky: distances, sky mask."""
    rays = pixel_rays(height, width)
    level = np.sqrt(1 - rays[..., 1] ** 2)
    with np.errstate(divide="ignore"):
        ground = np.where(rays[..., 1] < 0, eye_m / -rays[..., 1], np.inf)
    sky = rays[..., 1] > np.sin(np.radians(hill_deg))
    return np.where(sky, np.inf, np.minimum(ground, hill_m / np.maximum(level, 1e-9))), sky


def disparity_of(distance_m: np.ndarray, near_m: float, far_m: float) -> np.ndarray:
    """The formula turned round, (H, W) float32 in [0, 1]."""
    return np.clip((1 / distance_m - 1 / far_m) / (1 / near_m - 1 / far_m), 0, 1).astype(np.float32)


def painted(height: int, width: int, seed: int = 0) -> np.ndarray:
    """(H, W, 3) uint8: coarse coloured blocks that go on over the wrap."""
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (8, 16, 3), dtype=np.uint8)
    rows, columns = np.arange(height) * 8 // height, np.arange(width) * 16 // width
    return small[rows][:, columns]


def rgbd_of(distance_m: np.ndarray, near_m: float, far_m: float) -> Rgbd:
    """A painted Rgbd with this shape."""
    return Rgbd(painted(*distance_m.shape), disparity_of(distance_m, near_m, far_m))
