"""Find, verify and load a model: the shipped mini, a folder, or one of Intel's at its pinned revision of the Hub."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ldm3d_web.errors import HubUnreachable, InvalidInput, InvalidModel, StorageError
from ldm3d_web.ldm3d.registry import GUIDE, MODELS, REFINER, UPSCALER, Defaults, ModelSpec, read_json, resolve
from ldm3d_web.ldm3d.verify import CONFIGS, missing_files, revision_of, verify

if TYPE_CHECKING:
    import torch

    from ldm3d_web.ldm3d.pipeline import LDM3DPipeline

__all__ = ["MODELS", "Defaults", "ModelSpec", "load", "resolve", "revision_of", "verify"]

# What is fetched of a Hub repository: no `.bin`, no safety checker, no pictures; 4.3 of Intel's 11 GB.
FETCHED = ["model_index.json", *(f"{part}/*" for part in ("scheduler", "tokenizer"))]
FETCHED += [f"{part}/{file}" for part in ("unet", "vae", "text_encoder") for file in ("config.json", "*.safetensors")]


def load(name: str, *, device: str | None = None, dtype: torch.dtype | None = None) -> LDM3DPipeline:
    """The model of that name or folder, ready to paint.

    device: "cpu", "cuda" (or "cuda:1"), "mps"; None or "" for the best that this machine has.
    dtype: what U-Net and text encoder compute in; None for float16 on CUDA and float32 elsewhere, where half precision
    is slow (CPU) or fragile (MPS). The autoencoder is always float32.

    The pipeline carries `spec` and `revision`, which names its weights.
    Raises InvalidModel, InvalidInput for the device, HubUnreachable, StorageError.
    """
    spec = resolve(name)
    folder = spec.folder or _fetch(spec)
    verify(folder)
    import torch

    from ldm3d_web.ldm3d.guide import Guide
    from ldm3d_web.ldm3d.refiner import Refiner
    from ldm3d_web.ldm3d.upscaler import Upscaler

    place = choose_device(device)
    half_or_full = torch.float16 if place.startswith("cuda") else torch.float32
    pipeline = _assemble(folder, half_or_full if dtype is None else dtype).to(place)
    pipeline.upscaler = _beside(folder / UPSCALER, Upscaler, place) if spec.upscales else None
    pipeline.guide = _beside(folder / GUIDE, Guide, place) if (folder / GUIDE).is_dir() else None
    pipeline.refiner = _beside(folder / REFINER, Refiner, place) if (folder / REFINER).is_dir() else None
    pipeline.spec = spec
    # A snapshot of the Hub is a folder named after its commit.
    pipeline.revision = revision_of(folder) if spec.folder else folder.name
    return pipeline


def choose_device(device: str | None = None) -> str:
    """The device of that name, or the best of this machine: cuda, then mps, then cpu. Raises InvalidInput."""
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if not device:
        return next(name for name, is_there in there.items() if is_there)
    kind, _, number = device.partition(":")
    if there.get(kind) and (not number or (kind == "cuda" and number in map(str, range(torch.cuda.device_count())))):
        return device
    usable = ", ".join(name for name, is_there in there.items() if is_there)
    raise InvalidInput(f"There is no device {device!r} on this machine; choose {usable}.")


def _assemble(folder: Path, dtype: torch.dtype) -> LDM3DPipeline:
    """The pipeline from a verified folder, on the CPU. Classes are ours to choose: the index is not asked for code."""
    import torch
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from transformers import CLIPTextModel, CLIPTokenizer

    from ldm3d_web.ldm3d.pipeline import LDM3DPipeline
    from ldm3d_web.ldm3d.sampler import make_scheduler

    parts: dict[str, Any] = {}
    with _quiet():
        for part, kind, kind_dtype in (
            ("text_encoder", CLIPTextModel, dtype),
            ("unet", UNet2DConditionModel, dtype),
            ("vae", AutoencoderKL, torch.float32),
        ):
            parts[part] = _load_part(folder / part, kind, kind_dtype)
        try:
            tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True)
        except Exception as error:  # the tokenizers package raises bare Exception
            raise InvalidModel(f"The tokenizer of {folder.name!r} cannot be loaded: {_first_line(error)}") from error
    if len(tokenizer) > parts["text_encoder"].config.vocab_size:
        raise InvalidModel(
            f"The tokenizer of {folder.name!r} has {len(tokenizer):,} tokens, but its text encoder knows "
            f"{parts['text_encoder'].config.vocab_size:,}."
        )
    scheduler = make_scheduler(read_json(folder / CONFIGS["scheduler"]))
    return LDM3DPipeline(tokenizer=tokenizer, scheduler=scheduler, **parts)


def _beside(folder: Path, kind: Any, place: str) -> Any:
    """A network beside the pipeline's own parts, in float32: an upscaler, a guide or a refiner."""
    import torch

    with _quiet():
        return _load_part(folder, kind, torch.float32).to(place)


def _load_part(folder: Path, kind: Any, dtype: torch.dtype) -> torch.nn.Module:
    """One network with its weights, in eval mode; every weight must have come from the file."""
    try:
        # Both libraries would fill what is missing with noise and only warn.
        network, info = kind.from_pretrained(
            folder, torch_dtype=dtype, use_safetensors=True, local_files_only=True, output_loading_info=True
        )
    except (OSError, ValueError, RuntimeError, TypeError, KeyError, AttributeError) as error:
        raise InvalidModel(f"The {folder.name} of the model cannot be loaded: {_first_line(error)}") from error
    for fault in ("missing_keys", "mismatched_keys"):
        if names := sorted(map(str, info.get(fault) or ())):
            raise InvalidModel(
                f"The weights in {folder.name} do not fit their config: {len(names)} tensors are "
                f"{fault.split('_')[0]}, such as {names[0]}."
            )
    return network.eval().requires_grad_(False)


def _fetch(spec: ModelSpec) -> Path:
    """The folder of a Hub model at its pinned commit: from this machine's cache, else downloaded (about 4 GB)."""
    if (cached := _cached(spec)) is not None:
        return cached
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

    try:
        # Completes a short commit; also the quickest way to learn that there is no network.
        commit = HfApi().model_info(spec.name, revision=spec.revision, timeout=10).sha
        return Path(snapshot_download(spec.name, revision=commit, allow_patterns=FETCHED))
    except (RepositoryNotFoundError, RevisionNotFoundError):
        reason = f"revision {spec.revision[:7]} is not there"
    except HfHubHTTPError as error:
        reason = f"the Hub answered {error.response.status_code}" if error.response is not None else "no answer"
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES):
            raise StorageError(f"{spec.name} cannot be stored in the model cache: {error.strerror}.") from error
        reason = "no connection"
    except Exception as error:
        # The Hub's client changes its HTTP library, and with it the exceptions, between releases.
        reason = f"no connection ({type(error).__name__})"
    raise HubUnreachable(
        f"{spec.name} is not on this machine and cannot be fetched from the Hugging Face Hub ({reason}); "
        "the model that works without it is mini."
    )


def _cached(spec: ModelSpec) -> Path | None:
    """The snapshot of the pinned commit in this machine's Hub cache, if it is there and whole."""
    from huggingface_hub import constants, scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        cache = scan_cache_dir(constants.HF_HUB_CACHE)
    except CacheNotFound:
        return None
    for repository in cache.repos:
        if repository.repo_id == spec.name and repository.repo_type == "model":
            for revision in repository.revisions:
                if revision.commit_hash.startswith(spec.revision) and not missing_files(revision.snapshot_path):
                    return Path(revision.snapshot_path)
    return None


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the libraries' own progress bars and notes, which would tear a terminal's or a log's."""
    import diffusers.utils.logging as diffusers_log
    import transformers.utils.logging as transformers_log

    logs: tuple[Any, ...] = (diffusers_log, transformers_log)
    before = [(log, log.get_verbosity(), log.is_progress_bar_enabled()) for log in logs]
    for log in logs:
        log.set_verbosity_error()
        log.disable_progress_bar()
    try:
        yield
    finally:
        for log, verbosity, has_bars in before:
            log.set_verbosity(verbosity)
            if has_bars:
                log.enable_progress_bar()


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0][:200] or type(error).__name__
