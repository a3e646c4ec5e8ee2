"""Files and folders of the user's own choosing: whole or not at all, and refused in a sentence."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from ldm3d_web.errors import StorageError


def make_folder(folder: Path) -> None:
    """A folder that can be written to. Raises StorageError; call it before the work whose result goes there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StorageError(f"Cannot write to {folder}: {(error.strerror or str(error)).lower()}.") from None


def write_whole(path: Path, blob: bytes) -> None:
    """A file that is there whole or not at all. Raises StorageError."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(blob)
        os.replace(part, path)
    except OSError as error:
        raise StorageError(f"Cannot write {path}: {(error.strerror or str(error)).lower()}.") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
