"""A scene of several layers whose truth is known from anywhere: a world of `ldm3d_web.worlds`."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch

from ldm3d_web.rgbd import Rgbd
from ldm3d_web.worlds import render
from ldm3d_web.worlds.places import sample_world
from ldm3d_web.worlds.shade import stage
from tests.browser.room import turned

SEED, PLACE = 5, "village"
TILE = 10  # rays for each side of what is traced together
FINE = 2  # rays for each pixel's side: an edge is a mixture, in the texture as on a screen


@cache
def _world():
    world = sample_world(SEED, PLACE)
    return world, stage([world], "cpu")


def cast(rays: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """Colours (H, W, 3) from 0 to 1. rays: (H, W, 3) unit, H and W multiples of TILE; eye: (3,) metres."""
    rows, columns = rays.shape[0] // TILE, rays.shape[1] // TILE
    # Rays of a tile lie close together, so that few solids can be in their way.
    tiles = rays.reshape(rows, TILE, columns, TILE, 3).swapaxes(1, 2).reshape(-1, 3)
    ahead = torch.as_tensor(np.ascontiguousarray(tiles), dtype=torch.float32)
    colour, _, _ = render.cast(_world()[1], eye.tolist(), ahead, row=TILE * TILE)
    return colour.numpy().reshape(rows, columns, TILE, TILE, 3).swapaxes(1, 2).reshape(rays.shape)


def panorama(height: int) -> tuple[Rgbd, float, float]:
    """As room.panorama."""
    (rgb,), (distance,), (sky,) = render.render([_world()[0]], height, 2 * height, supersample=FINE)
    near, far = float(distance[~sky].min()), float(distance[~sky].max())
    disparity = (1 / distance - 1 / far) / (1 / near - 1 / far)
    return Rgbd(rgb, np.where(sky, 0, np.clip(disparity, 0, 1)).astype(np.float32)), near, far


def photo(
    width: int, height: int, fov: float, eye: tuple[float, float, float] = (0, 0, 0), yaw: float = 0, pitch: float = 0
) -> np.ndarray:
    """As room.photo."""
    half = np.tan(np.radians(fov) / 2)
    x = ((np.arange(FINE * width) + 0.5) / (FINE * width) * 2 - 1) * half * width / height
    y = (1 - (np.arange(FINE * height) + 0.5) / (FINE * height) * 2) * half
    right, up = np.meshgrid(x, y)
    rays = turned(np.stack([right, up, -np.ones_like(right)], axis=-1), yaw, pitch)
    return _averaged(cast(rays / np.linalg.norm(rays, axis=-1, keepdims=True), np.array(eye, float)))


def _averaged(colour: np.ndarray) -> np.ndarray:
    height, width = colour.shape[0] // FINE, colour.shape[1] // FINE
    mean = colour.reshape(height, FINE, width, FINE, 3).mean(axis=(1, 3))
    return np.clip(mean * 255 + 0.5, 0, 255).astype(np.uint8)
