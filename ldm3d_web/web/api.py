"""The REST API: ask for a scene, follow it, list, import and delete scenes. docs/api.md shows each by example."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.responses import JSONResponse, Response, StreamingResponse

from ldm3d_web.create import GenerateRequest
from ldm3d_web.errors import InvalidInput, NotFound
from ldm3d_web.scenes import links
from ldm3d_web.scenes.index import Entry
from ldm3d_web.scenes.scene import Scene
from ldm3d_web.web.answers import event_stream
from ldm3d_web.web.studio import Studio

JSON_BYTES = 64 * 1024
PAGE_LIMIT = 100
FIELDS = tuple(field.name for field in dataclasses.fields(GenerateRequest))


class TooLarge(InvalidInput):
    """More was sent than may be."""

    status = 413


def api_routes(studio: Studio) -> APIRouter:
    """Everything under `/api`, `/oembed`, `/healthz`, `/metrics`."""
    router = APIRouter()

    def base(request: Request) -> str:
        return links.base_url(request.headers, request.url.scheme, public_url=studio.settings.public_url)

    @router.post("/api/generate", status_code=202)
    async def generate(request: Request) -> Response:
        wanted = _request_of(await _json_object(request))
        job = await run_in_threadpool(studio.submit, wanted)
        place = f"/api/jobs/{job.id}"
        return JSONResponse({"job": job.id}, 202, {"Location": place, "Cache-Control": "no-store"})

    @router.get("/api/jobs/{job_id}")
    async def follow(request: Request, job_id: str) -> Response:
        job = studio.engine.job(job_id)
        last = request.headers.get("last-event-id", "0")
        after = int(last) if last.isdecimal() and len(last) < 10 else 0
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(event_stream(job, after), media_type="text/event-stream", headers=headers)

    @router.delete("/api/jobs/{job_id}")
    async def cancel(job_id: str) -> Response:
        job = studio.engine.cancel(job_id)
        return JSONResponse({"job": job.id, "finished": job.finished}, 202)

    @router.get("/api/scenes")
    async def scenes(request: Request) -> Response:
        limit = _whole(request.query_params.get("limit", "24"), "limit", 1, PAGE_LIMIT)
        before = request.query_params.get("before")
        entries = await run_in_threadpool(studio.recent, limit, before)
        return JSONResponse({"scenes": [_line(entry, base(request)) for entry in entries]}, headers=_NEVER_KEPT)

    @router.post("/api/scenes", status_code=201)
    async def import_scene(request: Request) -> Response:
        rgb, depth, options = await _import_form(request, studio.settings.max_upload_mb * 2**20)
        scene = await run_in_threadpool(studio.import_scene, rgb, depth, **options)
        answer = {**_whole_scene(scene, base(request)), "delete_token": scene.delete_token}
        return JSONResponse(answer, 201, {"Location": f"/api/scenes/{scene.id}", **_NEVER_KEPT})

    @router.get("/api/scenes/{scene_id}")
    async def scene(request: Request, scene_id: str) -> Response:
        return JSONResponse(_whole_scene(await run_in_threadpool(studio.scene, scene_id), base(request)))

    @router.get("/api/scenes/{scene_id}/qr.svg")
    async def qr_code(request: Request, scene_id: str) -> Response:
        await run_in_threadpool(studio.scene, scene_id)
        svg = links.qr_svg(links.scene_url(base(request), scene_id))
        return Response(svg, media_type="image/svg+xml", headers={"Cache-Control": "no-cache"})

    @router.delete("/api/scenes/{scene_id}", status_code=204)
    async def delete(request: Request, scene_id: str) -> Response:
        await run_in_threadpool(studio.delete, scene_id, request.headers.get("x-delete-token", ""))
        return Response(status_code=204)

    @router.get("/oembed")
    async def oembed(request: Request) -> Response:
        asked = request.query_params
        if asked.get("format", "json") != "json":
            return JSONResponse({"error": "oEmbed is answered as JSON only."}, 501)
        scene = await run_in_threadpool(studio.scene, links.scene_id_of(asked.get("url", ""), base(request)))
        sizes = {
            "max_width": _whole(asked.get("maxwidth", "960"), "maxwidth", 1, 100_000),
            "max_height": _whole(asked.get("maxheight", "540"), "maxheight", 1, 100_000),
        }
        return JSONResponse(links.oembed(base(request), scene.id, scene.title, **sizes))

    @router.get("/healthz")
    async def health() -> Response:
        return JSONResponse({"ok": True, "running": studio.engine.running, "waiting": studio.engine.waiting})

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(studio.metrics.text(), media_type=studio.metrics.content_type)

    @router.api_route("/api/{rest:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    async def nothing(rest: str) -> Response:
        raise NotFound("There is nothing at this address; docs/api.md lists what there is.")

    return router


_NEVER_KEPT = {"Cache-Control": "no-store"}


def _line(entry: Entry, base: str) -> dict[str, Any]:
    return {
        **dataclasses.asdict(entry),
        "url": links.scene_url(base, entry.id),
        "thumbnail": links.file_url(base, entry.id, "thumb.jpg"),
    }


def _whole_scene(scene: Scene, base: str) -> dict[str, Any]:
    files = {name: base + path for name, path in scene.paths().items()}
    return {"id": scene.id, "url": links.scene_url(base, scene.id), "files": files, "manifest": dict(scene.manifest)}


def _request_of(body: dict[str, Any]) -> GenerateRequest:
    unknown = sorted(set(body) - set(FIELDS))
    if unknown:
        raise InvalidInput(f"There is no setting {unknown[0]!r}; there are {', '.join(FIELDS)}.")
    if "prompt" not in body:
        raise InvalidInput("The prompt is missing: a sentence that says what to paint.")
    return GenerateRequest(**{name: value for name, value in body.items() if value is not None or name == "prompt"})


async def _json_object(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise InvalidInput("Send the request as JSON, with Content-Type: application/json.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > JSON_BYTES:
            raise TooLarge(f"The request is larger than {JSON_BYTES // 1024} kB.")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidInput("The request is not valid JSON.") from None
    if not isinstance(value, dict):
        raise InvalidInput('The request must be a JSON object such as {"prompt": "a calm lake at dawn"}.')
    return value


async def _import_form(request: Request, limit: int) -> tuple[bytes, bytes | None, dict[str, Any]]:
    """The two files and the options of an import; the body is counted as it comes, whatever its length says."""
    sentence = f"The files are larger than {limit // 2**20} MB together."
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > 2 * limit:
        raise TooLarge(sentence)
    if request.headers.get("content-type", "").split(";")[0].strip() != "multipart/form-data":
        raise InvalidInput(_FORM)
    counted, receive = 0, request.receive

    async def counting() -> Any:
        nonlocal counted
        message = await receive()
        counted += len(message.get("body", b""))
        if counted > limit:
            # Many clients read no answer before they have sent all; but nobody is listened to for ever.
            while message.get("more_body") and counted <= 2 * limit:
                message = await receive()
                counted += len(message.get("body", b""))
            raise TooLarge(sentence)
        return message

    try:
        # Without the app in its scope, a request says what is wrong with a form as MultiPartException.
        scope = {name: value for name, value in request.scope.items() if name != "app"}
        form = await Request(scope, counting).form(max_files=2, max_fields=8)
    except MultiPartException:
        raise InvalidInput(_FORM) from None
    try:
        known = ("rgb", "depth", "title", "near", "far", "eye_height")
        unknown = sorted(set(form) - set(known))
        if unknown:
            raise InvalidInput(f"There is no field {unknown[0]!r}; there are {', '.join(known)}.")
        rgb, depth = form.get("rgb"), form.get("depth")
        if not isinstance(rgb, UploadFile) or not (depth is None or isinstance(depth, UploadFile)):
            raise InvalidInput(_FORM)
        options = {
            "title": str(form.get("title") or ""),
            "near_m": _metres(form.get("near"), "near"),
            "far_m": _metres(form.get("far"), "far"),
            "eye_height_m": _metres(form.get("eye_height"), "eye_height"),
        }
        return await rgb.read(), await depth.read() if depth is not None else None, options
    finally:
        await form.close()


_FORM = "Send multipart/form-data with the picture as a file named rgb and its depth, if there is one, named depth."


def _metres(value: Any, name: str) -> float | None:
    if value in (None, ""):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InvalidInput(f"{name} must be a number of metres, not {str(value)[:40]!r}.") from None


def _whole(value: str, name: str, lowest: int, highest: int) -> int:
    number = int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else -1
    if not lowest <= number <= highest:
        raise InvalidInput(f"{name} must be a whole number from {lowest} to {highest:,}, not {value[:40]!r}.")
    return number
