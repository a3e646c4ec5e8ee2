"""Colour of what the rays met: flat faces under one sun, faceted ground, water, contact shadows, air and sky."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ldm3d_web.worlds.packed import Hits, Packed
from ldm3d_web.worlds.world import FAR_M, World


def shade(worlds: Sequence[World], packed: Packed, hits: Hits, eyes: Tensor, rays: Tensor) -> Tensor:
    """Colours (B, N, 3) in [0, 1] of the hits along rays (N, 3)."""
    return torch.stack([_shade_one(w, b, packed, hits, eyes[b], rays) for b, w in enumerate(worlds)])


def _shade_one(world: World, b: int, packed: Packed, hits: Hits, eye: Tensor, rays: Tensor) -> Tensor:
    like: dict[str, Any] = {"dtype": torch.float32, "device": rays.device}
    light = world.light
    as_tensor = lambda x: torch.as_tensor(np.asarray(x), **like)  # noqa: E731
    distance, solid, face = hits.distance[b], hits.solid[b], hits.face[b]
    colour = sky_colour(world, rays)

    lit = torch.nonzero((solid >= 0) & (distance < 10 * FAR_M)).squeeze(1)
    k, f = solid[lit], face[lit]
    point = eye + rays[lit] * distance[lit, None]
    look = packed.look[b, k]
    flicker = _hash(k * 16.0 + f, world.facet_seed)
    top = point[:, 1] > look[:, 6] * 1.0 + (flicker - 0.5) * 0.35 * (look[:, 6] + 1.6).abs()
    base = torch.where(top[:, None], look[:, 3:6], look[:, 0:3])
    base = base * (0.93 + 0.14 * flicker[:, None])
    shaded = base * _daylight(packed.planes[b, k, f, :3], light, as_tensor)
    shaded = torch.lerp(shaded, base, look[:, 7:8])
    cloud = look[:, 8] > 0.5
    air = (
        torch.exp(-torch.where(cloud, 0.25 * distance[lit], distance[lit]) / light.fog_m) * (1 - look[:, 7])
        + look[:, 7]
    )
    colour[lit] = torch.lerp(colour[lit], shaded, air[:, None])

    ground = torch.nonzero((solid < 0) & (distance < FAR_M)).squeeze(1)
    point = eye + rays[ground] * distance[ground, None]
    plane = face[ground]
    base = as_tensor(world.shell.colours)[plane]
    shaded = (
        base
        * _daylight(-packed.shell[b, plane, :3], light, as_tensor)
        * (0.97 + 0.06 * _hash(plane * 7.0, world.facet_seed)[:, None])
    )
    floor = plane == 0
    shaded[floor] = _floor(world, b, packed, point[floor], rays[ground][floor], distance[ground][floor], as_tensor)
    air = torch.exp(-distance[ground] / light.fog_m) * (1 - (distance[ground] / FAR_M) ** 4)
    colour[ground] = torch.lerp(colour[ground], shaded, air[:, None])
    return colour.clamp(0, 1)


def _daylight(normal: Tensor, light, as_tensor) -> Tensor:
    """Ambient (a little more from above) plus the sun's cosine, (N, 3)."""
    sun = (normal @ as_tensor(light.sun_direction)).clamp(min=0)[:, None]
    sky = 0.85 + 0.25 * normal[:, 1:2]
    return as_tensor(light.ambient) * sky + as_tensor(light.sun_colour) * sun


def sky_colour(world: World, rays: Tensor) -> Tensor:
    """Gradient, glow around the sun, its disc, and stars; (N, 3)."""
    light = world.light
    like: dict[str, Any] = {"dtype": torch.float32, "device": rays.device}
    up = rays[:, 1:2].clamp(0, 1)
    zenith, horizon = torch.tensor(light.zenith, **like), torch.tensor(light.horizon, **like)
    colour = torch.lerp(horizon, zenith, 1 - (1 - up) ** 2.6)
    towards = rays @ torch.as_tensor(light.sun_direction, **like)
    angle = torch.arccos(towards.clamp(-1, 1))[:, None]
    disc = torch.tensor(light.disc_colour, **like)
    colour = torch.lerp(colour, disc, light.glow * torch.exp(-((angle / 0.55) ** 2)))
    if light.disc_radius_rad:
        colour = torch.lerp(colour, disc, ((light.disc_radius_rad - angle) / 0.01 + 0.5).clamp(0, 1))
    if light.stars:
        rng = np.random.default_rng(world.seed)
        stars = rng.normal(size=(90, 3))
        stars /= np.linalg.norm(stars, axis=1, keepdims=True)
        near = (rays @ torch.as_tensor(stars.T, **like)).amax(dim=1, keepdim=True)
        colour = torch.lerp(
            colour, disc, ((0.011 - torch.arccos(near.clamp(-1, 1))) / 0.006).clamp(0, 1) * (rays[:, 1:2] > 0)
        )
    return colour


def _floor(world: World, b: int, packed: Packed, point: Tensor, rays: Tensor, distance: Tensor, as_tensor) -> Tensor:
    """Faceted ground with soft patches, path, water and the contact shadows of what stands on it."""
    shell, light = world.shell, world.light
    x, z = point[:, 0], point[:, 2]
    seed = world.facet_seed
    fx, fz = x + 0.61 * seed, z + 0.83 * seed  # no facet edge runs through the eye
    wave = torch.sin(x / shell.patch_m * 2.1 + seed) + torch.sin(z / shell.patch_m * 1.7 - 2 * seed)
    wave = wave + torch.sin((x + z) / shell.patch_m * 1.3 + 3 * seed)
    patch = (0.5 + 0.45 * wave).clamp(0, 1)[:, None]
    base = torch.lerp(as_tensor(shell.colours[0]), as_tensor(shell.second_floor_colour), patch)
    if shell.path is not None:
        angle, offset_m, half_width, path_colour = shell.path
        beside = (x * np.cos(angle) + z * np.sin(angle) - offset_m).abs()[:, None]
        base = torch.lerp(base, as_tensor(path_colour), ((half_width - beside) / 0.15 + 0.5).clamp(0, 1))
    fade = torch.exp(-distance / 22.0)[:, None]  # facets would alias far away
    base = base * (1 + 0.16 * fade * (_facets(fx, fz, shell.facet_m, seed)[:, None] - 0.5))
    look, centre = packed.look[b], packed.centre[b]
    standing = torch.nonzero(look[:, 9] > 0).squeeze(1)
    if len(standing):
        away = torch.cdist(point[:, [0, 2]], centre[standing][:, [0, 2]]) / look[standing, 9]
        base = base * (1 - 0.45 * torch.exp(-(away**2)).amax(dim=1))[:, None]
    up = torch.zeros_like(point)
    up[:, 1] = 1
    shaded = base * _daylight(up, light, as_tensor)
    if shell.water is not None:
        cx, cz, rx, rz = shell.water
        inside = 1 - ((x - cx) / rx) ** 2 - ((z - cz) / rz) ** 2
        inside = inside + 0.05 * torch.sin(3 * torch.atan2(z - cz, x - cx) + seed)
        wet = ((-inside if shell.water_outside else inside) / 0.03 + 0.5).clamp(0, 1)[:, None]
        mirrored = rays * torch.tensor([1.0, -1.0, 1.0], device=rays.device)
        fresnel = 0.25 + 0.75 * (1 - mirrored[:, 1:2].clamp(0, 1)) ** 4
        water = as_tensor(shell.water_colour) * _daylight(up, light, as_tensor)
        water = torch.lerp(water, sky_colour(world, mirrored) * 0.92, fresnel)
        ripple = 1 + 0.06 * fade * (_facets(fx * 0.5, fz, shell.facet_m, seed + 5)[:, None] - 0.5)
        shaded = torch.lerp(shaded, water * ripple, wet)
    return shaded


def _facets(x: Tensor, z: Tensor, size: float, seed: float) -> Tensor:
    """One random number in [0, 1] for each triangle of a skewed grid."""
    a, c = x / size + 0.37 * z / size, z / size
    upper = ((a - a.floor()) > (c - c.floor())).to(x.dtype)
    return _hash(a.floor() * 3.1 + c.floor() * 57.7 + upper * 11.3, seed)


def _hash(value: Tensor, seed: float) -> Tensor:
    return torch.frac(torch.sin(value * 12.9898 + seed * 4.1) * 43758.5453).abs()
