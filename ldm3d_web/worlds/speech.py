"""Parts of speech about one description: what may truly be said, in one wording, noted as claims."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from typing import Any

from ldm3d_web.worlds import grammar
from ldm3d_web.worlds.things import turned
from ldm3d_web.worlds.words import air, manner
from ldm3d_web.worlds.words.places import PLACES, SPECIAL, SPECIAL_ONLY
from ldm3d_web.worlds.words.things import THINGS
from ldm3d_web.worlds.world import Description

SIDES = {"ahead": 0.0, "right": math.pi / 2, "behind": math.pi, "left": -math.pi / 2}
WITHIN_RAD = math.radians(35)
NEAR_M, FAR_M = 3.5, 40.0  # what "close by" and "in the distance" mean
INDOORS = {"room", "hall", "cave"}
BARE = {"desert", "beach", "canyon", "volcano", "moon", "snowfield", "city", "mountains"}  # not "lush" in summer


@dataclass(frozen=True)
class Phrase:
    """noun: with number or article; bare: without; where: direction or distance, perhaps ""; verb agrees."""

    noun: str
    bare: str
    where: str
    verb: str
    be: str


@dataclass
class Speaker:
    """Says parts of a description that is turned by turn_rad; `claims` holds what was said."""

    description: Description
    rng: random.Random
    turn_rad: float = 0.0
    claims: dict[str, Any] = field(default_factory=dict)

    def label(self, name: str) -> str:
        return str(self.description.tags.get(name, ""))

    @property
    def place(self) -> str:
        return self.label("place")

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def claim(self, key: str, value: Any) -> None:
        """Notes a label, or adds to a list of objects, directions or counts."""
        if key in ("objects", "directions", "counts"):
            said = self.claims.setdefault(key, [])
            if value not in said:
                said.append(value)
        else:
            self.claims[key] = value

    def place_noun(self, name: float = 0.2, special: float = 0.35) -> tuple[str, bool]:
        """A word for the place, and whether it takes an article."""
        words = PLACES[self.place]
        self.claim("place", self.place)
        fitting = [each for each in SPECIAL if each[0] == self.place and each[2] in self.description.tags[each[1]]]
        if fitting and self.chance(special):
            _, key, value, nouns = self.rng.choice(fitting)
            self.claim(key, value)
            return self.rng.choice(nouns), True
        if self.chance(name):
            return self.rng.choice(words.names), False
        if self.chance(0.35):
            return words.nouns[0], True  # the plain word, often: most people type it
        return self.rng.choice([noun for noun in words.nouns if noun not in SPECIAL_ONLY]), True

    def wording(self, label: str, way: str) -> str:
        """The label `label` in one wording of a way ("before", "after", "alone"), noted as said."""
        value = self.label(label)
        self.claim(label, value)
        return self.rng.choice([each for table in self._tables(label, value) for each in self._fit(table, way)])

    def _tables(self, label: str, value: str) -> list[air.Wording]:
        if label == "time" and self.place in INDOORS:
            return [air.INDOOR_TIMES[value]]
        if label == "time":
            open_sky = self.label("weather") == "clear"
            return [air.TIMES[value], air.OPEN_TIMES[value]] if open_sky else [air.TIMES[value]]
        return [(air.WEATHERS if label == "weather" else air.SEASONS)[value]]

    def _fit(self, table: air.Wording, way: str) -> list[str]:
        words: list[str] = getattr(table, way)
        if self.place in BARE:
            words = [word for word in words if word not in air.GREEN]
        return [air.AT_NIGHT.get(word, word) for word in words] if self.label("time") == "night" else words

    def colour(self) -> str:
        """The world's colour as an adjective, noted as said."""
        self.claim("colour", self.label("colour"))
        return self.rng.choice(air.COLOURS[self.label("colour")])

    def side(self, name: str) -> str:
        """The direction in which all things of this name are; "" where there is no such."""
        members = [thing for thing in self.description.things if thing.name == name]
        for side, middle in SIDES.items():
            if all(abs(turned(thing.azimuth_rad + self.turn_rad - middle)) <= WITHIN_RAD for thing in members):
                return side
        return ""

    def thing(self, name: str, *, where: float = 0.7) -> Phrase:
        """All things of a name as one phrase, with the direction by the given chance where there is one."""
        members = [thing for thing in self.description.things if thing.name == name]
        total, words = sum(thing.count for thing in members), THINGS[name]
        self.claim("objects", name)
        many = total > 1 and not words.uncounted
        noun = self.rng.choice(words.nouns[:1] * 2 + words.nouns)
        plain = noun.startswith(("the ", "planet ", "our "))
        bare = grammar.plural(noun) if many else noun
        if not plain:
            bare = " ".join([*self._adjectives(name), bare])
        noun_phrase = bare if plain or words.uncounted else self._number(name, total, bare)
        verb = words.verb if many else grammar.third_person(words.verb)
        return Phrase(noun_phrase, bare, self._where(name, where), verb, "are" if many else "is")

    def _adjectives(self, name: str) -> list[str]:
        members = [thing for thing in self.description.things if thing.name == name]
        colours, sizes = {thing.colour for thing in members}, {thing.size for thing in members}
        found = []
        if len(sizes) == 1 and (size := sizes.pop()) and self.chance(0.5):
            found.append(self.rng.choice(air.SIZES[size]))
        if THINGS[name].kinds and self.chance(0.2):
            found.append(self.rng.choice(THINGS[name].kinds))
        if len(colours) == 1 and (colour := colours.pop()) and self.chance(0.75):
            plain = self.rng.choice(air.COLOURS[colour][:1] * 3 + air.COLOURS[colour])
            found = [word for word in found if word not in air.COLOUR_LIKE] + [plain]
        return found

    def _number(self, name: str, total: int, bare: str) -> str:
        if total == 1:
            if self.chance(0.12):
                self.claim("counts", [name, 1])
                return self.rng.choice(["one", "a single", "one single", "a lone"]) + " " + bare
            return grammar.with_article(bare)
        if total in manner.COUNTS and self.chance(0.7):
            self.claim("counts", [name, total])
            return self.rng.choice(manner.COUNTS[total]) + " " + bare
        if total >= 8 and self.chance(0.5):
            return self.rng.choice(manner.MANY) + " " + bare
        return self.rng.choice(manner.SEVERAL) + " " + bare if 3 <= total < 8 and self.chance(0.5) else bare

    def _where(self, name: str, p: float) -> str:
        distances = [thing.distance_m for thing in self.description.things if thing.name == name]
        side = self.side(name)
        if side and self.chance(p):
            self.claim("directions", [name, side])
            return self.rng.choice(manner.DIRECTIONS[side])
        if max(distances) <= NEAR_M and self.chance(0.2):
            return self.rng.choice(manner.NEAR)
        if min(distances) >= FAR_M and self.chance(0.3):
            return self.rng.choice(manner.FAR)
        return ""
