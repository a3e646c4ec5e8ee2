"""What holds for all tests: no setting of the user's reaches them, they compute in one thread, and no GLB that they
write is invalid."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from ldm3d_web.gltf import container
from tests.khronos import assert_valid_glb

for name in [name for name in os.environ if name.startswith("LDM3D_")]:
    # For the processes that tests start as well.
    del os.environ[name]

# Networks as small as the tests' only wait for their threads, on a busy machine most of the time.
os.environ["OMP_NUM_THREADS"] = "1"

# A busy machine is no fault of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Commands that a test has run may have asked for more."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


@pytest.fixture(autouse=True)
def every_glb_is_valid(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each GLB that our writer makes in a test is shown to Khronos' validator when the test ends."""
    written: list[bytes] = []

    def pack_and_keep(document: dict[str, Any], binary: bytes) -> bytes:
        written.append(pack(document, binary))
        return written[-1]

    pack = container.pack
    monkeypatch.setattr(container, "pack", pack_and_keep)
    yield
    for glb in written:
        assert_valid_glb(glb)
