"""The viewer's own files at `/viewer/`: compressed once, when they are built, and never asked for twice in vain.

With `?v=` in its address a file is kept for ever, since the page's next edition asks for another; without it a browser
asks each time whether its copy is still the right one.
"""

from __future__ import annotations

import os
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

ENCODINGS = (("br", ".br"), ("gzip", ".gz"))  # the better one first
FOREVER = "public, max-age=31536000, immutable"


class Bundle(StaticFiles):
    """Starlette's static files, in the encoding the browser takes where such a sibling lies beside the file."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, its compressed sibling, or 404; with ETag, Vary and how long it may be kept."""
        response = await super().get_response(path, scope)
        if response.status_code in (200, 304):
            response.headers["Vary"] = "Accept-Encoding"
            kept = b"v=" in scope.get("query_string", b"")
            response.headers["Cache-Control"] = FOREVER if kept else "no-cache"
        return response

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        headers = Headers(scope=scope)
        taken = {wish.split(";")[0].strip() for wish in headers.get("accept-encoding", "").lower().split(",")}
        for encoding, ending in ENCODINGS:
            sibling = Path(f"{full_path}{ending}")
            if encoding not in taken or "range" in headers or not sibling.is_file():
                continue
            response = super().file_response(sibling, sibling.stat(), scope, status_code)
            response.headers["Content-Encoding"] = encoding
            kind = {".js": "text/javascript", ".css": "text/css"}.get(Path(full_path).suffix, "text/plain")
            response.headers["Content-Type"] = f"{kind}; charset=utf-8"
            return response
        return super().file_response(full_path, stat_result, scope, status_code)
