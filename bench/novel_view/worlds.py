"""Worlds of `ldm3d_web.worlds` behind the same `cast` as the analytic places."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from bench.novel_view.place import CHUNK, Seen
from ldm3d_web.worlds import render
from ldm3d_web.worlds.packed import Packed, pack
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
        eye = torch.as_tensor(np.asarray(eye_m), dtype=torch.float32)[None]
        tiles = np.resize(rays, (-(-len(rays) // CHUNK) * CHUNK, 3))
        tiles[len(rays) :] = rays[-1]
        rows = torch.as_tensor(tiles.reshape(-1, CHUNK, 3), dtype=torch.float32)
        hits = render.trace(self._packed, eye, rows)
        hits = type(hits)(*(each.reshape(1, -1) for each in hits))
        colour = shade([self.world], self._packed, hits, eye, rows.reshape(-1, 3))[0]
        sky = render.is_sky(self._packed, hits)[0].numpy()[: len(rays)]
        distance = hits.distance[0].numpy()[: len(rays)].astype(np.float64)
        return Seen(colour.numpy()[: len(rays)], np.where(sky, np.inf, distance), sky)


def world_scene(name: str) -> WorldScene:
    """One of WORLDS."""
    return WorldScene(name, sample_world(SEED, WORLDS[name]))
