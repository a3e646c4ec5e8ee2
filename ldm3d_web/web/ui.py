"""The page at `/`: Gradio holds the fields and the queue of clicks, a frame holds the scene.

Words from visitors reach the browser as values of components and are set as text there, never as part of a template:
Gradio would run them as code.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import aclosing
from importlib import resources
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from ldm3d_web.create import GenerateRequest, random_seed
from ldm3d_web.engines.local import BROKEN, CANCELLED
from ldm3d_web.ldm3d import inputs
from ldm3d_web.ldm3d.registry import ModelSpec
from ldm3d_web.web import texts
from ldm3d_web.web.endpoint import add_endpoint
from ldm3d_web.web.follow import follow, state_of
from ldm3d_web.web.studio import Studio

if TYPE_CHECKING:
    import gradio as gr


SHEETS = ("base", "hero", "ask", "shelf", "options", "narrow")  # by subject, in the order in which they override

# A sentence in the address, as /samples has it, is put into the field, unless the visitor was faster.
ASKED = "(typed) => typed || new URLSearchParams(location.search).get('prompt') || ''"
# What the frame will run is fetched while Gradio still starts.
HEAD = """<meta name="theme-color" content="#15171a">
<link rel="modulepreload" href="/viewer/host.js">"""


def mount_ui(app: FastAPI, studio: Studio) -> FastAPI:
    """Put the page at `/`, behind the routes that the app has already."""
    # Read while Gradio is imported: it would tell its makers of each start.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import gradio as gr

    from ldm3d_web.web.theme import theme

    return gr.mount_gradio_app(
        app,
        build_ui(studio),
        path="/",
        theme=theme(),
        css="\n".join(_page(f"{sheet}.css") for sheet in SHEETS),
        head=HEAD,
        i18n=gr.I18n(**texts.part("app")),
        allowed_paths=[],
        show_error=False,
        max_file_size="1mb",  # the page takes no files
        ssr_mode=False,
        enable_monitoring=False,
        run_history=False,
        pwa=False,
        mcp_server=False,
        footer_links=[],
    )


def build_ui(studio: Studio) -> gr.Blocks:
    """The page and its named endpoint `generate`."""
    import gradio as gr

    say = gr.I18n()  # makes a name that Gradio replaces in the browser, by the words of its language
    specs = studio.models
    first = next(iter(specs))
    start = specs[first]

    with gr.Blocks(title="LDM3D Web", analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)) as page:

        def own(name: str, value: Any = "") -> gr.HTML:
            """One of the page's own parts: its constant markup, its script, the words of all languages."""
            return gr.HTML(
                value,
                html_template=_page(f"{name}.html"),
                js_on_load=_page(f"{name}.js"),
                apply_default_css=False,
                padding=False,
                elem_id=name,
                texts=texts.part("app"),
                errors=texts.part("errors"),
            )

        stage = own("stage", {"state": "start"})
        with gr.Row(elem_id="ask"):
            prompt = gr.Textbox(
                label=say("prompt"),
                placeholder=say("placeholder"),
                lines=1,
                max_lines=4,
                scale=8,
                container=False,
                elem_id="prompt",
            )
            go = gr.Button(say("generate"), variant="primary", scale=0, min_width=132, elem_id="go")
            stop = gr.Button(say("cancel"), variant="secondary", scale=0, min_width=132, visible=False, elem_id="stop")
        own("trouble")
        examples = gr.Dataset(
            label=say("examples"),
            components=[prompt],
            samples=_samples(start),
            samples_per_page=1000,  # one row that scrolls, no pages
            type="values",
            elem_id="examples",
            visible=bool(start.examples),
        )
        if "mini" in specs:
            own("knows")
        own("shelf")
        with gr.Accordion(say("options"), open=False, elem_id="options"):
            with gr.Row():
                model = gr.Dropdown(list(specs), value=first, label=say("model"), elem_id="model")
                negative = gr.Textbox(label=say("avoid"), placeholder=say("avoid_placeholder"), elem_id="negative")
            about = own("about", _about(first, start))
            with gr.Row():
                steps = gr.Slider(
                    inputs.MIN_STEPS, inputs.MAX_STEPS, start.defaults.steps, step=1, label=say("steps"),
                    elem_id="steps",
                )  # fmt: skip
                guidance = gr.Slider(
                    inputs.MIN_GUIDANCE, inputs.MAX_GUIDANCE, start.defaults.guidance, step=0.5,
                    label=say("guidance"), elem_id="guidance",
                )  # fmt: skip
            size = gr.Dropdown(
                _sizes(start), value=start.defaults.upscale, label=say("size"), elem_id="size", visible=start.upscales
            )
            with gr.Row(elem_id="seeds"):
                seed = gr.Number(None, precision=0, label=say("seed"), elem_id="seed")
                dice = gr.Button(say("roll"), size="md", scale=0, min_width=150, elem_id="dice")
                fresh = gr.Checkbox(True, label=say("fresh"), elem_id="fresh")

        async def paint(
            sentence: str, avoid: str, new: bool, number: Any, count: Any, scale: Any, wider: Any, name: str
        ) -> AsyncIterator[dict[Any, Any]]:
            if new or number is None:
                number = random_seed()
            run = secrets.token_hex(4)
            yield {stage: {"state": "queued", "position": 1, "run": run}, seed: number}
            request = GenerateRequest(sentence, avoid or "", number, count, scale, model=name, upscale=wider)
            async with aclosing(follow(studio, request)) as events:
                async for event in events:
                    yield {stage: gr.skip() if event is None else {**state_of(event), "run": run}}

        def chosen(name: str) -> dict[Any, Any]:
            spec = specs[name]
            return {
                steps: spec.defaults.steps,
                guidance: spec.defaults.guidance,
                size: gr.Dropdown(_sizes(spec), value=spec.defaults.upscale, visible=spec.upscales),
                about: _about(name, spec),
                examples: gr.Dataset(samples=_samples(spec), visible=bool(spec.examples)),
            }

        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        asked = gr.on(
            [go.click, prompt.submit],
            lambda: (gr.update(visible=False), gr.update(visible=True)),
            None,
            [go, stop],
            queue=False,
            **private,
        )
        running = asked.then(
            paint,
            [prompt, negative, fresh, seed, steps, guidance, size, model],
            [stage, seed],
            concurrency_limit=None,  # the engine has the queue, for the page and the API alike
            **private,
        )
        running.failure(lambda: {"state": "error", "message": BROKEN}, None, stage, queue=False, **private)
        running.then(
            lambda: (gr.update(visible=True), gr.update(visible=False)),
            None,
            [go, stop],
            queue=False,
            **private,
        )
        stop.click(
            lambda: (
                {"state": "error", "message": CANCELLED, "stopped": True},
                gr.update(visible=True),
                gr.update(visible=False),
            ),
            None,
            [stage, go, stop],
            cancels=[running],
            queue=False,
            **private,
        )
        examples.click(lambda sample: sample[0], examples, prompt, queue=False, **private)
        model.change(chosen, model, [steps, guidance, size, about, examples], queue=False, **private)
        dice.click(lambda: (random_seed(), False), None, [seed, fresh], queue=False, **private)

        page.load(None, prompt, prompt, js=ASKED, queue=False, **private)

        add_endpoint(studio)
    return page


def _samples(spec: ModelSpec) -> list[list[str]]:
    return [[sentence] for sentence in spec.examples]


def _sizes(spec: ModelSpec) -> list[tuple[str, int]]:
    """What its pictures can be made to measure, and how many times as wide as painted that is."""
    factors = inputs.UPSCALES if spec.upscales else (1,)
    return [(f"{factor * spec.defaults.width} × {factor * spec.defaults.height}", factor) for factor in factors]


def _about(name: str, spec: ModelSpec) -> str:
    """The honest line: what the chosen model is, and how to speak to it."""
    return " ".join(filter(None, (f"{name}: {spec.description}" if spec.description else name, spec.prompt_hint)))


def _page(name: str) -> str:
    return (resources.files("ldm3d_web.web") / "page" / name).read_text(encoding="utf-8")
