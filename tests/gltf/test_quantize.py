"""Rounded vertices: what a head may notice, and what must stay equal."""

from dataclasses import replace

import numpy as np

from ldm3d_web.gltf.quantize import UV_BITS, snap
from ldm3d_web.panorama.mesh import Mesh
from ldm3d_web.panorama.sphere import rays_to_uv
from tests.gltf.meshes import globe
from tests.panorama.rooms import painted

PIXEL_RAD = 2 * np.pi / 2048


def points(nearest_m: float, farthest_m: float, count: int = 20_000) -> Mesh:
    """Points all round the eye; their triangles mean nothing."""
    random = np.random.default_rng(1)
    rays = random.normal(size=(count, 3))
    distance_m = np.exp(random.uniform(np.log(nearest_m), np.log(farthest_m), (count, 1)))
    positions = (rays / np.linalg.norm(rays, axis=1, keepdims=True) * distance_m).astype(np.float32)
    uv = np.stack(rays_to_uv(positions), axis=1).astype(np.float32)
    return Mesh(positions, uv, np.array([[0, 1, 2]], np.uint32), painted(8, 16), "points")


def angles(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.arctan2(np.linalg.norm(np.cross(a, b), axis=1), np.einsum("ij,ij->i", a, b))


def test_a_head_within_half_a_metre_sees_nothing_move_by_a_tenth_of_a_pixel():
    """The texture follows a vertex sideways, so what is left to see is its distance: the parallax of a moved head."""
    mesh = points(1.0, 20_000.0)
    rounded = snap(mesh)[0].astype(np.float64)
    distance_m = np.linalg.norm(mesh.positions.astype(np.float64), axis=1, keepdims=True)
    meant = rounded / np.linalg.norm(rounded, axis=1, keepdims=True) * distance_m
    random = np.random.default_rng(2)
    for _ in range(20):
        heads = random.normal(size=mesh.positions.shape)
        heads *= 0.5 / np.linalg.norm(heads, axis=1, keepdims=True)
        assert angles(rounded - heads, meant - heads).max() < 0.1 * PIXEL_RAD


def test_edges_stay_where_they_are_to_a_quarter_of_a_pixel():
    for mesh in (points(0.02, 1.0), points(1.0, 20_000.0)):
        assert angles(snap(mesh)[0].astype(np.float64), mesh.positions).max() < 0.25 * PIXEL_RAD


def test_texture_coordinates_are_those_of_the_rounded_direction():
    for mesh in (points(0.02, 20_000.0), globe(20, 40)):
        positions, uv, _ = snap(mesh)
        u, v = rays_to_uv(positions.astype(np.float64))
        away = np.hypot(positions[:, 0], positions[:, 2]) > 0.01 * np.abs(positions[:, 1])
        step = 0.51 * 2.0**-UV_BITS
        np.testing.assert_allclose((uv[away, 0] - u[away] + 0.5) % 1, 0.5, atol=step)
        np.testing.assert_allclose(uv[:, 1], v, atol=step)
        assert uv.min() >= 0 and uv.max() <= 1


def test_one_position_is_one_position_in_every_mesh():
    mesh = points(0.3, 2000.0)
    far = points(5000.0, 20_000.0)
    both = [np.concatenate([getattr(mesh, name)[::-2], getattr(far, name)]) for name in ("positions", "uv")]
    other = replace(mesh, positions=both[0], uv=both[1])
    np.testing.assert_array_equal(snap(mesh)[0][::-2], snap(other)[0][: -len(far.positions)])


def test_the_wrap_and_the_poles_keep_their_texture_coordinates():
    mesh = globe(20, 40)
    positions, uv, _ = snap(mesh)
    ends = (mesh.uv[:, 0] == 0) | (mesh.uv[:, 0] == 1)
    np.testing.assert_array_equal(uv[ends, 0], mesh.uv[ends, 0])
    poles = (mesh.uv[:, 1] == 0) | (mesh.uv[:, 1] == 1)
    np.testing.assert_array_equal(positions[poles][:, [0, 2]], 0)
    np.testing.assert_allclose(uv[poles], mesh.uv[poles], atol=2.0**-UV_BITS)
