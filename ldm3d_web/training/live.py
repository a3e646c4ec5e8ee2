"""Worlds rendered while a network trains on them: nothing is written, and no world is seen often.

Worlds are drawn and rendered by other processes, on the training's own device, some batches ahead of what is asked
for: most of a world's time is Python's, and processes do not wait for each other. For a GPU; two processor cores are
better spent on shards, rendered once.

Which worlds a run sees depends on the machine's speed, so a run on live worlds cannot be repeated exactly; one on
shards can. Seeds lie in `TRAINING_SEEDS`, from which nothing is held out.
"""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from itertools import islice
from multiprocessing import get_context

import torch

from ldm3d_web.training.renders import Part, one_thread, render_part
from ldm3d_web.training.saying import Saying

TRAINING_SEEDS = range(10_000_000)  # held-out worlds have seeds from 20,000,000 on


class Renderer:
    """Renders worlds by seed in batches, ahead of what is asked for. Close it, or use it as a context."""

    def __init__(
        self, height: int, *, supersample: int = 2, batch: int = 8, workers: int = 0, device: str = "cpu"
    ) -> None:
        """height: pixels; the width is twice that. workers: processes that render; 0 for none but this one."""
        self.height, self.width = height, 2 * height
        self.batch, self.device = batch, device
        self._work = partial(render_part, height=height, supersample=supersample, device=device)
        self._ahead = 2 * workers
        self._workers = (
            ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=one_thread) if workers else None
        )

    def __enter__(self) -> Renderer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the processes."""
        if self._workers:
            self._workers.shutdown(wait=False, cancel_futures=True)

    def render(self, seeds: Iterator[int] | Sequence[int]) -> Iterator[tuple[torch.Tensor, list[Saying]]]:
        """Batches of worlds, in the order of their seeds: pictures (n, 4, H, W) in [-1, 1] on the device, and what can
        be said of them. The fourth channel is disparity."""
        for rgb, disparity, descriptions in self._rendered(iter(seeds)):
            colours = torch.from_numpy(rgb).to(self.device).permute(0, 3, 1, 2).float() / 127.5 - 1
            depth = torch.from_numpy(disparity).to(self.device)[:, None] * 2 - 1
            yield torch.cat([colours, depth], dim=1), [Saying(description=each) for each in descriptions]

    def _rendered(self, seeds: Iterator[int]) -> Iterator[Part]:
        if self._workers is None:
            while chunk := list(islice(seeds, self.batch)):
                yield self._work(chunk)
            return
        waiting: deque[Future[Part]] = deque()
        while True:
            while len(waiting) < self._ahead and (chunk := list(islice(seeds, self.batch))):
                waiting.append(self._workers.submit(self._work, chunk))
            if not waiting:
                return
            yield waiting.popleft().result()


class LiveWorlds:
    """A `Source` that never ends: a pool of rendered worlds, whose oldest give way once they were seen a few times.

    Use it as a context; the thread that renders ends with it.
    """

    def __init__(self, renderer: Renderer, *, pool: int, uses: int = 8, seeds: range = TRAINING_SEEDS) -> None:
        """pool: worlds in memory, 0.9 MB each at 512×256. uses: windows drawn of each world before the next comes."""
        self.renderer, self.height, self.width = renderer, renderer.height, renderer.width
        self.uses, self.pool = uses, pool
        size = (self.height, self.width)
        self._rgb = torch.zeros((pool, 3, *size), dtype=torch.uint8, device=renderer.device)
        self._disparity = torch.zeros((pool, 1, *size), device=renderer.device)
        self._rendered, self._drawn = 0, 0
        self._changed = threading.Condition()
        self._closed = False
        self._fault: Exception | None = None
        self._seeds = seeds
        self._thread = threading.Thread(target=self._fill, name="live-worlds", daemon=True)

    def __enter__(self) -> LiveWorlds:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()
        self.renderer.close()

    def windows(self, count: int, height: int, width: int, generator: torch.Generator) -> torch.Tensor:
        """Random windows of the pool's worlds: (count, 4, height, width) on the device. See `Source`."""
        with self._changed:
            self._changed.wait_for(lambda: self._fault or self._rendered >= min(self.pool, 4 * count))
            if self._fault:
                raise self._fault
            self._drawn += count
            there = min(self._rendered, self.pool)
            self._changed.notify_all()
        device = self._rgb.device
        which, rows, columns, mirrored = (
            torch.randint(bound, (count, 1, 1, 1), generator=generator).to(device)
            for bound in (there, self.height - height + 1, self.width, 2)
        )
        down = rows + torch.arange(height, device=device)[None, None, :, None]
        along = torch.arange(width, device=device)[None, None, None, :]
        along = (columns + torch.where(mirrored > 0, width - 1 - along, along)) % self.width
        rgb = self._rgb[which, torch.arange(3, device=device)[None, :, None, None], down, along]
        disparity = self._disparity[which, torch.zeros_like(which), down, along]
        return torch.cat([rgb.float() / 127.5 - 1, disparity * 2 - 1], dim=1)

    def look(self, count: int) -> torch.Tensor:
        """The pool's first worlds of now: (at most count, 4, H, W) in [-1, 1]."""
        there = min(count, self._rendered, self.pool)
        return torch.cat([self._rgb[:there].float() / 127.5 - 1, self._disparity[:there] * 2 - 1], dim=1)

    def _fill(self) -> None:
        chance = random.Random()
        seeds = iter(lambda: chance.choice(self._seeds), None)  # for ever
        try:
            for pictures, _ in self.renderer.render(seeds):
                with self._changed:
                    slots = [(self._rendered + number) % self.pool for number in range(len(pictures))]
                    self._rgb[slots] = ((pictures[:, :3] + 1) * 127.5).round().to(torch.uint8)
                    self._disparity[slots] = (pictures[:, 3:] + 1) / 2
                    self._rendered += len(pictures)
                    self._changed.notify_all()
                    self._changed.wait_for(lambda: self._closed or self._is_wanted())
                    if self._closed:
                        return
        except Exception as error:
            with self._changed:
                self._fault = error
                self._changed.notify_all()

    def _is_wanted(self) -> bool:
        return self._rendered < self.pool or self._drawn >= (self._rendered - self.pool) * self.uses
