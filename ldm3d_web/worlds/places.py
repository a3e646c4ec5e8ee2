"""All places, and the world of a seed."""

from __future__ import annotations

from collections.abc import Callable

from ldm3d_web.worlds.antiquity import ruins
from ldm3d_web.worlds.barren import desert, moon
from ldm3d_web.worlds.chasms import canyon, volcano
from ldm3d_web.worlds.countryside import farm, meadow
from ldm3d_web.worlds.draft import Draft
from ldm3d_web.worlds.halls import cave, hall
from ldm3d_web.worlds.heights import mountains, snowfield
from ldm3d_web.worlds.indoors import room
from ldm3d_web.worlds.settlements import city, village
from ldm3d_web.worlds.shores import beach
from ldm3d_web.worlds.waters import lake
from ldm3d_web.worlds.woods import forest, mushrooms
from ldm3d_web.worlds.world import World

PLACES: dict[str, Callable[[Draft], World]] = {
    "lake": lake, "mountains": mountains, "desert": desert, "meadow": meadow, "forest": forest, "beach": beach,
    "village": village, "city": city, "volcano": volcano, "moon": moon, "room": room, "cave": cave,
    "canyon": canyon, "ruins": ruins, "hall": hall, "mushrooms": mushrooms, "snowfield": snowfield, "farm": farm,
}  # fmt: skip


def sample_world(seed: int, place: str | None = None) -> World:
    """The world of a seed; `place` (a key of PLACES) fixes the place, else it is drawn."""
    if place is not None and place not in PLACES:
        raise ValueError(f"no place {place!r}; there are {', '.join(PLACES)}")
    draft = Draft(seed)
    drawn = draft.pick(list(PLACES))
    return PLACES[place or drawn](draft)
