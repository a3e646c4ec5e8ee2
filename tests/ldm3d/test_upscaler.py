"""The upscaler: colour and depth together, without a seam, and told plainly where there is none."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from ldm3d_web import create
from ldm3d_web.errors import InvalidInput, InvalidModel
from ldm3d_web.ldm3d import checkpoint
from ldm3d_web.ldm3d.registry import spec_of_folder
from ldm3d_web.ldm3d.upscaler import Upscaler, enlarge, upscale
from ldm3d_web.rgbd import Rgbd
from tests.tiny_models import ZERO_SNR_SCHEDULER, make_ldm3d_folder, write_json

SMALL = {"steps": 2, "guidance": 1.0, "width": 128, "height": 64}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "wider"
    settings = {**SMALL, "upscale": 4, "near_m": 1.0, "far_m": 200.0}
    return make_ldm3d_folder(path, scheduler=ZERO_SNR_SCHEDULER, settings=settings, upscaler=True)


@pytest.fixture(scope="module")
def pipeline(folder: Path):
    return checkpoint.load(str(folder), device="cpu")


def world(height: int = 16) -> Rgbd:
    """Smooth over the wrap, with an edge in colour and depth at the same columns."""
    angle = np.linspace(0, 2 * np.pi, 2 * height, endpoint=False)
    wave = np.broadcast_to(np.sin(angle), (height, 2 * height))
    rgb = np.stack([128 + 100 * wave, np.full_like(wave, 60), 128 - 100 * wave], axis=-1).astype(np.uint8)
    return Rgbd(np.ascontiguousarray(rgb), np.where(wave > 0, 0.5, 0.0).astype(np.float32))


@pytest.fixture
def random_network() -> Upscaler:
    torch.manual_seed(0)
    network = Upscaler(8, 1, {"log": 199.0}).eval()
    torch.nn.init.normal_(network.leave.weight, std=0.05)
    return network


def test_it_begins_as_bicubic_and_learns_every_part() -> None:
    network = Upscaler(8, 2)
    small = torch.rand(1, 4, 8, 16)
    torch.testing.assert_close(network(small), enlarge(small))
    torch.nn.init.normal_(network.leave.weight)
    network(small).square().mean().backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in network.parameters())


def test_a_turned_picture_is_enlarged_to_the_turned_large_one(random_network: Upscaler) -> None:
    rgbd = world()
    large = upscale(random_network, rgbd, 4)
    turned = upscale(random_network, Rgbd(np.roll(rgbd.rgb, 5, 1), np.roll(rgbd.disparity, 5, 1)), 4)
    assert np.abs(np.roll(large.rgb, 20, 1).astype(int) - turned.rgb).max() <= 1
    np.testing.assert_allclose(np.roll(large.disparity, 20, 1), turned.disparity, atol=1e-4)


@pytest.mark.parametrize("factor", [2, 4])
def test_sizes_and_ranges(random_network: Upscaler, factor: int) -> None:
    rgbd = world()
    large = upscale(random_network, rgbd, factor)
    assert large.rgb.shape == (16 * factor, 32 * factor, 3)
    small = large.rgb.reshape(16, factor, 32, factor, 3).mean(axis=(1, 3))
    assert np.abs(small - rgbd.rgb).mean() < 25, "it is the same picture"
    with pytest.raises(ValueError, match="2 or 4"):
        upscale(random_network, rgbd, 3)


def test_depth_at_twice_the_width_is_picked_from_what_is_there() -> None:
    network = Upscaler(8, 1).eval()  # bicubic
    rgbd = world()
    twice, four = upscale(network, rgbd, 2).disparity, upscale(network, rgbd, 4).disparity
    blocks = four.reshape(32, 2, 64, 2).transpose(0, 2, 1, 3).reshape(32, 64, 4)
    assert (blocks == twice[..., None]).any(axis=-1).all()


@pytest.mark.parametrize("factor", [2, 4])
def test_edges_of_the_large_picture_are_drawn_together_where_it_is_asked_for(factor: int) -> None:
    network, rgbd = Upscaler(8, 1).eval(), edge(32)
    soft, sharp = (upscale(network, rgbd, factor, rounds) for rounds in (0, 3))
    steepest = [int(np.abs(np.diff(each.rgb[..., 0].astype(int), axis=1)).max()) for each in (soft, sharp)]
    assert steepest[1] > 1.5 * steepest[0]
    np.testing.assert_array_equal(soft.disparity, sharp.disparity)


def edge(height: int) -> Rgbd:
    """Bright ahead and dark behind, the change blurred over two pixels; depth level."""
    columns = np.abs(np.arange(2 * height) - height + 0.5)
    bright = 60 + 140 / (1 + np.exp(2 * (columns - height / 2)))
    rgb = np.broadcast_to(bright[None, :, None], (height, 2 * height, 3)).astype(np.uint8)
    return Rgbd(np.ascontiguousarray(rgb), np.full((height, 2 * height), 0.3, np.float32))


def test_the_model_gives_its_pictures_wider_by_default(pipeline) -> None:
    made = create.generate(create.GenerateRequest("a lake", seed=1), pipeline=pipeline)
    assert (made.manifest["width"], made.manifest["height"], made.manifest["upscale"]) == (512, 256, 4)
    assert made.manifest["seconds"]["upscaling"] > 0
    plain = create.generate(create.GenerateRequest("a lake", seed=1, upscale=1), pipeline=pipeline)
    assert (plain.manifest["width"], plain.manifest["upscale"]) == (128, 1) and "upscaling" not in plain.manifest[
        "seconds"
    ]
    told: list[str] = []
    create.generate(
        create.GenerateRequest("a lake", seed=1, upscale=2), pipeline=pipeline,
        on_event=lambda _, data: told.append(data.get("stage", "")),
    )  # fmt: skip
    assert [stage for stage in told if stage] == ["decoding", "upscaling", "meshing"]


@pytest.mark.parametrize("wrong", [0, 3, 8, "4", 2.5, None.__class__])
def test_other_factors_are_refused(folder: Path, wrong: object) -> None:
    with pytest.raises(InvalidInput, match="1, 2 or 4 times"):
        create.check_request(create.GenerateRequest("a lake", upscale=wrong), spec_of_folder(folder))  # type: ignore[arg-type]


def test_a_model_without_one_says_so_before_it_paints(folders, tmp_path: Path) -> None:
    spec = spec_of_folder(folders["like mini"])
    assert create.check_request(create.GenerateRequest("a lake"), spec).upscale == 1
    with pytest.raises(InvalidInput, match="no upscaler"):
        create.check_request(create.GenerateRequest("a lake", upscale=4), spec)
    folder = shutil.copytree(folders["like mini"], tmp_path / "model")
    write_json(folder / "ldm3d.json", {"upscale": 4})
    with pytest.raises(InvalidModel, match="no upscaler"):
        spec_of_folder(folder)


def test_a_broken_one_is_named_and_another_one_is_another_revision(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    file = copy / "upscaler" / "diffusion_pytorch_model.safetensors"
    before = checkpoint.revision_of(copy)
    weights = load_file(file)
    save_file({name: weight + 1 for name, weight in weights.items()}, file, {"format": "pt"})
    assert checkpoint.revision_of(copy) != before
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(InvalidModel, match="cut short"):
        checkpoint.load(str(copy), device="cpu")
    file.unlink()
    with pytest.raises(InvalidModel, match="upscaler/diffusion_pytorch_model"):
        checkpoint.load(str(copy), device="cpu")


def test_a_wider_picture_is_meshed_on_the_grid_it_was_painted_on(pipeline) -> None:
    """An upscaler's ragged edges would be torn to lace on its own grid, and cost ten times the triangles."""
    wide, plain = (
        create.generate(create.GenerateRequest("a lake", seed=1, upscale=factor), pipeline=pipeline).manifest
        for factor in (4, 1)
    )
    assert wide["triangles"] < 2 * plain["triangles"]
