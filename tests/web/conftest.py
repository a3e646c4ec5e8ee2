"""A real server on a free port of 127.0.0.1, with a tiny real model."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx
import pytest
import uvicorn

from ldm3d_web.settings import Settings
from ldm3d_web.web.server import bind, build_app
from ldm3d_web.web.studio import Studio
from tests.tiny_models import ZERO_SNR_SCHEDULER, make_ldm3d_folder

SMALL = {"name": "tiny", "description": "A tiny random model.", "steps": 2, "guidance": 2.0, "width": 128, "height": 64,
         "examples": ["a calm lake"]}  # fmt: skip


@dataclass(frozen=True)
class Server:
    """Where it is, a client for it, and its inside."""

    url: str
    client: httpx.Client
    studio: Studio


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder that paints 128x64 noise in two steps."""
    return make_ldm3d_folder(tmp_path_factory.mktemp("tiny"), settings=SMALL, scheduler=ZERO_SNR_SCHEDULER)


@contextmanager
def running(**settings) -> Iterator[Server]:
    """A server with these settings until the block ends."""
    given = Settings(port=0, **{"starters": False, **settings})
    listener = bind(given)
    app = build_app(given)
    config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with httpx.Client(base_url=url, timeout=120) as client:
        yield Server(url, client, app.state.studio)
    server.should_exit = True
    thread.join(60)
    listener.close()
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def server(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that a module's tests share."""
    with running(data=str(tmp_path_factory.mktemp("data")), model=str(tiny_folder), max_queue=2) as it:
        yield it
