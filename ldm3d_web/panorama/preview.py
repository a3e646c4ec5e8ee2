"""Small pictures of a panorama: for lists, for link previews, and its depth for the eye."""

from __future__ import annotations

import cv2
import numpy as np

from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.sphere import rays_to_uv
from ldm3d_web.panorama.textures import jpeg

CARD_WIDTH, CARD_HEIGHT = 1200, 630  # what Open Graph readers show uncropped
CARD_FOV_DEG = 95.0
PREVIEW_QUALITY = 86

# Far to near, sRGB: night blue, blue, teal, green, yellow, orange, red. Lightness rises to the yellow and then falls,
# hue never comes back, so that two depths have two colours.
GRADIENT = np.array(
    [(24, 22, 66), (44, 82, 178), (35, 152, 190), (70, 194, 122), (222, 212, 70), (242, 142, 44), (196, 34, 26)]
)


def thumbnail(rgb: np.ndarray, width: int) -> bytes:
    """The whole panorama (H, W, 3) as a JPEG of width x width/2 pixels."""
    return jpeg(cv2.resize(rgb, (width, width // 2), interpolation=cv2.INTER_AREA), PREVIEW_QUALITY)


def social_card(rgb: np.ndarray) -> bytes:
    """The view straight ahead as a 1200x630 JPEG."""
    return jpeg(perspective(rgb, CARD_WIDTH, CARD_HEIGHT, fov_deg=CARD_FOV_DEG), PREVIEW_QUALITY)


def perspective(
    rgb: np.ndarray, width: int, height: int, *, fov_deg: float, yaw_deg: float = 0.0, pitch_deg: float = 0.0
) -> np.ndarray:
    """What a camera at the eye sees, (height, width, 3) uint8, of a panorama (H, W, 3).

    fov_deg: horizontal. yaw_deg: 0 looks along -Z, positive to the right. pitch_deg: positive is up.
    """
    half = np.tan(np.radians(fov_deg) / 2)
    x = ((np.arange(width) + 0.5) / width * 2 - 1) * half
    y = -((np.arange(height) + 0.5) / height * 2 - 1) * half * height / width
    pitch, yaw = np.radians(pitch_deg), np.radians(yaw_deg)
    right, up = np.meshgrid(x, y)
    forward = np.cos(pitch) - up * np.sin(pitch)
    up = np.sin(pitch) + up * np.cos(pitch)
    rays = np.stack([right * np.cos(yaw) + forward * np.sin(yaw), up, right * np.sin(yaw) - forward * np.cos(yaw)], -1)
    u, v = rays_to_uv(rays)
    pad = 4
    source = wrap_pad(rgb, pad, pad)
    map_x = (u * rgb.shape[1] - 0.5 + pad).astype(np.float32)
    map_y = (v * rgb.shape[0] - 0.5 + pad).astype(np.float32)
    return cv2.remap(source, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def coloured_depth(disparity: np.ndarray) -> np.ndarray:
    """(H, W) disparity in [0, 1] → (H, W, 3) uint8: warm is near, blue is far."""
    at = np.linspace(0, 1, len(GRADIENT))
    levels = np.linspace(0, 1, 256)
    table = np.stack([np.interp(levels, at, GRADIENT[:, channel]) for channel in range(3)], axis=1)
    return np.rint(table).astype(np.uint8)[np.rint(np.clip(disparity, 0, 1) * 255).astype(np.uint8)]
