"""Every world as the autoencoder sees it, once: what the denoiser is trained on.

Each world gives two entries, one of them mirrored, each turned by a random part of a latent (8 or 16 pixels), so that
the denoiser does not learn the grid. Whole latents' turns are drawn while the denoiser trains. What can be said of an
entry knows how it is turned and mirrored, so that "to the left" stays true.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ldm3d_web.errors import InvalidInput
from ldm3d_web.ldm3d.depth_curve import curve_of
from ldm3d_web.training import autoencoder
from ldm3d_web.training.narrow import narrowed
from ldm3d_web.training.saying import Saying, turn_of
from ldm3d_web.training.shards import Shards
from ldm3d_web.training.source import bend

if TYPE_CHECKING:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

VIEWS = 2  # as it is, and mirrored

Batches = Iterator[tuple[torch.Tensor, list[Saying]]]


@dataclass(frozen=True)
class Latents:
    """What `encode` wrote. latents: (N, C, h, w) float16, each channel with mean 0, all together with deviation 1.

    sayings[i] is what can be said of latent i. vae is the folder of the autoencoder that gives them so.
    """

    latents: np.ndarray
    sayings: list[Saying]
    vae: Path


def batches_of(shards: Shards, size: int = 4) -> Batches:
    """A data set's worlds in order, as `encode` takes them."""
    for start in range(0, len(shards), size):
        chosen = range(start, min(start + size, len(shards)))
        yield torch.from_numpy(np.stack([shards.rgbd(i) for i in chosen])), [shards.sayings[i] for i in chosen]


def until(minutes: float | None, worlds: Batches) -> Batches:
    """The batches that come within so many minutes, one at least; all of them for None."""
    began = time.monotonic()
    for batch in worlds:
        yield batch
        if minutes is not None and time.monotonic() - began > 60 * minutes:
            return


@torch.no_grad()
def encode(
    worlds: Batches,
    vae: Path,
    out: Path,
    *,
    channels: int | None = None,
    device: str = "cpu",
    bfloat16: bool = False,
    report_every: int = 200,
) -> None:
    """Encodes worlds to a folder: latents.npy, sayings.json and vae/, whose own layers now scale and shift.

    worlds: batches of pictures (n, 4, H, W) in [-1, 1] with disparity, and what can be said of each. channels: how many
    of the autoencoder's latent channels are kept, the first ones; all for None.
    """
    from ldm3d_web.ldm3d.wrap import wrap_longitude

    if not (Path(vae) / "config.json").is_file():
        raise InvalidInput(f"No autoencoder in {vae}: train one with the command `train autoencoder` first.")
    whole = autoencoder.load(vae)
    model: Any = whole if channels is None else narrowed(whole, channels)
    model.to(device).eval()
    wrap_longitude(model)
    curve, halvings = curve_of(model.config), 2 ** (len(model.config["block_out_channels"]) - 1)
    random = np.random.default_rng(0)
    blocks, sayings, told = [], [], 0
    for pictures, said in worlds:
        views = []
        for number, picture in enumerate(pictures.to(device)):
            for view in range(VIEWS):
                left, mirrored = int(random.integers(halvings)), view == 1
                turned = (picture.flip(-1) if mirrored else picture).roll(-left, -1)
                views.append(turned)
                sayings.append(said[number].seen(turn_of(-left, picture.shape[-1]), mirrored=mirrored))
        with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
            mean = model.encode(bend(torch.stack(views), curve)).latent_dist.mean
        blocks.append(mean.to(torch.float16).cpu().numpy())
        if len(sayings) >= told:
            print(f"{len(sayings) // VIEWS} worlds", flush=True)
            told = len(sayings) + VIEWS * report_every
    latents = np.concatenate(blocks)
    middle, scale = _levels(latents)
    _fold_in(model, middle, scale)
    model.register_to_config(scaling_factor=1.0, shift_factor=0.0)

    unfinished = Path(out).with_name(f".{Path(out).name}.{os.getpid()}")
    unfinished.mkdir(parents=True)
    try:
        for block in np.array_split(latents, max(1, len(latents) // 1000)):  # views: in place, part by part
            block[:] = (block - middle[:, None, None]) / scale[:, None, None]
        np.save(unfinished / "latents.npy", latents)
        (unfinished / "sayings.json").write_text(json.dumps([saying.to_json() for saying in sayings]))
        model.save_pretrained(unfinished / "vae")
        shutil.rmtree(out, ignore_errors=True)
        unfinished.rename(out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    print(f"{len(latents)} latents of {latents.shape[1:]}, divided by {scale[0]:.3f}")


def _levels(latents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of each channel, and the number that all of them are divided by: (C,) each.

    One number, so that over all channels the result has deviation 1 and each keeps its share: an autoencoder begun by
    `linear` has raised its weak channels of detail part of the way already. Raised again, they would be as loud as
    colour and depth, and most of what the denoiser learns would be about what matters least.
    """
    deviation = np.sqrt(latents.var(axis=(0, 2, 3), dtype=np.float64).mean())
    return latents.mean(axis=(0, 2, 3), dtype=np.float64), np.full(latents.shape[1], deviation)


@torch.no_grad()
def _fold_in(model: AutoencoderKL, middle: np.ndarray, scale: np.ndarray) -> None:
    """Moves the shift and scale of the latents into the two 1×1 convolutions beside them; pictures stay the same."""
    into: Any = model.quant_conv
    out_of: Any = model.post_quant_conv
    shift, factor = (torch.from_numpy(values).to(into.weight) for values in (middle, scale))
    channels = len(factor)
    into.weight[:channels] /= factor[:, None, None, None]
    into.bias[:channels] = (into.bias[:channels] - shift) / factor
    into.bias[channels:] -= 2 * factor.log()  # the other half says the logarithm of the variance
    out_of.bias += (out_of.weight[..., 0, 0] @ shift[:, None])[:, 0]
    out_of.weight *= factor[None, :, None, None]


def open_latents(folder: Path) -> Latents:
    """Opens what `encode` wrote, all of it in memory. Raises InvalidInput when it is not there."""
    folder = Path(folder)
    if not (folder / "latents.npy").is_file():
        raise InvalidInput(f"No latents in {folder}: write them with the command `train encode` first.")
    sayings = [Saying.from_json(each) for each in json.loads((folder / "sayings.json").read_text())]
    return Latents(np.load(folder / "latents.npy"), sayings, folder / "vae")
