"""Sheets to look at: three views of a scene in rows, and truth, ours, sphere and both errors beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from bench.novel_view.browser import Browser
from bench.novel_view.measure import View

ROWS = 3
ERROR_GAIN = 4  # so that an error of 64 of 255 is white
SHOWN_M = 0.25


def nearest_offset(offsets_m: Sequence[float]) -> float:
    """The offset whose views are shown."""
    return min(offsets_m, key=lambda offset: abs(offset - SHOWN_M))


def save_sheet(path: Path, browser: Browser, glbs: Sequence[bytes], views: Sequence[View]) -> None:
    """A PNG of a few of the views, for the GLBs in their order."""
    step = max(len(views) // ROWS, 1)
    chosen = list(views)[::step][:ROWS]
    drawn = []
    for glb in glbs:
        browser.load(glb)
        drawn.append([each.rgb for each in browser.draw([view.pose for view in chosen])])
    rows = []
    for number, view in enumerate(chosen):
        pictures = [of[number] for of in drawn]
        errors = [ERROR_GAIN * np.abs(picture - view.truth) for picture in pictures]
        rows.append(np.hstack([view.truth, *pictures, *errors]))
    sheet = np.clip(np.rint(np.vstack(rows)), 0, 255).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
