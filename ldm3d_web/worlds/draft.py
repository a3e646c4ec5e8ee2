"""A world while it is composed: its random stream, its labels, and ways to put things around the eye."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ldm3d_web.worlds import props
from ldm3d_web.worlds.light import HOURS, WEATHERS, make_light
from ldm3d_web.worlds.things import Mark, group
from ldm3d_web.worlds.world import EYE_HEIGHT_M, Colour, Description, Shell, Solid, World

GROUND = np.array([[0.0, -1.0, 0.0, EYE_HEIGHT_M]])
GREENS: dict[str, Colour] = {"summer": (0.30, 0.55, 0.24), "autumn": (0.86, 0.46, 0.14), "winter": (0.34, 0.42, 0.38)}
PINES: dict[str, Colour] = {"summer": (0.12, 0.36, 0.24), "autumn": (0.16, 0.36, 0.22), "winter": (0.16, 0.34, 0.28)}
SNOW: Colour = (0.90, 0.93, 0.97)


def scaled(colour: Colour, factor: float) -> Colour:
    """The colour, lighter or darker."""
    return tuple(factor * c for c in colour)


class Draft:
    """A world while it is composed: its random stream, its tags and what stands in it so far."""

    def __init__(self, seed: int):
        self.rng = np.random.default_rng([seed, 7])
        self.tags: dict[str, str] = {"time": str(self.rng.choice(list(HOURS))), "season": "", "colour": ""}
        self.tags["weather"] = str(self.rng.choice(WEATHERS, p=[0.62, 0.2, 0.18]))
        self.solids: list[Solid] = []
        self.objects: set[str] = set()
        self.marks: list[Mark] = []

    @property
    def lit(self) -> float:
        return {"night": 1.0, "sunset": 0.6, "dawn": 0.4}.get(self.tags["time"], 0.0)

    def season(self, *choices: str) -> str:
        self.tags["season"] = str(self.rng.choice(choices))
        return self.tags["season"]

    def add(self, name: str, solids: list[Solid]) -> None:
        """Puts solids into the world; `name` joins the tag `objects` unless it is empty."""
        self.solids += solids
        if name:
            middle = np.mean([s.centre for s in solids], axis=0) if solids else np.array([0.0, 0.0, -10.0])
            away = float(np.hypot(middle[0], middle[2]))
            self.marks.append((name, "", "", float(np.arctan2(middle[0], -middle[2])), away))
            self.objects.add(name)

    def scatter(
        self, name: str, count: int, near: float, far: float, make: Callable[[float, float], list[Solid]]
    ) -> None:
        """`count` objects at random places between the two distances, denser near the eye, not on one another."""
        taken: list[tuple[float, float]] = []
        for _ in range(count):
            for _try in range(8):
                away = near + (far - near) * self.rng.uniform() ** 1.5
                angle = self.rng.uniform(0, 2 * np.pi)
                x, z = away * np.sin(angle), -away * np.cos(angle)
                if all(np.hypot(x - a, z - b) > 0.35 * away for a, b in taken):
                    break
            taken.append((x, z))
            self.add(name, make(x, z))

    def ring(self, name: str, count: int, make: Callable[[float], list[Solid]]) -> None:
        """`count` objects all around, evenly with some jitter; make takes the compass angle."""
        start = self.rng.uniform(0, 2 * np.pi)
        for i in range(count):
            self.add(name, make(start + (i + self.rng.uniform(-0.35, 0.35)) * 2 * np.pi / count))

    def chance(self, p: float) -> bool:
        return bool(self.rng.uniform() < p)

    def mountains(self, count: int, colour: Colour, snow_line: float | None, height=(22, 50), away=(75, 130)) -> None:
        u = self.rng.uniform
        self.ring(
            "mountain",
            count,
            lambda a: props.mountain(self.rng, a, u(*away), u(22, 40), u(*height), colour, snow_line),
        )

    def finish(self, place: str, seed: int, shell: Shell, light=None) -> World:
        rng = self.rng
        bright = {"noon": 0.7, "dawn": 0.45, "sunset": 0.2}.get(self.tags["time"], 0.0)
        if self.tags["weather"] == "cloudy":
            self.ring("", 9, lambda a: props.cloud(rng, a, rng.uniform(0.25, 1.0), 150, rng.uniform(40, 70), bright))
        elif (
            self.tags["weather"] == "clear"
            and self.tags["time"] != "night"
            and len(shell.planes) == 1
            and place != "moon"
        ):
            self.ring("", 3, lambda a: props.cloud(rng, a, rng.uniform(0.2, 0.6), 160, rng.uniform(22, 40), bright))
        light = light or make_light(rng, self.tags["time"], self.tags["weather"])
        tags: dict[str, str | list[str]] = {"place": place, **self.tags, "objects": sorted(self.objects)}
        return World(
            Description(seed, tags, group(self.marks)), self.solids, shell, light, facet_seed=float(rng.uniform(0, 10))
        )
