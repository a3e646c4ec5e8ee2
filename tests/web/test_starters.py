"""The scenes that ship: small, honest about where they come from, and there when a server has nothing else."""

import time

from ldm3d_web import starters
from tests.web.client import paint
from tests.web.conftest import running


def test_they_are_small_and_whole():
    files = [*starters.FOLDER.glob("*.webp"), *starters.FOLDER.glob("*.png")]
    assert sum(file.stat().st_size for file in files) < 300_000
    for each in starters.starters():
        assert each.rgbd.rgb.shape == (1024, 2048, 3) and each.rgbd.disparity.shape == (256, 512)
        assert each.facts["kind"] == starters.KIND
        assert {"title", "prompt", "seed", "steps", "guidance", "upscale", "model"} <= each.facts.keys()


def test_an_empty_server_furnishes_itself_once(tiny_folder, tmp_path):
    settings = {"data": str(tmp_path), "model": str(tiny_folder), "starters": True}
    with running(**settings) as server:
        # whoever comes at once is answered with a scene, not with none
        first = server.client.get("/api/scenes").json()["scenes"]
        until(lambda: server.studio.index.count() == len(list(starters.starters())))
        listed = server.client.get("/api/scenes").json()["scenes"]
        assert {entry["kind"] for entry in listed} == {starters.KIND}
        # and with the same one as whoever comes later
        assert first[0]["id"] == listed[0]["id"]
        assert [entry["title"] for entry in listed] == [each.facts["title"] for each in starters.starters()]
        for entry in listed:
            manifest = server.client.get(f"/scenes/{entry['id']}/manifest.json").json()
            assert manifest["kind"] == starters.KIND and manifest["triangles"] > 100
            assert server.client.get(f"/s/{entry['id']}").status_code == 200
    with running(**settings) as server:
        assert server.client.get("/api/scenes").json()["scenes"] == [
            {**entry, **{key: entry[key].replace(_host(entry["url"]), server.url) for key in ("url", "thumbnail")}}
            for entry in listed
        ]


def test_they_are_listed_where_visitors_scenes_are_not(tiny_folder, tmp_path):
    with running(data=str(tmp_path), model=str(tiny_folder), starters=True, gallery=False) as server:
        until(lambda: server.studio.index.count() == len(list(starters.starters())))
        own = paint(server.client)["scene"]
        listed = server.client.get("/api/scenes").json()["scenes"]
        assert len(listed) == 4 and own not in [entry["id"] for entry in listed]


def _host(url):
    return url.split("/s/")[0]


def until(true):
    while not true():
        time.sleep(0.05)
