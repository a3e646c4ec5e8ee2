"""Words for worlds: terse tags to sentences, in many orders. What a caption says is in the picture."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds import words
from ldm3d_web.worlds.world import World


def caption(world: World, seed: int = 0) -> str:
    """One way to say what is in the world; another seed says it otherwise and may leave out other things."""
    rng = np.random.default_rng([world.seed, seed, 23])
    pick = lambda choices: str(rng.choice(choices))  # noqa: E731
    tags = world.tags
    place, time, weather, season = (str(tags[k]) for k in ("place", "time", "weather", "season"))
    noun = pick(words.PLACES[place])
    before: list[str] = []
    after: list[str] = []

    if tags["colour"] and rng.uniform() < 0.85:
        before.append(str(tags["colour"]))
    if season and rng.uniform() < (0.9 if season != "summer" else 0.3):
        word = pick(words.SEASONS[season])
        (
            after
            if word.startswith("in ")
            or word in ("snow", "orange leaves", "autumn colours", "autumn leaves", "white with snow")
            else before
        ).append(word)
    if place == "forest" and "pine trees" in tags["objects"] and rng.uniform() < 0.6:
        before.append(pick(["pine", "fir", "spruce", "evergreen"]))
    if time and place != "moon" and rng.uniform() < 0.85:
        dull = weather in ("foggy", "cloudy") or place == "room"
        after.append(pick((words.DULL_TIMES if dull else words.TIMES).get(time, words.TIMES[time])))
    if weather and place != "room" and rng.uniform() < {"clear": 0.12, "cloudy": 0.75, "foggy": 0.92}[weather]:
        word = pick(words.WEATHERS[weather])
        (before if word in ("cloudy", "foggy", "misty", "hazy", "overcast") else after).append(word)
    things = [o for o in tags["objects"] if o in words.OBJECTS and not (o in words.UNSAID and o in noun) and o != place]
    rng.shuffle(things)
    snow_peaks = place == "lake" and "mountains" in things and season == "winter"
    said = [
        ("snowy mountains" if o == "mountains" and snow_peaks else pick(words.OBJECTS[o]))
        for o in things[: int(rng.integers(0, 4))]
    ]
    if rng.uniform() < 0.15:
        before.insert(0, pick(words.MOODS))

    style = rng.uniform()
    head = " ".join([*before, noun])
    if style < 0.25:  # terse tags in any order
        parts = [noun, *before, *after, *said]
        rng.shuffle(parts)
        return ", ".join(parts)
    plural = noun.endswith("s") or noun.startswith(("the ", "inside", "still", "outer", "surface"))
    if not plural and rng.uniform() < 0.8:
        head = ("an " if head[0] in "aeiou" else "a ") + head
    if style < 0.55:
        text = ", ".join([" ".join([head, *after[:1]]), *after[1:], *said])
    elif style < 0.8 and said:
        joined = said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1]
        text = " ".join([head, "with", joined]) + ("" if not after else " " + ", ".join(after))
    else:
        text = (
            ", ".join([*after[:1], head, *after[1:], *said])
            if rng.uniform() < 0.4
            else " ".join([head, *after]) + "".join(f", {s}" for s in said)
        )
    if rng.uniform() < 0.15 and text.startswith(head):
        text = pick(words.FRAMES).format(text)
    return text[0].upper() + text[1:] + "." if rng.uniform() < 0.2 else text
