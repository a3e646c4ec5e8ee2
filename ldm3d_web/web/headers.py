"""What every answer says about who may frame, read and run it. Pure ASGI: a stream of events passes untouched.

Cross-origin reading is decided here alone. Scenes' files, their pages and oEmbed may be read from anywhere, without
credentials; nothing else may, and what an inner app (Gradio reflects any origin) says about it is dropped.
"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SHARED = ("/scenes/", "/oembed", "/viewer/")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

# meshopt's decoder is WebAssembly; three.js reads a GLB's textures through blob: addresses.
SCENE_CSP = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self' blob: data:; img-src 'self' blob: data:; worker-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)
# Gradio compiles templates (unsafe-eval) and writes inline scripts; but it has no business with any other host.
APP_CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' blob: data:; font-src 'self' data:; connect-src 'self' blob: data:; media-src 'self' blob: data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "frame-ancestors 'self' https://huggingface.co https://*.hf.space"
)
FILE_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; sandbox"


class SecurityHeaders:
    """Adds the headers, and turns away what another site's page would change here with a visitor's browser."""

    def __init__(self, app: ASGIApp, *, embed_ancestors: str, public_url: str = ""):
        self.app = app
        self._scene_csp = SCENE_CSP.format(ancestors=embed_ancestors)
        self._own_host = urlsplit(public_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        shared = path.startswith(SHARED)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in {name for name in headers if name.startswith("access-control-")}:
                    del headers[name]
                if shared:
                    headers["Access-Control-Allow-Origin"] = "*"
                    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Content-Security-Policy"] = self._policy(path)
                headers["Referrer-Policy"] = "no-referrer" if path.startswith("/s/") else "same-origin"
            await send(message)

        if scope["method"] not in SAFE_METHODS and self._foreign(Headers(scope=scope)):
            await _refuse(send_with_headers)
        else:
            await self.app(scope, receive, send_with_headers)

    def _policy(self, path: str) -> str:
        if path.startswith("/s/"):
            return self._scene_csp
        return FILE_CSP if path.startswith(("/scenes/", "/api/")) else APP_CSP

    def _foreign(self, headers: Headers) -> bool:
        """Whether a browser says that another site's page sent this. Programs say nothing, and may."""
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in ("same-origin", "none")
        origin = headers.get("origin")  # plain http beyond localhost has no Sec-Fetch-Site
        return origin is not None and urlsplit(origin).netloc not in (headers.get("host"), self._own_host)


async def _refuse(send: Send) -> None:
    body = json.dumps({"error": "That request came from another site's page; only this site's own may change things."})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
