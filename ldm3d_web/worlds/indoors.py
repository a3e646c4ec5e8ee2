"""At home: room."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ldm3d_web.worlds.draft import Draft
from ldm3d_web.worlds.hues import CLOTHS
from ldm3d_web.worlds.light import make_light, scaled
from ldm3d_web.worlds.props import furniture, stones
from ldm3d_web.worlds.props.kit import Kit
from ldm3d_web.worlds.world import EYE_HEIGHT_M, Colour, Feature, Light, Strip, World

SIDES = {"e": (1, 0), "w": (-1, 0), "n": (0, -1), "s": (0, 1)}  # x, z of the four walls


def inside_light(d: Draft, sun: Colour, above: Colour, below: Colour) -> Light:
    """Soft light from high above, no air."""
    base = make_light(d.rng, "noon", "clear", d.u(-3, 3))
    direction = np.array([d.u(-0.3, 0.3), 1.0, d.u(-0.3, 0.3)])
    return replace(
        base,
        sun_direction=direction / np.linalg.norm(direction),
        sun=sun,
        above=above,
        below=below,
        fog_m=1e4,
        glow=0.0,
        stars=0.0,
        disc_radius_rad=0.0,
    )


def box_planes(x0: float, x1: float, z0: float, z1: float, top: float) -> np.ndarray:
    """Floor, +x, -x, +z, -z, ceiling."""
    return np.array(
        [[0, -1, 0, EYE_HEIGHT_M], [1, 0, 0, x1], [-1, 0, 0, x0], [0, 0, 1, z1], [0, 0, -1, z0], [0, 1, 0, top]], float
    )


class _Walls:
    """The four walls of a room, to set things against."""

    def __init__(self, x0: float, x1: float, z0: float, z1: float):
        self.reach = {"e": x1, "w": x0, "n": z0, "s": z1}

    def at(self, side: str, along: float, out: float) -> tuple[float, float, float]:
        """x, z and yaw (into the room) of a spot so far along a wall and out from it."""
        sx, sz = SIDES[side]
        away = self.reach[side] - out
        return sx * away + (along if sz else 0.0), sz * away + (along if sx else 0.0), float(np.arctan2(-sx, -sz))


def room(d: Draft) -> World:
    rng, u = d.rng, d.u
    d.tags |= {"weather": "clear", "time": "night" if d.time in ("night", "sunset") else "noon"}
    night = d.time == "night"
    walls = _Walls(u(2.6, 3.5), u(2.6, 3.5), u(2.6, 3.6), u(2.6, 3.6))
    r = walls.reach
    top = u(1.0, 1.35)
    paints: dict[str, Colour] = {
        "blue": (0.60, 0.72, 0.82),
        "green": (0.64, 0.75, 0.62),
        "red": (0.80, 0.50, 0.44),
        "yellow": (0.93, 0.83, 0.58),
        "white": (0.93, 0.91, 0.87),
        "pink": (0.91, 0.74, 0.74),
        "purple": (0.70, 0.64, 0.80),
    }
    d.tags["colour"] = d.pick(list(paints))
    wall = np.array(paints[d.tags["colour"]])
    wood = d.pick([(0.66, 0.47, 0.30), (0.56, 0.38, 0.25), (0.76, 0.60, 0.42)])
    colours = np.stack([wood, wall, 0.97 * wall, 1.02 * wall, 0.99 * wall, [0.96, 0.95, 0.92]]).clip(0, 1)
    names = list(CLOTHS)
    cloth, other = d.pick(names), d.pick(names)
    free = ["e", "w", "n", "s"]
    rng.shuffle(free)
    # A skirting board, and boards in the floor
    for side in ("e", "w", "n", "s"):
        x, z, yaw = walls.at(side, 0.0, 0.02)
        d.solids += Kit(rng, x, z, yaw).box((0, 0, 0), (8, 0.1, 0.04), (0.96, 0.95, 0.92), casts=False).solids
    rug_at = (u(-0.3, 0.3), u(-0.3, 0.3))
    if d.chance(0.8):
        d.put(
            "rug",
            *rug_at,
            lambda x, z: furniture.rug(
                rng, x, z, 0.0 if d.chance(0.5) else np.pi / 2, u(2.0, 2.6), u(1.4, 1.8), CLOTHS[other]
            ),
            0,
            other,
        )
    first, second, third, fourth = free
    # Window wall
    x, z, yaw = walls.at(first, u(-0.4, 0.4), 0.02)
    wide, tall = u(1.3, 1.9), u(1.0, 1.2)
    glass: Colour = (0.10, 0.16, 0.36) if night else (0.74, 0.88, 0.98)
    d.put("window", x, z, lambda x, z: furniture.window(rng, x, z, yaw, 0.95, wide, tall, glass))
    d.put("", x, z, lambda x, z: furniture.curtains(rng, x, z, yaw, 0.95, wide, tall, CLOTHS[cloth]))
    if d.chance(0.6):
        tx, tz, tyaw = walls.at(first, u(-0.3, 0.3), 0.5)
        d.put("table", tx, tz, lambda x, z: furniture.table(rng, x, z, tyaw, u(1.2, 1.5), 0.65), 0.8)
        cx, cz, cyaw = walls.at(first, u(-0.3, 0.3), 1.1)
        d.put("chair", cx, cz, lambda x, z: furniture.chair(rng, x, z, cyaw + np.pi + u(-0.3, 0.3)), 0.3)
    # Large piece
    if d.chance(0.5):
        x, z, yaw = walls.at(second, u(-0.5, 0.5), 1.05)
        d.put("bed", x, z, lambda x, z: furniture.bed(rng, x, z, yaw, CLOTHS[cloth]), 1.2, cloth)
        sx, sz, _ = walls.at(second, -1.35 if x + z > 0 else 1.35, 0.3)
        d.put("lamp", sx, sz, lambda x, z: furniture.lamp(rng, x, z, 1.0 if night else 0.2), 0.3)
    else:
        x, z, yaw = walls.at(second, u(-0.4, 0.4), 0.5)
        d.put("sofa", x, z, lambda x, z: furniture.sofa(rng, x, z, yaw, CLOTHS[cloth], u(1.8, 2.1)), 1.1, cloth)
        px, pz, pyaw = walls.at(second, u(-0.4, 0.4), 0.04)
        d.put(
            "picture", px, pz, lambda x, z: furniture.picture(rng, x, z, pyaw, 1.25, u(0.8, 1.1), CLOTHS[d.pick(names)])
        )
        if d.chance(0.6):
            tx, tz, tyaw = walls.at(second, u(-0.3, 0.3), 1.35)
            d.put("table", tx, tz, lambda x, z: furniture.table(rng, x, z, tyaw, 0.9, 0.5, 0.4), 0.5)
        lx, lz, _ = walls.at(second, 1.45, 0.4)
        d.put("lamp", lx, lz, lambda x, z: furniture.lamp(rng, x, z, 1.0 if night else 0.2), 0.3)
    # Fire or books
    fire = d.chance(0.45)
    if fire:
        x, z, yaw = walls.at(third, u(-0.4, 0.4), 0.25)
        d.put("fireplace", x, z, lambda x, z: furniture.fireplace(rng, x, z, yaw), 0.9)
        sx, sz = np.array([x, z]) * 0.78
        d.lamps_always(float(sx), 0.5, float(sz), 1.5, (0.75, 0.38, 0.12) if night else (0.3, 0.16, 0.06))
        ax, az, ayaw = walls.at(third, -1.25, 1.1)
        if d.chance(0.6):
            d.put(
                "armchair", ax, az, lambda x, z: furniture.sofa(rng, x, z, ayaw + 0.8, CLOTHS[other], 0.95), 0.6, other
            )
    else:
        x, z, yaw = walls.at(third, u(-0.7, 0.7), 0.19)
        d.put("bookshelf", x, z, lambda x, z: furniture.bookshelf(rng, x, z, yaw, u(1.2, 1.6), u(1.8, 2.2)), 0.8)
    x, z, yaw = walls.at(fourth, u(-0.6, 0.6), 0.02)
    d.put("door", x, z, lambda x, z: furniture.door(rng, x, z, yaw))
    if d.chance(0.75):
        px, pz, _ = walls.at(fourth, 1.55 * d.pick((-1, 1)), 0.45)
        d.put("plant", px, pz, lambda x, z: furniture.plant(rng, x, z, u(0.8, 1.1)), 0.4)
    for wall_side in (third, fourth):
        along = d.pick((-1, 1)) * u(1.5, 1.8)
        px, pz, pyaw = walls.at(wall_side, along, 0.04)
        d.put(
            "picture",
            px,
            pz,
            lambda x, z, y=pyaw: furniture.picture(rng, x, z, y, 1.25, u(0.55, 0.8), CLOTHS[d.pick(names)]),
        )
    if d.chance(0.5):
        px, pz, _ = walls.at(fourth, (1.2 if x + z < 0 else -1.2), 0.04)
        d.put("picture", px, pz, lambda x, z: furniture.picture(rng, x, z, yaw, 1.2, 0.7, CLOTHS[d.pick(names)]))
    lamps = [mark for mark in d.marks if mark[0] == "lamp"]
    for _, _, _, a, away in lamps if night else []:
        lx, lz = stones.at_azimuth(a, away * 0.92)
        d.lamps_always(lx, 1.45, lz, 1.7, (0.62, 0.42, 0.20))
    if night:
        light = inside_light(d, (0.14, 0.11, 0.08), (0.56, 0.48, 0.45), (0.52, 0.43, 0.40))
    else:
        light = inside_light(d, (0.22, 0.21, 0.18), (0.80, 0.80, 0.80), (0.84, 0.82, 0.78))
        wx, wz, _ = walls.at(first, 0.0, 0.3)
        d.lamps_always(wx, 1.5, wz, 2.4, (0.40, 0.40, 0.38))
    _boards(d, wood)
    return d.finish(
        "room", colours, scaled(wood, 1.0), 3.0, box_planes(r["w"], r["e"], r["n"], r["s"], top), light=light
    )


def _boards(d: Draft, wood: Colour) -> None:
    """Every other board of the floor a little darker."""
    angle = d.pick((0.0, np.pi / 2))
    for i in range(-4, 5):
        d.features.append(Feature(Strip(angle, 0.22, 0.88 * i), scaled(wood, 0.93), soft_m=0.03))
