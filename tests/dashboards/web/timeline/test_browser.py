"""In a real browser: find somebody by zooming with keys, look at the evidence, and see the clip play."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from dashboards.web.app import create_app
from dashboards.web.serving import serving
from pipeline.config import WebSettings
from tests.dashboards.web.conftest import FixedDoorkeeper, make_visitor
from tests.dashboards.web.timeline.conftest import SeenSample

pytestmark = [pytest.mark.slow, pytest.mark.browser]

LONG_MS = 30_000
WIDER = "([id, width]) => document.querySelector(`.timeline-bar[data-id=${id}]`)?.getBoundingClientRect().width > width"
"""Asked until it is so: bars are drawn anew when a new picture has come."""


@pytest.fixture
def page(seen: SeenSample, chromium: Browser) -> Iterator[Page]:
    """The timeline of the sample's day, on a desktop."""
    app = create_app(seen.site, FixedDoorkeeper(make_visitor()))
    with serving(app, WebSettings(port=0)) as url:
        page = chromium.new_page(viewport={"width": 1440, "height": 900}, base_url=url)
        page.set_default_timeout(LONG_MS)
        yield page
        page.close()


def test_somebody_is_found_by_zooming_and_the_clip_plays(page: Page, seen: SeenSample) -> None:
    page.goto("/timeline?from=2026-03-02T07:59:00Z&to=2026-03-02T08:01:00Z")
    bar = page.locator(f'.timeline-bar[data-id="{seen.stranger.sighting_id}"]')
    narrow = bar.bounding_box()
    page.focus("[data-frame]")
    page.keyboard.press("+")
    page.wait_for_url("**from=2026-03-02T07%3A59%3A30.000Z**")
    assert narrow is not None
    page.wait_for_function(WIDER, arg=[seen.stranger.sighting_id, 1.8 * narrow["width"]])

    bar.click()
    page.get_by_role("heading", name="unknown-0001").wait_for()
    page.get_by_role("button", name="Show the clip").click()
    video = page.locator("#clip video")
    video.wait_for()
    page.wait_for_function("document.querySelector('#clip video').readyState >= 3")
    assert video.evaluate("video => video.duration") == pytest.approx(9.2, abs=0.3)
    assert video.get_attribute("poster")  # she was found in the footage

    page.keyboard.press("Escape")
    page.locator("#evidence").wait_for(state="hidden")


def test_sightings_are_reached_by_keys_alone(page: Page) -> None:
    page.goto("/timeline?from=2026-03-02T07:59:55Z&to=2026-03-02T08:00:15Z")
    page.locator(".timeline-bar").first.wait_for()
    page.focus("[data-frame]")

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="Barack Obama").wait_for()


def test_phone_shows_all_without_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/timeline?from=2026-03-02T07:59:55Z&to=2026-03-02T08:00:15Z")

    page.locator(".timeline-bar").first.click()
    page.get_by_role("heading", name="Barack Obama").wait_for()

    assert page.evaluate("document.documentElement.scrollWidth") == 390
