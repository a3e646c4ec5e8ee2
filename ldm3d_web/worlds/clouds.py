"""Clouds: painted solids without a distance, in the colours of the sky they hang in."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.light import mixed
from ldm3d_web.worlds.props import stones
from ldm3d_web.worlds.world import Light, Solid


def clouds(rng: np.random.Generator, time: str, weather: str, light: Light) -> list[Solid]:
    """A few on a clear day, many when it is cloudy, none in fog and under the stars."""
    if weather == "foggy" or (weather == "clear" and time == "night"):
        return []
    many = weather == "cloudy"
    count = 9 if many else int(rng.integers(3, 6))
    bright = mixed((1.0, 1.0, 1.0), light.disc, 0.35)
    if time == "night":
        bright = mixed(light.middle, (0.75, 0.80, 0.95), 0.35)
    elif many:
        bright = mixed(bright, light.horizon, 0.35)
    shade = mixed(mixed(light.middle, light.horizon, 0.55), light.zenith, 0.45 if many else 0.25)
    start = rng.uniform(-np.pi, np.pi)
    solids = []
    for i in range(count):
        size = rng.uniform(50, 85) if many else rng.uniform(34, 58)
        azimuth = start + (i + rng.uniform(-0.35, 0.35)) * 2 * np.pi / count
        high = rng.uniform(0.18, 0.8) if many else rng.uniform(0.2, 0.6)
        solids += stones.cloud(rng, azimuth, high, 165, size, bright, shade)
    return solids
