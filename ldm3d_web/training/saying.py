"""What can be said of a picture: from its world's description, or a few fixed sentences where it has none.

A description is said anew each time, for the picture as it is turned and mirrored then, so that "to the left" is true.
Fixed sentences (one's own RGBD data) are said as they are: such data should not speak of directions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ldm3d_web.errors import InvalidInput

if TYPE_CHECKING:
    from ldm3d_web.worlds.world import Description

WORDINGS = 2**31  # a description can be said in so many ways, at most


@dataclass(frozen=True)
class Saying:
    """Of one picture. captions: fixed sentences, used where there is no description.

    turn_rad: by how much the picture is turned against its description, mirrored before that.
    """

    captions: Sequence[str] = ()
    description: Description | None = None
    turn_rad: float = 0.0
    mirrored: bool = False

    def __post_init__(self) -> None:
        if not self.captions and self.description is None:
            raise InvalidInput("A picture without a caption and without a description teaches no words.")

    def say(self, wording: int, turn_rad: float = 0.0) -> str:
        """A sentence; another ``wording`` (0 and up) says it otherwise. turn_rad: by how much it is turned further."""
        return self.tell(wording, turn_rad)[0]

    def tell(self, wording: int, turn_rad: float = 0.0) -> tuple[str, dict[str, Any] | None]:
        """The sentence of `say`, and what it claims (`worlds.caption.Said`); None for a fixed sentence."""
        if self.description is None:
            return self.captions[wording % len(self.captions)], None
        from ldm3d_web.worlds.caption import say

        said = say(self.described, wording, self.turn_rad + turn_rad)
        return said.text, said.claims

    @property
    def described(self) -> Description:
        """What stands in the picture as it is mirrored, but not turned yet. Raises InvalidInput if nobody knows."""
        if self.description is None:
            raise InvalidInput("What stands in this picture is not described, only said.")
        return mirror(self.description) if self.mirrored else self.description

    def seen(self, turn_rad: float, *, mirrored: bool) -> Saying:
        """Of the same picture mirrored, then turned."""
        before = -self.turn_rad if mirrored else self.turn_rad
        return replace(self, turn_rad=before + turn_rad, mirrored=self.mirrored != mirrored)

    def to_json(self) -> dict[str, Any]:
        """As plain types, for `json.dumps`."""
        description = self.description.to_json() if self.description else None
        return {
            "captions": list(self.captions), "description": description,
            "turn_rad": self.turn_rad, "mirrored": self.mirrored,
        }  # fmt: skip

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Saying:
        """What `to_json` gave."""
        from ldm3d_web.worlds.world import Description

        known = value.get("description")
        return cls(
            captions=value["captions"],
            description=Description.from_json(known) if known else None,
            turn_rad=value["turn_rad"],
            mirrored=value["mirrored"],
        )


def mirror(description: Description) -> Description:
    """Of the mirrored picture: what was on the right is on the left."""
    things = tuple(replace(thing, azimuth_rad=-thing.azimuth_rad) for thing in description.things)
    return replace(description, things=things)


def turn_of(columns: float, width: int) -> float:
    """Radians by which a panorama ``width`` columns wide is turned when each column moves so many to the right."""
    return 2 * math.pi * columns / width
