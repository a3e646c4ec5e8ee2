"""Stage two: a U-Net that paints latents from sentences, on whole panoramas that wrap around.

v-prediction on a schedule that ends in pure noise (zero terminal SNR), so that the darkest night and the brightest
noon can both be reached. Random turns around the vertical axis are free augmentation, since the network has no edge to
learn; the sentence is said for the panorama as it is turned, so that left stays left, and a compass tells the network
where that is (`ldm3d.compass`). The run's folder holds ``unet/``
(averaged weights) and ``scheduler/`` in diffusers' layout from the first checkpoint on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from ldm3d_web.errors import InvalidInput
from ldm3d_web.ldm3d import deblock
from ldm3d_web.ldm3d.compass import pointed, turned
from ldm3d_web.ldm3d.depth_curve import curve_of
from ldm3d_web.ldm3d.verify import COMPASS_CHANNELS
from ldm3d_web.training import autoencoder, losses, sheets
from ldm3d_web.training.latents import Latents
from ldm3d_web.training.optimizer import MuonAndAdamW
from ldm3d_web.training.run import Average, Run, check_budget
from ldm3d_web.training.saying import WORDINGS, Saying, turn_of
from ldm3d_web.training.source import straighten
from ldm3d_web.training.text import tokenize
from ldm3d_web.training.translate import start_across

if TYPE_CHECKING:
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from diffusers.schedulers.scheduling_ddim import DDIMScheduler
    from transformers import CLIPTextModel, CLIPTokenizer

SENTENCES = (  # painted again and again while training: as different as sentences get
    "snowy mountains at night",
    "a red desert at noon",
    "a calm lake at dawn, snowy mountains, pine trees",
    "a green forest in the morning",
    "a cosy living room in the evening",
    "a foggy city street at sunset",
)
LOOK_GUIDANCE = 2.0  # of these pictures
SCHEDULE: dict[str, Any] = {
    "num_train_timesteps": 1000,
    "beta_schedule": "squaredcos_cap_v2",  # cosine: a small latent is drowned early by Stable Diffusion's schedule
    "rescale_betas_zero_snr": True,
    "prediction_type": "v_prediction",
    "timestep_spacing": "trailing",  # starts at the last, pure-noise step, the only one that matches the noise it gets
    "clip_sample": False,
    "set_alpha_to_one": True,
    "steps_offset": 0,
}


@dataclass(frozen=True)
class DenoiserPlan:
    """Sizes and rates of stage two."""

    widths: tuple[int, ...] = (96, 160, 192)
    layers: int = 1
    heads: int = 4
    norm_groups: int = 16
    batch: int = 24
    prediction: Literal["v_prediction", "sample"] = "v_prediction"  # sample: the clean latents
    unconditional: float = 0.1  # share of sentences left empty, for classifier-free guidance
    ahead: float = 0.5  # share of panoramas that keep their front ahead, where a visitor looks first
    learning_rate: float = 8e-4
    warmup_steps: int = 200
    average_decay: float = 0.999
    look_every_s: float = 600.0
    look_steps: int = 15


PRESETS = {
    "cpu": DenoiserPlan(),
    "gpu": DenoiserPlan(
        widths=(128, 192, 256), heads=8, batch=256, learning_rate=8e-4, warmup_steps=300, average_decay=0.9995,
        look_every_s=180.0,
    ),
}  # fmt: skip


def build(plan: DenoiserPlan, latent_channels: int, size: tuple[int, int], text_width: int) -> UNet2DConditionModel:
    """A fresh U-Net; attention to the sentence on all levels but the first, where it would double the cost."""
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

    below = len(plan.widths) - 1
    return UNet2DConditionModel(
        sample_size=size,
        in_channels=latent_channels + COMPASS_CHANNELS,
        out_channels=latent_channels,
        down_block_types=("DownBlock2D", *("CrossAttnDownBlock2D",) * below),
        up_block_types=(*("CrossAttnUpBlock2D",) * below, "UpBlock2D"),
        block_out_channels=plan.widths,
        layers_per_block=plan.layers,
        cross_attention_dim=text_width,
        attention_head_dim=plan.heads,  # diffusers' name for the number of heads
        norm_num_groups=plan.norm_groups,
    )


def load_text(folder: Path) -> tuple[CLIPTokenizer, CLIPTextModel]:
    """The frozen text encoder of a `text` run, or of a finished model, whose half precision is widened."""
    from transformers import CLIPTextModel, CLIPTokenizer

    if not (Path(folder) / "text_encoder").is_dir():
        raise InvalidInput(f"No text encoder in {folder}: train one with the command `train text` first.")
    encoder = CLIPTextModel.from_pretrained(Path(folder) / "text_encoder").float().eval().requires_grad_(False)
    return CLIPTokenizer.from_pretrained(Path(folder) / "tokenizer"), encoder


def train(
    latents: Latents,
    text: Path,
    out: Path,
    plan: DenoiserPlan,
    *,
    start: Path | None = None,
    minutes: float | None = None,
    steps: int | None = None,
    device: str = "cpu",
    bfloat16: bool = False,
    compiled: bool = False,
    seed: int = 0,
) -> Run:
    """Trains (or goes on training) the denoiser in folder ``out``; returns its run, finished or stopped.

    ``start``: a model folder, or a run's, whose ``unet/`` has the plan's shape: its weights are the first ones. A model
    folder's may also be made for another autoencoder's latents on the same grid (`translate`).
    """
    from diffusers.schedulers.scheduling_ddim import DDIMScheduler

    check_budget(minutes, steps)
    from ldm3d_web.ldm3d.wrap import wrap_longitude

    tokenizer, encoder = load_text(text)
    encoder.to(device)  # type: ignore[arg-type]  # transformers wraps it without its types
    scheduler = DDIMScheduler(**SCHEDULE | {"prediction_type": plan.prediction})
    pictures = torch.from_numpy(latents.latents).to(device)

    torch.manual_seed(seed)
    _, channels, height, width = pictures.shape
    model = build(plan, channels, (height, width), encoder.config.hidden_size)
    if start:
        start_across(model, Path(start), latents)
    model.to(device)  # type: ignore[arg-type]  # diffusers wraps it without its types
    wrap_longitude(model)
    optimizer = MuonAndAdamW(model, plan.learning_rate)
    average = Average(model, plan.average_decay)
    run = Run(
        out, {"model": model, "optimizer": optimizer, "average": average}, minutes=minutes, steps=steps, seed=seed
    )
    network = torch.compile(model) if compiled else model

    def draw(step: int) -> Draw:
        return draw_batch(latents.sayings, width, plan, tokenizer, torch.Generator().manual_seed(seed + (step << 16)))

    looks = Looks(scheduler, tokenizer, encoder, latents.vae, Path(out), plan.look_steps)
    looked = run.seconds - plan.look_every_s + 120
    mean: Tensor | None = None  # of the losses since this start
    for step, drawn in zip(run.steps(), _ahead(draw, run.step), strict=False):
        clean = turned(pictures[drawn.which.to(device)], drawn.turns.to(device)).float()
        noise = run.noise(clean)
        rate = run.learning_rate(plan.learning_rate, plan.warmup_steps)
        optimizer.set_rate(rate)
        with torch.autocast(device, torch.bfloat16, enabled=bfloat16), attention(device):
            with torch.no_grad():
                words = encoder(drawn.tokens.to(device)).last_hidden_state
            loss = denoising_loss(network, scheduler, clean, noise, words, run.generator)
        model.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        average.update()
        mean = loss.detach() if mean is None else 0.99 * mean + 0.01 * loss.detach()
        run.log(loss=mean, rate=rate, norm=norm, pictures=step * plan.batch)
        if run.seconds - looked > plan.look_every_s:
            looked = run.seconds
            looks.write(model, average, f"{run.seconds / 60:04.0f}")
    looks.write(model, average, "last")
    return run


def denoising_loss(
    network: Any, scheduler: Any, clean: Tensor, noise: Tensor, words: Tensor, generator: torch.Generator
) -> Tensor:
    """Mean weighted error of what the network says of clean latents (B, C, h, w) under noise, at random levels."""
    prediction = scheduler.config["prediction_type"]
    alpha_bar = scheduler.alphas_cumprod.to(clean.device)
    times = torch.randint(len(alpha_bar), (len(clean),), generator=generator).to(clean.device)
    noisy = scheduler.add_noise(clean, noise, times)
    target = scheduler.get_velocity(clean, noise, times) if prediction == "v_prediction" else clean
    output = network(pointed(noisy, clean.shape[1] + COMPASS_CHANNELS), times, words).sample
    error = (output.float() - target).square().mean(dim=(1, 2, 3))
    return (error * losses.prediction_weight(prediction, alpha_bar[times])).mean()


@dataclass(frozen=True)
class Draw:
    """One step's choice. which, turns: (B,) latents, and columns that each is turned to the right by.

    sentences: what is said of each as it is turned, or nothing; tokens: (B, 77), the same for the text encoder.
    """

    which: Tensor
    turns: Tensor
    sentences: list[str]
    tokens: Tensor


def draw_batch(
    sayings: Sequence[Saying], width: int, plan: DenoiserPlan, tokenizer: CLIPTokenizer, generator: torch.Generator
) -> Draw:
    """Random latents ``width`` columns wide, many of them turned by random columns, with a sentence or none."""
    which = torch.randint(len(sayings), (plan.batch,), generator=generator)
    turns = torch.randint(width, (plan.batch,), generator=generator)
    turns[torch.rand(plan.batch, generator=generator) < plan.ahead] = 0
    wordings = torch.randint(WORDINGS, (plan.batch,), generator=generator)
    luck = torch.rand(plan.batch, generator=generator)
    sentences = [
        "" if silent else sayings[index].say(wording, turn_of(turn, width))
        for index, turn, wording, silent in zip(
            which.tolist(), turns.tolist(), wordings.tolist(), (luck < plan.unconditional).tolist(), strict=True
        )
    ]
    return Draw(which, turns, sentences, tokenize(tokenizer, sentences))


def attention(device: str) -> AbstractContextManager[None]:
    """Attention in plain products on a CPU: the fused kernel's way back is a fifth of a step there, this a tenth."""
    return sdpa_kernel(SDPBackend.MATH) if device == "cpu" else nullcontext()


def _ahead(draw: Callable[[int], Draw], first: int) -> Iterator[Draw]:
    """draw(first), draw(first + 1), ... for ever, each begun on a thread while the one before is worked on.

    A step's draw depends on the step's number alone, so that what was begun too much at a stop does not matter.
    """
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(draw, first)
        while True:
            first += 1
            ready, coming = coming.result(), thread.submit(draw, first)
            yield ready


@torch.no_grad()
def paint(
    model: UNet2DConditionModel,
    scheduler: DDIMScheduler,
    words: Tensor,
    empty: Tensor,
    *,
    steps: int,
    guidance: float,
    seed: int = 0,
) -> Tensor:
    """Latents (B, C, h, w) for sentences' hidden states (B, 77, D), guided away from the empty sentence's (1, 77, D).

    For looking at a model in training; users' pictures come from `LDM3DPipeline`.
    """
    from ldm3d_web.ldm3d import sampler

    channels, (height, width) = model.config["out_channels"], model.config["sample_size"]
    noise = torch.randn((len(words), channels, height, width), generator=torch.Generator().manual_seed(seed))
    latents = noise.to(words.device)
    both = torch.cat([empty.expand_as(words), words])
    for level in sampler.levels(scheduler, steps):
        given = pointed(torch.cat([latents, latents]), model.config["in_channels"])
        avoid, follow = model(given, level.timestep, both).sample.chunk(2)
        output = avoid + guidance * (follow - avoid)
        prediction = scheduler.config["prediction_type"]
        clean, rest = sampler.clean_and_noise(prediction, output, latents, level.signal)
        latents = sampler.advance(clean, rest, level.signal_next)
    return latents


@dataclass(frozen=True)
class Looks:
    """What a denoiser in training leaves to be looked at, in folder ``out``: painted in ``steps`` steps."""

    scheduler: DDIMScheduler
    tokenizer: CLIPTokenizer
    encoder: CLIPTextModel
    vae: Path
    out: Path
    steps: int

    @torch.no_grad()
    def write(self, model: UNet2DConditionModel, average: Average, name: str) -> None:
        """``unet/`` with the averaged weights, ``scheduler/``, and a sheet of the fixed sentences."""
        from ldm3d_web.ldm3d.wrap import wrap_longitude

        vae = autoencoder.load(self.vae).eval()
        wrap_longitude(vae)
        average.swap()
        model.save_pretrained(self.out / "unet")
        self.scheduler.save_pretrained(self.out / "scheduler")
        words, empty = (
            self.encoder(tokenize(self.tokenizer, list(said)).to(self.encoder.device)).last_hidden_state
            for said in (SENTENCES, ("",))
        )
        latents = paint(model, self.scheduler, words, empty, steps=self.steps, guidance=LOOK_GUIDANCE).cpu()
        average.swap()
        decoded = deblock.decode(vae, latents / vae.config["scaling_factor"] + vae.config["shift_factor"])
        rgbd = straighten(decoded, curve_of(vae.config)).numpy()
        sheet = sheets.sheet([sheets.to_bytes(picture) for picture in rgbd])
        sheets.write_png(self.out / f"samples-{name}.png", sheet)
