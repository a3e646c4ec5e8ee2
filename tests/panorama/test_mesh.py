import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ldm3d_web.pack import build_meshes
from ldm3d_web.panorama.layers import Layer, split
from ldm3d_web.panorama.mesh import Mesh, build, ring_columns
from ldm3d_web.panorama.scale import to_panorama
from ldm3d_web.panorama.sphere import rays_to_uv
from ldm3d_web.rgbd import Panorama, Rgbd
from tests.panorama.rooms import box_room, open_ground, painted, rgbd_of


def sphere_of(distance_m: np.ndarray, max_triangles: int = 20_000) -> Mesh:
    rgb = painted(*distance_m.shape)
    return build(
        Layer("surface", rgb, distance_m.astype(np.float32), np.ones(rgb.shape[:2], bool)), max_triangles=max_triangles
    )


def welded(mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """Positions and triangles with vertices at the very same place made one."""
    positions, same = np.unique(mesh.positions, axis=0, return_inverse=True)
    return positions, same.reshape(-1)[mesh.triangles]


def directed_edges(triangles: np.ndarray) -> np.ndarray:
    return np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])


def solid_angle(mesh: Mesh) -> float:
    """Sum over triangles as the eye sees them, + when counter-clockwise (van Oosterom and Strackee)."""
    a, b, c = (mesh.positions[mesh.triangles[:, i]].astype(np.float64) for i in range(3))
    a, b, c = (p / np.linalg.norm(p, axis=1, keepdims=True) for p in (a, b, c))
    volume = np.einsum("ij,ij->i", a, np.cross(b, c))
    dots = 1 + (a * b).sum(1) + (b * c).sum(1) + (c * a).sum(1)
    return float(-2 * np.arctan2(volume, dots).sum())


def assert_closed(mesh: Mesh) -> None:
    positions, triangles = welded(mesh)
    edges = directed_edges(triangles)
    # Watertight and all turned the same way: each edge is walked once in each direction.
    walked, times = np.unique(edges, axis=0, return_counts=True)
    assert (times == 1).all()
    np.testing.assert_array_equal(walked, np.unique(edges[:, ::-1], axis=0))
    assert len(positions) - len(edges) // 2 + len(triangles) == 2
    assert solid_angle(mesh) == pytest.approx(4 * np.pi, rel=1e-4)


@settings(max_examples=25)
@given(st.integers(1, 40), st.integers(250, 9000), st.integers(0, 99))
def test_a_whole_sphere_is_closed_faces_the_eye_and_keeps_the_budget(height, max_triangles, seed):
    distance = np.random.default_rng(seed).uniform(0.5, 50, (height, 2 * height))
    mesh = sphere_of(distance, max_triangles)
    assert len(mesh.triangles) <= max_triangles
    assert_closed(mesh)


@pytest.mark.parametrize("columns", [16, 32, 48, 112, 256, 464, 1024, 2048])
def test_rings_meet_as_equals_or_as_double(columns):
    counts = ring_columns(columns)
    assert counts.max() == columns and counts[0] == counts[-1] == 0 and len(counts) == columns // 2 + 1
    inner = counts[1:-1]
    ratio = inner[1:] / inner[:-1]
    assert set(ratio.tolist()) <= {0.5, 1.0, 2.0}
    np.testing.assert_array_equal(counts, counts[::-1])


def test_each_pole_is_one_position_and_the_wrap_is_shared():
    mesh = sphere_of(np.random.default_rng(0).uniform(1, 9, (64, 128)))
    for v, sign in ((0.0, 1), (1.0, -1)):
        pole = mesh.uv[:, 1] == v
        assert len(np.unique(mesh.positions[pole], axis=0)) == 1
        assert mesh.positions[pole][0, [0, 2]].tolist() == [0, 0] and mesh.positions[pole][0, 1] * sign > 0
        # Each sector samples the texture in its own middle.
        assert len(np.unique(mesh.uv[pole, 0])) == pole.sum() > 4
        assert 0 < mesh.uv[pole, 0].min() and mesh.uv[pole, 0].max() < 1
    inner = (mesh.uv[:, 1] > 0) & (mesh.uv[:, 1] < 1)
    left, right = inner & (mesh.uv[:, 0] == 0), inner & (mesh.uv[:, 0] == 1)
    np.testing.assert_array_equal(mesh.positions[left], mesh.positions[right])
    assert left.sum() == right.sum() > 4
    # No triangle runs back across the picture from one end of the texture to the other.
    assert np.ptp(mesh.uv[:, 0][mesh.triangles], axis=1).max() < 0.2


def test_every_vertex_lies_in_the_direction_of_its_texture():
    mesh = sphere_of(box_room(64, 128))
    inner = (mesh.uv[:, 1] > 0) & (mesh.uv[:, 1] < 1)
    u, v = rays_to_uv(mesh.positions[inner].astype(np.float64))
    np.testing.assert_allclose((u - mesh.uv[inner, 0] + 0.5) % 1, 0.5, atol=1e-6)
    np.testing.assert_allclose(v, mesh.uv[inner, 1], atol=1e-6)


def test_planes_stay_planes():
    mesh = sphere_of(box_room(256, 512), 150_000)
    x, y, z = mesh.positions.T
    wall = np.maximum(np.abs(x), np.abs(z))
    floor = (np.abs(wall) < 2.7) & (y < 0)
    sides = (y > -1.4) & (y < 1.0) & (np.minimum(np.abs(x), np.abs(z)) < 2.7)
    assert floor.sum() > 1000 and sides.sum() > 1000
    np.testing.assert_allclose(y[floor], -1.6, atol=0.005)
    np.testing.assert_allclose(wall[sides], 3.0, atol=0.02)


def test_a_vertex_stands_on_one_side_of_an_edge():
    """A post at 1 m before a wall at 10 m: nothing hangs in the air between them."""
    distance = np.full((64, 128), 10.0)
    distance[:, 40:61] = 1.0
    radii = np.linalg.norm(sphere_of(distance, 5000).positions, axis=1)
    away_from_poles = np.abs(sphere_of(distance, 5000).uv[:, 1] - 0.5) < 0.3
    between = (radii > 1.1) & (radii < 9) & away_from_poles
    assert not between.any()


def test_noise_in_a_pole_row_makes_no_crown_of_spikes():
    random = np.random.default_rng(0)
    mesh = sphere_of(1 / random.uniform(0.4, 0.6, (128, 256)), 100_000)
    near_pole = (mesh.uv[:, 1] < 0.02) & (mesh.uv[:, 1] > 0)
    radii = np.linalg.norm(mesh.positions[near_pole], axis=1)
    assert np.ptp(radii) < 0.25  # the rows themselves spread over 0.83 m


def landscape(height=128, width=256) -> Panorama:
    truth, _ = open_ground(height, width, hill_m=12.0)
    return to_panorama(rgbd_of(truth, 1.0, 200.0), near_m=1.0, far_m=200.0)


def test_the_surface_has_no_sky_and_the_dome_is_beyond_everything():
    panorama = landscape()
    sky, surface = build_meshes(panorama, 30_000)
    assert (sky.name, surface.name) == ("sky", "surface")
    assert len(sky.triangles) + len(surface.triangles) <= 30_000
    assert_closed(sky)
    assert surface.texture is panorama.rgb
    height, width = panorama.sky.shape
    middle = surface.uv[surface.triangles].mean(axis=1)
    row, column = (middle[:, 1] * height).astype(int), (middle[:, 0] * width).astype(int)
    inside = panorama.sky[np.minimum(row + 2, height - 1), column]
    assert not inside.any(), "a triangle lies two pixels or more up in the sky"
    covered = np.zeros(panorama.sky.shape, bool)
    covered[row, column] = True
    assert covered[~panorama.sky].mean() > 0.25  # and the ground is there
    radii = np.linalg.norm(surface.positions, axis=1)
    assert radii.max() < 15, "a silhouette runs off towards the sky"
    np.testing.assert_allclose(np.linalg.norm(sky.positions, axis=1), 1000, rtol=1e-5)


def test_what_sky_saves_goes_into_a_finer_surface():
    panorama = landscape(256, 512)
    surface = build_meshes(panorama, 40_000)[1]
    whole = build(
        Layer("surface", panorama.rgb, panorama.distance_m, ~np.zeros_like(panorama.sky)), max_triangles=40_000
    )
    assert 30_000 < len(surface.triangles) < 40_000
    assert np.diff(np.unique(surface.uv[:, 1])).min() < 0.85 * np.diff(np.unique(whole.uv[:, 1])).min()


def test_a_room_is_one_layer_and_nothing_but_sky_is_one_too():
    room = to_panorama(rgbd_of(box_room(32, 64), 1.0, 6.0))
    assert [layer.name for layer in split(room)] == ["surface"]
    empty = Panorama(room.rgb, room.distance_m, np.ones_like(room.sky), room.near_m, room.far_m, 1.6)
    assert [layer.name for layer in split(empty)] == ["sky"]
    assert_closed(build_meshes(empty, 2000)[0])


def test_beyond_the_edge_a_layer_goes_on_at_the_nearest_distance_over_the_wrap():
    rgbd = rgbd_of(np.full((16, 32), 2.0), 1.0, 100.0)
    distance = np.full((16, 32), 90.0, np.float32)
    sky = np.ones((16, 32), bool)
    distance[8, 31], sky[8, 31] = 3.0, False
    distance[8, 16], sky[8, 16] = 7.0, False
    surface = split(Panorama(rgbd.rgb, distance, sky, 1.0, 100.0, 1.6))[1]
    assert surface.distance_m[8, 0] == 3.0 and surface.distance_m[8, 12] == 7.0
    assert set(np.unique(surface.distance_m)) == {3.0, 7.0}


@settings(max_examples=20)
@given(arrays.arrays(np.float32, (9, 18), elements=st.floats(0, 1, width=32)), st.integers(1000, 5000))
def test_any_disparity_gives_sound_meshes_within_the_budget(disparity, max_triangles):
    panorama = to_panorama(Rgbd(painted(9, 18), disparity))
    meshes = build_meshes(panorama, max_triangles)
    assert 0 < sum(len(mesh.triangles) for mesh in meshes) <= max_triangles
    for mesh in meshes:
        assert np.isfinite(mesh.positions).all()
        assert mesh.uv.min() >= 0 and mesh.uv.max() <= 1
        assert len(np.unique(mesh.triangles)) == len(mesh.positions)
        assert solid_angle(mesh) > 0


def test_a_budget_that_cannot_close_a_sphere_is_refused():
    with pytest.raises(ValueError, match="triangles"):
        sphere_of(np.ones((4, 8)), 249)
