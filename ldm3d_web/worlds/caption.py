"""Worlds in words: terse tags to sentences. What a caption says is in the picture, and is returned as claims too."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ldm3d_web.worlds import grammar
from ldm3d_web.worlds.speech import Phrase, Speaker
from ldm3d_web.worlds.words import manner
from ldm3d_web.worlds.words.places import PLACES
from ldm3d_web.worlds.words.things import SELF_NAMED
from ldm3d_web.worlds.world import Description, World


@dataclass(frozen=True)
class Said:
    """text, and only what it really says: place, time, weather, season, colour, objects (names), directions
    ([name, "ahead" | "right" | "behind" | "left"]) and counts ([name, n]); a key that was not said is absent."""

    text: str
    claims: dict[str, Any]


def caption(world: World, seed: int = 0, turn_rad: float = 0.0) -> str:
    """One way to say what is in the world: the text of `say`."""
    return say(world.description, seed, turn_rad).text


def say(description: Description, seed: int = 0, turn_rad: float = 0.0) -> Said:
    """One caption; another seed says it otherwise and may leave out other things.

    turn_rad: the panorama is turned before it is described: what was at azimuth a is at a + turn_rad.
    """
    rng = random.Random(f"{description.seed}/{seed}")
    speaker = Speaker(description, rng, turn_rad)
    style = rng.choices(list(STYLES), list(STYLES.values()))[0]
    text = style(speaker, _plan(speaker))
    if speaker.chance(0.1):
        extra = rng.choice(manner.STYLES)
        text += " " + grammar.sentence(extra) if text.endswith(".") else ", " + extra
    return Said(text, speaker.claims)


@dataclass
class Plan:
    """Which labels will be said, and which things by name."""

    labels: list[str]
    things: list[str]


def _plan(s: Speaker) -> Plan:
    often = {
        "time": 0.8,
        "season": 0.35 if s.label("season") == "summer" else 0.85,
        "weather": {"clear": 0.15, "cloudy": 0.75, "foggy": 0.92}.get(s.label("weather"), 0),
        "colour": 0.8,
    }
    if s.place == "moon":
        often |= {"time": 0.0, "weather": 0.0}
    labels = [label for label, p in often.items() if s.label(label) and s.chance(p)]
    hidden = SELF_NAMED.get(s.place, set())
    names = sorted({thing.name for thing in s.description.things})
    names = [name for name in names if name not in hidden or s.chance(0.25)]
    # What stands in one direction alone is worth a mention more than what is all around.
    names.sort(key=lambda name: s.rng.random() ** (2.2 if s.side(name) else 1.0))
    return Plan(labels, names[: s.rng.choices(range(5), [10, 26, 34, 22, 8])[0]])


def _head(s: Speaker, plan: Plan, *, article: float = 0.85, name: float = 0.2) -> tuple[str, list[str]]:
    """The place with its adjectives and article, and what is to follow it."""
    noun, takes_article = s.place_noun(name if "colour" not in plan.labels else 0.0)
    before, after = [], []
    for label in plan.labels:
        if label == "colour":
            colour = s.colour()
            if s.place == "room" and s.chance(0.6):
                after.append("with " + colour + " walls")
            else:
                before.append(colour)
        elif takes_article and s.chance(0.35 if label == "time" else 0.6):
            word = s.wording(label, "before")
            if word not in noun:
                before.insert(0, word)
        else:
            after.append(s.wording(label, "after"))
    if takes_article and s.chance(0.22):
        before.insert(0, s.rng.choice(manner.MOODS))
    elif takes_article and s.chance(0.15):
        before.insert(0, s.rng.choice(PLACES[s.place].feelings))
    before = list(dict.fromkeys(word for word in before if word not in noun.split()))
    phrase = " ".join([*before, noun])
    s.rng.shuffle(after)
    return (grammar.with_article(phrase) if takes_article and s.chance(article) else phrase), after


def _put(phrase: Phrase, bare: bool = False) -> str:
    return f"{phrase.bare if bare else phrase.noun} {phrase.where}".strip()


def _tags(s: Speaker, plan: Plan) -> str:
    """ "lake, foggy, dawn, red boat on the left" in any order."""
    parts = [s.place_noun(0.15)[0]]
    for label in plan.labels:
        parts.append(s.colour() if label == "colour" else s.wording(label, s.rng.choice(["alone", "alone", "before"])))
    parts += [_put(s.thing(name, where=0.5), s.chance(0.6)) for name in plan.things]
    if s.chance(0.15):
        parts.append(s.rng.choice(manner.MOODS + PLACES[s.place].feelings))
    s.rng.shuffle(parts)
    return ", ".join(dict.fromkeys(parts))


def _list(s: Speaker, plan: Plan) -> str:
    """ "a quiet lake at dawn, two red boats on the left, pines behind"."""
    head, after = _head(s, plan)
    things = [_put(s.thing(name), s.chance(0.3)) for name in plan.things]
    return ", ".join([" ".join([head, *after[:1]]), *after[1:], *things])


def _with(s: Speaker, plan: Plan) -> str:
    """ "a quiet lake with two red boats on the left at dawn"."""
    head, after = _head(s, plan)
    if not plan.things:
        return _framed(s, head, after)
    things = grammar.joined([_put(s.thing(name)) for name in plan.things])
    tail = "".join(f", {each}" for each in after)
    return f"{head} {s.rng.choice(['with', 'with', 'with', 'and', 'featuring'])} {things}{tail}"


def _framed(s: Speaker, head: str, after: list[str]) -> str:
    framed = s.rng.choice(manner.FRAMES).format(head) if s.chance(0.5) else head
    return " ".join([framed, *after[:1]]) + "".join(f", {each}" for each in after[1:])


def _asked(s: Speaker, plan: Plan) -> str:
    """ "show me a quiet lake at dawn with two red boats"."""
    head, after = _head(s, plan, article=1.0)
    text = " ".join([s.rng.choice(manner.FRAMES).format(head), *after[:1]])
    if plan.things:
        text += " with " + grammar.joined([_put(s.thing(name)) for name in plan.things])
    return text + "".join(f", {each}" for each in after[1:])


def _time_first(s: Speaker, plan: Plan) -> str:
    """ "winter evening, small village, lit windows"; "at dusk, a small village"."""
    first = [label for label in ("season", "time", "weather") if label in plan.labels]
    opening = [s.wording(label, "alone" if s.chance(0.6) else "after") for label in first]
    head, after = _head(s, Plan([label for label in plan.labels if label not in first], plan.things))
    things = [_put(s.thing(name), s.chance(0.4)) for name in plan.things]
    return ", ".join([*opening, " ".join([head, *after]), *things])


def _sentences(s: Speaker, plan: Plan) -> str:
    """ "A quiet lake at dawn. On the left there are two red boats. Pines grow behind." """
    head, after = _head(s, plan, article=1.0)
    parts = [" ".join([head, *after[:1]]) + "".join(f", {each}" for each in after[1:])]
    for name in plan.things:
        thing = s.thing(name, where=0.85)
        ways = [f"there {thing.be} {thing.noun} {thing.where}", f"{thing.noun} {thing.verb} {thing.where or 'there'}"]
        ways += [f"I see {thing.noun} {thing.where}", f"you can see {thing.noun} {thing.where}"]
        if thing.where:
            ways += [f"{thing.where} there {thing.be} {thing.noun}", f"{thing.where}, {thing.noun} {thing.verb}"]
            ways += [f"{thing.where} {thing.verb} {thing.noun}", f"{thing.where}: {thing.noun}"]
        parts.append(s.rng.choice(ways).strip())
    return " ".join(map(grammar.sentence, parts))


def _standing(s: Speaker, plan: Plan) -> str:
    """ "standing in a snowy village at night, a fir tree ahead"."""
    inside = PLACES[s.place].preposition
    who = s.rng.choice(
        [w for w in manner.STANDING if manner.STANDING_BY_TIME.get(w, s.label("time")) == s.label("time")]
    )
    head, after = _head(s, plan, article=1.0, name=0.0)
    things = [_put(s.thing(name, where=0.85)) for name in plan.things]
    start = " ".join([who, inside, head, *after[:1]])
    if things and s.chance(0.5):
        return start + s.rng.choice([", looking at ", " with ", ", watching "]) + grammar.joined(things)
    return ", ".join([start, *after[1:], *things])


def _things_first(s: Speaker, plan: Plan) -> str:
    """ "two red boats on the left, on a quiet lake at dawn"."""
    if not plan.things:
        return _list(s, plan)
    things = grammar.joined([_put(s.thing(name)) for name in plan.things])
    head, after = _head(s, plan, article=1.0, name=0.0)
    return ", ".join([things, f"{PLACES[s.place].preposition} {head}", *after])


def _dictated(s: Speaker, plan: Plan) -> str:
    """Things with directions only, as someone types who wants to change a picture."""
    head, after = _head(s, plan)
    things = [s.thing(name, where=1.0) for name in plan.things]
    placed = [f"{thing.where}: {thing.bare}" if thing.where else thing.bare for thing in things]
    return ". ".join([" ".join([head, *after]), *placed])


STYLES: dict[Callable[[Speaker, Plan], str], float] = {
    _tags: 22,
    _list: 24,
    _with: 18,
    _asked: 9,
    _time_first: 8,
    _sentences: 12,
    _standing: 8,
    _things_first: 8,
    _dictated: 3,
}
