"""Small panoramas whose surfaces are known, on the way from a picture with depth to meshes."""

from __future__ import annotations

import numpy as np

from ldm3d_web.panorama import grid, layers
from ldm3d_web.panorama.layers import Layer
from ldm3d_web.panorama.scale import Range
from ldm3d_web.panorama.sphere import pixel_rays
from ldm3d_web.rgbd import Panorama, Rgbd
from tests.panorama.rooms import box_room, disparity_of, painted

NEAR_M, FAR_M = 0.5, 100.0
ENDS = Range(NEAR_M, FAR_M, 1.6, "given")


def picture_of(distance_m: np.ndarray, rgb: np.ndarray | None = None) -> Rgbd:
    """Distances (H, W), infinite for sky, with a picture."""
    return Rgbd(painted(*distance_m.shape) if rgb is None else rgb, disparity_of(distance_m, NEAR_M, FAR_M))


def on_grid(distance_m: np.ndarray, rgb: np.ndarray | None = None) -> Panorama:
    """The same, looked at on its own grid."""
    rgbd = picture_of(distance_m, rgb)
    return grid.on_grid(rgbd, ENDS, grid.rows_for(rgbd))


def layers_of(distance_m: np.ndarray, rgb: np.ndarray | None = None) -> dict[str, Layer]:
    """Its layers by name."""
    panorama = on_grid(distance_m, rgb)
    return {layer.name: layer for layer in layers.split(panorama, panorama.rgb, layers.seen(panorama))}


def room_with_box(height: int = 128, box_m: float = 1.2) -> tuple[np.ndarray, np.ndarray]:
    """A room of 6 m with a box before its front wall, on the floor: distances, and which pixels are the box."""
    rays = pixel_rays(height, 2 * height)
    room = box_room(height, 2 * height)
    with np.errstate(divide="ignore"):
        front = np.where(rays[..., 2] < 0, box_m / -rays[..., 2], np.inf)
    x, y = front * rays[..., 0], front * rays[..., 1]
    with np.errstate(invalid="ignore"):
        box = (np.abs(x) < 0.5) & (y < 0.2) & (y > -1.6) & (front < room)
    return np.where(box, front, room), box


def post_before_wall(height: int = 128, columns: slice = slice(100, 102)) -> np.ndarray:
    """A post as wide as those columns, 1.5 m away, before a round wall at 6 m."""
    distance = np.full((height, 2 * height), 6.0)
    distance[height // 4 : 3 * height // 4, columns] = 1.5
    return distance
