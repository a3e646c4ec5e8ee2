"""Places that people made: village, city, room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ldm3d_web.worlds import props
from ldm3d_web.worlds.draft import GREENS, GROUND, PINES, SNOW, Draft, scaled
from ldm3d_web.worlds.light import make_light
from ldm3d_web.worlds.shapes import box
from ldm3d_web.worlds.world import EYE_HEIGHT_M, Colour, Shell, Solid, World


def village(d: Draft, seed: int) -> World:
    rng, u, season = d.rng, d.rng.uniform, d.season("summer", "winter")
    snow = season == "winter"
    ground: Colour = SNOW if snow else (0.45, 0.58, 0.32)
    walls = [(0.92, 0.86, 0.74), (0.86, 0.72, 0.58), (0.80, 0.82, 0.84), (0.72, 0.46, 0.34)]
    tops = [(0.68, 0.26, 0.18), (0.45, 0.28, 0.20), (0.30, 0.36, 0.46)]
    pick = lambda palette: palette[int(rng.integers(len(palette)))]  # noqa: E731
    d.ring(
        "house",
        6,
        lambda a: _at(
            a, u(7, 10), lambda x, z: props.house(rng, x, z, u(3.2, 4.2), pick(walls), pick(tops), d.lit, snow)
        ),
    )
    d.ring(
        "house",
        8,
        lambda a: _at(
            a, u(17, 26), lambda x, z: props.house(rng, x, z, u(3.5, 5), pick(walls), pick(tops), d.lit, snow)
        ),
    )
    kind = props.pine if snow else props.tree
    d.scatter("tree", 7, 4, 20, lambda x, z: kind(rng, x, z, u(2.5, 5), (PINES if snow else GREENS)[season], snow))
    if d.chance(0.5):
        d.ring("street lamp", 4, lambda a: _at(a, u(2.6, 5), lambda x, z: props.lamp(rng, x, z, d.lit)))
    if d.chance(0.4):
        d.mountains(8, (0.42, 0.45, 0.52), 0.4 if snow or d.chance(0.5) else None)
    path = (u(0, 3.14), 0.0, 1.3, (0.80, 0.80, 0.82) if snow else (0.66, 0.58, 0.46))
    return d.finish("village", seed, Shell(GROUND, np.array([ground]), scaled(ground, 0.93), facet_m=1.2, path=path))


def _at(angle: float, away: float, make: Callable[[float, float], list[Solid]]) -> list[Solid]:
    return make(away * np.sin(angle), -away * np.cos(angle))


def city(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    angle = u(0, np.pi)  # the street runs along (sin, -cos) of it
    along, across = np.array([-np.sin(angle), np.cos(angle)]), np.array([np.cos(angle), np.sin(angle)])
    colours = [(0.62, 0.64, 0.68), (0.72, 0.60, 0.52), (0.48, 0.54, 0.62), (0.80, 0.76, 0.70)]
    for side in (-1, 1):
        for i in range(-5, 6):
            at = along * (i * 9.5 + u(-1, 1)) + across * side * u(9.5, 11.5)
            d.add(
                "skyscraper", props.tower(rng, at[0], at[1], u(6.5, 8), u(9, 32), colours[int(rng.integers(4))], d.lit)
            )
    for i in range(-3, 4):
        for side in (-1, 1):
            if d.chance(0.6):
                at = along * (i * 7 + u(-1, 1)) + across * side * 4.0
                d.add("street lamp", props.lamp(rng, at[0], at[1], d.lit))
    if d.chance(0.5):
        d.scatter(
            "tree",
            5,
            4.2,
            18,
            lambda x, z: (
                [] if abs(x * across[0] + z * across[1]) > 6 else props.tree(rng, x, z, u(2.5, 3.8), GREENS["summer"])
            ),
        )
    shell = Shell(
        GROUND, np.array([[0.58, 0.57, 0.56]]), (0.54, 0.53, 0.53), path=(angle, 0.0, 2.8, (0.26, 0.27, 0.30))
    )
    return d.finish("city", seed, shell)


def room(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    d.tags["weather"] = "clear"
    if d.tags["time"] in ("dawn", "noon"):
        d.tags["time"] = "noon"
    else:
        d.tags["time"] = "night"
    night = d.tags["time"] == "night"
    x0, x1, z0, z1, top = u(2.0, 3.6), u(2.0, 3.6), u(2.0, 3.8), u(2.0, 3.8), u(1.0, 1.5)
    planes = np.array(
        [[0, -1, 0, EYE_HEIGHT_M], [1, 0, 0, x1], [-1, 0, 0, x0], [0, 0, 1, z1], [0, 0, -1, z0], [0, 1, 0, top]], float
    )
    paints: dict[str, Colour] = {
        "blue": (0.50, 0.64, 0.78),
        "green": (0.56, 0.70, 0.54),
        "red": (0.78, 0.42, 0.36),
        "yellow": (0.90, 0.78, 0.46),
        "white": (0.90, 0.88, 0.84),
    }
    d.tags["colour"] = str(rng.choice(list(paints)))
    wall = np.array(paints[d.tags["colour"]])
    colours = np.stack([[0.58, 0.40, 0.26], wall, wall * 0.97, wall * 1.02, wall, [0.94, 0.93, 0.90]]).clip(0, 1)
    pane: Colour = (0.05, 0.07, 0.2) if night else (0.72, 0.88, 1.0)
    floor = props.FLOOR
    side = -1 if d.chance(0.5) else 1
    wz = z1 if side > 0 else -z0
    d.add(
        "window",
        [
            box((u(-0.5, 0.5), 0.1, wz), (1.9, 1.3, 0.1), (0.95, 0.94, 0.92)),
            box((0, 0.1, wz), (1.5, 1.05, 0.16), pane, glow=1.0),
        ],
    )
    cloth = [(0.75, 0.3, 0.3), (0.3, 0.45, 0.65), (0.35, 0.55, 0.4), (0.85, 0.65, 0.3)]
    c = cloth[int(rng.integers(4))]
    if d.chance(0.5):
        d.add(
            "bed",
            [
                box((x1 - 0.75, floor + 0.22, 0.2), (1.5, 0.44, 2.0), (0.5, 0.34, 0.22), footprint_m=1.0),
                box((x1 - 0.75, floor + 0.52, 0.3), (1.44, 0.2, 1.8), c),
                box((x1 - 0.75, floor + 0.66, -0.6), (0.9, 0.14, 0.4), (0.95, 0.95, 0.93)),
            ],
        )
    else:
        d.add(
            "sofa",
            [
                box((x1 - 0.5, floor + 0.25, 0), (0.9, 0.5, 2.0), c, footprint_m=0.9),
                box((x1 - 0.14, floor + 0.6, 0), (0.26, 0.6, 2.0), scaled(c, 0.9)),
            ],
        )
    if d.chance(0.7):
        d.add(
            "table",
            [
                box((-x0 + 0.9, floor + 0.72, 0.3), (0.9, 0.07, 1.4), (0.62, 0.44, 0.28), footprint_m=0.6),
                *(
                    box((-x0 + 0.9 + i, floor + 0.35, 0.3 + j), (0.07, 0.7, 0.07), (0.5, 0.35, 0.22))
                    for i in (-0.38, 0.38)
                    for j in (-0.6, 0.6)
                ),
            ],
        )
    if d.chance(0.6):
        d.add(
            "bookshelf",
            [
                box(
                    (-0.6, floor + 1.0, -side * (z0 if side > 0 else z1) + side * 0.18),
                    (1.4, 2.0, 0.34),
                    (0.45, 0.30, 0.2),
                ),
                *(
                    box(
                        (-0.6 + u(-0.3, 0.3), floor + 0.35 + 0.5 * i, -side * (z0 if side > 0 else z1) + side * 0.3),
                        (0.8, 0.32, 0.14),
                        cloth[i],
                    )
                    for i in range(4)
                ),
            ],
        )
    if d.chance(0.6):
        lx, lz = -x0 + 0.5, z1 - 0.5 if side < 0 else -z0 + 0.5
        d.add(
            "lamp",
            [
                props.frustum(rng, (lx, floor, lz), 0.05, 0.05, 1.4, (0.2, 0.2, 0.2), sides=6),
                props.frustum(rng, (lx, floor + 1.3, lz), 0.3, 0.16, 0.36, (1.0, 0.86, 0.56), sides=8, glow=0.9),
            ],
        )
    if d.chance(0.6):
        d.add("rug", [box((0, floor + 0.01, 0), (2.2, 0.03, 1.6), cloth[int(rng.integers(4))])])
    light = make_light(rng, "noon", "clear")
    warm: dict[str, Any] = (
        {"ambient": (0.66, 0.53, 0.42), "sun_colour": (0.18, 0.14, 0.08)}
        if night
        else {"ambient": (0.95, 0.95, 0.93), "sun_colour": (0.25, 0.24, 0.2)}
    )
    return d.finish(
        "room",
        seed,
        Shell(planes, colours, (0.52, 0.35, 0.22), facet_m=0.7, patch_m=3),
        replace(light, fog_m=1e4, **warm),
    )
