"""A U-Net or a decoder goes on with another autoencoder's latents: what is linear between the two is found and used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ldm3d_web.errors import InvalidInput
from ldm3d_web.ldm3d.compass import pointed
from ldm3d_web.training import autoencoder, denoiser
from ldm3d_web.training.export import export
from ldm3d_web.training.latents import batches_of, encode, open_latents
from ldm3d_web.training.least_squares import matrix_between
from ldm3d_web.training.start import weights_in
from ldm3d_web.training.translate import set_ends
from tests.training.conftest import AUTOENCODER, DENOISER, Kitchen


@pytest.fixture(scope="module")
def start(kitchen: Kitchen, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder to start from, in half precision as they ship."""
    return export(kitchen.latents, kitchen.text, kitchen.denoiser, tmp_path_factory.mktemp("start"))


def test_a_linear_function_between_latents_is_found() -> None:
    torch.manual_seed(0)
    given, matrix = torch.randn(3, 4, 8, 8), torch.randn(6, 4)
    torch.testing.assert_close(matrix_between(given, torch.einsum("dc,nchw->ndhw", matrix, given)), matrix)


def test_between_latents_that_are_turned_copies_nothing_is_lost() -> None:
    """A rotation has an inverse, so the network that goes through it says the same, rotated."""
    torch.manual_seed(0)
    old, new = (denoiser.build(DENOISER, 6, (4, 8), 32).eval() for _ in range(2))
    new.load_state_dict(old.state_dict())
    rotation, _ = torch.linalg.qr(torch.randn(6, 6))
    set_ends(new, old.state_dict(), rotation.T, rotation)
    noisy, words = torch.randn(2, 6, 4, 8), torch.randn(2, 77, 32)
    with torch.no_grad():
        expected = torch.einsum("no,bohw->bnhw", rotation, old(pointed(noisy, 8), 500, words).sample)
        found = new(pointed(torch.einsum("no,bohw->bnhw", rotation, noisy), 8), 500, words).sample
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_a_network_without_a_compass_begins_with_one_that_says_nothing_yet() -> None:
    torch.manual_seed(0)
    new = denoiser.build(DENOISER, 6, (4, 8), 32).eval()
    stored = {name: value.clone() for name, value in new.state_dict().items()}
    stored["conv_in.weight"] = stored["conv_in.weight"][:, :6]
    set_ends(new, stored, torch.eye(6), torch.eye(6))
    weight = new.state_dict()["conv_in.weight"]
    assert torch.equal(weight[:, :6], stored["conv_in.weight"]) and not weight[:, 6:].any()


def test_training_goes_on_with_finer_latents(start: Path, kitchen: Kitchen, tmp_path: Path) -> None:
    other = replace(AUTOENCODER, latent_channels=6)
    autoencoder.train(kitchen.data, tmp_path / "autoencoder", other, steps=1)
    encode(batches_of(kitchen.data), tmp_path / "autoencoder" / "vae", tmp_path / "latents")
    latents = open_latents(tmp_path / "latents")
    plan = replace(DENOISER, learning_rate=0.0)
    denoiser.train(latents, start, tmp_path / "unet", plan, start=start, steps=1)
    before, after = (weights_in(folder / "unet") for folder in (start, tmp_path / "unet"))
    assert after["conv_in.weight"].shape[1] == 6 + 2
    for name in before.keys() - {"conv_in.weight", "conv_out.weight", "conv_out.bias"}:
        assert torch.equal(after[name], before[name].float())


def test_another_grid_is_refused(start: Path, kitchen: Kitchen, tmp_path: Path) -> None:
    finer = replace(AUTOENCODER, widths=(12, 16, 16, 20), latent_channels=6)
    autoencoder.train(kitchen.data, tmp_path / "autoencoder", finer, steps=1)
    encode(batches_of(kitchen.data), tmp_path / "autoencoder" / "vae", tmp_path / "latents")
    with pytest.raises(InvalidInput, match="grid of 8x4, this one on 16x8"):
        denoiser.train(
            open_latents(tmp_path / "latents"), kitchen.text, tmp_path / "unet", DENOISER, start=start, steps=1
        )
