"""What one depth channel carries of disparity: itself, or a curve of it in which far places have their share.

A checkpoint names its curve in the autoencoder's own config; without a name it is plain disparity, as in Intel's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Curve:
    """What a single depth channel carries of disparity d: u = log(1 + k d) / log(1 + k), both in [0, 1]; k = 0: u = d.

    With k = far / near - 1 it is the logarithm of distance: u = log(far / z) / log(far / near), in which an error means
    the same share of the distance everywhere. In disparity 3 % at 50 m is less than a thousandth of the range.
    """

    k: float = 0.0

    def bend(self, disparity: torch.Tensor) -> torch.Tensor:
        """What the channel carries, in [0, 1], of disparity in [0, 1]; of the same type."""
        if not self.k:
            return disparity
        return ((self.k * disparity.float()).log1p() / math.log1p(self.k)).to(disparity.dtype)

    def straighten(self, carried: torch.Tensor) -> torch.Tensor:
        """Disparity in [0, 1] of what the channel carries in [0, 1]: the inverse of `bend`."""
        if not self.k:
            return carried
        return ((carried.float() * math.log1p(self.k)).expm1() / self.k).clamp(0, 1).to(carried.dtype)


LINEAR = Curve()
CURVE_KEY = "depth_curve"  # in an autoencoder's config: {"log": k}; Intel's have none, which is plain disparity


def curve_of(config: Mapping[str, Any]) -> Curve:
    """The curve that an autoencoder's config names. Raises ValueError, with a sentence, for one that is not known."""
    named = config.get(CURVE_KEY)
    if named is None:
        return LINEAR
    k = named.get("log") if isinstance(named, Mapping) and set(named) == {"log"} else None
    if isinstance(k, bool) or not isinstance(k, int | float) or not 0 <= k < math.inf:
        raise ValueError(f'the {CURVE_KEY} of an autoencoder is {{"log": k}} with a number k from 0 on, not {named!r}')
    return Curve(float(k))
