"""The autoencoder's head start: it paints at once, its latents are principal components, the norms let them pass."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from ldm3d_web.errors import InvalidInput
from ldm3d_web.training import autoencoder
from ldm3d_web.training.linear import Linear, start_as_linear
from ldm3d_web.training.source import bend
from tests.training.conftest import Kitchen

PLAN = autoencoder.AutoencoderPlan(widths=(12, 16, 32, 40, 48), latent_channels=16, linear_steps=20)


@pytest.fixture(scope="module")
def begun(kitchen: Kitchen):
    torch.manual_seed(0)
    model = autoencoder.build(PLAN, 128)
    start_as_linear(model, kitchen.data, PLAN.curve, crop=64, steps=PLAN.linear_steps)
    return model.eval()


@torch.no_grad()
def test_it_paints_far_more_than_a_thumbnail_at_once(begun, kitchen: Kitchen) -> None:
    pictures = bend(kitchen.data.look(4), PLAN.curve)
    painted = begun.decode(begun.encode(pictures).latent_dist.mean).sample
    thumbnail = functional.interpolate(functional.avg_pool2d(pictures, 16), scale_factor=16, mode="bilinear")
    assert functional.mse_loss(painted, pictures) < 0.6 * functional.mse_loss(thumbnail, pictures)


@torch.no_grad()
def test_the_latents_are_principal_components_strongest_first(begun, kitchen: Kitchen) -> None:
    latents = begun.encode(bend(kitchen.data.look(4), PLAN.curve)).latent_dist.mean
    flat = latents.movedim(1, -1).flatten(0, -2)
    deviation = flat.square().mean(0).sqrt()
    assert deviation[:4].mean() > 2 * deviation[-4:].mean() > 0
    scaled = flat / deviation
    between = scaled.T @ scaled / len(scaled) - torch.eye(16)
    assert between.abs().max() < 0.1


def test_what_passes_the_norms_is_what_the_linear_part_says(kitchen: Kitchen) -> None:
    """The matrices are not kept, so two autoencoders are compared: their latents differ by the matrix alone."""
    torch.manual_seed(0)
    model = autoencoder.build(PLAN, 128)
    start_as_linear(model, kitchen.data, PLAN.curve, crop=64, steps=2)
    picture = bend(kitchen.data.look(1), PLAN.curve)
    deep = model.encode(picture).latent_dist.mean
    way = Linear(model)  # with fresh matrices: what they see is what the last shortcut sees
    seen: list[torch.Tensor] = []
    way.to_latents.register_forward_hook(lambda _, given, __: seen.append(given[0]))
    with torch.no_grad():
        way.encode(picture)
    flat = [each.movedim(1, -1).flatten(0, -2).double() for each in (seen[0], deep.detach())]
    rest = flat[1] - flat[0] @ torch.linalg.lstsq(flat[0], flat[1]).solution
    assert rest.square().mean().sqrt() < 0.02 * flat[1].square().mean().sqrt()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"widths": (16, 16, 32)}, "first two widths"), ({"latent_channels": 64}, "no room for two of each of 64")],
)
def test_a_shape_without_a_way_is_refused(changes: dict, sentence: str, kitchen: Kitchen) -> None:
    model = autoencoder.build(replace(PLAN, **changes), 128)
    with pytest.raises(InvalidInput, match=sentence):
        start_as_linear(model, kitchen.data, PLAN.curve, crop=64, steps=1)
