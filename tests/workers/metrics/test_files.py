"""Figures in shared files: what all processes counted together, over their ends and new beginnings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY
from workers.metrics.catalogue import CHUNKS, COMMIT_SECONDS, PUBLISHED_BYTES, STREAM_WAITING
from workers.metrics.files import FileMetrics, Level, counted, metrics_of_environment, render

DETECTED = ("facetrail_chunks_total", (("stage", "detector"),))
COUNT_ONE = """
from pathlib import Path
from workers.metrics.catalogue import CHUNKS
from workers.metrics.files import FileMetrics
FileMetrics(Path({folder!r}), {name!r}).add(CHUNKS, stage="detector")
"""


def count_in_a_process(folder: Path, name: str) -> None:
    subprocess.run([sys.executable, "-c", COUNT_ONE.format(folder=str(folder), name=name)], cwd=REPOSITORY, check=True)


def test_folder_in_which_nobody_counted_shows_nothing(folder: Path) -> None:
    assert counted(folder) == {}
    assert render(folder, []) == b""


def test_processes_are_counted_together_and_go_on_after_a_restart(folder: Path) -> None:
    for name in ("detector-1", "detector-2", "detector-1"):
        count_in_a_process(folder, name)

    assert counted(folder)[DETECTED] == 3
    assert {path.name for path in folder.glob("counter_*")} == {"counter_detector-1.db", "counter_detector-2.db"}


def test_counts_and_levels_stand_on_one_page(folder: Path, metrics: FileMetrics) -> None:
    metrics.add(PUBLISHED_BYTES, 7)
    metrics.observe(COMMIT_SECONDS, 0.04)

    page = render(folder, [Level(STREAM_WAITING, 3, {"stream": "frames"})]).decode()

    assert "facetrail_published_bytes_total 7.0" in page
    assert 'facetrail_commit_seconds_bucket{le="0.05"} 1.0' in page
    assert 'facetrail_commit_seconds_bucket{le="0.025"} 0.0' in page
    assert 'facetrail_stream_waiting{stream="frames"} 3.0' in page


def test_metrics_are_those_of_the_parent_or_none(folder: Path) -> None:
    assert metrics_of_environment({}) is None
    made = metrics_of_environment({"PROMETHEUS_MULTIPROC_DIR": str(folder), "FACETRAIL_PROCESS": "child"})

    assert made is not None
    made.add(CHUNKS, stage="detector")
    assert (folder / "counter_child.db").is_file()
