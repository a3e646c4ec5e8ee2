"""Colour of what rays met: flat faces under a sun that throws shadows, sky and bounced light, lamps, water and air."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ldm3d_web.worlds.floormap import FloorMaps, floor_maps, openness, sunlit, sunlit_floor
from ldm3d_web.worlds.ground import floor_paint
from ldm3d_web.worlds.packed import Packed, pack
from ldm3d_web.worlds.sky import air_colour, sky_colour
from ldm3d_web.worlds.trace import Hits, Rows, trace
from ldm3d_web.worlds.world import EYE_HEIGHT_M, FAR_M, World

_ROW = 128  # reflected rays in a row


class Stage(NamedTuple):
    """Worlds, ready for rays."""

    worlds: Sequence[World]
    packed: Packed
    maps: list[FloorMaps]


def stage(worlds: Sequence[World], device: str | torch.device) -> Stage:
    """Packs worlds and traces their floor maps."""
    packed = pack(worlds, device)
    return Stage(worlds, packed, [floor_maps(world, packed, b) for b, world in enumerate(worlds)])


def shade(on: Stage, b: int, origins: Tensor, rays: Tensor, hits: Hits, *, mirrors: bool = True) -> Tensor:
    """Colours (N, 3) in [0, 1] of the hits (N,) of rays (N, 3) from origins (N, 3) in world b."""
    world, packed = on.worlds[b], on.packed
    distance, solid = hits.distance, hits.solid
    air = air_colour(world, rays)
    colour = air.clone()
    empty = torch.nonzero((solid < 0) & (distance >= FAR_M)).squeeze(1)
    colour[empty] = sky_colour(world, rays[empty], air[empty])
    met = torch.nonzero(solid >= 0).squeeze(1)
    if len(met):
        point = origins[met] + rays[met] * distance[met, None]
        lit, thin = _solids(on, b, point, solid[met], hits.face[met])
        reach = distance[met] * (1 - 0.75 * packed.look[b, solid[met], 8])
        clear = torch.exp(-reach / world.light.fog_m)
        colour[met] = torch.lerp(air[met], lit, (clear + (1 - clear) * 0.7 * thin)[:, None])
    ground = torch.nonzero((solid < 0) & (distance < FAR_M)).squeeze(1)
    if len(ground):
        point = origins[ground] + rays[ground] * distance[ground, None]
        lit = _shell(on, b, point, rays[ground], distance[ground], hits.face[ground], mirrors)
        clear = torch.exp(-distance[ground] / world.light.fog_m) * (1 - (distance[ground] / FAR_M) ** 4)
        colour[ground] = torch.lerp(air[ground], lit, clear[:, None])
    return colour.clamp(0, 1)


def _light(on: Stage, b: int, point: Tensor, normal: Tensor, sun: Tensor, open_sky: Tensor) -> Tensor:
    """Light on points (N, 3): sun (how much of it is not hidden), sky and ground, lamps."""
    world = on.worlds[b]
    light, like = world.light, _like(point)
    sun_at = torch.as_tensor(np.asarray(light.sun_direction), **like)
    facing = (normal @ sun_at).clamp(min=0) * sun
    half = 0.5 + 0.5 * normal[:, 1:2]
    above, below = torch.tensor(light.above, **like), torch.tensor(light.below, **like)
    # A weak light from the sun's right: faces in shadow still tell their slopes apart.
    fill = torch.nn.functional.normalize(torch.stack([-sun_at[2], sun_at[1] * 0.3, sun_at[0]]), dim=0)
    ambient = torch.lerp(below, above, half) * (0.94 + 0.12 * (normal @ fill)[:, None]) * open_sky[:, None]
    total = ambient + torch.tensor(light.sun, **like) * facing[:, None]
    for lamp in world.lamps:
        to = torch.tensor(lamp.at, **like) - point
        away = to.norm(dim=1).clamp(min=1e-3)
        cosine = ((to * normal).sum(1) / away).clamp(min=0) * 0.8 + 0.2
        total = total + torch.tensor(lamp.colour, **like) * (cosine / (1 + (away / lamp.reach_m) ** 2) ** 1.5)[:, None]
    return total


def _solids(on: Stage, b: int, point: Tensor, solid: Tensor, face: Tensor) -> tuple[Tensor, Tensor]:
    """Colours (N, 3) of points on solids before the air, and how much they glow (N,)."""
    world, packed = on.worlds[b], on.packed
    like = _like(point)
    look, normal = packed.look[b, solid], packed.planes[b, solid, face, :3]
    flicker = _hash(solid * 16.0 + face, world.facet_seed)
    rise = (look[:, 6] + EYE_HEIGHT_M).abs()
    top = point[:, 1] > look[:, 6] + (flicker - 0.5) * 0.35 * rise
    base = torch.where(top[:, None], look[:, 3:6], look[:, 0:3]) * (0.955 + 0.09 * flicker[:, None])
    height = (point[:, 1] + EYE_HEIGHT_M).clamp(min=0)
    open_sky = 1 - 0.38 * torch.exp(-height / 0.45)
    sun_at = torch.as_tensor(np.asarray(world.light.sun_direction), **like)
    faces_sun = torch.nonzero((normal @ sun_at > 0) & (look[:, 8] < 0.5)).squeeze(1)
    sun = torch.zeros_like(height)
    sun[faces_sun] = sunlit(on.maps[b], sun_at, point[faces_sun], solid[faces_sun])
    lit = base * _light(on, b, point, normal, sun, open_sky)
    cloud = look[:, 8] > 0.5
    if cloud.any():
        bright = (0.5 + 0.45 * (normal[cloud] @ sun_at) + 0.35 * normal[cloud, 1]).clamp(0, 1)[:, None]
        lit[cloud] = torch.lerp(look[cloud, 3:6], look[cloud, 0:3], bright)
    return torch.lerp(lit, base, look[:, 7:8]), look[:, 7]


def _shell(on: Stage, b: int, point: Tensor, rays: Tensor, away: Tensor, plane: Tensor, mirrors: bool) -> Tensor:
    """Colours (N, 3) of points on the floor, walls and ceiling before the air."""
    world, packed, like = on.worlds[b], on.packed, _like(point)
    base = torch.as_tensor(np.asarray(world.shell.colours), **like)[plane]
    floor = torch.nonzero(plane == 0).squeeze(1)
    x, z = point[floor, 0], point[floor, 2]
    paint, water, glow = floor_paint(world, x, z, away[floor])
    base[floor] = paint
    open_sky = torch.ones_like(away)
    open_sky[floor] = openness(on.maps[b], x, z)
    sun = torch.ones_like(away)
    sun[floor] = sunlit_floor(on.maps[b], x, z)
    lit = base * _light(on, b, point, -packed.shell[b, plane, :3], sun, open_sky)
    shining = torch.zeros_like(away)
    shining[floor] = glow
    lit = torch.lerp(lit, base, shining[:, None])
    wet = torch.nonzero(water > 0.01).squeeze(1)
    if len(wet):
        at = floor[wet]
        ray = rays[at] * torch.tensor([1.0, -1.0, 1.0], **like)
        fresnel = 0.18 + 0.74 * (1 - ray[:, 1:2].clamp(0, 1)) ** 3
        seen = _mirrored(on, b, point[at], ray) if mirrors else air_colour(world, ray)
        share = fresnel * water[wet, None]
        lit[at] = torch.lerp(lit[at], seen * 0.94, share)
    return lit


def _mirrored(on: Stage, b: int, origins: Tensor, rays: Tensor) -> Tensor:
    """Colours (N, 3) along rays that leave the water."""
    count = len(rays)
    pad = -count % _ROW
    index = torch.cat([torch.arange(count, device=rays.device), torch.full((pad,), count - 1, device=rays.device)])
    world = torch.full((len(index) // _ROW,), b, dtype=torch.int64, device=rays.device)
    rows = Rows(world, origins[index].reshape(-1, _ROW, 3), rays[index].reshape(-1, _ROW, 3))
    found = trace(on.packed, rows, shell=False)
    hits = Hits(*(each.reshape(-1)[:count] for each in found))
    return shade(on, b, origins, rays, hits, mirrors=False)


def _hash(value: Tensor, seed: float) -> Tensor:
    return torch.frac(torch.sin(value * 12.9898 + seed * 4.1) * 43758.5453).abs()


def _like(tensor: Tensor) -> dict[str, Any]:
    return {"dtype": torch.float32, "device": tensor.device}
