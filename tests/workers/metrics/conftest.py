"""Figures in a folder of the test's own; what prometheus-client keeps in the environment goes with the test."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.metrics.files import FOLDER_VARIABLE, NAME_VARIABLE, FileMetrics


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the processes of this test count."""
    made = tmp_path / "metrics"
    made.mkdir()
    monkeypatch.setenv(FOLDER_VARIABLE, str(made))
    monkeypatch.setenv(NAME_VARIABLE, "test")
    return made


@pytest.fixture
def metrics(folder: Path) -> FileMetrics:
    """The metrics of a process called `test`."""
    return FileMetrics(folder, "test")
