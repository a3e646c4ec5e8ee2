"""The paper's protocol with references that can be had offline; every measure beside what real renders get.

Captions are said of held-out worlds (seeds from 20,000,000 on); the model paints one picture for each. The same worlds
are rendered, and as many others, for the floors. See `docs/model.md` for what each measure means.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ldm3d_web.ldm3d.depth_curve import curve_of
from ldm3d_web.training import judge as judging
from ldm3d_web.training import measures
from ldm3d_web.training.depth_reference import small_disparity
from ldm3d_web.training.painted import paint_many
from ldm3d_web.training.references import References
from ldm3d_web.training.renders import Renders, renders
from ldm3d_web.training.source import bend, straighten
from ldm3d_web.training.upscaler import shrink

if TYPE_CHECKING:
    from ldm3d_web.ldm3d.pipeline import LDM3DPipeline
    from ldm3d_web.ldm3d.upscaler import Upscaler

FIRST_SEED, SECOND_SEED = 20_000_000, 25_000_000  # of the worlds that are captioned, and of the others
GROUPS, GROUP = 12, 6  # captions for diversity, and pictures of each
Measures = dict[str, float]


@dataclass(frozen=True)
class HeldOut:
    """Worlds that nothing was trained on. real: rendered small; other: as many others; sentences and claims of real."""

    real: Renders
    other: Renders
    sentences: list[str]
    claims: list[dict[str, Any]]


def held_out(count: int, *, device: str = "cpu", workers: int = 0, keep: Path | None = None) -> HeldOut:
    """``count`` worlds, each said in one of its wordings, and their renders (see `renders`)."""
    from ldm3d_web.worlds.caption import say

    real, other = (
        renders(first, count, judging.SIZE[0], device=device, workers=workers, keep=keep)
        for first in (FIRST_SEED, SECOND_SEED)
    )
    said = [say(description, number) for number, description in enumerate(real.descriptions)]
    return HeldOut(real, other, [each.text for each in said], [each.claims for each in said])


def floors(references: References, worlds: HeldOut) -> Measures:
    """What real renders get: the claims that the judge sees in them, distances between sets of them, and so on."""
    judge = references.judge
    reading, other = judge.read(worlds.real.rgb), judge.read(worlds.other.rgb)
    found = {f"sees {kind}": float(np.mean(seen)) for kind, seen in _seen(references, reading, worlds).items()}
    depth = _depth(references, worlds.real.rgb, worlds.real.disparity)
    groups = [reading.features[chosen] for _, chosen in like_captions(worlds)]
    pairs = zip(worlds.real.rgb, worlds.real.disparity, strict=True)
    walls = [[*measures.wrap_steps(rgb), *measures.wrap_steps(disparity)] for rgb, disparity in pairs]
    return {
        **found,
        "frechet": measures.frechet(other.features, reading.features),
        **depth,
        **_seam(np.array(walls)),
        "diversity": measures.spread(groups),
    }


def painting(
    pipeline: LDM3DPipeline,
    references: References,
    worlds: HeldOut,
    folder: Path,
    *,
    steps: int | None = None,
    guidance: float | None = None,
    batch: int = 1,
    bfloat16: bool = False,
    diversity: bool = True,
) -> Measures:
    """The same measures of what the model paints. Pictures are kept in the folder, and taken from it."""
    asked: dict[str, Any] = {"steps": steps, "guidance": guidance, "batch": batch, "bfloat16": bfloat16}
    painted = paint_many(pipeline, worlds.sentences, range(len(worlds.sentences)), folder / "painted", **asked)
    judge = references.judge
    reading, real = judge.read(painted.rgb), judge.read(worlds.real.rgb)
    result = {f"sees {kind}": float(np.mean(seen)) for kind, seen in _seen(references, reading, worlds).items()}
    result["frechet"] = measures.frechet(reading.features, real.features)
    result |= _depth(references, painted.rgb, painted.disparity) | _seam(painted.steps)
    if diversity and (likes := like_captions(worlds)):
        sentences = [sentence for sentence, chosen in likes for _ in chosen]
        seeds = [1000 + number for _, chosen in likes for number in range(len(chosen))]
        again = paint_many(pipeline, sentences, seeds, folder / "diversity", **asked)
        features = np.split(judge.read(again.rgb).features, np.cumsum([len(chosen) for _, chosen in likes])[:-1])
        result["diversity"] = measures.spread(features)
    return result


def like_captions(worlds: HeldOut) -> list[tuple[str, list[int]]]:
    """Plain sentences ("a lake at dawn") and the worlds that each is true of, the most frequent ones first."""
    found: dict[str, list[int]] = {}
    for number, each in enumerate(worlds.real.descriptions):
        place, hour = str(each.tags["place"]), str(each.tags.get("time", ""))
        article = "an" if place[0] in "aeiou" else "a"
        found.setdefault(" ".join(filter(None, [article, place, f"at {hour}" if hour else ""])), []).append(number)
    often = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:GROUPS]
    return [(sentence, chosen[:GROUP]) for sentence, chosen in often if len(chosen) > 1]


@torch.no_grad()
def reconstruction(data: Renders, pipeline: LDM3DPipeline) -> Measures:
    """Encodes every render, decodes it as the pipeline does, refiner included, and compares: means over worlds."""
    from ldm3d_web.ldm3d.wrap import wrap_longitude

    vae, found = pipeline.vae, []
    wrap_longitude(vae)
    scale, shift = vae.config["scaling_factor"], vae.config["shift_factor"] or 0.0
    for picture in _pictures(data):
        latents = vae.encode(bend(picture, curve_of(vae.config)).to(vae.device)).latent_dist.mean
        painted = (torch.cat(pipeline.decode((latents - shift) * scale), dim=1)[0].float().cpu() * 2 - 1).numpy()
        truth = picture[0].numpy()
        depths = [(each[3] + 1) / 2 for each in (painted, truth)]
        found.append((measures.psnr_db(painted[:3], truth[:3]), measures.abs_rel(*depths), measures.sky_kept(*depths)))
    names = ("autoencoder psnr", "autoencoder abs_rel", "autoencoder sky")
    return dict(zip(names, np.nanmean(found, axis=0).tolist(), strict=True))


@torch.no_grad()
def enlarging(data: Renders, network: Upscaler) -> dict[str, Measures]:
    """Renders (four times as wide as the model's pictures) made small and large again: by the network, and bicubic."""
    from ldm3d_web.ldm3d.upscaler import enlarge

    curve = curve_of(network.config)
    found: dict[str, list[list[float]]] = {"upscaler": [], "bicubic": []}
    for sharp in _pictures(data):
        small, truth = shrink(sharp), sharp[0].numpy()
        painted = straighten(network(bend(small, curve).to(network.device)).float().cpu(), curve)
        for name, large in (("upscaler", painted), ("bicubic", enlarge(small))):
            guess = large[0].clamp(-1, 1).numpy()
            depths = [(each[3] + 1) / 2 for each in (guess, truth)]
            found[name].append(
                [measures.psnr_db(guess[:3], truth[:3]), measures.ssim(guess[:3], truth[:3]), measures.abs_rel(*depths)]
            )
    names = ("psnr", "ssim", "mare")
    return {kind: dict(zip(names, np.nanmean(rows, axis=0).tolist(), strict=True)) for kind, rows in found.items()}


def seconds_a_picture(pipeline: LDM3DPipeline, sentences: Sequence[str]) -> Measures:
    """Median time from a sentence to the picture as the model gives it by default, upscaled where it can."""
    taken = []
    for seed, sentence in enumerate(sentences):
        began = time.perf_counter()
        pipeline.upscale(pipeline(sentence, seed=seed), pipeline.defaults.upscale)
        taken.append(time.perf_counter() - began)
    return {"seconds": float(np.median(taken))}


def megabytes(pipeline: LDM3DPipeline) -> Measures:
    """Of all weights on disk."""
    folder = pipeline.spec.folder
    size = sum(file.stat().st_size for file in folder.rglob("*.safetensors")) if folder else float("nan")
    return {"megabytes": size / 1e6}


def _seen(references: References, reading: judging.Reading, worlds: HeldOut) -> dict[str, list[bool]]:
    found = judging.verdicts(references.judge.vocabulary, reading, worlds.claims)
    return {**found, "all": [verdict for verdicts in found.values() for verdict in verdicts]}


def _depth(references: References, rgb: np.ndarray, disparity: np.ndarray) -> Measures:
    """Against what the reference network sees in the colours."""
    expected = references.depth.disparity(rgb)
    errors = [measures.aligned_errors(*pair) for pair in zip(small_disparity(disparity), expected, strict=True)]
    relative, metres = np.nanmean(errors, axis=0).tolist()
    return {"depth abs_rel": relative, "depth rmse_m": metres}


def _seam(steps: np.ndarray) -> Measures:
    across_rgb, inside_rgb, across_depth, inside_depth = steps.mean(axis=0).tolist()
    return {"seam rgb": across_rgb / max(inside_rgb, 1e-9), "seam depth": across_depth / max(inside_depth, 1e-9)}


def _pictures(data: Renders) -> Any:
    for rgb, disparity in zip(data.rgb, data.disparity, strict=True):
        colours = torch.from_numpy(rgb).permute(2, 0, 1).float() / 127.5 - 1
        yield torch.cat([colours, torch.from_numpy(disparity)[None] * 2 - 1])[None]
