"""The classifiers of VGGFace and VGGFace2: which celebrity, of those they were trained on, a face resembles most.

They need the user's weights with the top, and the names of its classes. A closed set knows no strangers: whoever is
shown gets the names of celebrities.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.encoders.batches import run_in_batches
from pipeline.encoders.devices import prepare_devices
from pipeline.encoders.formats.keras_format import KerasWeights, read_keras_weights
from pipeline.encoders.network import Network
from pipeline.encoders.networks import vggface2_resnet50, vggface2_senet50, vggface_vgg16
from pipeline.encoders.networks.vggface2_layers import SQUEEZE
from pipeline.errors import WeightsError
from pipeline.faces.alignment import ALIGNMENTS, Alignment
from pipeline.schemas import ImageU8, VectorF32

if TYPE_CHECKING:
    import tensorflow as tf

VGG16_TOP = ("fc6", "fc7", "fc8")
RESIDUAL_TOP = "classifier"
FLAT = 7 * 7 * 512
"""Features that the top of VGG16 begins with."""
LARGEST_LABELS = 4 << 20
"""Bytes; the names of VGGFace2's 8,631 people take half a megabyte."""


@dataclass(frozen=True, slots=True)
class NamedProbability:
    """One of the guesses about a face."""

    name: str
    probability: float
    """0..1"""


class CelebrityClassifier:
    """Tells for aligned faces how probable each of the celebrities is, supposing that it is one of them."""

    def __init__(self, network: Network, top: Callable[[tf.Tensor], tf.Tensor], labels: tuple[str, ...]) -> None:
        self.labels = labels
        """K names, in the order of the classes."""
        self.alignment: Alignment = ALIGNMENTS["vggface-224"]
        self._forward = _traced(network, top)

    def predict(self, crops_rgb: ImageU8) -> VectorF32:
        """`(N, K)` float32 probabilities, each row's sum 1, for crops `(N, 224, 224, 3)` uint8 RGB; N may be 0."""
        return run_in_batches(self._run, crops_rgb, self.alignment.size, len(self.labels))

    def decode_predictions(self, probabilities: VectorF32, top: int = 5) -> list[tuple[NamedProbability, ...]]:
        """The `top` most probable names of each row of `probabilities` `(N, K)`, the most probable first."""
        best = np.argsort(-probabilities, axis=1, kind="stable")[:, :top]
        return [
            tuple(NamedProbability(self.labels[place], float(row[place])) for place in places)
            for row, places in zip(probabilities, best, strict=True)
        ]

    def _run(self, crops_rgb: ImageU8) -> VectorF32:
        probabilities: VectorF32 = self._forward(crops_rgb).numpy()
        return probabilities


def load_celebrity_classifier(weights: Path, labels: Path) -> CelebrityClassifier:
    """The classifier of a file with the top, `rcmalli_vggface_tf_vgg16.h5`, `..._resnet50.h5` or `..._senet50.h5`.

    `labels` has the names of its classes: `rcmalli_vggface_labels_v1.npy` (VGG16), `rcmalli_vggface_labels_v2.npy` (the
    others), or a text file with one name a line.
    Raises `WeightsError` when a file is none of these, or the one does not belong to the other. Imports TensorFlow.
    """
    tops = read_keras_weights(weights, {*VGG16_TOP, RESIDUAL_TOP, SQUEEZE})
    if VGG16_TOP[0] in tops.layers:
        network = vggface_vgg16.build(weights)
        top, n_classes = _vgg16_top(network, tops)
    elif RESIDUAL_TOP in tops.layers:
        module = vggface2_senet50 if SQUEEZE in tops.layers else vggface2_resnet50
        network = module.build(weights)
        top, n_classes = _residual_top(network, tops)
    else:
        raise WeightsError(f"{weights.name} has no top: take the file without `notop` in its name")
    names = read_labels(labels)
    if len(names) != n_classes:
        raise WeightsError(f"{labels.name} has {len(names)} names, and {weights.name} tells {n_classes} people apart")
    return CelebrityClassifier(network, top, names)


def read_labels(path: Path) -> tuple[str, ...]:
    """The names in a NumPy file of strings, or in a text file with one a line; raises `WeightsError` for others."""
    try:
        if path.stat().st_size > LARGEST_LABELS:
            raise WeightsError(f"{path.name} is too large for a list of names")
        content = path.read_bytes()
        names = _npy_names(path) if content.startswith(b"\x93NUMPY") else content.decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WeightsError(f"{path.name} cannot be read as a list of names: {error}") from error
    return tuple(name.strip() for name in names if name.strip())


def _npy_names(path: Path) -> list[str]:
    try:
        array = np.load(path, allow_pickle=False)
    except ValueError as error:
        raise WeightsError(
            f"{path.name} cannot be read safely: its names are pickled, and what is pickled can run programs, or it is "
            "damaged. Save them as a text file with one name a line"
        ) from error
    if array.dtype.kind not in "US":
        raise WeightsError(f"{path.name} holds {array.dtype}, and no names")
    flat = array.ravel().tolist()
    return [name.decode("utf-8") if isinstance(name, bytes) else name for name in flat]


Top = Callable[["tf.Tensor"], "tf.Tensor"]


def _vgg16_top(network: Network, weights: KerasWeights) -> tuple[Top, int]:
    """Three dense layers on the last feature maps, and how many classes they tell apart."""
    import tensorflow as tf

    layers = [_dense(weights, name, inputs) for name, inputs in zip(VGG16_TOP, (FLAT, None, None), strict=True)]
    tail = {name: tf.constant(array) for name, array in network.tail_weights.items()}

    def top(features: tf.Tensor) -> tf.Tensor:
        x = tf.reshape(vggface_vgg16.last_maps(features, tail), (-1, FLAT))
        for kernel, bias in layers[:-1]:
            x = tf.nn.relu(x @ kernel + bias)
        kernel, bias = layers[-1]
        return tf.nn.softmax(x @ kernel + bias)

    return top, int(layers[-1][1].shape[0])


def _residual_top(network: Network, weights: KerasWeights) -> tuple[Top, int]:
    """One dense layer on the embedding, and how many classes it tells apart."""
    import tensorflow as tf

    kernel, bias = _dense(weights, RESIDUAL_TOP, network.dimensions)
    tail = {name: tf.constant(array) for name, array in network.tail_weights.items()}

    def top(features: tf.Tensor) -> tf.Tensor:
        return tf.nn.softmax(network.tail(features, tail) @ kernel + bias)

    return top, int(bias.shape[0])


def _dense(weights: KerasWeights, name: str, inputs: int | None) -> tuple[Any, Any]:
    import tensorflow as tf

    kernel, bias = weights.array(name, "kernel"), weights.array(name, "bias")
    if kernel.shape != (inputs or kernel.shape[0], *bias.shape):
        raise WeightsError(f"{weights.label}: kernel of {name!r} is {kernel.shape}")
    return tf.constant(kernel), tf.constant(bias)


def _traced(network: Network, top: Top) -> Any:
    prepare_devices()
    import tensorflow as tf

    pictures = tf.TensorSpec([None, network.input_size, network.input_size, 3], tf.uint8)

    @tf.function(autograph=False, input_signature=[pictures])  # type: ignore[untyped-decorator]
    def forward(crops_rgb: tf.Tensor) -> tf.Tensor:
        return top(network.trunk(tf.cast(crops_rgb, tf.float32)))

    return forward
