"""The page's colours for Gradio: one neutral tone, light or dark; the scenes have the colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

# Fonts of the visitor's own system: nothing is fetched from elsewhere.
SANS = ["system-ui", "-apple-system", "Segoe UI", "sans-serif"]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "monospace"]


def theme() -> gr.themes.Base:
    """Gradio's plain theme with our colours; the sheets in page/ have the layout."""
    import gradio as gr

    base = gr.themes.Base(
        primary_hue=gr.themes.colors.blue,
        neutral_hue=gr.themes.colors.stone,
        radius_size=gr.themes.sizes.radius_lg,
        spacing_size=gr.themes.sizes.spacing_md,
        font=SANS,
        font_mono=MONO,
    )
    return base.set(
        body_background_fill="#f6f5f2",
        body_background_fill_dark="#131517",
        body_text_color="#1b1d20",
        body_text_color_dark="#ecebe8",
        body_text_color_subdued="#5c5f65",
        body_text_color_subdued_dark="#a4a8ae",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="#1b1e21",
        background_fill_secondary="#efeeea",
        background_fill_secondary_dark="#202428",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_shadow="none",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_title_text_weight="500",
        border_color_primary="#dedcd6",
        border_color_primary_dark="#32373c",
        border_color_accent="#1b5fd1",
        border_color_accent_dark="#9cc2ff",
        input_background_fill="#ffffff",
        input_background_fill_dark="#1b1e21",
        input_border_color="#cfccc5",
        input_border_color_dark="#3a4046",
        input_border_width="1px",
        input_shadow="none",
        input_shadow_focus="0 0 0 2px #1b5fd140",
        input_shadow_focus_dark="0 0 0 2px #9cc2ff55",
        input_border_color_focus="#1b5fd1",
        input_border_color_focus_dark="#9cc2ff",
        button_primary_background_fill="#17181a",
        button_primary_background_fill_dark="#f4f4f2",
        button_primary_background_fill_hover="#3a3d42",
        button_primary_background_fill_hover_dark="#c9cbcf",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#17181a",
        button_secondary_background_fill="#e9e7e2",
        button_secondary_background_fill_dark="#2a2f34",
        button_secondary_background_fill_hover="#dedbd4",
        button_secondary_background_fill_hover_dark="#343a40",
        button_large_radius="12px",
        slider_color="#17181a",
        slider_color_dark="#f4f4f2",
    )
