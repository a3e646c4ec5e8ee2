"""Single placed objects become the groups that a description names."""

from __future__ import annotations

import math
from collections import defaultdict

from ldm3d_web.worlds.world import Thing

Mark = tuple[str, str, str, float, float]  # name, colour, size, azimuth_rad, distance_m of one object
Place = tuple[float, float]  # azimuth_rad, distance_m

SPREAD_RAD = math.radians(50)  # the widest group
GAP_RAD = math.radians(28)  # neighbours farther apart are two groups


def turned(azimuth_rad: float) -> float:
    """The same azimuth in (-pi, pi]."""
    return math.pi - (math.pi - azimuth_rad) % (2 * math.pi)


def group(marks: list[Mark]) -> tuple[Thing, ...]:
    """Objects of one name, colour and size that stand together are one Thing; nearest first."""
    alike: dict[tuple[str, str, str], list[Place]] = defaultdict(list)
    for name, colour, size, azimuth, away in marks:
        alike[name, colour, size].append((turned(azimuth), away))
    things = [
        Thing(name, len(members), colour, size, *_middle(members))
        for (name, colour, size), every in alike.items()
        for members in _clusters(every)
    ]
    return tuple(sorted(things, key=lambda t: (t.distance_m, t.name)))


def _clusters(places: list[Place]) -> list[list[Place]]:
    """Neighbours in azimuth, cut at wide gaps and where a group would grow too wide. Azimuths go on past pi."""
    ring = sorted(places)
    gaps = [(ring[i][0] - ring[i - 1][0]) % (2 * math.pi) for i in range(len(ring))]
    start = max(range(len(ring)), key=gaps.__getitem__)
    clusters: list[list[Place]] = []
    for azimuth, away in ring[start:] + [(a + 2 * math.pi, d) for a, d in ring[:start]]:
        last = clusters[-1] if clusters else None
        if last and azimuth - last[-1][0] <= GAP_RAD and azimuth - last[0][0] <= SPREAD_RAD:
            last.append((azimuth, away))
        else:
            clusters.append([(azimuth, away)])
    return clusters


def _middle(members: list[Place]) -> Place:
    azimuths = [azimuth for azimuth, _ in members]
    middle = turned((min(azimuths) + max(azimuths)) / 2)
    return round(middle, 4), round(sum(away for _, away in members) / len(members), 2)
