"""The whole way from a sentence, or from someone's own panorama, to a scene that is kept.

The page, the REST API, the command line and the tests all call what is here.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
import importlib.metadata
import io
import json
import math
import platform
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from ldm3d_web import __version__
from ldm3d_web.errors import Cancelled, StorageError
from ldm3d_web.files import make_folder, write_whole
from ldm3d_web.ldm3d import inputs
from ldm3d_web.ldm3d.registry import ModelSpec
from ldm3d_web.ldm3d.vocabulary import unknown_words
from ldm3d_web.scenes.index import SceneIndex
from ldm3d_web.scenes.scene import Scene, title_of
from ldm3d_web.scenes.store import SceneStore, new_id

if TYPE_CHECKING:
    import numpy as np

    from ldm3d_web.ldm3d.pipeline import LDM3DPipeline, Step
    from ldm3d_web.rgbd import Rgbd

OnEvent = Callable[[str, dict[str, Any]], None]
Asked = Callable[[], bool]

MANIFEST_FORMAT = 1
THUMB_WIDTH = 480
PREVIEW_QUALITY = 70  # of the picture while it comes; the page takes 25 of them
PACKAGES = ("torch", "diffusers", "transformers", "numpy", "opencv-python-headless", "pygltflib", "meshopt")

log = structlog.get_logger()


@dataclass(frozen=True)
class GenerateRequest:
    """What someone asks for. None means: as the model likes it; seed None means: any, and tell which.

    Values are as they came; `check_request` returns one where each is right and set.
    """

    prompt: str
    negative: str = ""
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    width: int | None = None
    height: int | None = None
    model: str = ""
    upscale: int | None = None


@dataclass(frozen=True)
class Made:
    """A scene's files by name, without the manifest, and its manifest."""

    files: dict[str, bytes]
    manifest: dict[str, Any]


def random_seed() -> int:
    """Any seed that a model takes."""
    return secrets.randbelow(inputs.MAX_SEED + 1)


def token_digest(token: str) -> bytes:
    """What is kept of a delete token: 24 random bytes need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest().encode()


def model_name(spec: ModelSpec) -> str:
    """What a model is called in public: a folder that has no name of its own by its last part, never by its path."""
    return spec.name if spec.folder is None or spec.name != str(spec.folder) else spec.folder.resolve().name


def check_request(request: GenerateRequest, spec: ModelSpec) -> GenerateRequest:
    """The request with every value checked and set, for that model. Raises InvalidInput, before any compute.

    Only the loaded model knows how fine its grid is; a width that is off it is refused there, before compute as well.
    """
    own = spec.defaults
    width, height = request.width, request.height
    if width is None and height is None:
        width, height = own.width, own.height
    width, height = inputs.check_size(width, height, smallest=own.min_width, largest=own.max_width)
    return GenerateRequest(
        prompt=inputs.check_prompt(request.prompt),
        negative=inputs.check_negative(request.negative),
        seed=random_seed() if request.seed is None else inputs.check_seed(request.seed),
        steps=inputs.check_steps(own.steps if request.steps is None else request.steps),
        guidance=inputs.check_guidance(own.guidance if request.guidance is None else request.guidance),
        width=width,
        height=height,
        model=request.model,
        upscale=inputs.check_upscale(own.upscale if request.upscale is None else request.upscale, able=spec.upscales),
    )


def create_scene(
    request: GenerateRequest,
    *,
    pipeline: LDM3DPipeline,
    store: SceneStore,
    index: SceneIndex,
    on_event: OnEvent | None = None,
    cancelled: Asked | None = None,
) -> Scene:
    """Paint, mesh and keep a scene; nothing of it is kept when anything fails.

    on_event(name, data): `step {step, steps, preview}` with the preview as a data: address, then `stage {stage}` with
    "decoding", "upscaling" where the picture is made wider, "meshing" and "saving". cancelled() is asked at each step
    and between the stages.

    Raises InvalidInput and StorageError before any compute, StorageError when the disk fills up, Cancelled.
    """
    store.check_writable()
    on_event = on_event or _nobody
    made = generate(request, pipeline=pipeline, on_event=on_event, cancelled=cancelled)
    _stop_if(cancelled)
    on_event("stage", {"stage": "saving"})
    return _keep(made, store, index)


def generate(
    request: GenerateRequest,
    *,
    pipeline: LDM3DPipeline,
    on_event: OnEvent | None = None,
    cancelled: Asked | None = None,
) -> Made:
    """Paint and mesh, and keep nothing: the files and the manifest of a new scene. Events and errors as above."""
    on_event = on_event or _nobody
    spec: ModelSpec = pipeline.spec
    request = check_request(request, spec)
    assert request.seed is not None and request.upscale is not None
    began = painted = time.perf_counter()

    def step_done(step: Step) -> None:
        nonlocal painted
        painted = time.perf_counter()
        on_event("step", {"step": step.step, "steps": step.steps, "preview": _data_address(step.preview)})
        if step.step == step.steps:
            on_event("stage", {"stage": "decoding"})

    rgbd = pipeline(
        request.prompt,
        negative=request.negative,
        seed=request.seed,
        steps=request.steps,
        guidance=request.guidance,
        width=request.width,
        height=request.height,
        on_step=step_done,
        cancelled=cancelled,
    )
    seconds = {"painting": painted - began, "decoding": time.perf_counter() - painted}
    _stop_if(cancelled)
    if request.upscale != 1:
        on_event("stage", {"stage": "upscaling"})
        since = time.perf_counter()
        rgbd = pipeline.upscale(rgbd, request.upscale)
        seconds["upscaling"] = time.perf_counter() - since
        _stop_if(cancelled)
    on_event("stage", {"stage": "meshing"})
    # An upscaler makes edges finer, not truer: on its own grid, ragged ones would be torn to lace.
    painted_rows = rgbd.rgb.shape[0] // request.upscale
    asked = dataclasses.asdict(request)
    facts = {
        "kind": "generated",
        "title": title_of(request.prompt),
        **{name: asked[name] for name in ("prompt", "negative", "seed", "steps", "guidance", "upscale")},
        "cut": pipeline.truncated_tail(request.prompt),
        "unknown": unknown_words(request.prompt, spec.folder),
        "model": {"name": model_name(spec), "revision": pipeline.revision, "description": spec.description},
        "scheduler": pipeline.scheduler_record(),
        "device": pipeline.device.type,
    }
    return _mesh(rgbd, facts, seconds, near_m=spec.near_m, far_m=spec.far_m, most_rows=painted_rows)


def create_imported_scene(
    rgb: bytes,
    depth: bytes | None,
    *,
    store: SceneStore,
    index: SceneIndex,
    title: str = "",
    near_m: float | None = None,
    far_m: float | None = None,
    eye_height_m: float | None = None,
) -> Scene:
    """Keep someone's own panorama, with its depth map or a guessed shape. Raises InvalidInput, StorageError."""
    store.check_writable()
    made = import_panorama(rgb, depth, title=title, near_m=near_m, far_m=far_m, eye_height_m=eye_height_m)
    return _keep(made, store, index)


def create_known_scene(
    rgbd: Rgbd, facts: dict[str, Any], *, store: SceneStore, index: SceneIndex, near_m: float, far_m: float
) -> Scene:
    """Keep a picture whose depth and story are known already, such as a starter's. Raises StorageError.

    facts: for the manifest, at least `kind` and `title`; `created` if that is not now. near_m, far_m: metres.
    """
    store.check_writable()
    return _keep(_mesh(rgbd, facts, {}, near_m=near_m, far_m=far_m), store, index)


def import_panorama(
    rgb: str | Path | bytes,
    depth: str | Path | bytes | None,
    *,
    title: str = "",
    near_m: float | None = None,
    far_m: float | None = None,
    eye_height_m: float | None = None,
) -> Made:
    """The files and the manifest of someone's own panorama. Numbers in metres, as in `pack.pack_scene`.

    Raises InvalidInput for a title that is no plain text, and InvalidImage.
    """
    from ldm3d_web import pack

    title = inputs.check_negative(title)
    began = time.perf_counter()
    source = pack.depth_source(depth)
    rgbd = pack.import_panorama(rgb, depth)
    seconds = {"reading": time.perf_counter() - began}
    facts = {
        "kind": "imported",
        "title": title_of(title) or "A panorama of one's own",
        "depth_source": source.kind,
        "depth_note": source.note,
    }
    return _mesh(rgbd, facts, seconds, near_m=near_m, far_m=far_m, eye_height_m=eye_height_m)


def created(seconds_ago: float = 0.0) -> str:
    """A manifest's moment: ISO 8601, UTC, milliseconds."""
    moment = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=seconds_ago)
    return moment.isoformat(timespec="milliseconds")


def write_folder(made: Made, folder: Path) -> dict[str, Any]:
    """Write rgb.png, depth.png, scene.glb and manifest.json into a folder, made if need be; returns the manifest.

    Each file appears whole or not at all, the manifest last. Raises StorageError.
    """
    names = ("rgb.png", "depth.png", "scene.glb")
    manifest = {**made.manifest, "files": {name: len(made.files[name]) for name in names}}
    make_folder(folder)
    for name in names:
        write_whole(folder / name, made.files[name])
    write_whole(folder / "manifest.json", (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())
    return manifest


def _mesh(
    rgbd: Rgbd,
    facts: dict[str, Any],
    seconds: dict[str, float],
    *,
    near_m: float | None = None,
    far_m: float | None = None,
    eye_height_m: float | None = None,
    most_rows: int | None = None,
) -> Made:
    from ldm3d_web import pack, rgbd_files
    from ldm3d_web.panorama import fineness, preview
    from ldm3d_web.panorama.seam import seam_ratio

    began = time.perf_counter()
    provenance = {
        "format": MANIFEST_FORMAT,
        "created": created(),
        **facts,
        "versions": _versions(),
        "seam_ratio": {"rgb": _finite(seam_ratio(rgbd.rgb)), "depth": _finite(seam_ratio(rgbd.disparity))},
    }
    depth = fineness.resized(rgbd.disparity, rgbd.rgb.shape[0])  # the two files of a scene are a pair of one size
    with ThreadPoolExecutor(2) as threads:  # the encoders leave Python alone
        rgb_png = threads.submit(rgbd_files.encode_rgb, rgbd.rgb)
        depth_png = threads.submit(rgbd_files.encode_disparity, depth)
        # An eye height of None is measured from the floor where the scale is known, and 1.6 m where it is not.
        packed = pack.pack_scene(
            rgbd,
            near_m=near_m,
            far_m=far_m,
            eye_height_m=eye_height_m,
            most_rows=most_rows,
            provenance=provenance,
        )
    files = {
        "scene.glb": packed.web,
        "portable.glb": packed.portable,
        "rgb.png": rgb_png.result(),
        "depth.png": depth_png.result(),
        "preview.jpg": preview.social_card(rgbd.rgb),
        "thumb.jpg": preview.thumbnail(rgbd.rgb, THUMB_WIDTH),
    }
    seconds = {**seconds, "meshing": time.perf_counter() - began}
    manifest = {
        **packed.provenance,
        "seconds": {stage: round(value, 3) for stage, value in seconds.items()},
        "files": {name: len(blob) for name, blob in files.items()},
    }
    return Made(files, manifest)


def _keep(made: Made, store: SceneStore, index: SceneIndex) -> Scene:
    scene_id, token = new_id(), secrets.token_urlsafe(24)
    manifest = {"id": scene_id, **made.manifest}
    store.save(scene_id, {**made.files, "delete.sha256": token_digest(token)}, manifest)
    try:
        index.add(scene_id, manifest)
    except StorageError as error:  # the scene is safe; the list is read anew at the next start
        log.warning("a scene is kept but not listed", scene=scene_id, reason=str(error))
    return Scene(scene_id, manifest, token)


def _data_address(rgb: np.ndarray) -> str:
    """(h, w, 3) uint8 as a data: address, WebP."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "WEBP", quality=PREVIEW_QUALITY, method=0)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()


def _versions() -> dict[str, str]:
    found = {"ldm3d-web": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue  # a machine that only imports panoramas needs no torch
    return found


def _finite(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None  # JSON knows no infinity


def _stop_if(cancelled: Asked | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled("It was cancelled; nothing of it was kept.")


def _nobody(name: str, data: dict[str, Any]) -> None:
    """Where nobody listens."""
