"""What counts when the record is read: all that a camera saw, and of footage its current run."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.schemas import RunKey
from pipeline.sightings.rows import SourceKind
from tests.builders_recording import make_seen, open_world
from tests.dashboards.cli.conftest import Run


@pytest.mark.parametrize(("kind", "runs"), [(SourceKind.LIVE, ["r_1", "r_2"]), (SourceKind.FILE, ["r_2"])])
def test_every_connection_of_a_camera_counts_and_of_footage_the_latest_run(
    facetrail: Run, tmp_path: Path, kind: SourceKind, runs: list[str]
) -> None:
    world = open_world(tmp_path / "data", kind=kind, run=RunKey("front_door", "r_1"))
    world.commit(9, make_seen(1, 1, 0.0))
    world.finish()
    world.begin("r_2")
    world.commit(9, make_seen(2, 1, 10.0))
    world.finish()
    world.control.close()

    found = facetrail("sightings", "--json").json["sightings"]

    assert [row["run_id"] for row in found] == runs
