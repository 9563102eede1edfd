"""Who hears how far a training is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.training.early_stopping import Epoch


@dataclass(frozen=True, slots=True)
class Watching:
    """Is told of progress; does nothing unless given something to do."""

    on_views: Callable[[int, int], None] = lambda done, total: None
    """How many views of how many are made."""
    on_epoch: Callable[[Epoch], None] = lambda epoch: None
