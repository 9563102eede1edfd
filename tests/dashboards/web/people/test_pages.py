"""People and unknown people on pages: what is shown, who may change what, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from dashboards.web.access import Role
from dashboards.web.site import Site
from pipeline.control.audit import AuditLog
from pipeline.control.gallery.people import People
from pipeline.sightings.record.store import RowFilter, Store
from tests.builders_recording import make_reference
from tests.dashboards.web.conftest import Browse

Wait = Callable[[TestClient, Site, Response], str]


def names(site: Site) -> list[str | None]:
    return [row.person_name for row in Store(site.data_dir).read_sightings(RowFilter())]


def ada(site: Site) -> str:
    return People(site.control).person("Ada").person_id


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/people", "Nobody is enrolled yet"),
        ("/unknowns", "No unknown people"),
        ("/unknowns/uncertain", "Nothing is un"),
    ],
)
def test_empty_folder_says_what_to_do_next(browse: Browse, path: str, words: str) -> None:
    answer = browse().get(path)

    assert (answer.status_code, words in answer.text) == (200, True)


def test_card_counts_pictures_and_sightings(small_site: Site, browse: Browse) -> None:
    page = browse(on=small_site).get("/people").text

    assert re.search(r"Ada</b>\s*<span[^>]*>1 picture<br>2 sightings", page)
    assert "Ada" not in browse(on=small_site).get("/people?q=bob").text


def test_part_of_a_persons_page_is_written_down_too(small_site: Site, browse: Browse) -> None:
    for _ in range(2):
        browse(Role.VIEWER, on=small_site).get(f"/people/{ada(small_site)}", headers={"HX-Request": "true"})

    assert [entry.action for entry in AuditLog(small_site.control).read()].count("look") == 1


def test_person_is_shown_with_warnings_and_the_look_is_in_the_audit_log(small_site: Site, browse: Browse) -> None:
    page = browse(Role.VIEWER, on=small_site).get(f"/people/{ada(small_site)}").text

    assert "Few pictures" in page
    assert "/drop" not in page
    assert [(entry.action, entry.who) for entry in AuditLog(small_site.control).read(1)] == [("look", "ada")]


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", ["/unknowns/name", "/unknowns/ignore", "/people", "/people/p/remove", "/sightings/s/is", "/changes/1/undo"]
)
def test_viewers_change_nothing(small_site: Site, browse: Browse, path: str) -> None:
    assert browse(Role.VIEWER, on=small_site).post(path, data={"unknown_id": "unknown-0001"}).status_code == 403


def test_file_that_is_no_picture_is_named_among_those_that_were_sent(small_site: Site, browse: Browse) -> None:
    sent = [("pictures", ("notes.txt", b"no picture", "image/jpeg"))]

    answer = browse(on=small_site).post("/people", data={"name": "Grace"}, files=sent)

    assert answer.status_code == 400
    assert "Nothing was taken, because of notes.txt: " in answer.text
    assert [person.name for person in People(small_site.control).list_people()] == ["Ada"]


def test_reference_pictures_are_found_by_the_database_alone(small_site: Site, browse: Browse) -> None:
    browser, person = browse(on=small_site), People(small_site.control).person("Ada")
    path = f"/people/{person.person_id}/images/"

    assert browser.get(path + person.references[0].image_sha256).content == make_reference(0).image
    assert browser.get(path + "0" * 64).status_code == 404
    assert browser.get(path + "..%2f..%2ffacetrail.db").status_code == 404
    assert browse(None, on=small_site).get(path + person.references[0].image_sha256).status_code in {303, 401}


def test_stranger_cannot_become_somebody_new_without_a_judged_face(small_site: Site, browse: Browse) -> None:
    answer = browse(on=small_site).post("/unknowns/name", data={"unknown_id": "unknown-0001", "person": "Bob"})

    assert (answer.status_code, "facetrail up" in answer.text) == (503, True)
    assert [person.name for person in People(small_site.control).list_people()] == ["Ada"]


@pytest.mark.slow
def test_strangers_sightings_are_somebodys_who_is_enrolled(small_site: Site, browse: Browse, until_named: Wait) -> None:
    browser = browse(on=small_site)

    words = until_named(
        browser, small_site, browser.post("/unknowns/name", data={"unknown_id": "unknown-0001", "person": "Ada"})
    )

    assert "4 sightings are now Ada" in words
    assert names(small_site) == ["Ada", "Ada", "Ada", "Ada", "unknown-0002"]
    until_named(browser, small_site, browser.post("/changes/1/undo"))
    assert names(small_site) == ["Ada", "unknown-0001", "Ada", "unknown-0001", "unknown-0002"]


def test_merged_strangers_are_one_until_that_is_undone(small_site: Site, browse: Browse, until_named: Wait) -> None:
    browser = browse(on=small_site)
    both = {"unknown_id": ["unknown-0001", "unknown-0002"]}

    until_named(browser, small_site, browser.post("/unknowns/merge", data=both))
    assert names(small_site).count("unknown-0001") == 3
    until_named(browser, small_site, browser.post("/changes/1/undo"))

    assert names(small_site).count("unknown-0001") == 2


def test_ignored_stranger_stays_in_the_record_and_can_be_shown_again(small_site: Site, browse: Browse) -> None:
    browser = browse(on=small_site)

    browser.post("/unknowns/ignore", data={"unknown_id": "unknown-0001"})

    assert "unknown-0001" not in browser.get("/unknowns").text
    assert "unknown-0001" in browser.get("/unknowns?show=ignored").text
    browser.post("/unknowns/heed", data={"unknown_id": "unknown-0001"})
    assert "unknown-0001" in browser.get("/unknowns").text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "person", "expected"),
    [("is", "Ada", "Ada"), ("not-a-face", "", None), ("is-not", "", "unknown-0002")],
)
def test_single_sighting_is_corrected(
    small_site: Site, browse: Browse, until_named: Wait, what: str, person: str, expected: str | None
) -> None:
    browser, last = browse(on=small_site), Store(small_site.data_dir).read_sightings(RowFilter())[-1]

    until_named(browser, small_site, browser.post(f"/sightings/{last.sighting_id}/{what}", data={"person": person}))

    found = {row.sighting_id: row.person_name for row in Store(small_site.data_dir).read_sightings(RowFilter())}
    assert found.get(last.sighting_id) == expected


def test_wrong_name_of_one_sighting_goes_and_the_others_keep_it(
    small_site: Site, browse: Browse, until_named: Wait
) -> None:
    browser, first = browse(on=small_site), Store(small_site.data_dir).read_sightings(RowFilter())[0]

    until_named(browser, small_site, browser.post(f"/sightings/{first.sighting_id}/is-not"))

    assert names(small_site)[0] != "Ada"
    assert names(small_site)[2] == "Ada"


def test_merged_person_leads_to_who_they_are(small_site: Site, browse: Browse) -> None:
    People(small_site.control).enrol("Bob", [make_reference(1)])
    browser, bob = browse(on=small_site), People(small_site.control).person("Bob").person_id

    answer = browser.post(f"/people/{bob}/merge", data={"person": "Ada"})

    assert answer.headers["HX-Redirect"].startswith(f"/people/{ada(small_site)}?relabelling=")
    assert browser.get(f"/people/{bob}").headers["location"] == f"/people/{ada(small_site)}"
    assert len(People(small_site.control).person("Ada").references) == 2


def test_person_is_removed_only_when_the_name_was_typed(small_site: Site, browse: Browse) -> None:
    browser, person_id = browse(on=small_site), ada(small_site)

    refused = browser.post(f"/people/{person_id}/remove", data={"name": "ada"})
    assert (refused.status_code, len(People(small_site.control).list_people())) == (400, 1)
    browser.post(f"/people/{person_id}/remove", data={"name": "Ada"})

    assert People(small_site.control).list_people() == []
    gone = browser.get(f"/people/{person_id}")
    assert (gone.status_code, "not in the gallery any more" in gone.text) == (404, True)
    assert '<a class="button button-main" href="/people">' in gone.text
    assert "any more" in browser.post(f"/people/{person_id}/rename", data={"name": "Eve"}).text
