import io
from dataclasses import replace

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ldm3d_web.errors import InvalidInput
from ldm3d_web.gltf import compress, container
from ldm3d_web.gltf.quantize import snap
from ldm3d_web.gltf.write import MOST_SHORT_VERTICES, read_provenance, write_glb
from ldm3d_web.panorama.mesh import Mesh
from tests.gltf.meshes import globe, landscape, read_back, sorted_corners
from tests.panorama.rooms import painted

PROFILES = ("web", "portable")


@pytest.fixture(params=["meshopt", "no meshopt"])
def encoder(request, monkeypatch) -> bool:
    """Whether meshopt's package is installed: with it, and as on a system for which there is none."""
    if request.param == "no meshopt":
        monkeypatch.setattr(compress, "meshopt", None)
    return request.param == "meshopt"


def images(glb: bytes) -> list[Image.Image]:
    document, binary = container.unpack(glb)
    views = [document["bufferViews"][image["bufferView"]] for image in document["images"]]
    return [Image.open(io.BytesIO(binary[v["byteOffset"] : v["byteOffset"] + v["byteLength"]])) for v in views]


def test_portable_keeps_every_vertex_and_triangle_as_it_was():
    meshes = [*landscape(), globe(20, 40)]
    back = read_back(write_glb(meshes, provenance={}, profile="portable"))
    assert list(back) == [mesh.name for mesh in meshes]
    for mesh in meshes:
        for was, came in zip((mesh.positions, mesh.uv, mesh.triangles), back[mesh.name], strict=True):
            np.testing.assert_array_equal(came, was)


def test_web_keeps_every_triangle_with_its_corners_rounded(encoder):
    meshes = [*landscape(), globe(20, 40)]
    back = read_back(write_glb(meshes, provenance={}, profile="web"))
    assert list(back) == [mesh.name for mesh in meshes]
    for mesh in meshes:
        positions, uv, triangles = back[mesh.name]
        rounded, rounded_uv, _ = snap(mesh)
        np.testing.assert_array_equal(
            sorted_corners(positions, triangles=triangles), sorted_corners(rounded, triangles=mesh.triangles)
        )
        if encoder:
            np.testing.assert_array_equal(
                sorted_corners(positions, uv, triangles=triangles),
                sorted_corners(rounded, rounded_uv, triangles=mesh.triangles),
            )


def test_trimesh_reads_the_portable_profile():
    meshes = [*landscape(), globe(20, 40)]
    scene = trimesh.load(
        io.BytesIO(write_glb(meshes, provenance={}, profile="portable")), file_type="glb", process=False
    )
    assert list(scene.geometry) == [mesh.name for mesh in meshes]
    for mesh in meshes:
        read = scene.geometry[mesh.name]
        np.testing.assert_array_equal(read.vertices, mesh.positions)
        np.testing.assert_array_equal(read.faces, mesh.triangles)
        # trimesh counts v from below.
        np.testing.assert_allclose(read.visual.uv, mesh.uv * [1, -1] + [0, 1], atol=1e-6)
        assert read.visual.material.baseColorTexture.size == mesh.texture.shape[1::-1]
    closed = scene.geometry["globe"].copy()
    closed.merge_vertices(merge_tex=True)
    assert closed.is_watertight


@pytest.mark.parametrize("profile", PROFILES)
def test_the_wrap_and_the_poles_stay_closed_to_the_bit(profile):
    mesh = globe(20, 40)
    positions, uv, triangles = read_back(write_glb([mesh], provenance={}, profile=profile))["globe"]
    inner = (uv[:, 1] > 0) & (uv[:, 1] < 1)
    left, right = (np.unique(positions[inner & (uv[:, 0] == end)], axis=0) for end in (0, 1))
    assert len(left) == 19
    np.testing.assert_array_equal(left, right)
    for end in (0, 1):
        assert len(np.unique(positions[uv[:, 1] == end], axis=0)) == 1
    # Each edge lies between two triangles: nothing is open.
    number = np.unique(positions, axis=0, return_inverse=True)[1].reshape(-1)
    corners = number[triangles]
    edges = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]]), axis=1)
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()


def test_meshes_that_meet_still_meet():
    """The lower half of a globe, and the whole of it: what they share in space they share in the file."""
    mesh = globe(20, 40)
    below = mesh.triangles[(mesh.positions[mesh.triangles][:, :, 1] <= 0).all(axis=1)]
    half = replace(mesh, triangles=below, name="half")
    back = read_back(write_glb([mesh, half], provenance={}, profile="web"))
    whole = {tuple(position) for position in back["globe"][0]}
    assert whole.issuperset(tuple(position) for position in back["half"][0])
    assert len(back["half"][0]) == len(np.unique(below)), "vertices that no triangle uses are left out"


def test_one_draw_call_a_mesh_however_large(encoder):
    mesh = globe(200, 360)
    assert len(mesh.positions) > MOST_SHORT_VERTICES
    sizes = {}
    for profile in PROFILES:
        glb = write_glb([mesh, globe(20, 40, name="small")], provenance={}, profile=profile)
        document = container.unpack(glb)[0]
        kinds = [document["accessors"][m["primitives"][0]["indices"]]["componentType"] for m in document["meshes"]]
        assert kinds == [5125, 5123] and all(len(m["primitives"]) == 1 for m in document["meshes"])
        sizes[profile] = len(glb)
    # Noise like this is the hardest there is; a scene takes about 6 bytes a triangle.
    assert sizes["web"] < len(mesh.triangles) * (9 if encoder else 21) < sizes["portable"]


def test_layers_share_one_picture_and_it_is_the_right_one():
    one, two = globe(8, 16), globe(8, 16, seed=1, name="other")
    assert len(images(write_glb([one, two], provenance={}, profile="web"))) == 2
    meshes = [one, replace(two, texture=one.texture)]
    for profile, kind in (("web", "WEBP"), ("portable", "JPEG")):
        (image,) = images(write_glb(meshes, provenance={}, profile=profile))
        assert image.format == kind
        pixels = np.asarray(image.convert("RGB")).astype(int)
        # Blocks of loud colours, eight pixels wide, are the hardest there is; turned round they are another picture.
        assert np.abs(pixels - one.texture).mean() < 20
        assert np.abs(pixels[:, ::-1] - one.texture).mean() > 60


@pytest.mark.parametrize("profile", PROFILES)
def test_extensions_and_material(profile, encoder):
    document, _ = container.unpack(write_glb(landscape(), provenance={}, profile=profile))
    required = ["EXT_texture_webp", *(["EXT_meshopt_compression"] if encoder else [])] if profile == "web" else []
    assert document["extensionsUsed"] == ["KHR_materials_unlit", *required]
    assert document.get("extensionsRequired", []) == required
    assert all("KHR_materials_unlit" in material["extensions"] for material in document["materials"])
    (sampler,) = document["samplers"]
    assert (sampler["wrapS"], sampler["wrapT"]) == (10497, 33071)  # repeat around, clamp at the poles


def test_the_same_meshes_twice_are_the_same_bytes():
    for profile in PROFILES:
        assert len({write_glb([globe(20, 40)], provenance={}, profile=profile) for _ in range(3)}) == 1


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=25)
@given(st.dictionaries(st.text(), json_values, max_size=6))
def test_provenance_comes_back_as_it_was(provenance):
    assert read_provenance(write_glb(tiny(), provenance=provenance, profile="web")) == provenance


def tiny() -> list[Mesh]:
    positions = np.array([[-1, 0, -2], [1, 0, -2], [0, 1, -2]], np.float32)
    uv = np.array([[0.4, 0.5], [0.6, 0.5], [0.5, 0.4]], np.float32)
    return [Mesh(positions, uv, np.array([[0, 1, 2]], np.uint32), painted(8, 16), "surface")]


def test_a_prompt_with_markup_and_other_scripts_survives():
    prompt = "</script><b>שלום</b> ${1+1} 🏔️ \u202e \x00"
    assert read_provenance(write_glb(tiny(), provenance={"prompt": prompt, "negative": ""}, profile="portable")) == {
        "prompt": prompt,
        "negative": "",
    }


@pytest.mark.parametrize("data", [b"", b"glTF", b"hello, world, this is text", b"glTF" + bytes(40)])
def test_provenance_of_something_else_is_a_sentence(data):
    with pytest.raises(InvalidInput, match="GLB"):
        read_provenance(data)


def test_a_foreign_glb_has_no_provenance():
    with pytest.raises(InvalidInput, match="provenance"):
        read_provenance(container.pack({"asset": {"version": "2.0"}}, b""))


def test_what_cannot_be_written_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        write_glb([], provenance={}, profile="web")
    with pytest.raises(ValueError, match="profile"):
        write_glb(tiny(), provenance={}, profile="usdz")
    with pytest.raises(ValueError):
        write_glb(tiny(), provenance={"near_m": float("nan")}, profile="web")
    broken = Mesh(tiny()[0].positions * np.nan, tiny()[0].uv, tiny()[0].triangles, painted(8, 16), "surface")
    for profile in PROFILES:
        with pytest.raises(ValueError, match="NaN"):
            write_glb([broken], provenance={}, profile=profile)
