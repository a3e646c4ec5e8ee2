"""Muon for a network's matrices, AdamW for the rest, as one optimizer.

Muon (Jordan et al. 2024; torch.optim.Muon) makes every update's singular values alike. On two cores it takes a
denoiser as far as AdamW in about half the time (docs/log.md). A convolution is a matrix from all it sees at once,
input channels times taps, to its output channels.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

OWN_WAY = ("conv_in.", "conv_out.", "time_embedding.")  # ends of a U-Net, whose rows are not alike: AdamW's


class MuonAndAdamW:
    """One optimizer of two, with the same learning rate: Muon's updates are as large as AdamW's (arXiv 2502.16982).

    own_way: beginnings of the names of weights that are AdamW's, though they are matrices.
    """

    def __init__(
        self, model: nn.Module, learning_rate: float, weight_decay: float = 1e-2, own_way: tuple[str, ...] = OWN_WAY
    ) -> None:
        named = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
        self.matrices = [weight for name, weight in named if weight.ndim >= 2 and not name.startswith(own_way)]
        chosen = {id(weight) for weight in self.matrices}
        rest = [weight for _, weight in named if id(weight) not in chosen]
        # Views that share the weights' memory, since torch's Muon takes two dimensions only.
        self.views = [nn.Parameter(weight.data.flatten(1)) for weight in self.matrices]
        self.parts: list[torch.optim.Optimizer] = [
            torch.optim.Muon(self.views, lr=learning_rate, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(rest, lr=learning_rate, betas=(0.9, 0.99), weight_decay=weight_decay, fused=True),
        ]

    def set_rate(self, rate: float) -> None:
        """The learning rate of the next steps."""
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = rate

    def step(self) -> None:
        """Moves all weights by their gradients."""
        for view, weight in zip(self.views, self.matrices, strict=True):
            view.grad = None if weight.grad is None else weight.grad.flatten(1)
        for part in self.parts:
            part.step()

    def state_dict(self) -> dict[str, Any]:
        """Of both parts."""
        return {"parts": [part.state_dict() for part in self.parts]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes back what `state_dict` gave."""
        for part, stored in zip(self.parts, state["parts"], strict=True):
            part.load_state_dict(stored)
