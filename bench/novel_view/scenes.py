"""All scenes by name."""

from __future__ import annotations

from bench.novel_view.place import Scene
from bench.novel_view.places import PLACES
from bench.novel_view.worlds import WORLDS, world_scene

NAMES = (*PLACES, *WORLDS)


def scene(name: str) -> Scene:
    """A scene of NAMES."""
    return PLACES[name]() if name in PLACES else world_scene(name)
