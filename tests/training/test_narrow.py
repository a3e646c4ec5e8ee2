"""An autoencoder with fewer latent channels is the whole one with zeros in the others."""

from __future__ import annotations

import pytest
import torch

from ldm3d_web.errors import InvalidInput
from ldm3d_web.ldm3d.depth_curve import curve_of
from ldm3d_web.ldm3d.wrap import wrap_longitude
from ldm3d_web.training import autoencoder, losses
from ldm3d_web.training.narrow import narrowed
from tests.training.conftest import AUTOENCODER


@pytest.fixture(scope="module")
def pair():
    torch.manual_seed(0)
    whole = autoencoder.build(AUTOENCODER, 128)
    autoencoder.name_curve(whole, losses.DEPTH_CURVE)
    small = narrowed(whole, 3)
    for each in (whole, small):
        wrap_longitude(each)
        each.eval()
    return whole, small


@torch.no_grad()
def test_it_encodes_to_the_first_channels(pair) -> None:
    whole, small = pair
    picture = torch.rand(2, 4, 64, 128) * 2 - 1
    torch.testing.assert_close(
        small.encode(picture).latent_dist.mean, whole.encode(picture).latent_dist.mean[:, :3], rtol=1e-4, atol=1e-5
    )
    torch.testing.assert_close(
        small.encode(picture).latent_dist.logvar, whole.encode(picture).latent_dist.logvar[:, :3], rtol=1e-4, atol=1e-5
    )


@torch.no_grad()
def test_it_decodes_as_with_zeros_for_the_others(pair) -> None:
    """Its group norms look at the whole picture, first and last row included, so all of it is a little off."""
    whole, small = pair
    latents = torch.randn(1, 3, 32, 8)
    expected = whole.decode(torch.cat([latents, torch.zeros(1, 1, 32, 8)], dim=1)).sample
    found = small.decode(latents).sample
    assert (found - expected)[..., 64:-64, :].abs().max() < 0.05 * expected.abs().max()
    assert curve_of(small.config) == losses.DEPTH_CURVE


@pytest.mark.parametrize("channels", [0, 5])
def test_numbers_that_it_cannot_have_are_refused(pair, channels: int) -> None:
    with pytest.raises(InvalidInput, match="the autoencoder has 4"):
        narrowed(pair[0], channels)
