"""Depth that no camera would give: each makes a scene that is sound and closed, or a sentence that says why not.

Sound is what tests/conftest.py says of every GLB: our own look, and Khronos' validator over the unpacked file. Closed
is that a head anywhere in its box, looking anywhere, sees a triangle.
"""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ldm3d_web.errors import InvalidInput
from ldm3d_web.gltf.container import unpack
from ldm3d_web.pack import PackedScene, pack_scene
from ldm3d_web.rgbd import Rgbd
from tests.gltf.meshes import read_back
from tests.khronos import assert_valid_glb
from tests.panorama.rooms import box_room, disparity_of, painted

HEAD_M = 0.5
MOST_DRAW_CALLS = 6
HEIGHTS = (1, 2, 3, 16, 25, 32, 50, 64)
Ends = tuple[float, float] | None


def holes(glb: bytes, seed: int, rays_per_head: int = 150) -> float:
    """The part of rays, from the centre and from heads up to HEAD_M away, that hit no triangle.

    A head stays on this side of the nearest thing: behind it there is nothing to be seen.
    """
    random = np.random.default_rng(seed)
    parts = [positions[triangles] for positions, _, triangles in read_back(glb).values()]
    corners = np.concatenate(parts).astype(np.float64)
    nearest_m = np.linalg.norm(corners.reshape(-1, 3), axis=1).min()
    heads = random.normal(size=(4, 3))
    heads *= min(HEAD_M, 0.8 * nearest_m) / np.linalg.norm(heads, axis=1, keepdims=True)
    heads[0] = 0
    missed = 0
    for head in heads:
        rays = random.normal(size=(rays_per_head, 3))
        missed += int((~hit(corners - head, rays)).sum())
    return missed / (len(heads) * rays_per_head)


def hit(corners: np.ndarray, rays: np.ndarray) -> np.ndarray:
    """(R,) bool: rays (R, 3) from the origin that hit one of the triangles (T, 3, 3), from either side.

    A ray passes inside of a triangle when it is on the same side of its three planes through the origin, and the
    triangle lies ahead. On an edge it may count for both: what is looked for are holes, not the width of a rounding.
    """
    a, b, c = np.moveaxis(corners, 1, 0)
    sides = [rays @ np.cross(p, q).T for p, q in ((a, b), (b, c), (c, a))]
    size = np.abs(sides).max(axis=0)
    little = -1e-9 * size
    # The sides add up to the triangle's volume over the ray's distance, whose sign says ahead or behind.
    volume = np.einsum("ij,ij->i", a, np.cross(b, c))
    inside = np.ones_like(size, bool)
    for side in sides:
        inside &= side * np.sign(volume) >= little
    return (inside & (volume != 0)).any(axis=1)


def assert_sound_and_closed(scene: PackedScene, max_triangles: int, seed: int) -> None:
    for glb in (scene.web, scene.portable):
        meshes = read_back(glb)
        assert 0 < sum(len(triangles) for _, _, triangles in meshes.values()) <= max_triangles
        assert len(meshes) <= MOST_DRAW_CALLS
        assert holes(glb, seed) == 0
    assert len(read_back(scene.web)) == len(read_back(scene.portable))


def packed(disparity: np.ndarray, max_triangles: int, ends: Ends = None) -> PackedScene | None:
    """The scene, or None after a refusal with a sentence."""
    near_m, far_m = ends or (None, None)
    rgbd = Rgbd(painted(*disparity.shape), disparity.astype(np.float32))
    try:
        return pack_scene(rgbd, near_m=near_m, far_m=far_m, max_triangles=max_triangles)
    except InvalidInput as refusal:
        assert str(refusal).endswith(".") and len(str(refusal)) > 20
        return None


@st.composite
def depths(draw: st.DrawFn) -> np.ndarray:
    """(H, 2 H) disparities of the kinds that a broken network, a broken file or a mean person gives."""
    height = draw(st.sampled_from(HEIGHTS))
    random = np.random.default_rng(draw(st.integers(0, 2**16)))
    even = np.full((height, 2 * height), draw(st.sampled_from([0.0, 1e-6, 0.02, 0.5, 1.0])))
    kind = draw(st.sampled_from(["even", "spikes", "salt and pepper", "checkerboard", "stripes", "noise", "halves"]))
    if kind == "spikes":
        for _ in range(draw(st.integers(1, 5))):
            even[random.integers(height), random.integers(2 * height)] = random.choice([0, 1])
    elif kind == "salt and pepper":
        wild = random.random(even.shape) < draw(st.sampled_from([0.01, 0.1, 0.5]))
        even[wild] = random.integers(0, 2, int(wild.sum()))
    elif kind == "checkerboard":
        row, column = np.indices(even.shape) // draw(st.integers(1, 9))
        even = np.where((row + column) % 2, draw(st.sampled_from([0.0, 0.01])), draw(st.sampled_from([0.5, 1.0])))
    elif kind == "stripes":
        even = np.where(np.indices(even.shape)[draw(st.integers(0, 1))] % 2, 0.01, 1.0)
    elif kind == "noise":
        even = random.random(even.shape)
    elif kind == "halves":
        even[:, : draw(st.integers(0, 2 * height))] = draw(st.sampled_from([0.0, 0.3, 1.0]))
    return even.astype(np.float32)


@settings(max_examples=40)
@given(
    depths(),
    st.integers(1000, 6000),
    st.none() | st.sampled_from([(1.0, 200.0), (0.6, 3.0), (0.05, 0.1), (2.0, 1e5)]),
    st.integers(0, 2**16),
)
def test_any_depth_makes_a_sound_closed_scene_or_a_sentence(disparity, max_triangles, ends, seed):
    scene = packed(disparity, max_triangles, ends)
    if scene is not None:
        assert_sound_and_closed(scene, max_triangles, seed)


def test_where_there_is_no_sky_something_stands_behind_all_of_it_however_far():
    """Noise whose guessed range goes to a kilometre; found by the test above."""
    disparity = np.random.default_rng(0).random((32, 64))
    scene = packed(disparity, 1740, None)
    assert scene is not None
    assert_sound_and_closed(scene, 1740, seed=20)


def checkerboard(height: int, cell: int) -> np.ndarray:
    row, column = np.indices((height, 2 * height)) // cell
    return np.where((row + column) % 2, 0.02, 1.0)


PLAIN = {
    "nothing but sky": np.zeros((32, 64)),
    "one depth": np.full((32, 64), 0.5),
    "all at the nearest": np.ones((32, 64)),
    "a spike": np.pad([[1.0]], ((15, 16), (31, 32))),
    "a hole": 1 - np.pad([[1.0]], ((15, 16), (31, 32))),
    "a spike at each pole": np.eye(32, 64) * np.isin(np.arange(32), [0, 31])[:, None],
    "pixels near and far": checkerboard(64, 1),
    "blocks near and far": checkerboard(64, 5),
    "100x50": disparity_of(box_room(50, 100), 1.0, 6.0),
    "6x3": disparity_of(box_room(3, 6), 1.0, 6.0),
    "2x1": np.array([[0.0, 1.0]]),
    "64x32": disparity_of(box_room(32, 64), 1.0, 6.0),
}


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("max_triangles", [1000, 20_000])
def test_a_plain_one_is_never_refused(name, max_triangles):
    scene = packed(PLAIN[name], max_triangles, (1.0, 200.0))
    assert scene is not None
    assert_sound_and_closed(scene, max_triangles, 0)


def test_what_is_looked_for_would_be_found():
    """A closed box has no holes; with one side out, a sixth of it is a hole; from a corner, more or less."""
    a = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    box = np.array([a[list(three)] for p, q, r, s in quads for three in ((p, q, r), (p, r, s))])
    rays = np.random.default_rng(0).normal(size=(6000, 3))
    for head in (np.zeros(3), np.array([0.5, -0.6, 0.7])):
        assert hit(box - head, rays).all()
    assert 0.14 < 1 - hit(box[2:], rays).mean() < 0.19
    assert not hit(box + np.array([5, 0, 0]), rays[rays[:, 0] < 0]).any()


MEASURE = """
import json, re, resource, sys
from pathlib import Path
import numpy as np
from ldm3d_web.pack import pack_scene
from ldm3d_web.rgbd import Rgbd
from tests.panorama.rooms import box_room, disparity_of

height = int(sys.argv[1])
random = np.random.default_rng(0)
rgb = random.integers(0, 256, (height // 8, height // 4, 3), np.uint8).repeat(8, 0).repeat(8, 1)
# Small and repeated: working it out at full size would take more memory than packing it.
disparity = disparity_of(box_room(height // 4, height // 2), 1.0, 6.0).repeat(4, 0).repeat(4, 1)
# Posts all round, and where there are many more pixels than a grid has, a fifth of a per cent of wild ones.
for column in range(4):
    disparity[height // 3 : 3 * height // 4, column :: height // 8] = 0.9
if height > 1024:
    disparity.flat[random.integers(0, disparity.size, disparity.size // 500)] = random.random(disparity.size // 500)
scene = pack_scene(Rgbd(rgb, disparity))
Path(sys.argv[2]).write_bytes(scene.web)
try:  # Linux counts what the process that started this one had into ru_maxrss
    kilobytes = int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
except OSError:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"kilobytes": kilobytes, **scene.provenance}))
"""


@pytest.mark.parametrize(("height", "most_bytes"), [(1024, 1e9), (4096, 1.6e9)])
def test_a_large_panorama_keeps_within_memory_on_both_sides(tmp_path, height, most_bytes):
    """An edge every few pixels, and wild ones: memory to make it is bounded, at 8192x4096 too, where picture and depth
    alone take a quarter of a gigabyte; so is the file, and what its pictures take of a graphics card."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(height), str(tmp_path / "scene.glb")],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    facts = json.loads(done.stdout.splitlines()[-1])
    unit = 1 if sys.platform == "darwin" else 1024
    assert facts["kilobytes"] * unit < most_bytes
    assert facts["triangles"] <= 200_000
    glb = (tmp_path / "scene.glb").read_bytes()
    assert_valid_glb(glb)
    assert len(glb) <= 3_000_000
    assert pixels_of(glb) * 4 <= 64_000_000


def pixels_of(glb: bytes) -> int:
    """Over all pictures of a web GLB."""
    document, binary = unpack(glb)
    views = [document["bufferViews"][image["bufferView"]] for image in document["images"]]
    sizes = [Image.open(BytesIO(binary[v["byteOffset"] : v["byteOffset"] + v["byteLength"]])).size for v in views]
    return sum(width * height for width, height in sizes)
