"""Dead letters on the terminal, and another try for them."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from pipeline.control.database import open_control
from pipeline.control.live.deliveries import Batch, Deliveries
from pipeline.events.delivery.intake import take
from tests.builders_delivery import BEGIN, make_event
from tests.conftest import REPOSITORY
from tests.dashboards.cli.conftest import Run

PAGE = REPOSITORY / "docs" / "command-line.md"


@pytest.fixture
def letters(record: Path) -> Path:
    """A data folder in which the office got one of two events and refused it."""
    control = open_control(record)
    queue = Deliveries(control)
    batch = Batch([make_event(), make_event("end", 1)], "1-1")
    queue.take_in(batch, lambda state, event: take(state, event, (), UTC), lambda _: ["office"], BEGIN)
    due = queue.head("office")
    assert due is not None
    queue.bury(due, "it answered 410", BEGIN)
    control.close()
    return record


def test_nothing_given_up_is_said(facetrail: Run, record: Path) -> None:
    said = facetrail("events", "dead")

    assert (said.code, said.out.strip()) == (0, "nothing was given up")


def test_dead_letter_is_listed_with_its_reason(facetrail: Run, letters: Path) -> None:
    said = facetrail("events", "dead")

    assert "it answered 410" in said.out
    assert "1 wait for office, the oldest since 2026-03-02 09:00:00+00:00" in said.out


def test_document_has_the_shape_of_the_page(facetrail: Run, letters: Path) -> None:
    (row,) = [text for text in PAGE.read_text().splitlines() if text.startswith("| `events dead` |")]

    document = facetrail("events", "dead", "--json").json

    keys = {*document, *document["dead"][0], *document["waiting"][0]}
    assert [key for key in keys if f"`{key}`" not in row] == []
    assert document["dead"][0]["problem"] == "it answered 410"


def test_retried_letter_waits_once_more(facetrail: Run, letters: Path) -> None:
    retried = facetrail("events", "dead", "--retry", "--json").json["retried"]

    document = facetrail("events", "dead", "--json").json

    assert retried == 1
    assert (document["dead"], document["waiting"][0]["n_waiting"]) == ([], 2)


def test_only_the_named_target_is_retried(facetrail: Run, letters: Path) -> None:
    assert facetrail("events", "dead", "--target", "mqtt", "--retry", "--json").json["retried"] == 0
