"""A person's first day: the link, the account, signing out and in, and a wrong password told; in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboards.web.app import create_app
from dashboards.web.security.entering.doorkeeper import AccountDoorkeeper
from dashboards.web.server.serving import serving
from dashboards.web.server.standing import set_up_link
from dashboards.web.site import Site
from pipeline.config import WebSettings
from tests.dashboards.web.accounts.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def url(site: Site) -> Iterator[str]:
    """The pages, served to whoever signs in."""
    with serving(create_app(site, AccountDoorkeeper(site.control)), WebSettings(port=0)) as address:
        yield address


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = chromium.new_context(viewport={"width": 390, "height": 844})
    yield opened.new_page()
    opened.close()


def test_first_day(page: Page, site: Site, url: str) -> None:
    page.goto(set_up_link(site.control, url, datetime.now(UTC)) or "")
    page.get_by_label("Your name").fill("ada")
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()

    page.get_by_text("More", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.locator(".bar-sheet")).to_be_hidden()
    page.get_by_text("More", exact=True).click()
    page.locator(".bar-sheet").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")

    page.goto(f"{url}/account")  # leads here again, and back afterwards
    page.get_by_label("Name").fill("ada")
    page.locator("[name=password]").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")

    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="ada")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.get_by_label("Name", exact=True).fill("turnstile")
    page.get_by_role("button", name="Make a token").click()
    expect(page.locator("#fresh-token")).to_contain_text("ft_")
