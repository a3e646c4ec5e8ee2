"""Times of day and weather: sun, sky gradient and air."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ldm3d_web.worlds.world import Colour, Light


class Hour(NamedTuple):
    elevation_deg: tuple[float, float]
    sun: Colour
    ambient: Colour
    zenith: Colour
    horizon: Colour
    disc: Colour
    glow: float


HOURS = {
    "dawn": Hour(
        (7, 14), (0.62, 0.46, 0.38), (0.50, 0.46, 0.54), (0.42, 0.52, 0.80), (0.99, 0.78, 0.70), (1.0, 0.93, 0.80), 0.35
    ),
    "noon": Hour(
        (48, 70), (0.58, 0.56, 0.50), (0.50, 0.53, 0.56), (0.20, 0.48, 0.90), (0.76, 0.89, 0.98), (1.0, 1.0, 0.92), 0.12
    ),
    "sunset": Hour(
        (4, 10), (0.74, 0.38, 0.16), (0.56, 0.43, 0.47), (0.32, 0.24, 0.52), (1.0, 0.56, 0.26), (1.0, 0.86, 0.52), 0.55
    ),
    "night": Hour(
        (22, 45),
        (0.22, 0.25, 0.36),
        (0.32, 0.36, 0.52),
        (0.03, 0.05, 0.17),
        (0.15, 0.22, 0.46),
        (0.95, 0.96, 0.90),
        0.06,
    ),
}
WEATHERS = ("clear", "cloudy", "foggy")


def make_light(rng: np.random.Generator, time: str, weather: str) -> Light:
    """Light for a time of HOURS and a weather of WEATHERS; the sun's direction is drawn from rng."""
    hour = HOURS[time]
    elevation = np.deg2rad(rng.uniform(*hour.elevation_deg))
    azimuth = rng.uniform(0, 2 * np.pi)
    direction = np.array([np.cos(elevation) * np.sin(azimuth), np.sin(elevation), -np.cos(elevation) * np.cos(azimuth)])
    jitter = rng.uniform(-0.03, 0.03, 3)
    zenith, horizon = np.array(hour.zenith) + jitter, np.array(hour.horizon) + jitter
    sun, ambient = np.array(hour.sun), np.array(hour.ambient)
    fog_m, disc = rng.uniform(160, 260), 0.055 if time == "night" else 0.075
    if weather == "cloudy":
        grey = (0.35 * zenith + 0.65 * zenith.mean()) * 0.95 + (0.12 if time != "night" else 0.03)
        zenith, horizon = 0.35 * zenith + 0.65 * grey, 0.6 * horizon + 0.4 * horizon.mean()
        sun, ambient, fog_m = sun * 0.45, ambient * 1.12, fog_m * 0.6
    if weather == "foggy":
        mist = 0.5 * horizon + 0.5 * horizon.mean()
        zenith, horizon = 0.45 * zenith + 0.55 * mist, mist
        sun, ambient, fog_m, disc = sun * 0.4, ambient * 1.15, rng.uniform(14, 26), 0.0
    clip = lambda c: tuple(float(x) for x in np.clip(c, 0, 1))  # noqa: E731
    return Light(
        direction, clip(sun), clip(ambient), clip(zenith), clip(horizon), hour.disc, disc,
        hour.glow * (0.4 if weather != "clear" else 1.0), 1.0 if time == "night" and weather == "clear" else 0.0, fog_m,
    )  # fmt: skip
