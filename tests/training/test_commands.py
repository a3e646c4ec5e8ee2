"""The kitchen's commands, each for a step or two: from worlds rendered as they are needed to a model that paints."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ldm3d_web.cli import main
from ldm3d_web.ldm3d import checkpoint
from ldm3d_web.training import autoencoder, linear


def test_every_command_in_turn_on_worlds_rendered_as_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The head start of hundreds of steps on 48 pictures is minutes, and has its own tests.
    monkeypatch.setitem(autoencoder.PRESETS, "cpu", replace(autoencoder.PRESETS["cpu"], linear_steps=2))
    monkeypatch.setattr(linear, "PICTURES", 2)
    small = ["--threads", "1", "--height", "64"]

    def run(*arguments: object) -> None:
        assert main([str(each) for each in arguments]) == 0, capsys.readouterr().err

    text, coder, latents = tmp_path / "text", tmp_path / "autoencoder", tmp_path / "latents"
    run("train", "text", "--out", text, "--more", 3, "--steps", 1, "--threads", 1)
    widths = ("--widths", "12,16,16,20", "--latent-channels", 6)
    run("train", "autoencoder", "--out", coder, *widths, "--batch", 1, "--steps", 1, *small)
    run("train", "encode", "--autoencoder", coder, "--out", latents, "--worlds", 2, *small)
    denoiser = ("--latents", latents, "--text", text, "--out", tmp_path / "denoiser", "--prediction", "sample")
    run("train", "denoiser", *denoiser, "--widths", "32,32", "--batch", 2, "--steps", 1, "--threads", 1)
    painter = ("--latents", latents, "--text", text, "--denoiser", tmp_path / "denoiser")
    run("train", "guide", *painter, "--out", tmp_path / "guide", "--batch", 2, "--steps", 1, "--threads", 1)
    run("train", "export", *painter, "--guide", tmp_path / "guide", "--out", tmp_path / "draft")
    run("train", "reader", "--out", tmp_path / "reader", "--batch", 1, "--steps", 1, *small)
    draft = ("--latents", latents, "--model", tmp_path / "draft")
    run("train", "paint", *draft, "--out", tmp_path / "painted", "--count", 1, "--threads", 1)
    by = ("--denoiser", tmp_path / "denoiser", "--text", text)
    held = ("--painted", tmp_path / "painted", "--reader", tmp_path / "reader")
    decoder = ("--latents", latents, "--out", tmp_path / "decoder", *by, *held)
    run("train", "decoder", *decoder, "--batch", 1, "--steps", 1, *small)
    refiner = ("--model", tmp_path / "draft", "--out", tmp_path / "refiner")
    run("train", "refiner", *refiner, "--batch", 1, "--steps", 1, *small)
    upscaler = ("--autoencoder", latents, "--out", tmp_path / "upscaler")
    run("train", "upscaler", *upscaler, "--steps", 1, "--threads", 1, "--height", 256)
    more = ("--decoder", tmp_path / "decoder", "--upscaler", tmp_path / "upscaler", "--guide", tmp_path / "guide")
    more += ("--refiner", tmp_path / "refiner")
    run("train", "export", *painter, *more, "--out", tmp_path / "mini")

    pipeline = checkpoint.load(str(tmp_path / "mini"), device="cpu")
    assert pipeline.scheduler.config["prediction_type"] == "sample" and pipeline.guide and pipeline.refiner
    rgbd = pipeline("a lake", steps=1, width=512)
    assert pipeline.upscale(rgbd, pipeline.defaults.upscale).rgb.shape == (1024, 2048, 3)


def test_what_belongs_together_is_asked_for_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "decoder", "--latents", "a", "--out", str(tmp_path / "b"), "--denoiser", "c"]) == 2
    assert "--text" in capsys.readouterr().err
    assert main(["train", "decoder", "--latents", "a", "--out", str(tmp_path / "b"), "--painted", "c"]) == 2
    assert "--reader" in capsys.readouterr().err
    assert not (tmp_path / "b").exists()


def test_a_run_needs_a_budget_and_widths_that_are_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", "autoencoder", "--out", str(tmp_path / "run"), "--threads", "1", "--height", "16"]
    assert main([*arguments, "--widths", "8,12,a"]) == 2 and "8,12,a" in capsys.readouterr().err
    assert main([*arguments, "--steps", "1", "--widths", "8,8,12"]) == 2 and "must differ" in capsys.readouterr().err
    assert main(arguments) == 2 and "budget" in capsys.readouterr().err
    assert not (tmp_path / "run").exists(), "told before anything is prepared"
