"""Latents painted anew: they stay beside their picture, and the decoder learns to read them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from ldm3d_web.errors import InvalidInput
from ldm3d_web.training import decoder, repaint
from ldm3d_web.training.export import export
from ldm3d_web.training.latents import open_latents
from ldm3d_web.training.repaint import Repainter
from tests.training.conftest import DECODER, Kitchen


@pytest.fixture(scope="module")
def painter(kitchen: Kitchen) -> Repainter:
    return Repainter(kitchen.denoiser, kitchen.text)


@pytest.fixture(scope="module")
def latents(kitchen: Kitchen) -> Tensor:
    return torch.from_numpy(open_latents(kitchen.latents).latents[:3]).float()


def again(painter: Repainter, latents: Tensor, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return painter(latents, torch.randn(latents.shape, generator=generator), generator)


def test_who_knows_the_picture_paints_it_as_it_was(painter: Repainter, latents: Tensor) -> None:
    """Noise, walk and prediction fit together: from every level a denoiser without mistakes comes back exactly."""
    signal = {level.timestep: level.signal for level in painter.levels}

    def knowing(given: Tensor, timestep: int, words: Tensor) -> SimpleNamespace:
        noisy = given[:, : latents.shape[1]]  # the rest is the compass
        keep, blur = signal[timestep] ** 0.5, (1 - signal[timestep]) ** 0.5
        return SimpleNamespace(sample=keep * (noisy - keep * latents) / blur - blur * latents)  # the velocity

    before, painter.network = painter.network, knowing
    try:
        for seed in range(8):
            torch.testing.assert_close(again(painter, latents, seed), latents, atol=1e-4, rtol=1e-4)
    finally:
        painter.network = before


def test_more_of_the_walk_leaves_less_of_the_picture(
    painter: Repainter, latents: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def error(made: int) -> float:
        monkeypatch.setattr(repaint, "LAST", (made, made))
        return float((again(painter, latents, 0) - latents).square().mean())

    errors = [error(made) for made in (1, 3, 6)]
    assert errors == sorted(errors) and errors[-1] > 2 * errors[0] > 0


def test_the_decoder_learns_from_what_is_painted(kitchen: Kitchen, painter: Repainter, tmp_path: Path) -> None:
    plain, painted = tmp_path / "plain", tmp_path / "painted"
    for out, by in ((plain, None), (painted, painter)):
        decoder.train(kitchen.data, kitchen.latents / "vae", out, replace(DECODER, noise=0), repaint=by, steps=2)
    files = [(out / "vae" / "diffusion_pytorch_model.safetensors").read_bytes() for out in (plain, painted)]
    assert files[0] != files[1]


def test_a_finished_model_s_half_precision_is_widened(
    kitchen: Kitchen, painter: Repainter, latents: Tensor, tmp_path: Path
) -> None:
    model = export(kitchen.latents, kitchen.text, kitchen.denoiser, tmp_path / "model")
    torch.testing.assert_close(
        again(Repainter(model, model), latents, 0), again(painter, latents, 0), atol=0.02, rtol=0.02
    )


def test_a_folder_without_a_denoiser_is_told(kitchen: Kitchen, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="train denoiser"):
        Repainter(tmp_path, kitchen.text)
