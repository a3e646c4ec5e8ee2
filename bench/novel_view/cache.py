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

HERE = Path(__file__).parent
SOURCES = ("solids", "paint", "place", "places", "worlds", "pictures")
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
def scene_code() -> bytes:
    """A digest of what the ray casters are made of: the scenes here and the worlds they borrow."""
    from ldm3d_web.panorama import sphere
    from ldm3d_web.worlds import world

    files = [HERE / f"{name}.py" for name in SOURCES]
    files += [Path(str(sphere.__file__)), *sorted(Path(str(world.__file__)).parent.glob("*.py"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).digest()
