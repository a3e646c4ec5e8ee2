"""What a world is: solids, a shell around or under them, light, air, and the description that captions are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

Colour = Sequence[float]  # red, green, blue in [0, 1]

EYE_HEIGHT_M = 1.6
FAR_M = 200.0  # surfaces beyond this are sky: air hides them
NEAR_M = 1.0  # where the models' disparity reaches 1; nothing is put nearer than this to the eye
MAX_FACES = 16


@dataclass(frozen=True)
class Solid:
    """A convex polyhedron: the points x with planes[:, :3] · x <= planes[:, 3].

    planes: (F, 4) float64, unit normals outward, world metres. F <= MAX_FACES.
    centre, radius_m: a sphere that holds it.
    colour, top_colour: RGB in [0, 1]; above split_m (world height, a little different on each face) top_colour shows.
    glow: 0 is lit by the sun, 1 shines by itself.
    sky: True for clouds: painted, but without a distance.
    footprint_m: radius of the soft shadow on the ground, 0 for none.
    """

    planes: np.ndarray
    centre: np.ndarray
    radius_m: float
    colour: Colour
    top_colour: Colour | None = None
    split_m: float = 1e9
    glow: float = 0.0
    sky: bool = False
    footprint_m: float = 0.0


@dataclass(frozen=True)
class Light:
    """Sun (or moon) and air. Colours are RGB in [0, 1]; sun_direction is a unit vector towards the sun."""

    sun_direction: np.ndarray
    sun_colour: Colour
    ambient: Colour
    zenith: Colour
    horizon: Colour
    disc_colour: Colour
    disc_radius_rad: float
    glow: float
    stars: float
    fog_m: float  # distance at which the air hides 63 %


@dataclass(frozen=True)
class Shell:
    """What surrounds everything: the ground alone outdoors, walls and ceiling indoors.

    planes: (Q, 4), the inside is planes[:, :3] · x <= planes[:, 3]; plane 0 is the floor.
    colours: (Q, 3). second_floor_colour is mixed in by large soft patches; facet_m is the size of the floor's facets.
    water: (x, z, rx, rz) of an ellipse on the floor, inside or outside of which is water; path: (angle,
    offset, half width, RGB) of a straight strip.
    """

    planes: np.ndarray
    colours: np.ndarray
    second_floor_colour: Colour
    facet_m: float = 1.5
    patch_m: float = 9.0
    water: tuple[float, float, float, float] | None = None
    water_outside: bool = False
    water_colour: Colour = (0.15, 0.4, 0.5)
    path: tuple[float, float, float, Colour] | None = None


@dataclass(frozen=True)
class Thing:
    """Things of one kind that stand together, within 50 degrees of azimuth as seen from the origin.

    name: a key of `words.things.THINGS`. colour, size: "" where they do not apply.
    azimuth_rad, distance_m: of the group's middle; azimuth 0 is ahead (-Z), positive to the right, in (-pi, pi].
    What is all around is several Things of one name.
    """

    name: str
    count: int
    colour: str
    size: str
    azimuth_rad: float
    distance_m: float


@dataclass(frozen=True)
class Description:
    """What can be said about a world. Small, so that it is kept beside a picture; `caption.say` puts it into words.

    tags: place, time, weather, season, colour ("" where one does not apply) and objects (the sorted names of things).
    """

    seed: int
    tags: dict[str, str | list[str]]
    things: tuple[Thing, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain types, for `json.dumps`."""
        return asdict(self) | {"things": [asdict(thing) for thing in self.things]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Description:
        """What `to_json` gave."""
        return cls(data["seed"], dict(data["tags"]), tuple(Thing(**thing) for thing in data["things"]))


@dataclass(frozen=True)
class World:
    """One place. The eye stands at the origin, the floor is EYE_HEIGHT_M below it."""

    description: Description
    solids: list[Solid]
    shell: Shell
    light: Light
    facet_seed: float = field(default=0.0)

    @property
    def seed(self) -> int:
        return self.description.seed

    @property
    def tags(self) -> dict[str, str | list[str]]:
        """The description's labels."""
        return self.description.tags
