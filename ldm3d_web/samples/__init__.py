"""What ldm3d-mini makes of two dozen sentences, each from the first seeds, none left out: for its page and its card.

The sentences were chosen by the words it knows, not by what came of them.
`python -m ldm3d_web.samples.paint` paints them anew.
"""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).parent
SEEDS = (0, 1)


def sentences() -> list[str]:
    """Of all samples, in their order."""
    return json.loads((FOLDER / "sentences.json").read_text(encoding="utf-8"))


def picture(number: int) -> Path:
    """What came of a sentence, by its number from 0, and the first seed: a panorama as WebP."""
    return FOLDER / f"{number:02d}.webp"
