"""ldm3d-mini-sr: pairs of a panorama and the same four times as sharp, and the network that learns one from the other.

The sharp side is a render. The soft side is that render, averaged; or that passed through the autoencoder with some
noise on its latents, which is as soft and as wrong as mini's pictures are. Strips as wide as the panorama are learned
from, so that the wrap is true. A critic (`training.critic`) learns from the start and has its say in the second part:
the softer the given picture, the more the likeliest answer is a blur. The run's folder holds ``upscaler/`` with
averaged weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from ldm3d_web.ldm3d.depth_curve import Curve, curve_of
from ldm3d_web.training import autoencoder, losses, sheets
from ldm3d_web.training.critic import Opponent, pushed
from ldm3d_web.training.run import Average, Run, Stateful
from ldm3d_web.training.source import Source, bend, straighten
from ldm3d_web.training.start import start_from

if TYPE_CHECKING:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    from ldm3d_web.ldm3d.upscaler import Upscaler


@dataclass(frozen=True)
class UpscalerPlan:
    """Sizes and rates of the upscaler."""

    width: int = 48
    blocks: int = 10
    curve: Curve = losses.DEPTH_CURVE
    batch: int = 1  # strips
    rows: int = 64  # of a strip, at the small size
    clean: float = 0.5  # share of strips that do not go through the autoencoder
    noise: float = 0.3  # most noise on a latent of the others, whose deviation is 1
    learning_rate: float = 6e-4
    warmup_steps: int = 50
    critic_width: int = 16
    critic_rate: float = 3e-4
    critic_share: float = 0.4  # of the critic's pull beside the reconstruction's; 0 for no critic
    critic_from: float = 0.5  # part of the budget from which it pulls
    average_decay: float = 0.995
    look_every_s: float = 300.0


PRESETS = {
    "cpu": UpscalerPlan(width=32, blocks=8, learning_rate=2e-3),  # four times the steps in the same time
    "gpu": UpscalerPlan(batch=16, rows=128, learning_rate=1e-3, average_decay=0.999, look_every_s=120.0),
}


def train(
    source: Source,
    vae: Path,
    out: Path,
    plan: UpscalerPlan,
    *,
    start: Path | None = None,
    minutes: float | None = None,
    steps: int | None = None,
    device: str = "cpu",
    bfloat16: bool = False,
    seed: int = 0,
) -> Run:
    """Trains (or goes on training) the upscaler in folder ``out``; returns its run, finished or stopped.

    source: renders four times as wide as the model's pictures. vae: the folder of the model's autoencoder.
    ``start``: a model folder, or a run's, whose ``upscaler/`` has the plan's shape.
    """
    from ldm3d_web.ldm3d.upscaler import FACTOR, Upscaler
    from ldm3d_web.ldm3d.wrap import wrap_longitude

    torch.manual_seed(seed)
    model = Upscaler(plan.width, plan.blocks, {"log": plan.curve.k} if plan.curve.k else None)
    if start:
        start_from(model, Path(start) / "upscaler")
    model.to(device)
    painter = autoencoder.load(vae).to(device).eval().requires_grad_(False)
    wrap_longitude(painter)
    optimizer = torch.optim.AdamW(model.parameters(), lr=plan.learning_rate, betas=(0.9, 0.99), weight_decay=1e-4)
    average = Average(model, plan.average_decay)
    parts: dict[str, Stateful] = {"model": model, "optimizer": optimizer, "average": average}
    opponent = Opponent(plan.critic_width, plan.critic_rate, device) if plan.critic_share else None
    if opponent:
        parts |= {"critic": opponent.critic, "critic_optimizer": opponent.optimizer}
    run = Run(out, parts, minutes=minutes, steps=steps, seed=seed)
    rows = min(FACTOR * plan.rows, source.height)
    looked = run.seconds - plan.look_every_s + 60
    for _ in run.steps():
        sharp = source.windows(plan.batch, rows, source.width, run.generator).to(device)
        with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
            soft = bend(soften(shrink(sharp), painter, plan, run), plan.curve)
            painted = model(soft)
        truth = bend(sharp, plan.curve)
        gradient, parts_of_loss = pushed(
            painted, truth, partial(losses.reconstruction, target=truth, curve=plan.curve), opponent,
            plan.critic_share if run.progress >= plan.critic_from else 0,
        )  # fmt: skip
        for group in optimizer.param_groups:
            group["lr"] = run.learning_rate(plan.learning_rate, plan.warmup_steps)
        optimizer.zero_grad(set_to_none=True)
        painted.backward(gradient)
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        average.update()
        run.log(**{name: part.detach() for name, part in parts_of_loss.items()}, norm=norm)
        if run.seconds - looked > plan.look_every_s:
            looked = run.seconds
            _show(model, average, source, out)
    _show(model, average, source, out)
    return run


def shrink(sharp: Tensor, factor: int = 4) -> Tensor:
    """(B, 4, H, W) to (B, 4, H / factor, W / factor): means of colour, and of depth a middle one.

    A mean of near and far would be a surface that is not there.
    """
    rgb = functional.avg_pool2d(sharp[:, :3], factor)
    depth = functional.pixel_unshuffle(sharp[:, 3:], factor).sort(dim=1).values
    return torch.cat([rgb, depth[:, factor**2 // 2 :][:, :1]], dim=1)


@torch.no_grad()
def soften(small: Tensor, painter: AutoencoderKL, plan: UpscalerPlan, run: Run) -> Tensor:
    """Pictures (B, 4, h, w) in [-1, 1] with disparity, most of them as the autoencoder paints them from noisy latents.

    Colours are rounded to the 256 levels that the upscaler will be given.
    """
    luck, strength = torch.rand(2, len(small), generator=run.generator).to(small.device)
    spoilt = luck >= plan.clean
    mixed = small.clone()
    if spoilt.any():
        curve = curve_of(painter.config)
        latents = painter.encode(bend(small[spoilt], curve)).latent_dist.mean
        noise = plan.noise * strength[spoilt].view(-1, 1, 1, 1) * run.noise(latents)
        mixed[spoilt] = straighten(painter.decode(latents + noise).sample.float(), curve).clamp(-1, 1)
    rgb = ((mixed[:, :3] + 1) * 127.5).round() / 127.5 - 1
    return torch.cat([rgb, mixed[:, 3:]], dim=1)


@torch.no_grad()
def _show(model: Upscaler, average: Average, source: Source, out: Path) -> None:
    """Writes ``upscaler/`` with the averaged weights, and a sheet: middles of bicubic, painted and true pictures."""
    from ldm3d_web.ldm3d.upscaler import enlarge

    curve = curve_of(model.config)
    average.swap()
    model.save_pretrained(out / "upscaler")
    device = next(model.parameters()).device
    pictures = []
    for sharp in source.look(2):
        small = shrink(sharp[None].to(device))
        painted = straighten(model(bend(small, curve)), curve)
        for each in (enlarge(small), painted, sharp[None]):
            rows, columns = each.shape[-2] // 4, each.shape[-1] // 4
            middle = each[0, :, rows : 3 * rows, columns : 2 * columns]
            pictures.append(sheets.to_bytes(middle.float().cpu().numpy()))
    sheets.write_png(out / "upscaled.png", sheets.sheet(pictures))
    average.swap()
