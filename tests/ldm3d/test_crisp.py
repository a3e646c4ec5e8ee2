"""Blurred edges of colour become narrow where they were, and nothing else changes."""

from __future__ import annotations

import json
import math
import shutil

import numpy as np
import pytest
import torch

from ldm3d_web.ldm3d import checkpoint
from ldm3d_web.ldm3d.crisp import crisp, rounds_of
from tests.tiny_models import write_json

HEIGHT, WIDTH = 64, 128
ROUNDS = 3


def ramps(width_px: float, turn: int = 0) -> torch.Tensor:
    """(1, 4, H, W): a strip between columns 40.5 and 80.5, brighter but in blue, edges that wide; depth like it."""
    columns = (torch.arange(WIDTH) - turn) % WIDTH
    strip = torch.sigmoid(4 * (columns - 40.5) / width_px) - torch.sigmoid(4 * (columns - 80.5) / width_px)
    strip = strip.expand(HEIGHT, WIDTH)
    return torch.stack([0.6 * strip - 0.2, 0.3 * strip, 0.1 - 0.5 * strip, strip - 0.5])[None].contiguous()


def width_of(row: torch.Tensor) -> float:
    """Pixels that the edge near column 40 takes from a quarter to three quarters of its height."""
    half = row[:60] if row[60] > row[0] else -row[:60]
    share = (half - half.min()) / (half.max() - half.min())
    first, last = np.interp([0.25, 0.75], share.numpy(), np.arange(60))
    return float(last - first)


def test_a_blurred_edge_becomes_narrow_and_stays_where_it_was() -> None:
    soft = ramps(6.0)
    sharp = crisp(soft, ROUNDS)
    for channel in range(3):
        before, after = soft[0, channel, HEIGHT // 2], sharp[0, channel, HEIGHT // 2]
        assert width_of(after) < 0.5 * width_of(before)
        # As much is on either side as before: an edge that moved by half a pixel would change the sum by that much.
        assert abs(float((after - before)[:60].sum())) < 0.5 * float(before.max() - before.min())
        assert before.min() - 0.02 <= after.min() and after.max() <= before.max() + 0.02, "no halo"


def test_depth_and_what_has_no_edges_stay() -> None:
    soft = ramps(6.0)
    assert torch.equal(crisp(soft, ROUNDS)[:, 3:], soft[:, 3:])
    rows, columns = torch.meshgrid(torch.linspace(-1, 1, HEIGHT), torch.arange(WIDTH) / WIDTH, indexing="ij")
    waves = (0.3 * rows + 0.2 * (2 * math.pi * columns).sin()).expand(1, 4, -1, -1)
    assert torch.allclose(crisp(waves, ROUNDS), waves, atol=0.01)
    assert crisp(soft, 0) is soft


def test_an_edge_across_the_wrap_is_drawn_together_like_any_other() -> None:
    there = crisp(ramps(6.0, turn=90), ROUNDS)  # the strip now lies over the last column
    assert torch.allclose(there.roll(-90, -1), crisp(ramps(6.0), ROUNDS), atol=1e-4)
    assert not torch.allclose(crisp(ramps(6.0, turn=90), ROUNDS, wrap=False), there, atol=1e-3)


def test_an_edge_of_depth_alone_draws_colours_too() -> None:
    """A thing before another of nearly its colour: what little edge there is lies where the edge of depth does."""
    soft = ramps(6.0)
    faint = torch.cat([0.02 * soft[:, :3], soft[:, 3:]], dim=1)
    assert width_of(crisp(faint, ROUNDS)[0, 0, HEIGHT // 2]) < 0.7 * width_of(faint[0, 0, HEIGHT // 2])


def test_a_model_says_how_often() -> None:
    assert rounds_of({}) == rounds_of({"crisp": None}) == 0 and rounds_of({"crisp": 3}) == 3
    for wrong in ("much", True, 1.5, -1, 9):
        with pytest.raises(ValueError, match="whole number from 0 to 8"):
            rounds_of({"crisp": wrong})


def test_a_pipeline_draws_edges_together_where_its_model_says_so(folders, tmp_path) -> None:
    folder = shutil.copytree(folders["like mini"], tmp_path / "model")
    plain = checkpoint.load(str(folder), device="cpu")
    config = folder / "vae" / "config.json"
    write_json(config, {**json.loads(config.read_text()), "crisp": ROUNDS})
    crisper = checkpoint.load(str(folder), device="cpu")
    latents = torch.randn(1, 8, 4, 8, generator=torch.Generator().manual_seed(0))
    (rgb, disparity), (other, same) = plain.decode(latents), crisper.decode(latents)
    assert torch.equal(disparity, same) and not torch.equal(rgb, other)
    assert torch.equal(rgb, crisper.decode(latents, refined=False)[0]), "previews do without"
    one, two = (pipeline("a lake", seed=1, latents=latents) for pipeline in (plain, crisper))
    assert not one.noisy and two.noisy, "its depth is blurred as well"
