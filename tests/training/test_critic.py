"""The painters' opponent: it finds blur out, sees no edge at the wrap, and does not shout the reconstruction down."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from ldm3d_web.training import losses
from ldm3d_web.training.critic import Critic, Opponent, balanced, pushed
from tests.training.conftest import Kitchen


def test_a_critic_finds_blur_out_and_pulls_away_from_it(kitchen: Kitchen) -> None:
    torch.manual_seed(0)
    opponent = Opponent(8, 3e-3)
    generator = torch.Generator().manual_seed(0)
    rendered = kitchen.data.look(2)
    painted = functional.interpolate(functional.avg_pool2d(rendered, 4), scale_factor=4, mode="bilinear")

    losses = [opponent.learn(painted + 0.01 * torch.randn(painted.shape, generator=generator), rendered).item()]
    losses += [opponent.learn(painted, rendered).item() for _ in range(60)]
    assert losses[-1] < 0.5 * losses[0]

    assert opponent.pull(painted, rendered) > opponent.pull(rendered, rendered)
    improved = painted.clone().requires_grad_()
    for _ in range(10):
        (gradient,) = torch.autograd.grad(opponent.pull(improved, rendered), improved)
        improved = (improved - 0.05 * gradient / gradient.abs().max()).detach().requires_grad_()
    assert opponent.pull(improved, rendered) < opponent.pull(painted, rendered)
    assert all(weight.requires_grad for weight in opponent.critic.parameters())


def test_a_turned_panorama_gets_the_same_verdicts_turned() -> None:
    torch.manual_seed(0)
    critic = Critic(8)
    picture = torch.randn(1, 4, 32, 64)
    verdicts, features = critic(picture)
    again, _ = critic(picture.roll(24, dims=-1))
    assert verdicts.shape == (1, 1, 4, 8) and [each.shape[1] for each in features] == [8, 16, 32, 32]
    torch.testing.assert_close(again, verdicts.roll(3, dims=-1))


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_critic_pulls_as_hard_as_planned(scale: float) -> None:
    first, second = torch.randn(2, 1, 4, 8, 8).unbind()
    both = balanced(first, scale * second, 0.5)
    torch.testing.assert_close((both - first).norm(), 0.5 * first.norm())
    assert functional.cosine_similarity((both - first).flatten(), second.flatten(), dim=0) > 0.999


def test_where_the_critic_has_nothing_to_say_the_reconstruction_stays() -> None:
    first = torch.randn(1, 4, 8, 8)
    torch.testing.assert_close(balanced(first, torch.zeros_like(first), 0.5), first)


@pytest.mark.parametrize("share", [0, 0.5])
def test_a_painter_is_pushed_by_the_loss_and_by_its_share_of_the_critic(share: float) -> None:
    torch.manual_seed(0)
    painted, rendered = (torch.rand(2, 1, 4, 16, 32) * 2 - 1).unbind()
    painted.requires_grad_()
    alone, _ = pushed(painted, rendered, lambda seen: losses.reconstruction(seen, rendered), None, share)
    losses.reconstruction(painted, rendered)["total"].backward()
    torch.testing.assert_close(alone, painted.grad)

    opponent = Opponent(8, 3e-3)
    before = [weight.clone() for weight in opponent.critic.parameters()]
    both, parts = pushed(painted, rendered, lambda seen: losses.reconstruction(seen, rendered), opponent, share)
    torch.testing.assert_close((both - alone).norm(), share * alone.norm())
    assert {"total", "critic"} <= parts.keys()
    assert any(not torch.equal(*pair) for pair in zip(before, opponent.critic.parameters(), strict=True))
