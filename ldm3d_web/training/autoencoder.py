"""Stage one: a KL autoencoder for colour and depth together, 4 channels in and out.

The depth channel carries a curve of disparity (`ldm3d.depth_curve`), named in the autoencoder's config. A fresh
one trains on random crops first, which see many worlds in a batch; the last part of the budget, and all of a warm
start's, runs on whole panoramas with the wrap on, so that the group norms' statistics and the seam are those of its
real use. A run's folder holds ``vae/`` in diffusers' layout, with averaged weights, from the first checkpoint on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from ldm3d_web.ldm3d.depth_curve import CURVE_KEY, Curve, curve_of
from ldm3d_web.training import losses, sheets
from ldm3d_web.training.linear import start_as_linear
from ldm3d_web.training.run import Average, Run, check_budget
from ldm3d_web.training.source import Source, bend, straighten
from ldm3d_web.training.start import start_from

if TYPE_CHECKING:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL


@dataclass(frozen=True)
class AutoencoderPlan:
    """Sizes and rates of stage one."""

    widths: tuple[int, ...] = (16, 32, 64, 96, 128)  # five blocks: four halvings, 16 pixels to a latent
    latent_channels: int = 32
    norm_groups: int = 2
    curve: Curve = losses.DEPTH_CURVE  # what the depth channel carries
    linear_steps: int = 600  # of the head start, four crops each
    crop: int = 128  # pixels
    batch: int = 16  # crops; whole panoramas are fewer, for the same number of pixels
    whole_from: float = 0.7  # from this part of the budget on: whole panoramas
    learning_rate: float = 3e-4
    warm_learning_rate: float = 6e-5  # of a warm start, which the other one undoes (docs/log.md)
    warmup_steps: int = 100
    divergence_weight: float = 1e-4
    average_decay: float = 0.998
    look_every_s: float = 300.0


PRESETS = {
    "cpu": AutoencoderPlan(batch=16),
    # Eight pixels to a latent: four times the latents, so each says a quarter as much.
    "gpu": AutoencoderPlan(
        widths=(32, 64, 96, 128), latent_channels=8, linear_steps=3000, crop=256, batch=48, whole_from=0.5,
        learning_rate=6e-4, warmup_steps=300, average_decay=0.9995, look_every_s=120.0,
    ),
}  # fmt: skip


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
    return model


def name_curve(model: AutoencoderKL, curve: Curve) -> None:
    """Writes the curve into the model's config; none for plain disparity."""
    model.register_to_config(**{CURVE_KEY: {"log": curve.k} if curve.k else None})


def load(folder: Path) -> Any:  # an AutoencoderKL, whose own `to` is wrapped without its types
    """The autoencoder in a folder. Without diffusers' note that it does not know the curve in its config: we do."""
    import diffusers.utils.logging as diffusers_log
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    log: Any = diffusers_log
    before = log.get_verbosity()
    log.set_verbosity_error()
    try:
        return AutoencoderKL.from_pretrained(folder)
    finally:
        log.set_verbosity(before)


def train(
    source: Source,
    out: Path,
    plan: AutoencoderPlan,
    *,
    start: Path | None = None,
    minutes: float | None = None,
    steps: int | None = None,
    device: str = "cpu",
    bfloat16: bool = False,
    compiled: bool = False,
    seed: int = 0,
) -> Run:
    """Trains (or goes on training) the autoencoder in folder ``out``; returns its run, finished or stopped.

    ``start``: a model folder, or a run's, whose ``vae/`` has the plan's shape: its weights are the first ones, and all
    of the budget runs on whole panoramas.
    """
    from ldm3d_web.ldm3d.wrap import unwrap_longitude, wrap_longitude

    check_budget(minutes, steps)
    torch.manual_seed(seed)
    model = build(plan, source.width)
    if start:
        start_from(model, Path(start) / "vae")
    elif not (out / "checkpoint.pt").is_file():
        start_as_linear(model, source, plan.curve, crop=plan.crop, steps=plan.linear_steps)
    name_curve(model, plan.curve)
    model.to(device)  # type: ignore[arg-type]  # diffusers wraps it without its types
    peak = plan.warm_learning_rate if start else plan.learning_rate
    optimizer = torch.optim.AdamW(model.parameters(), lr=peak, betas=(0.9, 0.99), weight_decay=1e-3)
    average = Average(model, plan.average_decay)
    run = Run(
        out, {"model": model, "optimizer": optimizer, "average": average}, minutes=minutes, steps=steps, seed=seed
    )
    encode, decode = (torch.compile(each) if compiled else each for each in (model.encode, model.decode))
    is_whole, looked = False, run.seconds - plan.look_every_s + 30
    for _ in run.steps():
        if (start or run.progress >= plan.whole_from) and not is_whole:
            wrap_longitude(model)
            is_whole = True
        batch = bend(_batch(source, plan, run.generator, whole=is_whole).to(device), plan.curve)
        rate = run.learning_rate(peak, plan.warmup_steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
            posterior = encode(batch).latent_dist
            painted = decode(posterior.mean + posterior.std * run.noise(posterior.mean)).sample
        parts = losses.reconstruction(painted.float(), batch, plan.curve)
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
            show(model, average, source, out)
            wrap_longitude(model) if is_whole else unwrap_longitude(model)
    show(model, average, source, out)
    return run


def _batch(source: Source, plan: AutoencoderPlan, generator: torch.Generator, *, whole: bool) -> torch.Tensor:
    height, width = (source.height, source.width) if whole else (min(plan.crop, source.height), plan.crop)
    count = max(1, plan.batch * plan.crop**2 // (height * width)) if whole else plan.batch
    return source.windows(count, height, width, generator)


@torch.no_grad()
def show(model: AutoencoderKL, average: Average, source: Source, out: Path) -> None:
    """Writes ``vae/`` with the averaged weights and a sheet of six worlds beside their reconstructions."""
    from ldm3d_web.ldm3d.wrap import wrap_longitude

    curve = curve_of(model.config)
    average.swap()
    wrap_longitude(model)
    model.save_pretrained(out / "vae")
    device = next(model.parameters()).device
    pictures = []
    for world in source.look(6):
        painted = straighten(model(bend(world[None].to(device), curve)).sample.float(), curve)[0]
        pictures += [sheets.to_bytes(each.cpu().numpy()) for each in (world, painted)]
    sheets.write_png(out / "reconstructions.png", sheets.sheet(pictures, columns=4))
    average.swap()
