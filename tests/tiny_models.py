"""Whole LDM3D model folders in miniature: the real classes and the real file layout, tiny random weights.

`make_ldm3d_folder(path)` writes what Intel's repositories hold: the index that names diffusers' own pipeline and
`DDIMScheduler`, beside a scheduler file that says `PNDMScheduler`. Its pictures are noise; everything else is real.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# The scheduler file as Intel published it: PNDM's class name and keys, no prediction_type, no timestep_spacing.
INTEL_SCHEDULER: dict[str, Any] = {
    "_class_name": "PNDMScheduler",
    "_diffusers_version": "0.15.1",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "num_train_timesteps": 1000,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "trained_betas": None,
}

# A zero-terminal-SNR scheduler for v-prediction, as ldm3d-mini has.
ZERO_SNR_SCHEDULER: dict[str, Any] = {
    "_class_name": "DDIMScheduler",
    "_diffusers_version": "0.42.1",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "num_train_timesteps": 1000,
    "prediction_type": "v_prediction",
    "rescale_betas_zero_snr": True,
    "set_alpha_to_one": True,
    "steps_offset": 0,
    "timestep_spacing": "trailing",
}

START, END = "<|startoftext|>", "<|endoftext|>"
MERGES = ["t h", "th e</w>", "i n", "e r", "a n", "l a", "la k", "lak e</w>", "an d</w>", "o f</w>"]


def make_ldm3d_folder(
    path: str | Path,
    *,
    channels: int = 4,
    latent_channels: int = 4,
    seed: int = 0,
    blocks: Sequence[int] = (8, 8, 16, 16),
    unet_blocks: Sequence[int] = (16, 32),
    hidden_size: int = 32,
    scheduler: dict[str, Any] = INTEL_SCHEDULER,
    scaling_factor: float = 0.18215,
    shift_factor: float | None = None,
    dtype: str = "float32",
    old_clip_keys: bool = False,
    settings: dict[str, Any] | None = None,
    upscaler: bool = False,
    compass: bool = False,
) -> Path:
    """Write a complete LDM3D folder and return its path.

    channels: of the VAE's pictures, 4 (RGB + depth) or 6 (RGB + depth in two bytes).
    latent_channels: of the VAE's latents, and in and out of the U-Net.
    blocks: widths of the VAE's levels; n of them shrink the picture by 2 ** (n - 1). unet_blocks likewise (>= 2).
    hidden_size: of the text encoder. scheduler: its file: Intel's, or `ZERO_SNR_SCHEDULER`, which is like mini's.
    dtype: of the stored weights, "float32" or "float16".
    old_clip_keys: store the text encoder's tensors under `text_model.`, as every CLIP file on the Hub has them.
    settings: written to `ldm3d.json` where given. upscaler: whether there is one. compass: whether the U-Net reads one.
    """
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    path = Path(path)
    path.mkdir(parents=True, exist_ok=True)
    vocabulary = write_tokenizer(path / "tokenizer")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        text_encoder = CLIPTextModel(
            CLIPTextConfig(
                vocab_size=len(vocabulary),
                hidden_size=hidden_size,
                intermediate_size=2 * hidden_size,
                num_hidden_layers=2,
                num_attention_heads=2,
                max_position_embeddings=77,
                hidden_act="quick_gelu",
                projection_dim=hidden_size,
                bos_token_id=vocabulary[START],
                eos_token_id=vocabulary[END],
                pad_token_id=vocabulary[END],
            )
        )
        levels = len(blocks)
        vae = AutoencoderKL(
            in_channels=channels,
            out_channels=channels,
            down_block_types=("DownEncoderBlock2D",) * levels,
            up_block_types=("UpDecoderBlock2D",) * levels,
            block_out_channels=tuple(blocks),
            layers_per_block=1,
            latent_channels=latent_channels,
            norm_num_groups=4,
            sample_size=64,
            scaling_factor=scaling_factor,
            shift_factor=shift_factor,
        )
        depth = len(unet_blocks) - 1
        unet = UNet2DConditionModel(
            sample_size=8,
            in_channels=latent_channels + 2 * compass,
            out_channels=latent_channels,
            down_block_types=("CrossAttnDownBlock2D",) * depth + ("DownBlock2D",),
            up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * depth,
            block_out_channels=tuple(unet_blocks),
            layers_per_block=1,
            cross_attention_dim=hidden_size,
            attention_head_dim=4,
            norm_num_groups=4,
        )
    for name, model in (("text_encoder", text_encoder), ("vae", vae), ("unet", unet)):
        if dtype != "float32":
            model.to(getattr(torch, dtype))
        model.save_pretrained(path / name)
    set_clip_prefix(path / "text_encoder" / "model.safetensors", old=old_clip_keys)
    write_json(path / "scheduler" / "scheduler_config.json", scheduler)
    write_json(path / "model_index.json", INDEX)
    if upscaler:
        from ldm3d_web.ldm3d.upscaler import Upscaler

        Upscaler(8, 1, {"log": 199.0}).to(getattr(torch, dtype)).save_pretrained(path / "upscaler")
    if settings is not None:
        write_json(path / "ldm3d.json", settings)
    return path


# As in Intel's repositories, safety checker included: the folders of the last two are not needed, and not there.
INDEX: dict[str, Any] = {
    "_class_name": "StableDiffusionLDM3DPipeline",
    "_diffusers_version": "0.15.1",
    "feature_extractor": ["transformers", "CLIPImageProcessor"],
    "requires_safety_checker": True,
    "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
    "scheduler": ["diffusers", "DDIMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}


def write_tokenizer(folder: Path) -> dict[str, int]:
    """Write a CLIP tokenizer of all 256 bytes and a few merges, so that any text has tokens; return its vocabulary."""
    symbols = [*_byte_symbols(), *(f"{symbol}</w>" for symbol in _byte_symbols())]
    tokens = [*symbols, *(merge.replace(" ", "") for merge in MERGES), START, END]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    write_json(folder / "vocab.json", vocabulary)
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *MERGES, ""]), encoding="utf-8")
    special = {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": END}
    write_json(folder / "special_tokens_map.json", special)
    write_json(
        folder / "tokenizer_config.json",
        {**special, "tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "do_lower_case": True},
    )
    return vocabulary


def _byte_symbols() -> list[str]:
    """The printable stand-in of each byte in byte-level BPE (GPT-2's table): itself where printable, else 256 + n."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    symbols, spare = {}, 256
    for byte in range(256):
        if byte in printable:
            symbols[byte] = chr(byte)
        else:
            symbols[byte], spare = chr(spare), spare + 1
    return [symbols[byte] for byte in range(256)]


def set_clip_prefix(file: Path, *, old: bool) -> None:
    """Rewrite a CLIP text encoder's tensor names with (old) or without the `text_model.` prefix."""
    from safetensors.torch import load_file, save_file

    bare = {name.removeprefix("text_model."): tensor for name, tensor in load_file(file).items()}
    save_file({f"text_model.{name}" if old else name: tensor for name, tensor in bare.items()}, file, {"format": "pt"})


def write_json(file: Path, value: Any) -> None:
    """Write indented UTF-8 JSON, making the folder where it is not there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
