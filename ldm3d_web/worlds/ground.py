"""The floor's colour: soft islands of a second colour, and features (paths, shores, water) with soft edges."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ldm3d_web.worlds.world import Oval, Strip, World


def floor_paint(world: World, x: Tensor, z: Tensor, away: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Paint (N, 3) at x, z; how much of it is water (N,), and how much glows by itself (N,).

    away: distance from the eye; edges soften with it, or they would flicker.
    """
    shell, seed = world.shell, world.facet_seed
    like: dict[str, Any] = {"dtype": torch.float32, "device": x.device}
    wave = torch.sin(x / shell.patch_m * 2.1 + seed + torch.sin(z / shell.patch_m + seed))
    wave = wave + torch.sin(z / shell.patch_m * 1.7 - 2 * seed + torch.sin(1.3 * x / shell.patch_m))
    wave = wave + 0.6 * torch.sin((x + z) / shell.patch_m * 1.3 + 3 * seed)
    soft = _softness(0.25, away) / shell.patch_m + 0.12
    island = (wave / (2 * soft) + 0.5 - 0.15 / soft).clamp(0, 1)
    colour = torch.lerp(
        torch.tensor(tuple(shell.colours[0]), **like),
        torch.tensor(shell.second, **like),
        _smooth(island)[:, None] * torch.exp(-away / 45)[:, None] * 0.9,
    )
    water, glow = torch.zeros_like(x), torch.zeros_like(x)
    for feature in shell.features:
        inside = _inside(feature.shape, x, z, seed)
        soft = _softness(feature.soft_m, away)
        if feature.rim is not None:
            rim = _smooth(((inside + feature.rim_m) / soft + 0.5).clamp(0, 1))[:, None]
            colour = torch.lerp(colour, torch.tensor(feature.rim, **like), rim)
        mask = _smooth((inside / soft + 0.5).clamp(0, 1))
        colour = torch.lerp(colour, torch.tensor(feature.colour, **like), mask[:, None])
        water = torch.where(mask > 0, mask if feature.material == "water" else water * (1 - mask), water)
        glow = torch.where(mask > 0, mask if feature.material == "glow" else glow * (1 - mask), glow)
    return colour, water, glow


def _softness(least_m: float, away: Tensor) -> Tensor:
    return least_m + 0.006 * away + 0.0012 * away**2


def _inside(shape: Strip | Oval, x: Tensor, z: Tensor, seed: float) -> Tensor:
    """Metres (about) inside the edge, negative outside."""
    if isinstance(shape, Strip):
        angle = torch.tensor(shape.angle, dtype=torch.float32, device=x.device)
        ahead = x * torch.sin(angle) - z * torch.cos(angle)
        beside = x * torch.cos(angle) + z * torch.sin(angle) - shape.offset_m
        phase = torch.tensor(shape.phase, dtype=torch.float32, device=x.device)
        beside = beside - shape.swing_m * (torch.sin(ahead / shape.wave_m + phase) - torch.sin(phase))
        across = shape.half_width_m - beside.abs()
        return torch.minimum(across, torch.minimum(ahead - shape.start_m, shape.end_m - ahead))
    dx, dz = (x - shape.x) / shape.rx, (z - shape.z) / shape.rz
    turn = torch.atan2(dz, dx)
    edge = 1 + shape.wobble * (torch.sin(3 * turn + seed) + 0.6 * torch.sin(5 * turn - 2 * seed))
    inside = (edge - torch.hypot(dx, dz)) * min(shape.rx, shape.rz)
    return -inside if shape.outside else inside


def _smooth(x: Tensor) -> Tensor:
    return x * x * (3 - 2 * x)
