"""The GLB container (glTF 2.0 specification, section 4): 12 bytes of header, a JSON chunk, a binary chunk.

Written by hand, because pygltflib merges all buffers into one when it saves and so loses a meshopt fallback buffer.
"""

from __future__ import annotations

import json
import struct
from typing import Any

MAGIC, VERSION = 0x46546C67, 2
JSON_CHUNK, BINARY_CHUNK = 0x4E4F534A, 0x004E4942


class BrokenGlb(ValueError):
    """Bytes that are no sound GLB; the message says what is wrong and where."""


def pack(document: dict[str, Any], binary: bytes) -> bytes:
    """A GLB from a glTF document and the bytes of its first buffer. Raises ValueError for NaN in the document."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    return b"".join(
        [
            struct.pack("<III", MAGIC, VERSION, 12 + 8 + len(text) + 8 + len(binary)),
            struct.pack("<II", len(text), JSON_CHUNK),
            text,
            struct.pack("<II", len(binary), BINARY_CHUNK),
            binary,
        ]
    )


def unpack(glb: bytes) -> tuple[dict[str, Any], bytes]:
    """The document and the binary chunk of a GLB. Raises BrokenGlb."""
    if len(glb) < 20 or struct.unpack_from("<I", glb)[0] != MAGIC:
        raise BrokenGlb("not a GLB: the first four bytes are not 'glTF'")
    version, length = struct.unpack_from("<II", glb, 4)
    if version != VERSION:
        raise BrokenGlb(f"GLB version {version} instead of {VERSION}")
    if length != len(glb):
        raise BrokenGlb(f"the header says {length} bytes but there are {len(glb)}")
    chunks = []
    at = 12
    while at < length:
        if at + 8 > length:
            raise BrokenGlb(f"a chunk header is cut off at byte {at}")
        size, kind = struct.unpack_from("<II", glb, at)
        if size % 4 or at + 8 + size > length:
            raise BrokenGlb(f"the chunk at byte {at} has a length of {size}")
        chunks.append((kind, glb[at + 8 : at + 8 + size]))
        at += 8 + size
    if not chunks or chunks[0][0] != JSON_CHUNK:
        raise BrokenGlb("the first chunk is not JSON")
    try:
        document = json.loads(chunks[0][1])
    except ValueError as error:
        raise BrokenGlb(f"the JSON chunk cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise BrokenGlb("the JSON chunk is not an object")
    return document, chunks[1][1] if len(chunks) > 1 and chunks[1][0] == BINARY_CHUNK else b""
