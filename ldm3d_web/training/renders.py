"""Worlds rendered to be measured against, many at once and kept on disk, since models come and go."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from ldm3d_web.files import make_folder, write_whole
from ldm3d_web.panorama.disparity import from_levels, to_levels
from ldm3d_web.training.shards import render_batch
from ldm3d_web.worlds.world import Description

Part = tuple[np.ndarray, np.ndarray, list[Description]]


@dataclass(frozen=True)
class Renders:
    """rgb: (N, H, W, 3) uint8; disparity: (N, H, W) float32; descriptions of each."""

    rgb: np.ndarray
    disparity: np.ndarray
    descriptions: list[Description]


def renders(
    first_seed: int,
    count: int,
    height: int,
    *,
    supersample: int = 2,
    device: str = "cpu",
    workers: int = 0,
    keep: Path | None = None,
) -> Renders:
    """Worlds by seed, rendered; twice as wide as high.

    workers: processes, one thread each, that share the work. keep: a folder where renders of the same
    worlds are looked for first and left behind.
    """
    file = keep / f"renders-{first_seed}-{count}-{height}-{supersample}.npz" if keep else None
    if file and file.is_file():
        with np.load(file) as kept:
            described = [Description.from_json(each) for each in json.loads(str(kept["descriptions"]))]
            return Renders(kept["rgb"], from_levels(kept["disparity"]), described)
    size = min(8, max(1, 8 * 256**2 // height**2))
    chunks = [
        range(start, min(start + size, first_seed + count)) for start in range(first_seed, first_seed + count, size)
    ]
    work = partial(render_part, height=height, supersample=supersample, device=device)
    rgb, disparity, descriptions = [], [], []
    for part in _each(work, chunks, workers if len(chunks) > 2 * workers else 0):
        rgb.append(part[0])
        disparity.append(part[1])
        descriptions += part[2]
        if len(rgb) % 25 == 0:
            print(f"{len(descriptions)} of {count} worlds rendered", flush=True)
    made = Renders(np.concatenate(rgb), np.concatenate(disparity), descriptions)
    if file:
        stream = io.BytesIO()
        text = json.dumps([each.to_json() for each in descriptions])
        np.savez(stream, rgb=made.rgb, disparity=to_levels(made.disparity), descriptions=np.array(text))
        make_folder(file.parent)
        write_whole(file, stream.getvalue())
    return made


def _each(work: partial[Part], chunks: list[range], workers: int) -> Iterator[Part]:
    if workers < 2:
        yield from map(work, chunks)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=one_thread) as pool:
        yield from pool.map(work, chunks)


def one_thread() -> None:
    """For a process among several: its own work is not shared any further."""
    import torch

    torch.set_num_threads(1)


def render_part(seeds: Sequence[int], *, height: int, supersample: int, device: str) -> Part:
    """Worlds by seed: colours, disparities and descriptions, as in `Renders`."""
    rgb, disparity, worlds = render_batch(seeds, height, 2 * height, supersample, device)
    return rgb, disparity, [world.description for world in worlds]
