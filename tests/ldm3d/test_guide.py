"""What is claimed, as numbers; a guide that moves what can be seen towards it, and leaves alone what it should."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ldm3d_web.errors import InvalidModel
from ldm3d_web.ldm3d import checkpoint
from ldm3d_web.ldm3d.claims import SIDES, Claims, Eye, Vocabulary
from ldm3d_web.ldm3d.compass import turned
from ldm3d_web.ldm3d.guide import Guide
from ldm3d_web.ldm3d.pipeline import LDM3DPipeline

VOCABULARY = Vocabulary({"place": ["lake", "moon"]}, ["boat", "rock", "tree"])
SAID: list[dict[str, Any]] = [
    {"place": "moon", "objects": ["rock"], "directions": [["rock", "left"]]},
    {"place": "abyss", "objects": ["boat", "whale"], "directions": [["whale", "left"]]},
]


def small_guide(**changes: Any) -> Guide:
    torch.manual_seed(0)
    sizes: dict[str, Any] = {"channels": 4, "width": 32, "text_width": 32, "widths": [8, 8]}
    return Guide(VOCABULARY.words, VOCABULARY.things, **{**sizes, **changes}).eval().requires_grad_(False)


def test_claims_are_numbered_and_unknown_ones_are_left_out() -> None:
    claims = Claims.of(VOCABULARY, SAID)
    assert claims.words == {"place": ([0], [1])}
    assert claims.things == ([0, 1], [1, 0])
    assert claims.sides == ([0], [1], [list(SIDES).index("left")])
    assert claims and not Claims.of(VOCABULARY, [{}])


@pytest.mark.parametrize("width", [8, 32, 64])
def test_a_quarter_turn_moves_every_side_by_one(width: int) -> None:
    torch.manual_seed(0)
    eye = Eye(VOCABULARY, (8, 16, 24), channels=4, width=width).eval()
    latents = torch.randn(1, 4, width // 2, width)
    _, things, sides, _ = eye(latents)
    _, turned_things, turned_sides, _ = eye(latents.roll(width // 4, -1))
    torch.testing.assert_close(things, turned_things)
    order = [list(SIDES).index(side) for side in ("left", "ahead", "right", "behind")]  # each is turned to the next
    torch.testing.assert_close(sides[..., order], turned_sides[..., [*order[1:], order[0]]])


def test_it_pulls_until_all_that_is_claimed_is_seen() -> None:
    guide, claims = small_guide(), Claims.of(VOCABULARY, SAID)
    latents = torch.randn(2, 4, 16, 32)
    for _ in range(100):
        latents = guide.pull(latents, claims, done=0.0)
    words, things, sides, _ = guide.eye(latents)
    assert int(words["place"][0].argmax()) == VOCABULARY.words["place"].index("moon")
    assert things[0, 1] > 0 and things[1, 0] > 0
    assert int(sides[0, 1].argmax()) == list(SIDES).index("left")


@pytest.mark.parametrize("strength", [0.05, 0.3])
def test_a_step_is_as_large_as_its_strength_says(strength: float) -> None:
    latents = torch.randn(2, 4, 16, 32)
    moved = small_guide(strength=strength).pull(latents, Claims.of(VOCABULARY, SAID), done=0.0)
    size = (moved - latents).square().mean(dim=(1, 2, 3)).sqrt()
    torch.testing.assert_close(size, torch.full((2,), strength))


def test_what_is_not_its_business_stays() -> None:
    guide, claims = small_guide(until=0.5), Claims.of(VOCABULARY, SAID)
    latents = torch.randn(2, 4, 16, 32)
    assert guide.pull(latents, claims, done=0.5) is latents, "the last steps are the painter's"
    assert guide.pull(latents, Claims.of(VOCABULARY, [{}, {}]), done=0.0) is latents, "nothing is claimed"
    wide = torch.randn(2, 4, 32, 64)
    assert guide.pull(wide, claims, done=0.0) is wide, "a size that it has not learned"
    silent = guide.pull(latents, Claims.of(VOCABULARY, [{}, SAID[1]]), done=0.0)
    assert torch.equal(silent[0], latents[0]) and not torch.equal(silent[1], latents[1])


def test_it_works_where_a_caller_wants_no_gradients() -> None:
    guide, claims = small_guide(), Claims.of(VOCABULARY, SAID)
    latents = torch.randn(2, 4, 16, 32)
    expected = guide.pull(latents, claims, done=0.0)
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            torch.testing.assert_close(guide.pull(latents * 1, claims, done=0.0), expected)


def test_what_stands_on_a_wrong_side_is_turned_to_the_right_one() -> None:
    guide, claims = small_guide(turn_at=0.4), Claims.of(VOCABULARY, SAID)
    right = torch.randn(2, 4, 16, 32, generator=torch.Generator().manual_seed(0))
    for _ in range(60):
        right = guide.pull(right, claims, done=0.0)
    stays = guide.turns(right, claims, step=5, steps=10)
    assert stays is not None and not stays.any(), "no turn for nothing, and none where no side is claimed"
    wrong = right.roll(16, -1)
    turns = guide.turns(wrong, claims, step=5, steps=10)
    assert turns is not None and turns[0] and not turns[1]
    _, _, sides, _ = guide.eye(turned(wrong, turns))
    assert int(sides[0, 1].argmax()) == list(SIDES).index("left")

    def misplaced(columns: int) -> float:
        _, _, sides, _ = guide.eye(wrong[:1].roll(columns, -1))
        asked, side = sides[0, 1], list(SIDES).index("left")
        return float(-asked.log_softmax(0)[side] - torch.nn.functional.logsigmoid(asked[side]))

    assert misplaced(int(turns[0])) == pytest.approx(min(misplaced(columns) for columns in range(0, 32, 2)))


def test_it_turns_once_and_only_where_a_side_is_claimed() -> None:
    guide, claims = small_guide(turn_at=0.4), Claims.of(VOCABULARY, SAID)
    latents = torch.randn(2, 4, 16, 32)
    for steps in (1, 4, 15, 50):
        when = [step for step in range(1, steps + 1) if guide.turns(latents, claims, step, steps) is not None]
        assert len(when) == 1 and (when[0] - 1) / steps <= 0.4 < when[0] / steps
    assert guide.turns(latents, Claims.of(VOCABULARY, [{"objects": ["rock"]}, {}]), 5, 10) is None
    assert guide.turns(torch.randn(2, 4, 32, 64), claims, 5, 10) is None, "a size that it has not learned"
    never = small_guide(turn_at=1)
    assert all(never.turns(latents, claims, step, 10) is None for step in range(1, 11))


def test_what_it_hears_of_a_side_is_of_a_thing_that_it_hears() -> None:
    heard = small_guide().hear(torch.randn(50, 77, 32))
    assert heard.things[0] and heard.sides[0]
    assert set(zip(*heard.sides[:2], strict=True)) <= set(zip(*heard.things, strict=True))


def test_a_stored_guide_means_the_same_by_each_label(tmp_path: Path) -> None:
    """A config is stored with its keys sorted; once the logits of places were read as those of colours."""
    torch.manual_seed(0)
    words = {"place": ["lake", "moon"], "colour": ["blue", "red", "white"]}
    guide = Guide(words, ["boat"], channels=4, width=32, text_width=32, widths=[8, 8]).eval()
    guide.save_pretrained(tmp_path)
    again = Guide.from_pretrained(tmp_path).eval()
    latents, states = torch.randn(2, 4, 16, 32), torch.randn(2, 7, 32)
    for one, other in ((guide.eye(latents)[0], again.eye(latents)[0]), (guide.ear(states)[0], again.ear(states)[0])):
        assert one.keys() == other.keys() == words.keys()
        for name in words:
            torch.testing.assert_close(one[name], other[name])


@pytest.fixture
def guided(folders: dict[str, Path], tmp_path: Path) -> Path:
    """A model like mini of 128x64 pixels, 16 to a latent of 8 channels."""
    folder = Path(shutil.copytree(folders["like mini"], tmp_path / "guided"))
    small_guide(channels=8, width=8, text_width=48).save_pretrained(folder / "guide")
    return folder


def test_a_model_with_a_guide_paints_by_it_and_has_another_revision(guided: Path, mini_like: LDM3DPipeline) -> None:
    plain = mini_like
    pipeline = checkpoint.load(str(guided), device="cpu")
    assert pipeline.guide is not None and plain.guide is None
    assert pipeline.revision != plain.revision
    one, other = (each("a boat", seed=1, steps=2) for each in (pipeline, plain))
    assert (one.rgb != other.rgb).any()
    pipeline.guide = None
    assert (pipeline("a boat", seed=1, steps=2).rgb == other.rgb).all()


def test_a_panorama_with_edges_is_not_turned(guided: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its edges would meet in the middle; one that wraps is the same picture, turned."""
    pipeline = checkpoint.load(str(guided), device="cpu")
    assert pipeline.guide is not None
    said = Claims.of(pipeline.guide.eye.vocabulary, [{"objects": ["boat"], "directions": [["boat", "left"]]}])
    monkeypatch.setattr(pipeline.guide, "hear", lambda states: said)
    monkeypatch.setattr(pipeline.guide, "pull", lambda clean, claims, done: clean)
    asked: list[bool] = []
    monkeypatch.setattr(pipeline.guide, "turns", lambda *given: asked.append(True) or torch.tensor([2]))
    pipeline("a boat", seed=1, steps=1, wrap=False)
    assert not asked
    turned_once = pipeline("a boat", seed=1, steps=1).rgb
    monkeypatch.setattr(pipeline.guide, "turns", lambda *given: None)
    plain = pipeline("a boat", seed=1, steps=1).rgb
    assert asked and (turned_once == np.roll(plain, 2 * pipeline.vae_factor, 1)).mean() > 0.99


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("channels", 5, "channels is 5"),
        ("text_width", 16, "text_width"),
        ("strength", "much", "strength"),
        ("until", 2, "0 to 1"),
        ("turn_at", None, "turn_at"),
    ],
)
def test_a_guide_that_does_not_fit_is_refused(guided: Path, key: str, value: Any, told: str) -> None:
    file = guided / "guide" / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), key: value}))
    with pytest.raises(InvalidModel, match=told):
        checkpoint.load(str(guided), device="cpu")


def test_a_guide_without_weights_is_told(guided: Path) -> None:
    (guided / "guide" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(InvalidModel, match="guide/diffusion"):
        checkpoint.load(str(guided), device="cpu")
