"""The pages a server renders itself: a scene's own, and the small one for what is not there."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jinja2
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from ldm3d_web.scenes import links
from ldm3d_web.scenes.scene import Scene
from ldm3d_web.web.studio import Studio

DIST = Path(__file__).resolve().parents[2] / "static" / "dist"  # what `npm run build` makes
EMPTY = "none"  # /s/none: the page without a scene, which the app holds in a frame and fills by messages


def page_routes(studio: Studio) -> APIRouter:
    """`/s/{id}` and `/s/none`."""
    router = APIRouter()

    @router.api_route("/s/{scene_id:path}", methods=["GET", "HEAD"], response_class=HTMLResponse)
    async def scene_page(request: Request, scene_id: str) -> Response:
        base = links.base_url(request.headers, request.url.scheme, public_url=studio.settings.public_url)
        if scene_id == EMPTY:
            return HTMLResponse(render_scene(None, base), headers={"Cache-Control": "no-cache"})
        scene = await run_in_threadpool(studio.scene, scene_id)
        # a deleted scene must go from shared caches too, so its page is asked for anew each time
        return HTMLResponse(render_scene(scene, base), headers={"Cache-Control": "no-cache"})

    return router


def render_scene(scene: Scene | None, base: str) -> str:
    """The viewer's page as HTML. Everything from a manifest is escaped by the template."""
    template = _templates().get_template("scene.html")
    if scene is None:
        return template.render(scene=None, asset_version=asset_version())
    names = ("id", "title", "description", "prompt", "created", "model", "model_note")
    shown: dict[str, Any] = {name: getattr(scene, name) for name in names}
    shown |= {name: scene.number(name) for name in ("seed", "steps", "guidance", "width", "height")}
    url = links.scene_url(base, scene.id)
    return template.render(
        scene=shown,
        url=url,
        image_url=links.file_url(base, scene.id, "preview.jpg"),
        oembed_url=f"{base}/oembed?{urlencode({'url': url})}",
        asset_version=asset_version(),
    )


def missing_page(status: int, sentence: str, headers: dict[str, str]) -> HTMLResponse:
    """A small page with one sentence and a way back."""
    page = _templates().get_template("missing.html").render(status=status, sentence=sentence)
    return HTMLResponse(page, status, headers)


@cache
def asset_version() -> str:
    """Changes with the bundle, so that a browser never runs a new page with an old script."""
    digest = hashlib.sha256()
    for file in sorted(DIST.glob("*.*s")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


@cache
def _templates() -> jinja2.Environment:
    loader = jinja2.PackageLoader("ldm3d_web.web")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
