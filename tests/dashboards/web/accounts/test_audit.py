"""The page of the audit log: filtered by its address, in the site's days, with today's names."""

from __future__ import annotations

import pytest

from dashboards.web.access import Role
from dashboards.web.site import Site
from pipeline.control.audit import AuditLog
from pipeline.control.gallery.people import People
from tests.builders_recording import make_reference
from tests.dashboards.web.conftest import Browse


def test_empty_log_says_so(browse: Browse) -> None:
    assert "Nothing here" in browse(Role.ADMIN).get("/audit").text


def test_row_shows_todays_name(browse: Browse, site: Site) -> None:
    person_id = People(site.control).enrol("Ada", [make_reference(0)]).person_id
    AuditLog(site.control).append("timeline", person_id, who="kim", detail="last week")

    text = browse(Role.ADMIN).get("/audit").text

    assert ">Ada</td>" in text
    assert "last week" in text


@pytest.mark.parametrize(
    ("query", "is_there"), [("", True), ("who=kim", True), ("who=eve", False), ("from=2100-01-01", False)]
)
def test_filter_is_in_the_address(browse: Browse, site: Site, query: str, is_there: bool) -> None:
    AuditLog(site.control).append("timeline", "", who="kim", detail="last week")

    assert ("last week" in browse(Role.ADMIN).get(f"/audit?{query}").text) == is_there


def test_older_rows_are_a_page_away_with_the_same_filter(browse: Browse, site: Site) -> None:
    for number in range(101):
        AuditLog(site.control).append("timeline", "", who="kim", detail=f"number {number}.")

    client = browse(Role.ADMIN)

    assert "/audit?who=kim&amp;before=2" in client.get("/audit?who=kim").text
    assert "number 0." in client.get("/audit?who=kim&before=2").text


@pytest.mark.parametrize("query", ["from=yesterday", "from=0001-01-01", "to=9999-12-31", f"before={10**20}"])
def test_what_is_no_day_and_no_row_is_told(browse: Browse, query: str) -> None:
    assert browse(Role.ADMIN).get(f"/audit?{query}").status_code == 400
