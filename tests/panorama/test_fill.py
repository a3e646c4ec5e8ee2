import numpy as np
import pytest

from ldm3d_web.panorama.fill import EDGE_PIXELS, fill_unknown

H, W = 32, 64


def test_known_stays_and_one_colour_goes_on_everywhere():
    rgb = np.zeros((H, W, 3), np.uint8)
    known = np.zeros((H, W), bool)
    known[: H // 2] = True
    rgb[known] = (90, 140, 220)
    rgb[H // 2 - 1] = (50, 80, 120)  # the mixed row beside the edge
    filled = fill_unknown(rgb, known)
    sure = H // 2 - EDGE_PIXELS
    np.testing.assert_array_equal(filled[:sure], rgb[:sure])
    np.testing.assert_allclose(filled[sure:], np.broadcast_to((90, 140, 220), filled[sure:].shape), atol=1)


def test_a_hole_over_the_wrap_is_filled_from_both_its_sides():
    rgb = np.zeros((H, W, 3), np.uint8)
    rgb[:, : W // 2], rgb[:, W // 2 :] = 40, 200
    known = np.ones((H, W), bool)
    known[:, :8] = known[:, -8:] = False
    filled = fill_unknown(rgb, known)[H // 2, :, 0].astype(int)
    across = np.concatenate([filled[-12:], filled[:12]])
    assert across[0] > 190 and across[-1] < 50
    assert np.abs(np.diff(across)).max() < 60  # no step where the picture ends


def test_a_wide_picture_and_a_single_known_pixel():
    rgb = np.full((1024, 2048, 3), 77, np.uint8)
    known = np.zeros((1024, 2048), bool)
    known[:, 100:300] = True
    np.testing.assert_allclose(fill_unknown(rgb, known), 77, atol=1)
    lonely = np.zeros((8, 16), bool)
    lonely[4, 4] = True
    np.testing.assert_allclose(fill_unknown(np.full((8, 16, 3), 55, np.uint8), lonely), 55, atol=1)
    with pytest.raises(ValueError, match="known"):
        fill_unknown(rgb, np.zeros((1024, 2048), bool))
