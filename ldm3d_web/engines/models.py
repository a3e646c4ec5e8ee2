"""The model in memory: one at a time, since two may not fit; asking for another puts the first away."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ldm3d_web.ldm3d.pipeline import LDM3DPipeline
    from ldm3d_web.ldm3d.registry import ModelSpec


class ModelShelf:
    """Loads models by name and keeps the last one."""

    def __init__(self, *, device: str | None = None):
        """device: "cpu", "cuda", "mps", or None for the best there is."""
        self._device = device
        self._lock = threading.Lock()
        self._spec: ModelSpec | None = None
        self._pipeline: LDM3DPipeline | None = None

    def holds(self, spec: ModelSpec) -> bool:
        """Whether that model is in memory now."""
        return self._spec == spec

    def get(self, spec: ModelSpec) -> LDM3DPipeline:
        """The model, loaded if need be. Raises InvalidModel or HubUnreachable."""
        from ldm3d_web.ldm3d import checkpoint
        from ldm3d_web.ldm3d.registry import MODELS

        with self._lock:
            if self._pipeline is None or self._spec != spec:
                # the old one goes first: both together may be more than there is
                self._spec = self._pipeline = None
                gc.collect()
                name = spec.name if MODELS.get(spec.name) == spec else str(spec.folder)
                self._pipeline = checkpoint.load(name, device=self._device)
                self._spec = spec
            return self._pipeline
