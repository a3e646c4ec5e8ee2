"""A scene is there whole or not at all, whatever the disk does."""

import errno
import json
import os
import subprocess
import sys
import uuid
from typing import ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from ldm3d_web.errors import NotFound, StorageError
from ldm3d_web.scenes.store import PUBLIC_NAMES, SceneStore, check_id, new_id

FILES = {"scene.glb": b"glTF" * 100, "rgb.png": b"png", "delete.sha256": b"0" * 64}
MANIFEST = {"title": "ein See — 湖 🌊", "created": "2026-11-23T10:00:00+00:00"}


class FullDisk(MemoryFileSystem):
    """Any bytes but the fourth file's: there the disk is full."""

    protocol = "fulldisk"
    store: ClassVar[dict] = {}
    pseudo_dirs: ClassVar[list] = [""]
    room = 3

    def pipe_file(self, path, value, mode="overwrite", **kwargs):
        if len(self.store) >= self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        super().pipe_file(path, value, mode, **kwargs)


fsspec.register_implementation("fulldisk", FullDisk, clobber=True)


@pytest.fixture(params=["local", "memory"])
def store(request, tmp_path):
    return SceneStore(str(tmp_path / "scenes") if request.param == "local" else f"memory://{uuid.uuid4().hex}/scenes")


def test_what_was_saved_is_read_back(store):
    scene_id = new_id()
    store.save(scene_id, FILES, MANIFEST)
    assert list(store.ids()) == [scene_id]
    assert store.manifest(scene_id) == MANIFEST
    assert {name: store.read(scene_id, name) for name in FILES} == FILES


def test_ids_are_96_random_bits_and_safe_in_addresses():
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(check_id(i) == i for i in ids)


@pytest.mark.parametrize(
    "wrong", ["", "none", "../../etc/passwd", "a" * 15, "a" * 17, "..%2f..%2fetc%2fpass", "aaaaaaaa/aaaaaaa",
              "aaaaaaaaaaaaaaa\n", "a" * 16 + "\n", "\uff41" * 16, "aaaaaaaaaaaaaa\\a", ".tmp-aaaaaaaaaaa", None]
)  # fmt: skip
def test_an_id_that_is_none_never_becomes_a_path(store, wrong):
    for use in (store.manifest, store.delete, store.exists, lambda i: store.save(i, FILES, MANIFEST)):
        with pytest.raises(NotFound, match="no such scene"):
            use(wrong)


@pytest.mark.parametrize(
    "name", ["../manifest.json", "/etc/passwd", "", "notes.txt", "scene.glb/../rgb.png", "MANIFEST.JSON"]
)
def test_only_a_scenes_own_files_have_names(store, name):
    scene_id = new_id()
    store.save(scene_id, FILES, MANIFEST)
    with pytest.raises(NotFound):
        store.read(scene_id, name)
    with pytest.raises(NotFound):
        store.local_path(scene_id, name)


def test_a_missing_file_or_scene_is_not_found(store):
    scene_id = new_id()
    with pytest.raises(NotFound):
        store.manifest(scene_id)
    store.save(scene_id, FILES, MANIFEST)
    with pytest.raises(NotFound):
        store.read(scene_id, "portable.glb")
    store.delete(scene_id)
    assert list(store.ids()) == []
    with pytest.raises(NotFound):
        store.delete(scene_id)


def test_an_id_is_never_overwritten(store):
    scene_id = new_id()
    store.save(scene_id, FILES, MANIFEST)
    with pytest.raises(StorageError):
        store.save(scene_id, {"scene.glb": b"other"}, {"title": "other"})
    assert store.manifest(scene_id) == MANIFEST


def test_a_manifest_that_is_not_json_is_a_sentence(store):
    scene_id = new_id()
    store.save(scene_id, FILES, MANIFEST)
    store._fs.pipe_file(f"{store._root}/{scene_id}/manifest.json", b'{"title": ')
    with pytest.raises(StorageError, match="damaged"):
        store.manifest(scene_id)


def test_a_full_remote_disk_leaves_nothing():
    store = SceneStore("fulldisk://scenes")
    files = {name: b"x" for name in PUBLIC_NAMES if name != "manifest.json"}
    with pytest.raises(StorageError, match=r"disk is full.*nothing was written"):
        store.save(new_id(), files, MANIFEST)
    assert list(store.ids()) == [] and not FullDisk.store


def test_a_full_local_disk_leaves_nothing(tmp_path):
    """A real limit, of this process's children: no file of theirs may grow beyond 64 kB."""
    code = f"""
import resource, signal, sys
from ldm3d_web.scenes.store import SceneStore, new_id
from ldm3d_web.errors import StorageError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = SceneStore({str(tmp_path)!r})
store.save("a" * 16, {{"rgb.png": b"x"}}, {{"title": "before"}})
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
try:
    store.save("b" * 16, {{"rgb.png": b"x", "scene.glb": bytes(200_000)}}, {{}})
except StorageError as error:
    print(error)
print(list(store.ids()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "nothing was written" in done.stdout and "['aaaaaaaaaaaaaaaa']" in done.stdout
    assert os.listdir(tmp_path) == ["a" * 16]


def test_a_folder_that_cannot_be_written_is_a_sentence_before_any_work(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    store = SceneStore(str(tmp_path / "file" / "scenes"))
    for attempt in (store.check_writable, lambda: store.save(new_id(), FILES, MANIFEST)):
        with pytest.raises(StorageError, match=r"cannot be kept at .*: .*a file, not a folder"):
            attempt()
    assert list(store.ids()) == []


def test_check_writable_leaves_no_trace(tmp_path):
    SceneStore(str(tmp_path / "scenes")).check_writable()
    assert os.listdir(tmp_path / "scenes") == []


def test_a_writer_killed_half_way_is_invisible_and_swept(tmp_path):
    """A real process that kills itself between two files of a scene."""
    code = f"""
import os, signal
from ldm3d_web.scenes.store import SceneStore
SceneStore({str(tmp_path)!r}).save("a" * 16, {{"rgb.png": b"x"}}, {{"title": "whole"}})
real = os.fsync
def fsync(n):
    os.kill(os.getpid(), signal.SIGKILL)
os.fsync = fsync
SceneStore({str(tmp_path)!r}).save("b" * 16, {{"rgb.png": b"x", "scene.glb": b"y"}}, {{"title": "half"}})
"""
    done = subprocess.run([sys.executable, "-c", code])
    assert done.returncode == -9
    store = SceneStore(str(tmp_path))
    assert list(store.ids()) == ["a" * 16]
    assert len(os.listdir(tmp_path)) == 2
    assert store.sweep() == 1
    assert os.listdir(tmp_path) == ["a" * 16]
    assert json.loads((tmp_path / ("a" * 16) / "manifest.json").read_text()) == {"title": "whole"}


def test_sweeping_leaves_a_living_writers_folder(tmp_path):
    (tmp_path / f".tmp-{os.getppid()}-00000000").mkdir()
    assert SceneStore(str(tmp_path)).sweep() == 0


def test_an_unknown_kind_of_storage_is_a_sentence():
    with pytest.raises(StorageError, match=r"cannot be kept at nosuch://"):
        SceneStore("nosuch://bucket/scenes")
