"""Which graphics card each process that runs models gets: one, by turns, so that no two fill the same one needlessly.

TensorFlow is not asked, since a process that has looked at a card keeps hold of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

VISIBLE = "CUDA_VISIBLE_DEVICES"
"""What CUDA, and so TensorFlow, takes to be all cards there are."""
DRIVER = Path("/proc/driver/nvidia/gpus")
"""Where NVIDIA's driver has a folder for each card."""
MODEL_STAGES = frozenset({"detector", "encoder", "asks"})


def find_gpus(setting: str, environment: Mapping[str, str], driver: Path = DRIVER) -> tuple[str, ...]:
    """The cards to share out: those of the setting, else those left visible, else all; empty without any.

    An empty `CUDA_VISIBLE_DEVICES` hides every card, as it does for CUDA.
    """
    if setting:
        return tuple(setting.split(","))
    if VISIBLE in environment:
        return tuple(filter(None, (card.strip() for card in environment[VISIBLE].split(","))))
    return tuple(str(number) for number in range(len(list(driver.iterdir())))) if driver.is_dir() else ()


def gpu_environment(stages: Sequence[str], number: int, gpus: Sequence[str]) -> dict[str, str]:
    """What process `number` (from 1) of these stages must have in its environment to see its own card and no other."""
    if not gpus or not MODEL_STAGES & set(stages):
        return {}
    return {VISIBLE: gpus[(number - 1) % len(gpus)]}
