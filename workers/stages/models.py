"""The models that a worker process hosts: made once for each set of options, shared by its stages.

TensorFlow is imported when the first of them is made.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pipeline.encoders.embedding import FaceEmbedder
from pipeline.encoders.execution import Execution, Precision
from pipeline.encoders.manifest import encoder_entry
from pipeline.encoders.registry import Encoder, alignment_of, load_encoder
from pipeline.faces.detection import Detector
from pipeline.faces.detectors.choice import load_detector
from pipeline.faces.finding import FaceFinder
from pipeline.options import DetectionOptions, EncodingOptions
from workers.wire.headers import StageOptions

FINDERS_KEPT = 32
"""Sets of detection options whose networks stay in memory. Every camera may have its own; MTCNN takes 16 MB for each,
and 0.1 s to be made again, which is as long as the whole work on many a live chunk."""
ENCODERS_KEPT = 4
"""Encoders that stay in memory; only name and precision tell them apart, and few have more than one in use."""


class Models:
    """Finders and embedders by options; several threads may ask at once."""

    def __init__(self, weights_dir: Path, *, xla: bool = False) -> None:
        """`xla` lets XLA compile the encoders."""
        self._weights_dir = weights_dir
        self._xla = xla
        self._detector = lru_cache(FINDERS_KEPT)(self._make_detector)
        self._encoder = lru_cache(ENCODERS_KEPT)(self._make_encoder)
        self._finder = lru_cache(FINDERS_KEPT)(self._make_finder)
        self._embedder = lru_cache(ENCODERS_KEPT)(self._make_embedder)

    def finder_for(self, options: StageOptions) -> FaceFinder:
        """The finder for these options."""
        return self._finder(options.detection, options.encoding)

    def embedder_for(self, options: StageOptions) -> FaceEmbedder:
        """The embedder for these options; fetches its weights when they are not there yet."""
        return self._embedder(options.encoding.encoder, options.encoding.precision)

    def detector_for(self, options: DetectionOptions) -> Detector:
        """The detector that the finders with these options look with."""
        return self._detector(options)

    def encoder_for(self, name: str) -> Encoder:
        """The encoder in single precision, as reference images are encoded; that of the embedders with it."""
        return self._encoder(name, Precision.FLOAT32)

    def _make_detector(self, options: DetectionOptions) -> Detector:
        return load_detector(options, self._weights_dir)

    def _make_encoder(self, name: str, precision: Precision) -> Encoder:
        return load_encoder(name, self._weights_dir, Execution(precision, self._xla))

    def _make_embedder(self, encoder: str, precision: Precision) -> FaceEmbedder:
        return FaceEmbedder(self._encoder(encoder, precision))

    def _make_finder(self, detection: DetectionOptions, encoding: EncodingOptions) -> FaceFinder:
        entry = encoder_entry(encoding.encoder, self._weights_dir)
        return FaceFinder(self._detector(detection), alignment_of(entry), encoding)
