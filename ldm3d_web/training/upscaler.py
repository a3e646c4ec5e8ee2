"""ldm3d-mini-sr: pairs of a panorama and the same four times as sharp, and the network that learns one from the other.

The sharp side is a render. The soft side is that render, averaged; a few are passed through the autoencoder with some
noise on their latents, and are as soft and as wrong as mini's pictures. Strips as wide as the panorama go through the
autoencoder, and of these the network learns from squares where there is something to see: on whole strips, most of them
sky and ground, it learns slowly (docs/log.md). A critic (`training.critic`) has its say in the last part. The run's
folder holds ``upscaler/`` with averaged weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from ldm3d_web.ldm3d import deblock
from ldm3d_web.ldm3d.depth_curve import Curve, curve_of
from ldm3d_web.training import autoencoder, losses, sheets
from ldm3d_web.training.critic import Opponent, pushed
from ldm3d_web.training.run import Average, Run, Stateful, check_budget
from ldm3d_web.training.source import Source, bend, straighten
from ldm3d_web.training.start import start_from

if TYPE_CHECKING:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    from ldm3d_web.ldm3d.upscaler import Upscaler


HUBER = 0.2  # errors up to that, of colours and depth in [-1, 1], count by their squares
MARGIN = 4  # small pixels of a crop that see its edge, and are not asked for


@dataclass(frozen=True)
class UpscalerPlan:
    """Sizes and rates of the upscaler."""

    width: int = 48
    blocks: int = 10
    curve: Curve = losses.DEPTH_CURVE
    strips: int = 2  # a step, as wide as the picture, for the autoencoder's norms look at all of it
    rows: int = 64  # of a strip, at the small size
    batch: int = 6  # crops of them
    side: int = 64  # of a crop, at the small size
    tries: int = 3  # places that a crop is chosen from, the richest: most of a panorama is smooth
    clean: float = 0.9  # share of strips that do not go through the autoencoder, whose errors drown all others
    noise: float = 0.3  # most noise on a latent of the others, whose deviation is 1
    learning_rate: float = 4e-3
    warmup_steps: int = 100
    critic_width: int = 16
    critic_rate: float = 3e-4
    critic_share: float = 0.25  # of the critic's pull beside the reconstruction's; 0 for no critic
    critic_from: float = 0.7  # part of the budget from which it pulls; from a tenth before that it learns
    average_decay: float = 0.998
    look_every_s: float = 300.0


PRESETS = {
    # Small, from clean pictures alone, and the critic's time never comes: in minutes, edges are all one gets.
    "cpu": UpscalerPlan(width=24, blocks=8, clean=1.0, critic_from=2.0),
    "gpu": UpscalerPlan(strips=12, rows=128, batch=48, average_decay=0.999, look_every_s=120.0),
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
    from ldm3d_web.ldm3d.wrap import unwrap_longitude, wrap_longitude

    check_budget(minutes, steps)
    torch.manual_seed(seed)
    model = Upscaler(plan.width, plan.blocks, {"log": plan.curve.k} if plan.curve.k else None)
    if start:
        start_from(model, Path(start) / "upscaler")
    model.to(device)
    unwrap_longitude(model)  # a crop's edges are no neighbours
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
    side = min(plan.side, rows // FACTOR)
    inside = slice(FACTOR * MARGIN, FACTOR * (side - MARGIN)) if side > 4 * MARGIN else slice(None)
    looked = run.seconds - plan.look_every_s + 60
    for _ in run.steps():
        strips = source.windows(plan.strips, rows, source.width, run.generator).to(device)
        with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
            soft, sharp = rich_crops(soften(shrink(strips), painter, plan, run), strips, side, plan, run.generator)
            painted = model(bend(soft, plan.curve))[..., inside, inside]
        truth = bend(sharp, plan.curve)[..., inside, inside]
        gradient, parts_of_loss = pushed(
            painted, truth, partial(edges_first, target=truth, curve=plan.curve),
            opponent if run.progress >= plan.critic_from - 0.1 else None,
            plan.critic_share if run.progress >= plan.critic_from else 0,
        )  # fmt: skip
        for group in optimizer.param_groups:
            group["lr"] = run.learning_rate(plan.learning_rate, plan.warmup_steps)
        optimizer.zero_grad(set_to_none=True)
        painted.backward(gradient)
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        average.update()
        parts_of_loss = {"critic": torch.tensor(torch.nan), **parts_of_loss}
        run.log(**{name: part.detach() for name, part in parts_of_loss.items()}, norm=norm)
        if run.seconds - looked > plan.look_every_s:
            looked = run.seconds
            _show(model, average, source, out)
    _show(model, average, source, out)
    return run


def edges_first(painted: Tensor, target: Tensor, curve: Curve) -> dict[str, Tensor]:
    """Squares of small errors, and a little of distances' shares: what is flat is right already and must not be heard.

    Under absolute errors every pixel of it pulls as hard as an edge does, and edges hardly learned (docs/log.md).
    """
    rgb = functional.smooth_l1_loss(painted[:, :3], target[:, :3], beta=HUBER)
    depth = functional.smooth_l1_loss(painted[:, 3:], target[:, 3:], beta=HUBER)
    relative = losses.relative_error(painted[:, 3:], target[:, 3:], curve).clamp(max=losses.MOST_RELATIVE).mean()
    return {"rgb": rgb, "depth": depth, "relative": relative, "total": 3 * rgb + depth + 0.05 * relative}


def rich_crops(
    soft: Tensor, sharp: Tensor, side: int, plan: UpscalerPlan, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Squares of both, (plan.batch, 4, side, side) and four times as large, of some places the richest.

    soft: strips (B, 4, h, W); sharp: the same ones, four times as large. Squares may run across the wrap. Rich is where
    neighbours differ.
    """
    from ldm3d_web.ldm3d.upscaler import FACTOR

    count, _, height, width = soft.shape
    found = []
    for _ in range(plan.batch):
        places = [
            [int(torch.randint(bound, (), generator=generator)) for bound in (count, height - side + 1, width)]
            for _ in range(plan.tries)
        ]
        crops = [
            [_square(strips[strip], factor * row, factor * column, factor * side)
             for strips, factor in ((soft, 1), (sharp, FACTOR))]
            for strip, row, column in places
        ]  # fmt: skip
        found.append(max(crops, key=lambda pair: float(pair[1].diff(dim=-1).abs().mean())))
    return torch.stack([each[0] for each in found]), torch.stack([each[1] for each in found])


def _square(strip: Tensor, row: int, column: int, side: int) -> Tensor:
    columns = torch.arange(column, column + side, device=strip.device) % strip.shape[-1]
    return strip[:, row : row + side, columns]


def shrink(sharp: Tensor, factor: int = 4) -> Tensor:
    """(B, 4, H, W) to (B, 4, H / factor, W / factor): means of colour, and of depth a middle one.

    A mean of near and far would be a surface that is not there.
    """
    rgb = functional.avg_pool2d(sharp[:, :3], factor)
    depth = functional.pixel_unshuffle(sharp[:, 3:], factor).sort(dim=1).values
    return torch.cat([rgb, depth[:, factor**2 // 2 :][:, :1]], dim=1)


@torch.no_grad()
def soften(small: Tensor, painter: AutoencoderKL, plan: UpscalerPlan, run: Run) -> Tensor:
    """Pictures (B, 4, h, w) in [-1, 1] with disparity, some of them as the autoencoder paints them from noisy latents.

    Colours are rounded to the 256 levels that the upscaler will be given.
    """
    luck, strength = torch.rand(2, len(small), generator=run.generator).to(small.device)
    spoilt = luck >= plan.clean
    mixed = small.clone()
    if spoilt.any():
        curve = curve_of(painter.config)
        latents = painter.encode(bend(small[spoilt], curve)).latent_dist.mean
        noise = plan.noise * strength[spoilt].view(-1, 1, 1, 1) * run.noise(latents)
        mixed[spoilt] = straighten(deblock.decode(painter, latents + noise).float(), curve).clamp(-1, 1)
    rgb = ((mixed[:, :3] + 1) * 127.5).round() / 127.5 - 1
    return torch.cat([rgb, mixed[:, 3:]], dim=1)


@torch.no_grad()
def _show(model: Upscaler, average: Average, source: Source, out: Path) -> None:
    """Writes ``upscaler/`` with the averaged weights, and a sheet: middles of bicubic, painted and true pictures."""
    from ldm3d_web.ldm3d.upscaler import enlarge
    from ldm3d_web.ldm3d.wrap import unwrap_longitude, wrap_longitude

    curve = curve_of(model.config)
    average.swap()
    model.save_pretrained(out / "upscaler")
    wrap_longitude(model)
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
    unwrap_longitude(model)
    average.swap()
