"""DDIM, deterministic: the steps from noise to a picture, for any number of steps.

The noise levels come from a diffusers `DDIMScheduler`; the walk over them is ours (arXiv 2010.02502, formula 12 with
eta = 0). It is diffusers' own walk wherever that one is sound, which it is not with trailing spacing when the number of
steps does not divide the training schedule: `DDIMScheduler` 0.42 then steps to a level that is not the one where the
next step starts, often ends before the picture is clean, and makes one step too many, at level -1, for 61, 103, 121 and
122 steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from ldm3d_web.errors import InvalidModel
from ldm3d_web.ldm3d import inputs

if TYPE_CHECKING:
    from diffusers.schedulers.scheduling_ddim import DDIMScheduler

FILE = "scheduler/scheduler_config.json"

# What of a scheduler's file decides the picture, so belongs into a scene's manifest.
RECORDED = (
    "prediction_type",
    "timestep_spacing",
    "steps_offset",
    "num_train_timesteps",
    "beta_schedule",
    "beta_start",
    "beta_end",
    "trained_betas",
    "rescale_betas_zero_snr",
    "set_alpha_to_one",
)


def make_scheduler(config: dict[str, Any]) -> DDIMScheduler:
    """A `DDIMScheduler` from a scheduler file of any class, with everything that matters set explicitly.

    Intel's folders name DDIM in the index and hold a PNDM file that says nothing of spacing or prediction. Spacing is
    the file's own; where it says nothing, "trailing" for v-prediction and for schedules that end in pure noise, which
    must start at the very last level (arXiv 2305.08891), and "leading" otherwise, as Intel's models are published.

    Raises InvalidModel for a schedule that no picture can come from.
    """
    from diffusers.schedulers.scheduling_ddim import DDIMScheduler

    # A scheduler's own config also lists what its file did not say, filled with its class's defaults.
    config = {key: value for key, value in config.items() if key not in config.get("_use_default_values", ())}
    prediction = config.get("prediction_type") or "epsilon"
    zero_snr = bool(config.get("rescale_betas_zero_snr", False))
    trailing = zero_snr or prediction == "v_prediction"
    if zero_snr and prediction == "epsilon":
        raise InvalidModel(
            f"{FILE} ends in pure noise (rescale_betas_zero_snr) but predicts the noise itself "
            "(epsilon); such a model must predict v_prediction or sample."
        )
    if config.get("clip_sample") or config.get("thresholding"):
        raise InvalidModel(
            f"{FILE} asks for clip_sample or thresholding; those are for pictures, latents must not be clipped."
        )
    spacing = config.get("timestep_spacing") or ("trailing" if trailing else "leading")
    for name, value, allowed in (
        ("prediction_type", prediction, ("epsilon", "v_prediction", "sample")),
        ("timestep_spacing", spacing, ("leading", "trailing", "linspace")),
    ):
        if value not in allowed:
            raise InvalidModel(f"{FILE}: {name} must be one of {', '.join(allowed)}, not {value!r}.")
    known = {key: config[key] for key in RECORDED if config.get(key) is not None}
    explicit = {
        "prediction_type": prediction,
        "timestep_spacing": spacing,
        "rescale_betas_zero_snr": zero_snr,
        "clip_sample": False,
        "thresholding": False,
    }
    try:
        scheduler = DDIMScheduler(**{**known, **explicit})
        # A walk of each length must be possible, and every level hold some share of signal and some of noise.
        levels(scheduler, inputs.MAX_STEPS)
        sound = bool(((scheduler.alphas_cumprod >= 0) & (scheduler.alphas_cumprod < 1)).all())
    except (TypeError, ValueError, NotImplementedError, RuntimeError, IndexError) as error:
        raise InvalidModel(f"{FILE} makes no schedule: {error}.") from error
    if not sound:
        raise InvalidModel(f"{FILE} makes no schedule: its betas do not turn a picture into noise.")
    return scheduler


def scheduler_record(scheduler: DDIMScheduler) -> dict[str, Any]:
    """The settings that decide the picture, as JSON values."""
    return {"class": "DDIMScheduler", **{key: scheduler.config[key] for key in RECORDED}}


@dataclass(frozen=True)
class Level:
    """One step of the walk: at `timestep` the share of signal is `signal`, and the step goes on to share `signal_next`.

    Shares are cumulative alphas in [0, 1]: latents = sqrt(signal) · clean + sqrt(1 - signal) · noise.
    """

    timestep: int
    signal: float
    signal_next: float


def levels(scheduler: DDIMScheduler, steps: int) -> list[Level]:
    """The `steps` levels of the walk, noisiest first; each starts where the one before went to."""
    timesteps = _timesteps(scheduler, steps)
    signal = scheduler.alphas_cumprod.double()
    shares = [float(signal[timestep]) for timestep in timesteps] + [float(scheduler.final_alpha_cumprod)]
    return [Level(*each) for each in zip(timesteps, shares[:-1], shares[1:], strict=True)]


def _timesteps(scheduler: DDIMScheduler, steps: int) -> list[int]:
    """Training timesteps to visit, falling: diffusers' own, in whole-number arithmetic so that there are never more."""
    count = int(scheduler.config["num_train_timesteps"])
    spacing = scheduler.config["timestep_spacing"]
    if not 1 <= steps <= count:
        raise ValueError(f"1 to {count} steps can be made, not {steps}")
    if spacing == "leading":
        offset = int(scheduler.config["steps_offset"])
        return [min(i * (count // steps) + offset, count - 1) for i in reversed(range(steps))]
    if spacing == "trailing":
        return [round(i * count / steps) - 1 for i in range(steps, 0, -1)]
    return [round(i * (count - 1) / max(steps - 1, 1)) for i in reversed(range(steps))]


def clean_and_noise(
    prediction: str, output: torch.Tensor, latents: torch.Tensor, signal: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """What the network's output says: (clean latents, noise) in these latents, both shaped like them.

    prediction: "epsilon" (the noise), "v_prediction" (arXiv 2202.00512) or "sample" (the clean latents).
    signal: the cumulative alpha of the latents.
    """
    keep, blur = signal**0.5, (1 - signal) ** 0.5
    if prediction == "epsilon":
        return (latents - blur * output) / keep, output
    if prediction == "v_prediction":
        return keep * latents - blur * output, keep * output + blur * latents
    return output, noise_beside(output, latents, signal)


def noise_beside(clean: torch.Tensor, latents: torch.Tensor, signal: float) -> torch.Tensor:
    """The noise that is in latents beside these clean ones, at that cumulative alpha."""
    return (latents - signal**0.5 * clean) / (1 - signal) ** 0.5


def advance(clean: torch.Tensor, noise: torch.Tensor, signal_next: float) -> torch.Tensor:
    """The latents at the next level: the same clean latents and the same noise, in other shares."""
    return signal_next**0.5 * clean + (1 - signal_next) ** 0.5 * noise
