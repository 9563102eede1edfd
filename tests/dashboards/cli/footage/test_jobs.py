"""Runs are listed, cancelled and tried again."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.schemas import RunKey
from pipeline.sightings.rows import SourceKind
from tests.builders import RUN
from tests.builders_recording import open_world
from tests.dashboards.cli.conftest import Run


@pytest.fixture
def queued(tmp_path: Path) -> RunKey:
    """A run that waits in the data folder."""
    open_world(tmp_path / "data").control.close()
    return RUN


def test_jobs_tell_their_state(facetrail: Run, record: Path) -> None:
    (job,) = facetrail("jobs", "--json").json["jobs"]

    assert (job["label"], job["state"], job["chunks_done"]) == ("door.mp4", "done", 9)
    assert facetrail("jobs", "--active", "--json").json["jobs"] == []


def test_cancelled_job_can_be_tried_again(facetrail: Run, queued: RunKey) -> None:
    assert facetrail("jobs", "--cancel", "door.mp4", "--json").json["jobs"][0]["state"] == "cancelled"
    assert facetrail("jobs", "--retry", queued.run_id, "--json").json["jobs"][0]["state"] == "queued"


def test_connection_of_a_camera_is_no_job(facetrail: Run, tmp_path: Path) -> None:
    open_world(tmp_path / "data", kind=SourceKind.LIVE).control.close()

    assert facetrail("jobs", "--json").json["jobs"] == []
    assert facetrail("jobs", "--cancel", RUN.run_id).code == 2


@pytest.mark.slow
@pytest.mark.parametrize("flags", [["--cancel", "door.mp4"], ["--retry", "door.mp4"], ["--cancel", "other.mp4"]])
def test_job_that_is_over_or_unknown_is_left_alone(facetrail: Run, record: Path, flags: list[str]) -> None:
    said = facetrail("jobs", *flags)

    assert said.code == 2
    assert "door.mp4" in said.err
