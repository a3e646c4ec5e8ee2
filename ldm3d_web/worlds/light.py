"""Times of day and weather become sun, sky and air."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.palettes import ELEVATION_DEG, GLOW, PALETTES
from ldm3d_web.worlds.world import Colour, Light

TIMES = tuple(PALETTES)
WEATHERS = ("clear", "cloudy", "foggy")


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Between two colours: `share` of the other."""
    return tuple(float(a + share * (b - a)) for a, b in zip(one, other, strict=True))


def scaled(colour: Colour, factor: float) -> Colour:
    """The colour, lighter or darker."""
    return tuple(float(min(1.0, factor * c)) for c in colour)


def towards(azimuth: float, elevation: float) -> np.ndarray:
    """Unit vector of a direction."""
    ring = np.cos(elevation)
    return np.array([ring * np.sin(azimuth), np.sin(elevation), -ring * np.cos(azimuth)])


def make_light(
    rng: np.random.Generator, time: str, weather: str, azimuth: float, tint: Colour | None = None, air_m: float = 190.0
) -> Light:
    """Light for a time of TIMES and a weather of WEATHERS with the sun at an azimuth.

    tint: a colour that the air takes on a little, that of the ground's dust or of the plants. air_m: `Light.fog_m` on
    a clear day.
    """
    p = PALETTES[time][int(rng.integers(len(PALETTES[time])))]
    sun, above, below, zenith, middle, horizon, away, disc = (np.array(c) for c in p)
    if tint is not None:
        shade, share = np.array(tint) * (horizon.mean() / np.mean(tint)), 0.08 if time == "night" else 0.2
        horizon, away = (1 - share) * horizon + share * shade, (1 - share) * away + share * shade
        middle = (1 - 0.4 * share) * middle + 0.4 * share * shade
        below = 0.6 * below + 0.4 * np.array(tint) * (below.mean() / np.mean(tint))
    direction = towards(azimuth, np.deg2rad(rng.uniform(*ELEVATION_DEG[time])))
    glow, radius, stars = GLOW[time], {"night": 0.05, "noon": 0.05}.get(time, 0.065), float(time == "night")
    fog_m = air_m * rng.uniform(0.85, 1.15)
    if weather == "cloudy":
        grey = np.array([0.24, 0.30, 0.40] if time == "night" else [0.62, 0.66, 0.72])
        zenith, middle = 0.45 * zenith + 0.5 * grey, 0.5 * middle + 0.5 * grey
        horizon, away = 0.7 * horizon + 0.3 * grey * 1.2, 0.7 * away + 0.3 * grey * 1.2
        sun, above, below, fog_m, glow, stars = sun * 0.55, above * 1.22, below * 1.25, fog_m * 0.75, 0.6 * glow, 0.0
    if weather == "foggy":
        mist = 0.55 * horizon + 0.45 * away.mean() + 0.02
        zenith, middle = 0.35 * zenith + 0.65 * mist, 0.15 * middle + 0.85 * mist
        horizon, away = mist, 0.25 * away + 0.75 * mist
        sun, above, below = sun * 0.4, above * 1.2, below * 1.25
        fog_m, radius = rng.uniform(15, 24), 0.0
        glow, stars = 0.5 * glow, 0.0
    clip = lambda c: tuple(float(x) for x in np.clip(c, 0, 1))  # noqa: E731
    return Light(
        direction, clip(sun), clip(above), clip(below), clip(zenith), clip(middle), clip(horizon), clip(away),
        clip(disc), disc_radius_rad=radius, glow=glow, stars=stars, fog_m=fog_m,
    )  # fmt: skip
