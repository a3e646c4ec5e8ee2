"""The named endpoint `generate`, for gradio_client and for anything that speaks Gradio's protocol."""

# No `from __future__ import annotations`: Gradio reads the types themselves, and `gr` is imported late.

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from starlette.concurrency import run_in_threadpool

from ldm3d_web.create import GenerateRequest
from ldm3d_web.scenes import links
from ldm3d_web.web.follow import follow, state_of
from ldm3d_web.web.studio import Studio


def add_endpoint(studio: Studio) -> None:
    """Adds `generate` to the Blocks that are being built."""
    import gradio as gr

    async def generate(
        request: gr.Request,
        prompt: str,
        negative: str = "",
        seed: int | None = None,
        steps: int | None = None,
        guidance: float | None = None,
        model: str = "",
        upscale: int | None = None,
    ) -> AsyncIterator[dict[str, Any]]:
        """Paint a scene. Yields its progress, and last its id, its link and the addresses of its files."""
        wanted = GenerateRequest(prompt, negative, seed, steps, guidance, model=model, upscale=upscale)
        base = links.base_url(request.headers, request.url.scheme, public_url=studio.settings.public_url)
        async with aclosing(follow(studio, wanted)) as events:
            async for event in events:
                if event is None:
                    yield {"state": "waiting"}
                elif event.name == "error":
                    raise gr.Error(event.data["message"], print_exception=False)
                elif event.name == "scene":
                    scene = await run_in_threadpool(studio.scene, event.data["scene"])
                    files = {name: base + path for name, path in scene.paths().items()}
                    yield {**state_of(event), "url": links.scene_url(base, scene.id), "files": files}
                else:
                    yield {name: value for name, value in state_of(event).items() if name != "preview"}

    gr.api(generate, api_name="generate", concurrency_limit=None)
