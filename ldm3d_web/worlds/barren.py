"""Places of sand and stone: desert, volcano, moon, crystal cave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ldm3d_web.worlds import props
from ldm3d_web.worlds.draft import GROUND, Draft, scaled
from ldm3d_web.worlds.light import make_light
from ldm3d_web.worlds.shapes import crystal
from ldm3d_web.worlds.world import Colour, Shell, Solid, World


def desert(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    sands: dict[str, Colour] = {"red": (0.76, 0.36, 0.20), "golden": (0.90, 0.72, 0.42), "white": (0.92, 0.87, 0.78)}
    d.tags["colour"] = str(rng.choice(list(sands), p=[0.45, 0.4, 0.15]))
    sand = sands[d.tags["colour"]]
    if d.tags["weather"] == "cloudy" and d.chance(0.5):
        d.tags["weather"] = "clear"
    d.ring("dune", 9, lambda a: props.hill(rng, a, u(22, 60), u(14, 26), u(2.5, 7), props.vary(rng, sand, 0.02)))
    if d.chance(0.45):
        d.ring("mesa", int(rng.integers(3, 7)), lambda a: _mesa(rng, a, u(40, 100), scaled(sand, 0.85)))
    if d.chance(0.55):
        d.scatter("cactus", int(rng.integers(4, 10)), 2.6, 22, lambda x, z: props.cactus(rng, x, z, u(1.3, 3.2)))
    if d.chance(0.6):
        d.scatter("rock", 6, 1.9, 12, lambda x, z: props.rock(rng, x, z, u(0.25, 0.8), scaled(sand, 0.78)))
    return d.finish("desert", seed, Shell(GROUND, np.array([sand]), scaled(sand, 0.93), facet_m=2.6, patch_m=14))


def _mesa(rng, angle, away, colour) -> list[Solid]:
    x, z = away * np.sin(angle), -away * np.cos(angle)
    r, h = rng.uniform(5, 13), rng.uniform(12, 30)
    foot = props.frustum(
        rng, (x, props.FLOOR, z), 1.5 * r, 1.1 * r, 0.35 * h, props.vary(rng, colour), sides=9, rough=0.2
    )
    return [
        foot,
        props.frustum(rng, (x, props.FLOOR, z), 1.05 * r, 0.85 * r, h, props.vary(rng, colour), sides=9, rough=0.25),
    ]


def volcano(d: Draft, seed: int) -> World:
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
    d.scatter("rock", 12, 2.7, 15, lambda x, z: props.rock(rng, x, z, u(0.3, 1.2), (0.22, 0.20, 0.21)))
    shell = Shell(GROUND, np.array([ash]), (0.30, 0.22, 0.20), facet_m=1.8)
    if d.chance(0.65):
        d.objects.add("lava")
        shell = Shell(
            GROUND,
            np.array([ash]),
            (0.28, 0.22, 0.21),
            facet_m=1.8,
            path=(a + np.pi / 2 + u(-0.3, 0.3), u(2.2, 5.0), u(0.6, 1.3), (1.6, 0.62, 0.16)),
        )
    return d.finish("volcano", seed, shell)


def moon(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    d.tags |= {"time": "night", "weather": "clear", "season": ""}
    grey: Colour = (0.62, 0.62, 0.64)
    d.mountains(8, (0.50, 0.50, 0.53), None, height=(8, 22), away=(70, 130))
    d.scatter("rock", 12, 2.8, 18, lambda x, z: props.rock(rng, x, z, u(0.3, 1.3), (0.55, 0.55, 0.57)))
    if d.chance(0.6):
        d.scatter("dome", int(rng.integers(3, 6)), 8, 26, lambda x, z: props.dome(rng, x, z, u(2, 4)))
    light = make_light(rng, "night", "clear")
    light = replace(
        light,
        sun_colour=(0.85, 0.85, 0.82),
        ambient=(0.22, 0.22, 0.25),
        zenith=(0.01, 0.01, 0.03),
        horizon=(0.02, 0.02, 0.05),
        fog_m=900.0,
        disc_colour=(0.55, 0.72, 0.98),
        disc_radius_rad=0.16,
    )
    return d.finish("moon", seed, Shell(GROUND, np.array([grey]), (0.52, 0.52, 0.55), facet_m=2.0), light)


def cave(d: Draft, seed: int) -> World:
    rng, u = d.rng, d.rng.uniform
    d.tags |= {"time": "", "weather": "", "season": ""}
    hues: dict[str, Colour] = {
        "purple": (0.66, 0.34, 0.95),
        "blue": (0.25, 0.62, 1.0),
        "green": (0.30, 0.92, 0.58),
        "pink": (1.0, 0.45, 0.72),
    }
    d.tags["colour"] = str(rng.choice(list(hues)))
    hue = np.array(hues[d.tags["colour"]])
    normals = rng.normal(size=(14, 3)) * [1, 0.8, 1] + [0, 0.35, 0]
    normals[:, 1] = np.abs(normals[:, 1]) * np.where(np.arange(14) < 8, 0.4, 1.2)
    normals[:8, [0, 2]] = (
        1.5 * np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], 1)
        + 0.3 * normals[:8, [0, 2]]
    )
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    planes = np.concatenate([GROUND, np.concatenate([normals, u(5.0, 8.5, (14, 1))], axis=1)])
    stone = 0.22 * hue + [0.13, 0.12, 0.15]
    colours = np.concatenate([[stone * 0.85], stone * u(0.75, 1.25, (14, 1))]).clip(0, 1)

    def shard(x, z):
        lean = np.array([u(-0.4, 0.4), 1.0, u(-0.4, 0.4)])
        tint = tuple(float(v) for v in np.clip(hue * u(0.75, 1.15), 0, 1))
        return [
            crystal(
                rng,
                (x + u(-0.2, 0.2), props.FLOOR - 0.1, z + u(-0.2, 0.2)),
                u(0.12, 0.3),
                u(0.7, 2.6),
                lean,
                tint,
                glow=u(0.45, 0.85),
                footprint_m=0.5,
            )
            for _ in range(3)
        ]

    d.scatter("crystal", int(rng.integers(8, 13)), 2.2, 6.0, shard)
    d.scatter("rock", 6, 1.9, 6, lambda x, z: props.rock(rng, x, z, u(0.3, 0.8), tuple(stone)))
    tint = tuple(float(v) for v in (0.45 + 0.4 * hue))
    light = replace(make_light(rng, "noon", "clear"), ambient=tint, sun_colour=(0.25, 0.25, 0.28), fog_m=1e4)
    return d.finish("cave", seed, Shell(planes, colours, tuple(stone * 0.7), facet_m=1.0), light)
