"""The refiner changes nothing before it has learned, has no seam, and decodes along where a model has one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from ldm3d_web.errors import InvalidModel
from ldm3d_web.ldm3d import checkpoint
from ldm3d_web.ldm3d.refiner import Refiner
from tests.tiny_models import write_json


def trained(**settings: object) -> Refiner:
    """One that changes something."""
    torch.manual_seed(0)
    network = Refiner((8, 8), **settings).eval()  # type: ignore[arg-type]
    torch.nn.init.normal_(network.network.leave.weight, std=0.2)
    return network


@pytest.fixture
def folder(folders, tmp_path: Path) -> Path:
    """A model like mini, with a refiner."""
    path = shutil.copytree(folders["like mini"], tmp_path / "model")
    trained().half().save_pretrained(path / "refiner")
    return path


def test_it_begins_by_changing_nothing_and_learns_every_part() -> None:
    network = Refiner((8, 16))
    pictures = torch.rand(1, 4, 32, 64) * 2 - 1
    torch.testing.assert_close(network(pictures), pictures)
    torch.nn.init.normal_(network.network.leave.weight)
    network(pictures).square().mean().backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in network.parameters())


def test_colours_tell_how_depth_is_changed() -> None:
    network = trained()
    pictures = torch.rand(1, 4, 32, 64) * 2 - 1
    refined = network(pictures)
    other = torch.cat([-pictures[:, :3], pictures[:, 3:]], dim=1)
    assert not torch.allclose(network(other)[:, 3:], refined[:, 3:], atol=1e-3)


def test_a_turned_picture_is_refined_to_the_turned_one() -> None:
    network = trained()
    pictures = torch.rand(1, 4, 32, 64) * 2 - 1
    torch.testing.assert_close(network(pictures.roll(24, -1)), network(pictures).roll(24, -1), rtol=0, atol=1e-4)


def test_what_a_model_paints_is_refined_and_its_previews_are_not(folder: Path, folders) -> None:
    plain, refined = (checkpoint.load(str(path), device="cpu") for path in (folders["like mini"], folder))
    assert plain.refiner is None and refined.refiner is not None and plain.revision != refined.revision
    shown: list[list[np.ndarray]] = [[], []]
    one, other = (
        pipeline("a lake", seed=1, on_step=lambda step, seen=seen: seen.append(step.preview))
        for pipeline, seen in zip((plain, refined), shown, strict=True)
    )
    assert np.abs(one.disparity - other.disparity).mean() > 1e-3
    assert all(np.array_equal(*pair) for pair in zip(*shown, strict=True))


def test_it_wraps_where_the_rest_does(folder: Path) -> None:
    pipeline = checkpoint.load(str(folder), device="cpu")
    latents = torch.randn(1, 8, 4, 8)
    wrapped = pipeline("a lake", seed=1, latents=latents).disparity
    flat = pipeline("a lake", seed=1, latents=latents, wrap=False).disparity
    again = pipeline("a lake", seed=1, latents=latents).disparity
    assert np.array_equal(wrapped, again) and not np.array_equal(wrapped, flat)


def test_the_grid_of_latents_is_taken_out_of_what_is_refined_too(folder: Path) -> None:
    """One that puts every other square of sixteen pixels a little nearer."""
    columns = torch.arange(128) // 16 % 2 * 0.1

    class Grid(torch.nn.Module):
        dtype = torch.float32

        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            return pictures + columns

    steps = []
    for refiner in (None, Grid()):
        pipeline = checkpoint.load(str(folder), device="cpu")
        pipeline.vae.register_to_config(deblock=0.2)
        pipeline.refiner = refiner  # type: ignore[assignment]
        _, disparity = pipeline.decode(torch.zeros(1, 8, 4, 8))
        steps.append(float((disparity - disparity.roll(1, -1)).abs()[..., ::16].mean()))
    assert steps[1] < steps[0] + 0.01, "of a step of 0.05"


def test_one_that_does_not_fit_is_named(folder: Path) -> None:
    config = folder / "refiner" / "config.json"
    settings = json.loads(config.read_text())
    write_json(config, {**settings, "depth_curve": {"log": 20.0}})
    with pytest.raises(InvalidModel, match="the depth_curve is not that of"):
        checkpoint.verify(folder)
    write_json(config, settings)
    vae = folder / "vae" / "config.json"
    write_json(vae, {**json.loads(vae.read_text()), "in_channels": 6, "out_channels": 6})
    with pytest.raises(InvalidModel):
        checkpoint.verify(folder)
    (folder / "refiner" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(InvalidModel, match="refiner/diffusion"):
        checkpoint.verify(folder)
