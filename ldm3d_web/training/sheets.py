"""Contact sheets: panoramas in columns, colour over depth, for looking at while a training runs."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np


def to_bytes(rgbd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(4, H, W) in [-1, 1] to rgb (H, W, 3) uint8 and disparity (H, W) float32 in [0, 1]."""
    rgb = np.rint((np.clip(rgbd[:3], -1, 1) + 1) * 127.5).astype(np.uint8).transpose(1, 2, 0)
    return rgb, (np.clip(rgbd[3].astype(np.float32), -1, 1) + 1) / 2


def sheet(pictures: list[tuple[np.ndarray, np.ndarray]], columns: int = 3) -> np.ndarray:
    """Lays (rgb, disparity) pairs out row by row, each as colour over grey depth. Returns (H', W', 3) uint8.

    Disparity is shown by its square root, since most of a landscape is far away and would be black.
    """
    tiles = []
    for rgb, disparity in pictures:
        grey = np.rint(np.sqrt(np.clip(disparity, 0, 1)) * 255).astype(np.uint8)
        tiles.append(np.concatenate([rgb, np.repeat(grey[..., None], 3, axis=2)]))
    while len(tiles) % columns:
        tiles.append(np.zeros_like(tiles[0]))
    rows = [np.concatenate(tiles[start : start + columns], axis=1) for start in range(0, len(tiles), columns)]
    return np.concatenate(rows)


def write_png(path: Path, picture: np.ndarray) -> None:
    """Writes (H, W, 3) uint8 as PNG, whole or not at all."""
    from PIL import Image

    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    Image.fromarray(picture).save(unfinished, format="PNG")
    os.replace(unfinished, path)
