"""Between the stages: the decoder alone learns on, while the latents it reads stay as the denoiser knows them.

The encoder is frozen, so this can run beside the denoiser's training or after it. The decoder reads latents that are
not quite right, and learns to paint smooth sky from them, where one that has seen only exact ones shows their grid:
after the denoiser's training they are its own (`training.repaint`), before it they get a little noise. A critic learns
beside it and keeps it from painting blur where latents leave something open (`training.critic`). Whole panoramas with
the wrap on. The run's folder holds ``vae/``, which takes the place of the one beside the latents.

In latents that come of a sentence alone, depth and colour do not quite belong together: each is as the denoiser guessed
it. Of such latents (`repaint.paint`) the depth is held to what a network reads in the colours (`training.reader`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ldm3d_web.ldm3d.compass import turned
from ldm3d_web.ldm3d.depth_curve import curve_of
from ldm3d_web.training import autoencoder, losses
from ldm3d_web.training.critic import Opponent, pushed
from ldm3d_web.training.reader import disagreement
from ldm3d_web.training.repaint import Repainter
from ldm3d_web.training.run import Average, Run, Stateful, check_budget
from ldm3d_web.training.source import Source, bend

if TYPE_CHECKING:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    from ldm3d_web.training.depth_reference import DepthReference


@dataclass(frozen=True)
class DecoderPlan:
    """Rates of the decoder's own training."""

    batch: int = 2  # whole panoramas
    noise: float = 0.25  # most noise on a latent, whose deviation is 1
    learning_rate: float = 3e-4
    warmup_steps: int = 30
    critic_width: int = 32
    critic_rate: float = 3e-4
    critic_share: float = 0.5  # of the critic's pull beside the reconstruction's; 0 for no critic
    critic_from: float = 0.1  # part of the budget in which the critic alone gets to know the pictures
    held: int = 1  # painted latents a step, whose depth is held to their colours
    held_weight: float = 1.0  # of that beside the reconstruction
    average_decay: float = 0.995
    look_every_s: float = 300.0


@dataclass(frozen=True)
class Held:
    """Latents (N, C, h, w) that were painted of sentences, and who reads depth in the colours of such."""

    latents: Tensor
    reader: DepthReference


PRESETS = {"cpu": DecoderPlan(), "gpu": DecoderPlan(batch=16, held=8, average_decay=0.999, look_every_s=120.0)}


def train(
    source: Source,
    vae: Path,
    out: Path,
    plan: DecoderPlan,
    *,
    repaint: Repainter | None = None,
    held: Held | None = None,
    minutes: float | None = None,
    steps: int | None = None,
    device: str = "cpu",
    bfloat16: bool = False,
    seed: int = 0,
) -> Run:
    """Trains (or goes on training) the decoder of the autoencoder in folder ``vae`` and writes it to ``out``/vae.

    repaint: the denoiser whose latents it shall read; without one they get noise. held: painted latents
    whose depth is held to their colours.
    """
    from ldm3d_web.ldm3d.wrap import wrap_longitude

    check_budget(minutes, steps)
    model = autoencoder.load(vae).to(device).requires_grad_(False)
    curve = curve_of(model.config)
    wrap_longitude(model)
    learning = torch.nn.ModuleList([model.post_quant_conv, model.decoder]).requires_grad_(True)
    optimizer = torch.optim.AdamW(learning.parameters(), lr=plan.learning_rate, betas=(0.9, 0.99), weight_decay=1e-3)
    average = Average(learning, plan.average_decay)
    parts: dict[str, Stateful] = {"decoder": learning, "optimizer": optimizer, "average": average}
    torch.manual_seed(seed)
    opponent = Opponent(plan.critic_width, plan.critic_rate, device) if plan.critic_share else None
    if opponent:
        parts |= {"critic": opponent.critic, "critic_optimizer": opponent.optimizer}
    run = Run(out, parts, minutes=minutes, steps=steps, seed=seed)
    looked = run.seconds
    for _ in run.steps():
        picture = bend(source.windows(plan.batch, source.height, source.width, run.generator).to(device), curve)
        with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
            with torch.no_grad():
                latents = model.encode(picture).latent_dist.mean
                if repaint:
                    latents = repaint(latents, run.noise(latents), run.generator)
                else:
                    strength = plan.noise * torch.rand(len(latents), 1, 1, 1, generator=run.generator).to(device)
                    latents = latents + strength * run.noise(latents)
            again = model.decode(latents).sample
        gradient, parts_of_loss = pushed(
            again, picture, partial(losses.reconstruction, target=picture, curve=curve), opponent,
            plan.critic_share if run.progress >= plan.critic_from else 0,
        )  # fmt: skip
        for group in optimizer.param_groups:
            group["lr"] = run.learning_rate(plan.learning_rate, plan.warmup_steps)
        optimizer.zero_grad(set_to_none=True)
        again.backward(gradient)
        if held:
            parts_of_loss["apart"] = _hold(model, held, plan, run, device, bfloat16)
        torch.nn.utils.clip_grad_norm_(learning.parameters(), 1.0)
        optimizer.step()
        average.update()
        run.log(**{name: part.detach() for name, part in parts_of_loss.items()})
        if run.seconds - looked > plan.look_every_s:
            looked = run.seconds
            autoencoder.show(model, average, source, out)
    autoencoder.show(model, average, source, out)
    return run


def _hold(model: AutoencoderKL, held: Held, plan: DecoderPlan, run: Run, device: str, bfloat16: bool) -> Tensor:
    """Adds the gradient of how far depth lies from colour in some of the painted latents, turned anyhow; returns it."""
    which, turns, shift = (
        torch.randint(bound, (count,), generator=run.generator)
        for bound, count in ((len(held.latents), plan.held), (held.latents.shape[-1], plan.held), (2, 2))
    )
    latents = turned(held.latents[which].float(), turns).to(device)
    with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
        picture = model.decode(latents).sample
    apart = disagreement(held.reader, picture.float(), curve_of(model.config), (int(shift[0]), int(shift[1])))
    (plan.held_weight * apart).backward()
    return apart.detach()
