import io

import numpy as np
import pytest
from PIL import Image

from ldm3d_web.panorama.preview import coloured_depth, perspective, social_card, thumbnail
from ldm3d_web.panorama.sphere import pixel_rays
from tests.panorama.rooms import painted


def directions(height: int, width: int) -> np.ndarray:
    """A panorama whose colour is the direction: red +X, green +Y, blue +Z."""
    return np.rint((pixel_rays(height, width) + 1) * 127.5).astype(np.uint8)


@pytest.mark.parametrize(
    ("yaw", "pitch", "looks_at"), [(0, 0, (0, 0, -1)), (90, 0, (1, 0, 0)), (180, 0, (0, 0, 1)), (0, 90, (0, 1, 0))]
)
def test_the_middle_of_a_view_is_where_it_looks(yaw, pitch, looks_at):
    view = perspective(directions(128, 256), 65, 33, fov_deg=90, yaw_deg=yaw, pitch_deg=pitch)
    np.testing.assert_allclose(view[16, 32] / 127.5 - 1, looks_at, atol=0.03)


def test_a_view_is_upright_not_mirrored_and_straight():
    view = perspective(directions(256, 512), 201, 101, fov_deg=90) / 127.5 - 1
    assert view[50, 200, 0] > 0.6 and view[50, 0, 0] < -0.6  # right is +X
    assert view[0, 100, 1] > 0.3 and view[100, 100, 1] < -0.3  # up is +Y
    # A pinhole: x / -z grows evenly with the column.
    slope = view[50, :, 0] / -view[50, :, 2]
    np.testing.assert_allclose(slope, (np.arange(201) + 0.5) / 201 * 2 - 1, atol=0.03)


def test_a_view_over_the_wrap_has_no_line_in_it():
    view = perspective(directions(64, 128), 128, 64, fov_deg=60, yaw_deg=180).astype(int)
    steps = np.abs(np.diff(view, axis=1)).max(axis=(0, 2))
    assert steps[60:68].max() <= steps[[*range(10, 50), *range(80, 118)]].max() + 2


def test_sizes_and_kinds():
    rgb = painted(64, 128)
    with Image.open(io.BytesIO(social_card(rgb))) as card, Image.open(io.BytesIO(thumbnail(rgb, 40))) as small:
        assert (card.format, card.size, card.mode) == ("JPEG", (1200, 630), "RGB")
        assert (small.format, small.size) == ("JPEG", (40, 20))


def test_near_is_warm_far_is_cold_and_no_two_depths_look_alike():
    ramp = coloured_depth(np.linspace(0, 1, 256, dtype=np.float32).reshape(1, -1))[0].astype(int)
    assert ramp[0, 2] > ramp[0, 0] and ramp[-1, 0] > ramp[-1, 2]
    apart = np.abs(ramp[:, None] - ramp[None]).sum(axis=2)
    assert (apart + 9 * np.eye(256) > 0).all()
    assert coloured_depth(np.zeros((4, 8), np.float32)).dtype == np.uint8
