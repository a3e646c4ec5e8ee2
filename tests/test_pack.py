import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from ldm3d_web import pack
from ldm3d_web.errors import InvalidImage, InvalidInput
from ldm3d_web.gltf.check import read_accessor
from ldm3d_web.gltf.container import unpack
from ldm3d_web.gltf.write import read_provenance
from ldm3d_web.pack import depth_source, import_panorama, pack_scene, read_pair
from ldm3d_web.panorama import grid, guess, layers, scale
from ldm3d_web.panorama.disparity import to_disparity
from ldm3d_web.rgbd import Rgbd
from ldm3d_web.rgbd_files import encode_disparity, encode_rgb
from tests.gltf.meshes import read_back
from tests.panorama.rooms import box_room, disparity_of, open_ground, painted, rgbd_of
from tests.panorama.scenes import on_grid, room_with_box

H, W = 64, 128


def triangles_of(glb: bytes) -> int:
    document, binary = unpack(glb)
    primitives = [primitive for mesh in document["meshes"] for primitive in mesh["primitives"]]
    return sum(len(read_accessor(document, binary, primitive["indices"])) for primitive in primitives) // 3


def gray_file(disparity: np.ndarray, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.rint(disparity * 255).astype(np.uint8)).save(out, kind, quality=92)
    return out.getvalue()


def test_a_room_stands_in_both_profiles_at_its_true_size():
    scene = pack_scene(rgbd_of(box_room(H, W), 1.0, 6.0), max_triangles=8000, provenance={"prompt": "a room"})
    for glb in (scene.web, scene.portable):
        x, y, z = read_back(glb)["surface"][0].T
        inside = np.maximum(np.abs(x), np.abs(z)) < 2.5
        assert np.median(y[inside & (y < 0)]) == pytest.approx(-1.6, abs=0.03)
        assert np.median(y[inside & (y > 0)]) == pytest.approx(1.2, abs=0.03)
        assert triangles_of(glb) == scene.provenance["triangles"] <= 8000
        facts = read_provenance(glb)
        assert facts == scene.provenance
        assert facts["prompt"] == "a room" and facts["scale"] == "floor" and facts["eye_height_m"] == 1.6
        assert (facts["width"], facts["height"]) == (W, H)


def test_with_near_and_far_given_the_scene_has_exactly_that_scale():
    rgbd = rgbd_of(box_room(H, W), 1.0, 6.0)
    scene = pack_scene(rgbd, near_m=2.0, far_m=12.0, max_triangles=8000)
    facts = read_provenance(scene.web)
    assert (facts["near_m"], facts["far_m"], facts["scale"]) == (2.0, 12.0, "given")
    y = read_back(scene.web)["surface"][0][:, 1]
    assert y.min() == pytest.approx(-3.2, abs=0.05)


def test_the_same_scene_twice_is_the_same_bytes():
    one, two = (pack_scene(rgbd_of(open_ground(H, W)[0], 1.0, 200.0), max_triangles=2000) for _ in range(2))
    assert one.web == two.web and one.portable == two.portable


@settings(max_examples=15)
@given(
    arrays.arrays(np.float32, st.sampled_from([(1, 2), (3, 6), (7, 14), (25, 50)]), elements=st.floats(0, 1, width=32)),
    st.integers(1000, 6000),
    st.none() | st.sampled_from([(0.01, 0.02), (0.5, 1e5), (1.0, 200.0)]),
)
def test_any_disparity_of_any_size_makes_two_sound_glbs(disparity, max_triangles, ends):
    """Sound is what tests/conftest.py says: our own look, and Khronos' validator over each."""
    near, far = ends or (None, None)
    rgbd = Rgbd(painted(*disparity.shape), disparity)
    scene = pack_scene(rgbd, near_m=near, far_m=far, max_triangles=max_triangles)
    assert 0 < triangles_of(scene.web) == triangles_of(scene.portable) <= max_triangles


@pytest.mark.parametrize("count", [0, -5, 999, 3_000_000])
def test_a_budget_that_cannot_be_kept_is_refused_with_a_sentence(count):
    with pytest.raises(InvalidInput, match="1,000 to 2,000,000"):
        pack_scene(rgbd_of(box_room(8, 16), 1.0, 6.0), max_triangles=count)


def test_read_pair_takes_what_was_written_and_depth_of_its_own_size(tmp_path):
    rgbd = rgbd_of(box_room(H, W), 1.0, 6.0)
    (tmp_path / "rgb.png").write_bytes(encode_rgb(rgbd.rgb))
    (tmp_path / "depth.png").write_bytes(encode_disparity(rgbd.disparity))
    back = read_pair(tmp_path / "rgb.png", tmp_path / "depth.png")
    np.testing.assert_array_equal(back.rgb, rgbd.rgb)
    np.testing.assert_allclose(back.disparity, rgbd.disparity, atol=1 / 65535)
    coarse = read_pair(encode_rgb(rgbd.rgb), encode_disparity(rgbd.disparity[::2, ::2]))
    assert coarse.rgb.shape == (H, W, 3) and coarse.disparity.shape == (H // 2, W // 2)
    with pytest.raises(InvalidImage, match="8 bits"):
        read_pair(encode_rgb(rgbd.rgb), gray_file(rgbd.disparity))
    wide = np.zeros((4097, 8194, 3), np.uint8)
    with pytest.raises(InvalidImage, match="8,192"):
        read_pair(encode_rgb(wide), encode_disparity(rgbd.disparity))


@pytest.mark.parametrize("size", [H // 2, 2 * H])
def test_an_imported_depth_keeps_its_size_and_gives_the_scene_its_shape(size):
    depth = disparity_of(box_room(size, 2 * size), 1.0, 6.0)
    rgbd = import_panorama(encode_rgb(painted(4 * H, 4 * W)), encode_disparity(depth))
    assert rgbd.rgb.shape == (4 * H, 4 * W, 3) and rgbd.disparity.shape == depth.shape
    scene = pack_scene(rgbd, near_m=1.0, far_m=6.0, max_triangles=20_000)
    assert (scene.provenance["width"], scene.provenance["height"]) == (4 * W, 4 * H)
    surface = read_back(scene.web)["surface"][0]
    corner = np.abs(surface).max(axis=0)
    np.testing.assert_allclose(corner, [3, 1.6, 3], atol=0.15)


def test_a_file_of_eight_bits_is_cut_less_finely():
    """Its small steps are noise: a kerb of three pixels of parallax is torn in good depth, and whole in bad."""
    depth = np.full((64, 128), 0.2, np.float32)
    depth[32:, 40:80] = 0.8
    picture = encode_rgb(painted(64, 128))
    assert import_panorama(picture, gray_file(depth)).noisy
    assert not import_panorama(picture, encode_disparity(depth)).noisy
    rgbd = import_panorama(picture, encode_disparity(depth))
    step_m = 3 / (64 / np.pi) * 2  # 1 / metres
    ends = {"near_m": 1 / (0.1 + 0.9 * step_m / 0.6), "far_m": 10.0}
    names = [list(read_back(pack_scene(replace(rgbd, noisy=noisy), **ends).web)) for noisy in (False, True)]
    assert "hidden" in names[0] and "hidden" not in names[1]


def test_blurred_depth_beside_its_picture_is_moved_onto_its_edges_where_it_is_said_to_be_noisy():
    """A block whose depth climbs over eight pixels and lies four pixels to the right of where one sees it."""
    seen = np.zeros((H, W), bool)
    seen[24:44, 40:70] = True
    depth = np.where(np.roll(seen, 4, axis=1), np.float32(0.8), np.float32(0.2))
    depth = cv2.blur(depth, (9, 9), borderType=cv2.BORDER_REPLICATE)
    right = np.where(seen, np.float32(0.8), np.float32(0.2))
    picture = np.where(seen[..., None], np.uint8([200, 60, 40]), np.uint8([60, 90, 160]))
    wrong = []
    for noisy in (False, True):
        panorama = grid.on_grid(Rgbd(picture, depth, noisy), scale.Range(1.0, 10.0, 1.6, "given"), H)
        found = to_disparity(panorama.distance_m, 1.0, 10.0, panorama.sky)
        wrong.append(int((np.abs(found - right) > 0.2)[28:40].sum()))
    assert wrong[1] < 0.35 * wrong[0], wrong


@pytest.mark.parametrize(("kind", "within"), [("PNG", 0.006), ("JPEG", 0.03)])
def test_the_steps_of_8_bits_are_smoothed_and_edges_stay(kind, within):
    even = np.tile(np.linspace(0.1, 0.15, H, dtype=np.float32)[:, None], (1, W))  # thirteen levels of 256
    with_post = even.copy()
    with_post[20:40, 30:50] = 0.8
    picture = np.where(with_post[..., None] > 0.5, np.uint8(200), np.uint8(60)).repeat(3, axis=2)
    read = import_panorama(encode_rgb(picture), gray_file(with_post, kind)).disparity
    away = np.ones((H, W), bool)
    away[12:48, 22:58] = False
    coarse = np.rint(even * 255) / 255
    assert np.abs(read - with_post)[away].max() < within
    assert np.diff(read, axis=0)[:, 70:].std() < 0.6 * np.diff(coarse, axis=0)[:, 70:].std()
    assert read[21:39, 31:49].min() > 0.75 and read[21:39, 26].max() < 0.2


def test_import_says_where_the_depth_comes_from():
    depth = disparity_of(box_room(H, W), 1.0, 6.0)
    assert depth_source(None).kind == "guessed" and "guess" in (depth_source(None).note or "")
    assert depth_source(encode_disparity(depth)).kind == "16-bit" and depth_source(encode_disparity(depth)).note is None
    assert depth_source(gray_file(depth)).kind == "8-bit" and "256" in (depth_source(gray_file(depth)).note or "")
    with pytest.raises(InvalidImage):
        depth_source(b"nothing")


def test_without_depth_there_is_ground_and_a_dome():
    rgbd = import_panorama(encode_rgb(painted(H, W)))
    np.testing.assert_array_equal(rgbd.disparity, guess.ground_and_dome(H, W))
    assert import_panorama(encode_rgb(painted(1024, 2048))).disparity.shape[0] < 1024  # it has no edges
    scene = pack_scene(rgbd, max_triangles=5000, provenance={"depth": depth_source(None).kind})
    assert read_provenance(scene.web)["depth"] == "guessed"
    assert list(read_back(scene.web)) == ["surface"]


def test_wide_photographs_come_down_to_what_a_headset_takes():
    assert import_panorama(encode_rgb(painted(80, 160)), max_width=100).rgb.shape == (50, 100, 3)


@pytest.mark.parametrize(("height", "most"), [(64, pack.MAX_TRIANGLES), (128, pack.MAX_TRIANGLES_FINE)])
def test_fine_depth_has_more_triangles_unless_a_number_is_asked_for(monkeypatch, height, most):
    monkeypatch.setattr(pack, "USUAL_ROWS", 64)
    asked = []
    monkeypatch.setattr(
        pack, "build_meshes", lambda *given, build=pack.build_meshes: asked.append(given[2]) or build(*given)
    )
    rgbd = rgbd_of(room_with_box(height)[0], 1.0, 6.0)
    pack_scene(rgbd)
    pack_scene(rgbd, max_triangles=8000)
    assert asked == [most, 8000]


def test_a_picture_wider_than_textures_are_is_packed_as_wide_as_they_are(monkeypatch):
    monkeypatch.setattr(pack, "IMPORT_WIDTH", 100)
    scene = pack_scene(Rgbd(painted(80, 160), disparity_of(box_room(80, 160), 1.0, 6.0)), texture_width=16)
    assert scene.provenance["width"] == 160
    document, binary = unpack(scene.portable)
    view = document["bufferViews"][document["images"][0]["bufferView"]]
    assert Image.open(io.BytesIO(binary[view["byteOffset"] :][: view["byteLength"]])).size == (100, 50)


def test_a_web_scene_of_a_picture_that_compresses_badly_keeps_to_its_bytes():
    noise = np.random.default_rng(0).integers(0, 256, (512, 1024, 3), np.uint8)
    scene = pack_scene(Rgbd(noise, disparity_of(box_room(512, 1024), 1.0, 6.0)), max_triangles=20_000)
    assert 0.7 * pack.MOST_BYTES < len(scene.web) <= pack.MOST_BYTES


def test_a_soft_picture_is_torn_only_where_a_step_is_high():
    distance, box = room_with_box()
    sharp = np.where(box[..., None], np.uint8(220), np.uint8(40)).repeat(3, axis=2)
    soft = cv2.GaussianBlur(sharp, (0, 0), 6)
    edges = []
    for rgb, strengths in ((sharp, pack.CUT_STRENGTHS), (soft, pack.SOFT_STRENGTHS)):
        panorama = on_grid(distance, rgb)
        sheets = list(pack._sheets(panorama, False))
        assert [sheet.edges for sheet in sheets] == [layers.seen(panorama, strength).edges for strength in strengths]
        edges.append(sheets[0].edges)
    assert edges[0] > edges[1]
