"""A U-Net that wraps around is told which way its columns look, or "on the left" could mean nothing to it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ldm3d_web.ldm3d import checkpoint
from ldm3d_web.ldm3d.compass import compass, pointed
from ldm3d_web.ldm3d.pipeline import LDM3DPipeline
from ldm3d_web.ldm3d.wrap import wrap_longitude
from tests.tiny_models import ZERO_SNR_SCHEDULER, make_ldm3d_folder

SIZE = {"width": 512, "height": 256}
ROLL = 8  # latent columns: a whole number of the tiny U-Net's coarsest


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, LDM3DPipeline]:
    """One without and one with a compass."""
    return {
        told: checkpoint.load(
            str(make_ldm3d_folder(tmp_path_factory.mktemp("m"), compass=told, scheduler=ZERO_SNR_SCHEDULER)),
            device="cpu",
        )
        for told in (False, True)
    }


def test_the_middle_looks_ahead_and_three_quarters_look_right() -> None:
    sine, cosine = compass(64)[:, 0]
    assert cosine.argmax() in (31, 32) and sine.argmax() in (47, 48)
    torch.testing.assert_close(sine, -sine.flip(0))
    steps = (compass(64).roll(-1, -1) - compass(64)).square().sum(0).sqrt()[0]
    torch.testing.assert_close(steps, steps[:1].expand_as(steps))  # the one across the wrap is like all others


def test_only_a_network_with_room_for_it_gets_it() -> None:
    latents = torch.randn(2, 4, 8, 16)
    assert pointed(latents, 4) is latents
    with_it = pointed(latents, 6)
    assert torch.equal(with_it[:, :4], latents)
    assert torch.equal(with_it[1, 4:, 5], compass(16)[:, 0])


@pytest.mark.parametrize("told", [False, True])
def test_only_a_network_that_is_told_can_paint_sides(models: dict[bool, LDM3DPipeline], told: bool) -> None:
    """The same noise, turned: without a compass the same picture, turned; with one another, for it has sides."""
    noise = models[told].draw_noise(0, **SIZE)
    still, turned = (models[told]("a lake", latents=each, steps=2, **SIZE) for each in (noise, noise.roll(ROLL, -1)))
    differs = np.abs(np.roll(still.rgb, 8 * ROLL, axis=1).astype(int) - turned.rgb).max() > 2
    assert differs == told


def test_a_turn_of_noise_and_compass_is_a_turn_of_the_picture(models: dict[bool, LDM3DPipeline]) -> None:
    """There is no seam in it: no column knows that it is first."""
    model = models[True]
    wrap_longitude(model.unet)
    given, words = pointed(model.draw_noise(0, **SIZE), 6), model.encode(["a lake"])
    with torch.inference_mode():
        still, turned = (model.unet(each, 500, words).sample for each in (given, given.roll(ROLL, -1)))
    torch.testing.assert_close(still.roll(ROLL, -1), turned, rtol=1e-4, atol=1e-5)
