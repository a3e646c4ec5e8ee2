"""Captions: what they claim is true, also after a turn; many words; right grammar."""

import json
import math
import re

import pytest

from ldm3d_web.worlds import caption, grammar, sample_world, say
from ldm3d_web.worlds.places import PLACES
from ldm3d_web.worlds.speech import SIDES, WITHIN_RAD
from ldm3d_web.worlds.things import turned
from ldm3d_web.worlds.words.places import PLACES as PLACE_WORDS
from ldm3d_web.worlds.words.things import THINGS
from ldm3d_web.worlds.world import Description, Thing

LABELS = ("place", "time", "weather", "season", "colour")
DESCRIPTIONS = [sample_world(seed).description for seed in range(80)]


def lake(*things: Thing, **tags: str) -> Description:
    every = {"place": "lake", "time": "night", "weather": "foggy", "season": "winter", "colour": ""} | tags
    return Description(1, every | {"objects": sorted({thing.name for thing in things})}, things)


def test_claims_are_true_of_the_world_under_any_turn():
    for number, described in enumerate(DESCRIPTIONS):
        for seed in range(6):
            turn = 1.1 * seed - 2.5
            said = say(described, seed + number, turn)
            for label in LABELS:
                assert said.claims.get(label, described.tags[label]) == described.tags[label]
            assert set(said.claims.get("objects", [])) <= set(described.tags["objects"])
            for name, count in said.claims.get("counts", []):
                assert count == sum(thing.count for thing in described.things if thing.name == name)
            for name, side in said.claims.get("directions", []):
                for thing in described.things:
                    away = abs(turned(thing.azimuth_rad + turn - SIDES[side]))
                    assert (away <= WITHIN_RAD) or thing.name != name, (said.text, thing)


def test_directions_turn_with_the_panorama():
    boat = lake(Thing("boat", 2, "red", "", math.radians(-80), 9.0))
    for turn, side in ((0, "left"), (math.pi / 2, "ahead"), (math.pi, "right"), (-math.pi / 2, "behind")):
        said = [say(boat, seed, turn).claims.get("directions", []) for seed in range(40)]
        assert {tuple(each) for every in said for each in every} == {("boat", side)}
    assert not any(say(boat, seed, math.radians(40)).claims.get("directions") for seed in range(40)), (
        "between two sides"
    )


def test_no_direction_for_what_is_elsewhere_too():
    boats = lake(Thing("boat", 1, "red", "", 0.0, 9.0), Thing("boat", 1, "blue", "", 3.0, 9.0))
    for seed in range(60):
        said = say(boats, seed)
        assert "directions" not in said.claims
        assert not re.search(r"\b(red|crimson|blue|navy) (boat|dinghy|rowboat)", said.text), "they differ in colour"


def test_what_the_text_says_is_claimed():
    """Plain words for a time, a weather or a direction do not appear unless they are claimed."""
    for described in DESCRIPTIONS:
        for seed in range(4):
            said = say(described, seed, 0.4)
            text = said.text.lower()
            for word, key, value in (
                ("foggy", "weather", "foggy"),
                ("overcast", "weather", "cloudy"),
                ("midnight", "time", "night"),
                ("snowy", "season", "winter"),
                ("october", "season", "autumn"),
            ):
                assert word not in text or said.claims.get(key) == value, said
            for side, words in (("left", r"\bleft\b"), ("right", r"\b(on|to) the right\b"), ("behind", r"\bbehind\b")):
                claimed = {each for _, each in said.claims.get("directions", [])}
                assert not re.search(words, text) or side in claimed, said


def test_every_claimable_word_exists():
    assert set(PLACES) == set(PLACE_WORDS) & set(PLACES)
    for described in DESCRIPTIONS:
        assert set(described.tags["objects"]) <= set(THINGS)
        assert {thing.name for thing in described.things} == set(described.tags["objects"])


def test_a_seed_says_one_thing_and_others_differ():
    for described in DESCRIPTIONS[:20]:
        assert say(described, 3) == say(described, 3)
        texts = {say(described, seed).text for seed in range(12)}
        assert len(texts) >= 10 and all(text.strip() and len(text) < 400 for text in texts)
    world = sample_world(4)
    assert caption(world, 2, 0.5) == say(world.description, 2, 0.5).text


def test_descriptions_survive_json():
    described = DESCRIPTIONS[0]
    assert Description.from_json(json.loads(json.dumps(described.to_json()))) == described


@pytest.mark.parametrize(
    ("noun", "many"),
    [("cactus", "cacti"), ("bookcase", "bookcases"), ("block of stone", "blocks of stone"), ("beach hut", "beach huts"),
     ("daisy", "daisies"), ("church", "churches"), ("church with a steeple", "churches with a steeple"),
     ("log cabin", "log cabins"), ("sheep", "sheep"), ("woolly sheep", "woolly sheep"), ("fir", "firs")],
)  # fmt: skip
def test_plurals(noun, many):
    assert grammar.plural(noun) == many


def test_articles():
    said = [
        grammar.with_article(word) for word in ("old mill", "unicorn", "hour", "island", "use", "lake", "8k picture")
    ]
    assert said == ["an old mill", "a unicorn", "an hour", "an island", "a use", "a lake", "an 8k picture"]


def test_articles_are_right_in_all_captions():
    for described in DESCRIPTIONS:
        for seed in range(6):
            text = say(described, seed).text
            assert not re.search(r"\b[Aa] [aeio]", text) and not re.search(r"\b[Aa]n [bcdfgjklmnpqrstvwxyz]", text), (
                text
            )


def test_captions_use_many_words():
    """1,500 distinct words and more, over a thousand descriptions as they are and turned."""
    said: set[str] = set()
    for seed in range(250):
        described = sample_world(1000 + seed).description
        for number in range(60):
            said.update(re.findall(r"[a-z][a-z'-]+", say(described, number, 0.7 * number).text.lower()))
    assert len(said) >= 1500


def test_sizes_are_said_where_they_are_and_differ_in_the_world():
    """What is called big is larger than what is called small, and a size is said only of all of a name."""
    radii: dict[str, list[float]] = {"small": [], "big": []}
    for seed in range(60):
        world = sample_world(seed, "ruins")
        for thing in world.description.things:
            if thing.name in ("temple", "statue") and thing.size:
                x, z = thing.distance_m * math.sin(thing.azimuth_rad), -thing.distance_m * math.cos(thing.azimuth_rad)
                here = [s for s in world.solids if math.hypot(s.centre[0] - x, s.centre[2] - z) < 1.0]
                radii[thing.size].append(max(s.centre[1] for s in here))
    assert min(map(len, radii.values())) > 3
    assert sum(radii["big"]) / len(radii["big"]) > sum(radii["small"]) / len(radii["small"]) + 0.3
    tower = lake(Thing("boat", 1, "", "big", 0.0, 9.0))
    said = " ".join(say(tower, seed).text for seed in range(40))
    assert re.search(r"\b(big|large|huge|enormous)\b", said) and not re.search(r"\b(tiny|little|small) \w*boat", said)
