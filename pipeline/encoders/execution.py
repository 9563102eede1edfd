"""How a network is run: in single or mixed precision, and compiled or not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Precision(StrEnum):
    """The numbers that convolutions compute with."""

    FLOAT32 = "float32"  # single precision everywhere
    MIXED = "mixed"  # half precision in the convolutions, single precision before and after them


@dataclass(frozen=True, slots=True)
class Execution:
    """One way to run a network; all give the same vectors within the tolerances of docs/performance.md."""

    precision: Precision = Precision.FLOAT32
    xla: bool = False
    """Let XLA compile the graph, once for each size of batch. Slower on processors; on GPUs not measured yet."""

    def convolution_type(self, n_gpus: int) -> str:
        """The type that convolutions compute in: float16 is what GPUs have units for, bfloat16 what processors have."""
        if self.precision is Precision.FLOAT32:
            return "float32"
        return "float16" if n_gpus else "bfloat16"
