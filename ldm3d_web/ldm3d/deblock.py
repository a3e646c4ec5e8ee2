"""The grid of latents taken out of a decoded picture, as video decoders take out their blocks.

A decoder that makes sixteen by sixteen pixels of each latent leaves a step where two of them meet, all around the
panorama and so at its wrap too. Such a step is small and is explained by no slope beside it; an edge of the picture is
large. This is the idea of the adaptive deblocking filter (List et al., 2003), with a threshold that fades out instead
of one that switches. A checkpoint names the largest such step in its autoencoder's config; Intel's name none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from torch import Tensor

DEBLOCK_KEY = "deblock"  # in an autoencoder's config: the largest step of its grid, of values in [-1, 1]
SHARES = (0.5, 0.3, 0.12)  # of a step that a pixel beside it takes on, the next one, and the one after


def deblock_of(config: Mapping[str, Any]) -> float:
    """What an autoencoder's config names; 0 for nothing. Raises ValueError, with a sentence, for what is no number."""
    named = config.get(DEBLOCK_KEY)
    if named is None:
        return 0.0
    if isinstance(named, bool) or not isinstance(named, int | float) or not 0 <= named <= 1 or math.isnan(named):
        raise ValueError(f"the {DEBLOCK_KEY} of an autoencoder is a number from 0 to 1, not {named!r}")
    return float(named)


def decode(vae: AutoencoderKL, latents: Tensor) -> Tensor:
    """The picture (B, C, H, W) in [-1, 1] of latents as the autoencoder reads them, without its grid."""
    return without_grid(vae, vae.decode(latents).sample)


def without_grid(vae: AutoencoderKL, picture: Tensor) -> Tensor:
    """A picture (B, C, H, W) that the autoencoder has decoded, without its grid."""
    from ldm3d_web.ldm3d.wrap import is_wrapped

    if not (largest := deblock_of(vae.config)):
        return picture
    pixels = 2 ** (len(vae.config["block_out_channels"]) - 1)
    return deblocked(picture, pixels, largest, wrap=is_wrapped(vae))


def deblocked(picture: Tensor, period: int, largest: float, *, wrap: bool = True) -> Tensor:
    """The picture (B, C, H, W) without the steps between squares of ``period`` pixels.

    A step is what a border's two pixels differ by beyond the slopes beside it. One of up to ``largest`` is taken out, a
    larger one less and less, one of twice that and more not at all. wrap: whether the last column is beside the first.
    """
    import torch

    if not largest or period < 2 * len(SHARES):  # in smaller squares there is no inside
        return picture
    columns = torch.arange(0 if wrap else period, picture.shape[-1], period, device=picture.device)
    rows = torch.arange(period, picture.shape[-2], period, device=picture.device)
    return _smooth(_smooth(picture, columns, largest).mT, rows, largest).mT.contiguous()


def _smooth(picture: Tensor, borders: Tensor, largest: float) -> Tensor:
    """Takes the steps out before the columns ``borders``."""
    import torch

    width = picture.shape[-1]
    after = [picture[..., borders + k] for k in range(2)]
    before = [picture[..., (borders - 1 - k) % width] for k in range(2)]
    slope = (after[1] - after[0] + before[0] - before[1]) / 2
    step = after[0] - before[0] - slope
    taken = torch.sign(step) * torch.minimum(step.abs(), (2 * largest - step.abs()).clamp(min=0))
    smooth = picture.clone()
    for k, share in enumerate(SHARES):
        smooth[..., borders + k] -= share * taken
        smooth[..., (borders - 1 - k) % width] += share * taken
    return smooth
