"""A person's page in a real Chromium: what is done there is told there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from dashboards.web.app import create_app
from dashboards.web.server.serving import serving
from dashboards.web.site import Site
from pipeline.control.gallery.people import People
from tests.dashboards.web.conftest import FixedDoorkeeper, make_visitor

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_what_becomes_of_a_sighting_is_told_above_the_persons_pictures(small_site: Site, chromium: Browser) -> None:
    [ada] = People(small_site.control).list_people()
    with serving(create_app(small_site, FixedDoorkeeper(make_visitor())), small_site.settings.web) as url:
        page = chromium.new_page()
        page.goto(f"{url}/people/{ada.person_id}")
        page.get_by_role("button", name="Not Ada").first.click()

        expect(page.locator("#work .past")).to_contain_text("1 sighting changed")
        expect(page.get_by_role("button", name="Not Ada")).to_have_count(1)
        page.close()
