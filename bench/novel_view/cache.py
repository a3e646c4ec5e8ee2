"""Inputs, truths and drawn pictures on the disk, so that a second run only draws what has changed.

A name holds a digest of all that a file depends on: the code that makes it, or the bytes of the GLB and the page.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

import ldm3d_web.worlds
from ldm3d_web.panorama.sphere import uv_to_rays

HERE = Path(__file__).parent
SOURCES = ("solids", "paint", "place", "places", "pictures")
Arrays = dict[str, np.ndarray]


class Cache:
    """A folder of .npz files."""

    def __init__(self, folder: Path):
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, name: str, depends_on: bytes, make: Callable[[], Arrays]) -> Arrays:
        """What `make` gives, from the folder when it is there."""
        path = self._folder / f"{name}-{hashlib.sha256(depends_on).hexdigest()[:16]}.npz"
        if path.exists():
            with np.load(path) as file:
                return dict(file)
        arrays = make()
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as file:
            np.savez_compressed(file, **arrays)
        os.replace(file.name, path)  # a run that is ended half-way leaves no half file
        return arrays


def default_folder() -> Path:
    return Path(tempfile.gettempdir()) / "ldm3d-novel-view"


@cache
def scene_code(of_worlds: bool) -> bytes:
    """A digest of what the pictures of a scene come from: the ray casters here, and for worlds theirs.

    The axes are `panorama.sphere`'s; they count by what they give, not by how the file is written.
    """
    files = [HERE / f"{name}.py" for name in SOURCES]
    if of_worlds:
        files += [HERE / "worlds.py", *sorted(Path(str(ldm3d_web.worlds.__file__)).parent.rglob("*.py"))]
    u, v = np.meshgrid(np.linspace(0, 1, 9), np.linspace(0, 1, 9))
    axes = uv_to_rays(u, v).round(9) + 0.0  # no negative zeros
    return hashlib.sha256(b"".join([*(path.read_bytes() for path in files), axes.tobytes()])).digest()
