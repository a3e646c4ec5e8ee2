"""Worlds of `ldm3d_web.worlds` behind the same `cast` as the analytic places."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from bench.novel_view.place import CHUNK, Seen
from ldm3d_web.worlds import render
from ldm3d_web.worlds.packed import Hits, Packed, pack
from ldm3d_web.worlds.places import sample_world
from ldm3d_web.worlds.shade import shade
from ldm3d_web.worlds.world import World

SEED = 5
WORLDS = {"world-village": "village", "world-forest": "forest", "world-room": "room"}


@dataclass(frozen=True)
class WorldScene:
    """name: as asked for; world: what is in it."""

    name: str
    world: World

    @cached_property
    def _packed(self) -> Packed:
        return pack([self.world], "cpu")

    def cast(self, eye_m: np.ndarray, rays: np.ndarray) -> Seen:
        """As `place.Scene` says."""
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # the tensors are small: beside other work, threads that wait for each other cost most
        try:
            return self._cast(np.asarray(eye_m), rays)
        finally:
            torch.set_num_threads(threads)

    def _cast(self, eye_m: np.ndarray, rays: np.ndarray) -> Seen:
        eye = torch.as_tensor(eye_m, dtype=torch.float32)[None]
        count = len(rays)
        tiles = np.concatenate([rays, np.repeat(rays[-1:], -count % CHUNK, axis=0)])
        rows = torch.as_tensor(tiles.reshape(-1, CHUNK, 3), dtype=torch.float32)
        hits = Hits(*(each.reshape(1, -1) for each in render.trace(self._packed, eye, rows)))
        colour = shade([self.world], self._packed, hits, eye, rows.reshape(-1, 3))[0, :count].numpy()
        sky = render.is_sky(self._packed, hits)[0, :count].numpy()
        distance = hits.distance[0, :count].numpy().astype(np.float64)
        return Seen(colour, np.where(sky, np.inf, distance), sky)


def world_scene(name: str) -> WorldScene:
    """One of WORLDS."""
    return WorldScene(name, sample_world(SEED, WORLDS[name]))
