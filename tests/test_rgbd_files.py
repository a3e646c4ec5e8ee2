import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from ldm3d_web.errors import InvalidImage
from ldm3d_web.rgbd_files import MAX_WIDTH, encode_disparity, encode_rgb, read_any_depth, read_disparity, read_rgb
from tests.panorama.rooms import painted

H, W = 16, 32
RGB = painted(H, W)
DISPARITY = np.linspace(0, 1, H * W, dtype=np.float32).reshape(H, W)


def file_of(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def picture(mode: str = "RGB", size: tuple[int, int] = (W, H)) -> Image.Image:
    return Image.fromarray(painted(size[1], size[0])).convert(mode)


def png_header(width: int, height: int, bits: int = 8, colour: int = 2) -> bytes:
    """A PNG that says it is this large and has a few bytes of pixels: what a bomb looks like from outside."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_each_of_the_65536_levels_comes_back_exactly():
    levels = np.random.default_rng(0).permutation(np.arange(2 * 65536) % 65536).reshape(256, 512)
    disparity = (levels / 65535).astype(np.float32)
    back = read_disparity(encode_disparity(disparity))
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, disparity)
    np.testing.assert_array_equal(np.rint(back.astype(np.float64) * 65535).astype(int), levels)


def test_rgb_comes_back_exactly_from_bytes_and_from_a_path(tmp_path):
    path = tmp_path / "rgb.png"
    path.write_bytes(encode_rgb(RGB))
    for source in (encode_rgb(RGB), path, str(path)):
        np.testing.assert_array_equal(read_rgb(source), RGB)


def test_zeros_in_a_depth_map_are_the_far_end_and_fine():
    with_zeros = DISPARITY.copy()
    with_zeros[: H // 2] = 0
    assert (read_disparity(encode_disparity(with_zeros))[: H // 2] == 0).all()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_the_three_kinds_are_read(kind):
    even = picture().resize((4 * W, 4 * H), Image.Resampling.BICUBIC)
    rgb = read_rgb(file_of(even, kind, quality=95))
    assert np.abs(rgb.astype(int) - np.asarray(even)).mean() < 5


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("L", "PNG"), ("P", "PNG"), ("1", "PNG"), ("RGBA", "PNG"), ("LA", "PNG"), ("CMYK", "JPEG"), ("L", "JPEG")],
)
def test_other_colour_modes_become_rgb(mode, kind):
    rgb = read_rgb(file_of(picture(mode), kind))
    assert rgb.shape == (H, W, 3) and rgb.dtype == np.uint8
    wanted = np.asarray(picture(mode).convert("RGB")).astype(int)
    assert np.abs(rgb - wanted).mean() < 12


def test_sixteen_bit_colours_are_cut_to_eight():
    head, tail = png_header(W, H, bits=16, colour=2).split(b"IDAT")[0][:-4], b""
    rows = b"".join(b"\0" + (RGB[row].astype(">u2") * 257).tobytes() for row in range(H))
    data = zlib.compress(rows)
    chunk = struct.pack(">I", len(data)) + b"IDAT" + data + struct.pack(">I", zlib.crc32(b"IDAT" + data))
    end = struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))
    np.testing.assert_array_equal(read_rgb(head + tail + chunk + end), RGB)


def test_exif_turns_the_picture_and_is_gone():
    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying on its side
    exif[0x010F] = "a camera"
    sideways = Image.fromarray(np.rot90(RGB).copy())
    rgb = read_rgb(file_of(sideways, "PNG", exif=exif))
    np.testing.assert_array_equal(rgb, RGB)
    assert b"camera" not in encode_rgb(rgb)


def test_an_embedded_profile_is_applied():
    """Under a profile of linear light a stored 55 is the gray that sRGB calls 128."""
    linear = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain = file_of(Image.fromarray(RGB), "PNG", icc_profile=linear)
    np.testing.assert_array_equal(read_rgb(plain), RGB)
    broken = file_of(Image.fromarray(RGB), "PNG", icc_profile=b"no profile at all")
    np.testing.assert_array_equal(read_rgb(broken), RGB)


def test_wide_pictures_are_scaled_by_the_mean_of_what_a_pixel_covers():
    fine = np.zeros((64, 128, 3), np.uint8)
    fine[:, ::2] = 200
    np.testing.assert_allclose(read_rgb(encode_rgb(fine), max_width=64), 100, atol=1)
    assert read_rgb(encode_rgb(fine), max_width=500).shape == fine.shape
    assert read_rgb(file_of(picture(size=(512, 256)), "JPEG"), max_width=60).shape == (30, 60, 3)


ANIMATION = file_of(picture(), "WEBP", save_all=True, append_images=[picture().transpose(Image.Transpose.ROTATE_180)])
TRANSPARENT = picture("RGBA")
TRANSPARENT.putpixel((3, 3), (0, 0, 0, 128))
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="64" height="32"></svg>'


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (file_of(picture(size=(32, 32))), "32x32"),
        (file_of(picture(size=(8, 4))), "8x4"),
        (png_header(17_000, 8_500), "17,000x8,500"),
        (png_header(30_000, 15_000), "too large"),
        (png_header(2_000_000, 1_000_000), "too large"),
        (SVG, "SVG"),
        (b"hello, this is a note\n" * 10, "text file"),
        (b"", "empty"),
        (b"\0\1\2\3" * 50, "unknown kind"),
        (file_of(picture(), "GIF"), "GIF"),
        (file_of(picture(), "TIFF"), "TIFF"),
        (file_of(picture(), "BMP"), "unknown kind"),
        (encode_rgb(RGB)[:60], "damaged"),
        (encode_rgb(RGB)[:-40], "damaged"),
        (encode_rgb(RGB)[:12], "damaged"),
        (file_of(picture(), "JPEG")[:-200], "damaged"),
        (file_of(picture(), "WEBP")[:-50], "damaged"),
        (png_header(W * 64, H * 64), "damaged"),
        (ANIMATION, "animation"),
        (file_of(TRANSPARENT), "transparent"),
        (encode_disparity(DISPARITY), "16-bit gray"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_picture_that_cannot_be_used_is_refused_with_a_sentence(data, says):
    with pytest.raises(InvalidImage, match=says) as refused:
        read_rgb(data)
    assert_is_a_sentence(str(refused.value))


EIGHT_BIT = file_of(Image.fromarray(np.rint(DISPARITY * 255).astype(np.uint8)))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (EIGHT_BIT, "8 bits.*magick"),
        (file_of(Image.open(io.BytesIO(EIGHT_BIT)), "JPEG"), "JPEG"),
        (encode_rgb(RGB), "colours"),
        (png_header(W, H, bits=16, colour=2), "colours"),
        (png_header(W, H, bits=16, colour=4), "colours|one"),
        (encode_disparity(DISPARITY[:, :16]), "16x16"),
        (encode_disparity(np.full((H, W), 0.5, np.float32)), "same value"),
        (encode_disparity(np.zeros((H, W), np.float32)), "same value"),
        (encode_disparity(DISPARITY)[:-40], "damaged"),
        (png_header(30_000, 15_000, bits=16, colour=0), "too large"),
        (b"not a depth map", "text file"),
        (SVG, "SVG"),
        (b"\x89PNG\r\n\x1a\n", "damaged|cut off"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_depth_map_that_cannot_be_used_is_refused_with_a_sentence(data, says):
    with pytest.raises(InvalidImage, match=says) as refused:
        read_disparity(data)
    assert_is_a_sentence(str(refused.value))


def test_paths_that_lead_nowhere(tmp_path):
    for path in (tmp_path / "none.png", tmp_path):
        for read in (read_rgb, read_disparity, read_any_depth):
            with pytest.raises(InvalidImage, match=r"no .* file"):
                read(path)


def test_for_import_8_bits_will_do_but_colours_will_not():
    for data in (EIGHT_BIT, file_of(Image.open(io.BytesIO(EIGHT_BIT)), "JPEG", quality=95)):
        depth, bits = read_any_depth(data)
        assert bits == 8 and depth.dtype == np.float32
        np.testing.assert_allclose(depth, DISPARITY, atol=0.03)
    assert read_any_depth(encode_disparity(DISPARITY))[1] == 16
    with pytest.raises(InvalidImage, match="colours"):
        read_any_depth(encode_rgb(RGB))
    with pytest.raises(InvalidImage, match="same value"):
        read_any_depth(file_of(Image.new("L", (W, H), 7)))


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\x10\0\0\0WEBPVP8 "]),
)
def test_no_bytes_at_all_lead_to_anything_but_a_sentence(noise, start):
    for read in (read_rgb, read_disparity, read_any_depth):
        with pytest.raises(InvalidImage):
            read(start + noise)


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_one_changed_byte_gives_a_picture_or_a_sentence(place, value):
    for whole, read in ((encode_rgb(RGB), read_rgb), (encode_disparity(DISPARITY), read_disparity)):
        data = bytearray(whole)
        data[place % len(data)] = value
        try:
            assert read(bytes(data)).shape[:2] == (H, W)
        except InvalidImage as refused:
            assert_is_a_sentence(str(refused))


def test_the_widest_that_is_allowed_is_said():
    with pytest.raises(InvalidImage, match=f"{MAX_WIDTH:,}"):
        read_rgb(png_header(MAX_WIDTH + 2, MAX_WIDTH // 2 + 1))


def assert_is_a_sentence(text: str) -> None:
    assert text[0].isupper() and text[-1] == "." and "\n" not in text and "Error" not in text and len(text) < 250
