"""`facetrail events` shows what a running Facetrail told."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.control.audit import AuditLog
from pipeline.control.database import open_control
from pipeline.events.events import encode_event
from tests.builders_events import make_event
from tests.conftest import REPOSITORY
from tests.dashboards.cli.conftest import Run
from tests.workers.conftest import wait_for_server
from workers.event_streams import RedisEventLog
from workers.stack.embedded import embedded_server
from workers.stack.leash import leashed
from workers.wire.event_log import EVENTS

PAGE = REPOSITORY / "docs" / "command-line.md"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on which two events were told, of Ada and of a stranger."""
    embedded = embedded_server(Path(tmp_path_factory.mktemp("run")))
    process = subprocess.Popen(leashed(embedded.command))
    wait_for_server(embedded.url).close()
    log = RedisEventLog(embedded.url)
    ada = {"status": "known", "person_id": "p_ada", "person_name": "Ada", "score": 0.9}
    log.append(EVENTS, encode_event(make_event(event_id="e_1", **ada)))
    log.append(EVENTS, encode_event(make_event(event_id="e_2", source_id="yard")))
    log.close()
    yield embedded.url
    process.kill()
    process.wait()


def test_events_are_shown_in_their_order(facetrail: Run, record: Path, server: str) -> None:
    said = facetrail("events", FACETRAIL_REDIS_URL=server)

    assert said.code == 0
    assert [text.split()[3] for text in said.out.splitlines()] == ["door", "yard"]


def test_document_has_the_shape_of_the_page(facetrail: Run, record: Path, server: str) -> None:
    (row,) = [text for text in PAGE.read_text().splitlines() if text.startswith("| `events` |")]

    document = facetrail("events", "--camera", "door", "--json", FACETRAIL_REDIS_URL=server).json

    assert [event["event_id"] for event in document["events"]] == ["e_1"]
    assert [key for key in document["events"][0] if f"`{key}`" not in row] == []


def test_looking_for_a_person_is_noted(facetrail: Run, record: Path, server: str) -> None:
    said = facetrail("events", "--person", "Ada", FACETRAIL_REDIS_URL=server)

    control = open_control(record)
    noted = AuditLog(control).read(1)[0]
    control.close()
    assert "yard" not in said.out
    assert noted.action == "events"


def test_without_a_running_facetrail_the_way_to_one_is_named(facetrail: Run, record: Path) -> None:
    said = facetrail("events")

    assert said.code == 2
    assert "facetrail up" in said.err
