"""A server for the browser tests: the real headers, template, bundle and scenes, two rooms, no model."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import jinja2
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from ldm3d_web.pack import pack_scene
from ldm3d_web.panorama.preview import social_card, thumbnail
from ldm3d_web.rgbd import Rgbd
from ldm3d_web.rgbd_files import encode_disparity, encode_rgb
from ldm3d_web.scenes.store import SceneStore
from ldm3d_web.web.headers import SecurityHeaders
from tests.browser import room

ROOT = Path(__file__).resolve().parents[2]
ROOM = "Room_with_an_F-1"
OTHER = "Other_room-22222"
TITLE = "A room with an F, <b>bold</b> & ${1+1}"


@dataclass(frozen=True)
class Site:
    """url: of the server, without a slash at the end."""

    url: str


@contextmanager
def start_site(folder: Path) -> Iterator[Site]:
    """Serve both rooms from a thread until the block ends."""
    store = SceneStore(str(folder / "scenes"))
    rgbd, near, far = room.panorama(512)
    _save(store, ROOM, rgbd, near, far)
    _save(store, OTHER, Rgbd(rgbd.rgb[..., ::-1].copy(), rgbd.disparity), near, far)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(_app(folder, url), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield Site(url)
        server.should_exit = True
        thread.join()


def _save(store: SceneStore, scene_id: str, rgbd: Rgbd, near: float, far: float) -> None:
    packed = pack_scene(rgbd, near_m=near, far_m=far, max_triangles=16_000)
    files = {
        "scene.glb": packed.web,
        "portable.glb": packed.portable,
        "rgb.png": encode_rgb(rgbd.rgb),
        "depth.png": encode_disparity(rgbd.disparity),
        "preview.jpg": social_card(rgbd.rgb),
        "thumb.jpg": thumbnail(rgbd.rgb, 256),
    }
    store.save(scene_id, files, {"title": TITLE})


def _app(folder: Path, url: str) -> FastAPI:
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT / "ldm3d_web/web/templates"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    app = FastAPI()
    app.add_middleware(SecurityHeaders, embed_ancestors="'self'")
    app.mount("/viewer", StaticFiles(directory=ROOT / "static/dist"))
    app.mount("/scenes", StaticFiles(directory=folder / "scenes"))

    @app.get("/s/{scene_id}", response_class=HTMLResponse)
    def page(scene_id: str) -> str:
        scene = None if scene_id == "none" else _facts(scene_id)
        return templates.get_template("scene.html").render(
            scene=scene,
            url=f"{url}/s/{scene_id}",
            image_url=f"{url}/scenes/{scene_id}/preview.jpg",
            oembed_url=f"{url}/oembed?url={url}/s/{scene_id}",
            base=url,
            asset_version="test",
        )

    return app


def _facts(scene_id: str) -> dict[str, object]:
    return {
        "id": scene_id,
        "title": TITLE if scene_id == ROOM else "The other room",
        "description": "A panorama to stand in.",
        "prompt": TITLE,
        "model": "ldm3d-mini",
        "model_note": "A small model trained on drawn worlds: it paints landscapes, and little else.",
        "seed": 7,
        "steps": 25,
        "guidance": 4.0,
        "created": "2026-11-23T10:00:00+00:00",
        "width": 1024,
        "height": 512,
    }
