"""Prepare TensorFlow's devices, once per process and in one place, before the first network is built."""

from __future__ import annotations

import logging
from functools import cache

logger = logging.getLogger(__name__)


@cache
def prepare_devices() -> int:
    """Let GPU memory grow as it is needed, so that several processes can share a card; the number of GPUs.

    Must come before TensorFlow makes its first tensor; a process that has begun already keeps what it has.
    """
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        try:
            tf.config.experimental.set_memory_growth(gpu, enable=True)
        except RuntimeError as error:
            logger.warning("GPU memory stays as it is: %s", error)
    return len(gpus)
