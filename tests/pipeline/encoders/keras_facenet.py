"""Inception-ResNet-v1 of Keras's own layers with nothing folded, written down without looking at ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pipeline.encoders.formats.keras_format import KerasWeights

N_PARAMETERS = 22_808_144


def keras_network(weights: KerasWeights) -> Callable[[np.ndarray], np.ndarray]:
    """From normalised pictures `(N, 160, 160, 3)` float32 to vectors `(N, 128)`."""
    import keras

    pictures = keras.Input((160, 160, 3))
    x = mixed_7a(mixed_6a(stem(pictures)))
    for i in range(1, 6):
        x = block(x, f"Block8_{i}", 192, 3, 0.20)
    x = keras.layers.GlobalAveragePooling2D()(block(x, "Block8_6", 192, 3, 1.0, last=True))
    x = keras.layers.Dense(128, use_bias=False, name="Bottleneck")(x)
    x = keras.layers.BatchNormalization(epsilon=1e-3, scale=False, name="Bottleneck_BatchNorm")(x)
    model = keras.Model(pictures, x)
    give_weights(model, weights)
    return lambda batch: np.asarray(model(batch, training=False))


def give_weights(model: Any, weights: KerasWeights) -> None:
    """Every array of the file goes into the layer of its name, and none is left over."""
    taken = 0
    for layer in model.layers:
        arrays = list(arrays_of(layer.name, weights))
        layer.set_weights(arrays)
        taken += sum(array.size for array in arrays)
    assert taken == weights.n_parameters == N_PARAMETERS


def arrays_of(layer: str, weights: KerasWeights) -> Iterator[np.ndarray]:
    """In the order in which Keras lists them."""
    known = weights.layers.get(layer, {})
    yield from (known[role] for role in ("kernel", "bias", "beta", "moving_mean", "moving_variance") if role in known)


def stem(x: Any) -> Any:
    import keras

    x = unit(x, "Conv2d_1a_3x3", 32, 3, 2)
    x = unit(unit(x, "Conv2d_2a_3x3", 32, 3, 1, "valid"), "Conv2d_2b_3x3", 64, 3)
    x = unit(keras.layers.MaxPooling2D(3, 2)(x), "Conv2d_3b_1x1", 80, 1)
    return unit(unit(x, "Conv2d_4a_3x3", 192, 3, 1, "valid"), "Conv2d_4b_3x3", 256, 3, 2)


def mixed_6a(x: Any) -> Any:
    """The first blocks, and the halving after them."""
    import keras

    for i in range(1, 6):
        x = block_35(x, f"Block35_{i}")
    b = "Mixed_6a_Branch_"
    two = unit(unit(x, b + "1_Conv2d_0a_1x1", 192, 1), b + "1_Conv2d_0b_3x3", 192, 3)
    branches = [unit(x, b + "0_Conv2d_1a_3x3", 384, 3, 2), unit(two, b + "1_Conv2d_1a_3x3", 256, 3, 2)]
    return keras.layers.Concatenate()([*branches, keras.layers.MaxPooling2D(3, 2)(x)])


def mixed_7a(x: Any) -> Any:
    """The blocks in the middle, and the halving after them."""
    import keras

    for i in range(1, 11):
        x = block(x, f"Block17_{i}", 128, 7, 0.10)
    b = "Mixed_7a_Branch_"
    one = unit(unit(x, b + "0_Conv2d_0a_1x1", 256, 1), b + "0_Conv2d_1a_3x3", 384, 3, 2)
    two = unit(unit(x, b + "1_Conv2d_0a_1x1", 256, 1), b + "1_Conv2d_1a_3x3", 256, 3, 2)
    three = unit(unit(x, b + "2_Conv2d_0a_1x1", 256, 1), b + "2_Conv2d_0b_3x3", 256, 3)
    three = unit(three, b + "2_Conv2d_1a_3x3", 256, 3, 2)
    return keras.layers.Concatenate()([one, two, three, keras.layers.MaxPooling2D(3, 2)(x)])


def unit(x: Any, name: str, filters: int, size: Any, strides: int = 1, padding: str = "") -> Any:
    """Convolution, batch normalisation, ReLU."""
    import keras

    padding = padding or ("valid" if strides == 2 else "same")
    convolve = keras.layers.Conv2D(filters, size, strides, padding, use_bias=False, name=name)
    normalise = keras.layers.BatchNormalization(epsilon=1e-3, scale=False, name=f"{name}_BatchNorm")
    return keras.ops.relu(normalise(convolve(x)))


def block_35(x: Any, name: str) -> Any:
    b = f"{name}_Branch_"
    one = unit(x, b + "0_Conv2d_1x1", 32, 1)
    two = unit(unit(x, b + "1_Conv2d_0a_1x1", 32, 1), b + "1_Conv2d_0b_3x3", 32, 3)
    three = unit(unit(x, b + "2_Conv2d_0a_1x1", 32, 1), b + "2_Conv2d_0b_3x3", 32, 3)
    return residual(x, name, [one, two, unit(three, b + "2_Conv2d_0c_3x3", 32, 3)], 0.17)


def block(x: Any, name: str, filters: int, side: int, scale: float, *, last: bool = False) -> Any:
    b = f"{name}_Branch_"
    one = unit(x, b + "0_Conv2d_1x1", filters, 1)
    two = unit(unit(x, b + "1_Conv2d_0a_1x1", filters, 1), b + f"1_Conv2d_0b_1x{side}", filters, (1, side))
    two = unit(two, b + f"1_Conv2d_0c_{side}x1", filters, (side, 1))
    return residual(x, name, [one, two], scale, last=last)


def residual(x: Any, name: str, branches: list[Any], scale: float, *, last: bool = False) -> Any:
    import keras

    up = keras.layers.Conv2D(x.shape[-1], 1, padding="same", name=f"{name}_Conv2d_1x1")
    together = x + scale * up(keras.layers.Concatenate()(branches))
    return together if last else keras.ops.relu(together)
