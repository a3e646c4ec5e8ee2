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


def test_channels_keep_their_share_while_all_together_get_deviation_one() -> None:
    noise = np.random.default_rng(0).normal(size=(64, 2, 4, 8)) * np.array([3.0, 0.3])[:, None, None] + 5
    middle, scale = latents._levels(noise)
    strong, weak = ((noise - middle[:, None, None]) / scale[:, None, None]).std(axis=(0, 2, 3))
    assert abs(weak / strong - 0.1) < 0.01
    assert abs((strong**2 + weak**2) / 2 - 1) < 1e-6
