"""Networks that are trained from scratch as classifiers: a small one for a small folder, and the tutorials' large ones.

ResNet-50 is that of He et al., 2015, VGG-16 that of Simonyan and Zisserman, 2014 (both as Keras builds them), SENet-50
adds to each block of a ResNet-50 the squeeze and excitation of Hu et al., 2017, with a reduction of 16.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

SMALL_SIZE, LARGE_SIZE = 96, 224
REDUCTION = 16
"""By how much a squeeze-and-excitation block narrows its channels."""
STAGES = ((64, 3), (128, 4), (256, 6), (512, 3))
"""Width and number of the blocks of each stage of a 50-layer network."""


def build_from_scratch(backbone: str, n_labels: int, seed: int) -> Any:
    """A Keras model from pictures `(N, S, S, 3)` float32 RGB 0..255 to logits `(N, K)`; equal seeds, equal weights."""
    import tensorflow as tf

    tf.keras.utils.set_random_seed(seed)
    builders: Mapping[str, Callable[[Any], Any]] = {
        "small-cnn": _small_cnn,
        "vgg16": _vgg16,
        "resnet50": _resnet50,
        "senet50": _senet50,
    }
    size = SMALL_SIZE if backbone == "small-cnn" else LARGE_SIZE
    pictures = tf.keras.Input((size, size, 3))
    features = builders[backbone](tf.keras.layers.Rescaling(1 / 127.5, offset=-1)(pictures))
    dropped = tf.keras.layers.Dropout(0.3, seed=seed)(features)
    return tf.keras.Model(pictures, tf.keras.layers.Dense(n_labels, name="names")(dropped), name="classifier")


def _small_cnn(x: Any) -> Any:
    """Four convolutions that begin at half the size: 25 million multiplications a face."""
    from tensorflow.keras import layers

    for filters, stride in ((32, 2), (64, 1), (128, 1), (128, 1)):
        x = _normalised(layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x))
        x = layers.MaxPool2D(2)(layers.ReLU()(x)) if x.shape[1] > 6 else layers.ReLU()(x)
    return layers.Flatten()(x)


def _vgg16(x: Any) -> Any:
    import tensorflow as tf

    return tf.keras.applications.VGG16(include_top=False, weights=None, input_tensor=x, pooling="avg").output


def _resnet50(x: Any) -> Any:
    import tensorflow as tf

    return tf.keras.applications.ResNet50(include_top=False, weights=None, input_tensor=x, pooling="avg").output


def _senet50(x: Any) -> Any:
    from tensorflow.keras import layers

    x = _normalised(layers.Conv2D(64, 7, strides=2, padding="same", use_bias=False)(x))
    x = layers.MaxPool2D(3, strides=2, padding="same")(layers.ReLU()(x))
    for stage, (width, n_blocks) in enumerate(STAGES):
        for block in range(n_blocks):
            x = _excited_block(x, width, 2 if stage and not block else 1)
    return layers.GlobalAveragePooling2D()(x)


def _excited_block(x: Any, width: int, stride: int) -> Any:
    """A bottleneck whose channels are weighted by what the whole picture says of them."""
    from tensorflow.keras import layers

    y = layers.ReLU()(_normalised(layers.Conv2D(width, 1, strides=stride, use_bias=False)(x)))
    y = layers.ReLU()(_normalised(layers.Conv2D(width, 3, padding="same", use_bias=False)(y)))
    y = _normalised(layers.Conv2D(4 * width, 1, use_bias=False)(y))
    weights = layers.Dense(4 * width // REDUCTION, activation="relu")(layers.GlobalAveragePooling2D()(y))
    weights = layers.Dense(4 * width, activation="sigmoid")(weights)
    y = layers.Multiply()([y, layers.Reshape((1, 1, 4 * width))(weights)])
    if x.shape[-1] != 4 * width:
        x = _normalised(layers.Conv2D(4 * width, 1, strides=stride, use_bias=False)(x))
    return layers.ReLU()(layers.Add()([x, y]))


def _normalised(x: Any) -> Any:
    from tensorflow.keras import layers

    return layers.BatchNormalization(momentum=0.9)(x)
