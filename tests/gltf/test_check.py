"""Planted faults: each must be caught by our own look, or by Khronos' validator, or by both."""

import struct
from typing import Any

import numpy as np
import pytest

from ldm3d_web.gltf import compress
from ldm3d_web.gltf.check import check_glb, read_accessor
from ldm3d_web.gltf.container import BrokenGlb, pack, unpack
from ldm3d_web.gltf.write import write_glb
from tests.gltf.meshes import globe, landscape
from tests.khronos import assert_valid_glb, validate


@pytest.fixture(scope="module")
def compressed() -> bytes:
    return write_glb(landscape(), provenance={"prompt": "a lake"}, profile="web")


@pytest.fixture(scope="module", params=["web", "portable"])
def sound(request) -> bytes:
    return write_glb(landscape(), provenance={"prompt": "a lake"}, profile=request.param)


def position_accessor(document):
    return document["accessors"][document["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]


def index_accessor(document):
    return document["accessors"][document["meshes"][0]["primitives"][0]["indices"]]


def count_too_high(document, binary):
    position_accessor(document)["count"] += 100_000


def count_of_one_attribute(document, binary):
    position_accessor(document)["count"] -= 1


def maximum_wrong(document, binary):
    position_accessor(document)["max"][0] += 1


def bounds_missing(document, binary):
    del position_accessor(document)["min"]


def view_past_the_end(document, binary):
    document["bufferViews"][-1]["byteLength"] += 8


def index_past_the_vertices(document, binary):
    view = document["bufferViews"][index_accessor(document)["bufferView"]]
    if "extensions" not in view:
        struct.pack_into("<H", binary, view["byteOffset"], 65000)
        return
    indices = read_accessor(document, bytes(binary), document["meshes"][0]["primitives"][0]["indices"])
    indices = np.concatenate([[65000], indices[1:]]).astype(np.uint32)
    packed = compress.encode(indices.reshape(-1, 3), "TRIANGLES")
    view["extensions"][compress.NAME].update(byteOffset=len(binary), byteLength=len(packed))
    binary += packed
    document["buffers"][0]["byteLength"] = len(binary)


def image_of_another_kind(document, binary):
    view = document["bufferViews"][document["images"][0]["bufferView"]]
    binary[view["byteOffset"] : view["byteOffset"] + 4] = b"GIF8"


def half_a_triangle(document, binary):
    index_accessor(document)["count"] -= 1


FAULTS = [
    count_too_high,
    count_of_one_attribute,
    maximum_wrong,
    bounds_missing,
    view_past_the_end,
    index_past_the_vertices,
    image_of_another_kind,
    half_a_triangle,
]


def test_sound_ones_pass(sound):
    check_glb(sound)
    assert_valid_glb(sound)
    assert validate(sound)["info"]["totalTriangleCount"] <= 2000


@pytest.mark.parametrize("plant", FAULTS)
def test_a_planted_fault_is_caught_by_us_and_by_khronos(sound, plant):
    document, binary = unpack(sound)
    changed = bytearray(binary)
    plant(document, changed)
    broken = pack(document, bytes(changed))
    with pytest.raises(BrokenGlb):
        check_glb(broken)
    with pytest.raises(AssertionError):
        assert_valid_glb(broken)


def compression(document: dict[str, Any], name: str) -> dict[str, Any]:
    primitive = document["meshes"][0]["primitives"][0]
    accessor = document["accessors"][primitive["indices"] if name == "indices" else primitive["attributes"][name]]
    return document["bufferViews"][accessor["bufferView"]]["extensions"][compress.NAME]


def fewer_than_the_view(document):
    compression(document, "POSITION")["count"] -= 1


def past_the_binary(document):
    compression(document, "TEXCOORD_0")["byteLength"] += 10**7


def another_mode(document):
    compression(document, "indices")["mode"] = "ATTRIBUTES"


def another_filter(document):
    compression(document, "POSITION")["filter"] = "OCTAHEDRAL"


def no_filter(document):
    del compression(document, "POSITION")["filter"]


@pytest.mark.parametrize("plant", [fewer_than_the_view, past_the_binary, another_mode, another_filter, no_filter])
def test_a_fault_in_what_is_said_of_compressed_bytes_is_caught_once_they_are_unpacked(compressed, plant):
    document, binary = unpack(compressed)
    plant(document)
    broken = pack(document, binary)
    with pytest.raises(BrokenGlb):
        check_glb(broken)
    with pytest.raises(AssertionError):
        assert_valid_glb(broken)


@pytest.mark.parametrize("name", ["POSITION", "TEXCOORD_0", "indices"])
@pytest.mark.parametrize("seed", range(4))
def test_damaged_compressed_bytes_are_caught(name, seed):
    """Four hundred bytes in the middle of a stream, which Khronos' validator by itself does not see."""
    document, binary = unpack(write_glb([globe(60, 120)], provenance={}, profile="web"))
    packed = compression(document, name)
    assert packed["byteLength"] > 1200
    start = packed["byteOffset"] + packed["byteLength"] // 2
    changed = bytearray(binary)
    changed[start : start + 400] = np.random.default_rng(seed).bytes(400)
    broken = pack(document, bytes(changed))
    with pytest.raises(BrokenGlb):
        check_glb(broken)
    with pytest.raises(AssertionError):
        assert_valid_glb(broken)


def test_without_its_package_a_compressed_file_is_looked_at_from_outside(compressed, monkeypatch):
    monkeypatch.setattr(compress, "meshopt", None)
    check_glb(compressed)
    document, binary = unpack(compressed)
    with pytest.raises(BrokenGlb, match="not installed"):
        read_accessor(document, binary, 0)
    count_of_one_attribute(document, binary)
    with pytest.raises(BrokenGlb):
        check_glb(pack(document, binary))


def test_a_second_buffer_without_bytes_is_only_for_compressed_views(compressed):
    for plant in (
        lambda document: document["buffers"][1].pop("extensions"),
        lambda document: document["bufferViews"][0].pop("extensions"),
        lambda document: document["bufferViews"][0].update(buffer=2),
    ):
        document, binary = unpack(compressed)
        plant(document)
        with pytest.raises(BrokenGlb):
            check_glb(pack(document, binary))


@pytest.mark.parametrize(
    "cut", [lambda glb: glb[:-4], lambda glb: glb + b"\0\0\0\0", lambda glb: b"GLTF" + glb[4:], lambda glb: glb[:17]]
)
def test_a_damaged_container_is_caught(sound, cut):
    with pytest.raises(BrokenGlb):
        check_glb(cut(sound))
    with pytest.raises(AssertionError):
        assert_valid_glb(cut(sound))


@pytest.mark.parametrize("json", [b"[1]  ", b"{oops", b"\xff\xfe  "])
def test_a_container_with_other_json_is_caught(json):
    json += b" " * (-len(json) % 4)
    glb = struct.pack("<IIIII", 0x46546C67, 2, 20 + len(json), len(json), 0x4E4F534A) + json
    with pytest.raises(BrokenGlb, match="JSON"):
        unpack(glb)


def test_pack_and_unpack_are_each_other_s_reverse():
    for binary in (b"", b"1", b"1234", b"12345"):
        document, back = unpack(pack({"asset": {"version": "2.0"}, "x": "é"}, binary))
        assert document["x"] == "é" and back[: len(binary)] == binary and len(back) - len(binary) < 4
