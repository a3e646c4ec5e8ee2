"""Scenes as blobs: one folder a scene, through fsspec, with `manifest.json` as the truth.

A scene is there whole or not at all. On a local disk the folder is written under a hidden name and renamed in one step;
elsewhere the manifest is written last, and a folder without one does not exist for any reader.
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from ldm3d_web.errors import NotFound, StorageError

PUBLIC_NAMES = ("scene.glb", "portable.glb", "rgb.png", "depth.png", "preview.jpg", "thumb.jpg", "manifest.json")
PRIVATE_NAMES = ("delete.sha256",)  # never served: the digest of the token that may delete the scene
ROOM_BYTES = 64 * 2**20  # refuse to start on a scene when less than this is free: it could not be kept

_ID = re.compile(r"[A-Za-z0-9_-]{16}")
_HIDDEN = ".tmp-"


def new_id() -> str:
    """96 random bits, url-safe, 16 characters: cannot be guessed, need not be looked up."""
    return secrets.token_urlsafe(12)


def check_id(scene_id: str) -> str:
    """The id itself, or NotFound. Every path is built from an id that has passed here."""
    if not isinstance(scene_id, str) or not _ID.fullmatch(scene_id):
        raise NotFound("There is no such scene; a scene's id has 16 letters, digits, - or _.")
    return scene_id


class SceneStore:
    """All scenes under one folder or fsspec URL."""

    def __init__(self, url: str):
        """url: a local folder (made at the first save) or an fsspec URL. Raises StorageError when it has no driver."""
        self.url = url
        try:
            self._fs, root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise StorageError(f"Scenes cannot be kept at {url}: {error}.") from None
        self._root = root.rstrip("/")
        self._local = Path(self._root) if isinstance(self._fs, LocalFileSystem) else None

    def save(self, scene_id: str, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> None:
        """Keep a scene: files by name (of PUBLIC_NAMES and PRIVATE_NAMES, without the manifest) and its manifest.

        Raises StorageError, and leaves nothing behind, when the disk is full or cannot be written, or the id is taken.
        """
        check_id(scene_id)
        for name in files:
            if name not in PUBLIC_NAMES + PRIVATE_NAMES or name == "manifest.json":
                raise ValueError(f"a scene has no file {name!r}")
        if self.exists(scene_id):
            raise StorageError("A scene of that id exists already; nothing was written.")
        text = json.dumps(dict(manifest), indent=1, ensure_ascii=False).encode()
        blobs = {**files, "manifest.json": text}  # the manifest is the last one written
        if self._local is not None:
            self._save_local(scene_id, blobs)
        else:
            self._save_remote(scene_id, blobs)

    def read(self, scene_id: str, name: str) -> bytes:
        """One file of a scene. Raises NotFound for an unknown scene or file, StorageError when it cannot be read."""
        path = self._path(scene_id, name)
        try:
            return self._fs.cat_file(path)
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound(f"There is no {name} of that scene; it may have been deleted.") from None
        except OSError as error:
            raise StorageError(f"The scene cannot be read now: {_reason(error)}.") from None

    def local_path(self, scene_id: str, name: str) -> Path | None:
        """Where the file lies on this machine's disk, or None on other filesystems. Raises NotFound as `read` does."""
        path = Path(self._path(scene_id, name))
        if self._local is None:
            return None
        if not path.is_file():
            raise NotFound(f"There is no {name} of that scene; it may have been deleted.")
        return path

    def manifest(self, scene_id: str) -> dict[str, Any]:
        """The scene's manifest. Raises NotFound, or StorageError when it is not JSON."""
        try:
            manifest = json.loads(self.read(scene_id, "manifest.json"))
        except ValueError:
            manifest = None
        if not isinstance(manifest, dict):
            raise StorageError(f"The manifest of scene {scene_id} is damaged.")
        return manifest

    def exists(self, scene_id: str) -> bool:
        """Whether the scene is there, whole."""
        return self._fs.exists(self._path(scene_id, "manifest.json"))

    def ids(self) -> Iterator[str]:
        """Ids of all whole scenes, in no special order."""
        try:
            folders = self._fs.ls(self._root, detail=False)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise StorageError(f"The scenes at {self.url} cannot be read: {_reason(error)}.") from None
        for folder in folders:
            name = folder.rstrip("/").rsplit("/", 1)[-1]
            if _ID.fullmatch(name) and self.exists(name):
                yield name

    def delete(self, scene_id: str) -> None:
        """Remove a scene, whole. Raises NotFound or StorageError."""
        if not self.exists(scene_id):
            raise NotFound("There is no such scene; it may have been deleted already.")
        folder = f"{self._root}/{scene_id}"
        try:
            if self._local is not None:
                hidden = self._local / _hidden_name()
                os.replace(folder, hidden)
                shutil.rmtree(hidden, ignore_errors=True)
            else:
                self._fs.rm_file(f"{folder}/manifest.json")
                self._fs.rm(folder, recursive=True)
        except OSError as error:
            raise StorageError(f"The scene cannot be deleted: {_reason(error)}.") from None

    def check_writable(self) -> None:
        """Raises StorageError, before anyone spends minutes on a scene, where it could not be kept."""
        if self._local is None:
            return  # asking costs a round trip and a remote store says no at the save as well
        try:
            self._local.mkdir(parents=True, exist_ok=True)
            probe = self._local / _hidden_name()
            probe.mkdir()
            (probe / "manifest.json").write_bytes(b"{}")
            shutil.rmtree(probe)
            free = shutil.disk_usage(self._local).free
        except OSError as error:
            raise StorageError(self._refusal(error)) from None
        if free < ROOM_BYTES:
            raise StorageError(
                f"The disk that keeps the scenes is nearly full: {free // 2**20} MB are free, "
                f"{ROOM_BYTES // 2**20} MB are needed."
            )

    def sweep(self) -> int:
        """Remove what killed processes left half-written; how many folders. For a server's start only."""
        if self._local is None or not self._local.is_dir():
            return 0
        swept = 0
        for folder in self._local.glob(_HIDDEN + "*"):
            if not _writer_lives(folder):
                shutil.rmtree(folder, ignore_errors=True)
                swept += 1
        return swept

    def _path(self, scene_id: str, name: str) -> str:
        check_id(scene_id)
        if name not in PUBLIC_NAMES + PRIVATE_NAMES:
            raise NotFound(f"A scene has no such file; it has {', '.join(PUBLIC_NAMES)}.")
        return f"{self._root}/{scene_id}/{name}"

    def _save_local(self, scene_id: str, blobs: Mapping[str, bytes]) -> None:
        assert self._local is not None
        hidden = self._local / _hidden_name()
        try:
            hidden.mkdir(parents=True)
            for name, blob in blobs.items():
                with open(hidden / name, "xb") as file:
                    file.write(blob)
                    file.flush()
                    os.fsync(file.fileno())  # a rename may reach the disk before the bytes do
            os.replace(hidden, self._local / scene_id)
        except OSError as error:
            raise StorageError(self._refusal(error)) from None
        finally:
            shutil.rmtree(hidden, ignore_errors=True)

    def _save_remote(self, scene_id: str, blobs: Mapping[str, bytes]) -> None:
        folder = f"{self._root}/{scene_id}"
        try:
            self._fs.makedirs(folder, exist_ok=True)
            for name, blob in blobs.items():
                self._fs.pipe_file(f"{folder}/{name}", blob)
        except OSError as error:
            try:
                self._fs.rm(folder, recursive=True)
            except OSError:
                pass  # without a manifest it is invisible, whatever is left
            raise StorageError(self._refusal(error)) from None

    def _refusal(self, error: OSError) -> str:
        return f"The scene cannot be kept at {self.url}: {_reason(error)}; nothing was written."


def _hidden_name() -> str:
    return f"{_HIDDEN}{os.getpid()}-{secrets.token_hex(4)}"


def _writer_lives(folder: Path) -> bool:
    """Whether another process may still be writing here. In a container a new server often has its forerunner's pid."""
    pid = folder.name.removeprefix(_HIDDEN).split("-")[0]
    if not pid.isdigit() or int(pid) == os.getpid():
        return False
    try:
        if time.time() - folder.stat().st_mtime > 24 * 3600:
            return False
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def _reason(error: OSError) -> str:
    known = {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "the disk quota is used up",
        errno.EFBIG: "the file is larger than the disk allows",
        errno.EROFS: "the disk is read-only",
        errno.EACCES: "writing there is not permitted",
        errno.EPERM: "writing there is not permitted",
        errno.ENOTDIR: "a part of that path is a file, not a folder",
    }
    return known.get(error.errno or 0) or (error.strerror or str(error) or type(error).__name__).lower()
