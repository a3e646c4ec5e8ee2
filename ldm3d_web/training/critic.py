"""The opponent of the decoder and of the upscaler: a network that tells painted patches from rendered ones.

Where latents, or a soft picture, leave the answer open, the mean of all it might be costs least, and that mean is a
blur. A patch discriminator (Isola et al. 2017, arXiv 1611.07004) with the hinge loss (Lim and Ye 2017, arXiv
1705.02894) has blur found out: LDM3D's autoencoder is Stable Diffusion's, which was trained against one. In place of a
perceptual loss, whose network would have to come from elsewhere, the critic's own features are compared (Wang et al.
2018, arXiv 1711.11585).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from ldm3d_web.ldm3d.wrap import wrap_longitude

SLOPE = 0.2  # of the leaky ReLU below zero
FEATURES_WEIGHT = 4.0  # features against verdict: agreement with this very picture leads, any picture's look follows


class Critic(nn.Module):
    """Colour and depth (B, 4, H, W) in [-1, 1] to a verdict for each patch, (B, 1, H/8, W/8): above 0 it is a render.

    Each verdict sees 47 pixels in height and width, around the wrap.
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        widths = (4, width, 2 * width, 4 * width, 4 * width)
        self.layers = nn.ModuleList(
            nn.Conv2d(above, below, 3, stride=stride, padding=1)
            for (above, below), stride in zip(pairwise(widths), (2, 2, 2, 1), strict=True)
        )
        self.norms = nn.ModuleList(nn.GroupNorm(4, each) for each in widths[2:])
        self.verdict = nn.Conv2d(widths[-1], 1, 3, padding=1)
        wrap_longitude(self)

    def forward(self, picture: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The verdicts, and the features of each layer, finest first."""
        features = []
        for layer, norm in zip(self.layers, (nn.Identity(), *self.norms), strict=True):
            picture = functional.leaky_relu(norm(layer(picture)), SLOPE)
            features.append(picture)
        return self.verdict(picture), features


class Opponent:
    """A critic and its optimizer: `pull` says what it holds against a painter, `learn` lets it catch up."""

    def __init__(self, width: int, rate: float, device: str = "cpu") -> None:
        self.critic = Critic(width).to(device)
        self.optimizer = torch.optim.AdamW(self.critic.parameters(), lr=rate, betas=(0.5, 0.99), weight_decay=0)

    def pull(self, painted: Tensor, rendered: Tensor) -> Tensor:
        """What is held against ``painted``: its verdicts, and how its features differ from the render's."""
        self.critic.requires_grad_(False)
        with torch.no_grad():
            _, wanted = self.critic(rendered)
        verdicts, features = self.critic(painted)
        self.critic.requires_grad_(True)
        differ = [functional.l1_loss(mine, its) / its.abs().mean() for mine, its in zip(features, wanted, strict=True)]
        return FEATURES_WEIGHT * torch.stack(differ).mean() - verdicts.mean()

    def learn(self, painted: Tensor, rendered: Tensor) -> Tensor:
        """One step towards verdicts above 1 for renders and below -1 for what is painted; returns the hinge loss."""
        verdicts, _ = self.critic(torch.cat([rendered, painted.detach()]))
        on_rendered, on_painted = verdicts.chunk(2)
        loss = functional.relu(1 - on_rendered).mean() + functional.relu(1 + on_painted).mean()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss.detach()


def pushed(
    painted: Tensor,
    rendered: Tensor,
    loss: Callable[[Tensor], dict[str, Tensor]],
    opponent: Opponent | None,
    share: float,
) -> tuple[Tensor, dict[str, Tensor]]:
    """The gradient at a painted picture of a loss and of an opponent that learns by it, and the parts of the loss.

    share: of the opponent's pull beside the loss's; at 0 the opponent only learns.
    """
    seen = painted.detach().float().requires_grad_()
    parts = loss(seen)
    (gradient,) = torch.autograd.grad(parts["total"], seen)
    if opponent:
        parts["critic"] = opponent.learn(seen, rendered)
        if share:
            (against,) = torch.autograd.grad(opponent.pull(seen, rendered), seen)
            gradient = balanced(gradient, against, share)
    return gradient.to(painted.dtype), parts


def balanced(first: Tensor, second: Tensor, share: float) -> Tensor:
    """Sum of two gradients of one picture, the second scaled to ``share`` of the first one's length.

    VQGAN's adaptive weight (Esser et al. 2021, arXiv 2012.09841, eq. 7), taken at the picture instead of at the last
    layer, where both gradients are at hand.
    """
    return first + share * first.norm() / second.norm().clamp(min=1e-12) * second
