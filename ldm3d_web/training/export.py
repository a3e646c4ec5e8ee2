"""The trained parts as one model folder in diffusers' layout, half precision, safetensors only.

The autoencoder comes from the latents' folder (its scale and shift belong to those latents), the U-Net from the
denoiser's averaged weights, the vocabulary and the text encoder from the text run. A decoder that learned on after the
latents were made takes the place of theirs; an upscaler, a guide and a refiner come along where they were
trained.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from ldm3d_web.errors import InvalidInput
from ldm3d_web.ldm3d import crisp
from ldm3d_web.ldm3d.deblock import DEBLOCK_KEY
from ldm3d_web.ldm3d.vocabulary import write_vocabulary
from ldm3d_web.training import autoencoder
from ldm3d_web.worlds.world import FAR_M, NEAR_M

GRID_STEP = 0.06  # between squares of pixels that latents become; taken out of pictures (docs/log.md)
SETTINGS: dict[str, Any] = {
    "name": "ldm3d-mini",
    "description": (
        "Our own small LDM3D, eighth edition: low-poly places with depth, on any computer. "
        "It knows landscapes, villages, streets, ruins, rooms and caves; no people, no photographs."
    ),
    "licence": "Apache-2.0",
    "steps": 15,
    "guidance": 1.5,
    "width": 512,
    "height": 256,
    "min_width": 512,
    "max_width": 512,
    "near_m": NEAR_M,
    "far_m": FAR_M,
    "examples": [
        "a calm lake at dawn, snowy mountains, pine trees",
        "a farm at sunset with a red barn on the left",
        "a red canyon at noon, cacti, an arch of rock ahead",
        "an autumn forest in the fog",
        "a tropical beach at noon with palm trees and a boat",
        "a mushroom forest at night",
        "a turquoise crystal cave with a pond",
        "a city street at night, street lamps, traffic lights",
        "a cosy room in the evening with a fireplace on the right",
        "old ruins at dawn, columns and a statue",
        "the moon, domes and a rocket",
        "a snowy plain at sunset with an igloo",
    ],
    "prompt_hint": (
        "Say a place, a time of day, the weather, and what stands where: left, right, ahead or behind. "
        "A side is not always kept."
    ),
}


def export(
    latents: Path,
    text: Path,
    denoiser: Path,
    out: Path,
    *,
    decoder: Path | None = None,
    decoder_share: float = 1.0,
    upscaler: Path | None = None,
    guide: Path | None = None,
    refiner: Path | None = None,
    dtype: str = "float16",
    settings: dict[str, Any] | None = None,
) -> Path:
    """Writes a model folder that `ldm3d_web.ldm3d.checkpoint.load` reads, and returns it.

    ``decoder_share``: how far its weights lie from the latents' own decoder (0) to ``decoder`` (1). Between the two
    a critic's edges stay and its exaggerations do not (network interpolation, ESRGAN, arXiv 1809.00219, section 3.4).
    ``settings`` are laid over `SETTINGS` for ldm3d.json; an ldm3d.json that lies in ``out`` already is kept.
    Raises InvalidInput when a part has not been trained yet, or when the share is not within 0 and 1.
    """
    import torch
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from transformers import CLIPTextModel

    from ldm3d_web.ldm3d.guide import Guide
    from ldm3d_web.ldm3d.refiner import Refiner
    from ldm3d_web.ldm3d.upscaler import FACTOR, Upscaler

    if not 0 <= decoder_share <= 1:
        raise InvalidInput(f"The share of the decoder is {decoder_share:g}; it must be within 0 and 1.")
    out = Path(out)
    vae = Path(decoder or latents) / "vae"
    parts = [vae, Path(text) / "text_encoder", Path(denoiser) / "unet"]
    more: dict[str, Any] = {"upscaler": (upscaler, Upscaler), "guide": (guide, Guide), "refiner": (refiner, Refiner)}
    more = {name: (Path(folder) / name, kind) for name, (folder, kind) in more.items() if folder}
    parts += [folder for folder, _ in more.values()]
    for part in parts:
        if not part.is_dir():
            raise InvalidInput(f"{part} is not there yet; train that part first.")
    out.mkdir(parents=True, exist_ok=True)
    kind = getattr(torch, dtype)
    painter = autoencoder.load(vae)
    if decoder:
        own = autoencoder.load(Path(latents) / "vae").state_dict()
        with torch.no_grad():
            for name, weight in painter.state_dict().items():
                weight.lerp_(own[name], 1 - decoder_share)
    painter.to(kind).save_pretrained(out / "vae")
    UNet2DConditionModel.from_pretrained(Path(denoiser) / "unet").to(kind).save_pretrained(out / "unet")
    CLIPTextModel.from_pretrained(Path(text) / "text_encoder").to(kind).save_pretrained(out / "text_encoder")
    for name, (folder, network) in more.items():
        network.from_pretrained(folder).to(kind).save_pretrained(out / name)
    (out / "tokenizer").mkdir(exist_ok=True)
    for name in ("vocab.json", "merges.txt"):
        shutil.copyfile(Path(text) / "tokenizer" / name, out / "tokenizer" / name)
    positions = _read(out / "text_encoder" / "config.json")["max_position_embeddings"]
    _write(
        out / "tokenizer" / "tokenizer_config.json",
        {"tokenizer_class": "CLIPTokenizer", "model_max_length": positions},
    )
    (out / "scheduler").mkdir(exist_ok=True)
    shutil.copyfile(Path(denoiser) / "scheduler" / "scheduler_config.json", out / "scheduler" / "scheduler_config.json")
    for name in ("vae", "unet", *more):
        config = _read(out / name / "config.json")
        config.pop("_name_or_path", None)  # where it was trained is nobody's business
        if name == "vae":
            config |= {DEBLOCK_KEY: GRID_STEP, crisp.CRISP_KEY: crisp.ROUNDS}
        _write(out / name / "config.json", config)
    _write(
        out / "model_index.json",
        {
            "_class_name": "LDM3DPipeline",
            "_diffusers_version": _read(out / "unet" / "config.json")["_diffusers_version"],
            "scheduler": ["diffusers", "DDIMScheduler"],
            "text_encoder": ["transformers", "CLIPTextModel"],
            "tokenizer": ["transformers", "CLIPTokenizer"],
            "unet": ["diffusers", "UNet2DConditionModel"],
            "vae": ["diffusers", "AutoencoderKL"],
        },
    )
    told = Path(text) / "sentences.json"
    if told.is_file():
        write_vocabulary(out, json.loads(told.read_text(encoding="utf-8")))
    if not (out / "ldm3d.json").exists():
        wider = {"upscale": FACTOR} if upscaler else {}
        _write(out / "ldm3d.json", {**SETTINGS, **wider, **(settings or {})})
    return out


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
