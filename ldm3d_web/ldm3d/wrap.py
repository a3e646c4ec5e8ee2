"""Circular convolution in longitude: the left and the right edge of a panorama are neighbours.

`wrap_longitude` changes an existing U-Net or autoencoder in place so that every convolution pads its columns from the
opposite edge instead of with zeros; rows keep their zeros, since the poles are edges. Weights, `state_dict` keys and
output sizes stay, so it can go on before training or after loading; `unwrap_longitude` undoes it exactly.

A network so wrapped commutes with a turn of the viewer: rolling the input rolls the output, as long as the roll is a
whole number of the network's coarsest columns. Attention is global and the norms take whole-picture statistics, so
convolutions are all there is to change.

The wrap is a forward pre-hook that pads the input, and a `padding` attribute that no longer does. Both are read by
`torch.nn.Conv2d` and by the subclasses and adapters (LoRA) that compute the convolution themselves; the dtype is left
to autocast, and the hook and the attribute survive `copy.deepcopy`, as an EMA copy needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn

# Where the padding of a wrapped convolution is kept until it is unwrapped.
_ORIGINAL = "_padding_without_wrap"

_Convolution = nn.Conv2d | nn.ConvTranspose2d


def wrap_longitude(module: nn.Module) -> None:
    """Make every convolution in `module` wrap around in x. Doing it twice changes nothing more.

    Raises ValueError for a layer that mixes columns and that this function does not know how to wrap: a seam would
    stay there unseen.
    """
    plan = [(conv, _hook_for(name, conv, joins)) for name, conv, joins in _column_mixers(module)]
    for conv, hook in plan:
        setattr(conv, _ORIGINAL, conv.padding)
        conv.padding = (int(conv.padding[0]), 0)
        conv.register_forward_pre_hook(hook)


def unwrap_longitude(module: nn.Module) -> None:
    """Give every convolution in `module` its own padding back. Does nothing where nothing is wrapped."""
    for conv in module.modules():
        if hasattr(conv, _ORIGINAL):
            conv.padding = getattr(conv, _ORIGINAL)
            delattr(conv, _ORIGINAL)
            hooks = conv._forward_pre_hooks
            for key in [key for key, hook in hooks.items() if hook in (_pad_columns, _join_last_column)]:
                del hooks[key]


def is_wrapped(module: nn.Module) -> bool:
    """Whether `wrap_longitude` is in force on `module`."""
    return any(hasattr(conv, _ORIGINAL) for conv in module.modules())


def _column_mixers(module: nn.Module) -> Iterator[tuple[str, _Convolution, bool]]:
    """Name, layer and "its owner appends a column of zeros" for each unwrapped layer whose output mixes columns."""
    from diffusers.models.downsampling import Downsample2D

    # AutoencoderKL's encoder pads right and bottom by one by itself, then convolves without padding.
    joined = {
        owner.conv
        for owner in module.modules()
        if isinstance(owner, Downsample2D) and owner.use_conv and not owner.padding
    }
    for name, layer in module.named_modules():
        if not isinstance(layer, _Convolution) or hasattr(layer, _ORIGINAL):
            continue
        # A patch embedding, whose stride is its kernel, looks at each column once: nothing reaches over the edge.
        if layer.kernel_size[1] > 1 and not (layer.kernel_size[1] == layer.stride[1] and _columns(layer) == 0):
            yield name, layer, layer in joined


def _columns(layer: _Convolution) -> int | None:
    """Columns of padding on each side; None where the padding is given by name."""
    return None if isinstance(layer.padding, str) else int(layer.padding[1])


def _hook_for(name: str, layer: _Convolution, joins: bool) -> Callable[..., Any]:
    """The hook that wraps one convolution."""
    columns = _columns(layer)
    if isinstance(layer, nn.Conv2d) and columns is not None and layer.padding_mode == "zeros":
        if joins and columns == 0 and (layer.kernel_size[1], layer.stride[1]) == (3, 2):
            return _join_last_column
        if not joins and 2 * columns == layer.dilation[1] * (layer.kernel_size[1] - 1):
            return _pad_columns
    raise ValueError(f"cannot wrap {name or 'this layer'}: {layer}")


def _pad_columns(conv: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Put the columns of the opposite edge on each side of x (B, C, H, W)."""
    x, *rest = inputs
    columns = int(getattr(conv, _ORIGINAL)[1])
    # torch.cat keeps the memory format; F.pad(mode="circular") falls back from channels-last, several times slower.
    return (torch.cat((x[..., -columns:], x, x[..., :columns]), dim=-1), *rest)


def _join_last_column(conv: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Replace the column of zeros that the owner put on the right of x by the first column, its true neighbour."""
    x, *rest = inputs
    return (torch.cat((x[..., :-1], x[..., :1]), dim=-1), *rest)
