"""The grid of latents goes, the picture stays."""

from __future__ import annotations

import math

import pytest
import torch

from ldm3d_web.ldm3d.deblock import deblock_of, deblocked

SIDE, STEP = 16, 0.06


def scene(height: int = 64, width: int = 128) -> torch.Tensor:
    """(1, 4, H, W): slopes and waves that go on around, and one thing with hard edges that lie on the grid."""
    rows, columns = torch.meshgrid(torch.linspace(-1, 1, height), torch.arange(width) / width, indexing="ij")
    waves = 0.3 * rows + 0.2 * (2 * math.pi * columns).sin()
    picture = torch.stack([waves, 0.5 * waves, -waves, rows * 0.4])[None].clone()
    picture[..., SIDE : 2 * SIDE, SIDE : 3 * SIDE] += 0.5
    return picture


def with_grid(picture: torch.Tensor, strength: float) -> torch.Tensor:
    """Each square a little lighter or darker than its neighbours."""
    generator = torch.Generator().manual_seed(0)
    height, width = picture.shape[-2:]
    squares = torch.rand(1, picture.shape[1], height // SIDE, width // SIDE, generator=generator) - 0.5
    return picture + strength * squares.repeat_interleave(SIDE, -1).repeat_interleave(SIDE, -2)


def grid_over_rest(picture: torch.Tensor) -> float:
    """The mean step at borders of columns, the wrap among them, over the mean step between all columns."""
    steps = (picture - picture.roll(1, -1)).abs().mean(dim=(0, 1, 2))
    return float(steps[::SIDE].mean() / steps.mean())


def test_the_grid_goes_and_comes_nearer_to_the_truth() -> None:
    truth = scene()[..., 2 * SIDE :, :]  # below the thing
    spoilt = with_grid(truth, 0.04)
    mended = deblocked(spoilt, SIDE, STEP)
    assert grid_over_rest(spoilt) > 2.5 and grid_over_rest(mended) < 1.2
    assert (mended - truth).square().mean() < (spoilt - truth).square().mean()


def test_edges_of_the_picture_stay_though_they_lie_on_the_grid() -> None:
    truth = scene()
    assert torch.allclose(deblocked(truth, SIDE, STEP), truth, atol=2e-3)


def test_the_wrap_is_a_border_like_the_others_and_none_in_a_flat_picture() -> None:
    spoilt = with_grid(scene(), 0.04)
    for turn in (SIDE, 3 * SIDE):
        turned = deblocked(spoilt.roll(turn, -1), SIDE, STEP)
        assert torch.equal(turned, deblocked(spoilt, SIDE, STEP).roll(turn, -1))
    flat = deblocked(spoilt, SIDE, STEP, wrap=False)
    assert torch.equal(flat[..., :3], deblocked(spoilt[..., : 2 * SIDE], SIDE, STEP, wrap=False)[..., :3])


def test_rows_at_the_poles_are_no_neighbours() -> None:
    spoilt = with_grid(scene(), 0.04)
    other = spoilt.clone()
    other[..., -1, :] += 0.03
    assert torch.equal(deblocked(spoilt, SIDE, STEP)[..., :8, :], deblocked(other, SIDE, STEP)[..., :8, :])


def test_without_a_step_or_with_too_small_squares_nothing_changes() -> None:
    spoilt = with_grid(scene(), 0.04)
    assert deblocked(spoilt, SIDE, 0.0) is spoilt and deblocked(spoilt, 4, STEP) is spoilt


def test_what_a_config_names() -> None:
    assert deblock_of({}) == deblock_of({"deblock": None}) == 0 and deblock_of({"deblock": 0.06}) == 0.06
    for wrong in (True, "0.06", -0.01, 1.01, math.nan):
        with pytest.raises(ValueError, match="deblock"):
            deblock_of({"deblock": wrong})
