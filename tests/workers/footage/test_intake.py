"""Taking footage in beside the workers."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.config import WatchFolderSettings, load_settings
from pipeline.control.database import open_control
from pipeline.control.work.arrivals import Arrivals, ArrivalState, NewArrival, Origin
from pipeline.control.work.runs import Runs
from pipeline.video.writing import write_video
from tests.pipeline.video.clips import draw_frames
from workers.footage.intake import Intake, tend_arrivals

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    write_video(path, draw_frames(20), 10)
    return path


def make_arrival(path: Path, start_ts: datetime | None = None) -> NewArrival:
    return NewArrival(
        path=path,
        label=path.name,
        origin=Origin.CHOICE,
        who="ada",
        size=1,
        mtime_ns=1,
        start_ts=start_ts,
        options_json='{"sampling": {"rotation": 0}}',
    )


def test_known_footage_begins_when_its_sender_says_now(tmp_path: Path, clip: Path) -> None:
    control = open_control(tmp_path)
    intake = Intake(control, load_settings(data=tmp_path), url=None)
    first = intake.take(Arrivals(control).note(make_arrival(clip)))
    assert first.run is not None
    Runs(control).cancel(first.run.run.run_id)

    again = intake.take(Arrivals(control).note(make_arrival(clip, NOON)))

    assert (again.arrival.state, Runs(control).get(first.run.run.run_id).start_ts) == (ArrivalState.KNOWN, NOON)
    control.close()


def test_what_waits_is_taken_in_and_a_stop_is_heeded(tmp_path: Path, clip: Path) -> None:
    control = open_control(tmp_path)
    Arrivals(control).note(make_arrival(clip))
    stop = threading.Event()
    settings = load_settings(data=tmp_path, watch_folders=(WatchFolderSettings(path=tmp_path / "away"),))
    tending = threading.Thread(target=tend_arrivals, args=(control, settings, None, stop))
    tending.start()

    while Arrivals(control).waiting():
        stop.wait(0.02)
    stop.set()
    tending.join(5)

    assert [run.label for run in Runs(control).active()] == ["clip.mp4"]
    assert not tending.is_alive()
    control.close()
