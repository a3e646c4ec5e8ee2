"""Exact panoramas of worlds: RGB, distance along the ray and sky, from any position; torch, batched, CPU or CUDA.

The picture is cut into tiles; for each tile only the solids whose bounding sphere can reach it are intersected, one
solid of every tile at a time, so the work is a few large tensor operations. Distances are closed-form (slab test on a
convex polyhedron), not marched. Shading is flat, by face, with one sun, ambient light, contact shadows and air.
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
from ldm3d_web.worlds.packed import Hits, Packed, pack
from ldm3d_web.worlds.shade import shade
from ldm3d_web.worlds.world import FAR_M, World

TILE = (16, 32)  # rows, columns; smaller where a picture cannot be cut so
_CHUNK = 64  # tile-solid pairs at a time: keeps the temporaries in cache


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
    supersample: colour is averaged over supersample² rays a pixel; distance is that of the pixel centre's ray.

    Returns rgb (B, H, W, 3) uint8, distance_m (B, H, W) float32 (FAR_M where sky), sky (B, H, W) bool.
    """
    packed = pack(worlds, device)
    eyes = torch.as_tensor(
        np.zeros((len(worlds), 3)) if eyes_m is None else np.asarray(eyes_m), dtype=torch.float32, device=device
    )
    rays = _rays(height, width, str(device))
    hits = trace_panorama(packed, eyes, rays)
    flat = rays.reshape(-1, 3)
    if supersample == 1:
        colour = shade(worlds, packed, hits, eyes, flat)
    else:
        fine = _rays(height * supersample, width * supersample, str(device))
        colour = shade(worlds, packed, trace_panorama(packed, eyes, fine), eyes, fine.reshape(-1, 3))
        colour = colour.reshape(len(worlds), height, supersample, width, supersample, 3).mean(dim=(2, 4))
    rgb = (colour.reshape(len(worlds), height, width, 3) * 255).round().clamp(0, 255).to(torch.uint8)
    sky = is_sky(packed, hits)
    distance = torch.where(sky, torch.full_like(hits.distance, FAR_M), hits.distance)
    shape = (len(worlds), height, width)
    return rgb.cpu().numpy(), distance.reshape(shape).cpu().numpy(), sky.reshape(shape).cpu().numpy()


@lru_cache(maxsize=4)
def _rays(height: int, width: int, device: str) -> Tensor:
    return torch.as_tensor(pixel_rays(height, width), dtype=torch.float32, device=device)


def is_sky(packed: Packed, hits: Hits) -> Tensor:
    """(B, N) bool: nothing there, hidden by the air, or a cloud."""
    cloud = torch.gather(packed.look[..., 8], 1, hits.solid.clamp(min=0)) > 0.5
    return (hits.distance >= FAR_M) | (cloud & (hits.solid >= 0))


def trace_panorama(packed: Packed, eyes: Tensor, rays: Tensor) -> Hits:
    """First hits of the rays (H, W, 3) of a panorama, flattened to (B, H·W)."""
    height, width = rays.shape[:2]
    rows, cols = math.gcd(TILE[0], height), math.gcd(TILE[1], width)
    tiles = rays.reshape(height // rows, rows, width // cols, cols, 3).transpose(1, 2).reshape(-1, rows * cols, 3)
    hits = trace(packed, eyes, tiles)

    def untile(x: Tensor) -> Tensor:
        x = x.reshape(-1, height // rows, width // cols, rows, cols).transpose(2, 3)
        return x.reshape(x.shape[0], height * width)

    return Hits(*map(untile, hits))


def trace(packed: Packed, eyes: Tensor, tiles: Tensor) -> Hits:
    """First hits of tiles of rays (T, R, 3); each result is (B, T, R). Infinite distance where nothing is met."""
    worlds = packed.radius.shape[0]
    n_tiles, n_rays = tiles.shape[:2]
    distance, face = _leave_shell(packed.shell, eyes, tiles)
    distance, face = distance.reshape(-1, n_rays), face.reshape(-1, n_rays)
    solid = torch.full_like(face, -1)

    world_of, tile_of, solid_of = _reachable(packed, eyes, tiles)
    slot = world_of * n_tiles + tile_of
    # Pairs of one rank touch each tile at most once, so each round writes without collisions.
    start = torch.searchsorted(slot, torch.arange(worlds * n_tiles, device=slot.device))
    rank = torch.arange(len(slot), device=slot.device) - start[slot] if len(slot) else slot
    for r in range(int(rank.max()) + 1 if len(rank) else 0):
        chosen = torch.nonzero(rank == r).squeeze(1)
        for pairs in chosen.split(_CHUNK):
            w, s, k = world_of[pairs], slot[pairs], solid_of[pairs]
            enter, which = _enter_solid(packed.planes[w, k], eyes[w], tiles[tile_of[pairs]])
            nearer = enter < distance[s]
            distance[s] = torch.where(nearer, enter, distance[s])
            face[s] = torch.where(nearer, which, face[s])
            solid[s] = torch.where(nearer, k[:, None], solid[s])
    shape = (worlds, n_tiles, n_rays)
    return Hits(distance.reshape(shape), solid.reshape(shape), face.reshape(shape))


def _reachable(packed: Packed, eyes: Tensor, tiles: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(world, tile, solid) indices of the pairs whose cone and sphere overlap, sorted by world and tile."""
    axis = torch.nn.functional.normalize(tiles.mean(dim=1), dim=-1)
    half = torch.arccos((tiles @ axis[:, :, None]).squeeze(-1).amin(dim=1).clamp(-1, 1))
    to = packed.centre - eyes[:, None]
    away = to.norm(dim=-1).clamp(min=1e-6)
    spread = torch.where(
        away <= packed.radius, torch.full_like(away, torch.pi), torch.arcsin((packed.radius / away).clamp(max=1))
    )
    angle = torch.arccos(torch.einsum("tc,bkc->btk", axis, to / away[..., None]).clamp(-1, 1))
    overlap = (angle <= (half[None, :, None] + spread[:, None]) + 1e-3) & (packed.radius > 0)[:, None]
    world, tile, solid = torch.nonzero(overlap, as_tuple=True)
    return world, tile, solid


def _enter_solid(planes: Tensor, eye: Tensor, rays: Tensor) -> tuple[Tensor, Tensor]:
    """Slab test: planes (N, F, 4), eye (N, 3), rays (N, R, 3) → distance and face of entry (N, R), inf for a miss."""
    facing = torch.bmm(rays, planes[..., :3].transpose(1, 2))
    gap = (planes[..., 3] - torch.einsum("nfc,nc->nf", planes[..., :3], eye))[:, None]
    facing = torch.where(facing.abs() < 1e-9, torch.full_like(facing, 1e-9), facing)
    at = gap / facing
    coming = facing < 0
    enter, which = torch.where(coming, at, -torch.inf).max(dim=-1)
    leave = torch.where(coming, torch.inf, at).amin(dim=-1)
    hit = (enter < leave) & (enter > 0)
    return torch.where(hit, enter, torch.inf), which


def _leave_shell(shell: Tensor, eyes: Tensor, tiles: Tensor) -> tuple[Tensor, Tensor]:
    """Distance and plane through which the rays leave the shell, (B, T, R)."""
    facing = torch.einsum("trc,bqc->btrq", tiles, shell[..., :3])
    gap = shell[..., 3] - torch.einsum("bqc,bc->bq", shell[..., :3], eyes)
    at = torch.where(facing > 1e-9, gap[:, None, None] / facing.clamp(min=1e-9), torch.inf)
    distance, plane = at.min(dim=-1)
    return distance, plane
