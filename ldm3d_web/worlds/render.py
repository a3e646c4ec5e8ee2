"""Exact panoramas of worlds: RGB, distance along the ray and sky, from any position; torch, batched, CPU or CUDA.

One ray a pixel gives distances and a first picture; where neighbours differ in colour, supersample² rays a pixel smooth
it. Distances are closed-form (`trace`), shadows come from maps of the floor that do not depend on the eye (`floormap`).
Axes as in `ldm3d_web.panorama.sphere`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from ldm3d_web.panorama.sphere import pixel_rays
from ldm3d_web.worlds.packed import Packed
from ldm3d_web.worlds.shade import Stage, shade, stage
from ldm3d_web.worlds.trace import Hits, Rows, trace
from ldm3d_web.worlds.world import FAR_M, World

TILE = (8, 16)  # rows, columns; smaller where a picture cannot be cut so
_EDGE = 0.025  # neighbours that differ by more (of 1, in any channel) are smoothed


def render(
    worlds: Sequence[World],
    height: int,
    width: int,
    eyes_m: Sequence[Sequence[float]] | None = None,
    *,
    supersample: int = 1,
    device: str | torch.device = "cpu",
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Equirectangular panoramas of `worlds`.

    eyes_m: (B, 3) positions of the eye, metres, the worlds' own origin when None.
    supersample: at edges colour is averaged over supersample² rays a pixel; distance is that of the pixel centre's ray.

    Returns rgb (B, H, W, 3) uint8, distance_m (B, H, W) float32 (FAR_M where sky), sky (B, H, W) bool.
    """
    on = stage(worlds, device)
    count = len(worlds)
    eyes = torch.as_tensor(
        np.zeros((count, 3)) if eyes_m is None else np.asarray(eyes_m), dtype=torch.float32, device=device
    )
    order, back = _tiles(height, width, str(device))
    rays = _rays(height, width, str(device)).reshape(-1, 3)[order]  # (T, R, 3)
    world = torch.arange(count, device=eyes.device).repeat_interleave(len(rays))
    hits = trace(on.packed, Rows(world, eyes[world][:, None], rays.repeat(count, 1, 1)))
    hits = Hits(*(each.reshape(count, -1)[:, back] for each in hits))  # (B, H·W)
    flat = _rays(height, width, str(device)).reshape(-1, 3)
    colour = torch.stack([
        shade(on, b, eyes[b].expand_as(flat), flat, Hits(*(each[b] for each in hits))) for b in range(count)
    ]).reshape(count, height, width, 3)  # fmt: skip
    if supersample > 1:
        _smooth_edges(on, eyes, colour, supersample)
    sky = is_sky(on.packed, hits)
    distance = torch.where(sky, torch.full_like(hits.distance, FAR_M), hits.distance)
    rgb = (colour * 255).round().clamp(0, 255).to(torch.uint8)
    shape = (count, height, width)
    return rgb.cpu().numpy(), distance.reshape(shape).cpu().numpy(), sky.reshape(shape).cpu().numpy()


def cast(on: Stage, eye_m: Sequence[float], rays: Tensor, row: int = 256) -> tuple[Tensor, Tensor, Tensor]:
    """Colour (N, 3), distance (N,) and sky (N,) along any rays (N, 3) of a stage's first world."""
    count = len(rays)
    rows = torch.cat([rays, rays[-1:].expand(-count % row, 3)]).reshape(-1, row, 3)
    eye = torch.as_tensor(np.asarray(eye_m), dtype=torch.float32, device=rays.device)
    world = torch.zeros(len(rows), dtype=torch.int64, device=rays.device)
    found = trace(on.packed, Rows(world, eye.expand(len(rows), 1, 3), rows))
    hits = Hits(*(each.reshape(-1)[:count] for each in found))
    sky = is_sky(on.packed, Hits(*(each[None] for each in hits)))[0]
    return shade(on, 0, eye.expand(count, 3), rays, hits), hits.distance, sky


def is_sky(packed: Packed, hits: Hits) -> Tensor:
    """(B, N) bool: nothing there, hidden by the air, or a cloud."""
    cloud = torch.gather(packed.look[..., 8], 1, hits.solid.clamp(min=0)) > 0.5
    return (hits.distance >= FAR_M) | (cloud & (hits.solid >= 0))


def _smooth_edges(on: Stage, eyes: Tensor, colour: Tensor, supersample: int) -> None:
    """Replaces, in place, the colours (B, H, W, 3) of pixels that differ from a neighbour by the mean of finer rays."""
    count, height, width = colour.shape[:3]
    device = str(colour.device)
    order, _ = _tiles(height, width, device)
    rough = _edges(colour).reshape(count, -1)[:, order].reshape(-1, order.shape[1])  # (B·T, R)
    tile, place = torch.nonzero(rough, as_tuple=True)
    if not len(tile):
        return
    # Pixels of one tile fill rows of a few; what is left of a row repeats its first pixel.
    per_row = max(1, 128 // supersample**2)
    counts = rough.sum(dim=1)
    rows_of = (counts + per_row - 1) // per_row
    first_row = torch.cumsum(rows_of, 0) - rows_of
    rank = torch.arange(len(tile), device=tile.device) - (torch.cumsum(counts, 0) - counts)[tile]
    row, slot = first_row[tile] + rank // per_row, rank % per_row
    total = int(rows_of.sum())
    pixel = order[tile % len(order), place]
    grid = torch.full((total, per_row), -1, dtype=torch.int64, device=tile.device)
    grid[row, slot] = pixel
    grid = torch.where(grid < 0, grid[:, :1], grid)
    world = torch.repeat_interleave(torch.arange(len(counts), device=tile.device) // len(order), rows_of)
    fine = _rays(height * supersample, width * supersample, device).reshape(height, supersample, width, supersample, 3)
    rays = fine[grid // width, :, grid % width].reshape(total, -1, 3)  # (rows, per_row · s², 3)
    found = trace(on.packed, Rows(world, eyes[world][:, None], rays))
    flat = colour.reshape(count, -1, 3)
    for b in range(count):
        mine = torch.nonzero(world == b).squeeze(1)
        some = rays[mine].reshape(-1, 3)
        seen = shade(on, b, eyes[b].expand_as(some), some, Hits(*(each[mine].reshape(-1) for each in found)))
        flat[b, grid[mine].reshape(-1)] = seen.reshape(-1, supersample**2, 3).mean(dim=1)


def _edges(colour: Tensor) -> Tensor:
    """(B, H, W) bool: pixels that differ from one of their four neighbours; columns wrap."""
    across = ((colour - colour.roll(-1, dims=2)).abs().amax(dim=-1)) > _EDGE
    down = ((colour[:, 1:] - colour[:, :-1]).abs().amax(dim=-1)) > _EDGE
    edges = across | across.roll(1, dims=2)
    edges[:, 1:] |= down
    edges[:, :-1] |= down
    return edges


@lru_cache(maxsize=4)
def _rays(height: int, width: int, device: str) -> Tensor:
    return torch.as_tensor(pixel_rays(height, width), dtype=torch.float32, device=device)


@lru_cache(maxsize=4)
def _tiles(height: int, width: int, device: str) -> tuple[Tensor, Tensor]:
    """Pixel numbers by tile (T, R), and for each pixel its place among all tiles (H·W,)."""
    rows, cols = math.gcd(TILE[0], height), math.gcd(TILE[1], width)
    number = torch.arange(height * width, device=device).reshape(height // rows, rows, width // cols, cols)
    order = number.transpose(1, 2).reshape(-1, rows * cols)
    return order, torch.argsort(order.reshape(-1))
