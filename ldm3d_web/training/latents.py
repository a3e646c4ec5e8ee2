"""Every world as the autoencoder sees it, once: what the denoiser is trained on.

Each world gives two entries, one of them mirrored, each turned by a random part of a latent (16 pixels), so that the
denoiser does not learn the grid. Whole latents' turns are drawn while the denoiser trains.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ldm3d_web.errors import InvalidInput
from ldm3d_web.training.shards import Shards

if TYPE_CHECKING:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

DETAIL = 0.4  # 0: all channels alike, 1: as the autoencoder has them
VIEWS = 2  # as it is, and mirrored


@dataclass(frozen=True)
class Latents:
    """What `encode` wrote. latents: (N, C, h, w) float16, each channel with mean 0, deviation 1 over all.

    captions[i] are the sentences of latent i. vae is the folder of the autoencoder that gives them so.
    """

    latents: np.ndarray
    captions: list[list[str]]
    vae: Path


@torch.no_grad()
def encode(
    shards: Shards, vae: Path, out: Path, *, device: str = "cpu", bfloat16: bool = False, batch: int = 4
) -> None:
    """Encodes a data set to a folder: latents.npy, captions.json and vae/, whose own layers now scale and shift."""
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    from ldm3d_web.ldm3d.wrap import wrap_longitude

    if not (Path(vae) / "config.json").is_file():
        raise InvalidInput(f"No autoencoder in {vae}: train one with the command `train autoencoder` first.")
    model = AutoencoderKL.from_pretrained(vae).to(device).eval()
    wrap_longitude(model)
    halvings = 2 ** (len(model.config["block_out_channels"]) - 1)
    random = np.random.default_rng(0)
    blocks = []
    for start in range(0, len(shards), batch):
        pictures = []
        for index in range(start, min(start + batch, len(shards))):
            for view in range(VIEWS):
                picture = shards.rgbd(index, column=int(random.integers(halvings)))
                pictures.append(picture[..., ::-1] if view else picture)
        with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
            mean = model.encode(torch.from_numpy(np.stack(pictures)).to(device)).latent_dist.mean
        blocks.append(mean.float().cpu().numpy())
        if start // batch % 50 == 0:
            print(f"{start} of {len(shards)} worlds", flush=True)
    latents = np.concatenate(blocks)
    middle, scale = _levels(latents)
    _fold_in(model, middle, scale)
    model.register_to_config(scaling_factor=1.0, shift_factor=0.0)

    unfinished = Path(out).with_name(f".{Path(out).name}.{os.getpid()}")
    unfinished.mkdir(parents=True)
    try:
        np.save(
            unfinished / "latents.npy", ((latents - middle[:, None, None]) / scale[:, None, None]).astype(np.float16)
        )
        captions = [captions for captions in shards.captions for _ in range(VIEWS)]
        (unfinished / "captions.json").write_text(json.dumps(captions))
        model.save_pretrained(unfinished / "vae")
        shutil.rmtree(out, ignore_errors=True)
        unfinished.rename(out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    print(f"{len(latents)} latents of {latents.shape[1:]}, channels divided by {np.round(scale, 3).tolist()}")


def _levels(latents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of each channel, and what to divide it by: (C,) each.

    Channels of fine detail come out of the autoencoder ten times weaker than those of colour and depth, and a denoiser
    would see them last and badly. They are raised, not to the same deviation (they matter less), but part of the way;
    over all channels the result has deviation 1.
    """
    deviation = latents.std(axis=(0, 2, 3), dtype=np.float64)
    wanted = deviation**DETAIL
    wanted /= np.sqrt((wanted**2).mean())
    return latents.mean(axis=(0, 2, 3), dtype=np.float64), deviation / wanted


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
    captions = json.loads((folder / "captions.json").read_text())
    return Latents(np.load(folder / "latents.npy"), captions, folder / "vae")
