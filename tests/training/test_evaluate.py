"""The measures measure: what is perfect scores as it must, what is wrong does not; the command goes on where it was."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from types import MethodType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from ldm3d_web.cli import main
from ldm3d_web.ldm3d import checkpoint
from ldm3d_web.ldm3d.pipeline import LDM3DPipeline
from ldm3d_web.training import evaluate, evaluate_cli, judge, measures, report
from ldm3d_web.training.export import SETTINGS, export
from ldm3d_web.training.painted import paint_batch, paint_many
from ldm3d_web.training.renders import Renders, renders
from ldm3d_web.worlds import sample_world
from ldm3d_web.worlds.world import Description, Thing
from tests.training.conftest import Kitchen


class _Copy(torch.nn.Module):
    """An autoencoder whose latents are the picture; with ``change`` it spoils the picture on the way out."""

    config: dict[str, Any] = {"scaling_factor": 2.0, "shift_factor": 0.5}  # noqa: RUF012
    dtype = torch.float32
    device = "cpu"

    def __init__(self, change: float = 0.0) -> None:
        super().__init__()
        self.change = change

    def encode(self, picture: torch.Tensor) -> Any:
        return SimpleNamespace(latent_dist=SimpleNamespace(mean=picture))

    def decode(self, latents: torch.Tensor) -> Any:
        return SimpleNamespace(sample=latents + self.change)


def _decodes(vae: _Copy) -> Any:
    """As much of a pipeline as decoding takes."""
    pipeline = SimpleNamespace(vae=vae, refiner=None, crisp_rounds=0)
    pipeline.decode = MethodType(LDM3DPipeline.decode, pipeline)
    return pipeline


@pytest.fixture(scope="module")
def worlds() -> Renders:
    return renders(0, 3, 64)


def test_a_perfect_autoencoder_has_no_error(worlds: Renders) -> None:
    perfect = evaluate.reconstruction(worlds, _decodes(_Copy()))
    assert perfect["autoencoder psnr"] > 90 and perfect["autoencoder abs_rel"] < 1e-4
    spoilt = evaluate.reconstruction(worlds, _decodes(_Copy(0.02)))
    assert 38 < spoilt["autoencoder psnr"] < 45 and spoilt["autoencoder abs_rel"] > 0.01


def test_frechet_is_zero_for_the_same_and_knows_shifts_and_spreads() -> None:
    chance = np.random.default_rng(0)
    some = chance.normal(size=(4000, 5))
    assert measures.frechet(some, some) == pytest.approx(0, abs=1e-8)
    assert measures.frechet(some, some + 2) == pytest.approx(5 * 4, rel=1e-6)
    assert measures.frechet(some, 3 * some) == pytest.approx(5 * 4, rel=0.1)


def test_structure_is_one_for_the_same_picture_and_less_for_a_blurred_one() -> None:
    picture = np.random.default_rng(0).uniform(-1, 1, (3, 32, 64)).astype(np.float32)
    assert measures.ssim(picture, picture) == pytest.approx(1)
    assert measures.ssim(picture * 0.3, picture) < 0.7


def test_depth_is_aligned_by_one_scale_and_errors_are_shares() -> None:
    disparity = np.random.default_rng(0).uniform(0.05, 0.5, (16, 32))
    half = disparity / 2  # twice as far, nearly: 1 / far is small
    assert measures.aligned_errors(half, disparity)[0] < 0.05 < measures.abs_rel(half, disparity)
    assert measures.aligned_errors(disparity[:, ::-1], disparity)[0] > 0.3
    assert math.isnan(measures.abs_rel(disparity, np.zeros((16, 32))))
    assert measures.sky_kept(np.zeros((16, 32)), np.zeros((16, 32))) == 1
    assert measures.sky_kept(disparity, np.zeros((16, 32))) == 0


def _described(azimuth_rad: float) -> Description:
    tree = Thing("tree", 1, "", "", azimuth_rad, 9)
    return Description(0, {"place": "lake", "time": "dawn", "objects": ["tree"]}, (tree,))


@pytest.mark.parametrize(("azimuth_rad", "side"), [(0.3, 0), (1.5, 1), (3.1, 2), (-3.1, 2), (-1.6, 3)])
def test_what_stands_on_a_side_is_asked_for_there_however_it_is_turned(azimuth_rad: float, side: int) -> None:
    vocabulary = judge.vocabulary_of([_described(0)])
    for turn in (0.0, 2 * math.pi, -4 * math.pi):
        _, things, sides = judge.truth(vocabulary, _described(azimuth_rad), turn)
        assert things.tolist() == [1] and sides.tolist() == [[float(number == side) for number in range(4)]]
    _, _, turned = judge.truth(vocabulary, _described(azimuth_rad), math.pi / 2)
    assert int(turned.argmax()) == (side + 1) % 4


def test_the_judge_looks_where_a_thing_is() -> None:
    """Turning a picture by a quarter turns its verdicts by a side: columns are sides, for any weights."""
    torch.manual_seed(0)
    looking = judge.Judge(judge.vocabulary_of([_described(0)])).eval()
    picture = torch.rand(1, 3, *judge.SIZE)
    with torch.no_grad():
        straight, turned = looking(picture)[2], looking(picture.roll(judge.SIZE[1] // 4, -1))[2]
    torch.testing.assert_close(turned[..., [1, 2, 3, 0]], straight)  # ahead comes to be right


def test_claims_are_counted_one_by_one() -> None:
    vocabulary = judge.Vocabulary({"place": ["lake", "moon"]}, ["boat", "tree"])
    reading = judge.Reading(
        {"place": np.array([0, 0])}, np.array([[1.0, -1.0]] * 2),
        np.array([[[5.0, 0, 0, 0], [0, 9.0, 0, 0]]] * 2), np.zeros((2, 3)),
    )  # fmt: skip
    claims = [
        {"place": "lake", "objects": ["boat", "tree"], "directions": [["boat", "ahead"], ["tree", "right"]]},
        {"place": "moon", "time": "dawn", "objects": ["spoon"], "directions": [["boat", "left"]]},
    ]
    assert judge.verdicts(vocabulary, reading, claims) == {
        "place": [True, False], "objects": [True, False], "directions": [True, False, False],
    }  # fmt: skip


@pytest.fixture(scope="module")
def folder(kitchen: Kitchen, tmp_path_factory: pytest.TempPathFactory) -> Path:
    size = {"steps": 2, "width": 128, "height": 64, "min_width": 128, "max_width": 128}
    out = tmp_path_factory.mktemp("evaluated") / "tiny"
    parts = (kitchen.latents, kitchen.text, kitchen.denoiser)
    return export(*parts, out, decoder=kitchen.decoder, upscaler=kitchen.upscaler, settings=size)


def test_several_at_once_are_what_the_pipeline_paints_one_by_one(folder: Path) -> None:
    pipeline = checkpoint.load(str(folder), device="cpu")
    for guidance in (1.0, 3.0):
        together = paint_batch(pipeline, ["a lake", "the moon at night"], [3, 4], 2, guidance)
        alone = [
            pipeline("a lake", seed=3, guidance=guidance),
            pipeline("the moon at night", seed=4, guidance=guidance),
        ]
        for one, other in zip(together, alone, strict=True):
            assert np.abs(one.rgb.astype(int) - other.rgb).max() <= 1
            np.testing.assert_allclose(one.disparity, other.disparity, atol=1e-4)


def test_what_was_painted_is_not_painted_again(folder: Path, tmp_path: Path) -> None:
    pipeline = checkpoint.load(str(folder), device="cpu")
    first = paint_many(pipeline, ["a lake"] * 3, [0, 1, 2], tmp_path)
    assert (
        first.rgb.shape == (3, 128, 256, 3) and first.disparity.shape == (3, 128, 256) and first.steps.shape == (3, 4)
    )
    pipeline.unet = None  # type: ignore[assignment]
    again = paint_many(pipeline, ["a lake"] * 3, [0, 1, 2], tmp_path)
    np.testing.assert_array_equal(again.rgb, first.rgb)
    with pytest.raises(AttributeError):
        paint_many(pipeline, ["a sea"] * 3, [0, 1, 2], tmp_path)


def test_the_command_measures_trains_its_references_once_and_puts_models_side_by_side(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate_cli, "STEPS", (1, 3))
    monkeypatch.setattr(evaluate_cli, "GUIDANCES", (1.0, SETTINGS["guidance"]))
    arguments = [
        "evaluate", "--model", str(folder), "--beside", str(folder), "--samples", "4", "--out", str(tmp_path / "out"),
        "--references", str(tmp_path / "references"), "--reference-worlds", "4", "--reference-steps", "2",
        "--wide-worlds", "1", "--threads", "1",
    ]  # fmt: skip
    assert main(arguments) == 0, capsys.readouterr().err
    made = sorted((tmp_path / "references").glob("*.safetensors"))
    assert [file.name for file in made] == ["depth.safetensors", "judge.safetensors"]
    result = json.loads((tmp_path / "out" / "results.json").read_text())
    assert result == json.loads(capsys.readouterr().out.splitlines()[-1])
    found = result["models"]["tiny"]
    assert {"sees all", "share all", "frechet over floor", "depth abs_rel", "seam rgb", "upscaler psnr"} <= found.keys()
    assert found["megabytes"] > 0 and found["seconds"] > 0
    assert "| tiny | renders |" in (tmp_path / "out" / "results.md").read_text()
    trained = made[0].stat().st_mtime_ns
    assert main([*arguments, "--ablate"]) == 0
    assert made[0].stat().st_mtime_ns == trained
    assert (tmp_path / "out" / "ablation.svg").read_text().count("<polyline") == 4
    assert len(json.loads((tmp_path / "out" / "ablation.json").read_text())) == 4


def test_a_model_that_is_not_there_is_told_before_anything_is_done(tmp_path: Path) -> None:
    assert main(["evaluate", "--model", "nowhere", "--references", str(tmp_path / "references")]) == 2
    assert not (tmp_path / "references").exists()


def test_shares_are_of_what_renders_get() -> None:
    floors = {"sees all": 0.8, "frechet": 2.0, "diversity": 4.0, "depth abs_rel": 0.03}
    found = report.relate({"sees all": 0.6, "frechet": 6.0, "diversity": 3.0}, floors)
    assert (found["share all"], found["frechet over floor"], found["diversity ratio"]) == pytest.approx((0.75, 3, 0.75))
    text = report.table({"mini": found}, floors)
    assert "| 0.750 | 0.800 |" in text and "upscaler" not in text


def test_plain_sentences_stand_for_worlds_that_they_are_true_of() -> None:
    described = [replace(sample_world(seed).description, tags={"place": place, "time": time}) for seed, (place, time) in
                 enumerate([("lake", "dawn"), ("moon", ""), ("lake", "dawn"), ("island", "noon")])]  # fmt: skip
    data = Renders(np.zeros((4, 1, 2, 3)), np.zeros((4, 1, 2)), described)
    assert evaluate.like_captions(evaluate.HeldOut(data, data, [], [])) == [("a lake at dawn", [0, 2])]


def test_renders_are_the_same_from_several_processes_and_from_disk(worlds: Renders, tmp_path: Path) -> None:
    for _ in range(2):  # rendered by two processes, then read
        again = renders(0, 33, 16, workers=2, keep=tmp_path)
        assert len(again.rgb) == len(again.descriptions) == 33
        alone = renders(31, 2, 16)
        np.testing.assert_array_equal(again.rgb[31:33], alone.rgb)
        np.testing.assert_allclose(again.disparity[31:33], alone.disparity, atol=1e-5)
        assert again.descriptions[31:33] == alone.descriptions
    assert [file.suffix for file in tmp_path.iterdir()] == [".npz"]
