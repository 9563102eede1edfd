"""The timeline, its picture, its table and the evidence, asked for directly."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from dashboards.web.access import Role
from pipeline.control.audit import AuditLog
from pipeline.sightings.rows import SourceKind
from tests.builders import make_sighting
from tests.dashboards.web.conftest import Browse
from tests.dashboards.web.timeline.conftest import SeenSample

NIGHT = "from=2026-03-02&to=2026-03-02"


def test_empty_record_says_what_to_do(browse: Browse) -> None:
    answer = browse(Role.VIEWER).get("/timeline")

    assert answer.status_code == 200
    assert "Nobody has been seen yet" in answer.text
    assert "/footage" in answer.text


@pytest.mark.parametrize("query", ["from=x&to=y", "status=sure", "range=year&at=2026-01-01", "from=2026-01-01&to=1900"])
def test_wrong_address_is_told_in_words(browse: Browse, query: str) -> None:
    assert browse(Role.VIEWER).get(f"/timeline?{query}").status_code == 400


def test_page_opens_on_the_last_day_with_sightings(browse: Browse, seen: SeenSample) -> None:
    page = browse(Role.VIEWER, on=seen.site).get("/timeline").text

    assert 'data-from="2026-03-01T23:00:00Z" data-to="2026-03-02T23:00:00Z"' in page
    assert "2 sightings in this time" in page
    assert "2026-03-02 09:00:03" in page


def test_picture_has_a_bar_for_each_sighting(browse: Browse, seen: SeenSample) -> None:
    picture = browse(Role.VIEWER, on=seen.site).get(f"/timeline/picture?{NIGHT}").json()

    lines = [(line["title"], line["status"], [bar[2] for bar in line["bars"]]) for line in picture["lines"]]
    assert lines == [
        ("Barack Obama", "known", [seen.known.sighting_id]),
        ("unknown-0001", "unknown", [seen.stranger.sighting_id]),
    ]
    assert picture["offsets"][0][1] == 3_600_000


def test_person_is_asked_for_by_name_and_that_stands_in_the_audit_log(browse: Browse, seen: SeenSample) -> None:
    page = browse(Role.VIEWER, on=seen.site).get(f"/timeline?person={quote('barack obama')}").text

    assert "1 sighting in this time" in page
    entry = AuditLog(seen.site.control).read(1)[0]
    assert (entry.who, entry.action, entry.about) == ("ada", "timeline", seen.known.person_id)


@pytest.mark.parametrize("part", ["table", "picture"])
def test_part_of_the_page_is_no_way_around_the_audit_log(browse: Browse, seen: SeenSample, part: str) -> None:
    client = browse(Role.VIEWER, on=seen.site)
    AuditLog(seen.site.control).append("look", "", who="somebody else")

    client.get(f"/timeline/{part}?person={seen.known.person_id}")

    written = {(entry.who, entry.action, entry.about) for entry in AuditLog(seen.site.control).read()}
    assert ("ada", "timeline", seen.known.person_id) in written


def test_evidence_tells_why_and_what_was_watched(browse: Browse, seen: SeenSample) -> None:
    page = browse(Role.VIEWER, on=seen.site).get(f"/sightings/{seen.stranger.sighting_id}").text

    assert "below the threshold of 0.44" in page
    assert "All 88 samples around it were looked at" in page
    assert "Is this right?" not in page  # a viewer corrects nothing


def test_looking_at_a_named_sighting_stands_in_the_audit_log(browse: Browse, seen: SeenSample) -> None:
    browse(Role.ANALYST, on=seen.site).get(f"/sightings/{seen.known.sighting_id}")

    entry = AuditLog(seen.site.control).read(1)[0]
    assert (entry.action, entry.about, entry.detail) == ("evidence", seen.known.person_id, seen.known.sighting_id)


@pytest.mark.parametrize("path", ["/sightings/s_none", "/sightings/s_none/clip", "/sightings/s_none/clip.mp4"])
def test_missing_sighting_is_not_found(browse: Browse, seen: SeenSample, path: str) -> None:
    assert browse(Role.VIEWER, on=seen.site).get(path).status_code == 404


def test_live_sighting_has_no_footage() -> None:
    from dataclasses import replace

    from dashboards.web.timeline.evidence import footage_problem

    row = replace(make_sighting(), source_kind=SourceKind.LIVE)

    assert "live camera" in (footage_problem(row, None) or "")
