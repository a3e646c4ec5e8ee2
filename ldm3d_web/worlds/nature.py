"""Places with plants and water: lake, mountains, meadow, forest, beach."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds import props
from ldm3d_web.worlds.draft import GREENS, GROUND, PINES, SNOW, Draft, scaled
from ldm3d_web.worlds.world import Colour, Shell, World


def lake(d: Draft, seed: int) -> World:
    rng, u, season = d.rng, d.rng.uniform, d.season("summer", "autumn", "winter")
    ground = SNOW if season == "winter" else {"summer": (0.36, 0.52, 0.26), "autumn": (0.56, 0.50, 0.24)}[season]
    angle, big = u(0, 6.28), u(14, 26)
    cx, cz = (big - 1.2) * np.sin(angle), -(big - 1.2) * np.cos(angle)
    d.mountains(9, (0.42, 0.44, 0.50), u(0.3, 0.6) if d.chance(0.75) or season == "winter" else None)

    def on_land(make):
        def place(x, z):
            return [] if ((x - cx) ** 2 + (z - cz) ** 2) < (1.08 * big) ** 2 else make(x, z)

        return place

    d.add("lake", [])
    if d.chance(0.75):
        d.scatter(
            "pine tree",
            16,
            3.5,
            36,
            on_land(lambda x, z: props.pine(rng, x, z, u(3, 7), PINES[season], season == "winter")),
        )
    else:
        d.scatter(
            "tree",
            14,
            3.5,
            36,
            on_land(lambda x, z: props.tree(rng, x, z, u(3, 6), GREENS[season], season == "winter")),
        )
    if d.chance(0.6):
        d.scatter(
            "rock",
            5,
            1.9,
            9,
            on_land(lambda x, z: props.rock(rng, x, z, u(0.3, 0.8), (0.48, 0.48, 0.5), season == "winter")),
        )
    if d.chance(0.3):
        d.add("boat", props.boat(rng, cx * u(0.5, 0.9), cz * u(0.5, 0.9)))
    shell = Shell(
        GROUND,
        np.array([ground]),
        scaled(ground, 0.9),
        water=(cx, cz, big, big),
        water_colour=(0.16, 0.38, 0.48),
    )
    return d.finish("lake", seed, shell)


def mountains(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    snowy = d.chance(0.65)
    d.tags["season"] = "winter" if snowy else "summer"
    ground: Colour = SNOW if snowy else (0.44, 0.50, 0.34)
    stone = (0.40, 0.42, 0.48) if snowy else (0.48, 0.45, 0.42)
    d.mountains(8, stone, u(0.0, 0.4) if snowy else None, height=(28, 60), away=(45, 95))
    d.mountains(7, stone, u(0.1, 0.4) if snowy else None, height=(45, 80), away=(110, 150))
    if d.chance(0.5):
        d.scatter(
            "pine tree", 9, 3.5, 28, lambda x, z: props.pine(rng, x, z, u(2.5, 6), PINES[d.tags["season"]], snowy)
        )
    d.scatter("rock", 8, 2.6, 16, lambda x, z: props.rock(rng, x, z, u(0.3, 1.1), (0.45, 0.45, 0.48), snowy))
    return d.finish(
        "mountains",
        seed,
        Shell(GROUND, np.array([ground]), (0.80, 0.86, 0.95) if snowy else (0.5, 0.46, 0.38), facet_m=2.2),
    )


def meadow(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    d.tags["season"] = "summer"
    d.ring("hill", 9, lambda a: props.hill(rng, a, u(45, 90), u(25, 45), u(5, 12), (0.36, 0.58, 0.28)))
    petals = [(0.95, 0.3, 0.3), (0.98, 0.85, 0.25), (0.95, 0.95, 0.98), (0.65, 0.4, 0.85)]
    if d.chance(0.7):
        d.scatter("flower", 22, 1.5, 7, lambda x, z: props.flower(rng, x, z, petals[int(rng.integers(4))]))
    d.scatter("tree", int(rng.integers(4, 9)), 5, 35, lambda x, z: props.tree(rng, x, z, u(3.5, 6.5), GREENS["summer"]))
    d.scatter("", 6, 2.2, 14, lambda x, z: props.bush(rng, x, z, u(0.3, 0.7), (0.26, 0.5, 0.22)))
    return d.finish("meadow", seed, Shell(GROUND, np.array([[0.42, 0.64, 0.28]]), (0.50, 0.68, 0.32), facet_m=1.2))


def forest(d: Draft, seed: int) -> World:
    rng, u, season = d.rng, d.rng.uniform, d.season("summer", "autumn", "winter")
    pines = season != "autumn" and d.chance(0.65)
    snow = season == "winter"
    ground = {"summer": (0.28, 0.42, 0.22), "autumn": (0.62, 0.40, 0.18), "winter": SNOW}[season]
    if pines:
        d.scatter("pine tree", 36, 3.4, 34, lambda x, z: props.pine(rng, x, z, u(4, 9), PINES[season], snow))
    else:
        leaves = (
            [(0.86, 0.46, 0.14), (0.80, 0.28, 0.14), (0.90, 0.66, 0.20)] if season == "autumn" else [GREENS[season]] * 3
        )
        d.scatter(
            "tree", 28, 4.6, 32, lambda x, z: props.tree(rng, x, z, u(4, 7.5), leaves[int(rng.integers(3))], snow)
        )
    d.scatter(
        "",
        8,
        1.8,
        9,
        lambda x, z: props.bush(rng, x, z, u(0.25, 0.55), scaled((PINES if pines else GREENS)[season], 0.9)),
    )
    d.scatter("rock", 4, 1.8, 9, lambda x, z: props.rock(rng, x, z, u(0.25, 0.6), (0.45, 0.46, 0.45), snow))
    path = (u(0, 3.14), 0.0, 0.8, (0.55, 0.44, 0.30)) if d.chance(0.5) and not snow else None
    d.objects |= {"path"} if path else set()
    return d.finish("forest", seed, Shell(GROUND, np.array([ground]), scaled(ground, 0.86), facet_m=1.0, path=path))


def beach(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    d.tags["season"] = "summer"
    r, turn = u(6.5, 11), u(0, 6.28)
    cx, cz = (r - u(2.2, 3.5)) * np.sin(turn), -(r - u(2.2, 3.5)) * np.cos(turn)
    d.add("sea", [])

    def on_sand(make):
        return lambda x, z: make(x, z) if np.hypot(x - cx, z - cz) < 0.9 * r else []

    d.scatter("palm tree", int(rng.integers(4, 9)), 3.0, r, on_sand(lambda x, z: props.palm(rng, x, z, u(3.2, 6))))
    d.scatter("rock", 5, 2.0, r, on_sand(lambda x, z: props.rock(rng, x, z, u(0.3, 0.8), (0.55, 0.5, 0.45))))
    if d.chance(0.5):
        d.ring("island", 4, lambda a: props.hill(rng, a, u(60, 120), u(10, 22), u(5, 14), (0.32, 0.5, 0.3)))
    if d.chance(0.4):
        a = u(0, 6.28)
        d.add("boat", props.boat(rng, cx + 1.5 * r * np.sin(a), cz - 1.5 * r * np.cos(a)))
    shell = Shell(
        GROUND,
        np.array([[0.93, 0.83, 0.60]]),
        (0.88, 0.77, 0.54),
        facet_m=1.4,
        water=(cx, cz, r, r),
        water_outside=True,
        water_colour=(0.10, 0.55, 0.62),
    )
    return d.finish("beach", seed, shell)
