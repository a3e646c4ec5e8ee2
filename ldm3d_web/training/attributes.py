"""A judge of pictures: a small network, trained on renders, that tells the place and the time of day.

It knows nothing of sentences or of the painter. If it finds in painted panoramas what their sentences asked for about
as often as it finds in renders what they truly are, then the painter does as it is told.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ldm3d_web.training.shards import Shards
from ldm3d_web.training.text import Labels

JUDGED = ("place", "time")
SIZE = (64, 128)  # what it looks at: a stranger would tell a desert from a city at this size too


class Judge:
    """Tells labels from panoramas. Make one with `train_judge`."""

    def __init__(self, labels: dict[str, list[str]]) -> None:
        from ldm3d_web.ldm3d.wrap import wrap_longitude

        self.labels = labels
        widths = (4, 24, 48, 96, 128)
        blocks: list[nn.Module] = []
        for before, after in pairwise(widths):
            blocks += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.GroupNorm(8, after), nn.SiLU()]
        wrapped = nn.Sequential(*blocks)
        wrap_longitude(wrapped)
        # The rows stay apart, since up is not down; the columns do not, since a panorama has no left.
        self.network = nn.Sequential(
            wrapped, nn.AdaptiveAvgPool2d((4, 1)), nn.Flatten(), nn.Linear(4 * 128, sum(map(len, labels.values())))
        )

    def logits(self, pictures: Tensor) -> dict[str, Tensor]:
        """(B, 4, H, W) in [-1, 1] to (B, values) for each label."""
        small = functional.interpolate(pictures, SIZE, mode="area")
        groups = self.network(small).split([len(values) for values in self.labels.values()], dim=1)
        return dict(zip(self.labels, groups, strict=True))

    @torch.no_grad()
    def tell(self, picture: np.ndarray) -> dict[str, str]:
        """The labels of one panorama, (4, H, W) in [-1, 1]."""
        self.network.eval()
        found = self.logits(torch.from_numpy(np.ascontiguousarray(picture))[None])
        return {name: self.labels[name][int(group.argmax())] for name, group in found.items()}


def train_judge(shards: Shards, *, steps: int = 1500, batch: int = 32, rate: float = 2e-3, seed: int = 0) -> Judge:
    """Trains a judge on rendered worlds, turned and mirrored at random, colours a little changed."""
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    every = Labels.of(shards.tags).words
    judge = Judge({name: every[name] for name in JUDGED})
    truth = torch.tensor(
        [[judge.labels[name].index(str(tags.get(name, ""))) for name in JUDGED] for tags in shards.tags]
    )
    small = torch.stack([_small(shards.rgbd(index)) for index in range(len(shards))])
    optimizer = torch.optim.AdamW(judge.network.parameters(), lr=rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    judge.network.train()
    for _ in range(steps):
        chosen = torch.randint(len(small), (batch,), generator=generator)
        turns = torch.randint(SIZE[1], (batch,), generator=generator).tolist()
        pictures = torch.stack([small[index].roll(turn, -1) for index, turn in zip(chosen, turns, strict=True)]).float()
        if torch.rand((), generator=generator) < 0.5:
            pictures = pictures.flip(-1)
        # A painter's pictures are softer and a little off in colour; that must not confuse the judge.
        pictures = pictures + 0.1 * torch.randn(batch, 4, 1, 1, generator=generator)
        pictures = pictures + 0.05 * torch.randn(pictures.shape, generator=generator)
        if torch.rand((), generator=generator) < 0.5:
            pictures = functional.avg_pool2d(pictures, 2)
        logits = judge.logits(pictures)
        loss = sum(
            (functional.cross_entropy(logits[name], truth[chosen, column]) for column, name in enumerate(JUDGED)),
            start=torch.zeros(()),
        )
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
    return judge


def share_right(told: list[dict[str, str]], truth: list[dict[str, str]]) -> dict[str, float]:
    """For each label the share of pictures of which it was told rightly; a truth of "" is not counted."""
    right: dict[str, float] = {}
    for name in JUDGED:
        pairs = [(one[name], other[name]) for one, other in zip(told, truth, strict=True) if other[name]]
        right[name] = sum(one == other for one, other in pairs) / len(pairs) if pairs else float("nan")
    return right


def _small(picture: np.ndarray) -> Tensor:
    return functional.interpolate(torch.from_numpy(picture)[None], SIZE, mode="area")[0].half()
