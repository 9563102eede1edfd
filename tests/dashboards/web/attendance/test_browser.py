"""Attendance in a real Chromium: shifts are set up, a month is filtered, and the file says what the page says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboards.web.access import Role
from dashboards.web.app import create_app
from dashboards.web.server.serving import serving
from dashboards.web.site import Site
from pipeline.config import WebSettings
from pipeline.control.work.run_records import NewRun
from pipeline.control.work.runs import Runs
from pipeline.control.work.sources import NewSource, Sources
from pipeline.options import AnalysisOptions
from pipeline.sightings.rows import Clock, SourceKind
from tests.dashboards.web.attendance.test_pages import MONDAY, RUN, write_record
from tests.dashboards.web.conftest import FixedDoorkeeper, make_visitor

pytestmark = [pytest.mark.slow, pytest.mark.browser]

MONTH = "/attendance?day=2026-03-02"


@pytest.fixture
def page(site: Site, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An admin's page on a phone, on a site with a record and without shifts; by a clock that a test may name."""
    write_record(site, clock=getattr(request, "param", Clock.ARGUMENT))
    app = create_app(site, FixedDoorkeeper(make_visitor(Role.ADMIN)))
    with serving(app, WebSettings(port=0)) as url:
        context = chromium.new_context(base_url=url, viewport={"width": 390, "height": 844})
        opened = context.new_page()
        yield opened
        context.close()


def cells(page: Page) -> list[list[str]]:
    """The grid's rows: the name, then the days."""
    lines = page.locator(".att-grid tbody tr").all()
    return [
        [line.locator("th a").inner_text(), *(cell.strip() for cell in line.locator(".att-cell").all_inner_texts())]
        for line in lines
    ]


def test_shift_is_set_up_and_the_months_file_is_as_the_page_shows_it(page: Page) -> None:
    page.goto("/attendance/settings")
    page.get_by_role("button", name="New shift").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("office")
    dialog.get_by_label("Starts").fill("08:00")
    dialog.get_by_label("Ends").fill("16:00")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Add to the roster").click()
    expect(page.get_by_text("Everybody who is enrolled", exact=False).first).to_be_visible()

    page.goto(MONTH)
    page.locator("a.att-late").click()
    expect(page.locator(".att-grid tbody tr")).to_have_count(1)
    page.locator("summary", has_text="Download").click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="As shown, CSV", exact=True).click()

    [header, row] = csv.reader(io.StringIO(downloading.value.path().read_text()))
    assert header[2:33] == [f"2026-03-{day:02}" for day in range(1, 32)]
    assert [row[0].removeprefix("'"), *row[2:33]] == cells(page)[0]
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("page", [Clock.MTIME], indirect=True)
def test_footage_that_was_left_out_leads_to_where_one_says_when_it_began(page: Page, site: Site) -> None:
    record_footage(site)
    page.goto(MONTH)

    page.get_by_role("status").get_by_role("link", name="door.mp4").click()
    page.wait_for_load_state()

    expect(page.get_by_role("dialog").get_by_label("Its first picture was taken at")).to_be_visible()


def record_footage(site: Site) -> None:
    """The source and the run of the record's sightings."""
    new = NewSource(
        source_id=RUN.source_id,
        kind=SourceKind.FILE,
        label="door.mp4",
        path=None,
        duration_s=8 * 3600,
        start_ts=MONDAY,
        clock=Clock.MTIME,
    )
    Sources(site.control).upsert(new)
    options = AnalysisOptions().to_json()
    Runs(site.control).submit(NewRun(run=RUN, options_json=options, encoder="dlib-resnet", gallery_version=1))


def test_day_that_is_typed_is_sent_once_its_field_is_left(page: Page) -> None:
    page.goto(MONTH)
    page.locator("[name=day]").focus()
    page.keyboard.type("04052026")
    assert page.url.endswith(MONTH)

    with page.expect_navigation():
        page.locator("[name=q]").focus()

    assert page.url.endswith("day=2026-04-05")
