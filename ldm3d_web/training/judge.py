"""A judge of pictures: a small network, trained on renders, that tells what a caption may claim from colour alone.

It stands where CLIP and Inception stand in the paper. It knows nothing of sentences or of the painter: if it finds in
painted panoramas what their sentences claimed about as often as in the renders that the sentences were made from, then
the painter does as it is told. Its features serve for Fréchet distances and for diversity.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ldm3d_web.ldm3d.claims import SIDES, Eye, Vocabulary
from ldm3d_web.worlds.world import Description

SIZE = (128, 256)  # pixels that it looks at
SINGLE = ("place", "time", "weather", "season", "colour")


def vocabulary_of(descriptions: Sequence[Description]) -> Vocabulary:
    """Everything that these worlds have."""
    words = {name: sorted({str(each.tags[name]) for each in descriptions if each.tags.get(name)}) for name in SINGLE}
    things = {thing.name for each in descriptions for thing in each.things}
    return Vocabulary({name: values for name, values in words.items() if values}, sorted(things))


@dataclass(frozen=True)
class Reading:
    """What it sees in pictures. words: (B,) class numbers by label; things: (B, T) and sides: (B, T, 4) logits of
    presence, anywhere and by side; features: (B, F)."""

    words: dict[str, np.ndarray]
    things: np.ndarray
    sides: np.ndarray
    features: np.ndarray


class Judge(Eye):
    """An eye for pictures (B, 3, 128, 256) in [-1, 1]."""

    def __init__(self, vocabulary: Vocabulary, widths: tuple[int, ...] = (32, 64, 96, 128)) -> None:
        super().__init__(vocabulary, widths, channels=3, width=SIZE[1])

    @torch.no_grad()
    def read(self, rgb: np.ndarray, batch: int = 64) -> Reading:
        """Of panoramas (B, H, W, 3) uint8, of any size twice as wide as high."""
        self.eval()
        device = next(self.parameters()).device
        parts = [self(to_input(rgb[start : start + batch]).to(device)) for start in range(0, len(rgb), batch)]
        return Reading(
            words={
                name: torch.cat([part[0][name].argmax(1) for part in parts]).cpu().numpy()
                for name in self.vocabulary.words
            },
            things=torch.cat([part[1] for part in parts]).float().cpu().numpy(),
            sides=torch.cat([part[2] for part in parts]).float().cpu().numpy(),
            features=torch.cat([part[3] for part in parts]).double().cpu().numpy(),
        )


def to_input(rgb: np.ndarray) -> Tensor:
    """(B, H, W, 3) uint8 to (B, 3, 128, 256) in [-1, 1]."""
    pictures = torch.from_numpy(np.ascontiguousarray(rgb)).permute(0, 3, 1, 2).float() / 127.5 - 1
    return pictures if pictures.shape[-2:] == SIZE else functional.interpolate(pictures, SIZE, mode="area")


def truth(vocabulary: Vocabulary, description: Description, turn_rad: float = 0.0) -> tuple[list[int], Tensor, Tensor]:
    """What it should tell of a world's picture: class numbers (-1 where a label does not apply), things (T,), and
    things by side (T, 4)."""
    labels = [
        values.index(str(description.tags.get(name))) if description.tags.get(name) in values else -1
        for name, values in vocabulary.words.items()
    ]
    sides = torch.zeros(len(vocabulary.things), 4)
    for thing in description.things:
        if thing.name in vocabulary.things:
            sides[vocabulary.things.index(thing.name), side_of(thing.azimuth_rad + turn_rad)] = 1
    return labels, sides.amax(-1), sides


def side_of(azimuth_rad: float) -> int:
    """The number, in `SIDES`, of the side on which an azimuth lies."""
    distance = [abs(math.remainder(azimuth_rad - middle, 2 * math.pi)) for middle in SIDES.values()]
    return distance.index(min(distance))


def verdicts(vocabulary: Vocabulary, reading: Reading, claims: list[dict[str, Any]]) -> dict[str, list[bool]]:
    """Of every claim that was made of each picture, by kind: whether the judge sees it.

    A thing is seen where its logit is above 0; a direction, where the thing is seen and on no side more than on that.
    """
    found: dict[str, list[bool]] = {}
    for number, claimed in enumerate(claims):
        for name, values in vocabulary.words.items():
            if claimed.get(name) in values:
                right = values[int(reading.words[name][number])] == claimed[name]
                found.setdefault(name, []).append(right)
        for name in claimed.get("objects", []):
            if name in vocabulary.things:
                seen = reading.things[number, vocabulary.things.index(name)] > 0
                found.setdefault("objects", []).append(bool(seen))
        for name, side in claimed.get("directions", []):
            if name in vocabulary.things:
                thing = vocabulary.things.index(name)
                there = list(SIDES)[int(reading.sides[number, thing].argmax())] == side
                found.setdefault("directions", []).append(bool(there and reading.things[number, thing] > 0))
    return found
