"""A finished scene as pages and programs see it: its id and what its manifest says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ldm3d_web.scenes.store import PUBLIC_NAMES

TITLE_CHARS = 80


@dataclass(frozen=True)
class Scene:
    """id: 16 url-safe characters. manifest: as written by `ldm3d_web.create`; foreign text, to be shown as text only.

    delete_token: what its maker needs to delete it; known only where the scene was just made.
    """

    id: str
    manifest: Mapping[str, Any]
    delete_token: str | None = None

    @property
    def title(self) -> str:
        """One line: the prompt or the name that was given."""
        return self._text("title") or "A 360° scene"

    @property
    def kind(self) -> str:
        """How it came to be: "generated", "imported" or "starter" (painted before, and shipped)."""
        return self._text("kind")

    @property
    def created(self) -> str:
        """When it was made: ISO 8601, UTC."""
        return self._text("created")

    @property
    def prompt(self) -> str:
        """The whole sentence, empty for an imported one."""
        return self._text("prompt")

    @property
    def model(self) -> str:
        """The model's name, empty for an imported one."""
        model = self.manifest.get("model")
        return str(model.get("name", "")) if isinstance(model, Mapping) else ""

    @property
    def model_note(self) -> str:
        """What one should know of its model, its depth and its prompt, or nothing."""
        model, cut = self.manifest.get("model"), self._text("cut").strip()
        of_model = str(model.get("description", "")) if isinstance(model, Mapping) else ""
        of_cut = f"The model reads 77 tokens; it did not read: “{cut}”" if cut else ""
        unknown = self.manifest.get("unknown")
        words = ", ".join(map(str, unknown)) if isinstance(unknown, list) else ""
        of_words = f"It was never taught these words: {words}." if words else ""
        return " ".join(filter(None, (of_model, self._text("depth_note"), of_cut, of_words)))

    @property
    def description(self) -> str:
        """One sentence on how it came to be, for link previews."""
        by = f", painted from this sentence by {self.model}" if self.model else ""
        return f"A panorama to stand in{by}. Look around, or put on a headset."

    def number(self, name: str) -> int | float | None:
        """A number of the manifest (seed, steps, guidance, width, height), or None."""
        value = self.manifest.get(name)
        return value if isinstance(value, int | float) else None

    def _text(self, name: str) -> str:
        value = self.manifest.get(name)
        return value if isinstance(value, str) else ""

    def paths(self) -> dict[str, str]:
        """Root-relative address of each of its files, by name."""
        files = self.manifest.get("files")
        names = [n for n in PUBLIC_NAMES if n == "manifest.json" or not isinstance(files, Mapping) or n in files]
        return {name: f"/scenes/{self.id}/{name}" for name in names}


def title_of(text: str) -> str:
    """A text as one line of at most TITLE_CHARS characters."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1].rstrip() + "…"
