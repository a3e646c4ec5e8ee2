"""Maps of the floor, made once a world: where the sun does not reach, and how open each spot is to the sky.

A map is a square of texels, fine near the eye's origin and coarse far out. The sun's map is traced from the sun: for
each spot of the floor, how far up towards the sun the first solid is met; any point above that spot (along the sun's
direction) is in its shadow when it lies below. So shadows are the same from every eye, and their edges are soft.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from ldm3d_web.worlds.packed import Packed
from ldm3d_web.worlds.trace import Rows, trace
from ldm3d_web.worlds.world import EYE_HEIGHT_M, World

SUN_TEXELS, SKY_TEXELS = 304, 144
REACH_M = 44.0
_BEND = 3.2  # how much finer the middle is
_TILE = 16


class FloorMaps(NamedTuple):
    """sun_top: (S, S) metres from the floor towards the sun to the farthest solid, -1 where none; sun_solid: which.

    open_sky: (S', S') in [0, 1], 1 where nothing stands above or beside.
    """

    sun_top: Tensor
    sun_solid: Tensor
    sun_floor: Tensor
    open_sky: Tensor


def floor_maps(world: World, packed: Packed, b: int) -> FloorMaps:
    """Traces both maps of the world b of a batch."""
    near = (packed.centre[b].norm(dim=-1) - packed.radius[b]) < REACH_M
    casting = packed.radius[b] * (near & (packed.look[b, :, 9] > 0.5))
    one = packed._replace(
        planes=packed.planes[b : b + 1], faces=packed.faces[b : b + 1], centre=packed.centre[b : b + 1],
        radius=casting[None], look=packed.look[b : b + 1], shell=packed.shell[b : b + 1],
    )  # fmt: skip
    towards = torch.as_tensor(world.light.sun_direction, dtype=torch.float32, device=casting.device)
    start = 45.0 / float(towards[1])
    distance, solid = _cast(one, SUN_TEXELS, towards * start, -towards)
    top = torch.where(solid >= 0, start - distance, torch.full_like(distance, -1.0))
    below = torch.tensor([0.0, -4.0, 0.0], device=casting.device)
    height, _ = _cast(one, SKY_TEXELS, below, torch.tensor([0.0, 1.0, 0.0], device=casting.device))
    covered = torch.exp(-((height - 4.0).clamp(min=0) / 0.7))
    smooth = _blurred(covered, 3)
    return FloorMaps(
        top, solid, _blurred((solid < 0).float(), 3), (1 - 0.42 * smooth - 0.2 * _blurred(smooth, 7)).clamp(0, 1)
    )


def _cast(one: Packed, texels: int, shift: Tensor, ray: Tensor) -> tuple[Tensor, Tensor]:
    line = (torch.arange(texels, device=shift.device) + 0.5) / texels * 2 - 1
    line = torch.sinh(line * _BEND) * (REACH_M / math.sinh(_BEND))
    z, x = torch.meshgrid(line, line, indexing="ij")
    points = torch.stack([x, torch.full_like(x, -EYE_HEIGHT_M), z], dim=-1) + shift
    n = texels // _TILE
    rows = points.reshape(n, _TILE, n, _TILE, 3).transpose(1, 2).reshape(n * n, _TILE * _TILE, 3)
    world = torch.zeros(len(rows), dtype=torch.int64, device=shift.device)
    hits = trace(one, Rows(world, rows, ray.expand(len(rows), 1, 3)), shell=False)
    whole = [x.reshape(n, n, _TILE, _TILE).transpose(1, 2).reshape(texels, texels) for x in hits[:2]]
    return whole[0], whole[1]


def _blurred(field: Tensor, width: int) -> Tensor:
    for _ in range(2):
        field = torch.nn.functional.avg_pool2d(
            torch.nn.functional.pad(field[None, None], [width // 2] * 4, mode="replicate"), width, stride=1
        )[0, 0]
    return field


def _texel(metres: Tensor, texels: int) -> Tensor:
    return (torch.asinh(metres * (math.sinh(_BEND) / REACH_M)) / _BEND + 1) * (texels / 2) - 0.5


def sunlit(maps: FloorMaps, light_direction: Tensor, point: Tensor, solid: Tensor) -> Tensor:
    """(N,) in [0, 1]: how much of the sun reaches points (N, 3) on solids (N,)."""
    up = (point[:, 1] + EYE_HEIGHT_M).clamp(min=0) / light_direction[1]
    size = maps.sun_top.shape[0]
    i = _texel(point[:, 2] - light_direction[2] * up, size)
    j = _texel(point[:, 0] - light_direction[0] * up, size)
    inside = ((i > 2) & (i < size - 3) & (j > 2) & (j < size - 3)).to(point.dtype)
    i, j = i.clamp(1, size - 2), j.clamp(1, size - 2)
    i0, j0 = i.round(), j.round()
    wi, wj = _spline(i - i0), _spline(j - j0)
    base = (i0 * size + j0).long()
    top, owner = maps.sun_top.reshape(-1), maps.sun_solid.reshape(-1)
    dark = torch.zeros_like(up)
    for a in (-1, 0, 1):
        for c in (-1, 0, 1):
            at = base + (a * size + c)
            dark = dark + wi[a + 1] * wj[c + 1] * ((top[at] > up + 0.03) & (owner[at] != solid))
    return 1 - dark * inside


def sunlit_floor(maps: FloorMaps, x: Tensor, z: Tensor) -> Tensor:
    """(N,) in [0, 1]: how much of the sun reaches the floor at x, z."""
    return _sampled(maps.sun_floor, x, z)


def openness(maps: FloorMaps, x: Tensor, z: Tensor) -> Tensor:
    """(N,) how open the floor is at x, z."""
    return _sampled(maps.open_sky, x, z)


def _spline(off: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Weights of the texels before, at and after, for an offset in [-0.5, 0.5]: smooth in between."""
    return 0.5 * (0.5 - off) ** 2, 0.75 - off**2, 0.5 * (0.5 + off) ** 2


def _sampled(field: Tensor, x: Tensor, z: Tensor) -> Tensor:
    size = field.shape[0]
    i, j = _texel(z, size).clamp(0, size - 1.001), _texel(x, size).clamp(0, size - 1.001)
    i0, j0 = i.floor(), j.floor()
    di, dj = i - i0, j - j0
    flat, at = field.reshape(-1), (i0 * size + j0).long()
    left = flat[at] * (1 - di) + flat[at + size] * di
    right = flat[at + 1] * (1 - di) + flat[at + size + 1] * di
    return left * (1 - dj) + right * dj
