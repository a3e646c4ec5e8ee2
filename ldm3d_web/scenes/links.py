"""Addresses of a scene as others see them: absolute links, the QR code for a headset, oEmbed."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import segno

from ldm3d_web.errors import InvalidInput
from ldm3d_web.scenes.store import check_id

EMBED_ALLOW = "xr-spatial-tracking; fullscreen; gyroscope; accelerometer; magnetometer"


def base_url(headers: Mapping[str, str], scheme: str, *, public_url: str = "") -> str:
    """The server's own address, without a slash at the end.

    headers: the request's, lower-case names. scheme: of the connection itself. What a proxy says in X-Forwarded-* is
    believed on a Space only, where the proxy overwrites it; anywhere else a visitor could write any address there.
    """
    if public_url:
        return public_url.rstrip("/")
    host = headers.get("host", "127.0.0.1")
    if os.environ.get("SPACE_ID"):
        host = headers.get("x-forwarded-host", host).split(",")[0].strip()
        scheme = headers.get("x-forwarded-proto", scheme).split(",")[0].strip()
    if any(c in host for c in "/\\@?#<>\"' "):  # a host is a name and a port, whatever the header says
        host = "127.0.0.1"
    return f"{'https' if scheme == 'https' else 'http'}://{host}"


def scene_url(base: str, scene_id: str) -> str:
    """The link one sends to a friend."""
    return f"{base}/s/{check_id(scene_id)}"


def file_url(base: str, scene_id: str, name: str) -> str:
    """Where a scene's file is."""
    return f"{base}/scenes/{check_id(scene_id)}/{name}"


def qr_svg(url: str) -> str:
    """The link as a QR code: an inline SVG that scales with its box; black on white on dark pages too."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, light="#fff", border=2, title="QR code of the link"
    )
    return out.getvalue().decode()


def scene_id_of(url: str, base: str) -> str:
    """The id in a link to a scene of this server. Raises InvalidInput for other addresses, NotFound for no id."""
    parts = urlsplit(url)
    own = urlsplit(base)
    if parts.netloc != own.netloc or not parts.path.startswith("/s/"):
        raise InvalidInput(f"That is not a link to a scene here; those begin with {base}/s/.")
    return check_id(parts.path.removeprefix("/s/").rstrip("/"))


def oembed(base: str, scene_id: str, title: str, *, max_width: int = 960, max_height: int = 540) -> dict[str, Any]:
    """oEmbed 1.0 answer of type "rich": a frame with the scene's page, not larger than asked for."""
    width = max(160, min(max_width, 960))
    height = max(120, min(max_height, width * 9 // 16))
    frame = (
        f'<iframe src="{scene_url(base, scene_id)}" width="{width}" height="{height}" title="360° scene" '
        f'style="border:0" allow="{EMBED_ALLOW}" allowfullscreen></iframe>'
    )
    return {
        "version": "1.0",
        "type": "rich",
        "provider_name": "LDM3D Web",
        "provider_url": base + "/",
        "title": title,
        "html": frame,
        "width": width,
        "height": height,
        "thumbnail_url": file_url(base, scene_id, "preview.jpg"),
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
    }
