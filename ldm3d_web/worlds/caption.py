"""Words for worlds: from terse tags to sentences, with synonyms, in many orders. What a caption says is in the picture."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.world import World

_PLACES: dict[str, list[str]] = {
    "lake": ["lake", "lake", "mountain lake", "lakeside", "calm lake", "quiet lake", "still water", "alpine lake", "pond", "lake shore"],
    "mountains": ["mountains", "mountains", "mountain range", "peaks", "high mountains", "alps", "summits", "mountain valley", "alpine peaks"],
    "desert": ["desert", "desert", "sand dunes", "dunes", "sandy desert", "dry land", "wasteland of sand", "arid plain"],
    "meadow": ["meadow", "meadow", "green field", "grassland", "flower meadow", "grassy hills", "green hills", "pasture", "prairie", "countryside"],
    "forest": ["forest", "forest", "woods", "woodland", "forest clearing", "wood", "grove", "deep forest"],
    "beach": ["beach", "beach", "tropical beach", "island", "tropical island", "sandy beach", "seaside", "desert island", "sea shore", "coast"],
    "village": ["village", "village", "small village", "hamlet", "little town", "cottages", "village square", "houses"],
    "city": ["city", "city", "city street", "downtown", "skyscrapers", "street between towers", "town street", "urban street", "modern city"],
    "volcano": ["volcano", "volcano", "volcanic land", "erupting volcano", "lava field", "volcanic landscape", "fire mountain"],
    "moon": ["moon", "the moon", "surface of the moon", "lunar surface", "moonscape", "lunar landscape", "outer space", "grey planet"],
    "room": ["room", "room", "cosy room", "cozy room", "interior", "house interior", "inside a house", "small room", "indoor room"],
    "cave": ["cave", "crystal cave", "cavern", "crystal cavern", "grotto", "underground cave", "cave of crystals", "gem cave"],
}  # fmt: skip
_TIMES = {
    "dawn": ["at dawn", "at sunrise", "in the early morning", "dawn", "sunrise", "morning light", "at daybreak", "in the morning", "pink morning sky", "first light"],
    "noon": ["at noon", "at midday", "by day", "noon", "daylight", "sunny day", "in bright daylight", "in the sunshine", "under a blue sky", "during the day", "midday sun"],
    "sunset": ["at sunset", "at dusk", "in the evening", "sunset", "dusk", "golden hour", "evening light", "under an orange sky", "at twilight", "as the sun goes down"],
    "night": ["at night", "by night", "under the stars", "night", "starry night", "in the moonlight", "dark night", "at midnight", "under a starry sky", "moonlight"],
}  # fmt: skip
_NIGHT_DULL = ["at night", "by night", "night", "dark night", "at midnight"]
_NOON_DULL = ["at noon", "at midday", "by day", "noon", "daylight", "during the day"]
_WEATHERS = {
    "clear": ["clear sky", "clear weather", "cloudless", "clear air"],
    "cloudy": ["cloudy", "clouds", "overcast", "cloudy sky", "many clouds", "grey clouds", "under clouds"],
    "foggy": ["foggy", "fog", "mist", "misty", "in the fog", "hazy", "thick fog", "in the mist"],
}
_SEASONS: dict[str, list[str]] = {
    "summer": ["summer", "green", "in summer", "lush"],
    "autumn": ["autumn", "in autumn", "fall", "autumn colours", "autumn leaves", "orange leaves", "in the fall"],
    "winter": ["snowy", "winter", "in winter", "snow", "snow covered", "in the snow", "frozen", "white with snow"],
}
_OBJECTS = {
    "mountains": ["mountains", "peaks", "distant mountains", "mountains on the horizon"],
    "pine trees": ["pine trees", "pines", "fir trees", "conifers", "evergreens", "spruces", "pine"],
    "trees": ["trees", "leafy trees", "round trees", "broadleaf trees"],
    "rocks": ["rocks", "stones", "boulders"],
    "boat": ["a boat", "sailing boat", "a small boat", "a sailboat"],
    "dunes": ["dunes", "sand dunes", "hills of sand"],
    "rock towers": ["rock towers", "mesas", "buttes", "table mountains", "canyon rocks"],
    "cacti": ["cacti", "cactus", "cactuses", "saguaros"],
    "flowers": ["flowers", "wild flowers", "colourful flowers", "blossoms", "poppies"],
    "hills": ["hills", "rolling hills", "green hills"],
    "path": ["a path", "a trail", "a dirt road", "footpath"],
    "sea": ["the sea", "ocean", "blue sea", "turquoise water", "waves"],
    "palm trees": ["palm trees", "palms", "coconut trees"],
    "islands": ["islands", "islands on the horizon", "distant islands"],
    "houses": ["houses", "cottages", "little houses"],
    "lamps": ["lamps", "street lamps", "lanterns", "street lights"],
    "towers": ["towers", "skyscrapers", "tall buildings", "high-rises"],
    "volcano": ["a volcano", "a smoking volcano"],
    "lava": ["lava", "a river of lava", "glowing lava", "molten rock"],
    "domes": ["domes", "a moon base", "space station", "a lunar base", "habitats"],
    "window": ["a window"],
    "bed": ["a bed", "bedroom", "bed"],
    "sofa": ["a sofa", "living room", "couch"],
    "table": ["a table", "a wooden table", "desk"],
    "bookshelf": ["a bookshelf", "books", "bookcase"],
    "lamp": ["a lamp", "a floor lamp"],
    "rug": ["a rug", "carpet"],
    "crystals": ["crystals", "glowing crystals", "gems", "shining crystals"],
}
_UNSAID = {"lake", "mountains", "volcano"}  # objects that the place itself says, in that place
_MOODS = ["beautiful", "quiet", "peaceful", "calm", "wide", "lonely", "dreamy", "serene", "fairytale", "magic"]
_FRAMES = ["360 view of {}", "a panorama of {}", "panoramic view of {}", "{}, low poly", "{} landscape", "standing in {}", "a view of {}", "a picture of {}"]


def caption(world: World, seed: int = 0) -> str:
    """One way to say what is in the world; another seed says it otherwise and may leave out other things."""
    rng = np.random.default_rng([world.seed, seed, 23])
    pick = lambda words: str(rng.choice(words))  # noqa: E731
    tags = world.tags
    place, time, weather, season = (str(tags[k]) for k in ("place", "time", "weather", "season"))
    noun, before, after = pick(_PLACES[place]), [], []

    if tags["colour"] and rng.uniform() < 0.85:
        before.append(str(tags["colour"]))
    if season and rng.uniform() < (0.9 if season != "summer" else 0.3):
        word = pick(_SEASONS[season])
        (after if word.startswith("in ") or word in ("snow", "orange leaves", "autumn colours", "autumn leaves", "white with snow") else before).append(word)
    if place == "forest" and "pine trees" in tags["objects"] and rng.uniform() < 0.6:
        before.append(pick(["pine", "fir", "spruce", "evergreen"]))
    if time and place != "moon" and rng.uniform() < 0.85:
        dull = weather in ("foggy", "cloudy") or place == "room"
        after.append(pick(_NIGHT_DULL if dull and time == "night" else _NOON_DULL if dull and time == "noon" else _TIMES[time]))
    if weather and place != "room" and rng.uniform() < {"clear": 0.12, "cloudy": 0.75, "foggy": 0.92}[weather]:
        word = pick(_WEATHERS[weather])
        (before if word in ("cloudy", "foggy", "misty", "hazy", "overcast") else after).append(word)
    things = [o for o in tags["objects"] if o in _OBJECTS and not (o in _UNSAID and o in noun) and o != place]
    rng.shuffle(things)
    snow_peaks = place == "lake" and "mountains" in things and season == "winter"
    said = [("snowy mountains" if o == "mountains" and snow_peaks else pick(_OBJECTS[o])) for o in things[: int(rng.integers(0, 4))]]
    if rng.uniform() < 0.15:
        before.insert(0, pick(_MOODS))

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
        text = ", ".join([*after[:1], head, *after[1:], *said]) if rng.uniform() < 0.4 else " ".join([head, *after]) + "".join(f", {s}" for s in said)
    if rng.uniform() < 0.15 and text.startswith(head):
        text = pick(_FRAMES).format(text)
    return text[0].upper() + text[1:] + "." if rng.uniform() < 0.2 else text
