"""The system page tells how things are, and offers another try."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from dashboards.web.access import Role
from dashboards.web.site import Site
from pipeline.control.live.deliveries import Batch, Deliveries
from pipeline.control.work.run_records import RunState
from pipeline.control.work.runs import Runs
from pipeline.control.work.sources import Sources
from pipeline.events.delivery.intake import take
from pipeline.sightings.rows import SourceKind
from tests.builders import RUN
from tests.builders_delivery import BEGIN, make_event
from tests.builders_recording import make_new_source, open_world
from tests.dashboards.web.conftest import Browse
from tests.workers.conftest import wait_for_server
from workers.stack.children import ChildHealth, ChildState
from workers.stack.embedded import embedded_server
from workers.stack.health_note import told_health
from workers.stack.leash import leashed
from workers.stack.supervisor import StackHealth


@pytest.fixture(scope="module")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server without workers."""
    server = embedded_server(Path(tmp_path_factory.mktemp("run")))
    process = subprocess.Popen(leashed(server.command))
    wait_for_server(server.url).close()
    yield server.url
    process.kill()
    process.wait()


@pytest.fixture
def served(site: Site, server_url: str) -> Site:
    """The site with that server."""
    return replace(site, redis_url=server_url)


def failed_run(site: Site) -> str:
    """Footage whose only run failed, and whose file is gone."""
    world = open_world(site.data_dir)
    Runs(world.control).fail(RUN.run_id, "the file ends in the middle of a picture")
    world.control.close()
    return RUN.run_id


def test_quiet_system_is_well(browse: Browse, served: Site) -> None:
    page = browse(Role.VIEWER, on=served).get("/system").text

    assert ("All is well" in page, "Search for faces" in page, "Valkey" in page) == (True, True, True)


def test_server_that_is_away_is_told_with_what_to_do(browse: Browse) -> None:
    page = browse(Role.VIEWER).get("/system").text

    assert ("Something does not work" in page, "facetrail up" in page) == (True, True)


def test_part_that_changes_comes_alone(browse: Browse, served: Site) -> None:
    part = browse(Role.VIEWER, on=served).get("/system/now").text

    assert ('id="now"' in part, "<html" in part) == (True, False)


def test_processes_of_this_host_are_listed(browse: Browse, served: Site) -> None:
    children = (
        ChildHealth("detector-1", ChildState.RUNNING, 1, 0, None),
        ChildHealth("aggregator", ChildState.GIVEN_UP, None, 5, "the disk is full"),
    )
    (served.data_dir / "run").mkdir()

    with told_health(served.data_dir / "run", lambda: StackHealth(children)):
        page = browse(Role.VIEWER, on=served).get("/system").text

    assert ("detector-1" in page, "The process aggregator was given up: the disk is full" in page) == (True, True)


def test_failed_job_is_shown_with_its_reason_and_tried_again(browse: Browse, served: Site, tmp_path: Path) -> None:
    run_id, file = failed_run(served), tmp_path / "door.mp4"
    file.write_bytes(b"footage")
    Sources(served.control).upsert(replace(make_new_source(), path=str(file)))
    client = browse(Role.ANALYST, on=served)
    assert "the file ends in the middle of a picture" in client.get("/system").text

    page = client.post(f"/system/runs/{run_id}").text

    assert ("the file ends in the middle of a picture" in page, "1 video is in work" in page) == (False, True)
    assert Runs(served.control).get(run_id).state is RunState.QUEUED


def test_job_whose_file_is_gone_says_so(browse: Browse, served: Site) -> None:
    answer = browse(Role.ANALYST, on=served).post(f"/system/runs/{failed_run(served)}")

    assert (answer.status_code, "/footage/door.mp4 any more" in answer.text) == (404, True)


def test_run_with_gaps_begins_anew(browse: Browse, served: Site, tmp_path: Path) -> None:
    world = open_world(served.data_dir)
    file = tmp_path / "door.mp4"
    file.write_bytes(b"footage")
    Sources(world.control).upsert(replace(make_new_source(), path=str(file)))
    Runs(world.control).add_failed_chunk(RUN, 7, "detector", "out of memory")
    world.commit(9)
    world.finish(n_failed=1)
    world.control.close()
    client = browse(Role.ANALYST, on=served)
    assert "1 stretch of footage could not be analysed" in client.get("/system").text

    page = client.post(f"/system/runs/{RUN.run_id}").text

    again = Runs(served.control).get(RUN.run_id)
    assert (again.state, again.next_chunk, "could not be analysed" in page) == (RunState.QUEUED, 0, False)


def test_second_try_is_not_for_those_who_only_look(browse: Browse, served: Site) -> None:
    client = browse(Role.VIEWER, on=served)

    assert client.post(f"/system/runs/{failed_run(served)}").status_code == 403
    assert "hx-post" not in client.get("/system/now").text.split('id="versions-title"')[0]


def test_gap_of_a_camera_offers_no_second_try(browse: Browse, served: Site) -> None:
    world = open_world(served.data_dir, kind=SourceKind.LIVE)
    Runs(world.control).add_failed_chunk(RUN, 7, "detector", "out of memory")
    world.control.close()

    client = browse(Role.ANALYST, on=served)

    assert "a camera's moment is gone" in client.get("/system").text
    assert client.post(f"/system/runs/{RUN.run_id}").status_code == 400


def test_dead_letters_are_tried_again(browse: Browse, served: Site) -> None:
    queue = Deliveries(served.control)
    batch = Batch([make_event(), make_event("end", 1)], "1-1")
    queue.take_in(batch, lambda state, event: take(state, event, (), UTC), lambda _: ["office"], BEGIN)
    due = queue.head("office")
    assert due is not None
    queue.bury(due, "it answered 410", BEGIN)
    client = browse(Role.ANALYST, on=served)
    assert "it answered 410" in client.get("/system").text

    page = client.post("/system/letters", data={"target": "office"}).text

    assert ("it answered 410" in page, "2 wait for office" in page) == (False, True)
