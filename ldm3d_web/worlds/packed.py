"""Worlds as padded tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ldm3d_web.worlds.world import MAX_FACES, World


class Packed(NamedTuple):
    """Worlds as padded tensors: B worlds, K solids, F faces, Q shell planes."""

    planes: Tensor  # (B, K, F, 4)
    faces: Tensor  # (B, K) int64, how many of the planes count
    centre: Tensor  # (B, K, 3)
    radius: Tensor  # (B, K), 0 where there is no solid
    look: Tensor  # (B, K, 10): colour, top colour, split, glow, sky, casts
    shell: Tensor  # (B, Q, 4)


def pack(worlds: Sequence[World], device: str | torch.device) -> Packed:
    """Worlds as tensors on a device; missing solids have radius 0, missing faces and planes never cut."""
    count = max(1, *(len(w.solids) for w in worlds))
    shells = max(len(w.shell.planes) for w in worlds)
    planes = np.zeros((len(worlds), count, MAX_FACES, 4))
    planes[..., 3] = 1e6  # a plane that never cuts
    planes[..., 1] = 1.0
    faces = np.zeros((len(worlds), count), np.int64)
    centre, radius = np.zeros((len(worlds), count, 3)), np.zeros((len(worlds), count))
    look = np.zeros((len(worlds), count, 10))
    shell = np.zeros((len(worlds), shells, 4))
    shell[..., 1], shell[..., 3] = 1.0, 1e6
    for b, world in enumerate(worlds):
        shell[b, : len(world.shell.planes)] = world.shell.planes
        for k, s in enumerate(world.solids):
            planes[b, k, : len(s.planes)] = s.planes
            faces[b, k], centre[b, k], radius[b, k] = len(s.planes), s.centre, s.radius_m
            look[b, k] = [*s.colour, *(s.top_colour or s.colour), s.split_m, s.glow, s.sky, s.casts]
    floats = [torch.as_tensor(x, dtype=torch.float32, device=device) for x in (planes, centre, radius, look, shell)]
    return Packed(floats[0], torch.as_tensor(faces, device=device), *floats[1:])
