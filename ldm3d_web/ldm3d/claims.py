"""What a sentence claims, heard in its words and seen in a picture: the vocabulary, and a network for each sense."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

SIDES = {"ahead": 0.0, "right": math.pi / 2, "behind": math.pi, "left": -math.pi / 2}
COLUMNS = 16  # in which things are looked for; four to a side


@dataclass(frozen=True)
class Vocabulary:
    """What can be claimed. words: values of each single-word label (place, time, ...); things: names of things."""

    words: dict[str, list[str]]
    things: list[str]


@dataclass(frozen=True)
class Claims:
    """What sentences claim, as a vocabulary's numbers. words: per label (rows, values); things: (rows, things);
    sides: (rows, things, sides). A row is a sentence's number."""

    words: dict[str, tuple[list[int], list[int]]]
    things: tuple[list[int], list[int]]
    sides: tuple[list[int], list[int], list[int]]

    @classmethod
    def of(cls, vocabulary: Vocabulary, said: Sequence[dict[str, Any]]) -> Claims:
        """From labels, `objects` (names) and `directions` (name, side); what the vocabulary lacks is left out."""
        number = {name: index for index, name in enumerate(vocabulary.things)}
        words = {
            name: [(row, values.index(each[name])) for row, each in enumerate(said) if each.get(name) in values]
            for name, values in vocabulary.words.items()
        }
        things = [
            (row, number[name]) for row, each in enumerate(said) for name in each.get("objects", []) if name in number
        ]
        sides = [
            (row, number[name], list(SIDES).index(side))
            for row, each in enumerate(said)
            for name, side in each.get("directions", [])
            if name in number
        ]
        return cls({name: _columns(rows, 2) for name, rows in words.items()}, _columns(things, 2), _columns(sides, 3))

    def __bool__(self) -> bool:
        return any(rows for rows, _ in (*self.words.values(), self.things))


def _columns(rows: Sequence[tuple[int, ...]], count: int) -> Any:
    """Rows of ``count`` numbers as so many lists."""
    return tuple([row[column] for row in rows] for column in range(count))


class Eye(nn.Module):
    """Sees what can be claimed of panoramas (B, channels, width / 2, width), pictures or latents.

    Columns are told apart by where they are, rows by what they are: up is not down.
    """

    def __init__(self, vocabulary: Vocabulary, widths: Sequence[int], *, channels: int, width: int) -> None:
        from ldm3d_web.ldm3d.wrap import wrap_longitude

        super().__init__()
        self.vocabulary = vocabulary
        blocks: list[nn.Module] = []
        # The last blocks halve, until there are no more columns than are told apart.
        halvings = min(len(widths), max(0, int(math.log2(width / COLUMNS))))
        for number, (before, after) in enumerate(pairwise((channels, *widths))):
            stride = 2 if number >= len(widths) - halvings else 1
            blocks += [nn.Conv2d(before, after, 3, stride=stride, padding=1), nn.GroupNorm(8, after), nn.SiLU()]
        rows = width // 2 // 2**halvings
        features = 3 * widths[-1] // 2
        self.eye = nn.Sequential(*blocks)
        self.column = nn.Sequential(nn.Conv2d(widths[-1], features, (rows, 3), padding=(0, 1)), nn.SiLU())
        self.thing = nn.Conv2d(features, len(vocabulary.things), 1)
        self.word = nn.Linear(features, sum(map(len, vocabulary.words.values())))
        wrap_longitude(self)

    def forward(self, pictures: Tensor) -> tuple[dict[str, Tensor], Tensor, Tensor, Tensor]:
        """Logits of each label (B, values), of things anywhere (B, T), of things by side (B, T, 4); features (B, F)."""
        columns = self._columns(pictures)
        features = columns.mean(dim=(2, 3))
        groups = self.word(features).split([len(values) for values in self.vocabulary.words.values()], dim=1)
        found = self.thing(columns)[:, :, 0]
        return dict(zip(self.vocabulary.words, groups, strict=True)), found.amax(-1), _by_side(found), features

    def _columns(self, pictures: Tensor) -> Tensor:
        """(B, F, 1, COLUMNS)."""
        return functional.adaptive_avg_pool2d(self.column(self.eye(pictures)), (1, COLUMNS))

    def unseen(self, pictures: Tensor, claims: Claims) -> Tensor:
        """How little of the claims is seen: the sum of -log p over all of them, 0 where nothing is claimed.

        Only what is claimed counts, since a sentence does not name all that stands in a world.
        """
        words, things, sides, _ = self(pictures)
        total = pictures.new_zeros(())
        for name, (rows, values) in claims.words.items():
            if rows:
                wanted = torch.tensor(values, device=pictures.device)
                total = total + functional.cross_entropy(words[name][rows], wanted, reduction="sum")
        if claims.things[0]:
            total = total - functional.logsigmoid(things[claims.things]).sum()
        return total + _misplaced(sides, claims).sum()

    def unseen_when_turned(self, pictures: Tensor, claims: Claims) -> Tensor:
        """(COLUMNS, B): how little is seen of what is claimed of sides, -log p, with a picture's columns moved on (to
        the right) by 0, 1, 2, ... of COLUMNS."""
        found = self.thing(self._columns(pictures))[:, :, 0]
        rows = torch.tensor(claims.sides[0], dtype=torch.long, device=pictures.device)
        turned = [_misplaced(_by_side(found.roll(turn, -1)), claims) for turn in range(COLUMNS)]
        return torch.stack([pictures.new_zeros(len(pictures)).index_add(0, rows, each) for each in turned])


def _by_side(columns: Tensor) -> Tensor:
    """The most of each side, (..., 4) in the order of SIDES, of values by column, (..., COLUMNS)."""
    quarter = COLUMNS // 4
    # Column 0 begins behind; turned by half a side, each side is four columns that lie together.
    centred = columns.roll(quarter // 2, -1).unflatten(-1, (4, quarter)).amax(-1)  # behind, left, ahead, right
    return centred[..., [2, 3, 0, 1]]


def _misplaced(sides: Tensor, claims: Claims) -> Tensor:
    """-log p of each claim of a side, of logits (B, things, sides)."""
    rows, named, side = claims.sides
    if not rows:
        return sides.new_zeros(0)
    # On no other side more than there, or it is sought everywhere.
    wanted = torch.tensor(side, device=sides.device)
    elsewhere = functional.cross_entropy(sides[rows, named], wanted, reduction="none")
    return elsewhere - functional.logsigmoid(sides[claims.sides])


class Ear(nn.Module):
    """Hears what a sentence claims, in the states (B, N, width) that a text encoder has of its tokens.

    Each token is heard alone, and a claim where one of them says it loudest. That of a side is loudest at a token which
    is both about the thing and about the side, so that a side is learned from all things together.
    """

    def __init__(self, vocabulary: Vocabulary, width: int, hidden: int = 384) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.token = nn.Linear(width, hidden)
        self.named = nn.Linear(hidden, len(vocabulary.things))
        self.about = nn.Linear(hidden, len(vocabulary.things))
        self.side = nn.Linear(hidden, 1 + len(SIDES))
        self.word = nn.ModuleDict({name: nn.Linear(hidden, 1 + len(words)) for name, words in vocabulary.words.items()})

    def forward(self, states: Tensor) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        """Logits of each label (B, 1 + values), of things named (B, T), of their sides (B, T, 1 + 4): the first of
        values and of sides is "not said"."""
        tokens = functional.silu(self.token(states))
        words = {name: told(tokens).amax(1) for name, told in self.word.items()}
        sides = (self.about(tokens)[..., None] + self.side(tokens)[:, :, None]).amax(1)
        return words, self.named(tokens).amax(1), sides

    @torch.no_grad()
    def hear(self, states: Tensor) -> Claims:
        """What is more likely claimed than not; a side only of a thing that is named."""
        words, named, sides = self(states)
        values = {name: logits.argmax(-1).tolist() for name, logits in words.items()}
        rows, things = (named > 0).nonzero().T.tolist()
        said = sides.argmax(-1).tolist()
        placed = [
            (row, thing, said[row][thing] - 1) for row, thing in zip(rows, things, strict=True) if said[row][thing]
        ]
        return Claims(
            {
                name: _columns([(row, value - 1) for row, value in enumerate(found) if value], 2)
                for name, found in values.items()
            },
            (rows, things),
            _columns(placed, 3),
        )
