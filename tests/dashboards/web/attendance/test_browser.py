"""Attendance in a real Chromium: shifts are set up, a month is filtered, and the file says what the page says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboards.web.access import Role
from dashboards.web.app import create_app
from dashboards.web.serving import serving
from dashboards.web.site import Site
from pipeline.config import WebSettings
from tests.dashboards.web.attendance.test_pages import write_record
from tests.dashboards.web.conftest import FixedDoorkeeper, make_visitor

pytestmark = [pytest.mark.slow, pytest.mark.browser]

MONTH = "/attendance?day=2026-03-02"


@pytest.fixture
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    """An admin's page on a phone, on a site with a record and without shifts."""
    write_record(site)
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
    page.get_by_text("Download").click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="As shown, CSV", exact=True).click()

    [header, row] = csv.reader(io.StringIO(downloading.value.path().read_text()))
    assert header[2:33] == [f"2026-03-{day:02}" for day in range(1, 32)]
    assert [row[0].removeprefix("'"), *row[2:33]] == cells(page)[0]
    assert page.evaluate("document.documentElement.scrollWidth") == 390
