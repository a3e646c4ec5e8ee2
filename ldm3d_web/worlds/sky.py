"""The sky: a gradient of three stops, warmer towards the sun, with its disc or the moon's and stars."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from ldm3d_web.worlds.world import World

STARS = 110


def air_colour(world: World, rays: Tensor) -> Tensor:
    """(N, 3): the gradient with the glow around the sun. What is far away fades into this."""
    light = world.light
    like: dict[str, Any] = {"dtype": torch.float32, "device": rays.device}
    zenith, middle, horizon, away, disc = (
        torch.tensor(c, **like) for c in (light.zenith, light.middle, light.horizon, light.away, light.disc)
    )
    sun = torch.as_tensor(light.sun_direction, **like)
    up = rays[:, 1:2].clamp(0, 1)
    flat = torch.nn.functional.normalize(rays[:, [0, 2]], dim=1)
    facing = (flat @ torch.nn.functional.normalize(sun[[0, 2]], dim=0))[:, None]
    low = torch.lerp(away, horizon, _smooth(0.5 + 0.5 * facing))
    colour = torch.lerp(low, middle, _smooth((up / 0.32).clamp(0, 1)))
    colour = torch.lerp(colour, zenith, _smooth(((up - 0.12) / 0.88).clamp(0, 1)))
    if light.glow:
        angle = torch.arccos((rays @ sun).clamp(-1, 1))[:, None]
        near = 0.65 * torch.exp(-((angle / 0.5) ** 2)) + 0.35 * torch.exp(-((angle / 0.16) ** 2))
        colour = torch.lerp(colour, disc, light.glow * near)
    return colour


def sky_colour(world: World, rays: Tensor, air: Tensor) -> Tensor:
    """(N, 3): the air's colour with the disc and the stars in it."""
    light = world.light
    like: dict[str, Any] = {"dtype": torch.float32, "device": rays.device}
    disc = torch.tensor(light.disc, **like)
    colour = air
    if light.stars:
        rng = np.random.default_rng([world.seed, 3])
        stars = rng.normal(size=(STARS, 3))
        stars[:, 1] = np.abs(stars[:, 1])
        stars /= np.linalg.norm(stars, axis=1, keepdims=True)
        size = torch.as_tensor(rng.uniform(0.004, 0.010, STARS), **like)
        away = torch.arccos((rays @ torch.as_tensor(stars.T, **like)).clamp(-1, 1))
        bright = ((size - away) / 0.006 + 0.5).amax(dim=1, keepdim=True).clamp(0, 1)
        colour = torch.lerp(colour, disc, light.stars * bright * (rays[:, 1:2] > 0.04))
    if light.disc_radius_rad:
        angle = torch.arccos((rays @ torch.as_tensor(light.sun_direction, **like)).clamp(-1, 1))[:, None]
        colour = torch.lerp(colour, disc, ((light.disc_radius_rad - angle) / 0.008 + 0.5).clamp(0, 1))
    if light.earth is not None:
        colour = _earth(world, rays, colour)
    return colour


def _earth(world: World, rays: Tensor, colour: Tensor) -> Tensor:
    """The planet above the moon: sea, land and a polar cap, half in its own shade."""
    like: dict[str, Any] = {"dtype": torch.float32, "device": rays.device}
    assert world.light.earth is not None
    *direction, radius = world.light.earth
    middle = torch.tensor(direction, **like)
    right = torch.nn.functional.normalize(torch.linalg.cross(middle, torch.tensor([0.0, 1.0, 0.0], **like)), dim=0)
    up = torch.linalg.cross(right, middle)
    x, y = (rays @ right) / radius, (rays @ up) / radius
    inside = (((1 - torch.hypot(x, y)) * radius / 0.008 + 0.5).clamp(0, 1) * ((rays @ middle) > 0))[:, None]
    seed = world.facet_seed
    land = torch.sin(3.1 * x + 1.7 * torch.sin(2.3 * y + seed) + seed) + torch.sin(4.2 * y - seed + 1.2 * x)
    face = torch.lerp(
        torch.tensor([0.24, 0.52, 0.90], **like),
        torch.tensor([0.46, 0.72, 0.44], **like),
        ((land - 0.35) / 0.25).clamp(0, 1)[:, None],
    )
    face = torch.lerp(face, torch.tensor([0.95, 0.97, 1.0], **like), ((y.abs() - 0.80) / 0.06).clamp(0, 1)[:, None])
    day = ((0.55 - 0.9 * x + 0.5 * y) / 0.8).clamp(0.12, 1)[:, None]
    return torch.lerp(colour, face * day, inside)


def _smooth(x: Tensor) -> Tensor:
    return x * x * (3 - 2 * x)
