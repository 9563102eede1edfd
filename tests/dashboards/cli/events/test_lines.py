"""An event on the terminal says when, what, where, who and how sure."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from dashboards.cli.events.lines import line, payload
from pipeline.events.events import EventKind
from pipeline.sightings.rows import Status
from tests.builders import START
from tests.builders_events import make_event


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "new     door  unknown  s_1"),
        ({"status": Status.KNOWN, "person_name": "Ada [x]", "score": 0.914}, "door  Ada [x] (0.91)  s_1"),
        ({"status": Status.UNCERTAIN, "candidate_name": "Ada", "score": 0.5}, "uncertain, perhaps Ada (0.50)"),
        (
            {"kind": EventKind.END, "ended_at": START + timedelta(seconds=4), "part_of": "s_0"},
            "part of s_0  after 4.0 s",
        ),
    ],
)
def test_line_says_who_and_how_sure(values: dict[str, object], words: str) -> None:
    assert words in line(make_event(**values), UTC)


def test_document_has_no_picture() -> None:
    document = payload(make_event(thumb_jpeg=b"face"))

    assert "thumb_jpeg" not in document
    assert document["event_id"] == "e_1_0"
