"""Reading the audit log: pages, filters, today's names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.control.audit import AuditLog
from pipeline.control.audit_reading import AuditQuery, audit_actions, read_audit
from pipeline.control.database import Control
from pipeline.control.gallery.people import People
from tests.builders_recording import make_reference
from tests.control_databases import open_database


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


def test_empty_log_is_an_empty_page(control: Control) -> None:
    page = read_audit(control, AuditQuery())

    assert (page.rows, page.next_before, audit_actions(control)) == ((), None, [])


def test_pages_follow_one_another_without_gap(control: Control) -> None:
    for number in range(5):
        AuditLog(control).append("timeline", "", who="kim", detail=str(number))

    first = read_audit(control, AuditQuery(), limit=3)
    second = read_audit(control, AuditQuery(), first.next_before, limit=3)

    assert [row.entry.detail for row in (*first.rows, *second.rows)] == ["4", "3", "2", "1", "0"]
    assert second.next_before is None


def test_person_is_shown_by_todays_name_and_found_by_it(control: Control) -> None:
    person_id = People(control).enrol("Ada", [make_reference(0)]).person_id
    AuditLog(control).append("timeline", person_id, who="kim")
    AuditLog(control).append("timeline", "", who="kim")
    People(control).rename("Ada", "Ada Lovelace")

    (row,) = read_audit(control, AuditQuery(about="lovelace")).rows

    assert (row.person_name, row.entry.about) == ("Ada Lovelace", person_id)


@pytest.mark.parametrize(
    ("query", "n_rows"),
    [
        (AuditQuery(who="KI"), 1),
        (AuditQuery(who="%"), 0),
        (AuditQuery(action="verify"), 1),
        (AuditQuery(from_at=datetime.now(UTC) + timedelta(hours=1)), 0),
        (AuditQuery(to_at=datetime.now(UTC) - timedelta(hours=1)), 0),
    ],
)
def test_filter_leaves_out_the_others(control: Control, query: AuditQuery, n_rows: int) -> None:
    AuditLog(control).append("timeline", "", who="kim")
    AuditLog(control).append("verify", "", who="ada")

    assert len(read_audit(control, query).rows) == n_rows
