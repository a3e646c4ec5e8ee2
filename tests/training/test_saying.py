"""What is said of a picture is true of it as it is turned and mirrored; fixed captions are said as they are."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch
from transformers import CLIPTokenizer

from ldm3d_web.errors import InvalidInput
from ldm3d_web.training import denoiser
from ldm3d_web.training.latents import VIEWS, open_latents
from ldm3d_web.training.saying import Saying, turn_of
from ldm3d_web.worlds.world import Description, Thing
from tests.training.conftest import DENOISER, Kitchen

LAKE = Description(
    3, {"place": "lake", "time": "dawn", "weather": "clear", "season": "summer", "colour": "", "objects": ["boat"]},
    (Thing("boat", 1, "red", "", math.pi / 2, 9.0),),
)  # fmt: skip


def sides(saying: Saying, turn_rad: float = 0.0) -> set[str]:
    """Every side on which the boat is said to be, over many wordings."""
    claims = [saying.tell(wording, turn_rad)[1] or {} for wording in range(60)]
    return {side for each in claims for name, side in each.get("directions", []) if name == "boat"}


def test_directions_follow_turns_and_mirrors() -> None:
    saying = Saying(description=LAKE)
    assert sides(saying) == {"right"}
    assert sides(saying, math.pi / 2) == {"behind"} and sides(saying, -math.pi / 2) == {"ahead"}
    assert sides(saying.seen(0.0, mirrored=True)) == {"left"}
    assert sides(saying.seen(math.pi / 2, mirrored=True)) == {"ahead"}
    # Turned to the front, mirrored there, turned on to the right.
    assert sides(saying.seen(-math.pi / 2, mirrored=False).seen(math.pi / 2, mirrored=True)) == {"right"}
    # Turned to behind and then mirrored, it is behind still.
    assert sides(saying.seen(math.pi / 2, mirrored=False).seen(0.0, mirrored=True)) == {"behind"}


def test_a_turn_of_columns_is_the_turn_of_the_picture() -> None:
    """A mark at an azimuth, rolled with the picture, lies where the turned azimuth says; mirrored as well."""
    width = 64
    middles = (np.arange(width) + 0.5) / width * 2 * math.pi - math.pi
    for column, roll in ((40, 5), (3, -20), (60, 63)):
        picture = np.zeros(width)
        picture[column] = 1
        turned = middles[column] + turn_of(roll, width)
        assert math.remainder(turned - middles[np.roll(picture, roll).argmax()], 2 * math.pi) == pytest.approx(0)
        assert middles[picture[::-1].argmax()] == pytest.approx(-middles[column])


def test_latents_are_turned_to_the_right_each_by_its_own() -> None:
    latents = torch.arange(2 * 3 * 2 * 8.0).reshape(2, 3, 2, 8)
    turned = denoiser.turned(latents, torch.tensor([3, 0]))
    assert torch.equal(turned[0], latents[0].roll(3, -1)) and torch.equal(turned[1], latents[1])


def test_stored_latents_know_how_they_are_turned(kitchen: Kitchen) -> None:
    stored = open_latents(kitchen.latents).sayings
    assert [each.mirrored for each in stored] == [False, True] * (len(stored) // VIEWS)
    assert all(abs(each.turn_rad) < turn_of(16, 128) for each in stored)
    assert any(each.turn_rad for each in stored)
    assert [Saying.from_json(json.loads(json.dumps(each.to_json()))) for each in stored] == [
        Saying(list(each.captions), each.description, each.turn_rad, each.mirrored) for each in stored
    ]


def test_a_step_says_its_latents_as_they_are_turned_and_leaves_some_unsaid(kitchen: Kitchen) -> None:
    tokenizer = CLIPTokenizer.from_pretrained(kitchen.text / "tokenizer")
    sayings = [Saying(description=LAKE)]
    plan = denoiser.DenoiserPlan(batch=400)
    draw = denoiser.draw_batch(sayings, 8, plan, tokenizer, torch.Generator().manual_seed(0))
    assert 20 < draw.sentences.count("") < 60 and draw.tokens.shape == (400, 77)
    # At two columns of eight to the right, what was on the right is behind.
    said = [text.lower() for text, turn in zip(draw.sentences, draw.turns.tolist(), strict=True) if turn == 2]
    assert any("behind" in text or "back" in text for text in said)
    assert not any("to the right" in text or "on the right" in text for text in said)
    again = denoiser.draw_batch(sayings, 8, plan, tokenizer, torch.Generator().manual_seed(0))
    assert again.sentences == draw.sentences
    assert DENOISER.unconditional == plan.unconditional
    ahead = (draw.turns == 0).float().mean()
    assert plan.ahead < ahead < plan.ahead + 0.2, "half look where a visitor looks first, the others anywhere"


def test_fixed_captions_are_said_as_they_are() -> None:
    saying = Saying(["a lake", "water"])
    assert {saying.say(wording, 1.0) for wording in range(9)} == {"a lake", "water"}
    assert saying.tell(0) == ("a lake", None)
    with pytest.raises(InvalidInput, match="without a caption"):
        Saying()
