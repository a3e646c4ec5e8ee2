"""A server for the viewer's tests: the real one's pages, files, headers and bundle with two rooms, and no model."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from ldm3d_web.pack import pack_scene
from ldm3d_web.panorama.preview import social_card, thumbnail
from ldm3d_web.rgbd import Rgbd
from ldm3d_web.rgbd_files import encode_disparity, encode_rgb
from ldm3d_web.scenes.store import SceneStore
from ldm3d_web.settings import Settings
from ldm3d_web.web.answers import add_error_handlers
from ldm3d_web.web.files import file_routes
from ldm3d_web.web.headers import SecurityHeaders
from ldm3d_web.web.pages import page_routes
from ldm3d_web.web.server import DIST
from ldm3d_web.web.studio import Studio
from tests.browser import room

ROOM = "Room_with_an_F-1"
OTHER = "Other_room-22222"
WORLD = "World-of_layers1"
TITLE = "A room with an F, <b>bold</b> & ${1+1}"


@dataclass(frozen=True)
class Site:
    """url: of the server, without a slash at the end. store: of its scenes."""

    url: str
    store: SceneStore

    def add(self, scene_id: str, rgbd: Rgbd, near_m: float, far_m: float, *, max_triangles: int = 16_000) -> str:
        """Save a scene; the address of its GLB."""
        _save(self.store, scene_id, rgbd, near_m, far_m, max_triangles)
        return f"/scenes/{scene_id}/scene.glb"


@contextmanager
def start_site(folder: Path) -> Iterator[Site]:
    """Serve both rooms from a thread until the block ends."""
    store = SceneStore(Settings(data=str(folder)).scenes_url)
    rgbd, near, far = room.panorama(512)
    _save(store, ROOM, rgbd, near, far)
    _save(store, OTHER, Rgbd(rgbd.rgb[..., ::-1].copy(), rgbd.disparity), near, far)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(_app(folder), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield Site(url, store)
        server.should_exit = True
        thread.join()


def _save(store: SceneStore, scene_id: str, rgbd: Rgbd, near: float, far: float, max_triangles: int = 16_000) -> None:
    packed = pack_scene(rgbd, near_m=near, far_m=far, max_triangles=max_triangles)
    files = {
        "scene.glb": packed.web,
        "portable.glb": packed.portable,
        "rgb.png": encode_rgb(rgbd.rgb),
        "depth.png": encode_disparity(rgbd.disparity),
        "preview.jpg": social_card(rgbd.rgb),
        "thumb.jpg": thumbnail(rgbd.rgb, 256),
    }
    title = TITLE if scene_id == ROOM else "The other room"
    manifest = {
        "title": title,
        "kind": "generated",
        "prompt": title,
        "model": {"name": "ldm3d-mini"},
        "depth_note": "Depth is in metres, as far as the model knows them.",
        "seed": 7,
        "steps": 25,
        "guidance": 4.0,
        "created": "2026-11-23T10:00:00+00:00",
        "width": 1024,
        "height": 512,
    }
    store.save(scene_id, files, manifest)


def _app(folder: Path) -> FastAPI:
    """The server without the model's side: its own routes, headers and errors."""
    settings = Settings(data=str(folder), embed_ancestors="'self'")
    studio = Studio(settings)
    app = FastAPI()
    add_error_handlers(app)
    app.include_router(page_routes(studio))
    app.include_router(file_routes(studio))
    app.mount("/viewer", StaticFiles(directory=DIST))
    app.add_middleware(SecurityHeaders, embed_ancestors=settings.embed_ancestors)
    return app
