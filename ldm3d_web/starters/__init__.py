"""A few scenes that ship, so that nobody meets an empty page: pictures and depth that ldm3d-mini painted.

Only the pairs ship, a few tens of kilobytes each; a server with an empty store makes scenes of them by the same steps
as of its own pictures, in a second or so and without the model. `python -m ldm3d_web.starters.paint` paints them anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ldm3d_web.rgbd import Rgbd
from ldm3d_web.rgbd_files import read_disparity, read_rgb

FOLDER = Path(__file__).parent
LIST = FOLDER / "starters.json"
KIND = "starter"  # what their manifests say beside "generated" and "imported"


@dataclass(frozen=True)
class Starter:
    """facts: for its manifest. near_m, far_m: metres, the ends of its disparity."""

    rgbd: Rgbd
    facts: dict[str, Any]
    near_m: float
    far_m: float


def starters() -> Iterator[Starter]:
    """Those that ship, read one by one; the first is the one to begin with."""
    for line in json.loads(LIST.read_text(encoding="utf-8")):
        facts = {name: value for name, value in line.items() if name not in ("name", "near_m", "far_m")}
        rgb, disparity = rgb_file(line["name"]), depth_file(line["name"])
        rgbd = Rgbd(read_rgb(rgb), read_disparity(disparity), noisy=True)
        yield Starter(rgbd, {"kind": KIND, **facts}, line["near_m"], line["far_m"])


def rgb_file(name: str) -> Path:
    """Its picture, WebP."""
    return FOLDER / f"{name}.webp"


def depth_file(name: str) -> Path:
    """Its disparity, 16-bit PNG."""
    return FOLDER / f"{name}.png"
