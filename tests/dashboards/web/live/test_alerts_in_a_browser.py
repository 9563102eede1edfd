"""In a real browser: an alert is heard and notified by whoever switched that on, and nobody is asked on their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dashboards.web.app import create_app
from dashboards.web.server.serving import serving
from dashboards.web.site import Site
from pipeline.config import WebSettings
from tests.dashboards.web.conftest import FixedDoorkeeper, make_visitor
from tests.dashboards.web.live.test_board import make_alert
from tests.dashboards.web.live.test_pages import add_camera
from tests.end_to_end.live_stack import wait_until
from workers.event_streams import RedisEventLog
from workers.wire.event_log import ALERTS

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SOON_S = 10
COUNTING = """
window.n_tones = window.n_asked = 0;
const make = AudioContext.prototype.createOscillator, ask = Notification.requestPermission;
AudioContext.prototype.createOscillator = function () { window.n_tones += 1; return make.call(this); };
Notification.requestPermission = function () { window.n_asked += 1; return ask.call(Notification); };
"""
"""Counts, and lets everything be done as ever."""
NOTICES = """async () => {
  const [registration] = await navigator.serviceWorker.getRegistrations();
  const shown = registration ? await registration.getNotifications() : [];
  return shown.map((one) => [one.body, new URL(one.data).pathname]);
}"""


@pytest.fixture
def url(site: Site, redis_url: str) -> Iterator[str]:
    """The pages of a site with a camera, over a real server."""
    add_camera(site.control)
    app = create_app(replace(site, redis_url=redis_url), FixedDoorkeeper(make_visitor()))
    with serving(app, WebSettings(port=0)) as address:
        yield address


@pytest.fixture
def context(chromium: Browser, url: str) -> Iterator[BrowserContext]:
    made = chromium.new_context()
    made.add_init_script(COUNTING)
    yield made
    made.close()


def opened(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(f"{url}/live")
    return page


def test_alert_is_heard_once_and_notified_with_its_sighting(
    context: BrowserContext, url: str, log: RedisEventLog
) -> None:
    context.grant_permissions(["notifications"], origin=url)
    page = opened(context, url)
    assert page.evaluate("n_asked") == 0

    page.get_by_role("button", name="Alert sound").click()
    page.wait_for_function("n_tones === 2")  # what it will sound like
    notices = page.get_by_role("button", name="Notifications")
    notices.click()
    expect(notices).to_have_attribute("aria-pressed", "true")
    log.append(ALERTS, msgspec.json.encode(make_alert()))
    expect(page.locator(".alert")).to_contain_text("Ada")
    page.wait_for_function("n_tones === 4")
    wait_until(lambda: page.evaluate(NOTICES), SOON_S, "the notification")

    assert page.evaluate(NOTICES) == [["Ada at door (vip)", "/sightings/s_1"]]
    assert page.evaluate("n_asked") == 1


def test_page_says_while_the_browser_silences_it_and_where_refused_notifications_are_allowed(
    context: BrowserContext, url: str
) -> None:
    context.grant_permissions(["camera"], origin=url)  # and nothing else
    context.add_init_script("localStorage.setItem('alert-sound', 'on')")
    page = opened(context, url)

    expect(page.locator("[data-silence]")).to_be_visible()
    page.get_by_role("button", name="Notifications").click()

    expect(page.locator("[data-silence]")).to_be_hidden()
    expect(page.locator("#notes")).to_contain_text("This browser blocks notifications of this page")
    expect(page.get_by_role("button", name="Notifications")).to_have_attribute("aria-pressed", "false")
