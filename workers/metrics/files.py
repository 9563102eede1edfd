"""Figures counted into files that all processes of one stack share, and read together; hides prometheus-client.

A process has files under its own name, not its number: one that is started again goes on counting where its
predecessor stood, and a stack that runs for months has no more files than processes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from workers.metrics.catalogue import BUCKETS_S, COUNTED, Figure, Kind
from workers.metrics.counting import Beats

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""How prometheus-client is told where the files are."""
NAME_VARIABLE = "FACETRAIL_PROCESS"
"""Under which name a child of ours counts."""
CONTENT_TYPE = CONTENT_TYPE_LATEST


@dataclass(frozen=True, slots=True)
class Level:
    """One value of a figure that was looked up."""

    figure: Figure
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


class FileMetrics:
    """`Metrics` in files; one a process, since prometheus-client knows one folder a process."""

    def __init__(self, folder: Path, name: str) -> None:
        """Count into `folder`, under a `name` that no other living process has."""
        folder.mkdir(parents=True, exist_ok=True)
        os.environ[FOLDER_VARIABLE] = str(folder)
        values.ValueClass = values.MultiProcessValue(lambda: name)  # type: ignore[no-untyped-call]
        self.beats = Beats()
        self._counts = {each.name: _counter(each) for each in COUNTED if each.kind is Kind.COUNT}
        self._times = {each.name: _histogram(each) for each in COUNTED if each.kind is Kind.TIMES}

    def add(self, figure: Figure, amount: float = 1.0, **labels: str) -> None:
        """Count `amount` more."""
        counter = self._counts[figure.name]
        (counter.labels(**labels) if labels else counter).inc(amount)

    def observe(self, figure: Figure, seconds: float, **labels: str) -> None:
        """Sort one duration into its bucket."""
        histogram = self._times[figure.name]
        (histogram.labels(**labels) if labels else histogram).observe(seconds)

    def beat(self, worker: str) -> None:
        """Say that `worker` goes on."""
        self.beats.beat(worker)


def metrics_of_environment(environment: Mapping[str, str]) -> FileMetrics | None:
    """The metrics of a child whose parent asked for them by `child_environment`."""
    folder, name = environment.get(FOLDER_VARIABLE), environment.get(NAME_VARIABLE)
    return FileMetrics(Path(folder), name) if folder and name else None


def child_environment(folder: Path, name: str) -> dict[str, str]:
    """What lets a child process, and those that it forks, count into `folder` as `name`."""
    return {FOLDER_VARIABLE: str(folder), NAME_VARIABLE: name}


def counted(folder: Path) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """What all processes have counted: (name, sorted labels) -> value; histograms by their samples' names."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in _shared(folder).collect()
        for sample in family.samples
    }


def render(folder: Path, levels: Iterable[Level]) -> bytes:
    """What was counted, and the levels, in the text format that Prometheus reads."""
    registry = _shared(folder)
    registry.register(_Levels(tuple(levels)))
    return generate_latest(registry)


def _shared(folder: Path) -> CollectorRegistry:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    return registry


class _Levels(Collector):
    """Looked-up figures for the registry."""

    def __init__(self, levels: tuple[Level, ...]) -> None:
        self._levels = levels

    def collect(self) -> Iterator[Any]:
        figures = {level.figure.name: level.figure for level in self._levels}
        for figure in figures.values():
            make = CounterMetricFamily if figure.kind is Kind.COUNT else GaugeMetricFamily
            family = make(figure.name, figure.text, labels=figure.labels)
            for level in self._levels:
                if level.figure.name == figure.name:
                    family.add_metric([level.labels[label] for label in figure.labels], level.value)
            yield family


def _counter(figure: Figure) -> Counter:
    return Counter(figure.name, figure.text, figure.labels, registry=None)


def _histogram(figure: Figure) -> Histogram:
    return Histogram(figure.name, figure.text, figure.labels, registry=None, buckets=BUCKETS_S)
