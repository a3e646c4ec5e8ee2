"""Worlds of `ldm3d_web.worlds` behind the same `cast` as the analytic places."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from bench.novel_view.place import CHUNK, Seen
from ldm3d_web.worlds import render
from ldm3d_web.worlds.places import sample_world
from ldm3d_web.worlds.shade import Stage, stage
from ldm3d_web.worlds.world import World

SEED = 5
WORLDS = {"world-village": "village", "world-forest": "forest", "world-room": "room"}


@dataclass(frozen=True)
class WorldScene:
    """name: as asked for; world: what is in it."""

    name: str
    world: World

    @cached_property
    def _stage(self) -> Stage:
        return stage([self.world], "cpu")

    def cast(self, eye_m: np.ndarray, rays: np.ndarray) -> Seen:
        """As `place.Scene` says."""
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # the tensors are small: beside other work, threads that wait for each other cost most
        try:
            ahead = torch.as_tensor(np.ascontiguousarray(rays), dtype=torch.float32)
            colour, distance, sky = render.cast(self._stage, eye_m.tolist(), ahead, row=CHUNK)
        finally:
            torch.set_num_threads(threads)
        far = sky.numpy()
        return Seen(colour.numpy(), np.where(far, np.inf, distance.numpy().astype(np.float64)), far)


def world_scene(name: str) -> WorldScene:
    """One of WORLDS."""
    return WorldScene(name, sample_world(SEED, WORLDS[name]))
