"""All places, and the world of a seed."""

from __future__ import annotations

from collections.abc import Callable

from ldm3d_web.worlds.barren import cave, desert, moon, volcano
from ldm3d_web.worlds.built import city, room, village
from ldm3d_web.worlds.draft import Draft
from ldm3d_web.worlds.nature import beach, forest, lake, meadow, mountains
from ldm3d_web.worlds.world import World

PLACES: dict[str, Callable[[Draft, int], World]] = {
    "lake": lake, "mountains": mountains, "desert": desert, "meadow": meadow, "forest": forest, "beach": beach,
    "village": village, "city": city, "volcano": volcano, "moon": moon, "room": room, "cave": cave,
}  # fmt: skip


def sample_world(seed: int, place: str | None = None) -> World:
    """The world of a seed; `place` (a key of PLACES) fixes the place, else it is drawn."""
    if place is not None and place not in PLACES:
        raise ValueError(f"no place {place!r}; there are {', '.join(PLACES)}")
    draft = Draft(seed)
    name = place or str(draft.rng.choice(list(PLACES)))
    return PLACES[name](draft, seed)
