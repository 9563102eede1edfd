"""In a real browser: find somebody by zooming with keys or two fingers, look at the evidence, and see the clip play."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from dashboards.web.app import create_app
from dashboards.web.server.serving import serving
from pipeline.config import WebSettings
from tests.dashboards.web.conftest import FixedDoorkeeper, make_visitor
from tests.dashboards.web.timeline.conftest import SeenSample

pytestmark = [pytest.mark.slow, pytest.mark.browser]

LONG_MS = 30_000
WIDER = "([id, width]) => document.querySelector(`.timeline-bar[data-id=${id}]`)?.getBoundingClientRect().width > width"
"""Asked until it is so: bars are drawn anew when a new picture has come."""


@pytest.fixture(scope="module")
def url(seen: SeenSample) -> Iterator[str]:
    """The pages of the sample's day."""
    with serving(create_app(seen.site, FixedDoorkeeper(make_visitor())), WebSettings(port=0)) as address:
        yield address


@pytest.fixture
def page(url: str, chromium: Browser) -> Iterator[Page]:
    """A desktop."""
    page = chromium.new_page(viewport={"width": 1440, "height": 900}, base_url=url)
    page.set_default_timeout(LONG_MS)
    yield page
    page.close()


@pytest.fixture
def phone(url: str, chromium: Browser) -> Iterator[Page]:
    """A phone, with fingers on it."""
    page = chromium.new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, base_url=url)
    page.set_default_timeout(LONG_MS)
    yield page
    page.close()


def shown(address: str) -> tuple[float, float]:
    """The middle and the length of what an address shows, in seconds."""
    asked = parse_qs(urlsplit(address).query)
    since, until = (datetime.fromisoformat(asked[name][0]).timestamp() for name in ("from", "to"))
    return (since + until) / 2, until - since


def touch(cdp: CDPSession, kind: str, *places: tuple[float, float]) -> None:
    points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
    cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


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
    page.get_by_role("button", name="Newer sighting").press("Enter")
    page.get_by_role("heading", name="unknown-0001").wait_for()
    page.go_back()
    page.locator("#evidence").wait_for(state="hidden")


def test_phone_shows_all_without_scrolling_sideways(phone: Page) -> None:
    phone.goto("/timeline?from=2026-03-02T07:59:55Z&to=2026-03-02T08:00:15Z")

    phone.locator(".timeline-bar").first.click()
    phone.get_by_role("heading", name="Barack Obama").wait_for()

    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_two_fingers_zoom_into_what_lies_between_them_and_the_wheel_out_again(phone: Page) -> None:
    phone.goto("/timeline?from=2026-03-02T07:59:00Z&to=2026-03-02T08:01:00Z")
    phone.locator(".timeline-bar").first.wait_for()
    lane = phone.locator("[data-axis]").bounding_box()
    assert lane is not None
    x, y, cdp = lane["x"] + lane["width"] / 2, lane["y"] + 60, phone.context.new_cdp_session(phone)

    touch(cdp, "touchStart", (x - 30, y), (x + 30, y + 20))
    for step in range(1, 7):  # aslant, as hands do
        touch(cdp, "touchMove", (x - 30 - 10 * step, y - 5 * step), (x + 30 + 10 * step, y + 20 + 5 * step))
    touch(cdp, "touchEnd")
    phone.wait_for_url(lambda address: shown(address)[1] < 60)
    middle, length = shown(phone.url)
    assert middle == pytest.approx(shown("?from=2026-03-02T07:59:00Z&to=2026-03-02T08:01:00Z")[0], abs=1)
    assert phone.evaluate("visualViewport.scale") == 1

    phone.mouse.move(x, y)
    phone.keyboard.down("Control")
    phone.mouse.wheel(0, 120)
    phone.wait_for_url(lambda address: shown(address)[1] > 1.5 * length)
