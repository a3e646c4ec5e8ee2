"""The REST API over a real connection, with a tiny real model behind it."""

import hashlib
import io
import itertools
import json

import numpy as np
import pytest
from PIL import Image

from ldm3d_web.gltf.write import read_provenance
from tests.web.client import ask, follow, paint

NASTY = [
    "<img src=x onerror=alert(1)><script>alert(1)</script>",
    "${globalThis.hit = 1} {{value}} `x` <%= 7*7 %>",
    "مرحبا بالعالم \u202e desrever",
    "🌊👩‍🚀🏔️ \u0000".replace("\u0000", ""),
    "'; DROP TABLE scenes; --",
    "line one\nline two\ttabbed",
]


@pytest.fixture(scope="module")
def scene(server):
    """One finished scene: its id and its delete token."""
    return paint(server.client, seed=7)


def test_a_generation_from_the_request_to_the_files(server):
    job = ask(server.client, prompt="a calm lake", negative="fog", seed=3, steps=3, guidance=1.5)
    events = list(follow(server.client, job))
    names = [name for name, _ in itertools.groupby(name for _, name, _ in events)]
    assert names[0] == "queued" and names[-1] == "scene"
    steps = [data for _, name, data in events if name == "step"]
    assert steps[-1]["step"] == steps[-1]["steps"] == 3
    assert steps[-1]["preview"].startswith("data:image/webp;base64,")
    scene_id = events[-1][2]["scene"]

    whole = server.client.get(f"/api/scenes/{scene_id}").json()
    manifest = whole["manifest"]
    assert whole["url"] == f"{server.url}/s/{scene_id}"
    assert {
        "prompt": "a calm lake",
        "negative": "fog",
        "seed": 3,
        "steps": 3,
        "guidance": 1.5,
    }.items() <= manifest.items()
    assert manifest["model"]["name"] == "tiny" and manifest["scheduler"]["timestep_spacing"] == "trailing"
    assert (manifest["width"], manifest["height"]) == (128, 64) and 0 < manifest["near_m"] < manifest["far_m"]
    assert manifest["versions"]["torch"] and manifest["created"].endswith("+00:00")
    for name, size in manifest["files"].items():
        blob = server.client.get(f"/scenes/{scene_id}/{name}").content
        assert len(blob) == size
        if name.endswith(".glb"):
            assert read_provenance(blob)["prompt"] == "a calm lake" and read_provenance(blob)["seed"] == 3
    depth = Image.open(io.BytesIO(server.client.get(f"/scenes/{scene_id}/depth.png").content))
    assert depth.mode.startswith("I;16") and depth.size == (128, 64)
    card = Image.open(io.BytesIO(server.client.get(f"/scenes/{scene_id}/preview.jpg").content))
    assert card.size == (1200, 630)


def test_the_same_seed_paints_the_same_picture(server, scene):
    again = paint(server.client, seed=7)["scene"]
    other = paint(server.client, seed=8)["scene"]
    pictures = [server.client.get(f"/scenes/{i}/rgb.png").content for i in (scene["scene"], again, other)]
    assert pictures[0] == pictures[1] != pictures[2]


@pytest.mark.parametrize("prompt", NASTY)
def test_any_text_is_text_everywhere(server, prompt):
    scene_id = paint(server.client, prompt=prompt)["scene"]
    assert server.client.get(f"/scenes/{scene_id}/manifest.json").json()["prompt"] == prompt
    page = server.client.get(f"/s/{scene_id}").text
    assert "<img src=x" not in page and "<script>alert" not in page
    assert server.client.get("/api/scenes").json()["scenes"][0]["id"] == scene_id


@pytest.mark.parametrize(
    "body, words",
    [
        ({"prompt": ""}, "empty"), ({"prompt": "  \n "}, "empty"), ({}, "missing"), ({"prompt": None}, "text"),
        ({"prompt": 7}, "text"), ({"prompt": "x" * 1001}, "1,001 characters; at most 1,000"),
        ({"prompt": "bell \x07"}, "control character"), ({"prompt": "a", "steps": 0}, "from 1 to 150, not 0"),
        ({"prompt": "a", "steps": "many"}, "number of steps"), ({"prompt": "a", "steps": 2.5}, "whole number"),
        ({"prompt": "a", "guidance": 31}, "from 0 to 30"), ({"prompt": "a", "guidance": "NaN"}, "Guidance"),
        ({"prompt": "a", "seed": -1}, "seed"), ({"prompt": "a", "seed": 2**32}, "4,294,967,295"),
        ({"prompt": "a", "width": 200, "height": 100}, "multiple of 64"),
        ({"prompt": "a", "width": 128, "height": 128}, "twice as wide"),
        ({"prompt": "a", "width": 40_000}, "128 to 2,048, not 40000"),
        ({"prompt": "a", "model": "gpt"}, "There is no model"),
        ({"prompt": "a", "model": "/etc"}, "There is no model"), ({"prompt": "a", "model": ["x"]}, "There is no model"),
        ({"prompt": "a", "colour": "red"}, "no setting 'colour'"),
    ],
)  # fmt: skip
def test_bad_requests_are_one_sentence_before_any_work(server, body, words):
    before = server.studio.engine.waiting, server.studio.index.count()
    answer = server.client.post("/api/generate", json=body)
    assert answer.status_code == 400
    error = answer.json()
    assert list(error) == ["error"] and words in error["error"] and error["error"].endswith(".")
    assert "\n" not in error["error"]
    assert (server.studio.engine.waiting, server.studio.index.count()) == before


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"x"', b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_json_object_is_one_sentence(server, body):
    answer = server.client.post("/api/generate", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 413) and answer.json()["error"].endswith(".")


def test_other_content_types_and_methods_and_places(server):
    form = server.client.post("/api/generate", data={"prompt": "a"})
    assert form.status_code == 400 and "application/json" in form.json()["error"]
    cases = [
        ("PUT", "/api/generate", 404),
        ("GET", "/api/nothing", 404),
        ("GET", "/api/jobs/x", 404),
        ("DELETE", "/api/jobs/none", 404),
        ("GET", "/api/scenes?limit=zero", 400),
        ("GET", "/api/scenes?before=x", 404),
    ]
    for method, path, status in cases:
        answer = server.client.request(method, path)
        assert answer.status_code == status and answer.json()["error"].endswith("."), (method, path)


@pytest.mark.parametrize("scene_id", ["none", "AAAAAAAAAAAAAAAA", "..%2F..%2Fetc%2Fpasswd", "%2e%2e%2fx", "a" * 5000])
def test_ids_that_do_not_exist_or_look_like_paths(server, scene_id):
    for path in (f"/api/scenes/{scene_id}", f"/scenes/{scene_id}/rgb.png", f"/scenes/{scene_id}/..%2Fmanifest.json"):
        answer = server.client.get(path)
        assert answer.status_code == 404 and answer.json()["error"].endswith(".")


def test_beyond_the_queue_is_busy_and_cancelled_jobs_leave_nothing(server):
    count = server.studio.index.count()
    first = ask(server.client, steps=150)
    events = follow(server.client, first)
    next(event for event in events if event[1] == "step")
    waiting = [ask(server.client, steps=150) for _ in range(2)]
    busy = server.client.post("/api/generate", json={"prompt": "one too many"})
    assert busy.status_code == 429 and "busy" in busy.json()["error"] and busy.headers["retry-after"]
    assert server.client.get("/healthz").json() == {"ok": True, "running": True, "waiting": 2}
    for job in (*waiting, first):
        assert server.client.delete(f"/api/jobs/{job}").status_code == 202
    last_step = 0
    for _, name, data in events:
        last_step = data["step"] if name == "step" else last_step
        end = name, data
    assert end[0] == "error" and end[1]["status"] == 409 and last_step < 150
    for job in waiting:
        *_, (_, name, data) = follow(server.client, job)
        assert name == "error" and "cancelled" in data["message"]
    assert server.studio.index.count() == count


def test_a_late_listener_gets_the_end_and_one_that_comes_back_only_the_rest(server):
    job = ask(server.client)
    events = list(follow(server.client, job))
    late = list(follow(server.client, job))
    assert late[-1] == events[-1]
    assert list(follow(server.client, job, **{"Last-Event-ID": str(late[-2][0])})) == late[-1:]


def test_a_scene_is_deleted_by_its_maker_only(server):
    made = paint(server.client)
    path = f"/api/scenes/{made['scene']}"
    public = server.client.get(f"/scenes/{made['scene']}/manifest.json").text
    assert (
        made["delete_token"] not in public and hashlib.sha256(made["delete_token"].encode()).hexdigest() not in public
    )
    assert server.client.get(f"/scenes/{made['scene']}/delete.sha256").status_code == 404
    for headers in ({}, {"X-Delete-Token": "wrong"}, {"X-Delete-Token": ""}):
        assert server.client.delete(path, headers=headers).status_code == 403
    assert server.client.delete(path, headers={"X-Delete-Token": made["delete_token"]}).status_code == 204
    assert server.client.get(path).status_code == 404
    assert server.client.get(f"/s/{made['scene']}").status_code == 404
    assert made["scene"] not in server.client.get("/api/scenes").text


def png(array):
    file = io.BytesIO()
    Image.fromarray(array).save(file, "PNG")
    return file.getvalue()


PICTURE = png(np.random.default_rng(0).integers(0, 255, (64, 128, 3), dtype=np.uint8))


def test_an_own_panorama_becomes_a_scene(server):
    depth = png(np.linspace(0, 65535, 64 * 128).reshape(64, 128).astype(np.uint16))
    files = {"rgb": ("a.png", PICTURE), "depth": ("d.png", depth)}
    answer = server.client.post("/api/scenes", files=files, data={"title": "<b>Garten</b>", "near": "1", "far": "20"})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["manifest"]["near_m"], made["manifest"]["far_m"]) == (1, 20) and made["manifest"]["kind"] == "imported"
    assert "<b>Garten" not in server.client.get(f"/s/{made['id']}").text
    alone = server.client.post("/api/scenes", files={"rgb": ("a.png", PICTURE)}).json()["manifest"]
    assert alone["depth_source"] == "guessed" and "guess" in alone["depth_note"]


@pytest.mark.parametrize(
    "files, data, status",
    [
        ({}, {"title": "x"}, 400), ({"rgb": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")}, {}, 400),
        ({"rgb": ("a.png", b"just text")}, {}, 400), ({"rgb": ("a.png", PICTURE[:200])}, {}, 400),
        ({"rgb": ("a.png", png(np.zeros((64, 64, 3), np.uint8)))}, {}, 400),
        ({"rgb": ("a.png", PICTURE), "depth": ("d.png", png(np.zeros((64, 128), np.uint16)))}, {}, 400),
        ({"rgb": ("a.png", PICTURE)}, {"near": "x"}, 400), ({"rgb": ("a.png", PICTURE)}, {"near": "5"}, 400),
        ({"rgb": ("a.png", PICTURE)}, {"near": "nan", "far": "2"}, 400), ({"picture": ("a.png", PICTURE)}, {}, 400),
        ({"rgb": ("a.png", bytes(33 * 2**20))}, {}, 413),
    ],
)  # fmt: skip
def test_pictures_that_cannot_be_used_are_one_sentence(server, files, data, status):
    count = server.studio.index.count()
    answer = server.client.post("/api/scenes", files=files or None, data=data)
    assert answer.status_code == status and answer.json()["error"].endswith(".")
    assert server.studio.index.count() == count


def test_a_body_that_lies_about_its_length_is_stopped(server):
    def endless():
        yield b'--x\r\nContent-Disposition: form-data; name="rgb"; filename="a.png"\r\n\r\n'
        while True:
            yield bytes(2**20)

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    try:
        status = server.client.post("/api/scenes", content=endless(), headers=headers).status_code
    except OSError:
        status = 413  # the server hung up while we were still sending
    except Exception as error:  # httpx has its own names for that
        assert type(error).__name__ in ("WriteError", "ReadError", "RemoteProtocolError")
        status = 413
    assert status == 413
    assert server.client.get("/healthz").status_code == 200


def test_numbers_for_prometheus(server, scene):
    text = server.client.get("/metrics").text
    assert "ldm3d_scenes_total" in text and 'ldm3d_stage_seconds_count{stage="painting"}' in text
    assert json.loads(server.client.get("/healthz").text)["ok"]
