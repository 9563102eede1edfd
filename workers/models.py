"""The models that a worker process hosts: made once for each set of options, shared by its stages.

TensorFlow is imported when the first of them is made.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pipeline.encoders.embedding import FaceEmbedder
from pipeline.encoders.execution import Execution, Precision
from pipeline.encoders.manifest import encoder_entry
from pipeline.encoders.registry import alignment_of, load_encoder
from pipeline.faces.detectors import load_detector
from pipeline.faces.finding import FaceFinder
from pipeline.options import DetectionOptions, EncodingOptions
from workers.wire.headers import StageOptions

KEPT = 4
"""Sets of options whose models stay in memory."""


class Models:
    """Finders and embedders by options; several threads may ask at once."""

    def __init__(self, weights_dir: Path, *, xla: bool = False) -> None:
        """`xla` lets XLA compile the encoders."""
        self._weights_dir = weights_dir
        self._xla = xla
        self._finder = lru_cache(KEPT)(self._make_finder)
        self._embedder = lru_cache(KEPT)(self._make_embedder)

    def finder_for(self, options: StageOptions) -> FaceFinder:
        """The finder for these options."""
        return self._finder(options.detection, options.encoding)

    def embedder_for(self, options: StageOptions) -> FaceEmbedder:
        """The embedder for these options; fetches its weights when they are not there yet."""
        return self._embedder(options.encoding.encoder, options.encoding.precision)

    def _make_embedder(self, encoder: str, precision: Precision) -> FaceEmbedder:
        return FaceEmbedder(load_encoder(encoder, self._weights_dir, Execution(precision, self._xla)))

    def _make_finder(self, detection: DetectionOptions, encoding: EncodingOptions) -> FaceFinder:
        entry = encoder_entry(encoding.encoder, self._weights_dir)
        return FaceFinder(load_detector(detection, self._weights_dir), alignment_of(entry), encoding)
