"""In a real browser: a picture is dropped, and the sightings are there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from dashboards.web.app import create_app
from dashboards.web.server.serving import serving
from dashboards.web.site import Site
from pipeline.config import WebSettings
from tests.builders import make_vector
from tests.builders_examined import GivenAsker, make_examined, make_examined_face, make_png
from tests.dashboards.web.conftest import FixedDoorkeeper, make_visitor
from tests.dashboards.web.search.conftest import ADA, NOBODY

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SOON_MS = 20_000


def test_dropped_picture_leads_to_a_choice_and_to_the_sightings(
    chromium: Browser, seen_site: Site, asker: GivenAsker
) -> None:
    asker.picture = make_examined(make_examined_face(make_vector(NOBODY)), make_examined_face(make_vector(ADA)))
    app = create_app(seen_site, FixedDoorkeeper(make_visitor()))
    with serving(app, WebSettings(port=0)) as url:
        page = chromium.new_page()
        page.goto(f"{url}/search")
        page.set_input_files("input[name=picture]", {"name": "a.png", "mimeType": "image/png", "buffer": make_png()})
        page.get_by_role("link", name="Face 2").click()
        expect(page.get_by_role("heading", name="Seen 2 times, at 1 source")).to_be_visible(timeout=SOON_MS)
        page.wait_for_load_state()  # with its scripts, without which a field does nothing
        page.get_by_label("From").fill("2026-03-03")
        expect(page.get_by_role("heading", name="Never seen")).to_be_visible(timeout=SOON_MS)
        assert "from=2026-03-03" in page.url
        page.close()
