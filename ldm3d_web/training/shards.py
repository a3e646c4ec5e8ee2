"""Worlds rendered to disk: what the autoencoder, the text encoder and the denoiser learn from.

A shard is a folder ``<first seed>`` with ``rgb.npy`` (N, H, W, 3) uint8, ``disparity.npy`` (N, H, W) uint16 and
``worlds.json``: ``seeds``, ``tags`` and, for each world, a ``description`` to make captions from, or fixed
``captions``. It is written beside and renamed when whole, so a folder that exists is finished and is skipped when the
command is run again. World ``i`` of a data set always has seed ``first_seed + i``, whatever the shard size.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ldm3d_web.errors import InvalidInput
from ldm3d_web.panorama import disparity as disparity_of
from ldm3d_web.training.saying import Saying
from ldm3d_web.worlds.world import FAR_M, NEAR_M

if TYPE_CHECKING:
    import torch

SHARD_SIZE = 32


@dataclass(frozen=True)
class Shards:
    """All shards of a folder as one data set; the pictures stay on disk (memory-mapped) until they are read.

    sayings[i] is what can be said of world i, tags[i] its labels by name (a word or a list), seeds[i] its seed.
    """

    rgb: list[np.ndarray]
    disparity: list[np.ndarray]
    sayings: list[Saying]
    tags: list[dict[str, Any]]
    seeds: list[int]
    where: list[tuple[int, int]]

    def __len__(self) -> int:
        return len(self.where)

    @property
    def height(self) -> int:
        return self.rgb[0].shape[1]

    @property
    def width(self) -> int:
        return self.rgb[0].shape[2]

    def windows(self, count: int, height: int, width: int, generator: torch.Generator) -> torch.Tensor:
        """Random windows of random worlds, half of them mirrored: (count, 4, height, width). See `Source`."""
        import torch

        pictures = []
        for _ in range(count):
            index, row, column, mirror = (
                int(torch.randint(bound, (), generator=generator))
                for bound in (len(self), self.height - height + 1, self.width, 2)
            )
            picture = self.rgbd(index, row=row, column=column, height=height, width=width)
            pictures.append(picture[..., ::-1] if mirror else picture)
        return torch.from_numpy(np.stack(pictures))

    def look(self, count: int) -> torch.Tensor:
        """At most ``count`` whole worlds from all over the data set: (count, 4, H, W) in [-1, 1]."""
        import torch

        chosen = np.linspace(0, len(self) - 1, num=min(count, len(self)), dtype=int)
        return torch.from_numpy(np.stack([self.rgbd(int(index)) for index in chosen]))

    def rgbd(self, index: int, *, row: int = 0, column: int = 0, height: int = 0, width: int = 0) -> np.ndarray:
        """A window of world ``index`` that starts at a row and a column and may run across the wrap.

        Returns (4, height, width) float32 in [-1, 1]: red, green, blue, disparity. No height or width: all of it.
        """
        shard, place = self.where[index]
        rows = slice(row, row + (height or self.height))
        columns = np.arange(column, column + (width or self.width)) % self.width
        rgb = self.rgb[shard][place, rows][:, columns].astype(np.float32) / 127.5 - 1
        disparity = disparity_of.from_levels(self.disparity[shard][place, rows][:, columns]) * 2 - 1
        return np.concatenate([rgb.transpose(2, 0, 1), disparity[None]])


def open_shards(folder: Path) -> Shards:
    """Opens every finished shard in a folder. Raises InvalidInput when there is none or their sizes differ."""
    found = sorted(path for path in Path(folder).glob("*") if (path / "worlds.json").is_file() and path.name.isdigit())
    if not found:
        raise InvalidInput(f"No shards of worlds in {folder}: render some with the command `train shards` first.")
    rgb = [np.load(path / "rgb.npy", mmap_mode="r") for path in found]
    disparity = [np.load(path / "disparity.npy", mmap_mode="r") for path in found]
    if len({block.shape[1:] for block in rgb}) > 1:
        raise InvalidInput(f"The shards in {folder} have different picture sizes; keep each size in its own folder.")
    sayings: list[Saying] = []
    tags: list[dict[str, Any]] = []
    seeds: list[int] = []
    where: list[tuple[int, int]] = []
    for number, path in enumerate(found):
        texts = json.loads((path / "worlds.json").read_text())
        sayings += _sayings(path, texts)
        tags += texts["tags"]
        seeds += texts["seeds"]
        where += [(number, place) for place in range(len(texts["seeds"]))]
    return Shards(rgb, disparity, sayings, tags, seeds, where)


def _sayings(path: Path, texts: dict[str, Any]) -> list[Saying]:
    """Of each world in a shard's worlds.json. Raises InvalidInput where there is neither kind for each."""
    from ldm3d_web.worlds.world import Description

    count = len(texts["seeds"])
    captions, described = (texts.get(name) or [None] * count for name in ("captions", "descriptions"))
    if len(captions) != count or len(described) != count:
        raise InvalidInput(f"{path.name}/worlds.json has {count} seeds, but not as many captions or descriptions.")
    return [
        Saying(said or (), Description.from_json(known) if known else None)
        for said, known in zip(captions, described, strict=True)
    ]


def render_batch(
    seeds: Sequence[int], height: int, width: int, supersample: int = 1, device: str = "cpu"
) -> tuple[np.ndarray, np.ndarray, list]:
    """Renders worlds by seed: rgb (N, H, W, 3) uint8, disparity (N, H, W) float32, and the worlds.

    With ``supersample`` k the colours are means of k x k rays. The distance is always that of the one ray through the
    pixel's centre: a mean of near and far would be a surface that is not there.
    """
    from ldm3d_web.worlds import sample_world
    from ldm3d_web.worlds.render import render

    worlds = [sample_world(seed) for seed in seeds]
    rgb, distance_m, sky = render(worlds, height, width, supersample=supersample, device=device)
    return rgb, disparity_of.to_disparity(distance_m, NEAR_M, FAR_M, sky), worlds


def write_shards(
    folder: Path,
    count: int,
    first_seed: int,
    *,
    height: int = 256,
    width: int = 512,
    supersample: int = 1,
    batch: int = 8,
    device: str = "cpu",
    on_shard: Callable[[int, int], None] = lambda done, count: None,
) -> None:
    """Renders ``count`` worlds from ``first_seed`` on into a folder and leaves the shards that are already there.

    ``on_shard(done, count)`` is called after each shard with the number of worlds that are on disk.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    done = 0
    for first, size in _plan(count, first_seed):
        if not (folder / f"{first:08d}").exists():
            seeds = range(first, first + size)
            _write_shard(folder / f"{first:08d}", seeds, height, width, supersample, batch, device)
        done += size
        on_shard(done, count)


def _plan(count: int, first_seed: int) -> Iterator[tuple[int, int]]:
    for start in range(0, count, SHARD_SIZE):
        yield first_seed + start, min(SHARD_SIZE, count - start)


def _write_shard(path: Path, seeds: range, height: int, width: int, supersample: int, batch: int, device: str) -> None:
    rgb, disparity, tags, described = [], [], [], []
    for start in range(0, len(seeds), batch):
        chunk = list(seeds[start : start + batch])
        colours, relative, worlds = render_batch(chunk, height, width, supersample, device)
        rgb.append(colours)
        disparity.append(disparity_of.to_levels(relative))
        tags += [dict(world.tags) for world in worlds]
        described += [world.description.to_json() for world in worlds]
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.mkdir()
    try:
        np.save(unfinished / "rgb.npy", np.concatenate(rgb))
        np.save(unfinished / "disparity.npy", np.concatenate(disparity))
        texts = {"seeds": list(seeds), "descriptions": described, "tags": tags}
        (unfinished / "worlds.json").write_text(json.dumps(texts))
        unfinished.rename(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
