"""Pictures cut down to what is seen: the same to the eye, less of them."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ldm3d_web.gltf import container, pictures
from ldm3d_web.gltf.pictures import BLOCK, MARGIN, seen_blocks, trimmed
from ldm3d_web.gltf.write import write_glb
from ldm3d_web.panorama import textures
from ldm3d_web.panorama.mesh import Mesh
from tests.gltf.meshes import globe, read_back


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def belt(mesh: Mesh, top: float, bottom: float, name: str = "belt") -> Mesh:
    """The triangles of a mesh that lie within these rows, given as v."""
    v = mesh.uv[mesh.triangles][:, :, 1]
    return replace(mesh, triangles=mesh.triangles[((v > top) & (v < bottom)).all(axis=1)], name=name)


def drawn(mesh: Mesh, height: int, width: int) -> np.ndarray:
    """(H, W) bool: pixels whose centre lies in a triangle, one triangle at a time."""
    v, u = np.meshgrid((np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width, indexing="ij")
    inside = np.zeros((height, width), bool)
    for a, b, c in mesh.uv[mesh.triangles].astype(float):
        sides = [(q[0] - p[0]) * (v - p[1]) - (q[1] - p[1]) * (u - p[0]) for p, q in ((a, b), (b, c), (c, a))]
        inside |= np.all([side >= 0 for side in sides], axis=0) | np.all([side <= 0 for side in sides], axis=0)
    return inside


@given(st.integers(0, 10), st.sampled_from([(64, 128), (50, 100), (3, 6), (1, 2)]), st.integers(1, 6))
def test_every_pixel_that_is_drawn_and_those_around_it_are_kept(seed, size, count):
    mesh = globe(8, 16, seed=seed)
    mesh = replace(mesh, triangles=mesh.triangles[:count])
    height, width = size
    seen = seen_blocks(mesh.uv, mesh.triangles, height, width)
    kept = np.repeat(np.repeat(seen, BLOCK, axis=0), BLOCK, axis=1)[:height, :width]
    for row, column in np.argwhere(drawn(mesh, height, width)):
        rows = np.clip(np.arange(row - MARGIN, row + MARGIN + 1), 0, height - 1)
        columns = np.arange(column - MARGIN, column + MARGIN + 1) % width
        assert kept[np.ix_(rows, columns)].all()


def test_little_is_kept_of_a_picture_of_which_little_is_seen():
    mesh = belt(globe(64, 128), 0.45, 0.55)
    mesh = replace(mesh, texture=noise(512, 1024))
    (picture,) = trimmed([mesh]).values()
    assert picture.gpu_bytes < 0.25 * 4 * 512 * 1024
    assert len(textures.webp(picture.rgb)) < 0.25 * len(textures.webp(mesh.texture))


def test_each_vertex_finds_its_own_colour_in_the_cut_picture():
    """A gradient from top to bottom says which row a texture coordinate points at."""
    ramp = np.repeat(np.linspace(0, 255, 512)[:, None], 1024, axis=1).astype(np.uint8)
    mesh = replace(belt(globe(32, 64), 0.3, 0.6), texture=np.stack([ramp] * 3, axis=-1))
    glb = write_glb([mesh], provenance={}, profile="web")
    document, binary = container.unpack(glb)
    view = document["bufferViews"][document["images"][0]["bufferView"]]
    image = Image.open(io.BytesIO(binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]))
    pixels = np.asarray(image.convert("L")).astype(int)
    assert len(pixels) < 250
    positions, uv, _ = read_back(glb)["belt"]
    polar = np.arccos(positions[:, 1] / np.linalg.norm(positions, axis=1)) / np.pi
    row = np.clip((uv[:, 1] * len(pixels)).astype(int), 0, len(pixels) - 1)
    found = pixels[row, np.minimum((uv[:, 0] * 1024).astype(int), 1023)]
    assert np.abs(found - polar * 255).max() < 3


def test_what_two_meshes_share_is_kept_for_both():
    above, below = belt(globe(64, 128), 0.1, 0.2, "above"), belt(globe(64, 128), 0.8, 0.9, "below")
    texture = noise(512, 1024)
    (picture,) = trimmed([replace(above, texture=texture), replace(below, texture=texture)]).values()
    assert picture.top < 0.1 and picture.bottom > 0.9


def test_all_pictures_fit_a_graphics_card_and_the_smoothest_is_halved_first():
    smooth = np.zeros((256, 512, 3), np.uint8) + np.linspace(0, 255, 512)[:, None].astype(np.uint8)
    meshes = [replace(globe(8, 16), texture=texture) for texture in (noise(256, 512), smooth, noise(256, 512, 1))]
    whole = 4 * 256 * 512
    for most, shapes in (
        (3 * whole, [256, 256, 256]),
        (3 * whole - 1, [256, 128, 256]),
        (whole, [128, 128, 128]),
        (whole // 2, [64, 64, 128]),
    ):
        fitted = list(trimmed(meshes, most).values())
        assert sum(picture.gpu_bytes for picture in fitted) <= most
        assert sorted(picture.rgb.shape[0] for picture in fitted) == sorted(shapes)
    assert [picture.rgb.shape[0] for picture in trimmed(meshes, 3 * whole - 1).values()] == [256, 128, 256]


def test_a_whole_file_keeps_to_what_a_headset_spares():
    texture = np.zeros((2048, 4096, 3), np.uint8)
    meshes = [replace(globe(8, 16), texture=texture + np.uint8(shade)) for shade in (0, 1, 2)]
    fitted = trimmed(meshes)
    assert sum(picture.gpu_bytes for picture in fitted.values()) <= pictures.MOST_GPU_BYTES
    assert max(picture.rgb.shape[1] for picture in fitted.values()) >= 2048


@pytest.mark.parametrize("profile", ["web", "portable"])
def test_a_picture_of_one_pixel_and_two_goes_through(profile):
    write_glb([replace(globe(8, 16), texture=noise(1, 2))], provenance={}, profile=profile)


def test_pictures_keep_to_their_bytes_by_quality_and_then_by_size():
    both = [pictures.Picture(noise(128, 256)), pictures.Picture(noise(64, 128, seed=1))]
    usual = textures.encode_all([each.rgb for each in both], "image/webp")
    assert pictures.webp_within(both, sum(map(len, usual))) == usual
    for share in (0.5, 0.1):
        most = share * sum(map(len, usual))
        encoded = pictures.webp_within(both, most)
        assert 0.5 * most < sum(map(len, encoded)) <= most
        found = [Image.open(io.BytesIO(each)).size for each in encoded]
        assert found[0][0] == 256 if share == 0.5 else found[0][0] < 160
        assert found[1][0] <= found[0][0]
    smallest = pictures.webp_within(both, 1)
    assert all(Image.open(io.BytesIO(each)).size[0] <= pictures.LEAST_COLUMNS for each in smallest)


def test_a_web_file_keeps_to_its_bytes_and_its_texture_coordinates():
    mesh = replace(globe(16, 32), texture=noise(256, 512))
    plain = write_glb([mesh], provenance={}, profile="web")
    small = write_glb([mesh], provenance={}, profile="web", most_bytes=len(plain) // 2)
    assert len(small) <= len(plain) // 2
    for one, other in zip(read_back(plain)["globe"], read_back(small)["globe"], strict=True):
        np.testing.assert_array_equal(one, other)
    assert write_glb([mesh], provenance={}, profile="web", most_bytes=2 * len(plain)) == plain
