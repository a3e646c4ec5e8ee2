"""Muon and AdamW as one: the network's own weights move, matrices by steps whose singular values are alike."""

from __future__ import annotations

import torch
from torch import nn

from ldm3d_web.training.optimizer import MuonAndAdamW


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.GroupNorm(2, 8), nn.SiLU(), nn.Conv2d(8, 2, 3, padding=1))


def moved(model: nn.Module, optimizer: MuonAndAdamW) -> dict[str, torch.Tensor]:
    """How far one step on a fixed picture moves each weight."""
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    picture = torch.randn(4, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    model.zero_grad()
    model(picture).square().mean().backward()
    optimizer.step()
    return {name: weight.detach() - before[name] for name, weight in model.named_parameters()}


def test_a_step_moves_every_weight_and_matrices_in_all_directions_alike() -> None:
    model = network()
    steps = moved(model, MuonAndAdamW(model, 1e-2, weight_decay=0))
    assert all(step.abs().max() > 0 for step in steps.values())
    for name in ("0.weight", "3.weight"):
        values = torch.linalg.svdvals(steps[name].flatten(1))
        assert values.max() < 2.5 * values.min(), "Newton-Schulz brings them within 0.7 and 1.2"
    size = steps["0.weight"].square().mean().sqrt()
    assert 0.5e-2 * 0.2 < size < 2e-2 * 0.2, "as large as AdamW's, whose steps are about 0.2 of the rate"


def test_the_rate_is_both_parts_rate() -> None:
    model = network()
    optimizer = MuonAndAdamW(model, 1e-2, weight_decay=0)
    optimizer.set_rate(0.0)
    assert not any(step.any() for step in moved(model, optimizer).values())


def test_the_ends_of_a_denoiser_are_left_to_adamw() -> None:
    model = nn.ModuleDict({"conv_in": nn.Conv2d(3, 4, 3), "middle": nn.Conv2d(4, 4, 3), "conv_out": nn.Conv2d(4, 3, 3)})
    assert [weight.shape for weight in MuonAndAdamW(model, 1e-3).matrices] == [model["middle"].weight.shape]
