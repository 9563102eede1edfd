"""What a network's trunk makes of faces, computed once: training its last layers then costs next to nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.encoders.devices import prepare_devices
from pipeline.schemas import ImageU8, VectorF32

if TYPE_CHECKING:
    from pipeline.encoders.network import Network

BATCH = 32
MEMORY = 1 << 30
"""Bytes that the features of all views may take; with more people there are fewer views of each picture."""


class FeatureMaker:
    """Runs the trunk of a network over any number of faces."""

    def __init__(self, network: Network) -> None:
        prepare_devices()
        import tensorflow as tf

        pictures = tf.TensorSpec([BATCH, network.input_size, network.input_size, 3], tf.uint8)

        @tf.function(autograph=False, input_signature=[pictures])  # type: ignore[untyped-decorator]
        def run(crops_rgb: tf.Tensor) -> tf.Tensor:
            return network.trunk(tf.cast(crops_rgb, tf.float32))

        self._run: Any = run
        self.shape: tuple[int, ...] = tuple(run.get_concrete_function().output_shapes[1:])
        """Of one face's features."""

    def views_within_memory(self, n_faces: int, wanted: int) -> int:
        """How many views of each of `n_faces` pictures can be kept: at least 1, at most `wanted`."""
        return int(np.clip(MEMORY // (4 * max(1, n_faces) * int(np.prod(self.shape))), 1, wanted))

    def features(self, crops_rgb: ImageU8, on_done: Callable[[int], None] | None = None) -> VectorF32:
        """`(N, ...)` float32 for crops `(N, S, S, 3)` uint8 RGB; `on_done` hears how many are done."""
        features = np.empty((len(crops_rgb), *self.shape), np.float32)
        for start in range(0, len(crops_rgb), BATCH):
            batch = crops_rgb[start : start + BATCH]
            filled = np.pad(batch, ((0, BATCH - len(batch)), (0, 0), (0, 0), (0, 0)))
            features[start : start + BATCH] = self._run(filled).numpy()[: len(batch)]
            if on_done is not None:
                on_done(start + len(batch))
        return features
