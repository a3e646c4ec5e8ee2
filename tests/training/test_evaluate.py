"""The measures measure: a perfect autoencoder and a true picture score as they must, wrong ones do not."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from ldm3d_web.rgbd import Rgbd
from ldm3d_web.training import attributes, evaluate
from ldm3d_web.training.shards import Shards
from tests.training.conftest import Kitchen


class _Copy(torch.nn.Module):
    """An autoencoder whose latents are the picture; with ``change`` it spoils the picture on the way out."""

    def __init__(self, change: float = 0.0) -> None:
        super().__init__()
        self.change = change

    def encode(self, picture: torch.Tensor) -> Any:
        return SimpleNamespace(latent_dist=SimpleNamespace(mean=picture))

    def decode(self, latents: torch.Tensor) -> Any:
        return SimpleNamespace(sample=latents + self.change)


def test_a_perfect_autoencoder_has_no_error(kitchen: Kitchen) -> None:
    perfect = evaluate.reconstruction(kitchen.data, _Copy())  # type: ignore[arg-type]
    assert perfect.psnr_db > 90 and perfect.abs_rel < 1e-5
    assert math.isnan(perfect.sky_right) or perfect.sky_right == 1
    spoilt = evaluate.reconstruction(kitchen.data, _Copy(0.02))  # type: ignore[arg-type]
    assert 38 < spoilt.psnr_db < 45 and spoilt.abs_rel > 0.01


@pytest.fixture(scope="module")
def plain() -> Shards:
    """Two places that differ in colour alone, at two times that differ in brightness."""
    kinds = [(place, time) for place in ("lake", "desert") for time in ("noon", "night")] * 4
    rgb = np.zeros((len(kinds), 64, 128, 3), np.uint8)
    for picture, (place, time) in zip(rgb, kinds, strict=True):
        picture[32:, :, 2 if place == "lake" else 0] = 200 if time == "noon" else 60
    levels = np.zeros(rgb.shape[:3], np.uint16)
    tags: list[dict[str, Any]] = [{"place": place, "time": time, "objects": []} for place, time in kinds]
    where = [(0, number) for number in range(len(kinds))]
    return Shards([rgb], [levels], [[place] for place, _ in kinds], tags, list(range(len(kinds))), where)


def test_the_judge_learns_and_does_not_mind_turns(plain: Shards) -> None:
    judge = attributes.train_judge(plain, steps=60, batch=8)
    truth = [{name: tags[name] for name in attributes.JUDGED} for tags in plain.tags]
    told = [judge.tell(np.roll(plain.rgbd(index), 37, axis=-1)) for index in range(len(plain))]
    assert attributes.share_right(told, truth) == {"place": 1.0, "time": 1.0}
    swapped = [judge.tell(plain.rgbd(index)[[2, 1, 0, 3]]) for index in range(len(plain))]
    assert attributes.share_right(swapped, truth)["place"] == 0


def test_a_label_that_does_not_apply_is_not_counted() -> None:
    told = [{"place": "cave", "time": "noon"}, {"place": "lake", "time": "noon"}]
    truth = [{"place": "cave", "time": ""}, {"place": "moon", "time": "noon"}]
    assert attributes.share_right(told, truth) == {"place": 0.5, "time": 1.0}


def test_each_pair_of_place_and_time_is_asked_for_once() -> None:
    tags = [{"place": "lake", "time": "night"}, {"place": "cave", "time": ""}, {"place": "lake", "time": "night"}]
    asked = evaluate.sentences(tags)
    assert asked == {"a cave": {"place": "cave", "time": ""}, "a lake at night": {"place": "lake", "time": "night"}}


def test_a_painter_of_true_pictures_scores_like_the_renders(plain: Shards) -> None:
    judge = attributes.train_judge(plain, steps=60, batch=8)

    def painter(wrong: bool) -> Any:
        def paint(sentence: str, **_: Any) -> Rgbd:
            asked = evaluate.sentences(plain.tags)[sentence]
            fits = [number for number, tags in enumerate(plain.tags) if (tags["place"] == asked["place"]) != wrong]
            index = next(number for number in fits if plain.tags[number]["time"] == asked["time"])
            rgb = plain.rgb[0][index]
            return Rgbd(rgb, np.full(rgb.shape[:2], 0.5, np.float32))

        return paint

    good, pictures = evaluate.painting(painter(wrong=False), judge, plain)
    assert len(pictures) == good.pictures == 4
    assert good.place == good.render_place == good.time == good.render_time == 1
    assert good.seam == 1 and good.down_m == pytest.approx(1.99, abs=0.01) and good.render_down_m == pytest.approx(200)
    bad, _ = evaluate.painting(painter(wrong=True), judge, plain)
    assert bad.place == 0 and bad.time == 1
    assert "render_place   1.000" in evaluate.table(good)
