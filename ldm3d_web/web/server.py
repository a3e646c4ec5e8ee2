"""The whole server: own routes with strict headers, and the Gradio page mounted at `/` behind them."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware

from ldm3d_web import __version__
from ldm3d_web.errors import InvalidInput
from ldm3d_web.settings import Settings
from ldm3d_web.web.answers import add_error_handlers
from ldm3d_web.web.api import api_routes
from ldm3d_web.web.bundle import Bundle
from ldm3d_web.web.files import file_routes
from ldm3d_web.web.headers import SecurityHeaders
from ldm3d_web.web.pages import DIST, page_routes
from ldm3d_web.web.studio import Studio

log = structlog.get_logger()


def build_app(settings: Settings) -> FastAPI:
    """The ASGI app. Its studio is `app.state.studio`; the worker runs from the app's start-up to its shut-down.

    Raises StorageError when the scenes' index cannot be opened where the settings want it.
    """
    from ldm3d_web.web.ui import mount_ui

    studio = Studio(settings)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(studio.start)
        try:
            yield
        finally:
            await run_in_threadpool(studio.close)

    app = FastAPI(title="LDM3D Web", version=__version__, lifespan=life, openapi_url=None)
    app.state.studio = studio
    add_error_handlers(app)
    app.include_router(page_routes(studio))
    app.include_router(file_routes(studio))
    app.include_router(api_routes(studio))
    app.mount("/viewer", Bundle(directory=DIST, check_dir=False), name="viewer")
    # Its presence makes Gradio keep its own out, which would reflect any origin; SecurityHeaders has the last word.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(SecurityHeaders, embed_ancestors=settings.embed_ancestors, public_url=settings.public_url)
    return mount_ui(app, studio)


def bind(settings: Settings) -> socket.socket:
    """A listening socket, taken before anything heavy is imported. Raises InvalidInput when the port is in use."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise InvalidInput(
            f"Cannot listen on {settings.host}:{settings.port}: {(error.strerror or str(error)).lower()}; "
            "choose another port with --port or LDM3D_PORT."
        ) from None
    return listener


def serve(settings: Settings) -> None:
    """Run the server until it is told to stop. Raises InvalidInput when the port is in use, StorageError."""
    listener = bind(settings)
    host, port = listener.getsockname()[:2]
    try:
        import uvicorn

        app = build_app(settings)
        # A listener of events would otherwise hold the server open for ever.
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3, server_header=False)
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        log.info("ready", url=f"http://{shown}:{port}", data=settings.data, model=settings.model)
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        listener.close()
