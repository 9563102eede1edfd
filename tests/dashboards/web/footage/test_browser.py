"""A real Chromium, real workers, the sample: uploaded, watched to its end without a reload, and full of people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboards.web.app import create_app
from dashboards.web.server.serving import serving
from dashboards.web.site import Site
from pipeline.config import WebSettings, load_settings
from pipeline.control.database import open_control
from pipeline.sample.making import Sample
from tests.dashboards.web.conftest import FixedDoorkeeper, make_visitor
from workers.stack.intake import with_intake
from workers.stack.running import nothing_besides, running_stack

pytestmark = [pytest.mark.slow, pytest.mark.browser]

DONE_MS = 60_000
"""The first chunk of a process takes long."""


@pytest.fixture(scope="module")
def working_site(tmp_path_factory: pytest.TempPathFactory, weights_cache: Path) -> Iterator[Site]:
    """An empty data folder with workers on it."""
    data = tmp_path_factory.mktemp("footage") / "data"
    data.mkdir()
    (data / "weights").symlink_to(weights_cache, target_is_directory=True)
    settings = load_settings(data=data, time_zone="UTC", ingests=1, web=WebSettings(port=0).model_dump())
    control = open_control(data)
    with running_stack(settings, besides=with_intake(settings, nothing_besides)) as stack:
        yield Site(settings, control, stack.url)
    control.close()


@pytest.fixture
def page(working_site: Site, chromium: Browser) -> Iterator[Page]:
    """The page of footage, on a phone."""
    app = create_app(working_site, FixedDoorkeeper(make_visitor()))
    with serving(app, working_site.settings.web) as url:
        opened = chromium.new_page(base_url=url, viewport={"width": 390, "height": 844})
        opened.set_default_timeout(DONE_MS)
        opened.goto("/footage")
        yield opened
        opened.close()


def test_upload_is_followed_to_its_end_without_a_reload(page: Page, sample: Sample, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(sample.video.read_bytes()[:50_000])
    page.evaluate("window.wasNeverLoadedAgain = true")

    page.locator("#files").set_input_files([sample.video, broken])

    line = page.locator("article", has_text=sample.video.name)
    expect(line.get_by_text("Done", exact=True)).to_be_visible(timeout=DONE_MS)
    expect(line.locator("img.face").first).to_be_visible()
    expect(page.get_by_text("no video that can be read").first).to_be_visible()
    expect(page.locator("#states").get_by_role("link", name="Done 1")).to_be_visible()
    assert page.evaluate("window.wasNeverLoadedAgain")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_page_of_the_file_shows_its_people(page: Page, sample: Sample) -> None:
    page.get_by_role("link", name=sample.video.name).first.click()

    expect(page.get_by_role("heading", name="Who is in it")).to_be_visible()
    expect(page.locator("#people img.face").first).to_be_visible()
    with page.expect_download() as report:
        page.get_by_role("link", name="Report").click()
    assert report.value.suggested_filename == f"{sample.video.name}.html"
