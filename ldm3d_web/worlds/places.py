"""The grammar of worlds: a seed draws a place, a time, weather, season and palette, and composes near, middle and far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ldm3d_web.worlds import props
from ldm3d_web.worlds.light import HOURS, WEATHERS, make_light
from ldm3d_web.worlds.shapes import box, crystal
from ldm3d_web.worlds.world import EYE_HEIGHT_M, Shell, Solid, World

Colour = tuple[float, float, float]
_GROUND = np.array([[0.0, -1.0, 0.0, EYE_HEIGHT_M]])
_GREENS: dict[str, Colour] = {"summer": (0.30, 0.55, 0.24), "autumn": (0.86, 0.46, 0.14), "winter": (0.34, 0.42, 0.38)}
_PINES: dict[str, Colour] = {"summer": (0.12, 0.36, 0.24), "autumn": (0.16, 0.36, 0.22), "winter": (0.16, 0.34, 0.28)}
_SNOW: Colour = (0.90, 0.93, 0.97)


class Draft:
    """A world while it is composed: its random stream, its tags and what stands in it so far."""

    def __init__(self, seed: int):
        self.rng = np.random.default_rng([seed, 7])
        self.tags: dict[str, str] = {"time": str(self.rng.choice(list(HOURS))), "season": "", "colour": ""}
        self.tags["weather"] = str(self.rng.choice(WEATHERS, p=[0.62, 0.2, 0.18]))
        self.solids: list[Solid] = []
        self.objects: set[str] = set()

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
            self.objects.add(name)

    def scatter(self, name: str, count: int, near: float, far: float, make: Callable[[float, float], list[Solid]]) -> None:
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
        self.ring("mountains", count, lambda a: props.mountain(self.rng, a, u(*away), u(22, 40), u(*height), colour, snow_line))

    def finish(self, place: str, seed: int, shell: Shell, light=None) -> World:
        rng = self.rng
        bright = {"noon": 0.7, "dawn": 0.45, "sunset": 0.2}.get(self.tags["time"], 0.0)
        if self.tags["weather"] == "cloudy":
            self.ring("", 9, lambda a: props.cloud(rng, a, rng.uniform(0.25, 1.0), 150, rng.uniform(40, 70), bright))
        elif self.tags["weather"] == "clear" and self.tags["time"] != "night" and len(shell.planes) == 1 and place != "moon":
            self.ring("", 3, lambda a: props.cloud(rng, a, rng.uniform(0.2, 0.6), 160, rng.uniform(22, 40), bright))
        light = light or make_light(rng, self.tags["time"], self.tags["weather"])
        tags = {"place": place, **self.tags, "objects": sorted(self.objects)}
        return World(seed, tags, self.solids, shell, light, facet_seed=float(rng.uniform(0, 10)))


def sample_world(seed: int, place: str | None = None) -> World:
    """The world of a seed; `place` (a key of PLACES) fixes the place, else it is drawn."""
    if place is not None and place not in PLACES:
        raise ValueError(f"no place {place!r}; there are {', '.join(PLACES)}")
    draft = Draft(seed)
    name = place or str(draft.rng.choice(list(PLACES)))
    return PLACES[name](draft, seed)


def _lake(d: Draft, seed: int) -> World:
    rng, u, season = d.rng, d.rng.uniform, d.season("summer", "autumn", "winter")
    ground = _SNOW if season == "winter" else {"summer": (0.36, 0.52, 0.26), "autumn": (0.56, 0.50, 0.24)}[season]
    angle, big = u(0, 6.28), u(14, 26)
    cx, cz = (big - 1.2) * np.sin(angle), -(big - 1.2) * np.cos(angle)
    d.mountains(9, (0.42, 0.44, 0.50), u(0.3, 0.6) if d.chance(0.75) or season == "winter" else None)

    def on_land(make):
        def place(x, z):
            return [] if ((x - cx) ** 2 + (z - cz) ** 2) < (1.08 * big) ** 2 else make(x, z)
        return place

    d.add("lake", [])
    if d.chance(0.75):
        d.scatter("pine trees", 16, 3.5, 36, on_land(lambda x, z: props.pine(rng, x, z, u(3, 7), _PINES[season], season == "winter")))
    else:
        d.scatter("trees", 14, 3.5, 36, on_land(lambda x, z: props.tree(rng, x, z, u(3, 6), _GREENS[season], season == "winter")))
    if d.chance(0.6):
        d.scatter("rocks", 5, 1.9, 9, on_land(lambda x, z: props.rock(rng, x, z, u(0.3, 0.8), (0.48, 0.48, 0.5), season == "winter")))
    if d.chance(0.3):
        d.add("boat", props.boat(rng, cx * u(0.5, 0.9), cz * u(0.5, 0.9)))
    shell = Shell(_GROUND, np.array([ground]), tuple(0.9 * c for c in ground), water=(cx, cz, big, big), water_colour=(0.16, 0.38, 0.48))
    return d.finish("lake", seed, shell)


def _mountains(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    snowy = d.chance(0.65)
    d.tags["season"] = "winter" if snowy else "summer"
    ground: Colour = _SNOW if snowy else (0.44, 0.50, 0.34)
    stone = (0.40, 0.42, 0.48) if snowy else (0.48, 0.45, 0.42)
    d.mountains(8, stone, u(0.0, 0.4) if snowy else None, height=(28, 60), away=(45, 95))
    d.mountains(7, stone, u(0.1, 0.4) if snowy else None, height=(45, 80), away=(110, 150))
    if d.chance(0.5):
        d.scatter("pine trees", 9, 3.5, 28, lambda x, z: props.pine(rng, x, z, u(2.5, 6), _PINES[d.tags["season"]], snowy))
    d.scatter("rocks", 8, 2.6, 16, lambda x, z: props.rock(rng, x, z, u(0.3, 1.1), (0.45, 0.45, 0.48), snowy))
    return d.finish("mountains", seed, Shell(_GROUND, np.array([ground]), (0.80, 0.86, 0.95) if snowy else (0.5, 0.46, 0.38), facet_m=2.2))


def _desert(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    sands: dict[str, Colour] = {"red": (0.76, 0.36, 0.20), "golden": (0.90, 0.72, 0.42), "white": (0.92, 0.87, 0.78)}
    d.tags["colour"] = str(rng.choice(list(sands), p=[0.45, 0.4, 0.15]))
    sand = sands[d.tags["colour"]]
    if d.tags["weather"] == "cloudy" and d.chance(0.5):
        d.tags["weather"] = "clear"
    d.ring("dunes", 9, lambda a: props.hill(rng, a, u(22, 60), u(14, 26), u(2.5, 7), props.vary(rng, sand, 0.02)))
    if d.chance(0.45):
        d.ring("rock towers", int(rng.integers(3, 7)), lambda a: _mesa(rng, a, u(40, 100), tuple(0.85 * c for c in sand)))
    if d.chance(0.55):
        d.scatter("cacti", int(rng.integers(4, 10)), 2.6, 22, lambda x, z: props.cactus(rng, x, z, u(1.3, 3.2)))
    if d.chance(0.6):
        d.scatter("rocks", 6, 1.9, 12, lambda x, z: props.rock(rng, x, z, u(0.25, 0.8), tuple(0.78 * c for c in sand)))
    return d.finish("desert", seed, Shell(_GROUND, np.array([sand]), tuple(0.93 * c for c in sand), facet_m=2.6, patch_m=14))


def _mesa(rng, angle, away, colour) -> list[Solid]:
    x, z = away * np.sin(angle), -away * np.cos(angle)
    r, h = rng.uniform(5, 13), rng.uniform(12, 30)
    foot = props.frustum(rng, (x, props.FLOOR, z), 1.5 * r, 1.1 * r, 0.35 * h, props.vary(rng, colour), sides=9, rough=0.2)
    return [foot, props.frustum(rng, (x, props.FLOOR, z), 1.05 * r, 0.85 * r, h, props.vary(rng, colour), sides=9, rough=0.25)]


def _meadow(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    d.tags["season"] = "summer"
    d.ring("hills", 9, lambda a: props.hill(rng, a, u(45, 90), u(25, 45), u(5, 12), (0.36, 0.58, 0.28)))
    petals = [(0.95, 0.3, 0.3), (0.98, 0.85, 0.25), (0.95, 0.95, 0.98), (0.65, 0.4, 0.85)]
    if d.chance(0.7):
        d.scatter("flowers", 22, 1.5, 7, lambda x, z: props.flower(rng, x, z, petals[int(rng.integers(4))]))
    d.scatter("trees", int(rng.integers(4, 9)), 5, 35, lambda x, z: props.tree(rng, x, z, u(3.5, 6.5), _GREENS["summer"]))
    d.scatter("", 6, 2.2, 14, lambda x, z: props.bush(rng, x, z, u(0.3, 0.7), (0.26, 0.5, 0.22)))
    return d.finish("meadow", seed, Shell(_GROUND, np.array([[0.42, 0.64, 0.28]]), (0.50, 0.68, 0.32), facet_m=1.2))


def _forest(d: Draft, seed: int) -> World:
    rng, u, season = d.rng, d.rng.uniform, d.season("summer", "autumn", "winter")
    pines = season != "autumn" and d.chance(0.65)
    snow = season == "winter"
    ground = {"summer": (0.28, 0.42, 0.22), "autumn": (0.62, 0.40, 0.18), "winter": _SNOW}[season]
    if pines:
        d.scatter("pine trees", 36, 3.4, 34, lambda x, z: props.pine(rng, x, z, u(4, 9), _PINES[season], snow))
    else:
        leaves = [(0.86, 0.46, 0.14), (0.80, 0.28, 0.14), (0.90, 0.66, 0.20)] if season == "autumn" else [_GREENS[season]] * 3
        d.scatter("trees", 28, 4.6, 32, lambda x, z: props.tree(rng, x, z, u(4, 7.5), leaves[int(rng.integers(3))], snow))
    d.scatter("", 8, 1.8, 9, lambda x, z: props.bush(rng, x, z, u(0.25, 0.55), tuple(0.9 * c for c in (_PINES if pines else _GREENS)[season])))
    d.scatter("rocks", 4, 1.8, 9, lambda x, z: props.rock(rng, x, z, u(0.25, 0.6), (0.45, 0.46, 0.45), snow))
    path = (u(0, 3.14), 0.0, 0.8, (0.55, 0.44, 0.30)) if d.chance(0.5) and not snow else None
    d.objects |= {"path"} if path else set()
    return d.finish("forest", seed, Shell(_GROUND, np.array([ground]), tuple(0.86 * c for c in ground), facet_m=1.0, path=path))


def _beach(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    d.tags["season"] = "summer"
    r, turn = u(6.5, 11), u(0, 6.28)
    cx, cz = (r - u(2.2, 3.5)) * np.sin(turn), -(r - u(2.2, 3.5)) * np.cos(turn)
    d.add("sea", [])

    def on_sand(make):
        return lambda x, z: make(x, z) if np.hypot(x - cx, z - cz) < 0.9 * r else []

    d.scatter("palm trees", int(rng.integers(4, 9)), 3.0, r, on_sand(lambda x, z: props.palm(rng, x, z, u(3.2, 6))))
    d.scatter("rocks", 5, 2.0, r, on_sand(lambda x, z: props.rock(rng, x, z, u(0.3, 0.8), (0.55, 0.5, 0.45))))
    if d.chance(0.5):
        d.ring("islands", 4, lambda a: props.hill(rng, a, u(60, 120), u(10, 22), u(5, 14), (0.32, 0.5, 0.3)))
    if d.chance(0.4):
        a = u(0, 6.28)
        d.add("boat", props.boat(rng, cx + 1.5 * r * np.sin(a), cz - 1.5 * r * np.cos(a)))
    shell = Shell(_GROUND, np.array([[0.93, 0.83, 0.60]]), (0.88, 0.77, 0.54), facet_m=1.4, water=(cx, cz, r, r), water_outside=True, water_colour=(0.10, 0.55, 0.62))
    return d.finish("beach", seed, shell)


def _village(d: Draft, seed: int) -> World:
    rng, u, season = d.rng, d.rng.uniform, d.season("summer", "winter")
    snow = season == "winter"
    ground: Colour = _SNOW if snow else (0.45, 0.58, 0.32)
    walls = [(0.92, 0.86, 0.74), (0.86, 0.72, 0.58), (0.80, 0.82, 0.84), (0.72, 0.46, 0.34)]
    tops = [(0.68, 0.26, 0.18), (0.45, 0.28, 0.20), (0.30, 0.36, 0.46)]
    pick = lambda palette: palette[int(rng.integers(len(palette)))]  # noqa: E731
    d.ring("houses", 6, lambda a: _at(a, u(7, 10), lambda x, z: props.house(rng, x, z, u(3.2, 4.2), pick(walls), pick(tops), d.lit, snow)))
    d.ring("houses", 8, lambda a: _at(a, u(17, 26), lambda x, z: props.house(rng, x, z, u(3.5, 5), pick(walls), pick(tops), d.lit, snow)))
    kind = props.pine if snow else props.tree
    d.scatter("trees", 7, 4, 20, lambda x, z: kind(rng, x, z, u(2.5, 5), (_PINES if snow else _GREENS)[season], snow))
    if d.chance(0.5):
        d.ring("lamps", 4, lambda a: _at(a, u(2.6, 5), lambda x, z: props.lamp(rng, x, z, d.lit)))
    if d.chance(0.4):
        d.mountains(8, (0.42, 0.45, 0.52), 0.4 if snow or d.chance(0.5) else None)
    path = (u(0, 3.14), 0.0, 1.3, (0.80, 0.80, 0.82) if snow else (0.66, 0.58, 0.46))
    return d.finish("village", seed, Shell(_GROUND, np.array([ground]), tuple(0.93 * c for c in ground), facet_m=1.2, path=path))


def _at(angle: float, away: float, make: Callable[[float, float], list[Solid]]) -> list[Solid]:
    return make(away * np.sin(angle), -away * np.cos(angle))


def _city(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    angle = u(0, np.pi)  # the street runs along (sin, -cos) of it
    along, across = np.array([-np.sin(angle), np.cos(angle)]), np.array([np.cos(angle), np.sin(angle)])
    colours = [(0.62, 0.64, 0.68), (0.72, 0.60, 0.52), (0.48, 0.54, 0.62), (0.80, 0.76, 0.70)]
    for side in (-1, 1):
        for i in range(-5, 6):
            at = along * (i * 9.5 + u(-1, 1)) + across * side * u(9.5, 11.5)
            d.add("towers", props.tower(rng, at[0], at[1], u(6.5, 8), u(9, 32), colours[int(rng.integers(4))], d.lit))
    for i in range(-3, 4):
        for side in (-1, 1):
            if d.chance(0.6):
                at = along * (i * 7 + u(-1, 1)) + across * side * 4.0
                d.add("lamps", props.lamp(rng, at[0], at[1], d.lit))
    if d.chance(0.5):
        d.scatter("trees", 5, 4.2, 18, lambda x, z: [] if abs(x * across[0] + z * across[1]) > 6 else props.tree(rng, x, z, u(2.5, 3.8), _GREENS["summer"]))
    shell = Shell(_GROUND, np.array([[0.58, 0.57, 0.56]]), (0.54, 0.53, 0.53), path=(angle, 0.0, 2.8, (0.26, 0.27, 0.30)))
    return d.finish("city", seed, shell)


def _volcano(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    ash: Colour = (0.20, 0.18, 0.19)
    a = u(0, 6.28)
    away = u(60, 85)
    x, z, r, h = away * np.sin(a), -away * np.cos(a), u(34, 42), u(36, 50)
    d.add("volcano", [props.frustum(rng, (x, props.FLOOR, z), r, 0.22 * r, h, (0.26, 0.20, 0.20), sides=11, rough=0.12,
                                    top_colour=(0.95, 0.34, 0.10), split_m=props.FLOOR + 0.84 * h)])  # fmt: skip
    for _ in range(3):
        b = a + u(-0.25, 0.25)
        d.add("", props.cloud(rng, b, np.arctan2(h, away) + u(0.08, 0.3), 140, u(25, 45), 0.1))
    d.ring("", 8, lambda b: props.hill(rng, b, u(50, 100), u(15, 25), u(5, 12), ash))
    d.scatter("rocks", 12, 2.7, 15, lambda x, z: props.rock(rng, x, z, u(0.3, 1.2), (0.22, 0.20, 0.21)))
    shell = Shell(_GROUND, np.array([ash]), (0.30, 0.22, 0.20), facet_m=1.8)
    if d.chance(0.65):
        d.objects.add("lava")
        shell = Shell(_GROUND, np.array([ash]), (0.28, 0.22, 0.21), facet_m=1.8, path=(a + np.pi / 2 + u(-0.3, 0.3), u(2.2, 5.0), u(0.6, 1.3), (1.6, 0.62, 0.16)))
    return d.finish("volcano", seed, shell)


def _moon(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    d.tags |= {"time": "night", "weather": "clear", "season": ""}
    grey: Colour = (0.62, 0.62, 0.64)
    d.mountains(8, (0.50, 0.50, 0.53), None, height=(8, 22), away=(70, 130))
    d.scatter("rocks", 12, 2.8, 18, lambda x, z: props.rock(rng, x, z, u(0.3, 1.3), (0.55, 0.55, 0.57)))
    if d.chance(0.6):
        d.scatter("domes", int(rng.integers(3, 6)), 8, 26, lambda x, z: props.dome(rng, x, z, u(2, 4)))
    light = make_light(rng, "night", "clear")
    light = replace(light, sun_colour=(0.85, 0.85, 0.82), ambient=(0.22, 0.22, 0.25), zenith=(0.01, 0.01, 0.03), horizon=(0.02, 0.02, 0.05), fog_m=900.0,
                    disc_colour=(0.55, 0.72, 0.98), disc_radius_rad=0.16)  # fmt: skip
    return d.finish("moon", seed, Shell(_GROUND, np.array([grey]), (0.52, 0.52, 0.55), facet_m=2.0), light)


def _room(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    d.tags["weather"] = "clear"
    if d.tags["time"] in ("dawn", "noon"):
        d.tags["time"] = "noon"
    else:
        d.tags["time"] = "night"
    night = d.tags["time"] == "night"
    x0, x1, z0, z1, top = u(2.0, 3.6), u(2.0, 3.6), u(2.0, 3.8), u(2.0, 3.8), u(1.0, 1.5)
    planes = np.array([[0, -1, 0, EYE_HEIGHT_M], [1, 0, 0, x1], [-1, 0, 0, x0], [0, 0, 1, z1], [0, 0, -1, z0], [0, 1, 0, top]], float)
    paints: dict[str, Colour] = {"blue": (0.50, 0.64, 0.78), "green": (0.56, 0.70, 0.54), "red": (0.78, 0.42, 0.36), "yellow": (0.90, 0.78, 0.46), "white": (0.90, 0.88, 0.84)}
    d.tags["colour"] = str(rng.choice(list(paints)))
    wall = np.array(paints[d.tags["colour"]])
    colours = np.stack([[0.58, 0.40, 0.26], wall, wall * 0.97, wall * 1.02, wall, [0.94, 0.93, 0.90]]).clip(0, 1)
    pane: Colour = (0.05, 0.07, 0.2) if night else (0.72, 0.88, 1.0)
    floor = props.FLOOR
    side = -1 if d.chance(0.5) else 1
    wz = z1 if side > 0 else -z0
    d.add("window", [box((u(-0.5, 0.5), 0.1, wz), (1.9, 1.3, 0.1), (0.95, 0.94, 0.92)), box((0, 0.1, wz), (1.5, 1.05, 0.16), pane, glow=1.0)])
    cloth = [(0.75, 0.3, 0.3), (0.3, 0.45, 0.65), (0.35, 0.55, 0.4), (0.85, 0.65, 0.3)]
    c = cloth[int(rng.integers(4))]
    if d.chance(0.5):
        d.add("bed", [box((x1 - 0.75, floor + 0.22, 0.2), (1.5, 0.44, 2.0), (0.5, 0.34, 0.22), footprint_m=1.0), box((x1 - 0.75, floor + 0.52, 0.3), (1.44, 0.2, 1.8), c), box((x1 - 0.75, floor + 0.66, -0.6), (0.9, 0.14, 0.4), (0.95, 0.95, 0.93))])
    else:
        d.add("sofa", [box((x1 - 0.5, floor + 0.25, 0), (0.9, 0.5, 2.0), c, footprint_m=0.9), box((x1 - 0.14, floor + 0.6, 0), (0.26, 0.6, 2.0), tuple(0.9 * v for v in c))])
    if d.chance(0.7):
        d.add("table", [box((-x0 + 0.9, floor + 0.72, 0.3), (0.9, 0.07, 1.4), (0.62, 0.44, 0.28), footprint_m=0.6), *(box((-x0 + 0.9 + i, floor + 0.35, 0.3 + j), (0.07, 0.7, 0.07), (0.5, 0.35, 0.22)) for i in (-0.38, 0.38) for j in (-0.6, 0.6))])
    if d.chance(0.6):
        d.add("bookshelf", [box((-0.6, floor + 1.0, -side * (z0 if side > 0 else z1) + side * 0.18), (1.4, 2.0, 0.34), (0.45, 0.30, 0.2)), *(box((-0.6 + u(-0.3, 0.3), floor + 0.35 + 0.5 * i, -side * (z0 if side > 0 else z1) + side * 0.3), (0.8, 0.32, 0.14), cloth[i]) for i in range(4))])
    if d.chance(0.6):
        lx, lz = -x0 + 0.5, z1 - 0.5 if side < 0 else -z0 + 0.5
        d.add("lamp", [props.frustum(rng, (lx, floor, lz), 0.05, 0.05, 1.4, (0.2, 0.2, 0.2), sides=6), props.frustum(rng, (lx, floor + 1.3, lz), 0.3, 0.16, 0.36, (1.0, 0.86, 0.56), sides=8, glow=0.9)])
    if d.chance(0.6):
        d.add("rug", [box((0, floor + 0.01, 0), (2.2, 0.03, 1.6), cloth[int(rng.integers(4))])])
    light = make_light(rng, "noon", "clear")
    warm = {"ambient": (0.66, 0.53, 0.42), "sun_colour": (0.18, 0.14, 0.08)} if night else {"ambient": (0.95, 0.95, 0.93), "sun_colour": (0.25, 0.24, 0.2)}
    return d.finish("room", seed, Shell(planes, colours, (0.52, 0.35, 0.22), facet_m=0.7, patch_m=3), replace(light, fog_m=1e4, **warm))


def _cave(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    d.tags |= {"time": "", "weather": "", "season": ""}
    hues: dict[str, Colour] = {"purple": (0.66, 0.34, 0.95), "blue": (0.25, 0.62, 1.0), "green": (0.30, 0.92, 0.58), "pink": (1.0, 0.45, 0.72)}
    d.tags["colour"] = str(rng.choice(list(hues)))
    hue = np.array(hues[d.tags["colour"]])
    normals = rng.normal(size=(14, 3)) * [1, 0.8, 1] + [0, 0.35, 0]
    normals[:, 1] = np.abs(normals[:, 1]) * np.where(np.arange(14) < 8, 0.4, 1.2)
    normals[:8, [0, 2]] = 1.5 * np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], 1) + 0.3 * normals[:8, [0, 2]]
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    planes = np.concatenate([_GROUND, np.concatenate([normals, u(5.0, 8.5, (14, 1))], axis=1)])
    stone = 0.22 * hue + [0.13, 0.12, 0.15]
    colours = np.concatenate([[stone * 0.85], stone * u(0.75, 1.25, (14, 1))]).clip(0, 1)

    def shard(x, z):
        lean = np.array([u(-0.4, 0.4), 1.0, u(-0.4, 0.4)])
        tint = tuple(float(v) for v in np.clip(hue * u(0.75, 1.15), 0, 1))
        return [crystal(rng, (x + u(-0.2, 0.2), props.FLOOR - 0.1, z + u(-0.2, 0.2)), u(0.12, 0.3), u(0.7, 2.6), lean, tint, glow=u(0.45, 0.85), footprint_m=0.5) for _ in range(3)]

    d.scatter("crystals", int(rng.integers(8, 13)), 2.2, 6.0, shard)
    d.scatter("rocks", 6, 1.9, 6, lambda x, z: props.rock(rng, x, z, u(0.3, 0.8), tuple(stone)))
    tint = tuple(float(v) for v in (0.45 + 0.4 * hue))
    light = replace(make_light(rng, "noon", "clear"), ambient=tint, sun_colour=(0.25, 0.25, 0.28), fog_m=1e4)
    return d.finish("cave", seed, Shell(planes, colours, tuple(stone * 0.7), facet_m=1.0), light)


PLACES: dict[str, Callable[[Draft, int], World]] = {
    "lake": _lake, "mountains": _mountains, "desert": _desert, "meadow": _meadow, "forest": _forest, "beach": _beach,
    "village": _village, "city": _city, "volcano": _volcano, "moon": _moon, "room": _room, "cave": _cave,
}  # fmt: skip
