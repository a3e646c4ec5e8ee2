"""One method on one scene: build its GLB, draw it from every pose, score each view."""

from __future__ import annotations

import dataclasses
import hashlib
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from bench.novel_view import score as scoring
from bench.novel_view.browser import Browser, bundle
from bench.novel_view.cache import Cache
from bench.novel_view.pairs import Pair
from bench.novel_view.pictures import Pose
from bench.novel_view.score import Score, score
from bench.novel_view.sphere import sphere_glb
from ldm3d_web.pack import pack_scene

Method = Callable[[Pair], bytes]


@dataclass(frozen=True)
class View:
    """A pose, its true picture (H, W, 3) uint8, and which pixels the centre cannot see (H, W) bool."""

    offset_m: float
    pose: Pose
    truth: np.ndarray
    hidden: np.ndarray


@dataclass(frozen=True)
class Result:
    """Of a method on a scene. seconds: to build the GLB, median. scores: in the order of the views."""

    scene: str
    depth: str
    method: str
    triangles: int
    bytes: int
    seconds: float
    offsets_m: tuple[float, ...]
    scores: tuple[Score, ...]

    def mean(self, figure: str, offset_m: float) -> float:
        """The mean over the views at that offset of a figure of `Score`, of decibels as such; NaN for none."""
        values = [getattr(s, figure) for s, o in zip(self.scores, self.offsets_m, strict=True) if o == offset_m]
        known = [value for value in values if not np.isnan(value)]
        return statistics.fmean(known) if known else float("nan")


def methods(max_triangles: int | None, texture_width: int | None) -> dict[str, Method]:
    """What is compared, by name: the product's packing, with what it is given by default, and the baseline."""

    def ours(given: Pair) -> bytes:
        choices: dict[str, Any] = {"max_triangles": max_triangles}
        if texture_width is not None:
            choices["texture_width"] = texture_width
        return pack_scene(given.rgbd, near_m=given.near_m, far_m=given.far_m, **choices).web

    return {"ours": ours, "sphere": sphere_glb}


def built(method: Method, given: Pair, rounds: int) -> tuple[bytes, float]:
    """The GLB and the median of the seconds it took."""
    seconds: list[float] = []
    for _ in range(rounds):
        start = time.perf_counter()
        glb = method(given)
        seconds.append(time.perf_counter() - start)
    return glb, statistics.median(seconds)


def scored(browser: Browser, cache: Cache, name: str, glb: bytes, views: Sequence[View]) -> tuple[int, list[Score]]:
    """Triangles and the score of each view. Drawn only when these bytes were not yet, by this page and browser."""

    def make() -> dict[str, np.ndarray]:
        triangles = browser.load(glb)
        drawn = browser.draw([view.pose for view in views])
        scores = [score(d, view.truth, view.hidden) for d, view in zip(drawn, views, strict=True)]
        return {"triangles": np.array(triangles), "scores": np.array([dataclasses.astuple(s) for s in scores])}

    digest = hashlib.sha256(glb + bundle() + browser.version.encode() + _source(scoring))
    for view in views:
        digest.update(repr(view.pose).encode() + view.truth.tobytes() + view.hidden.tobytes())
    kept = cache.get(f"{name}-scores", digest.digest(), make)
    return int(kept["triangles"]), [_as_score(row) for row in kept["scores"].tolist()]


def _as_score(row: list[float]) -> Score:
    *shares, hole_pixels = row
    return Score(*shares, hole_pixels=int(hole_pixels))


def _source(module: ModuleType) -> bytes:
    return Path(str(module.__file__)).read_bytes()
