"""What rays meet first: closed-form distances to convex polyhedra, many rays at once.

Rays come in rows of neighbours. For each row only the solids whose bounding sphere can reach it are intersected, one
solid of every row at a time, so the work is a few large tensor operations. Nothing is marched.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ldm3d_web.worlds.packed import Packed

_CHUNK = 32768  # rays at a time: keeps the temporaries in cache on a processor
_CHUNK_GPU = 1 << 20


class Rows(NamedTuple):
    """Neighbouring rays in rows: T rows of R rays. Origins or rays may be shared by a row (second size 1)."""

    world: Tensor  # (T,) int64
    origins: Tensor  # (T, R or 1, 3), metres
    rays: Tensor  # (T, R or 1, 3), unit length

    @property
    def width(self) -> int:
        return max(self.origins.shape[1], self.rays.shape[1])


class Hits(NamedTuple):
    """What each ray meets first: distance (inf: nothing), solid (-1 the shell), face of the solid or plane."""

    distance: Tensor
    solid: Tensor
    face: Tensor


def trace(packed: Packed, rows: Rows, *, shell: bool = True) -> Hits:
    """First hits, each (T, R). Without `shell` only solids are met."""
    shape = (len(rows.world), rows.width)
    if shell:
        distance, face = _leave_shell(packed.shell[rows.world], rows)
        distance, face = distance.expand(shape).clone(), face.expand(shape).clone()
    else:
        distance = torch.full(shape, torch.inf, device=rows.rays.device)
        face = torch.zeros(shape, dtype=torch.int64, device=rows.rays.device)
    solid = torch.full_like(face, -1)
    row_of, solid_of = _reachable(packed, rows)
    if not len(row_of):
        return Hits(distance, solid, face)
    # Pairs of one rank touch each row at most once, so each round writes without collisions.
    start = torch.searchsorted(row_of, torch.arange(shape[0], device=row_of.device))
    rank = torch.arange(len(row_of), device=row_of.device) - start[row_of]
    faces = packed.faces[rows.world[row_of], solid_of]
    order = torch.argsort(rank * 64 + faces)  # solids of few faces together: their padding is not computed
    row_of, solid_of, faces = row_of[order], solid_of[order], faces[order]
    sizes = torch.bincount(rank).tolist()
    many = max(1, (_CHUNK_GPU if distance.is_cuda else _CHUNK) // shape[1])
    widest = [int(part.max()) for part in faces.split([n for size in sizes for n in _pieces(size, many)])]
    at = 0
    for n, count in zip((n for size in sizes for n in _pieces(size, many)), widest, strict=True):
        t, k = row_of[at : at + n], solid_of[at : at + n]
        at += n
        planes = packed.planes[rows.world[t], k, :count]
        enter, entries = enter_solid(planes, rows.origins[t], rows.rays[t])
        pair, ray = torch.nonzero(enter < distance[t], as_tuple=True)
        row = t[pair]
        distance[row, ray] = enter[pair, ray]
        face[row, ray] = entries[pair, ray].argmax(dim=-1)
        solid[row, ray] = k[pair]
    return Hits(distance, solid, face)


def _pieces(size: int, most: int) -> list[int]:
    return [min(most, size - start) for start in range(0, size, most)]


def _reachable(packed: Packed, rows: Rows) -> tuple[Tensor, Tensor]:
    """(row, solid) of the pairs whose cone and sphere overlap, sorted by row."""
    axis = torch.nn.functional.normalize(rows.rays.mean(dim=1), dim=-1)
    half = torch.arccos((rows.rays * axis[:, None]).sum(-1).amin(dim=1).clamp(-1, 1))
    origin = rows.origins.mean(dim=1)
    spread_m = (rows.origins - origin[:, None]).norm(dim=-1).amax(dim=1)
    found = []
    for b in range(packed.radius.shape[0]):  # rows of one world are together
        mine = torch.nonzero(rows.world == b).squeeze(1)
        known = torch.nonzero(packed.radius[b] > 0).squeeze(1)
        to = packed.centre[b, known] - origin[mine][:, None]
        away = to.norm(dim=-1).clamp(min=1e-6)
        reach = packed.radius[b, known] + spread_m[mine, None]
        spread = torch.where(away <= reach, torch.full_like(away, torch.pi), torch.arcsin((reach / away).clamp(max=1)))
        angle = torch.arccos(((to * axis[mine][:, None]).sum(-1) / away).clamp(-1, 1))
        pairs = torch.nonzero(angle <= half[mine, None] + spread + 1e-3)
        found.append(torch.stack([mine[pairs[:, 0]], known[pairs[:, 1]]]))
    every = torch.cat(found, dim=1)
    if len(found) > 1:
        every = every[:, torch.argsort(every[0], stable=True)]
    return every[0], every[1]


def enter_solid(planes: Tensor, origins: Tensor, rays: Tensor) -> tuple[Tensor, Tensor]:
    """Slab test: planes (P, F, 4), origins and rays (P, R or 1, 3) → distance (P, R), inf for a miss, and where each
    face is entered (P, R, F), -inf where it is left: the greatest is the face that is met."""
    normals = planes[..., :3].transpose(1, 2)
    facing = torch.matmul(rays, normals)
    gap = planes[:, None, :, 3] - torch.matmul(origins, normals)
    facing += 1e-12  # not -0.0: a ray along a face leaves it, at infinity
    at = gap / facing
    coming = facing < 0
    entries = at.masked_fill(~coming, -torch.inf)
    enter = entries.amax(dim=-1)
    leave = at.masked_fill_(coming, torch.inf).amin(dim=-1)
    enter = enter.masked_fill_((enter >= leave) | (enter <= 0), torch.inf)
    return enter, entries


def _leave_shell(planes: Tensor, rows: Rows) -> tuple[Tensor, Tensor]:
    """Distance and plane through which the rays leave the shell (T, Q, 4)."""
    normals = planes[..., :3].transpose(1, 2)
    facing = torch.matmul(rows.rays, normals)
    gap = planes[:, None, :, 3] - torch.matmul(rows.origins, normals)
    at = torch.where(facing > 1e-9, gap / facing.clamp(min=1e-9), torch.inf)
    distance, plane = at.min(dim=-1)
    return distance, plane
