"""Small real meshes for the GLB tests."""

from __future__ import annotations

import numpy as np

from ldm3d_web.gltf.check import read_accessor
from ldm3d_web.gltf.container import unpack
from ldm3d_web.panorama.mesh import Mesh
from ldm3d_web.panorama.sphere import uv_to_rays
from tests.panorama.rooms import painted


def landscape(rows: int = 16) -> list[Mesh]:
    """A dome of sky, and level ground to a hill all round, each with its own picture."""
    v, _ = np.meshgrid(np.arange(rows + 1) / rows, np.arange(2 * rows + 1), indexing="ij")
    down = -np.cos(np.pi * v)
    with np.errstate(divide="ignore"):
        ground_m = np.where(down > 0, 1.6 / down, np.inf)
    sky = sphere(np.full(v.shape, 1000.0), name="sky", seed=1)
    return [sky, sphere(np.minimum(ground_m, 12.0), name="surface", seed=2)]


def globe(rows: int, columns: int, *, seed: int = 0, name: str = "globe") -> Mesh:
    """A bumpy closed sphere around the eye, 1 to 300 m away."""
    random = np.random.default_rng(seed)
    return sphere(np.exp(random.uniform(0, np.log(300), (rows + 1, columns + 1))), name=name, seed=seed)


def sphere(distance_m: np.ndarray, *, name: str, seed: int) -> Mesh:
    """A closed sphere with these distances (rows + 1, columns + 1), its triangles and vertices in no order at all."""
    random = np.random.default_rng(seed)
    rows, columns = distance_m.shape[0] - 1, distance_m.shape[1] - 1
    u, v = np.meshgrid(np.arange(columns + 1) / columns, np.arange(rows + 1) / rows)
    distance_m = distance_m.copy()
    distance_m[:, -1] = distance_m[:, 0]
    distance_m[[0, -1]] = distance_m[[0, -1], :1]
    positions = (uv_to_rays(u, v) * distance_m[..., None]).astype(np.float32)
    positions[:, [0, -1], 0] = 0  # which sin(pi) is not
    positions[:, -1] = positions[:, 0]
    positions[[0, -1]] *= [0, 1, 0]
    grid = np.arange(u.size).reshape(u.shape)
    a, b, c, d = (x.ravel() for x in (grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]))
    # The upper row's quads have two corners at a pole, and the lower row's as well: one triangle each.
    triangles = np.concatenate([np.stack([a, b, c], axis=1)[:-columns], np.stack([a, c, d], axis=1)[columns:]])
    places = random.permutation(u.size)
    old = np.argsort(places)
    return Mesh(
        positions.reshape(-1, 3)[old],
        np.stack([u.ravel(), v.ravel()], axis=1).astype(np.float32)[old],
        places[triangles][random.permutation(len(triangles))].astype(np.uint32),
        painted(64, 128, seed),
        name,
    )


def read_back(glb: bytes) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Node name → positions in metres, uv, and triangles that index them."""
    document, binary = unpack(glb)
    found = {}
    for node in document["nodes"]:
        (primitive,) = document["meshes"][node["mesh"]]["primitives"]
        position = read_accessor(document, binary, primitive["attributes"]["POSITION"])
        uv = read_accessor(document, binary, primitive["attributes"]["TEXCOORD_0"])
        triangles = read_accessor(document, binary, primitive["indices"]).reshape(-1, 3).astype(int)
        found[node["name"]] = (position.astype(float), uv / 65535 if uv.dtype == np.uint16 else uv, triangles)
    return found


def sorted_corners(*columns: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """The values (N, …) at the corners of triangles (T, 3), a row for each, whatever order the triangles are in.

    A triangle begins with its smallest corner and keeps its direction.
    """
    corners = np.concatenate(columns, axis=1)[triangles]
    rank = np.unique(corners.reshape(-1, corners.shape[2]), axis=0, return_inverse=True)[1].reshape(-1, 3)
    turn = (np.argmin(rank, axis=1)[:, None] + np.arange(3)) % 3
    rows = np.take_along_axis(corners, turn[..., None], axis=1).reshape(len(triangles), -1)
    return rows[np.lexsort(np.take_along_axis(rank, turn, axis=1).T)]
