"""The guide's stage: an ear that learns what sentences claim, and an eye that learns to see it in latents.

The eye learns from the denoiser's own data: half of the time from latents as they are, half from what the denoiser
makes of them under noise, told nothing, as it will look at unfinished pictures. It shares neither worlds nor weights
with the judge that models are measured with, which looks at colours. The run's folder holds ``guide/`` in diffusers'
layout.

The eye could also teach the denoiser, by the gradient of what it misses (ReFL, Xu et al. 2023, arXiv 2304.05977):
tried, and left, since the denoiser soon knew how to please the eye and nobody else (docs/log.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

from ldm3d_web.errors import InvalidInput
from ldm3d_web.ldm3d import sampler
from ldm3d_web.ldm3d.claims import Claims, Ear
from ldm3d_web.ldm3d.compass import pointed, turned
from ldm3d_web.ldm3d.guide import Guide
from ldm3d_web.training import denoiser
from ldm3d_web.training.judge import vocabulary_of
from ldm3d_web.training.latents import Latents
from ldm3d_web.training.optimizer import MuonAndAdamW
from ldm3d_web.training.references import eye_loss
from ldm3d_web.training.run import Run, check_budget
from ldm3d_web.training.saying import WORDINGS, Saying, turn_of
from ldm3d_web.training.text import tokenize

if TYPE_CHECKING:
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

SOFTENED = 0.8  # of all noise levels: from up to there the eye sees what the denoiser makes of latents
NOISE = 0.1  # laid over what it sees, so that nothing hangs on a few values


@dataclass(frozen=True)
class GuidePlan:
    """Sizes and rates of the guide's stage."""

    batch: int = 64  # latents, and as many sentences, each step
    learning_rate: float = 4e-3  # the eye's
    ear_rate: float = 4e-3
    warmup_steps: int = 50


PRESETS = {"cpu": GuidePlan(), "gpu": GuidePlan(batch=256)}


def train(
    latents: Latents,
    text: Path,
    painter: Path,
    out: Path,
    plan: GuidePlan,
    *,
    minutes: float | None = None,
    steps: int | None = None,
    device: str = "cpu",
    bfloat16: bool = False,
    seed: int = 0,
) -> Run:
    """Trains (or goes on training) a guide in folder ``out``; returns its run, finished or stopped.

    painter: the folder of a `denoiser` run, or of a finished model, that the guide is for. text: its text encoder's.
    Raises InvalidInput for latents of pictures that nothing is known of but sentences.
    """
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from diffusers.schedulers.scheduling_ddim import DDIMScheduler

    from ldm3d_web.ldm3d.wrap import wrap_longitude

    check_budget(minutes, steps)
    described = [(saying.described, saying.turn_rad) for saying in latents.sayings]
    if not (Path(painter) / "unet").is_dir():
        raise InvalidInput(f"No denoiser in {painter}: train one with the command `train denoiser` first.")
    tokenizer, encoder = denoiser.load_text(text)
    encoder.to(device)  # type: ignore[arg-type]  # transformers wraps it without its types
    pictures = torch.from_numpy(latents.latents).to(device)
    _, channels, _, width = pictures.shape
    vocabulary = vocabulary_of([description for description, _ in described])
    torch.manual_seed(seed)
    guide = Guide(
        words=vocabulary.words, things=vocabulary.things, channels=channels, width=width,
        text_width=encoder.config.hidden_size,
    ).to(device)  # fmt: skip
    eyes = MuonAndAdamW(guide.eye, plan.learning_rate, own_way=("thing.", "word."))
    ears = torch.optim.AdamW(guide.ear.parameters(), plan.ear_rate)
    run = Run(out, {"guide": guide, "eyes": eyes, "ears": ears}, minutes=minutes, steps=steps, seed=seed)
    if run.finished:
        return run

    network = UNet2DConditionModel.from_pretrained(Path(painter) / "unet").float().to(device)
    wrap_longitude(network)
    scheduler = DDIMScheduler.from_pretrained(Path(painter) / "scheduler")
    with torch.autocast(device, torch.bfloat16, enabled=bfloat16), denoiser.attention(device), torch.no_grad():
        silence = encoder(tokenize(tokenizer, [""]).to(device)).last_hidden_state
        softened = _softened(pictures, network, scheduler, silence, plan.batch, torch.Generator().manual_seed(seed))
    views = torch.stack([pictures, softened.to(pictures)])
    guide.train()
    for step in run.steps():
        generator = torch.Generator().manual_seed(seed + (step << 16))
        which, soft, turns = (
            torch.randint(bound, (plan.batch,), generator=generator) for bound in (len(pictures), len(views), width)
        )
        seen = turned(views[soft.to(device), which.to(device)], turns.to(device)).float()
        seen = seen + NOISE * run.noise(seen)
        truths = [
            (described[index][0], described[index][1] + turn_of(turn, width))
            for index, turn in zip(which.tolist(), turns.tolist(), strict=True)
        ]
        sentences, claimed = draw_claims(latents.sayings, plan.batch, generator)
        with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
            missed = eye_loss(guide.eye, seen, truths)
            with torch.no_grad():
                states = encoder(tokenize(tokenizer, sentences).to(device)).last_hidden_state
        misheard = ear_loss(guide.ear, states.float(), Claims.of(vocabulary, claimed))
        eyes.set_rate(run.learning_rate(plan.learning_rate, plan.warmup_steps))
        for group in ears.param_groups:
            group["lr"] = run.learning_rate(plan.ear_rate, plan.warmup_steps)
        guide.zero_grad(set_to_none=True)
        (missed + misheard).backward()
        for part in (guide.eye, guide.ear):
            torch.nn.utils.clip_grad_norm_(part.parameters(), 1.0)
        eyes.step()
        ears.step()
        run.log(eye=missed.detach(), ear=misheard.detach())
    guide.eval().save_pretrained(Path(out) / "guide")
    return run


def draw_claims(
    sayings: Sequence[Saying], count: int, generator: torch.Generator
) -> tuple[list[str], list[dict[str, Any]]]:
    """``count`` sentences of random worlds, turned anyhow, and what they claim."""
    which = torch.randint(len(sayings), (count,), generator=generator)
    turns = turn_of(1, 1) * torch.rand(count, generator=generator)
    wordings = torch.randint(WORDINGS, (count,), generator=generator)
    told = [
        sayings[index].tell(wording, turn)
        for index, turn, wording in zip(which.tolist(), turns.tolist(), wordings.tolist(), strict=True)
    ]
    return [sentence for sentence, _ in told], [claims or {} for _, claims in told]


def ear_loss(ear: Ear, states: Tensor, claims: Claims) -> Tensor:
    """Of states (B, N, width) whose sentences claim this and nothing else."""
    words, named, sides = ear(states)
    loss = states.new_zeros(())
    for name, logits in words.items():
        rows, values = claims.words[name]
        wanted = torch.zeros(len(logits), dtype=torch.long, device=states.device)
        wanted[rows] = torch.tensor(values, dtype=torch.long, device=states.device) + 1
        loss = loss + functional.cross_entropy(logits, wanted)
    present = torch.zeros_like(named)
    present[claims.things] = 1
    loss = loss + 10 * functional.binary_cross_entropy_with_logits(named, present)
    rows, things = claims.things
    if not rows:
        return loss
    where = torch.zeros(named.shape, dtype=torch.long, device=states.device)
    where[claims.sides[:2]] = torch.tensor(claims.sides[2], dtype=torch.long, device=states.device) + 1
    return loss + functional.cross_entropy(sides[rows, things], where[rows, things])


def _softened(
    latents: Tensor,
    network: UNet2DConditionModel,
    scheduler: Any,
    silence: Tensor,
    batch: int,
    generator: torch.Generator,
) -> Tensor:
    """Latents (N, C, h, w) as the denoiser expects them from under noise of random strength, told nothing of them."""
    found, prediction = [], scheduler.config["prediction_type"]
    last = int(SOFTENED * len(scheduler.alphas_cumprod))
    for some in latents.split(batch):
        clean = some.float()
        time = int(torch.randint(last, (), generator=generator))
        noise = torch.randn(clean.shape, generator=generator).to(clean)
        signal = float(scheduler.alphas_cumprod[time])
        noisy = sampler.advance(clean, noise, signal)
        given = pointed(noisy, network.config["in_channels"])
        output = network(given, time, silence.expand(len(some), -1, -1)).sample.float()
        found.append(sampler.clean_and_noise(prediction, output, noisy, signal)[0])
    return torch.cat(found)
