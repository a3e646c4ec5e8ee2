"""Reading and writing the two files of an Rgbd: an 8-bit picture, and a 16-bit gray PNG of disparity.

A file from a stranger is looked at in this order: its first bytes (PNG, JPEG or WebP, nothing else), the size in its
header, and only then its pixels. What is wrong with it is said in one sentence, as an `InvalidImage`.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageCms, ImageOps

from ldm3d_web.errors import InvalidImage

MIN_WIDTH, MAX_WIDTH = 16, 16384
MAX_BYTES = 200_000_000
PNG_START = b"\x89PNG\r\n\x1a\n"
FORMATS = ("PNG", "JPEG", "WEBP")
SIZES = f"twice as wide as high, {MIN_WIDTH} to {MAX_WIDTH:,} pixels wide"
TO_16_BIT = "in ImageMagick: magick depth.png -colorspace gray -depth 16 -define png:bit-depth=16 depth16.png"

# What Pillow and its decoders raise for damaged files.
_DAMAGED: tuple[type[Exception], ...] = (
    *(OSError, SyntaxError, ValueError, TypeError, EOFError, IndexError, KeyError, OverflowError),
    *(struct.error, zlib.error, MemoryError, Image.DecompressionBombError),
)

Source = str | Path | bytes


def read_rgb(source: Source, *, max_width: int | None = None) -> np.ndarray:
    """(H, W, 3) uint8 sRGB, W = 2 H, of a PNG, JPEG or WebP file, given by its path or its bytes.

    Gray, palette and CMYK are converted, 16 bits are cut to 8, an embedded colour profile is applied, EXIF turns the
    picture and is then forgotten. max_width: wider pictures are scaled down to it, each pixel the mean of what it
    covers. Raises InvalidImage for everything else: transparency, animation, other kinds, other shapes, damage.
    """
    data = _bytes(source, "picture")
    with _opened(data, "picture") as image:
        # Not getexif() here: for a PNG it would decode the pixels, before their number has been looked at.
        width, height = image.size
        _check_size((max(width, height), min(width, height)), "picture", says=image.size)
        if image.mode.startswith("I") or image.mode == "F":
            raise InvalidImage("The picture has one 16-bit gray channel, like a depth map; a picture needs colours.")
        if max_width:
            # JPEG can decode at a half, a quarter, an eighth: a 72 megapixel photograph then needs little memory.
            image.draft("RGB", (max_width, max_width // 2))
        try:
            profile = image.info.get("icc_profile")
            image.load()
            upright = ImageOps.exif_transpose(image)
            _check_size(upright.size, "picture")
            rgb = _in_srgb(_opaque(upright), profile)
        except _DAMAGED as error:
            raise InvalidImage("The picture is damaged or cut off; its pixels cannot be read.") from error
    array = np.array(rgb)
    if max_width and array.shape[1] > max_width:
        array = cv2.resize(array, (max_width, max_width // 2), interpolation=cv2.INTER_AREA)
    return array


def read_disparity(source: Source) -> np.ndarray:
    """(H, W) float32 in [0, 1], W = 2 H, of a gray 16-bit PNG: stored value / 65535, 1 = nearest, 0 = farthest.

    Raises InvalidImage for any other kind of file, and for a map that is the same everywhere: there is no shape in it.
    """
    data = _bytes(source, "depth map")
    if not data.startswith(PNG_START):
        with _opened(data, "depth map") as image:
            kind = image.format
        raise InvalidImage(f"The depth map is a {kind} file; it must be a 16-bit gray PNG.")
    if len(data) < 26:
        raise InvalidImage("The depth map is damaged or cut off; its header cannot be read.")
    bits, colour = data[24], data[25]
    if colour != 0:
        raise InvalidImage("The depth map has colours; it must be a PNG with one 16-bit gray channel.")
    if bits != 16:
        raise InvalidImage(f"The depth map has {bits} bits; it must be a 16-bit gray PNG ({TO_16_BIT}).")
    return _checked_depth(_depth_pixels(data).astype(np.float32) / np.float32(65535))


def read_any_depth(source: Source) -> tuple[np.ndarray, int]:
    """(H, W) float32 in [0, 1] and the bits it had, 8 or 16, of a gray PNG, JPEG or WebP; bright = near.

    For `import`, where people bring what they have. Raises InvalidImage; `pack` reads with `read_disparity`.
    """
    data = _bytes(source, "depth map")
    if data.startswith(PNG_START) and data[24:25] == b"\x10":
        return read_disparity(data), 16
    rgb = _depth_pixels(data)
    return _checked_depth(rgb.astype(np.float32) / 255), 8


def encode_rgb(rgb: np.ndarray) -> bytes:
    """(H, W, 3) uint8 → PNG with nothing but pixels in it."""
    return _png(Image.fromarray(np.ascontiguousarray(rgb)))


def encode_disparity(disparity: np.ndarray) -> bytes:
    """(H, W) float32 in [0, 1] → gray 16-bit PNG. `read_disparity` gives the same 65536 levels back exactly."""
    levels = disparity * np.float32(65535)  # float32 holds each of them with a hundredth to spare
    return _png(Image.fromarray(np.rint(levels, out=levels).astype(np.uint16)))


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    # Level 3 is half the time of the default for a few percent more bytes.
    image.save(file, "PNG", compress_level=3)
    return file.getvalue()


def _bytes(source: Source, what: str) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
    else:
        path = Path(source)
        if not path.is_file():
            raise InvalidImage(f"There is no {what} file {str(path)!r}.")
        if path.stat().st_size > MAX_BYTES:
            raise InvalidImage(f"The {what} file is larger than {MAX_BYTES // 1_000_000} MB.")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InvalidImage(f"The {what} file {str(path)!r} cannot be read: {error.strerror}.") from error
    if len(data) > MAX_BYTES:
        raise InvalidImage(f"The {what} file is larger than {MAX_BYTES // 1_000_000} MB.")
    if not data:
        raise InvalidImage(f"The {what} file is empty.")
    return data


def _opened(data: bytes, what: str) -> Image.Image:
    """The file with its header read, no pixel yet."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures; _check_size draws the line, before anything is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise InvalidImage(f"The {what} is far too large; it must be {SIZES}.") from error
    except _DAMAGED as error:
        raise InvalidImage(_what_else(data, what)) from error
    if getattr(image, "n_frames", 1) > 1:
        raise InvalidImage(f"The {what} is an animation; it must be a single picture.")
    return image


def _what_else(data: bytes, what: str) -> str:
    start = data[:1000].lstrip().lower()
    if b"<svg" in start:
        found = "an SVG drawing"
    elif any(data.startswith(sign) for sign in (PNG_START, b"\xff\xd8\xff")) or data[8:12] == b"WEBP":
        return f"The {what} is damaged or cut off; its header cannot be read."
    elif data[4:12] in (b"ftypheic", b"ftypmif1", b"ftypavif"):
        found = "a HEIC or AVIF picture"
    elif data[:4] in (b"II*\0", b"MM\0*", b"GIF8"):
        found = "a GIF or TIFF picture"
    elif b"\0" not in data[:1000]:
        found = "a text file"
    else:
        found = "of an unknown kind"
    return f"The {what} is {found}; it must be a PNG, JPEG or WebP file."


def _check_size(size: tuple[int, int], what: str, *, says: tuple[int, int] | None = None) -> None:
    width, height = size
    if width != 2 * height or not MIN_WIDTH <= width <= MAX_WIDTH:
        width, height = says or size
        raise InvalidImage(f"The {what} is {width:,}x{height:,} pixels; it must be {SIZES}.")


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        if np.asarray(rgba)[..., 3].min() < 255:
            raise InvalidImage("The picture has transparent pixels; every pixel of a panorama needs a colour.")
        return rgba.convert("RGB")
    return image if image.mode in ("RGB", "CMYK") else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB in sRGB. A profile that cannot be read is passed over: most such pictures are sRGB anyway."""
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if image.mode == "CMYK" or "sRGB" not in ImageCms.getProfileDescription(embedded):
                converted = ImageCms.profileToProfile(image, embedded, ImageCms.createProfile("sRGB"), outputMode="RGB")
                return image if converted is None else converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return image.convert("RGB")


def _depth_pixels(data: bytes) -> np.ndarray:
    """(H, W) of a gray picture: uint16 levels of a 16-bit PNG, else uint8."""
    with _opened(data, "depth map") as image:
        _check_size(image.size, "depth map")
        try:
            image.load()
            if image.mode.startswith("I"):
                return np.array(image).astype(np.uint16)
            array = np.array(image.convert("RGB")).astype(np.int16)
        except _DAMAGED as error:
            raise InvalidImage("The depth map is damaged or cut off; its pixels cannot be read.") from error
    # JPEG keeps gray within a few levels; a coloured map has its own scale, which nobody told us.
    if int(np.ptp(array, axis=2).max()) > 16:
        raise InvalidImage("The depth map has colours; it must be gray, bright where near.")
    return array[..., 1].astype(np.uint8)


def _checked_depth(disparity: np.ndarray) -> np.ndarray:
    if float(disparity.min()) == float(disparity.max()):
        raise InvalidImage("The depth map has the same value everywhere; there is no shape in it.")
    return disparity
