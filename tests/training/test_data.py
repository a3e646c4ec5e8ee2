"""Worlds on disk: the same worlds however they were rendered, never a half-written shard, and no left edge."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from ldm3d_web.errors import InvalidInput
from ldm3d_web.training.latents import VIEWS, open_latents
from ldm3d_web.training.shards import open_shards, write_shards
from tests.training.conftest import WORLDS, Kitchen


def test_a_world_does_not_depend_on_its_shard_or_batch(kitchen: Kitchen, tmp_path: Path) -> None:
    write_shards(tmp_path, 1, 2, height=64, width=128, supersample=2, batch=1)
    alone, among = open_shards(tmp_path), kitchen.data
    assert alone.seeds == [2] and among.seeds == list(range(WORLDS))
    assert np.abs(alone.rgbd(0) - among.rgbd(2)).max() < 2 / 127
    assert alone.sayings[0] == among.sayings[2] and alone.tags[0] == among.tags[2]


def test_every_world_is_said_in_words_and_labelled(kitchen: Kitchen) -> None:
    for saying, tags in zip(kitchen.data.sayings, kitchen.data.tags, strict=True):
        assert len({saying.say(wording) for wording in range(8)}) > 4
        assert tags["place"] and isinstance(tags["objects"], list)


def test_finished_shards_are_left_alone(kitchen: Kitchen) -> None:
    files = sorted(kitchen.shards.glob("*/*"))
    before = [file.stat().st_mtime_ns for file in files]
    write_shards(kitchen.shards, WORLDS, 0, height=64, width=128)
    assert [file.stat().st_mtime_ns for file in files] == before


def test_a_failed_shard_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(json, "dumps", full_disk)
    with pytest.raises(OSError, match="space"):
        write_shards(tmp_path, 1, 0, height=16, width=32)
    assert list(tmp_path.iterdir()) == []


def test_a_window_across_the_wrap_is_a_turned_panorama(kitchen: Kitchen) -> None:
    world = kitchen.data.rgbd(1)
    assert world.shape == (4, 64, 128) and np.abs(world).max() <= 1
    np.testing.assert_array_equal(kitchen.data.rgbd(1, column=100), np.roll(world, -100, axis=-1))
    window = kitchen.data.rgbd(1, row=8, column=120, height=32, width=16)
    np.testing.assert_array_equal(window, np.roll(world, -120, axis=-1)[:, 8:40, :16])


def test_latents_turn_with_the_panorama(kitchen: Kitchen) -> None:
    """Turning a world by whole latents turns its latents: so the denoiser may turn latents instead of worlds."""
    from diffusers import AutoencoderKL

    from ldm3d_web.ldm3d.wrap import wrap_longitude

    vae = AutoencoderKL.from_pretrained(kitchen.latents / "vae").eval()
    world = torch.from_numpy(kitchen.data.rgbd(0))[None]

    def turned_otherwise() -> float:
        with torch.no_grad():
            straight, turned = (vae.encode(x).latent_dist.mean for x in (world, world.roll(48, -1)))
        return float((straight.roll(3, -1) - turned).abs().max())

    without_wrap = turned_otherwise()
    wrap_longitude(vae)
    assert turned_otherwise() < 1e-4 < without_wrap


def test_latents_have_mean_zero_and_deviation_one(kitchen: Kitchen) -> None:
    latents = open_latents(kitchen.latents)
    assert latents.latents.shape == (WORLDS * VIEWS, 4, 4, 8) and latents.latents.dtype == np.float16
    values = latents.latents.astype(np.float32)
    assert abs(values.mean()) < 0.01 and abs(values.std() - 1) < 0.01
    described = [latents.sayings[VIEWS * world].description for world in range(WORLDS)]
    assert described == [saying.description for saying in kitchen.data.sayings]


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="train shards"):
        open_shards(tmp_path)
    with pytest.raises(InvalidInput, match="train encode"):
        open_latents(tmp_path)


def test_sizes_are_not_mixed(kitchen: Kitchen, tmp_path: Path) -> None:
    write_shards(tmp_path, 1, 0, height=16, width=32)
    write_shards(tmp_path, 1, 7, height=32, width=64)
    with pytest.raises(InvalidInput, match="different picture sizes"):
        open_shards(tmp_path)
