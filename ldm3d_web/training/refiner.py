"""After the decoder's stage: a network that sets decoded pictures right, their depth by their colours above all.

It learns from renders that have gone through the autoencoder, half of them straight, half painted anew by the denoiser
from some noise on (`training.repaint`), where depth drifts as it does in what is painted of sentences. What they should
have been is known, but for the colours of what was painted anew, which are its own. Some of the depth that it is given
is bent further, smoothly all around, and now and then there is none at all, so that it learns to trust colours. The
run's folder holds ``refiner/``.

Decoding takes longer than learning, so each decoded panorama is learned from several times, out of a pool. The pool is
no part of the checkpoint: a run that goes on fills it anew, and ends with other weights, as good.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from ldm3d_web.ldm3d import deblock
from ldm3d_web.ldm3d.depth_curve import Curve, curve_of
from ldm3d_web.training import autoencoder, losses
from ldm3d_web.training.optimizer import MuonAndAdamW
from ldm3d_web.training.run import Average, Run, check_budget
from ldm3d_web.training.source import Source, bend
from ldm3d_web.training.start import start_from

if TYPE_CHECKING:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    from ldm3d_web.training.repaint import Repainter

ROWS, COLUMNS = 4, 8  # by which distances are bent; between them it is smooth


@dataclass(frozen=True)
class RefinerPlan:
    """Sizes and rates of the refiner."""

    widths: tuple[int, ...] = (64, 96, 128, 128)
    batch: int = 4  # whole panoramas
    pool: int = 256  # decoded panoramas that batches are drawn from
    fresh: int = 1  # of them, decoded for each step
    drift: float = 0.1  # deviation of the logarithm of distances that are bent
    blind: float = 0.1  # share of pictures without depth
    learning_rate: float = 3e-3
    warmup_steps: int = 50
    average_decay: float = 0.995


class _Pair(NamedTuple):
    """A panorama (4, H, W) float16 as the autoencoder decodes it, what it was, and whether it was not painted anew."""

    decoded: Tensor
    truth: Tensor
    straight: bool


PRESETS = {"cpu": RefinerPlan(), "gpu": RefinerPlan(batch=24, pool=1024, fresh=8, average_decay=0.999)}


def train(
    source: Source,
    vae: Path,
    out: Path,
    plan: RefinerPlan,
    *,
    repaint: Repainter | None = None,
    start: Path | None = None,
    minutes: float | None = None,
    steps: int | None = None,
    device: str = "cpu",
    bfloat16: bool = False,
    seed: int = 0,
) -> Run:
    """Trains (or goes on training) a refiner for the autoencoder in folder ``vae``; returns its run.

    repaint: the denoiser whose pictures it shall refine; without one it sees what is decoded straight. ``start``: a
    model folder, or a run's, whose ``refiner/`` has the plan's shape.
    """
    from ldm3d_web.ldm3d.refiner import Refiner
    from ldm3d_web.ldm3d.wrap import wrap_longitude

    check_budget(minutes, steps)
    torch.manual_seed(seed)
    painter = autoencoder.load(vae).to(device).eval().requires_grad_(False)
    wrap_longitude(painter)
    curve = curve_of(painter.config)
    model = Refiner(plan.widths, {"log": curve.k} if curve.k else None)
    if start:
        start_from(model, Path(start) / "refiner")
    model.to(device)
    optimizer = MuonAndAdamW(model, plan.learning_rate, own_way=("network.leave.",))
    average = Average(model, plan.average_decay)
    run = Run(
        out, {"model": model, "optimizer": optimizer, "average": average}, minutes=minutes, steps=steps, seed=seed
    )
    pool: deque[_Pair] = deque(maxlen=max(plan.pool, plan.batch))
    for _ in run.steps():
        with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
            pool.extend(_decoded(source, painter, repaint, plan.fresh if pool else plan.batch, run))
        chosen = [pool[index] for index in torch.randint(len(pool), (plan.batch,), generator=run.generator)]
        decoded = torch.stack([pair.decoded for pair in chosen]).to(device).float()
        truth = torch.stack([pair.truth for pair in chosen]).to(device).float()
        straight = torch.tensor([pair.straight for pair in chosen], device=device).view(-1, 1, 1, 1)
        with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
            refined = model(spoilt(decoded, plan, curve, run.generator)).float()
        colours = refined[:, :3].where(straight, truth[:, :3])
        parts = losses.reconstruction(torch.cat([colours, refined[:, 3:]], dim=1), truth, curve)
        optimizer.set_rate(run.learning_rate(plan.learning_rate, plan.warmup_steps))
        model.zero_grad(set_to_none=True)
        parts["total"].backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        average.update()
        run.log(**{name: part.detach() for name, part in parts.items()})
    average.swap()
    model.save_pretrained(Path(out) / "refiner")
    average.swap()
    return run


@torch.no_grad()
def _decoded(source: Source, painter: AutoencoderKL, repaint: Repainter | None, count: int, run: Run) -> list[_Pair]:
    truth = source.windows(count, source.height, source.width, run.generator).to(painter.device)
    truth = bend(truth, curve_of(painter.config))
    latents = painter.encode(truth).latent_dist.mean
    straight = repaint is None or bool(torch.rand((), generator=run.generator) < 0.5)
    if repaint and not straight:
        latents = repaint(latents, run.noise(latents), run.generator)
    decoded = deblock.decode(painter, latents).clamp(-1, 1)
    pairs = zip(decoded.half().cpu(), truth.half().cpu(), strict=True)
    return [_Pair(one, other, straight) for one, other in pairs]


def spoilt(pictures: Tensor, plan: RefinerPlan, curve: Curve, generator: torch.Generator) -> Tensor:
    """Half of the pictures (B, 4, H, W) with distances bent smoothly; some with none at all, as of sky everywhere."""
    count, _, height, width = pictures.shape
    luck = torch.rand(2, count, 1, 1, 1, generator=generator).to(pictures.device)
    coarse = torch.randn(count, 1, ROWS, COLUMNS, generator=generator)
    coarse = coarse + torch.randn(count, 1, ROWS, 1, generator=generator)
    around = torch.cat([coarse[..., -2:], coarse, coarse[..., :2]], dim=-1).to(pictures.device)
    side = width // COLUMNS
    smooth = functional.interpolate(around, (height, around.shape[-1] * side), mode="bicubic")
    smooth = plan.drift * (luck[0] < 0.5) * smooth[..., 2 * side : -2 * side]
    disparity = curve.straighten(((pictures[:, 3:] + 1) / 2).clamp(0, 1))
    depth = curve.bend((disparity * smooth.exp()).clamp(0, 1)) * 2 - 1
    return torch.cat([pictures[:, :3], depth.where(luck[1] >= plan.blind, -1.0)], dim=1)
