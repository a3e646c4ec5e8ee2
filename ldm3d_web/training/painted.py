"""Many panoramas painted from sentences, kept small on disk as they come, so that a stopped evaluation goes on.

A folder holds ``00000.npz``, ``00020.npz``, ... with what the measures need of each picture: colour and disparity at
256×128, and, of the picture as painted, its steps across the wrap.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from ldm3d_web.files import write_whole
from ldm3d_web.rgbd import Rgbd
from ldm3d_web.training.depth_reference import small_disparity
from ldm3d_web.training.judge import SIZE
from ldm3d_web.training.measures import wrap_steps

if TYPE_CHECKING:
    from ldm3d_web.ldm3d.pipeline import LDM3DPipeline

CHUNK = 20


@dataclass(frozen=True)
class Painted:
    """rgb: (N, 128, 256, 3) uint8; disparity: (N, 128, 256) float32; steps: (N, 4): colour's step across the wrap and
    elsewhere, depth's likewise."""

    rgb: np.ndarray
    disparity: np.ndarray
    steps: np.ndarray


def paint_many(
    pipeline: LDM3DPipeline,
    sentences: Sequence[str],
    seeds: Sequence[int],
    folder: Path,
    *,
    steps: int | None = None,
    guidance: float | None = None,
    batch: int = 1,
    bfloat16: bool = False,
) -> Painted:
    """Paints sentence i from seed i and keeps it in the folder, by what was asked; what is there is read."""
    steps = pipeline.defaults.steps if steps is None else steps
    guidance = pipeline.defaults.guidance if guidance is None else guidance
    chunks = []
    for start in range(0, len(sentences), CHUNK):
        asked = list(zip(sentences[start : start + CHUNK], seeds[start : start + CHUNK], strict=True))
        key = json.dumps([pipeline.revision, steps, guidance, bfloat16, asked])
        file = Path(folder) / f"{start:05d}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.npz"
        if not file.is_file():
            _paint_chunk(pipeline, asked, file, steps, guidance, batch, bfloat16)
            print(f"{min(start + CHUNK, len(sentences))} of {len(sentences)} painted", flush=True)
        with np.load(file) as kept:
            chunks.append(Painted(kept["rgb"], kept["disparity"].astype(np.float32) / np.float32(65535), kept["steps"]))
    return Painted(
        *(np.concatenate([getattr(each, name) for each in chunks]) for name in ("rgb", "disparity", "steps"))
    )


def _paint_chunk(
    pipeline: LDM3DPipeline,
    asked: list[tuple[str, int]],
    file: Path,
    steps: int,
    guidance: float,
    batch: int,
    bfloat16: bool,
) -> None:
    import io

    rgb, disparity, walls = [], [], []
    for start in range(0, len(asked), batch):
        some = asked[start : start + batch]
        sentences, seeds = [each[0] for each in some], [each[1] for each in some]
        for rgbd in paint_batch(pipeline, sentences, seeds, steps, guidance, bfloat16):
            rgb.append(_small_rgb(rgbd.rgb))
            disparity.append(np.rint(small_disparity(rgbd.disparity) * 65535).astype(np.uint16))
            walls.append([*wrap_steps(rgbd.rgb), *wrap_steps(rgbd.disparity)])
    stream = io.BytesIO()
    np.savez_compressed(stream, rgb=np.stack(rgb), disparity=np.stack(disparity), steps=np.array(walls))
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, stream.getvalue())


@torch.inference_mode()
def paint_batch(
    pipeline: LDM3DPipeline,
    sentences: Sequence[str],
    seeds: Sequence[int],
    steps: int,
    guidance: float,
    bfloat16: bool = False,
) -> list[Rgbd]:
    """What the pipeline paints of each sentence from each seed at the model's own size, several at once.

    bfloat16: whether the U-Net, and no other part, computes in it.
    """
    rgb, disparity = pipeline.decode(paint_latents(pipeline, sentences, seeds, steps, guidance, bfloat16))
    colours = (rgb.permute(0, 2, 3, 1).float() * 255).round().to(torch.uint8).cpu().numpy()
    return [
        Rgbd(np.ascontiguousarray(one), np.ascontiguousarray(other))
        for one, other in zip(colours, disparity[:, 0].float().cpu().numpy(), strict=True)
    ]


@torch.inference_mode()
def paint_latents(
    pipeline: LDM3DPipeline,
    sentences: Sequence[str],
    seeds: Sequence[int],
    steps: int,
    guidance: float,
    bfloat16: bool = False,
) -> torch.Tensor:
    """The clean latents (B, C, h, w) of `paint_batch`."""
    from ldm3d_web.ldm3d.wrap import wrap_longitude

    for network in filter(None, (pipeline.unet, pipeline.vae, pipeline.refiner)):
        wrap_longitude(network)
    width, height = pipeline.check_size()
    noise = torch.cat([pipeline.draw_noise(seed, width, height) for seed in seeds])
    words = pipeline.encode([*([""] * len(sentences) if guidance > 1 else []), *sentences])
    with torch.autocast(pipeline.unet.device.type, torch.bfloat16, enabled=bfloat16):
        return pipeline.denoise(noise, words, steps=steps, guidance=guidance)


def _small_rgb(rgb: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8, averaged to (128, 256, 3), or repeated where it is smaller."""
    side = rgb.shape[0] // SIZE[0]
    if side == 0:
        return rgb.repeat(SIZE[0] // rgb.shape[0], 0).repeat(SIZE[1] // rgb.shape[1], 1)
    blocks = rgb.reshape(SIZE[0], side, SIZE[1], side, 3).astype(np.float32)
    return np.rint(blocks.mean(axis=(1, 3))).astype(np.uint8)
