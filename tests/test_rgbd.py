import numpy as np
import pytest

from ldm3d_web.rgbd import Panorama, Rgbd

RGB = np.zeros((4, 8, 3), np.uint8)
FLAT = np.zeros((4, 8), np.float32)
NO_SKY = np.zeros((4, 8), bool)


@pytest.mark.parametrize(
    ("rgb", "disparity"),
    [
        (RGB, FLAT.astype(np.float64)),
        (RGB, FLAT - 0.1),
        (RGB, FLAT + 1.01),
        (RGB, FLAT * np.nan),
        (RGB, FLAT[:, :4]),
        (RGB[..., 0], FLAT),
        (RGB.astype(np.float32), FLAT),
        (RGB[:, :7], FLAT[:, :7]),
    ],
)
def test_an_rgbd_is_what_it_says_or_is_not(rgb, disparity):
    Rgbd(RGB, FLAT)
    with pytest.raises(ValueError):
        Rgbd(rgb, disparity)


@pytest.mark.parametrize(
    "changed",
    [
        {"distance_m": FLAT},
        {"distance_m": FLAT + np.inf},
        {"distance_m": FLAT.astype(np.float64) + 1},
        {"sky": FLAT},
        {"sky": NO_SKY[:2]},
        {"near_m": 0.0},
        {"near_m": 5.0},
    ],
)
def test_a_panorama_is_what_it_says_or_is_not(changed):
    sound = {"rgb": RGB, "distance_m": FLAT + 2, "sky": NO_SKY, "near_m": 1.0, "far_m": 5.0, "eye_height_m": 1.6}
    Panorama(**sound)
    with pytest.raises(ValueError):
        Panorama(**(sound | changed))
