"""Depth held to colour: what the reader reads in a picture's colours is where the decoder's depth goes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ldm3d_web.errors import InvalidInput
from ldm3d_web.ldm3d import checkpoint
from ldm3d_web.ldm3d.depth_curve import curve_of
from ldm3d_web.training import autoencoder, decoder, reader, repaint
from ldm3d_web.training.export import export
from ldm3d_web.training.latents import open_latents
from ldm3d_web.training.losses import DEPTH_CURVE, LOG_DISTANCE
from ldm3d_web.training.source import bend
from ldm3d_web.worlds.world import FAR_M, NEAR_M
from tests.training.conftest import DECODER, Kitchen


class Always(nn.Module):
    """Reads the same distance, in metres, everywhere."""

    def __init__(self, distance_m: float) -> None:
        super().__init__()
        self.carried = LOG_DISTANCE.bend(torch.tensor(disparity(distance_m))) * 2 - 1

    def forward(self, colours: Tensor) -> Tensor:
        return self.carried.expand(len(colours), 1, *colours.shape[-2:])


def disparity(distance_m: float) -> float:
    return (1 / distance_m - 1 / FAR_M) / (1 / NEAR_M - 1 / FAR_M)


def wall(distance_m: float) -> Tensor:
    """A picture (1, 4, 256, 512) of a wall all around, of any colours."""
    colours = torch.rand(1, 3, 256, 512, generator=torch.Generator().manual_seed(0)) * 2 - 1
    depth = DEPTH_CURVE.bend(torch.full((1, 1, 256, 512), disparity(distance_m))) * 2 - 1
    return torch.cat([colours, depth], dim=1)


@pytest.mark.parametrize(("painted_m", "read_m", "apart"), [(5, 5, 0.0), (5.5, 5, 0.1), (4, 5, 0.2), (100, 5, 2.0)])
def test_the_disagreement_is_a_share_of_the_distance(painted_m: float, read_m: float, apart: float) -> None:
    found = reader.disagreement(Always(read_m), wall(painted_m), DEPTH_CURVE)
    assert float(found) == pytest.approx(apart, abs=2e-3)


def test_only_depth_is_pushed_and_in_the_long_run_every_pixel() -> None:
    pushed = torch.zeros(1, 4, 256, 512)
    for shift in ((0, 0), (0, 1), (1, 0), (1, 1)):
        picture = wall(6).requires_grad_()
        reader.disagreement(Always(5), picture, DEPTH_CURVE, shift).backward()
        pushed += picture.grad
    assert not pushed[:, :3].any()
    assert pushed[:, 3].all() and len(pushed[:, 3].sign().unique()) == 1


def test_what_is_shrunk_has_no_surface_between_near_and_far() -> None:
    picture = wall(2)
    picture[..., 3:, :, 255:] = -1
    small = reader.shrunk(picture)
    assert small.shape == (1, 4, 128, 256) and len(small[:, 3].unique()) == 2
    torch.testing.assert_close(small[0, :3, 5, 7], picture[0, :3, 10:12, 14:16].mean((1, 2)))


def test_a_reader_learns_and_is_kept(kitchen: Kitchen, tmp_path: Path) -> None:
    plan = reader.ReaderPlan(batch=2, warmup_steps=2)
    losses = []
    for steps in (1, 30):
        reader.train(kitchen.data, tmp_path / str(steps), plan, steps=steps)
        read = reader.load(tmp_path / str(steps))
        losses.append(float(reader.disagreement(read, bend(kitchen.data.look(4), DEPTH_CURVE), DEPTH_CURVE)))
    assert losses[1] < 0.8 * losses[0]
    with pytest.raises(InvalidInput, match="train reader"):
        reader.load(tmp_path)


def test_the_decoder_s_depth_comes_to_agree(kitchen: Kitchen, tmp_path: Path) -> None:
    """Without a reader it stays as far from what that one reads as it was; the colours have nothing to do with it."""
    latents = torch.from_numpy(open_latents(kitchen.latents).latents).half()
    held = decoder.Held(latents, Always(5))  # type: ignore[arg-type]  # all that is asked of it is to read

    def apart(folder: Path) -> float:
        model = autoencoder.load(folder / "vae")
        with torch.no_grad():
            picture = model.decode(latents.float()).sample
        return float(reader.disagreement(held.reader, picture, curve_of(model.config)))

    plan = replace(DECODER, critic_share=0, noise=0, warmup_steps=1, held=2, held_weight=20.0, average_decay=0.5)
    found = []
    for name, given in (("alone", None), ("held", held)):
        decoder.train(kitchen.data, kitchen.latents / "vae", tmp_path / name, plan, held=given, steps=30)
        found.append(apart(tmp_path / name))
    assert found[1] < 0.8 * found[0]


def test_painting_goes_on_where_it_was_stopped(kitchen: Kitchen, tmp_path: Path) -> None:
    size = {"steps": 1, "width": 128, "height": 64, "min_width": 128, "max_width": 128}
    pipeline = checkpoint.load(
        str(export(kitchen.latents, kitchen.text, kitchen.denoiser, tmp_path / "model", settings=size)), device="cpu"
    )
    sayings = open_latents(kitchen.latents).sayings
    repaint.paint(pipeline, sayings, 5, tmp_path / "whole", batch=2)
    whole = repaint.open_painted(tmp_path / "whole")
    assert len(whole) == 5 and not torch.equal(whole[0], whole[1])
    (tmp_path / "parts").mkdir()
    np.save(tmp_path / "parts" / repaint.FILE, whole[:2].numpy())
    repaint.paint(pipeline, sayings, 5, tmp_path / "parts", batch=2)
    assert torch.equal(repaint.open_painted(tmp_path / "parts"), whole)
    with pytest.raises(InvalidInput, match="train paint"):
        repaint.open_painted(tmp_path)
