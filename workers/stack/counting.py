"""Children of one supervisor that count into one folder, each under its own name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workers.stack.children import ChildSpec


def counting_in(folder: Path, specs: Sequence[ChildSpec]) -> list[ChildSpec]:
    """The same children, told to count into `folder`, where whoever started them shows what they counted."""
    from workers.metrics.files import child_environment

    return [replace(spec, environment={**spec.environment, **child_environment(folder, spec.name)}) for spec in specs]
