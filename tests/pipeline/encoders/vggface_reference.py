"""VGGFace and VGGFace2 as layers of Keras with random weights, layer by layer as rcmalli/keras-vggface has them.

Nothing of our own networks is in here: batch normalisation is not folded, colours are turned around in the picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

N_CLASSES = 7
HIDDEN = 16
"""Units of VGG16's two hidden layers, in the place of 4,096, which would take 0.5 GB."""
MEANS_BGR = {"vgg16": (93.5940, 104.7624, 129.1863), "resnet50": (91.4953, 103.8827, 131.0912)}
TOP_LAYERS = {"fc6", "fc7", "fc8", "classifier"}


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A network with an embedding and the probabilities of its top."""

    model: Any
    mean_bgr: tuple[float, float, float]

    def run(self, crops_rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Embeddings, not of unit length, and probabilities."""
        pictures = crops_rgb[..., ::-1].astype(np.float32) - np.array(self.mean_bgr, np.float32)
        embeddings, probabilities = self.model(pictures)
        return embeddings.numpy(), probabilities.numpy()

    def layers(self, *, with_top: bool) -> dict[str, dict[str, np.ndarray]]:
        """The arrays by the names that layers and roles have in the files; layers without weights are empty."""
        return {
            layer.name.replace("|", "/"): {
                variable.path.rpartition("/")[2]: variable.numpy() for variable in layer.weights
            }
            for layer in self.model.layers
            if with_top or layer.name not in TOP_LAYERS
        }


def make_reference(architecture: str) -> Reference:
    """`vgg16`, `resnet50` or `senet50`; equal at every call."""
    import keras

    pictures = keras.Input((224, 224, 3))
    layers = _Layers(keras.layers, 1e-4 if architecture == "senet50" else 1e-3)
    outputs = _vgg16(layers, pictures) if architecture == "vgg16" else _residual(layers, pictures, architecture)
    model = keras.Model(pictures, outputs)
    rng = np.random.default_rng(7)
    for layer in model.layers:
        layer.set_weights([_random(rng, variable.path, variable.shape) for variable in layer.weights])
    return Reference(model, MEANS_BGR["vgg16" if architecture == "vgg16" else "resnet50"])


def _random(rng: np.random.Generator, path: str, shape: tuple[int, ...]) -> np.ndarray:
    """Weights under which values neither vanish nor explode on their way through the network."""
    layer, _, role = path.rpartition("/")
    if role == "kernel":
        spread = 0.4 if layer in {"fc8", "classifier"} else 1.4
        spread *= 0.01 if layer.startswith(("conv1_1", "conv1|")) else 1  # pictures have values up to 255
        return rng.normal(0, spread / np.sqrt(np.prod(shape[:-1])), shape)
    if role in {"gamma", "moving_variance"}:
        return rng.uniform(0.5, 1.2, shape) * (0.4 if "increase" in layer and role == "gamma" else 1)
    return rng.normal(0, 0.2, shape)


class _Layers:
    """Convolutions and normalisations under the names of the files; Keras 3 does not allow `/` in them."""

    def __init__(self, keras_layers: Any, epsilon: float) -> None:
        self.keras = keras_layers
        self._epsilon = epsilon

    def convolution(self, x: Any, name: str, filters: int, side: int, **options: Any) -> Any:
        return self.keras.Conv2D(filters, side, name=name.replace("/", "|"), **options)(x)

    def normalised(self, x: Any, name: str, filters: int, side: int, **options: Any) -> Any:
        x = self.convolution(x, name, filters, side, use_bias=False, **options)
        return self.keras.BatchNormalization(epsilon=self._epsilon, name=f"{name}/bn".replace("/", "|"))(x)

    def relu(self, x: Any) -> Any:
        return self.keras.Activation("relu")(x)


def _vgg16(layers: _Layers, x: Any) -> list[Any]:
    for block, filters in enumerate([(64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3], start=1):
        for place, outputs in enumerate(filters, start=1):
            x = layers.convolution(x, f"conv{block}_{place}", outputs, 3, padding="same", activation="relu")
        x = layers.keras.MaxPooling2D((2, 2), strides=(2, 2), name=f"pool{block}")(x)
    top = layers.keras.Flatten(name="flatten")(x)
    for name in ("fc6", "fc7"):
        top = layers.relu(layers.keras.Dense(HIDDEN, name=name)(top))
    probabilities = layers.keras.Activation("softmax")(layers.keras.Dense(N_CLASSES, name="fc8")(top))
    return [layers.keras.GlobalAveragePooling2D()(x), probabilities]


def _residual(layers: _Layers, x: Any, architecture: str) -> list[Any]:
    x = layers.relu(layers.normalised(x, "conv1/7x7_s2", 64, 7, strides=2, padding="same"))
    x = layers.keras.MaxPooling2D((3, 3), strides=(2, 2))(x)
    excite: Callable[..., Any] = _excited if architecture == "senet50" else lambda _, x, *__: x
    for stage, n_blocks, filters in ((2, 3, 64), (3, 4, 128), (4, 6, 256), (5, 3, 512)):
        for block in range(1, n_blocks + 1):
            name, strides = f"conv{stage}_{block}", 2 if block == 1 and stage > 2 else 1
            inner = layers.relu(layers.normalised(x, f"{name}_1x1_reduce", filters, 1, strides=strides))
            inner = layers.relu(layers.normalised(inner, f"{name}_3x3", filters, 3, padding="same"))
            inner = layers.normalised(inner, f"{name}_1x1_increase", 4 * filters, 1)
            inner = excite(layers, inner, name, 4 * filters)
            if block == 1:
                x = layers.normalised(x, f"{name}_1x1_proj", 4 * filters, 1, strides=strides)
            x = layers.relu(layers.keras.Add()([inner, x]))
    x = layers.keras.Flatten()(layers.keras.AveragePooling2D((7, 7), name="avg_pool")(x))
    return [x, layers.keras.Dense(N_CLASSES, activation="softmax", name="classifier")(x)]


def _excited(layers: _Layers, x: Any, name: str, channels: int) -> Any:
    weight = layers.keras.Reshape((1, 1, channels))(layers.keras.GlobalAveragePooling2D()(x))
    weight = layers.relu(layers.convolution(weight, f"{name}_1x1_down", channels // 16, 1))
    weight = layers.keras.Activation("sigmoid")(layers.convolution(weight, f"{name}_1x1_up", channels, 1))
    return layers.keras.Multiply()([x, weight])
