"""A U-Net or a decoder goes on with another autoencoder's latents: what is linear between the two is found and used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch.nn import functional

from ldm3d_web.errors import InvalidInput
from ldm3d_web.training import autoencoder, decoder, denoiser
from ldm3d_web.training.export import export
from ldm3d_web.training.latents import batches_of, encode, open_latents
from ldm3d_web.training.least_squares import matrix_between
from ldm3d_web.training.source import bend
from ldm3d_web.training.start import weights_in
from ldm3d_web.training.translate import set_ends, take_decoder
from tests.training.conftest import AUTOENCODER, DECODER, DENOISER, Kitchen


@pytest.fixture(scope="module")
def start(kitchen: Kitchen, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder to start from."""
    return export(kitchen.latents, kitchen.text, kitchen.denoiser, tmp_path_factory.mktemp("start"), dtype="float32")


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
        expected = torch.einsum("no,bohw->bnhw", rotation, old(noisy, 500, words).sample)
        found = new(torch.einsum("no,bohw->bnhw", rotation, noisy), 500, words).sample
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_training_goes_on_with_finer_latents(start: Path, kitchen: Kitchen, tmp_path: Path) -> None:
    other = replace(AUTOENCODER, latent_channels=6)
    autoencoder.train(kitchen.data, tmp_path / "autoencoder", other, steps=1)
    encode(batches_of(kitchen.data), tmp_path / "autoencoder" / "vae", tmp_path / "latents")
    latents = open_latents(tmp_path / "latents")
    plan = replace(DENOISER, learning_rate=0.0)
    denoiser.train(latents, kitchen.text, tmp_path / "unet", plan, start=start, steps=1)
    before, after = (weights_in(folder / "unet") for folder in (start, tmp_path / "unet"))
    assert after["conv_in.weight"].shape[1] == 6
    for name in before.keys() - {"conv_in.weight", "conv_out.weight", "conv_out.bias"}:
        torch.testing.assert_close(after[name], before[name])


def test_another_grid_is_refused(start: Path, kitchen: Kitchen, tmp_path: Path) -> None:
    finer = replace(AUTOENCODER, widths=(12, 16, 16, 20), latent_channels=6)
    autoencoder.train(kitchen.data, tmp_path / "autoencoder", finer, steps=1)
    encode(batches_of(kitchen.data), tmp_path / "autoencoder" / "vae", tmp_path / "latents")
    with pytest.raises(InvalidInput, match="grid of 8x4, this one on 16x8"):
        denoiser.train(
            open_latents(tmp_path / "latents"), kitchen.text, tmp_path / "unet", DENOISER, start=start, steps=1
        )


def test_a_decoder_is_taken_from_another_autoencoder(kitchen: Kitchen, tmp_path: Path) -> None:
    """It paints better than with a first layer that was made for other latents."""
    shape = replace(AUTOENCODER, widths=(12, 16, 32, 40, 48), linear_steps=20)
    for name, channels in (("fine", 12), ("coarse", 8)):
        autoencoder.train(kitchen.data, tmp_path / name, replace(shape, latent_channels=channels), steps=1)
    coarse = autoencoder.load(tmp_path / "coarse" / "vae").eval()
    pictures = bend(kitchen.data.look(4), shape.curve)

    def error() -> float:
        with torch.no_grad():
            painted = coarse.decode(coarse.encode(pictures).latent_dist.mean).sample
        return float(functional.mse_loss(painted, pictures))

    take_decoder(coarse, tmp_path / "fine" / "vae", kitchen.data)
    taken = load_file(tmp_path / "fine" / "vae" / "diffusion_pytorch_model.safetensors")
    assert torch.equal(coarse.state_dict()["decoder.conv_out.weight"], taken["decoder.conv_out.weight"])
    translated = error()
    coarse.decoder.conv_in.weight.data.copy_(taken["decoder.conv_in.weight"][:, :8])
    assert translated < 0.6 * error()


def test_the_decoder_stage_starts_from_another_autoencoder(kitchen: Kitchen, tmp_path: Path) -> None:
    autoencoder.train(kitchen.data, tmp_path / "other", replace(AUTOENCODER, latent_channels=6), steps=1)
    still = replace(DECODER, learning_rate=0.0, critic_share=0)
    own_vae = kitchen.latents / "vae"
    decoder.train(kitchen.data, own_vae, tmp_path / "decoder", still, start=tmp_path / "other", steps=1)
    name = "decoder.conv_out.weight"
    own, given, after = (
        load_file(folder / "diffusion_pytorch_model.safetensors")[name]
        for folder in (own_vae, tmp_path / "other" / "vae", tmp_path / "decoder" / "vae")
    )
    assert torch.equal(after, given) and not torch.equal(after, own)
    with pytest.raises(InvalidInput, match="another shape"):
        wider = replace(AUTOENCODER, widths=(12, 16, 16, 20, 24), latent_channels=6)
        autoencoder.train(kitchen.data, tmp_path / "wider", wider, steps=1)
        decoder.train(
            kitchen.data, kitchen.latents / "vae", tmp_path / "again", still, start=tmp_path / "wider", steps=1
        )
