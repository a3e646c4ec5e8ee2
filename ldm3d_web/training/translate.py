"""A warm start across autoencoders: a U-Net made for another one's latents begins on these.

Both autoencoders have seen the same kind of picture, so one's latents are, in good part, a linear function of the
other's. The two functions, by least squares over a few pictures, go into the U-Net's first and last convolution; all
between keeps what it knows of words and places. What the old latents did not hold, the U-Net has to learn.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from ldm3d_web.errors import InvalidInput
from ldm3d_web.ldm3d.depth_curve import curve_of
from ldm3d_web.training import autoencoder
from ldm3d_web.training.latents import Latents
from ldm3d_web.training.least_squares import matrix_between
from ldm3d_web.training.source import bend, straighten
from ldm3d_web.training.start import start_from, weights_in

if TYPE_CHECKING:
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

PICTURES = 48
ENDS = ("conv_in.weight", "conv_in.bias", "conv_out.weight", "conv_out.bias")


@torch.no_grad()
def start_across(model: UNet2DConditionModel, start: Path, latents: Latents) -> None:
    """Loads the U-Net of folder ``start`` into one that paints ``latents``, by way of its autoencoder if need be.

    One that was trained without a compass gets one that says nothing yet. Raises InvalidInput where the two are of
    different shape between their ends, or their grids differ.
    """
    stored = weights_in(start / "unet")
    start_from(model, start / "unet", but=ENDS)
    if len(stored[ENDS[2]]) == model.config["out_channels"]:
        same = torch.eye(model.config["out_channels"])
        set_ends(model, stored, same, same)
        return
    theirs, mine = _pairs(start, latents)
    if theirs.shape[-2:] != mine.shape[-2:]:
        grids = [f"{each.shape[-1]}x{each.shape[-2]}" for each in (theirs, mine)]
        raise InvalidInput(f"The U-Net in {start} paints on a grid of {grids[0]}, this one on {grids[1]}.")
    set_ends(model, stored, matrix_between(mine, theirs), matrix_between(theirs, mine))


@torch.no_grad()
def set_ends(model: UNet2DConditionModel, stored: dict[str, Tensor], there: Tensor, back: Tensor) -> None:
    """Sets the first and last convolution so that latents pass through the stored ones by way of two matrices.

    there: (C, C'), the model's latents to the stored U-Net's; back: (C', C).
    """
    first, offset, last, level = (stored[name].float() for name in ENDS)
    first, ways = first.split([len(last), first.shape[1] - len(last)], dim=1)
    room = model.config["in_channels"] - model.config["out_channels"] - ways.shape[1]
    ends = (
        functional.pad(torch.cat([torch.einsum("wokl,on->wnkl", first, there), ways], dim=1), (0, 0) * 2 + (0, room)),
        offset,
        torch.einsum("no,owkl->nwkl", back, last),
        back @ level,
    )
    weights = model.state_dict()
    for name, value in zip(ENDS, ends, strict=True):
        weights[name].copy_(value)


def _pairs(start: Path, latents: Latents) -> tuple[Tensor, Tensor]:
    """Latents of the same pictures by the start's autoencoder and by that of ``latents``."""
    from ldm3d_web.ldm3d.wrap import wrap_longitude

    old, new = (autoencoder.load(each).eval() for each in (start / "vae", latents.vae))
    for network in (old, new):
        wrap_longitude(network)
    mine = torch.from_numpy(latents.latents[:PICTURES]).float()
    theirs = []
    for one in mine.split(1):
        picture = straighten(new.decode(one).sample, curve_of(new.config)).clamp(-1, 1)
        theirs.append(old.encode(bend(picture, curve_of(old.config))).latent_dist.mean)
    return torch.cat(theirs), mine
