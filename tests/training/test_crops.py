"""What the upscaler learns from: squares of strips, soft and sharp of one place, and of some places the richest."""

from __future__ import annotations

from dataclasses import replace

import torch

from ldm3d_web.training.upscaler import UpscalerPlan, rich_crops, shrink

PLAN = replace(UpscalerPlan(), batch=40, tries=1)


def test_soft_and_sharp_are_of_one_place_across_the_wrap_too() -> None:
    strips = torch.rand(2, 4, 64, 256, generator=torch.Generator().manual_seed(0))
    soft, sharp = rich_crops(shrink(strips), strips, 8, PLAN, torch.Generator().manual_seed(0))
    assert soft.shape == (40, 4, 8, 8) and sharp.shape == (40, 4, 32, 32)
    torch.testing.assert_close(shrink(sharp), soft)
    columns = torch.arange(256.0).expand(1, 4, 64, 256)
    _, numbered = rich_crops(shrink(columns), columns, 8, PLAN, torch.Generator().manual_seed(0))
    assert set(numbered.diff(dim=-1).unique().tolist()) == {1.0, -255.0}


def test_what_has_edges_is_chosen() -> None:
    strips = torch.zeros(1, 4, 64, 256)
    strips[..., 100:140] = torch.rand(1, 4, 64, 40, generator=torch.Generator().manual_seed(0))

    def edges(tries: int) -> float:
        plan = replace(PLAN, tries=tries)
        _, sharp = rich_crops(shrink(strips), strips, 8, plan, torch.Generator().manual_seed(0))
        return float((sharp.flatten(1).std(1) > 0).float().mean())

    assert edges(4) > 1.5 * edges(1)
