"""Where training's pictures come from: shards of one's own, worlds rendered as needed, and depth as a curve."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from ldm3d_web.errors import InvalidInput
from ldm3d_web.ldm3d.depth_curve import LINEAR, Curve
from ldm3d_web.training import autoencoder, losses, text
from ldm3d_web.training.denoiser import load_text
from ldm3d_web.training.latents import batches_of, encode, open_latents
from ldm3d_web.training.live import LiveWorlds, Renderer
from ldm3d_web.training.shards import open_shards, render_batch
from ldm3d_web.training.source import bend, straighten
from tests.training.conftest import AUTOENCODER, TEXT, Kitchen


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Someone's own RGBD panoramas, with plain captions."""
    shard = tmp_path / "own" / "0"
    shard.mkdir(parents=True)
    chance = np.random.default_rng(0)
    np.save(shard / "rgb.npy", chance.integers(0, 256, (2, 64, 128, 3), dtype=np.uint8))
    np.save(shard / "disparity.npy", chance.integers(0, 65536, (2, 64, 128), dtype=np.uint16))
    texts = {"seeds": [0, 1], "captions": [["my garden", "a garden"], ["my house"]], "tags": [{"place": "garden"}, {}]}
    (shard / "worlds.json").write_text(json.dumps(texts))
    return shard.parent


def test_own_data_with_plain_captions_goes_through_the_stages(own: Path, kitchen: Kitchen, tmp_path: Path) -> None:
    data = open_shards(own)
    text.train(data.sayings, data.tags, tmp_path / "text", TEXT, steps=1)
    encode(batches_of(data), kitchen.autoencoder / "vae", tmp_path / "latents")
    said = {saying.say(wording) for saying in open_latents(tmp_path / "latents").sayings for wording in range(4)}
    assert said == {"my garden", "a garden", "my house"}


def test_a_picture_without_words_is_refused(own: Path) -> None:
    file = own / "0" / "worlds.json"
    file.write_text(json.dumps({"seeds": [0, 1], "captions": [["a garden"]], "tags": [{}, {}]}))
    with pytest.raises(InvalidInput, match="not as many"):
        open_shards(own)


def test_rendered_as_needed_is_what_shards_hold(kitchen: Kitchen) -> None:
    with Renderer(64, supersample=2, batch=3) as renderer:
        batches = list(renderer.render(range(4)))
    pictures = torch.cat([pictures for pictures, _ in batches])
    assert [len(pictures) for pictures, _ in batches] == [3, 1]
    for number in range(4):
        np.testing.assert_allclose(pictures[number], kitchen.data.rgbd(number), atol=2 / 127)
    assert [said.description for _, some in batches for said in some] == [
        saying.description for saying in kitchen.data.sayings
    ]


def test_live_windows_are_parts_of_worlds_and_the_oldest_give_way() -> None:
    seeds = range(5, 6)  # one world: every window must be a part of it
    rgb, disparity, _ = render_batch([5], 32, 64)
    world = torch.cat([torch.from_numpy(rgb[0]).permute(2, 0, 1) / 127.5 - 1, torch.from_numpy(disparity) * 2 - 1])
    generator = torch.Generator().manual_seed(0)
    with LiveWorlds(Renderer(32, supersample=1, batch=1), pool=3, uses=2, seeds=seeds) as source:
        windows = source.windows(20, 16, 64, generator)
        assert source.look(2).shape[1:] == (4, 32, 64)
        for window in windows:
            places = [
                torch.roll(each, -column, -1)[:, row : row + 16]
                for each in (world, world.flip(-1)) for row in range(17) for column in range(64)
            ]  # fmt: skip
            assert min(float((window - place).abs().max()) for place in places) < 0.01
        for _ in range(20):
            source.windows(4, 16, 16, generator)
        assert source._rendered > 3
    assert not source._thread.is_alive()


def test_a_fault_while_rendering_reaches_the_training() -> None:
    with LiveWorlds(Renderer(32, batch=1), pool=2, seeds=range(-1, 0)) as source, pytest.raises(ValueError):
        source.windows(1, 16, 16, torch.Generator())


@pytest.mark.parametrize("curve", [LINEAR, Curve(20), losses.LOG_DISTANCE])
def test_depth_is_bent_and_straightened(curve: Curve, kitchen: Kitchen) -> None:
    picture = kitchen.data.look(1)
    bent = bend(picture, curve)
    torch.testing.assert_close(straighten(bent, curve), picture, rtol=0, atol=2e-6)
    torch.testing.assert_close(bent[:, :3], picture[:, :3])
    assert (curve.k == 0) == bool((bent == picture).all())


def test_relative_errors_are_those_of_distance_whatever_the_channel_carries() -> None:
    """A surface at 50 m painted at 51 m is off by 2 %, on every curve."""
    disparity = torch.tensor([(1 / metres - 1 / 200) / (1 - 1 / 200) for metres in (50.0, 51.0)]).view(2, 1, 1, 1)
    for curve in (LINEAR, Curve(20), losses.LOG_DISTANCE):
        truth, painted = (curve.bend(disparity) * 2 - 1).split(1)
        assert float(losses.relative_error(painted, truth, curve)) == pytest.approx(0.02, rel=1e-2)


def test_a_run_starts_from_an_earlier_edition(kitchen: Kitchen, tmp_path: Path) -> None:
    still = replace(AUTOENCODER, warm_learning_rate=0.0)
    autoencoder.train(kitchen.data, tmp_path, still, start=kitchen.autoencoder, steps=1)
    folders = (kitchen.autoencoder, tmp_path)
    before, after = (load_file(folder / "vae" / "diffusion_pytorch_model.safetensors") for folder in folders)
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert json.loads((tmp_path / "vae" / "config.json").read_text())["depth_curve"] == {"log": losses.DEPTH_CURVE.k}
    with pytest.raises(InvalidInput, match="another shape"):
        other = replace(AUTOENCODER, latent_channels=6)
        autoencoder.train(kitchen.data, tmp_path / "other", other, start=kitchen.autoencoder, steps=1)


def test_a_text_encoder_starts_from_an_older_vocabulary(kitchen: Kitchen, tmp_path: Path) -> None:
    more = text.more_worlds(3, 10_000_000)
    plan = replace(TEXT, vocabulary=600, learning_rate=0.0)
    text.train(more, [{}] * 3, tmp_path, plan, start=kitchen.text, steps=1)
    (old_words, old), (new_words, new) = load_text(kitchen.text), load_text(tmp_path)
    shared = old_words.get_vocab().keys() & new_words.get_vocab().keys()
    assert len(shared) > 500 and old_words.get_vocab() != new_words.get_vocab()
    tables = [model.get_input_embeddings().weight for model in (old, new)]
    for token in shared:
        numbers = [words.get_vocab()[token] for words in (old_words, new_words)]
        assert torch.equal(tables[0][numbers[0]], tables[1][numbers[1]])
    layer = "encoder.layers.0.mlp.fc1.weight"
    assert torch.equal(dict(old.named_parameters())[layer], dict(new.named_parameters())[layer])
