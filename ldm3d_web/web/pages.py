"""The pages a server renders itself: a scene's own, what the shipped model can paint, and what is not there."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import jinja2
from fastapi import APIRouter, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, HTMLResponse, Response

from ldm3d_web import samples
from ldm3d_web.errors import Ldm3dError
from ldm3d_web.scenes import links
from ldm3d_web.scenes.scene import Scene
from ldm3d_web.web import texts
from ldm3d_web.web.studio import Studio

DIST = Path(__file__).resolve().parents[2] / "static" / "dist"  # what `npm run build` makes
EMPTY = "none"  # /s/none: the page without a scene, which the app holds in a frame and fills by messages
FIRST_LOOK = (96, 50)  # pixels; blurred over a whole window it says as much as a larger one
HEADERS = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}


def page_routes(studio: Studio) -> APIRouter:
    """`/s/{id}`, `/s/none`, and `/samples` with its pictures."""
    router = APIRouter()

    @lru_cache(maxsize=512)  # an id's files never change
    def first_look_of(scene_id: str) -> str:
        return first_look(studio.store.read(scene_id, "preview.jpg"))

    def render(scene_id: str, base: str, language: str) -> str:
        if scene_id == EMPTY:
            return render_scene(None, base, language)
        scene = studio.scene(scene_id)
        try:
            look = first_look_of(scene.id)
        except (Ldm3dError, OSError):
            look = ""  # a damaged picture is no reason to hide the scene
        return render_scene(scene, base, language, look)

    @router.api_route("/s/{scene_id:path}", methods=["GET", "HEAD"], response_class=HTMLResponse)
    async def scene_page(request: Request, scene_id: str) -> Response:
        base = links.base_url(request.headers, request.url.scheme, public_url=studio.settings.public_url)
        # a deleted scene must go from shared caches too, so its page is asked for anew each time
        return HTMLResponse(await run_in_threadpool(render, scene_id, base, _language(request)), headers=HEADERS)

    @router.api_route("/samples", methods=["GET", "HEAD"], response_class=HTMLResponse)
    async def samples_page(request: Request) -> Response:
        return HTMLResponse(render_samples(_language(request)), headers=HEADERS)

    @router.api_route("/samples/{number}.webp", methods=["GET", "HEAD"])
    async def sample(number: int) -> Response:
        if not 0 <= number < len(samples.sentences()):
            raise HTTPException(404, "There is nothing at this address.")
        return FileResponse(samples.picture(number), media_type="image/webp", headers={"Cache-Control": "no-cache"})

    return router


def render_samples(language: str = texts.DEFAULT) -> str:
    """The page that says what the shipped model can paint, with a picture for each of its sample sentences."""
    template = _templates().get_template("samples.html")
    return template.render(lang=language, t=texts.languages()[language]["samples"], sentences=samples.sentences())


def render_scene(scene: Scene | None, base: str, language: str = texts.DEFAULT, first_look: str = "") -> str:
    """The viewer's page as HTML. Everything from a manifest is escaped by the template.

    first_look: a data: address of the view straight ahead, a few hundred bytes, or nothing.
    """
    template = _templates().get_template("scene.html")
    common = {
        "lang": language,
        "t": texts.languages()[language]["scene"],
        "asset_version": asset_version(),
        "alone": urlsplit(base).hostname in ("localhost", "127.0.0.1", "::1"),
    }
    if scene is None:
        return template.render(scene=None, **common)
    names = ("id", "title", "description", "prompt", "created", "model", "model_note")
    shown: dict[str, Any] = {name: getattr(scene, name) for name in names}
    shown |= {name: scene.number(name) for name in ("seed", "steps", "guidance", "width", "height")}
    url = links.scene_url(base, scene.id)
    return template.render(
        scene=shown,
        url=url,
        image_url=links.file_url(base, scene.id, "preview.jpg"),
        oembed_url=f"{base}/oembed?{urlencode({'url': url})}",
        sizes=_sizes(scene.manifest.get("files")),
        first_look=first_look,
        **common,
    )


def first_look(jpeg: bytes) -> str:
    """A picture as a data: address of a few hundred bytes, WebP. Raises OSError for what is no picture."""
    from PIL import Image

    with Image.open(io.BytesIO(jpeg)) as picture:
        picture.draft("RGB", FIRST_LOOK)  # a JPEG can be read small
        small = picture.convert("RGB").resize(FIRST_LOOK, Image.Resampling.LANCZOS)
    file = io.BytesIO()
    small.save(file, "WEBP", quality=50)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()


def missing_page(request: Request, status: int, sentence: str, headers: dict[str, str]) -> HTMLResponse:
    """A small page with one sentence and a way back."""
    language = _language(request)
    words = texts.languages()[language]["missing"]
    said, spoken = texts.translate(sentence, language)
    page = (
        _templates()
        .get_template("missing.html")
        .render(lang=language, t=words, status=status, sentence=said, spoken=spoken)
    )
    return HTMLResponse(page, status, {**headers, "Vary": "Accept-Language"})


@cache
def asset_version() -> str:
    """Changes with the bundle, so that a browser never runs a new page with an old script."""
    digest = hashlib.sha256()
    for file in sorted(DIST.glob("*.*s")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _language(request: Request) -> str:
    return texts.choose(request.headers.get("accept-language", ""))


def _sizes(files: Any) -> dict[str, str]:
    """Bytes by name, as one says them."""
    known = files if isinstance(files, Mapping) else {}
    return {
        name: f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3))} kB"
        for name, size in known.items()
        if isinstance(size, int)
    }


@cache
def _templates() -> jinja2.Environment:
    loader = jinja2.PackageLoader("ldm3d_web.web")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
