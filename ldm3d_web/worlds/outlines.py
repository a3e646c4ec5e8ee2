"""Whether a spot of the floor lies on a feature: `ground` for one spot, without torch, while a world is composed."""

from __future__ import annotations

import math

from ldm3d_web.worlds.world import Feature, Strip


def is_on(feature: Feature, x: float, z: float, seed: float, margin_m: float = 0.0) -> bool:
    """Whether a spot lies on a feature or within margin_m of it."""
    shape = feature.shape
    if isinstance(shape, Strip):
        ahead = x * math.sin(shape.angle) - z * math.cos(shape.angle)
        beside = x * math.cos(shape.angle) + z * math.sin(shape.angle) - shape.offset_m
        beside -= shape.swing_m * (math.sin(ahead / shape.wave_m + shape.phase) - math.sin(shape.phase))
        return min(shape.half_width_m - abs(beside), ahead - shape.start_m, shape.end_m - ahead) > -margin_m
    dx, dz = (x - shape.x) / shape.rx, (z - shape.z) / shape.rz
    turn = math.atan2(dz, dx)
    edge = 1 + shape.wobble * (math.sin(3 * turn + seed) + 0.6 * math.sin(5 * turn - 2 * seed))
    inside = (edge - math.hypot(dx, dz)) * min(shape.rx, shape.rz)
    return (-inside if shape.outside else inside) > -margin_m
