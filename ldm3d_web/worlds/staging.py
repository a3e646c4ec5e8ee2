"""What outdoor places share: a path, things at one's feet, something large beside the view."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.draft import Draft, Make
from ldm3d_web.worlds.light import mixed
from ldm3d_web.worlds.world import Colour, Feature, Strip


def path(d: Draft, colour: Colour, half_width: float = 0.75, end: float = 30.0) -> Feature:
    """A winding path to the front."""
    behind = d.pick((1.3, 1.3, 4.0, 9.0))  # it begins at one's feet, or passes them
    strip = Strip(d.front, half_width, 0.0, d.u(0.6, 1.6), d.u(3.5, 6.0), d.u(0, 6.28), -behind, end)
    d.mark("path", d.front, 6.0)
    if behind > 2:
        d.mark("path", d.front + np.pi, 4.0)
    return d.clear(Feature(strip, colour, rim=mixed(colour, (0.2, 0.2, 0.15), 0.18), rim_m=0.18), 0.35)


def near_things(d: Draft, makes: list, count: int = 3, near: float = 1.25, far: float = 2.2) -> None:
    """Small things at one's feet, in two clumps beside the view to the front."""
    sides = [d.front + d.u(0.5, 1.2), d.front - d.u(0.5, 1.2), d.front + np.pi + d.u(-0.8, 0.8)]
    for i in range(count):
        name, make, radius, colour = makes[i % len(makes)]
        d.some(name, d.count(2, 3), make, near, far, radius, sides[i % 3], colour)


def frame(
    d: Draft, name: str, make: Make, radius: float, colour: str = "", near: float = 2.6, far: float = 4.0
) -> None:
    """Something large beside the view, as a painter would: it gives the distance a measure."""
    side = d.front + d.pick((-1.0, 1.0)) * d.u(0.65, 1.15)
    d.one(name, make, near, far, radius, side, 0.15, colour)
