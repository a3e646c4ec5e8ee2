"""From a sentence to a panorama with depth: check, encode, denoise, decode.

diffusers' own LDM3D pipeline is deprecated and cannot give its depth any more, so this one stands on diffusers' blocks:
any folder with an LDM3D autoencoder (4 or 6 channels), a U-Net, a CLIP text encoder and a scheduler file makes one. It
paints one picture a call, and it has no safety checker: the pictures go to whoever wrote the sentence.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.pipeline_utils import DiffusionPipeline
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from transformers import CLIPTextModel, CLIPTokenizer

from ldm3d_web.errors import Cancelled, InvalidInput, Ldm3dError
from ldm3d_web.ldm3d import crisp, deblock, depth_codec, inputs, sampler
from ldm3d_web.ldm3d.compass import pointed, turned
from ldm3d_web.ldm3d.depth_curve import curve_of
from ldm3d_web.ldm3d.guide import Guide
from ldm3d_web.ldm3d.refiner import Refiner
from ldm3d_web.ldm3d.registry import Defaults, ModelSpec
from ldm3d_web.ldm3d.upscaler import Upscaler, upscale
from ldm3d_web.ldm3d.wrap import is_wrapped, unwrap_longitude, wrap_longitude
from ldm3d_web.rgbd import Rgbd

# The most pixels that a preview is decoded at: a quarter of mini's picture. On a CPU that is half as much work again as
# one of mini's small steps, and nothing beside one of Intel's.
PREVIEW_PIXELS = 256 * 128


@dataclass(frozen=True)
class Step:
    """One denoising step is done: number `step` of `steps`, counted from 1.

    preview: (h, w, 3) uint8, the picture that the model expects at this point; smaller than the result, same shape.
    """

    step: int
    steps: int
    preview: np.ndarray


class LDM3DPipeline(DiffusionPipeline):
    """An LDM3D model ready to paint. Get one from `ldm3d_web.ldm3d.checkpoint.load`.

    The latents stay in float32 whatever the U-Net computes in, and the autoencoder decodes in its own type, so that
    half precision costs nothing where it would show. Not thread-safe: one picture at a time.
    """

    model_cpu_offload_seq = "text_encoder->unet->vae"  # type: ignore[assignment]
    vae: AutoencoderKL
    text_encoder: CLIPTextModel
    tokenizer: CLIPTokenizer
    unet: UNet2DConditionModel
    scheduler: DDIMScheduler

    def __init__(
        self,
        vae: AutoencoderKL,
        text_encoder: CLIPTextModel,
        tokenizer: CLIPTokenizer,
        unet: UNet2DConditionModel,
        scheduler: DDIMScheduler,
    ):
        super().__init__()
        scheduler = sampler.make_scheduler(dict(scheduler.config))
        self.register_modules(vae=vae, text_encoder=text_encoder, tokenizer=tokenizer, unet=unet, scheduler=scheduler)
        self.spec = ModelSpec(name="unnamed")
        self.revision = ""  # names the weights
        self.upscaler: Upscaler | None = None
        self.guide: Guide | None = None
        self.refiner: Refiner | None = None

    @torch.inference_mode()
    def __call__(
        self,
        prompt: str,
        *,
        negative: str = "",
        seed: int = 0,
        steps: int | None = None,
        guidance: float | None = None,
        width: int | None = None,
        height: int | None = None,
        wrap: bool = True,
        latents: torch.Tensor | None = None,
        on_step: Callable[[Step], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Rgbd:
        """Paint one panorama of `width` × `height` pixels.

        prompt, negative: what to paint and what to avoid; text beyond 77 tokens is cut (`truncated_tail`).
        seed: the same seed and settings paint the same picture on this kind of device.
        steps, guidance, width, height: None is the model's own; guidance of 1 or less leaves `negative` unused.
        wrap: whether the left and the right edge are neighbours.
        latents: (1, C, height / f, width / f), the noise to start from instead of the seed's.
        on_step: called after every step with a preview. cancelled: asked before every step and before decoding.

        Raises InvalidInput before any compute, and Cancelled.
        """
        prompt, negative = inputs.check_prompt(prompt), inputs.check_negative(negative)
        seed = inputs.check_seed(seed)
        steps = inputs.check_steps(self.defaults.steps if steps is None else steps)
        guidance = inputs.check_guidance(self.defaults.guidance if guidance is None else guidance)
        width, height = self.check_size(width, height)
        noise = self.draw_noise(seed, width, height) if latents is None else self._check_latents(latents, width, height)

        for network in filter(None, (self.unet, self.vae, self.refiner)):
            (wrap_longitude if wrap else unwrap_longitude)(network)
        words = self.encode([negative, prompt] if guidance > 1 else [prompt])
        clean = self.denoise(
            noise, words, steps=steps, guidance=guidance, wrap=wrap, on_step=on_step, cancelled=cancelled
        )
        _stop_if(cancelled)
        rgb, disparity = self.decode(clean)
        self.maybe_free_model_hooks()
        depth = np.ascontiguousarray(disparity[0, 0].float().cpu().numpy())
        # Where colours had to be drawn together, depth is blurred as well.
        return Rgbd(_to_bytes(rgb), depth, noisy=self.crisp_rounds > 0)

    def upscale(self, rgbd: Rgbd, factor: int) -> Rgbd:
        """The picture `factor` times as wide: 1 (itself), 2 or 4. Raises InvalidInput where there is no upscaler."""
        factor = inputs.check_upscale(factor, able=self.upscaler is not None)
        if factor == 1 or self.upscaler is None:
            return rgbd
        return upscale(self.upscaler, rgbd, factor, self.crisp_rounds)

    # What the model is.

    @property
    def defaults(self) -> Defaults:
        """What is painted when nothing else is asked."""
        return self.spec.defaults

    @property
    def vae_factor(self) -> int:
        """Pixels to a latent, along each axis: 8 for Intel's models."""
        return 2 ** (len(self.vae.config["block_out_channels"]) - 1)

    @property
    def crisp_rounds(self) -> int:
        """How many times the edges of a painted picture's colours are drawn together."""
        return crisp.rounds_of(self.vae.config)

    @property
    def width_step(self) -> int:
        """Widths are multiples of this: 64, or more where the networks' coarsest columns need it to wrap evenly."""
        coarsest = self.vae_factor * 2 ** (len(self.unet.config["block_out_channels"]) - 1)
        return math.lcm(inputs.WIDTH_STEP, 2 * self.vae_factor, coarsest)

    def check_size(self, width: Any = None, height: Any = None) -> tuple[int, int]:
        """(width, height) that this model can paint, or InvalidInput; one of them alone gives the other."""
        known = self.defaults
        if width is None and height is None:
            width = known.width
        return inputs.check_size(width, height, step=self.width_step, smallest=known.min_width, largest=known.max_width)

    def scheduler_record(self) -> dict[str, Any]:
        """The scheduler's settings, for a scene's manifest."""
        return sampler.scheduler_record(self.scheduler)

    # The text.

    @property
    def max_tokens(self) -> int:
        """Tokens that the text encoder reads, start and end included: 77 for CLIP."""
        return min(self.tokenizer.model_max_length, self.text_encoder.config.max_position_embeddings)

    def count_tokens(self, prompt: str) -> int:
        """Tokens of a text, start and end included. Above `max_tokens` the rest is cut."""
        return len(self.tokenizer(prompt, verbose=False)["input_ids"])

    def truncated_tail(self, prompt: str) -> str:
        """The end of the text that the model will not read, as it was written; empty where all of it is read."""
        starts = [
            start for start, _ in self.tokenizer(prompt, verbose=False, return_offsets_mapping=True)["offset_mapping"]
        ]
        # One of the places is the end token's.
        return prompt[starts[self.max_tokens - 1] :] if len(starts) > self.max_tokens else ""

    def encode(self, texts: list[str]) -> torch.Tensor:
        """The texts as the U-Net reads them: (B, 77, D), cut or padded to 77 tokens; an empty text is one too."""
        tokens = self.tokenizer(
            texts, padding="max_length", max_length=self.max_tokens, truncation=True, return_tensors="pt"
        )
        return self.text_encoder(tokens["input_ids"].to(self._execution_device))[0]

    # The picture.

    def draw_noise(self, seed: int, width: int, height: int) -> torch.Tensor:
        """(1, C, height / f, width / f) float32 normal noise; from a CPU generator, so the same for every device."""
        generator = torch.Generator("cpu").manual_seed(seed)
        return torch.randn(self._latent_shape(width, height), generator=generator)

    def denoise(
        self,
        noise: torch.Tensor,
        words: torch.Tensor,
        *,
        steps: int,
        guidance: float,
        wrap: bool = True,
        on_step: Callable[[Step], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> torch.Tensor:
        """Clean latents (B, C, h, w) float32 from noise.

        words: from `encode`: B texts, or for guidance twice as many, first what to avoid: avoid + guidance · (paint -
        avoid). Where the model has a guide, it is heard too (`guide`), and where the
        panorama wraps it may turn it.
        """
        device, dtype = self._execution_device, self.unet.dtype
        words = words.to(device, dtype)
        latents = noise.to(device, torch.float32)
        claims = self.guide.hear(words[-len(noise) :]) if self.guide is not None else None
        for number, level in enumerate(sampler.levels(self.scheduler, steps), start=1):
            _stop_if(cancelled)
            batch = pointed(latents, self.unet.config["in_channels"]).to(dtype)
            batch = batch.repeat(len(words) // len(noise), 1, 1, 1)
            output = self.unet(batch, level.timestep, encoder_hidden_states=words, return_dict=False)[0].float()
            if len(words) > len(noise):
                avoid, paint = output.chunk(2)
                output = avoid + guidance * (paint - avoid)
            clean, rest = sampler.clean_and_noise(
                self.scheduler.config["prediction_type"], output, latents, level.signal
            )
            if self.guide is not None and claims:
                # Without a wrap the edges would come to meet in the middle.
                turns = self.guide.turns(clean, claims, number, steps) if wrap else None
                if turns is not None:
                    clean, latents = turned(clean, turns), turned(latents, turns)
                clean = self.guide.pull(clean, claims, (number - 1) / steps)
                rest = sampler.noise_beside(clean, latents, level.signal)
            latents = sampler.advance(clean, rest, level.signal_next)
            if on_step is not None:
                on_step(Step(number, steps, self._preview(clean)))
        return latents

    def decode(self, latents: torch.Tensor, *, refined: bool = True) -> tuple[torch.Tensor, torch.Tensor]:
        """rgb (B, 3, H, W) and disparity (B, 1, H, W), both float in [0, 1], of clean latents (B, C, h, w).

        Never in tiles: their edges would be seams, and tiles do not wrap. refined: whether the model's refiner sets
        the depth right and blurred edges of colour are drawn together, where the model has the one and asks for the
        other.
        """
        if not torch.isfinite(latents).all():
            raise Ldm3dError("The model painted values that are no numbers; try another seed, or run it in float32.")
        scale, shift = self.vae.config["scaling_factor"], self.vae.config["shift_factor"] or 0.0
        picture = deblock.decode(self.vae, (latents / scale + shift).to(self.vae.dtype))
        if refined and self.refiner is not None:
            # It has learned from pictures without the grid, and brings some of it back.
            picture = deblock.without_grid(self.vae, self.refiner(picture.to(self.refiner.dtype)))
        if refined and self.crisp_rounds:
            # What is left of the grid is drawn together too.
            picture = crisp.crisp(picture, self.crisp_rounds, wrap=is_wrapped(self.vae))
            picture = deblock.without_grid(self.vae, picture)
        return depth_codec.unpack(picture, curve_of(self.vae.config))

    def _preview(self, clean: torch.Tensor) -> np.ndarray:
        """The picture in these latents, small: latents averaged in squares until the picture is within the budget."""
        side = 1
        while clean.shape[-2] * clean.shape[-1] * self.vae_factor**2 > PREVIEW_PIXELS * side**2:
            side *= 2
        rgb, _ = self.decode(torch.nn.functional.avg_pool2d(clean, side), refined=False)
        return _to_bytes(rgb)

    def _latent_shape(self, width: int, height: int) -> tuple[int, int, int, int]:
        return (1, self.unet.config["out_channels"], height // self.vae_factor, width // self.vae_factor)

    def _check_latents(self, latents: torch.Tensor, width: int, height: int) -> torch.Tensor:
        expected = self._latent_shape(width, height)
        if tuple(latents.shape) != expected:
            raise InvalidInput(f"Latents for {width}x{height} must be {expected}, not {tuple(latents.shape)}.")
        return latents


def _stop_if(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled("The generation was cancelled.")


def _to_bytes(rgb: torch.Tensor) -> np.ndarray:
    """(1, 3, H, W) in [0, 1] as (H, W, 3) uint8."""
    return np.ascontiguousarray((rgb[0].permute(1, 2, 0).float() * 255).round().to(torch.uint8).cpu().numpy())
