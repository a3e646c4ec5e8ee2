"""How errors and events reach a client: one sentence with the right status, and server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from ldm3d_web.engines.jobs import ENDS, Job
from ldm3d_web.engines.local import BROKEN
from ldm3d_web.errors import Ldm3dError
from ldm3d_web.web.pages import missing_page

HEARTBEAT_S = 15.0  # proxies drop a connection that is silent for a minute

log = structlog.get_logger()


def add_error_handlers(app: FastAPI) -> None:
    """Every error leaves as ``{"error": sentence}``, or as a page where a page was asked for."""

    @app.exception_handler(Ldm3dError)
    async def _known(request: Request, error: Ldm3dError) -> Response:
        return _answer(request, error.status, str(error))

    @app.exception_handler(RequestValidationError)
    async def _malformed(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"][1:]) or "the request"
        return _answer(request, 400, f"{name} cannot be used: {first['msg'].lower()}.")

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        sentence = {
            404: "There is nothing at this address.",
            405: f"{request.method} is not possible at this address.",
        }.get(error.status_code, f"{error.detail}.")
        return _answer(request, error.status_code, sentence, dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def _broken(request: Request, error: Exception) -> Response:
        log.error("a request failed", path=request.url.path, exc_info=error)
        return _answer(request, 500, BROKEN)


def _answer(request: Request, status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    headers = {**(headers or {}), "Cache-Control": "no-store"}
    if status == 429:
        headers["Retry-After"] = "30"
    if status == 413:
        headers["Connection"] = "close"  # or the rest of the body is still read, however long it is
    if request.url.path.startswith("/s/"):
        return missing_page(request, status, sentence, headers)
    return JSONResponse({"error": sentence}, status, headers)


async def event_stream(job: Job, after: int = 0) -> AsyncIterator[bytes]:
    """The job's events as `text/event-stream`, from the one after that number to its end.

    A client that comes late or comes back gets where things stand; one that is slow misses steps, not the end.
    """
    loop = asyncio.get_running_loop()
    news = asyncio.Event()

    def wake() -> None:
        try:
            loop.call_soon_threadsafe(news.set)
        except RuntimeError:
            pass  # the server's loop has ended: nobody listens any more

    unlisten = job.listen(wake)
    try:
        while True:
            news.clear()
            for event in job.since(after):
                after = event.number
                yield f"id: {event.number}\nevent: {event.name}\ndata: {json.dumps(event.data)}\n\n".encode()
                if event.name in ENDS:
                    return
            try:
                await asyncio.wait_for(news.wait(), HEARTBEAT_S)
            except TimeoutError:
                yield b": still here\n\n"
    finally:
        unlisten()
