"""Latents as a denoiser leaves them, beside the picture that they should have become: what a decoder will have to read.

A rendered panorama's latents are drowned in noise, part of the way, and painted out again (SDEdit, Meng et al. 2022,
arXiv 2108.01073). What the noise has left keeps its place; the details are the denoiser's own, with the mistakes that
it makes, which no noise from a generator has. Of pictures painted from sentences alone (`paint`) nobody knows what
they should have become, but their depth should be that of their colours.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from ldm3d_web.errors import InvalidInput
from ldm3d_web.files import write_whole
from ldm3d_web.ldm3d import sampler
from ldm3d_web.ldm3d.compass import pointed
from ldm3d_web.training.denoiser import load_text
from ldm3d_web.training.painted import paint_latents
from ldm3d_web.training.text import tokenize

if TYPE_CHECKING:
    from ldm3d_web.ldm3d.pipeline import LDM3DPipeline
    from ldm3d_web.training.saying import Saying

FILE = "painted.npy"  # what `paint` keeps in its folder
STEPS = 12  # of a whole walk from noise to a picture
LAST = (2, 6)  # so many of them are made, drawn anew for each batch: from 93 % to half of the signal is left


class Repainter:
    """A trained denoiser that paints latents anew, without a sentence: what is left of the picture says enough."""

    def __init__(self, denoiser: Path, text: Path, device: str = "cpu") -> None:
        """denoiser: the folder of a `denoiser` run, or a finished model's. text: its text encoder's, likewise.

        Raises InvalidInput where one is not.
        """
        from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
        from diffusers.schedulers.scheduling_ddim import DDIMScheduler

        from ldm3d_web.ldm3d.wrap import wrap_longitude

        if not (Path(denoiser) / "unet").is_dir():
            raise InvalidInput(f"No denoiser in {denoiser}: train one with the command `train denoiser` first.")
        self.network = UNet2DConditionModel.from_pretrained(Path(denoiser) / "unet").float().to(device).eval()
        wrap_longitude(self.network)
        self.in_channels = self.network.config["in_channels"]
        scheduler = DDIMScheduler.from_pretrained(Path(denoiser) / "scheduler")
        self.levels = sampler.levels(scheduler, STEPS)
        self.prediction = scheduler.config["prediction_type"]
        tokenizer, encoder = load_text(text)
        with torch.no_grad():
            self.silence = encoder(tokenize(tokenizer, [""])).last_hidden_state.to(device)

    @torch.no_grad()
    def __call__(self, latents: Tensor, noise: Tensor, generator: torch.Generator) -> Tensor:
        """Latents (B, C, h, w) painted anew from a random level on, at which ``noise``, shaped like them, is added."""
        least, most = LAST
        made = int(torch.randint(least, most + 1, (), generator=generator))
        walk = self.levels[-made:]
        keep = walk[0].signal
        latents = keep**0.5 * latents + (1 - keep) ** 0.5 * noise
        words = self.silence.expand(len(latents), -1, -1)
        for level in walk:
            given = pointed(latents, self.in_channels)
            output = self.network(given, level.timestep, words).sample
            clean, rest = sampler.clean_and_noise(self.prediction, output, latents, level.signal)
            latents = sampler.advance(clean, rest, level.signal_next)
        return latents


def paint(
    pipeline: LDM3DPipeline,
    sayings: Sequence[Saying],
    count: int,
    out: Path,
    *,
    seed: int = 0,
    batch: int = 4,
    bfloat16: bool = False,
) -> None:
    """Paints ``count`` sentences about random worlds, as its users do, and keeps the latents, (N, C, h, w) float16.

    Can be stopped and called again: what is in the folder is gone on with.
    """
    from ldm3d_web.training.guide import draw_claims

    file = Path(out) / FILE
    Path(out).mkdir(parents=True, exist_ok=True)
    done = list(np.load(file)) if file.is_file() else []
    sentences, _ = draw_claims(sayings, count, torch.Generator().manual_seed(seed))
    steps, guidance = pipeline.defaults.steps, pipeline.defaults.guidance
    for start in range(len(done), count, batch):
        some = sentences[start : start + batch]
        seeds = [seed + start + number for number in range(len(some))]
        latents = paint_latents(pipeline, some, seeds, steps, guidance, bfloat16)
        done += list(latents.half().cpu().numpy())
        stream = io.BytesIO()
        np.save(stream, np.stack(done))
        write_whole(file, stream.getvalue())
        print(f"{len(done)} of {count} painted", flush=True)


def open_painted(folder: Path) -> Tensor:
    """The latents that `paint` has kept. Raises InvalidInput where there are none."""
    file = Path(folder) / FILE
    if not file.is_file():
        raise InvalidInput(f"Nothing painted in {folder}: paint some with the command `train paint` first.")
    return torch.from_numpy(np.load(file))
