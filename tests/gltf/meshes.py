"""Small real meshes for the GLB tests."""

from __future__ import annotations

import numpy as np

from ldm3d_web.gltf.check import read_accessor
from ldm3d_web.gltf.container import unpack
from ldm3d_web.pack import build_meshes
from ldm3d_web.panorama.mesh import Mesh
from ldm3d_web.panorama.scale import to_panorama
from tests.panorama.rooms import open_ground, rgbd_of


def landscape(max_triangles: int = 4000, height: int = 32, far_m: float = 200.0) -> list[Mesh]:
    """Sky and surface of level ground with a hill."""
    truth, _ = open_ground(height, 2 * height, hill_m=12.0)
    return build_meshes(to_panorama(rgbd_of(truth, 1.0, far_m), near_m=1.0, far_m=far_m), max_triangles)


def read_back(glb: bytes) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Node name → positions in metres, uv, and triangles that index them, over all primitives of the node."""
    document, binary = unpack(glb)
    found = {}
    for node in document["nodes"]:
        positions, uvs, triangles, start = [], [], [], 0
        for primitive in document["meshes"][node["mesh"]]["primitives"]:
            position = read_accessor(document, binary, primitive["attributes"]["POSITION"])
            uv = read_accessor(document, binary, primitive["attributes"]["TEXCOORD_0"])
            position = position / 32767 if position.dtype == np.int16 else position
            positions.append(position * np.array(node.get("scale", [1, 1, 1])))
            uvs.append(uv / 65535 if uv.dtype == np.uint16 else uv)
            triangles.append(read_accessor(document, binary, primitive["indices"]).reshape(-1, 3).astype(int) + start)
            start += len(position)
        found[node["name"]] = (np.concatenate(positions), np.concatenate(uvs), np.concatenate(triangles))
    return found
