"""Whether a folder is a whole LDM3D model, found out without loading it: files, headers and configs only.

Everything here is pure Python and takes milliseconds, however large the weights are. Weights are read from safetensors
alone; `.bin` files are pickles, which can run code when opened, and are refused.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from pathlib import Path
from typing import Any

from ldm3d_web.errors import InvalidModel
from ldm3d_web.ldm3d.crisp import CRISP_KEY, rounds_of
from ldm3d_web.ldm3d.deblock import DEBLOCK_KEY, deblock_of
from ldm3d_web.ldm3d.depth_curve import Curve, curve_of
from ldm3d_web.ldm3d.registry import GUIDE, REFINER, SETTINGS_FILE, UPSCALER, read_json, spec_of_folder

# Where diffusers puts the configs and the weights of each part.
CONFIGS = {
    "unet": "unet/config.json",
    "vae": "vae/config.json",
    "text_encoder": "text_encoder/config.json",
    "scheduler": "scheduler/scheduler_config.json",
}
WEIGHTS = {
    "unet": "unet/diffusion_pytorch_model.safetensors",
    "vae": "vae/diffusion_pytorch_model.safetensors",
    "text_encoder": "text_encoder/model.safetensors",
}
# Not every model has these.
UPSCALER_FILES = (f"{UPSCALER}/config.json", f"{UPSCALER}/diffusion_pytorch_model.safetensors")
GUIDE_FILES = (f"{GUIDE}/config.json", f"{GUIDE}/diffusion_pytorch_model.safetensors")
REFINER_FILES = (f"{REFINER}/config.json", f"{REFINER}/diffusion_pytorch_model.safetensors")
TOKENIZER = "tokenizer/tokenizer.json"
TOKENIZER_PAIR = ("tokenizer/vocab.json", "tokenizer/merges.txt")  # the older form of the same

_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
COMPASS_CHANNELS = 2  # that a U-Net may take beside its latents' (`compass`)
_CLASSES = {"unet": "UNet2DConditionModel", "vae": "AutoencoderKL"}


def verify(folder: Path) -> None:
    """Raise InvalidModel, with one sentence, unless the folder holds a whole LDM3D model.

    Checked: every file is there; JSON is JSON; safetensors are complete; the channels of autoencoder, U-Net and text
    encoder fit each other and the weights; `ldm3d.json`, where there is one, has known keys and sane values.
    """
    if not folder.is_dir():
        raise InvalidModel(f"{folder.name!r} is not a folder with a model.")
    if missing := missing_files(folder):
        pickles = sorted(str(file.relative_to(folder)) for file in folder.glob("*/*.bin"))
        only = f"; {', '.join(pickles)} cannot stand in, since .bin files can run code" if pickles else ""
        raise InvalidModel(
            f"The model {folder.name!r} lacks {', '.join(missing)}{only}; "
            "a diffusers folder with safetensors weights is needed."
        )
    read_json(folder / "model_index.json")
    configs = {part: read_json(folder / file) for part, file in CONFIGS.items()}
    shapes = {part: read_shapes(folder / file) for part, file in WEIGHTS.items()}
    for part, name in _CLASSES.items():
        if configs[part].get("_class_name", name) != name:
            raise InvalidModel(f"{CONFIGS[part]} is of a {configs[part]['_class_name']}; a {name} is needed.")
    _check_channels(configs, shapes)
    if (folder / UPSCALER_FILES[0]).is_file():
        _check_curve(read_json(folder / UPSCALER_FILES[0]), UPSCALER_FILES[0])
        read_shapes(folder / UPSCALER_FILES[1])
    if (folder / GUIDE_FILES[0]).is_file():
        _check_guide(read_json(folder / GUIDE_FILES[0]), configs)
        read_shapes(folder / GUIDE_FILES[1])
    if (folder / REFINER_FILES[0]).is_file():
        _check_refiner(read_json(folder / REFINER_FILES[0]), configs["vae"])
        read_shapes(folder / REFINER_FILES[1])
    spec_of_folder(folder)


def missing_files(folder: Path) -> list[str]:
    """The files that a model needs and that are not in the folder."""
    needed = ["model_index.json", *CONFIGS.values(), *WEIGHTS.values()]
    if not (folder / TOKENIZER).is_file():
        needed += TOKENIZER_PAIR
    for name, files in ((UPSCALER, UPSCALER_FILES), (GUIDE, GUIDE_FILES), (REFINER, REFINER_FILES)):
        if (folder / name).is_dir():
            needed += files
    return [file for file in needed if not (folder / file).is_file()]


def read_shapes(file: Path) -> dict[str, tuple[int, ...]]:
    """The tensors of a safetensors file by name, from its header. Raises InvalidModel for one that is not whole."""
    name, size = f"{file.parent.name}/{file.name}", file.stat().st_size
    with file.open("rb") as stream:
        start = stream.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else size
        if 8 + length > size:
            raise InvalidModel(f"{name} is cut short or no safetensors file: {size:,} bytes do not hold its header.")
        try:
            header = json.loads(stream.read(length))
            tensors = {key: value for key, value in header.items() if key != "__metadata__"}
            ends = [0, *(int(value["data_offsets"][1]) for value in tensors.values())]
            shapes = {key: tuple(int(side) for side in value["shape"]) for key, value in tensors.items()}
            lengths = [_BYTES[value["dtype"]] * math.prod(shapes[key]) for key, value in tensors.items()]
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
            raise InvalidModel(f"{name} is no safetensors file: its header cannot be read.") from None
    if 8 + length + max(ends) != size or sum(lengths) != max(ends):
        raise InvalidModel(
            f"{name} is cut short or damaged: it should have {8 + length + sum(lengths):,} bytes but has {size:,}."
        )
    return shapes


def _check_curve(config: dict[str, Any], file: str) -> Curve:
    try:
        deblock_of(config)
        rounds_of(config)
        return curve_of(config)
    except ValueError as error:
        raise InvalidModel(f"{file}: {error}.") from None


def _check_guide(guide: dict[str, Any], configs: dict[str, dict[str, Any]]) -> None:
    """What it sees and hears is what the others give, and it pulls by sane amounts."""
    for key, due in (
        ("channels", configs["vae"].get("latent_channels")),
        ("text_width", configs["text_encoder"].get("hidden_size")),
    ):
        if guide.get(key) != due:
            raise InvalidModel(f"{GUIDE_FILES[0]}: {key} is {guide.get(key)}, but the model's other parts have {due}.")
    for key, most in (("strength", 1.0), ("until", 1.0), ("turn_at", 1.0)):
        value = guide.get(key)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:
            raise InvalidModel(f"{GUIDE_FILES[0]}: {key} must be a number from 0 to {most:g}, not {value!r}.")


def _check_refiner(refiner: dict[str, Any], vae: dict[str, Any]) -> None:
    """It refines what the autoencoder decodes: pictures of 4 channels, whose depth follows the same curve."""
    if vae.get("out_channels") != 4:
        raise InvalidModel(
            f"A refiner refines pictures of 4 channels; the autoencoder's have {vae.get('out_channels')}."
        )
    if _check_curve(refiner, REFINER_FILES[0]) != _check_curve(vae, CONFIGS["vae"]):
        raise InvalidModel(f"{REFINER_FILES[0]}: the depth_curve is not that of the autoencoder.")


def _check_channels(configs: dict[str, dict[str, Any]], shapes: dict[str, dict[str, tuple[int, ...]]]) -> None:
    vae, unet, text = configs["vae"], configs["unet"], configs["text_encoder"]
    picture = (vae.get("in_channels"), vae.get("out_channels"))
    if picture not in ((4, 4), (6, 6)):
        raise InvalidModel(
            f"The autoencoder takes {picture[0]} and gives {picture[1]} channels; an LDM3D model has 4 (with depth) "
            "or 6 (depth in two bytes) both ways."
        )
    if _check_curve(vae, CONFIGS["vae"]).k and picture != (4, 4):
        raise InvalidModel(f"{CONFIGS['vae']} names a curve, but depth in two bytes is plain disparity.")
    for key, named in ((DEBLOCK_KEY, deblock_of(vae)), (CRISP_KEY, rounds_of(vae))):
        if named and picture != (4, 4):
            raise InvalidModel(f"{CONFIGS['vae']} names {key}, but two bytes of depth have no edges of their own.")
    latent = vae.get("latent_channels")
    taken, given = unet.get("in_channels"), unet.get("out_channels")
    if not isinstance(latent, int) or given != latent or taken not in (latent, latent + COMPASS_CHANNELS):
        raise InvalidModel(
            f"The U-Net takes {taken} and gives {given} channels, but the autoencoder's latents have {latent}; it may "
            f"take {COMPASS_CHANNELS} more, for the compass."
        )
    if unet.get("cross_attention_dim") != text.get("hidden_size"):
        raise InvalidModel(
            f"The U-Net reads words of width {unet.get('cross_attention_dim')}, but the text encoder's have "
            f"{text.get('hidden_size')}."
        )
    # The weights must be those of the configs: file sizes of 4 and 6 channels are nearly the same.
    for part, tensor, axis, expected in (
        ("vae", "encoder.conv_in.weight", 1, picture[0]),
        ("vae", "decoder.conv_out.weight", 0, picture[1]),
        ("vae", "decoder.conv_in.weight", 1, latent),
        ("unet", "conv_in.weight", 1, taken),
        ("unet", "conv_out.weight", 0, latent),
    ):
        shape = shapes[part].get(tensor, ())
        if len(shape) != 4 or shape[axis] != expected:
            found = f"has the shape {shape}" if shape else "is not there"
            raise InvalidModel(
                f"{WEIGHTS[part]} does not fit its config: {tensor} {found}, {expected} channels are due."
            )


_HASHES: dict[tuple[str, int, int], bytes] = {}


def revision_of(folder: Path) -> str:
    """Twelve hex digits that name the model's content: a hash over every file that decides its pictures.

    Kept in memory by path, size and time of change, so that only the first call reads the weights.
    """
    whole = hashlib.sha256()
    files = ["model_index.json", *CONFIGS.values(), *WEIGHTS.values(), TOKENIZER, *TOKENIZER_PAIR]
    files += ["tokenizer/tokenizer_config.json", SETTINGS_FILE, *UPSCALER_FILES, *GUIDE_FILES, *REFINER_FILES]
    for name in sorted(name for name in files if (folder / name).is_file()):
        file = (folder / name).resolve()
        state = file.stat()
        key = (str(file), state.st_size, state.st_mtime_ns)
        if key not in _HASHES:
            with file.open("rb") as stream:
                _HASHES[key] = hashlib.file_digest(stream, "sha256").digest()
        whole.update(name.encode() + b"\0" + _HASHES[key])
    return whole.hexdigest()[:12]
