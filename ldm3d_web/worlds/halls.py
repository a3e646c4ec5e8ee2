"""Under a high roof: hall and cave."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds.draft import GROUND, Draft
from ldm3d_web.worlds.hues import BRIGHT, CLOTHS
from ldm3d_web.worlds.indoors import box_planes, inside_light
from ldm3d_web.worlds.light import mixed, scaled
from ldm3d_web.worlds.props import furniture, monuments, stones
from ldm3d_web.worlds.props.kit import FLOOR, Kit
from ldm3d_web.worlds.world import EYE_HEIGHT_M, Colour, Feature, Lamp, Oval, Strip, World


def hall(d: Draft) -> World:
    rng, u = d.rng, d.u
    d.tags |= {"weather": "clear", "time": "night" if d.time in ("night", "sunset") else "noon"}
    night = d.time == "night"
    name = d.pick(["red", "blue", "green", "purple"])
    d.tags["colour"] = name
    cloth = CLOTHS[name]
    stone: Colour = d.pick([(0.90, 0.84, 0.74), (0.80, 0.82, 0.86), (0.92, 0.80, 0.66)])
    half, ahead, behind, top = u(4.6, 5.8), u(11, 14), u(6, 8), u(3.8, 5.2)
    x_long = d.chance(0.5)  # the hall runs along x or along z
    sign = d.pick((-1, 1))
    front = {(True, 1): np.pi / 2, (True, -1): -np.pi / 2, (False, 1): np.pi, (False, -1): 0.0}[x_long, sign]
    d.front = front
    far, back = (ahead, behind) if sign > 0 else (behind, ahead)
    planes = box_planes(back, far, half, half, top) if x_long else box_planes(half, half, back, far, top)
    paint = mixed(stone, cloth, 0.22)
    colours = np.stack([scaled(stone, 0.86), *[paint] * 4, scaled(stone, 0.78)])

    def place(s, t):
        return (float(s * np.sin(front) + t * np.cos(front)), float(-s * np.cos(front) + t * np.sin(front)))

    d.features.append(
        Feature(
            Strip(front, 0.85, 0.0, start_m=-behind + 1, end_m=ahead - 2),
            cloth,
            soft_m=0.04,
            rim=(0.90, 0.74, 0.40),
            rim_m=0.12,
        )
    )
    d.mark("carpet", front, 5.0)
    d.mark("carpet", front + np.pi, 4.0)
    for i in range(-2, 4):
        for side in (-1, 1):
            tile = Strip(front + np.pi / 2, 0.08, -(i * 3.0), 0, 5, 0, -half, half)
            if side > 0:
                d.features.insert(0, Feature(tile, scaled(stone, 0.72), soft_m=0.04))
    tall = top + EYE_HEIGHT_M
    for i in range(-2, 5):
        for side in (-1, 1):
            x, z = place(1.5 + i * 2.9, side * (half - 1.7))
            d.put("column", x, z, lambda x, z: monuments.column(rng, x, z, tall, scaled(stone, 1.04)), 0.7)
            if i % 2 == 0:
                x, z = place(1.5 + i * 2.9 + 1.45, side * (half - 0.05))
                yaw = float(np.arctan2(-side * np.cos(front), -side * np.sin(front)))
                d.put(
                    "banner",
                    x,
                    z,
                    lambda x, z, y=yaw: furniture.banner(rng, x, z, y, tall * 0.86, 0.9, 2.6, cloth),
                    0,
                    name,
                )
            else:
                x, z = place(1.5 + i * 2.9 + 1.45, side * (half - 0.02))
                yaw = float(np.arctan2(-side * np.cos(front), -side * np.sin(front)))
                glass: Colour = (0.14, 0.22, 0.46) if night else (0.80, 0.90, 0.97)
                d.put("window", x, z, lambda x, z, y=yaw, g=glass: furniture.window(rng, x, z, y, 1.9, 0.9, 2.2, g))
    for side in (-1, 1):  # a panelled foot and a cornice along the walls
        x, z = place(2.0, side * half)
        kit = Kit(rng, x, z, float(np.arctan2(-side * np.cos(front), -side * np.sin(front))))
        kit.box((0, 0, 0), (40, 1.05, 0.12), scaled(mixed(stone, cloth, 0.6), 0.8), casts=False)
        kit.box((0, 1.05, 0), (40, 0.1, 0.2), scaled(stone, 1.05), casts=False)
        d.solids += kit.solids
    for i in range(-2, 5):  # beams
        x, z = place(1.5 + i * 2.9, 0.0)
        d.solids += (
            Kit(rng, x, z, float(np.pi - front))
            .box((0, tall - 0.45, 0), (2 * half, 0.45, 0.5), scaled(stone, 0.62), casts=False)
            .solids
        )
    focal = d.pick(["throne", "throne", "statue", "fireplace", "fountain"])
    x, z = place(ahead - 1.6, 0)
    yaw = float(np.arctan2(-x, -z))
    if focal == "throne":
        d.put("throne", x, z, lambda x, z: furniture.throne(rng, x, z, yaw, cloth), 1.6)
    elif focal == "statue":
        d.put("statue", x, z, lambda x, z: monuments.statue(rng, x, z, 2.4, (0.88, 0.86, 0.82)), 1.2)
    elif focal == "fireplace":
        x, z = place(ahead - 0.3, 0)
        d.put("fireplace", x, z, lambda x, z: furniture.fireplace(rng, x, z, yaw), 1.2)
        lx, lz = place(ahead - 1.2, 0)
        d.lamps_always(lx, 0.6, lz, 2.2, (0.8, 0.4, 0.14))
    else:
        x, z = place(u(5, 6.5), 0)
        d.put("fountain", x, z, lambda x, z: monuments.fountain(rng, x, z, 1.1), 1.4)
    for s in (u(3.0, 4.0), u(-4.5, -3.5)):
        cx, cz = place(s, 0)
        d.put("chandelier", cx, cz, lambda x, z: furniture.chandelier(rng, x, z, tall - u(1.6, 2.0), 1.1))
        d.lamps_always(cx, tall - 2.0, cz, 3.4, (0.50, 0.36, 0.18) if night else (0.16, 0.13, 0.08))
    for side in (-1, 1):
        for s in (u(1.6, 2.6), u(6, 8)):
            cx, cz = place(s, side * 1.5)
            if d.put("candle", cx, cz, lambda x, z: furniture.candle(rng, x, z, u(0.95, 1.1)), 0.4) and night:
                d.lamps_always(cx, 1.6, cz, 1.4, (0.46, 0.30, 0.12))
    if d.chance(0.5):
        cx, cz = place(u(-3, -1.8), d.pick((-1, 1)) * 1.8)
        d.put("vase", cx, cz, lambda x, z: furniture.vase(rng, x, z, 1.0, cloth), 0.5)
    if d.chance(0.4):
        cx, cz = place(-u(2.2, 3), 0.0)
        d.put("table", cx, cz, lambda x, z: furniture.table(rng, x, z, float(np.pi / 2 - front), 2.6, 1.0), 1.4)
    if night:
        light = inside_light(d, (0.12, 0.10, 0.10), (0.46, 0.42, 0.47), (0.40, 0.36, 0.38))
    else:
        light = inside_light(d, (0.26, 0.24, 0.19), (0.74, 0.74, 0.76), (0.68, 0.64, 0.60))
    return d.finish("hall", colours, scaled(stone, 0.78), 4.0, planes, light=light)


def cave(d: Draft) -> World:
    rng, u = d.rng, d.u
    d.tags |= {"time": "", "weather": "", "season": ""}
    name = d.pick(["purple", "blue", "green", "pink", "turquoise", "orange"])
    d.tags["colour"] = name
    hue = np.array(BRIGHT[name])
    normals, offsets = [], []
    for ring, lean, low, high in ((9, 0.12, 6.0, 9.5), (7, 0.75, 5.5, 7.5), (3, 2.2, 4.6, 6.0)):
        turn = u(0, 6.28)
        for i in range(ring):
            a = turn + i * 2 * np.pi / ring + u(-0.15, 0.15)
            n = np.array([np.cos(a), lean + u(-0.1, 0.15), np.sin(a)])
            normals.append(n / np.linalg.norm(n))
            offsets.append(u(low, high))
    planes = np.concatenate([GROUND, np.column_stack([normals, offsets])])
    stone = 0.26 * hue + [0.22, 0.21, 0.26]
    colours = np.concatenate([[0.9 * stone], stone * u(0.85, 1.15, (len(normals), 1))]).clip(0, 1)
    rock = tuple(float(c) for c in np.clip(stone * 1.1, 0, 1))
    tint = tuple(float(c) for c in hue)
    if d.chance(0.55):
        x, z = stones.at_azimuth(d.front + u(0.5, 1.0) * d.pick((-1, 1)), u(3.6, 4.4))
        d.clear(
            Feature(
                Oval(x, z, u(1.8, 2.5), u(1.6, 2.2), 0.07),
                tuple(0.35 * hue + 0.08),
                "water",
                0.05,
                tuple(stone * 0.7),
                0.2,
            ),
            0.2,
        )
        d.mark("pond", float(np.arctan2(x, -z)), float(np.hypot(x, z)))
    path(d, tuple(float(c) for c in np.clip(1.25 * stone + 0.03, 0, 1)))
    at = d.one(
        "crystal",
        lambda x, z: stones.crystals(rng, x, z, u(2.6, 3.4), tint, 6, 0.7),
        4.2,
        5.2,
        1.0,
        d.front,
        0.12,
        name,
        "",
    )
    spots = [at] if at else []
    for _ in range(d.count(6, 9)):
        spot = d.one(
            "crystal",
            lambda x, z: stones.crystals(rng, x, z, u(0.8, 1.9), tint, d.count(3, 5), 0.55),
            2.0,
            6.2,
            0.7,
            None,
            0,
            name,
        )
        if spot:
            spots.append(spot)
    for x, z in spots[:6]:
        d.lamps.append(Lamp((x, FLOOR + 0.8, z), 1.7, tuple(float(c) for c in 0.46 * hue)))
    for _ in range(7):
        a, away = u(-np.pi, np.pi), u(2.4, 5.5)
        x, z = stones.at_azimuth(a, away)
        d.put("stalactite", x, z, lambda x, z: stones.spike(rng, x, z, u(2.6, 3.6), u(0.9, 1.8), u(0.18, 0.32), rock))
    d.around("rock", 8, lambda x, z: stones.rock(rng, x, z, u(0.4, 0.9), rock), 2.6, 6, 0.9, 3)
    for k in range(3):
        d.some(
            "crystal",
            2,
            lambda x, z: stones.crystals(rng, x, z, u(0.3, 0.5), tint, 3, 0.6),
            1.25,
            2.1,
            0.3,
            d.front + 0.9 + 2.1 * k,
            name,
        )
    above = tuple(float(c) for c in (0.40 + 0.26 * hue))
    light = inside_light(d, (0.26, 0.26, 0.29), above, tuple(float(0.8 * c) for c in above))
    return d.finish("cave", colours, tuple(float(c) for c in 0.74 * stone), 3.0, planes, light=light)


def path(d: Draft, colour: Colour) -> None:
    """A trodden way through the cave."""
    strip = Strip(d.front, 0.6, 0.0, 0.4, 2.2, d.u(0, 6), -5.0, 4.0)
    d.clear(Feature(strip, mixed(colour, (1, 1, 1), 0.05), soft_m=0.25), 0.1)
