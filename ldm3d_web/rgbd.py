"""The two values that flow between the stages: a picture with relative depth, and a panorama in metres.

Reading and writing the files (8-bit RGB, 16-bit depth PNG) is in `ldm3d_web.rgbd_files`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rgbd:
    """An equirectangular picture and its relative depth, as LDM3D paints them.

    rgb: (H, W, 3) uint8, sRGB. Row 0 is straight up, the centre looks along -Z, W = 2 H.
    disparity: (h, w) float32 in [0, 1], w = 2 h, relative inverse distance, 1 = nearest. Its pixels are the picture's,
        or coarser or finer ones: depth often has a size of its own.
    noisy: the disparity's edges lie only roughly where the picture's are, and small steps in it mean nothing: it comes
        from a file that kept it badly, or from a decoder that blurs it.

    Raises ValueError when shapes, types or ranges differ from these.
    """

    rgb: np.ndarray
    disparity: np.ndarray
    noisy: bool = False

    def __post_init__(self) -> None:
        _check_rgb(self.rgb)
        if self.disparity.ndim != 2 or self.disparity.shape[1] != 2 * self.disparity.shape[0]:
            raise ValueError(f"disparity must be (h, 2 h), not {self.disparity.shape}")
        if self.disparity.dtype != np.float32:
            raise ValueError(f"disparity must be float32, not {self.disparity.dtype}")
        if not np.isfinite(self.disparity).all():
            raise ValueError("disparity holds NaN or infinity")
        low, high = float(self.disparity.min()), float(self.disparity.max())
        if low < 0 or high > 1:
            raise ValueError(f"disparity must lie in [0, 1], not [{low}, {high}]")


@dataclass(frozen=True)
class Panorama:
    """A panorama at metric scale.

    rgb: (H, W, 3) uint8, sRGB, as in `Rgbd`.
    distance_m: (H, W) float32, metres along the ray from the eye at the origin, > 0, finite everywhere (sky too).
    sky: (H, W) bool, True where there is no surface; drawn on a far dome whatever distance_m says.
    near_m, far_m: the ends of the disparity formula, 1/d = disparity (1/near - 1/far) + 1/far.
    eye_height_m: height of the eye above the floor.

    Raises ValueError when shapes, types or ranges differ from these.
    """

    rgb: np.ndarray
    distance_m: np.ndarray
    sky: np.ndarray
    near_m: float
    far_m: float
    eye_height_m: float

    def __post_init__(self) -> None:
        _check_rgb(self.rgb)
        for name in ("distance_m", "sky"):
            shape = getattr(self, name).shape
            if shape != self.rgb.shape[:2]:
                raise ValueError(f"rgb is {self.rgb.shape[:2]} but {name} is {shape}")
        if self.distance_m.dtype != np.float32 or self.sky.dtype != np.bool_:
            raise ValueError(f"need float32 and bool, not {self.distance_m.dtype} and {self.sky.dtype}")
        if not np.isfinite(self.distance_m).all() or float(self.distance_m.min()) <= 0:
            raise ValueError("distance_m must be finite and above 0")
        if not 0 < self.near_m < self.far_m:
            raise ValueError(f"need 0 < near_m < far_m, not {self.near_m} and {self.far_m}")


def _check_rgb(rgb: np.ndarray) -> None:
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise ValueError(f"rgb must be (H, W, 3) uint8, not {rgb.shape} {rgb.dtype}")
    height, width = rgb.shape[:2]
    if width != 2 * height:
        raise ValueError(f"an equirectangular picture is twice as wide as high, not {width}x{height}")
