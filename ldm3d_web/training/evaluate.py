"""How good a model is, in numbers, each beside what a perfect one would have.

- the autoencoder alone, on worlds that it has never seen: PSNR of the colours, relative error of the distances;
- whole pictures painted from sentences: whether an independent judge finds the place and the time of day that were
  asked for, whether the left edge meets the right one, and whether the ground is where the eye's height says.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from ldm3d_web.panorama.disparity import to_distance
from ldm3d_web.panorama.seam import seam_ratio
from ldm3d_web.rgbd import Rgbd
from ldm3d_web.training import attributes
from ldm3d_web.training.shards import Shards
from ldm3d_web.worlds.world import FAR_M, NEAR_M

if TYPE_CHECKING:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    from ldm3d_web.ldm3d.pipeline import LDM3DPipeline

NOTHING_M = 100.0  # beyond this a panorama 512 pixels wide shows no difference in distance


@dataclass(frozen=True)
class Reconstruction:
    """Of the autoencoder. psnr_db: mean over worlds. abs_rel: mean |d' - d| / d over surfaces nearer than NOTHING_M,
    weighted by solid angle. sky_right: share of the sky's solid angle that stays beyond NOTHING_M."""

    psnr_db: float
    abs_rel: float
    sky_right: float


@dataclass(frozen=True)
class Painting:
    """Of painted pictures and, under ``render_``, the same measure on rendered ones.

    place, time: share that the judge recognised. seam: median seam ratio, 1 is none. down_m: median distance straight
    down, in metres (the eye is at 1.6).
    """

    pictures: int
    place: float
    render_place: float
    time: float
    render_time: float
    seam: float
    render_seam: float
    down_m: float
    render_down_m: float


@torch.no_grad()
def reconstruction(shards: Shards, vae: AutoencoderKL) -> Reconstruction:
    """Encodes and decodes every world of a data set and compares."""
    from ldm3d_web.ldm3d.wrap import wrap_longitude

    wrap_longitude(vae)
    psnr, relative, sky = [], [], []
    for index in range(len(shards)):
        world = shards.rgbd(index)
        latents = vae.encode(torch.from_numpy(world)[None]).latent_dist.mean
        painted = vae.decode(latents).sample[0].clamp(-1, 1).numpy()
        psnr.append(10 * math.log10(4 / max(1e-10, float(np.square(painted[:3] - world[:3]).mean()))))
        truth, guess = (to_distance((each[3] + 1) / 2, NEAR_M, FAR_M) for each in (world, painted))
        weight = _solid_angle(*truth.shape)
        surface = truth < NOTHING_M
        if surface.any():
            relative.append(float(np.average(np.abs(guess - truth)[surface] / truth[surface], weights=weight[surface])))
        if not surface.all():
            sky.append(float(np.average(guess[~surface] >= NOTHING_M, weights=weight[~surface])))
    return Reconstruction(float(np.mean(psnr)), float(np.mean(relative)), float(np.mean(sky)) if sky else math.nan)


def sentences(tags: list[dict]) -> dict[str, dict[str, str]]:
    """A plain sentence for each pair of place and time that worlds have, and what the judge should find in it."""
    pairs = sorted({(str(each["place"]), str(each.get("time", ""))) for each in tags})
    return {
        " ".join(filter(None, ["a" if place[0] not in "aeiou" else "an", place, f"at {time}" if time else ""])): {
            "place": place,
            "time": time,
        }
        for place, time in pairs
    }


def painting(
    pipeline: LDM3DPipeline,
    judge: attributes.Judge,
    held_out: Shards,
    *,
    each: int = 1,
    steps: int | None = None,
    guidance: float | None = None,
) -> tuple[Painting, list[tuple[str, Rgbd]]]:
    """Paints every sentence of `sentences` ``each`` times and measures, beside renders that nothing was trained on."""
    asked = sentences(held_out.tags)
    pictures: list[tuple[str, Rgbd]] = []
    for sentence in asked:
        for number in range(each):
            pictures.append((sentence, pipeline(sentence, seed=number, steps=steps, guidance=guidance)))
    renders = [held_out.rgbd(index) for index in range(len(held_out))]
    painted = [_as_array(rgbd) for _, rgbd in pictures]
    score = attributes.share_right(
        [judge.tell(each) for each in painted], [asked[sentence] for sentence, _ in pictures]
    )
    truth = [{name: str(tags.get(name, "")) for name in attributes.JUDGED} for tags in held_out.tags]
    best = attributes.share_right([judge.tell(each) for each in renders], truth)
    return (
        Painting(
            pictures=len(pictures),
            place=score["place"],
            render_place=best["place"],
            time=score["time"],
            render_time=best["time"],
            seam=_seam(painted),
            render_seam=_seam(renders),
            down_m=_down(painted),
            render_down_m=_down(renders),
        ),
        pictures,
    )


def table(*results: Reconstruction | Painting) -> str:
    """The numbers for people, one a line."""
    rows = [(name, value) for result in results for name, value in asdict(result).items()]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value:.3f}" for name, value in rows)


def _as_array(rgbd: Rgbd) -> np.ndarray:
    rgb = rgbd.rgb.astype(np.float32).transpose(2, 0, 1) / 127.5 - 1
    return np.concatenate([rgb, rgbd.disparity[None] * 2 - 1])


def _seam(pictures: list[np.ndarray]) -> float:
    return float(np.median([seam_ratio(each.transpose(1, 2, 0)) for each in pictures]))


def _down(pictures: list[np.ndarray]) -> float:
    """Distance in the lowest rows (within 8 degrees of straight down), the median over all pictures."""
    rows = max(1, pictures[0].shape[1] // 22)
    return float(np.median([np.median(to_distance((each[3, -rows:] + 1) / 2, NEAR_M, FAR_M)) for each in pictures]))


def _solid_angle(height: int, width: int) -> np.ndarray:
    """(H, W), proportional to what a pixel covers of the sphere."""
    latitude = (np.arange(height) + 0.5) / height * np.pi - np.pi / 2
    return np.repeat(np.cos(latitude)[:, None], width, axis=1)
