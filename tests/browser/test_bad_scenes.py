"""A scene that cannot be shown: a sentence in the frame, the scene before stays, and the next one comes as ever."""

from __future__ import annotations

import json
import struct

import pytest

from tests.browser import room
from tests.browser.site import OTHER, ROOM

GLB = f"/scenes/{ROOM}/scene.glb"
OTHER_GLB = f"/scenes/{OTHER}/scene.glb"
FOV = 70.0


@pytest.fixture
def viewer(visit):
    return visit().bare(GLB).ready()


BAD = {
    "missing": ({"status": 404, "body": "{}"}, "no such scene"),
    "server": ({"status": 500, "body": "{}"}, "answered 500"),
    "page": ({"body": "<!doctype html><p>Sign in first</p>" * 20}, "no GLB"),
    "empty": ({"body": ""}, "no GLB"),
}


@pytest.mark.parametrize("case", [*BAD, "truncated", "picture", "bomb"])
def test_a_scene_that_cannot_be_shown_leaves_the_old_one(viewer, case):
    glb = viewer.page.request.get(viewer.site.url + GLB).body()
    if case == "truncated":
        answer, words = {"body": glb[: len(glb) // 2]}, "cut short"
    elif case == "picture":
        answer, words = {"body": _scratched(glb)}, "picture inside the scene is damaged"
    elif case == "bomb":
        answer, words = {"body": _claiming(glb)}, "damaged"
    else:
        answer, words = BAD[case]
    viewer.page.route("**/bad.glb", lambda route: route.fulfill(**answer))
    result = viewer.page.evaluate(
        """async () => {
            const viewer = document.getElementById('viewer');
            const told = new Promise((go) => viewer.addEventListener('error', (event) => go(event.detail.message)));
            const refused = await viewer.load('/bad.glb').then(() => '', (error) => error.name);
            return { refused, told: await told, note: viewer.shadowRoot.querySelector('.note p').textContent };
        }"""
    )
    assert result["refused"] == "SceneFault"
    assert words in result["told"] == result["note"]
    assert viewer.get("viewer.dataset.state") == "error"
    viewer.get("viewer.shadowRoot.querySelector('.note button').click()")
    assert room.psnr(viewer.picture(), room.photo(320, 200, FOV)) > 28
    viewer.get(f"viewer.load('{OTHER_GLB}')")
    assert viewer.get("viewer.dataset.state") == "ready"
    viewer.faults.clear()  # the browser itself logs a 404; that is what was asked for


def _scratched(glb: bytes) -> bytes:
    """The same file with a picture that says its size and cannot be decoded."""
    at = glb.find(b"WEBPVP8 ")
    assert at > 0, "the web profile no longer holds a lossy WebP; scratch what it holds"
    frame_tag = at + 12  # after two names and the chunk's length; set bits make it a frame without its key frame
    return glb[:frame_tag] + b"\xff\xff\xff" + glb[frame_tag + 3 :]


def _claiming(glb: bytes) -> bytes:
    """The same file claiming a thousand million of everything."""
    length = struct.unpack_from("<I", glb, 12)[0]
    document = json.loads(glb[20 : 20 + length])
    for accessor in document["accessors"]:
        accessor["count"] = 10**9
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    rest = glb[20 + length :]
    return struct.pack("<4sIIII", b"glTF", 2, 20 + len(text) + len(rest), len(text), 0x4E4F534A) + text + rest


def test_one_damaged_picture_of_several_is_noticed_too(visit, layers):
    """Four good layers and a white one are no scene."""
    viewer = visit().bare(layers).ready()
    glb = viewer.page.request.get(viewer.site.url + layers).body()
    last = glb.rfind(b"WEBPVP8 ") + 12
    assert glb.find(b"WEBPVP8 ") + 12 < last
    body = glb[:last] + b"\xff\xff\xff" + glb[last + 3 :]
    viewer.page.route("**/bad.glb", lambda route: route.fulfill(body=body))
    told = viewer.get("await viewer.load('/bad.glb').then(() => '', ({ message }) => message)")
    assert told == "The picture inside the scene is damaged."
    viewer.faults.clear()  # three.js logs what it could not decode
