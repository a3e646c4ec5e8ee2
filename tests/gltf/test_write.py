import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ldm3d_web.errors import InvalidInput
from ldm3d_web.gltf import container
from ldm3d_web.gltf.check import BrokenGlb
from ldm3d_web.gltf.write import MOST_SHORT_VERTICES, read_provenance, write_glb
from ldm3d_web.panorama.mesh import Mesh
from ldm3d_web.panorama.sphere import rays_to_uv
from tests.gltf.meshes import landscape, read_back
from tests.panorama.rooms import painted

PROFILES = ("web", "portable")


def images(glb: bytes) -> list[Image.Image]:
    document, binary = container.unpack(glb)
    views = [document["bufferViews"][image["bufferView"]] for image in document["images"]]
    return [Image.open(io.BytesIO(binary[v["byteOffset"] : v["byteOffset"] + v["byteLength"]])) for v in views]


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_read_back_is_what_was_written(profile):
    meshes = landscape()
    back = read_back(write_glb(meshes, provenance={}, profile=profile))
    assert list(back) == ["sky", "surface"]
    for mesh in meshes:
        positions, _, triangles = back[mesh.name]
        step = np.abs(mesh.positions).max() / 32767
        corners = positions[triangles], mesh.positions[mesh.triangles]
        np.testing.assert_allclose(*corners, atol=0.51 * step if profile == "web" else 0)


def test_seen_from_the_eye_quantized_vertices_keep_their_place_in_the_picture():
    """On a grid of 30 mm (for 1000 m) a vertex 1.6 m away moves by half a degree, and its uv moves with it."""
    mesh = landscape(far_m=1000.0)[1]
    far = Mesh(mesh.positions.copy(), mesh.uv, mesh.triangles, mesh.texture, "surface")
    far.positions[0] *= 1000 / np.linalg.norm(far.positions[0])
    positions, uv, _ = read_back(write_glb([far], provenance={}, profile="web"))["surface"]
    moved = np.linalg.norm(positions - far.positions, axis=1) / np.linalg.norm(far.positions, axis=1)
    assert moved.max() > np.radians(0.3)
    u, v = rays_to_uv(positions)
    away = np.hypot(positions[:, 0], positions[:, 2]) > 1e-6
    np.testing.assert_allclose((uv[away, 0] - u[away] + 0.5) % 1, 0.5, atol=1e-4)
    np.testing.assert_allclose(uv[away, 1], v[away], atol=1e-4)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_wrap_stays_closed_to_the_bit(profile):
    positions, uv, _ = read_back(write_glb(landscape(), provenance={}, profile=profile))["sky"]
    inner = (uv[:, 1] > 1e-4) & (uv[:, 1] < 1 - 1e-4)
    left, right = inner & (uv[:, 0] == 0), inner & (uv[:, 0] == 1)
    assert left.sum() > 4
    np.testing.assert_array_equal(positions[left], positions[right])
    poles = np.unique(positions[~inner], axis=0)
    assert len(poles) == 2 and np.abs(poles[:, [0, 2]]).max() == 0


def test_large_meshes_are_cut_into_primitives_with_short_indices_and_nothing_twice():
    columns, rows = 300, 240
    grid = np.arange(columns * rows).reshape(rows, columns)
    a, b = grid[:-1, :-1].ravel(), grid[1:, :-1].ravel()
    triangles = np.stack([np.stack([a, b, b + 1], 1), np.stack([a, b + 1, a + 1], 1)], 1).reshape(-1, 3)
    u, v = np.meshgrid(np.linspace(0.1, 0.9, columns), np.linspace(0.1, 0.9, rows))
    uv = np.stack([u.ravel(), v.ravel()], 1).astype(np.float32)
    positions = np.concatenate([uv - 0.5, -np.ones((len(uv), 1))], 1).astype(np.float32)
    mesh = Mesh(positions, uv, triangles.astype(np.uint32), painted(8, 16), "surface")
    glb = write_glb([mesh], provenance={}, profile="web")
    document, binary = container.unpack(glb)
    primitives = document["meshes"][0]["primitives"]
    kinds = {document["accessors"][primitive["indices"]]["componentType"] for primitive in primitives}
    assert len(primitives) >= len(positions) / MOST_SHORT_VERTICES and kinds == {5123}
    assert len(binary) < 12 * len(positions) + 6 * len(triangles) + 20_000
    back, _, index = read_back(glb)["surface"]
    np.testing.assert_allclose(back[index], positions[triangles], atol=1e-4)
    assert (
        len(container.unpack(write_glb([mesh], provenance={}, profile="portable"))[0]["meshes"][0]["primitives"]) == 1
    )


def test_layers_share_one_picture_and_it_is_the_right_one():
    meshes = landscape()
    assert len(images(write_glb(meshes, provenance={}, profile="web"))) == 2
    meshes = [replace(mesh, texture=meshes[1].texture) for mesh in meshes]
    for profile, kind in (("web", "WEBP"), ("portable", "JPEG")):
        (image,) = images(write_glb(meshes, provenance={}, profile=profile))
        assert image.format == kind
        pixels = np.asarray(image.convert("RGB")).astype(int)
        # Blocks of loud colours, four pixels wide, are the hardest there is; turned round they are another picture.
        assert np.abs(pixels - meshes[0].texture).mean() < 20
        assert np.abs(pixels[:, ::-1] - meshes[0].texture).mean() > 60
    other = [
        meshes[0],
        Mesh(*(getattr(meshes[1], n) for n in ("positions", "uv", "triangles")), painted(8, 16), "near"),
    ]
    assert len(images(write_glb(other, provenance={}, profile="web"))) == 2


@pytest.mark.parametrize("profile", PROFILES)
def test_extensions_and_material(profile):
    document, _ = container.unpack(write_glb(landscape(), provenance={}, profile=profile))
    used = {"KHR_materials_unlit", "KHR_mesh_quantization", "EXT_texture_webp"}
    assert set(document["extensionsUsed"]) == (used if profile == "web" else {"KHR_materials_unlit"})
    assert set(document.get("extensionsRequired", [])) == (
        used - {"KHR_materials_unlit"} if profile == "web" else set()
    )
    assert all("KHR_materials_unlit" in material["extensions"] for material in document["materials"])
    (sampler,) = document["samplers"]
    assert (sampler["wrapS"], sampler["wrapT"]) == (10497, 33071)  # repeat around, clamp at the poles


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
    with pytest.raises((BrokenGlb, ValueError)):
        write_glb([broken], provenance={}, profile="portable")
