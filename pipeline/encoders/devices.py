"""Prepare TensorFlow's devices, once per process and in one place, before the first network is built.

Which cards a process sees is the supervisor's business (`workers.stack.gpus`); it takes the first of them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

logger = logging.getLogger(__name__)


class DeviceConfig(Protocol):
    """The part of `tf.config` that concerns us."""

    def list_physical_devices(self, device_type: str, /) -> Sequence[Any]: ...

    @property
    def experimental(self) -> Any: ...


@cache
def prepare_devices() -> int:
    """Let GPU memory grow as it is needed, so that several processes can share a card; the number of GPUs.

    Must come before TensorFlow makes its first tensor; a process that has begun already keeps what it has.
    """
    import tensorflow as tf

    return let_memory_grow(tf.config)


def let_memory_grow(config: DeviceConfig) -> int:
    """Set every GPU of `config` to take memory as it needs it; the number of GPUs."""
    gpus = config.list_physical_devices("GPU")
    for gpu in gpus:
        try:
            config.experimental.set_memory_growth(gpu, enable=True)
        except RuntimeError as error:
            logger.warning("GPU memory stays as it is: %s", error)
    return len(gpus)
