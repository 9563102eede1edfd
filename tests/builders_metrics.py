"""Metrics that a test can ask what they heard."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from workers.metrics.catalogue import Figure


def key(figure: Figure, labels: dict[str, str]) -> str:
    """`facetrail_chunks_total detector`: the name, and the labels in the figure's order; each has to be there."""
    assert set(labels) == set(figure.labels)
    return " ".join([figure.name, *(labels[name] for name in figure.labels)])


@dataclass
class HeardMetrics:
    """Keeps what it hears, and insists on the figures' own labels."""

    counts: Counter[str] = field(default_factory=Counter)
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    beats: list[str] = field(default_factory=list)

    def add(self, figure: Figure, amount: float = 1.0, **labels: str) -> None:
        self.counts[key(figure, labels)] += amount  # type: ignore[assignment] # whole numbers in tests

    def observe(self, figure: Figure, seconds: float, **labels: str) -> None:
        self.times[key(figure, labels)].append(seconds)

    def beat(self, worker: str) -> None:
        self.beats.append(worker)
