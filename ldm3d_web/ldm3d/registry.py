"""Which models there are: the shipped mini, Intel's at pinned revisions, and any folder. Loads nothing heavy.

What a model folder cannot say in diffusers' own files (good defaults, the scale of its depth, examples) stands in its
optional `ldm3d.json`; for Intel's models it stands here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ldm3d_web.errors import InvalidInput, InvalidModel
from ldm3d_web.ldm3d import inputs

MINI_FOLDER = Path(__file__).resolve().parent.parent / "models" / "ldm3d-mini"
SETTINGS_FILE = "ldm3d.json"
UPSCALER = "upscaler"  # the folder of the network that makes a model's pictures wider, beside its other parts
GUIDE = "guide"  # folder of the network that hears claims and sees them
REFINER = "refiner"  # folder of the network that sets depth right by colour


@dataclass(frozen=True)
class Defaults:
    """What a model paints when nothing else is asked, and the widths (pixels) it may be asked for.

    upscale: how many times as wide its upscaler, if it has one, makes the picture.
    """

    steps: int = 50
    guidance: float = 5.0
    width: int = 1024
    height: int = 512
    min_width: int = inputs.MIN_WIDTH
    max_width: int = inputs.MAX_WIDTH
    upscale: int = 1


@dataclass(frozen=True)
class ModelSpec:
    """A model that can be asked for.

    name: what users type. folder: where it lies, or None for a model of the Hub. revision: the pinned commit of a Hub
    model, empty for a folder (whose weights are hashed instead).
    near_m, far_m: metres at disparity 1 and 0, only where the model's disparity has a known scale.
    prompt_hint: what sentences for this model should contain. unsupported: why it cannot be loaded, or empty.
    upscales: whether it has an upscaler.
    """

    name: str
    description: str = ""
    folder: Path | None = None
    revision: str = ""
    licence: str = ""
    defaults: Defaults = field(default_factory=Defaults)
    near_m: float | None = None
    far_m: float | None = None
    examples: tuple[str, ...] = ()
    prompt_hint: str = ""
    unsupported: str = ""
    upscales: bool = False


def _intel(name: str, revision: str, description: str, **more: Any) -> ModelSpec:
    return ModelSpec(name=name, revision=revision, description=description, licence="CreativeML OpenRAIL-M", **more)


# Revisions are the last ones known to be whole: an older ldm3d-pano has a truncated U-Net. Of ldm3d-4c only the short
# commit is known; the Hub completes it, as its files can be fetched by full commits only.
_HUB = (
    _intel(
        "Intel/ldm3d-pano",
        "8fc3e1177787deb6be2db52a75ead42f0ff62fd8",
        "Intel's LDM3D for panoramas: 1024×512, about 1 billion parameters, for a GPU.",
        defaults=Defaults(steps=50, guidance=7.0, width=1024, height=512),
        prompt_hint="Begin with “360 view of …”.",
        examples=(
            "360 view of a large bedroom",
            "360 view of a calm lake at dawn, snowy mountains, pine trees",
            "360 view of a red desert at noon",
        ),
    ),
    _intel(
        "Intel/ldm3d-4c",
        "c13fe5c",
        "Intel's LDM3D for flat pictures, 4 channels; the base of ldm3d-pano, for a GPU.",
        defaults=Defaults(steps=50, guidance=5.0, width=1024, height=512),
        prompt_hint="It was trained on flat 512×512 pictures: a panorama from it is not truly spherical.",
        examples=("360 view of a mountain lake, panoramic view", "360 view of a cosy library, panoramic view"),
    ),
    _intel(
        "Intel/ldm3d",
        "6ac14146d5f6751f407241a52f68d958d2102c9a",
        "Intel's first LDM3D for flat pictures, with depth in two bytes; for a GPU.",
        defaults=Defaults(steps=50, guidance=5.0, width=1024, height=512),
        prompt_hint="It was trained on flat 512×512 pictures: a panorama from it is not truly spherical.",
        examples=("360 view of a mountain lake, panoramic view", "360 view of a cosy library, panoramic view"),
    ),
    _intel(
        "Intel/ldm3d-sr",
        "6e208e7b2d9ad9ed5bfc1a20ccf998324cf7d961",
        "Intel's upscaler for LDM3D's pictures.",
        unsupported="Intel/ldm3d-sr enlarges pictures instead of painting them; that is not supported yet.",
    ),
)


def resolve(name: str, *, folders: bool = True) -> ModelSpec:
    """The model of that name, or of that folder.

    folders: whether a path is taken; False for names that come from strangers.
    Raises InvalidModel for an unknown name, for one that cannot be loaded, and for a folder with a bad `ldm3d.json`.
    """
    if name in MODELS:
        if MODELS[name].unsupported:
            raise InvalidModel(MODELS[name].unsupported)
        return MODELS[name]
    if folders and (folder := _as_folder(name)) is not None:
        return spec_of_folder(folder)
    usable = ", ".join(spec.name for spec in MODELS.values() if not spec.unsupported)
    or_folder = " or the path of a model folder" if folders else ""
    raise InvalidModel(f"There is no model {inputs.show(name)}; choose {usable}{or_folder}.")


def spec_of_folder(folder: Path) -> ModelSpec:
    """What a folder says of itself in `ldm3d.json`; defaults where there is none. Raises InvalidModel."""
    file, upscales = folder / SETTINGS_FILE, (folder / UPSCALER / "config.json").is_file()
    if not file.exists():
        return ModelSpec(name=str(folder), folder=folder, upscales=upscales)
    settings = _checked_settings(read_json(file), upscales)
    defaults = {key: settings.pop(key) for key in _names(Defaults) & settings.keys()}
    return ModelSpec(
        **{"name": str(folder), **settings}, folder=folder, upscales=upscales, defaults=replace(Defaults(), **defaults)
    )


def read_json(file: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises InvalidModel where it cannot be read as one."""
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidModel(f"{file.parent.name}/{file.name} is not readable JSON: {error}.") from None
    if not isinstance(value, dict):
        raise InvalidModel(f"{file.parent.name}/{file.name} must hold a JSON object, not {inputs.show(value)}.")
    return value


def _checked_settings(settings: dict[str, Any], upscales: bool) -> dict[str, Any]:
    """The settings of an `ldm3d.json` with their types made sure of. Raises InvalidModel."""
    texts = ("name", "description", "licence", "prompt_hint")
    allowed = {*texts, *_names(Defaults), "near_m", "far_m", "examples"}
    if unknown := sorted(settings.keys() - allowed):
        raise InvalidModel(f"{SETTINGS_FILE} has unknown keys {unknown}; known are {sorted(allowed)}.")
    checks: dict[str, Callable[[Any], Any]] = {
        "steps": inputs.check_steps,
        "guidance": inputs.check_guidance,
        "upscale": lambda factor: inputs.check_upscale(factor, able=upscales),
        "examples": lambda examples: tuple(inputs.check_prompt(each) for each in _listed(examples)),
        **dict.fromkeys(texts, inputs.check_prompt),
    }
    try:
        checked = {key: checks[key](value) if key in checks else value for key, value in settings.items()}
        sizes = replace(Defaults(), **{key: checked[key] for key in _names(Defaults) & checked.keys()})
        for wide in (sizes.min_width, sizes.max_width):
            inputs.check_size(wide, None)
        inputs.check_size(sizes.width, sizes.height, smallest=sizes.min_width, largest=sizes.max_width)
        if "near_m" in checked or "far_m" in checked:
            inputs.check_near_far(checked.get("near_m"), checked.get("far_m"))
    except (InvalidInput, TypeError) as error:
        raise InvalidModel(f"{SETTINGS_FILE}: {error}") from None
    return checked


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidInput(f"The examples must be a list of texts, not {inputs.show(value)}.")
    return value


def _as_folder(name: str) -> Path | None:
    """The folder of that path, if there is one."""
    try:
        folder = Path(name).expanduser()
        return folder if name.strip() and folder.is_dir() else None
    except (OSError, ValueError, RuntimeError):  # too long, a null byte, an unknown user: no path
        return None


def _names(kind: type) -> set[str]:
    return {each.name for each in fields(kind)}


def _mini() -> ModelSpec:
    """The shipped model as its folder describes it; what is wrong with the folder is told when it is loaded."""
    try:
        return replace(spec_of_folder(MINI_FOLDER), name="mini")
    except InvalidModel:
        return ModelSpec(name="mini", folder=MINI_FOLDER)


# Every model that is known by name, the shipped one first.
MODELS: dict[str, ModelSpec] = {spec.name: spec for spec in (_mini(), *_HUB)}
