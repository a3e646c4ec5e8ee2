"""Tiny models, made once a session; tests that change a folder make or copy their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from ldm3d_web.ldm3d import checkpoint
from ldm3d_web.ldm3d.pipeline import LDM3DPipeline
from tests.tiny_models import ZERO_SNR_SCHEDULER, make_ldm3d_folder


@pytest.fixture(scope="session")
def folders(tmp_path_factory) -> dict[str, Path]:
    """One folder of each kind of model there is."""
    root = tmp_path_factory.mktemp("models")
    return {
        "4 channels, old CLIP keys": make_ldm3d_folder(root / "pano", old_clip_keys=True),
        "6 channels": make_ldm3d_folder(root / "two-bytes", channels=6, seed=1),
        "like mini": make_ldm3d_folder(
            root / "mini",
            latent_channels=8,
            blocks=(8, 8, 8, 8, 16),
            hidden_size=48,
            scheduler=ZERO_SNR_SCHEDULER,
            scaling_factor=0.8,
            shift_factor=0.1,
            dtype="float16",
            settings={"name": "like mini", "steps": 4, "guidance": 3.0, "width": 128, "height": 64},
        ),
    }


@pytest.fixture(scope="session")
def pano(folders) -> LDM3DPipeline:
    return checkpoint.load(str(folders["4 channels, old CLIP keys"]), device="cpu")


@pytest.fixture(scope="session")
def mini_like(folders) -> LDM3DPipeline:
    return checkpoint.load(str(folders["like mini"]), device="cpu")
