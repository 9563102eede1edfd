"""In a real browser: what goes wrong shows without a reload, and another try is a press of a button."""

from __future__ import annotations

from datetime import UTC

import pytest
from playwright.sync_api import Browser, expect

from dashboards.web.app import create_app
from dashboards.web.server.serving import serving
from dashboards.web.site import Site
from pipeline.config import WebSettings
from pipeline.control.live.deliveries import Batch, Deliveries
from pipeline.events.delivery.intake import take
from tests.builders_delivery import BEGIN, make_event
from tests.dashboards.web.conftest import FixedDoorkeeper, make_visitor

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SOON_MS = 20_000


def test_dead_letter_shows_by_itself_and_is_tried_again(chromium: Browser, site: Site) -> None:
    queue = Deliveries(site.control)
    with serving(create_app(site, FixedDoorkeeper(make_visitor())), WebSettings(port=0)) as url:
        page = chromium.new_page()
        page.goto(f"{url}/system")
        page.evaluate("window.wasNotReloaded = true")
        batch = Batch([make_event()], "1-1")
        queue.take_in(batch, lambda state, event: take(state, event, (), UTC), lambda _: ["office"], BEGIN)
        due = queue.head("office")
        assert due is not None
        queue.bury(due, "it answered 410", BEGIN)

        expect(page.get_by_role("cell", name="it answered 410")).to_be_visible(timeout=SOON_MS)
        page.get_by_role("button", name="Try office again").click()
        expect(page.get_by_role("cell", name="it answered 410")).to_have_count(0, timeout=SOON_MS)

        assert page.evaluate("window.wasNotReloaded")
        page.close()
    assert (queue.dead(), [waiting.n_waiting for waiting in queue.backlog()]) == ([], [1])
