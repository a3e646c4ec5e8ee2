"""Killed and started again, a run gives the same weights as in one go: for each stage, by a real SIGTERM."""

from __future__ import annotations

import csv
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from ldm3d_web.errors import InvalidInput
from ldm3d_web.training import autoencoder, decoder, denoiser, guide, refiner, text, upscaler
from ldm3d_web.training.latents import open_latents
from ldm3d_web.training.run import Average, Run
from ldm3d_web.training.shards import open_shards
from tests.training.conftest import AUTOENCODER, DECODER, DENOISER, GUIDE, REFINER, TEXT, UPSCALER, Kitchen

STEPS = 4
STAGES: dict[str, Callable[[Kitchen, Path], Run]] = {
    "autoencoder": lambda kitchen, out: autoencoder.train(kitchen.data, out, AUTOENCODER, steps=STEPS),
    "text": lambda kitchen, out: text.train(kitchen.data.sayings, kitchen.data.tags, out, TEXT, steps=STEPS),
    "denoiser": lambda kitchen, out: denoiser.train(
        open_latents(kitchen.latents), kitchen.text, out, DENOISER, steps=STEPS
    ),
    "guide": lambda kitchen, out: guide.train(
        open_latents(kitchen.latents), kitchen.text, kitchen.denoiser, out, GUIDE, steps=STEPS
    ),
    "decoder": lambda kitchen, out: decoder.train(kitchen.data, kitchen.latents / "vae", out, DECODER, steps=STEPS),
    "refiner": lambda kitchen, out: refiner.train(kitchen.data, kitchen.decoder / "vae", out, REFINER, steps=STEPS),
    "upscaler": lambda kitchen, out: upscaler.train(
        open_shards(kitchen.wide), kitchen.latents / "vae", out, UPSCALER, steps=STEPS
    ),
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stopped_stage_goes_on_exactly(
    stage: str, kitchen: Kitchen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    STAGES[stage](kitchen, tmp_path / "whole")

    log = Run.log

    def stop_at_two(run: Run, *args: Any, **numbers: Any) -> None:
        log(run, *args, **numbers)
        if run.step == 1:
            signal.raise_signal(signal.SIGTERM)

    with monkeypatch.context() as patch:
        patch.setattr(Run, "log", stop_at_two)
        stopped = STAGES[stage](kitchen, tmp_path / "halves")
    assert stopped.step == 2 and not stopped.finished
    resumed = STAGES[stage](kitchen, tmp_path / "halves")
    assert resumed.step == STEPS and resumed.finished

    whole, halves = (torch.load(tmp_path / name / "checkpoint.pt", weights_only=True) for name in ("whole", "halves"))
    assert _tensors(whole["parts"])
    for one, other in zip(_tensors(whole["parts"]), _tensors(halves["parts"]), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)
    torch.testing.assert_close(whole["random"], halves["random"])


def test_training_changes_every_weight_that_a_picture_needs(kitchen: Kitchen) -> None:
    """Nothing is frozen by accident: after a few steps all of the denoiser has moved away from its average."""
    state = torch.load(kitchen.denoiser / "checkpoint.pt", weights_only=True)
    now, mean = state["parts"]["model"].values(), state["parts"]["average"]["weights"]
    still = [one.shape for one, other in zip(now, mean, strict=True) if torch.equal(one, other)]
    assert not still


def _run(folder: Path, **budget: Any) -> tuple[Run, torch.nn.Linear]:
    model = torch.nn.Linear(2, 2)
    return Run(folder, {"model": model}, **budget), model


def test_the_clock_goes_on_where_it_stood(tmp_path: Path) -> None:
    run, _ = _run(tmp_path, minutes=10)
    run.step, run.seconds = 7, 300.0
    run.save()
    again, _ = _run(tmp_path, minutes=10)
    assert (again.step, again.seconds, again.progress) == (7, 300.0, 0.5)


def test_the_learning_rate_warms_up_and_ends_near_zero(tmp_path: Path) -> None:
    run, _ = _run(tmp_path, steps=1000)
    rates = []
    for run.step in range(1001):
        rates.append(run.learning_rate(1.0, warmup_steps=100))
    assert rates[0] == pytest.approx(0.01, rel=0.01) and max(rates) > 0.95
    assert rates[100:] == sorted(rates[100:], reverse=True) and rates[-1] == pytest.approx(0.01)


def test_the_log_is_a_table(tmp_path: Path) -> None:
    run, _ = _run(tmp_path, steps=3)
    for _ in run.steps():
        run.log(0, loss=1.5)
    rows = list(csv.DictReader((tmp_path / "log.csv").open()))
    assert [row["step"] for row in rows] == ["0", "1", "2"] and {row["loss"] for row in rows} == {"1.5"}


@pytest.mark.parametrize("budget", [{}, {"minutes": 0}, {"steps": -1}, {"minutes": 1, "steps": 1}])
def test_a_run_needs_one_budget(budget: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="budget"):
        _run(tmp_path, **budget)


def test_a_checkpoint_of_another_stage_is_refused(tmp_path: Path) -> None:
    run, model = _run(tmp_path, steps=1)
    run.save()
    with pytest.raises(InvalidInput, match="another kind"):
        Run(tmp_path, {"other": model}, steps=1)


def test_the_average_follows_and_swaps_back() -> None:
    model = torch.nn.Linear(2, 2)
    average = Average(model, decay=0.9)
    start = [weight.clone() for weight in average.weights]
    with torch.no_grad():
        for weight in model.parameters():
            weight += 1
    for _ in range(300):
        average.update()
    for mean, begun in zip(average.weights, start, strict=True):
        torch.testing.assert_close(mean, begun + 1)
    with torch.no_grad():
        for weight in model.parameters():
            weight.zero_()
    average.swap()
    assert all(float(weight.detach().abs().max()) > 0 for weight in model.parameters())
    average.swap()
    assert all(float(weight.detach().abs().max()) == 0 for weight in model.parameters())


def _tensors(value: Any) -> list[torch.Tensor]:
    """Every tensor in a nested state, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        return [tensor for key in sorted(value, key=str) for tensor in _tensors(value[key])]
    if isinstance(value, list | tuple):
        return [tensor for each in value for tensor in _tensors(each)]
    return []
