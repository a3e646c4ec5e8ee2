"""Scenes' files: immutable, readable from anywhere, never guessed at."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from ldm3d_web.errors import NotFound
from ldm3d_web.scenes.store import PUBLIC_NAMES
from ldm3d_web.web.studio import Studio

TYPES = {
    ".glb": "model/gltf-binary",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".json": "application/json",
}
IMMUTABLE = "public, max-age=31536000, immutable"  # an id is written once; what it names never changes


def file_routes(studio: Studio) -> APIRouter:
    """`/scenes/{id}/{name}`."""
    router = APIRouter()

    @router.api_route("/scenes/{scene_id}/{name}", methods=["GET", "HEAD"])
    async def scene_file(request: Request, scene_id: str, name: str) -> Response:
        if name not in PUBLIC_NAMES:
            raise NotFound(f"A scene has no such file; it has {', '.join(PUBLIC_NAMES)}.")
        path = await run_in_threadpool(studio.store.local_path, scene_id, name)
        tag = f'"{scene_id}-{name}"'
        headers = {"ETag": tag, "Cache-Control": IMMUTABLE}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        media_type = TYPES[name[name.rindex(".") :]]
        if path is not None:
            return FileResponse(path, media_type=media_type, headers=headers)  # answers Range as well
        blob = await run_in_threadpool(studio.store.read, scene_id, name)
        return Response(blob, media_type=media_type, headers=headers)

    @router.api_route("/scenes/{rest:path}", methods=["GET", "HEAD"])
    async def nothing(rest: str) -> Response:
        raise NotFound("There is nothing at this address; a file of a scene is at /scenes/ID/NAME.")

    return router
