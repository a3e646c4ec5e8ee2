"""The server as a process: killed in the middle of its work, started again, stopped as it should be."""

import os
import signal

from tests.web.client import ask, follow, paint
from tests.web.process import started


def test_killed_while_painting_it_keeps_every_finished_scene_and_starts_clean(tiny_folder, tmp_path):
    with started(tmp_path, str(tiny_folder)) as server:
        scene_id = paint(server.client)["scene"]
        picture = server.client.get(f"/scenes/{scene_id}/rgb.png").content
        events = follow(server.client, ask(server.client, steps=150))
        next(event for event in events if event[1] == "step")
        server.end(signal.SIGKILL)
    # what a writer leaves when it is killed half-way through a scene
    (tmp_path / "scenes" / ".tmp-999999999-aaaaaaaa").mkdir()
    (tmp_path / "scenes" / ".tmp-999999999-aaaaaaaa" / "scene.glb").write_bytes(b"glTF")
    with started(tmp_path, str(tiny_folder)) as server:
        assert [entry["id"] for entry in server.client.get("/api/scenes").json()["scenes"]] == [scene_id]
        assert server.client.get(f"/scenes/{scene_id}/rgb.png").content == picture
        assert server.client.get(f"/s/{scene_id}").status_code == 200
        assert os.listdir(tmp_path / "scenes") == [scene_id]
        # and asked to stop while it paints, it stops
        events = follow(server.client, ask(server.client, steps=150))
        next(event for event in events if event[1] == "step")
        assert server.end(signal.SIGTERM) in (0, -signal.SIGTERM)
        assert "Traceback" not in "".join(server.log)
    assert os.listdir(tmp_path / "scenes") == [scene_id]
