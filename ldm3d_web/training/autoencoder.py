"""Stage one: a KL autoencoder for colour and disparity together, 4 channels in and out, 16 pixels to a latent.

Trained on random crops, which see many worlds in a batch; the last part of the budget runs on whole panoramas with the
wrap on, so that the group norms' statistics and the seam are those of its real use. A run's folder holds ``vae/`` in
diffusers' layout, with averaged weights, from the first checkpoint on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from ldm3d_web.training import losses, sheets
from ldm3d_web.training.run import Average, Run
from ldm3d_web.training.shards import Shards
from ldm3d_web.training.thumbnail import start_as_thumbnail

if TYPE_CHECKING:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL


@dataclass(frozen=True)
class AutoencoderPlan:
    """Sizes and rates of stage one."""

    widths: tuple[int, ...] = (16, 32, 64, 96, 128)  # five blocks: four halvings, 16 pixels to a latent
    latent_channels: int = 12
    norm_groups: int = 2
    crop: int = 128  # pixels
    batch: int = 16  # crops; whole panoramas are fewer, for the same number of pixels
    whole_from: float = 0.7  # from this part of the budget on: whole panoramas
    learning_rate: float = 4e-4
    warmup_steps: int = 100
    divergence_weight: float = 1e-4
    average_decay: float = 0.998
    look_every_s: float = 300.0


def build(plan: AutoencoderPlan, width: int) -> AutoencoderKL:
    """A fresh autoencoder. No attention in the middle: it would tie a picture's parts together across crop sizes."""
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    blocks = len(plan.widths)
    model = AutoencoderKL(
        in_channels=4,
        out_channels=4,
        down_block_types=("DownEncoderBlock2D",) * blocks,
        up_block_types=("UpDecoderBlock2D",) * blocks,
        block_out_channels=plan.widths,
        layers_per_block=1,
        latent_channels=plan.latent_channels,
        norm_num_groups=plan.norm_groups,
        sample_size=width,
        mid_block_add_attention=False,
        scaling_factor=1.0,
    )
    start_as_thumbnail(model)
    return model


def train(
    shards: Shards,
    out: Path,
    plan: AutoencoderPlan,
    *,
    minutes: float | None = None,
    steps: int | None = None,
    device: str = "cpu",
    bfloat16: bool = False,
    seed: int = 0,
) -> Run:
    """Trains (or goes on training) the autoencoder in folder ``out``; returns its run, finished or stopped."""
    from ldm3d_web.ldm3d.wrap import unwrap_longitude, wrap_longitude

    torch.manual_seed(seed)
    model = build(plan, shards.width)
    model.to(device)  # type: ignore[arg-type]  # diffusers wraps it without its types
    optimizer = torch.optim.AdamW(model.parameters(), lr=plan.learning_rate, betas=(0.9, 0.99), weight_decay=1e-3)
    average = Average(model, plan.average_decay)
    run = Run(
        out, {"model": model, "optimizer": optimizer, "average": average}, minutes=minutes, steps=steps, seed=seed
    )
    is_whole, looked = False, run.seconds - plan.look_every_s + 30
    for _ in run.steps():
        if run.progress >= plan.whole_from and not is_whole:
            wrap_longitude(model)
            is_whole = True
        batch = _batch(shards, plan, run.generator, whole=is_whole).to(device)
        rate = run.learning_rate(plan.learning_rate, plan.warmup_steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
            posterior = model.encode(batch).latent_dist
            noise = torch.randn(posterior.mean.shape, generator=run.generator).to(device)
            painted = model.decode(posterior.mean + posterior.std * noise).sample
        parts = losses.reconstruction(painted.float(), batch)
        kl = losses.divergence(posterior.mean.float(), posterior.logvar.float())
        loss = parts["total"] + plan.divergence_weight * kl
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        average.update()
        run.log(**{name: part.detach() for name, part in parts.items()}, kl=kl.detach(), rate=rate, norm=norm)
        if run.seconds - looked > plan.look_every_s:
            looked = run.seconds
            show(model, average, shards, out)
            wrap_longitude(model) if is_whole else unwrap_longitude(model)
    show(model, average, shards, out)
    return run


def _batch(shards: Shards, plan: AutoencoderPlan, generator: torch.Generator, *, whole: bool) -> torch.Tensor:
    height, width = (shards.height, shards.width) if whole else (min(plan.crop, shards.height), plan.crop)
    count = max(1, plan.batch * plan.crop**2 // (height * width)) if whole else plan.batch
    return windows(shards, count, height, width, generator)


def windows(shards: Shards, count: int, height: int, width: int, generator: torch.Generator) -> torch.Tensor:
    """Random windows of random worlds, any of which may run across the wrap, half of them mirrored.

    Returns (count, 4, height, width) float32 in [-1, 1].
    """
    pictures = []
    for _ in range(count):
        index, row, column, mirror = (
            int(torch.randint(bound, (), generator=generator))
            for bound in (len(shards), shards.height - height + 1, shards.width, 2)
        )
        picture = shards.rgbd(index, row=row, column=column, height=height, width=width)
        pictures.append(picture[..., ::-1] if mirror else picture)
    return torch.from_numpy(np.stack(pictures))


@torch.no_grad()
def show(model: AutoencoderKL, average: Average, shards: Shards, out: Path) -> None:
    """Writes ``vae/`` with the averaged weights and a sheet of six worlds beside their reconstructions."""
    from ldm3d_web.ldm3d.wrap import wrap_longitude

    average.swap()
    wrap_longitude(model)
    model.save_pretrained(out / "vae")
    device = next(model.parameters()).device
    pictures = []
    for index in np.linspace(0, len(shards) - 1, num=min(6, len(shards)), dtype=int):
        world = shards.rgbd(int(index))
        painted = model(torch.from_numpy(world)[None].to(device)).sample[0]
        pictures += [sheets.to_bytes(world), sheets.to_bytes(painted.float().cpu().numpy())]
    sheets.write_png(out / "reconstructions.png", sheets.sheet(pictures, columns=4))
    average.swap()
