"""Live cameras through the whole stack: known people, servers that die and freeze, killed processes, a dead camera."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.config import CameraSettings
from pipeline.control.work.run_records import RunState
from pipeline.events.events import EventKind
from pipeline.sample.making import Sample
from pipeline.schemas import LeftOut
from pipeline.sightings.rows import Status, reason_column
from tests.end_to_end.commands import Folder, make_folder
from tests.end_to_end.live_stack import LiveStack, live_stack, tracks_told_twice, wait_until
from tests.rtsp.running import RtspServer

pytestmark = pytest.mark.slow

NOBODY = "rtsp://127.0.0.1:9/live"
START_S = 60.0
"""Longest wait for models, in seconds."""


@pytest.fixture(scope="module")
def servers(sample: Sample) -> Iterator[tuple[RtspServer, RtspServer]]:
    """The sample as two cameras."""
    with ExitStack() as stack:
        yield stack.enter_context(RtspServer.of(sample.video)), stack.enter_context(RtspServer.of(sample.video))


@pytest.fixture(scope="module")
def stack(
    servers: tuple[RtspServer, RtspServer],
    sample: Sample,
    weights_cache: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LiveStack]:
    """Three cameras, of which one is dead."""
    folder = make_folder(tmp_path_factory.mktemp("cameras") / "data", weights_cache)
    assert folder.run("enroll", sample.gallery).code == 0
    door, yard = servers
    cameras = {
        "door": CameraSettings(url=door.url, read_timeout_s=2),
        "yard": CameraSettings(url=yard.url, read_timeout_s=2),
        "gone": CameraSettings(url=NOBODY),
    }
    with live_stack(folder.data, cameras) as running:
        yield running


def test_people_enrolled_are_seen_and_named(stack: LiveStack) -> None:
    def known() -> set[str | None]:
        return {row.person_name for row in stack.sightings("door") if row.status is Status.KNOWN}

    wait_until(known, START_S, "somebody known at the door")

    assert known() == {"Barack Obama"}


def test_dead_camera_disturbs_nobody(stack: LiveStack) -> None:
    wait_until(lambda: stack.runs("yard"), START_S, "the yard is read")

    assert stack.runs("gone") == []
    assert stack.stack.health().problem is None


def test_camera_that_went_away_and_came_back_has_two_runs(
    stack: LiveStack, servers: tuple[RtspServer, RtspServer]
) -> None:
    servers[0].kill()
    wait_until(lambda: stack.runs("door")[0].state.is_complete, 20, "the door's first run is over")
    wait_until(lambda: "refused" in stack.problem_of("door"), 20, "the door was tried again, in vain")
    servers[0].restart()
    wait_until(lambda: len(stack.runs("door")) == 2, 20, "the door's second run has begun")

    first, second = stack.runs("door")

    assert first.state is RunState.PARTIAL
    assert second.start_ts > first.start_ts
    assert {row.run_id for row in stack.tracks("door")} >= {first.run.run_id}


def test_frozen_camera_is_left_and_found_again(stack: LiveStack, servers: tuple[RtspServer, RtspServer]) -> None:
    begun = len(stack.runs("yard"))

    servers[1].behaviour.frozen = True
    wait_until(lambda: stack.runs("yard")[begun - 1].state.is_complete, 20, "the frozen yard's run is over")
    servers[1].behaviour.frozen = False

    wait_until(lambda: len(stack.runs("yard")) > begun, 20, "the yard is read again")


def test_killed_process_is_replaced_and_its_run_ended(stack: LiveStack) -> None:
    wait_until(lambda: stack.runs("door")[-1].next_chunk > 0, 20, "something of the door's run is recorded")
    killed = stack.runs("door")[-1]

    os.kill(stack.pid_of("camera-door"), signal.SIGKILL)
    wait_until(lambda: len(stack.runs("door")) == 3, 20, "the door is read by another process")
    wait_until(lambda: not stack.runs("door")[1].state.is_active, 20, "the killed process's run is over")

    ended = stack.runs("door")[1]
    assert (ended.run, ended.state) == (killed.run, RunState.PARTIAL)
    assert "without a word" in (ended.problem or "")


def test_every_sample_has_one_fate_and_every_track_one_sighting(stack: LiveStack) -> None:
    over = [run for camera in ("door", "yard") for run in stack.runs(camera) if run.state.is_complete]

    for run in over:
        rows = [row for row in stack.coverage(run.run.source_id) if row.run_id == run.run.run_id]
        fates = [row.decoded + row.gated + row.dropped + row.failed for row in rows]
        assert [row.expected for row in rows] == fates
        assert sum(fates) == run.counters.n_samples
        left_out = [sum(getattr(row, reason_column(reason)) for reason in LeftOut) for row in rows]
        assert left_out == [row.dropped + row.failed for row in rows]
        assert run.n_chunks is not None
        assert 0 <= run.n_chunks - run.counters.n_samples <= 20  # those of the killed process that nobody can know
    assert tracks_told_twice([row for camera in ("door", "yard") for row in stack.sightings(camera)]) == []


def test_time_without_a_connection_is_in_the_coverage(stack: LiveStack) -> None:
    wait_until(lambda: any(row.camera_down_s for row in stack.coverage("door")), 10, "the door's gap is told")

    first, second = stack.runs("door")[:2]
    down_s = sum(row.camera_down_s for row in stack.coverage("door") if row.run_id == second.run.run_id)

    gone_at = first.start_ts + timedelta(seconds=first.counters.n_samples / 5)
    assert down_s == pytest.approx((second.start_ts - gone_at).total_seconds(), abs=0.01)


def test_beginnings_and_ends_balance(stack: LiveStack) -> None:
    ended_runs = {run.run.run_id for camera in ("door", "yard") for run in stack.runs(camera) if run.state.is_complete}
    theirs = {r.sighting_id for c in ("door", "yard") for r in stack.sightings(c) if r.run_id in ended_runs}
    wait_until(lambda: theirs & set(stack.events()[EventKind.NEW]) <= set(stack.events()[EventKind.END]), 10, "ends")

    events = stack.events()

    assert set(events[EventKind.NEW].values()) | set(events[EventKind.END].values()) == {1}
    assert set(events[EventKind.END]) <= set(events[EventKind.NEW])


def test_camera_comes_and_goes_while_the_stack_runs(stack: LiveStack, sample: Sample) -> None:
    folder = Folder(stack.data)

    assert folder.run("camera", "add", "demo", f"file:{sample.video}").code == 0
    wait_until(lambda: stack.runs("demo"), 20, "the added camera is read")
    listed = {row["name"]: row for row in folder.run("camera", "list", "--json").json["cameras"]}
    assert folder.run("camera", "remove", "demo").code == 0
    wait_until(lambda: not any(run.state.is_active for run in stack.runs("demo")), 20, "the removed one is not")

    assert listed["demo"]["state"] == "connected"
