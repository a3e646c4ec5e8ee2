"""The guide learns to hear what is claimed, and to see it in latents, on every side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from ldm3d_web.errors import InvalidInput
from ldm3d_web.ldm3d.claims import SIDES, Claims, Ear
from ldm3d_web.ldm3d.guide import Guide
from ldm3d_web.training import guide as training
from ldm3d_web.training.denoiser import load_text
from ldm3d_web.training.latents import Latents, open_latents
from ldm3d_web.training.saying import Saying, turn_of
from ldm3d_web.training.text import tokenize
from tests.training.conftest import GUIDE, Kitchen


@pytest.fixture(scope="module")
def learned(kitchen: Kitchen) -> Guide:
    guide = Guide.from_pretrained(kitchen.guide / "guide")
    assert isinstance(guide, Guide)
    return guide.eval().requires_grad_(False)


def test_its_eye_sees_what_stands_where(kitchen: Kitchen, learned: Guide) -> None:
    latents, found = open_latents(kitchen.latents), {"objects": [0, 0], "directions": [0, 0]}
    width = latents.latents.shape[-1]
    for index, saying in enumerate(latents.sayings):
        for turn in (0, 3):
            picture = torch.from_numpy(latents.latents[index]).float().roll(turn, -1)[None]
            _, things, sides, _ = learned.eye(picture)
            for wording in range(8):
                claimed = saying.tell(wording, turn_of(turn, width))[1] or {}
                claims = Claims.of(learned.eye.vocabulary, [claimed])
                for thing in claims.things[1]:
                    _count(found["objects"], bool(things[0, thing] > 0))
                for thing, side in zip(*claims.sides[1:], strict=True):
                    _count(found["directions"], int(sides[0, thing].argmax()) == side)
    assert found["objects"][0] > 0.9 * found["objects"][1] > 0
    assert found["directions"][0] > 0.7 * found["directions"][1] > 0


def test_its_ear_learns_what_is_said(kitchen: Kitchen, learned: Guide) -> None:
    """From tokens that mean nothing yet, each a random vector."""
    sayings, tokenizer = open_latents(kitchen.latents).sayings, load_text(kitchen.text)[0]
    torch.manual_seed(0)
    meaning, ear = torch.randn(len(tokenizer), 64), Ear(learned.ear.vocabulary, 64)
    optimizer = torch.optim.Adam(ear.parameters(), 1e-2)

    def draw(seed: int) -> tuple[Tensor, Claims]:
        sentences, said = training.draw_claims(sayings, 32, torch.Generator().manual_seed(seed))
        return meaning[tokenize(tokenizer, sentences)], Claims.of(ear.vocabulary, said)

    others = draw(1000)
    with torch.no_grad():
        before = float(training.ear_loss(ear, *others))
    for states, said in [draw(number) for number in range(12)] * 15:
        optimizer.zero_grad()
        training.ear_loss(ear, states, said).backward()
        optimizer.step()
    with torch.no_grad():
        assert float(training.ear_loss(ear, *others)) < 0.5 * before
    states, claimed = others
    right, wrong = _shares(ear.hear(states).things, claimed.things)
    assert right > 0.25 and wrong < 0.4, "of words in pieces, each heard alone"


def test_latents_are_moved_towards_what_was_said(kitchen: Kitchen, learned: Guide) -> None:
    latents = torch.from_numpy(open_latents(kitchen.latents).latents[:2]).float()
    claims = Claims.of(learned.eye.vocabulary, [{"objects": [name]} for name in learned.eye.vocabulary.things[:2]])
    before = float(learned.eye.unseen(latents, claims))
    moved = latents
    for _ in range(5):
        moved = learned.pull(moved, claims, done=0.0)
    assert float(learned.eye.unseen(moved, claims)) < 0.5 * before


def test_sentences_of_one_world_turned_have_their_sides_turned(kitchen: Kitchen) -> None:
    """Or the ear would learn that left is right."""
    sayings = open_latents(kitchen.latents).sayings
    _, said = training.draw_claims(sayings, 200, torch.Generator().manual_seed(0))
    sides = {side for each in said for _, side in each.get("directions", [])}
    assert sides == set(SIDES)


def test_pictures_that_are_only_said_cannot_be_looked_into(kitchen: Kitchen, tmp_path: Path) -> None:
    latents = open_latents(kitchen.latents)
    said = Latents(latents.latents, [Saying(captions=["a lake"])] * len(latents.sayings), latents.vae)
    with pytest.raises(InvalidInput, match="not described"):
        training.train(said, kitchen.text, kitchen.denoiser, tmp_path / "run", GUIDE, steps=1)
    with pytest.raises(InvalidInput, match="No denoiser"):
        training.train(latents, kitchen.text, tmp_path, tmp_path / "run", GUIDE, steps=1)
    with pytest.raises(InvalidInput, match="budget"):
        training.train(latents, kitchen.text, kitchen.denoiser, tmp_path / "run", GUIDE)
    assert not (tmp_path / "run").exists()


def _count(found: list[int], right: bool) -> None:
    found[0] += right
    found[1] += 1


def _shares(heard: Any, claimed: Any) -> tuple[float, float]:
    """The share of what was claimed that is heard, and that of what is heard that was not claimed."""
    one, other = set(zip(*heard, strict=True)), set(zip(*claimed, strict=True))
    return len(one & other) / len(other), len(one - other) / max(1, len(one))
