"""The three networks as TensorFlow graphs: P-Net proposes, R-Net refines, O-Net decides and places the landmarks.

The graphs take BGR of 0..255. They are traced once, for any batch and picture size, so that a new size costs no new
trace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.faces.mtcnn.boxes import Candidates
from pipeline.faces.mtcnn.layers import (
    INPUT_MEAN,
    Tensor,
    convolve,
    convolve_and_halve,
    dense,
    face_score,
    flatten_columns_first,
    fold_input,
    prelu,
    rising_first,
)
from pipeline.faces.mtcnn.weights import load_arrays
from pipeline.schemas import VectorF32

BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64)
"""Crops are padded up to one of these, so that oneDNN prepares its kernels (and cuDNN its plans) a few times only.
Larger batches cost more for each crop: their activations no longer fit into the caches."""


@dataclass(frozen=True, slots=True, eq=False)
class Proposals:
    """P-Net's cells that look like a face."""

    cells: NDArray[np.int64]
    """`(N, 3)` int64: frame of the batch, row, column."""
    offsets: VectorF32
    """`(N, 4)` float32: left, top, right, bottom in cell sizes."""
    scores: VectorF32
    """`(N,)` float32, 0..1."""


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What R-Net or O-Net says of each box it was shown."""

    scores: VectorF32
    """`(N,)` float32, 0..1."""
    offsets: VectorF32
    """`(N, 4)` float32: left, top, right, bottom in box sizes."""
    landmarks: VectorF32
    """`(N, 10)` float32 in box sizes: five x, five y. `(N, 0)` from R-Net."""


class ProposalNet:
    """P-Net: looks at every spot of a level at once."""

    def __init__(self) -> None:
        arrays = load_arrays("pnet")
        order = rising_first(arrays[2].ravel())
        kernel_1, bias_1 = fold_input(arrays[0][..., order], arrays[1][order])
        offset, (class_kernel, class_bias) = arrays[9:11], arrays[11:13]

        def propose(images: Tensor, threshold: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            x = convolve_and_halve(images, kernel_1, bias_1, arrays[2].ravel()[order])
            x = prelu(convolve(x, arrays[3][:, :, order], arrays[4]), arrays[5])
            x = prelu(convolve(x, arrays[6], arrays[7]), arrays[8])
            scores = face_score(x, class_kernel[0, 0], class_bias)
            cells = tf.where(scores > threshold)
            offsets = dense(tf.gather_nd(x, cells), offset[0][0, 0], offset[1])
            return cells, offsets, tf.gather_nd(scores, cells)

        self._propose = tf.function(propose, autograph=False).get_concrete_function(
            tf.TensorSpec([None, None, None, 3], tf.float32), tf.TensorSpec([], tf.float32)
        )

    def __call__(self, images_bgr: VectorF32, threshold: float) -> Proposals:
        """The cells of a `(B, h, w, 3)` float32 BGR level, 0..255, whose score is above `threshold`."""
        cells, offsets, scores = self._propose(tf.constant(images_bgr), tf.constant(threshold, tf.float32))
        return Proposals(cells.numpy(), offsets.numpy(), scores.numpy())


class CropNet:
    """A network that looks at boxes cut out of frames and scaled to its own input size."""

    def __init__(self, network: Callable[[Tensor], tuple[Tensor, Tensor, Tensor]], input_px: int) -> None:
        self._input_wh = (input_px, input_px)
        self._network = tf.function(network, autograph=False).get_concrete_function(
            tf.TensorSpec([None, input_px, input_px, 3], tf.float32)
        )

    def __call__(self, frames: Tensor, candidates: Candidates) -> Verdicts:
        """A verdict on each candidate; `frames` is the `(B, H, W, 3)` uint8 BGR tensor that they lie in."""
        parts = [
            self._judge_batch(frames, candidates, start) for start in range(0, max(len(candidates), 1), BATCH_SIZES[-1])
        ]
        return Verdicts(*(np.concatenate(outputs) for outputs in zip(*parts, strict=True)))

    def _judge_batch(self, frames: Tensor, candidates: Candidates, start: int) -> tuple[VectorF32, ...]:
        boxes_xyxy = candidates.boxes_xyxy[start : start + BATCH_SIZES[-1]]
        size = next(size for size in BATCH_SIZES if size >= len(boxes_xyxy))
        height, width = frames.shape[1:3]
        boxes_yxyx = np.zeros((size, 4), np.float32)
        boxes_yxyx[: len(boxes_xyxy)] = boxes_xyxy[:, [1, 0, 3, 2]] / np.array([height, width] * 2, np.float32)
        indices = np.zeros(size, np.int32)
        indices[: len(boxes_xyxy)] = candidates.frames[start : start + BATCH_SIZES[-1]]
        with tf.device("CPU"):  # where the frames are: only crops travel to a GPU
            crops = tf.image.crop_and_resize(
                frames, boxes_yxyx, indices, self._input_wh, extrapolation_value=INPUT_MEAN
            )
        outputs = self._network(crops)
        return tuple(output.numpy()[: len(boxes_xyxy)] for output in outputs)


def refine_net() -> CropNet:
    """R-Net: 24 pixels, sorts out most of what P-Net proposes."""
    arrays = load_arrays("rnet")
    kernel_1, bias_1 = fold_input(arrays[0], arrays[1])
    hidden, offset, face = arrays[9:12], arrays[12:14], arrays[14:16]

    def network(crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = prelu(convolve(crops, kernel_1, bias_1), arrays[2])
        x = tf.nn.max_pool2d(x, 3, 2, "SAME")
        x = prelu(convolve(x, arrays[3], arrays[4]), arrays[5])
        x = tf.nn.max_pool2d(x, 3, 2, "VALID")
        x = prelu(convolve(x, arrays[6], arrays[7]), arrays[8])
        x = prelu(dense(flatten_columns_first(x), hidden[0], hidden[1]), hidden[2])
        return face_score(x, *face), dense(x, *offset), x[:, :0]

    return CropNet(network, 24)


def output_net() -> CropNet:
    """O-Net: 48 pixels, has the last word and places the landmarks."""
    arrays = load_arrays("onet")
    kernel_1, bias_1 = fold_input(arrays[0], arrays[1])
    hidden, offset, landmark, face = arrays[12:15], arrays[15:17], arrays[17:19], arrays[19:21]

    def network(crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = prelu(convolve(crops, kernel_1, bias_1), arrays[2])
        x = tf.nn.max_pool2d(x, 3, 2, "SAME")
        x = prelu(convolve(x, arrays[3], arrays[4]), arrays[5])
        x = tf.nn.max_pool2d(x, 3, 2, "VALID")
        x = prelu(convolve(x, arrays[6], arrays[7]), arrays[8])
        x = tf.nn.max_pool2d(x, 2, 2, "SAME")
        x = prelu(convolve(x, arrays[9], arrays[10]), arrays[11])
        x = prelu(dense(flatten_columns_first(x), hidden[0], hidden[1]), hidden[2])
        return face_score(x, *face), dense(x, *offset), dense(x, *landmark)

    return CropNet(network, 48)
