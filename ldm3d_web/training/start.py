"""A warm start: a network begins with the weights of an earlier edition of the same shape."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from ldm3d_web.errors import InvalidInput

WEIGHTS = ("diffusion_pytorch_model.safetensors", "model.safetensors")


def weights_in(part: Path) -> dict[str, torch.Tensor]:
    """The tensors in a part's folder by name. Raises InvalidInput where there are none."""
    from safetensors.torch import load_file

    files = [part / name for name in WEIGHTS if (part / name).is_file()]
    if not files:
        raise InvalidInput(f"There are no weights to start from in {part}.")
    return {name.removeprefix("text_model."): value for name, value in load_file(files[0]).items()}


def start_from(model: torch.nn.Module, part: Path, but: Sequence[str] = ()) -> None:
    """Loads the weights in a part's folder (``vae/``, ``unet/``, ...) into a network, in the network's own type.

    but: tensors that keep their own values. Raises InvalidInput where there are no weights, or of another shape.
    """
    stored = weights_in(part)
    wanted = model.state_dict()
    stored |= {name: wanted[name] for name in but}
    wrong = [name for name in wanted if name not in stored or stored[name].shape != wanted[name].shape]
    if wrong or len(stored) != len(wanted):
        raise InvalidInput(
            f"The weights in {part} have another shape than the plan: {len(wrong)} of {len(wanted)} tensors differ, "
            f"such as {(wrong or sorted(stored.keys() - wanted.keys()))[0]}; leave --start out, or choose its preset."
        )
    model.load_state_dict(stored)
