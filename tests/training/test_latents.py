"""Levelling the latents: the denoiser's food changes, the pictures do not."""

from __future__ import annotations

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

from ldm3d_web.training import autoencoder, latents
from ldm3d_web.training.latents import open_latents
from tests.training.conftest import AUTOENCODER, Kitchen


@torch.no_grad()
def test_levelling_moves_into_the_autoencoder_and_leaves_its_pictures() -> None:
    torch.manual_seed(3)
    model = autoencoder.build(AUTOENCODER, 64).eval()
    picture = torch.rand(1, 4, 32, 64) * 2 - 1
    before = model.encode(picture).latent_dist
    painted = model.decode(before.mean).sample

    middle, scale = np.array([-0.5, 0.1, 2.0, 0.0]), np.array([0.2, 1.0, 3.0, 0.05])
    latents._fold_in(model, middle, scale)

    after = model.encode(picture).latent_dist
    shift, factor = (torch.from_numpy(values).float()[None, :, None, None] for values in (middle, scale))
    torch.testing.assert_close(after.mean, (before.mean - shift) / factor, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(after.std, before.std / factor, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(model.decode(after.mean).sample, painted, rtol=1e-4, atol=1e-4)


def test_stored_latents_are_centred_and_the_stored_autoencoder_gives_them(kitchen: Kitchen) -> None:
    stored = open_latents(kitchen.latents)
    numbers = stored.latents.astype(np.float64)
    np.testing.assert_allclose(numbers.mean(axis=(0, 2, 3)), 0, atol=2e-3)
    assert abs(np.sqrt((numbers.std(axis=(0, 2, 3)) ** 2).mean()) - 1) < 1e-2
    config = AutoencoderKL.load_config(stored.vae)
    assert (config["scaling_factor"], config["shift_factor"]) == (1.0, 0.0)


def test_weak_channels_are_raised_and_stay_the_weaker_ones() -> None:
    noise = np.random.default_rng(0).normal(size=(8, 2, 4, 8)) * np.array([1.0, 0.1])[:, None, None]
    _, scale = latents._levels(noise)
    strong, weak = noise.std(axis=(0, 2, 3)) / scale
    assert 0.1 < weak / strong < 1
