"""A stranger of the sample gets a name: real faces, real models, the exact record before, after, and when undone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from playwright.sync_api import Browser, expect

from dashboards.web.app import create_app
from dashboards.web.server.serving import serving
from dashboards.web.site import Site
from pipeline.control.gallery.people import People
from pipeline.sample.making import Sample
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import SightingRow, Status
from tests.dashboards.web.conftest import Browse, FixedDoorkeeper, make_visitor

pytestmark = pytest.mark.slow

OBAMA, ASTRONAUT = "unknown-0001", "unknown-0002"
Wait = Callable[[TestClient, Site, Response], str]


def sightings(site: Site) -> list[SightingRow]:
    return Store(site.data_dir).read_sightings(RowFilter())


def without_names(rows: list[SightingRow]) -> list[tuple[object, ...]]:
    return [(row.sighting_id, row.start_ts, row.end_ts, row.track_ids, row.thumb_ref) for row in rows]


def test_strangers_are_grouped_by_who_they_are(sample_site: Site, browse: Browse) -> None:
    page = browse(on=sample_site).get("/unknowns").text

    assert re.findall(r'data-group="(unknown-\d+)"', page) == [OBAMA, ASTRONAUT]
    assert "2 sightings" in page


def test_those_whom_an_address_names_are_shown_alone_and_chosen(sample_site: Site, browse: Browse) -> None:
    browser = browse(on=sample_site)

    page = browser.get(f"/unknowns?group={ASTRONAUT}&group=unknown-9999").text

    assert re.findall(r'data-group="(unknown-\d+)" data-chosen', page) == [ASTRONAUT]
    assert OBAMA not in page
    assert "These have a name by now" in browser.get("/unknowns?group=unknown-9999").text


def test_named_stranger_is_that_person_in_the_past_and_nothing_else_changes(
    sample_site: Site, browse: Browse, until_named: Wait
) -> None:
    browser, before = browse(on=sample_site), sightings(sample_site)

    answer = browser.post("/unknowns/name", data={"unknown_id": OBAMA, "person": "Barack Obama", "kind": "new"})
    words = until_named(browser, sample_site, answer)

    after = sightings(sample_site)
    assert "2 sightings are now Barack Obama" in words
    assert [(row.person_name, row.status) for row in after] == [
        ("Barack Obama", Status.KNOWN),
        (ASTRONAUT, Status.UNKNOWN),
        ("Barack Obama", Status.KNOWN),
    ]
    assert without_names(after) == without_names(before)
    assert all((row.best_score or 0) > (row.threshold or 1) for row in after if row.status is Status.KNOWN)

    undone = browser.post("/changes/1/undo")
    until_named(browser, sample_site, undone)

    again = [replace(row, gallery_version=before[0].gallery_version) for row in sightings(sample_site)]
    assert again == before
    assert [person.name for person in People(sample_site.control).list_people()] == ["Joe Biden"]


def test_what_is_no_face_leaves_the_record_and_comes_back(sample_site: Site, browse: Browse, until_named: Wait) -> None:
    browser, before = browse(on=sample_site), sightings(sample_site)

    until_named(browser, sample_site, browser.post("/unknowns/not-a-face", data={"unknown_id": ASTRONAUT}))
    assert [row.person_id for row in sightings(sample_site)] == [OBAMA, OBAMA]
    until_named(browser, sample_site, browser.post("/changes/1/undo"))

    assert sightings(sample_site) == before


def test_person_added_by_pictures_is_known_in_the_past(
    sample_site: Site, sample: Sample, browse: Browse, until_named: Wait
) -> None:
    browser = browse(on=sample_site)
    paths = sorted((sample.gallery / "Barack Obama").iterdir())
    files = [("pictures", (path.name, path.read_bytes())) for path in paths]

    answer = browser.post("/people", data={"name": "Barack Obama"}, files=[*files, files[0]])
    until_named(browser, sample_site, answer)

    assert "Barack Obama" in {row.person_name for row in sightings(sample_site)}
    person = next(each for each in People(sample_site.control).list_people() if each.name == "Barack Obama")
    page = browser.get(f"/people/{person.person_id}").text
    assert page.count("/drop") == len(files)
    assert browser.get(f"/people/{person.person_id}/images/{person.references[0].image_sha256}").status_code == 200


@pytest.mark.browser
def test_unknown_is_named_and_the_past_relabelled_without_reload(sample_site: Site, chromium: Browser) -> None:
    app = create_app(sample_site, FixedDoorkeeper(make_visitor()))
    with serving(app, sample_site.settings.web) as url:
        page = chromium.new_page()
        page.goto(f"{url}/unknowns")
        page.evaluate("window.stays = true")
        page.keyboard.press("j")
        page.keyboard.press("n")
        page.get_by_label("Name", exact=False).last.fill("Barack Obama")
        page.keyboard.press("Enter")

        expect(page.locator(".past")).to_contain_text("2 sightings are now Barack Obama", timeout=20_000)
        expect(page.locator("[data-group]")).to_have_count(1)
        assert page.evaluate("window.stays")
        page.keyboard.press("u")
        expect(page.locator("[data-group]")).to_have_count(2, timeout=20_000)
        page.close()
    assert {row.person_id for row in sightings(sample_site)} == {OBAMA, ASTRONAUT}


@pytest.mark.browser
def test_evidence_stays_true_while_a_sighting_is_corrected(sample_site: Site, chromium: Browser) -> None:
    row = next(row for row in sightings(sample_site) if row.person_id == ASTRONAUT)
    with serving(create_app(sample_site, FixedDoorkeeper(make_visitor())), sample_site.settings.web) as url:
        page = chromium.new_page()
        page.goto(f"{url}/timeline?range=all")
        page.locator(f'tr [data-evidence="{row.sighting_id}"]').click()
        panel = page.locator("#evidence")
        panel.get_by_label("This is…").fill("Joe Biden")
        panel.get_by_role("button", name="Save").click()

        expect(panel.get_by_role("heading", name="Joe Biden")).to_be_visible(timeout=20_000)
        expect(panel).to_contain_text("ada said that this is Joe Biden.")
        expect(page.locator("#timeline-table")).to_contain_text("Joe Biden")
        panel.get_by_role("button", name="Undo").click()
        expect(panel.get_by_role("heading", name=ASTRONAUT)).to_be_visible(timeout=20_000)
        panel.get_by_role("button", name="Not a face").click()
        expect(panel.get_by_role("heading", name="Not in the record any more")).to_be_visible(timeout=20_000)
        expect(page.locator("#timeline-table")).not_to_contain_text(ASTRONAUT)
        page.close()
