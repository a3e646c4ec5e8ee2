"""Disks that cannot be written: what is there is still shown, what is asked for is refused before any work."""

import os
import shutil
import subprocess
from contextlib import contextmanager

import pytest

from tests.web.client import paint
from tests.web.conftest import running

ROOT_USER = os.geteuid() == 0


def can_mount(tmp_path) -> bool:
    """Whether this user may mount: root outside of most containers."""
    if not ROOT_USER or shutil.which("mount") is None:
        return False
    done = subprocess.run(["mount", "-t", "tmpfs", "none", tmp_path], capture_output=True)
    return done.returncode == 0 and subprocess.run(["umount", tmp_path]).returncode == 0


@contextmanager
def read_only(folder):
    """The folder as a disk that is read-only; root can write wherever it is mounted writable."""
    if ROOT_USER:
        subprocess.run(["mount", "--bind", folder, folder], check=True)
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
    else:
        subprocess.run(["chmod", "-R", "a-w", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder] if ROOT_USER else ["chmod", "-R", "u+w", folder], check=True)


def test_a_read_only_disk_still_shows_its_scenes_and_refuses_new_ones(tiny_folder, tmp_path):
    if ROOT_USER and not can_mount(tmp_path):
        pytest.skip("root may write everywhere here and may not mount")
    data = tmp_path / "data"
    data.mkdir()
    with running(data=str(data), model=str(tiny_folder)) as server:
        scene_id = paint(server.client)["scene"]
    with read_only(data), running(data=str(data), model=str(tiny_folder)) as server:
        refusal = server.client.post("/api/generate", json={"prompt": "a lake"})
        assert refusal.status_code == 507 and "cannot be kept at" in refusal.json()["error"]
        assert server.client.get(f"/s/{scene_id}").status_code == 200
        assert [entry["id"] for entry in server.client.get("/api/scenes").json()["scenes"]] == [scene_id]
        assert server.client.get("/healthz").json() == {"ok": True, "running": False, "waiting": 0}


def test_a_full_disk_refuses_before_any_work(tiny_folder, tmp_path):
    if not can_mount(tmp_path):
        pytest.skip("needs a small disk, and this user may not mount one")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", disk], check=True)
    try:
        with running(data=str(disk), model=str(tiny_folder)) as server:
            refusal = server.client.post("/api/generate", json={"prompt": "a lake"})
            assert refusal.status_code == 507 and "nearly full" in refusal.json()["error"]
            assert server.client.get("/api/scenes").json() == {"scenes": []}
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)
