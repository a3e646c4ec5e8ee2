"""What a world is: solids, a shell around or under them, light, air, and its description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

Colour = Sequence[float]  # red, green, blue in [0, 1]

EYE_HEIGHT_M = 1.6
FAR_M = 200.0  # surfaces beyond this are sky: air hides them
NEAR_M = 1.0  # where the models' disparity reaches 1; nothing is put nearer than this to the eye
MAX_FACES = 17


@dataclass(frozen=True)
class Solid:
    """A convex polyhedron: the points x with planes[:, :3] · x <= planes[:, 3].

    planes: (F, 4) float64, unit normals outward, world metres. F <= MAX_FACES.
    centre, radius_m: a sphere that holds it.
    colour, top_colour: RGB in [0, 1]; above split_m (world height, a little different on each face) top_colour shows.
    glow: 0 is lit by the sun, 1 shines by itself.
    sky: True for clouds: painted (colour where lit, top_colour in their shade), but without a distance.
    casts: whether it throws a shadow.
    """

    planes: np.ndarray
    centre: np.ndarray
    radius_m: float
    colour: Colour
    top_colour: Colour | None = None
    split_m: float = 1e9
    glow: float = 0.0
    sky: bool = False
    casts: bool = True


@dataclass(frozen=True)
class Light:
    """Sun (or moon), sky and air. Colours are RGB in [0, 1]; sun_direction is a unit vector towards the sun.

    sun: what the sun adds to a surface that faces it; above, below: ambient light from the sky and from the ground.
    zenith, middle, horizon: the sky's gradient; away: its horizon opposite the sun.
    fog_m: distance at which the air hides 63 %. earth: direction (unit vector) and radius in radians, on the moon.
    """

    sun_direction: np.ndarray
    sun: Colour
    above: Colour
    below: Colour
    zenith: Colour
    middle: Colour
    horizon: Colour
    away: Colour
    disc: Colour
    disc_radius_rad: float
    glow: float
    stars: float
    fog_m: float
    earth: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Lamp:
    """A light without a shadow at a point, metres; it has half its strength at reach_m."""

    at: tuple[float, float, float]
    reach_m: float
    colour: Colour


@dataclass(frozen=True)
class Strip:
    """A winding band on the floor. It runs towards `angle` (azimuth); `offset` is how far right of the eye it passes.

    It swings `swing_m` aside with a wave of 2 pi wave_m and keeps to between start_m and end_m ahead of the eye.
    """

    angle: float
    half_width_m: float
    offset_m: float = 0.0
    swing_m: float = 0.0
    wave_m: float = 5.0
    phase: float = 0.0
    start_m: float = -1e3
    end_m: float = 1e3


@dataclass(frozen=True)
class Oval:
    """An ellipse on the floor with a gently wavy edge, or all that is outside it."""

    x: float
    z: float
    rx: float
    rz: float
    wobble: float = 0.0
    outside: bool = False


@dataclass(frozen=True)
class Feature:
    """A part of the floor: paint, water or something that glows. rim: colour of a band of rim_m along its edge."""

    shape: Strip | Oval
    colour: Colour
    material: str = "paint"
    soft_m: float = 0.1
    rim: Colour | None = None
    rim_m: float = 0.5


@dataclass(frozen=True)
class Shell:
    """What surrounds everything: the floor alone outdoors, walls and ceiling indoors.

    planes: (Q, 4), the inside is planes[:, :3] · x <= planes[:, 3]; plane 0 is the floor. colours: (Q, 3).
    second: mixed into the floor in soft islands of about patch_m; features lie on it, later ones above.
    """

    planes: np.ndarray
    colours: np.ndarray
    second: Colour
    patch_m: float = 5.0
    features: tuple[Feature, ...] = ()


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
    lamps: tuple[Lamp, ...] = ()
    facet_seed: float = field(default=0.0)

    @property
    def seed(self) -> int:
        return self.description.seed

    @property
    def tags(self) -> dict[str, str | list[str]]:
        """The description's labels."""
        return self.description.tags
