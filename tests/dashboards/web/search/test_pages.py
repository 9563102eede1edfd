"""A picture goes in, and every sighting of the face comes out."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from dashboards.web.access import Role
from dashboards.web.search.readiness import room_of
from dashboards.web.site import Site
from pipeline.control.audit import AuditLog
from tests.builders import make_vector
from tests.builders_examined import GivenAsker, make_examined, make_examined_face, make_png
from tests.dashboards.web.conftest import Browse
from tests.dashboards.web.search.conftest import ADA, FIRST_OF_ADA, NOBODY, STRANGER


def drop(client: TestClient, content: bytes | None = None) -> str:
    """Drop a picture; the address that the page leads to."""
    answer = client.post("/search", files={"picture": ("../../etc/passwd", content or make_png())})
    return answer.headers.get("HX-Redirect", "")


@pytest.fixture
def client(browse: Browse, seen_site: Site) -> TestClient:
    return browse(Role.ANALYST, on=seen_site)


def test_page_without_a_picture_asks_for_one(client: TestClient) -> None:
    assert "Choose a picture of a face" in client.get("/search").text


def test_search_is_not_for_those_who_only_look(browse: Browse, seen_site: Site) -> None:
    assert browse(Role.VIEWER, on=seen_site).get("/search").status_code == 403


def test_picture_of_one_face_leads_to_its_sightings_best_first(client: TestClient, asker: GivenAsker) -> None:
    asker.picture = make_examined(make_examined_face(make_vector(ADA)))

    page = client.get(drop(client)).text

    assert "Seen 2 times, at 1 source" in page
    assert page.index("The same face") < page.index(FIRST_OF_ADA) < page.index("Probably somebody else")
    assert page.index("Probably somebody else") < page.index("s_0000000000000002")


def test_one_of_several_faces_is_chosen(client: TestClient, asker: GivenAsker) -> None:
    faces = (make_examined_face(make_vector(NOBODY)), make_examined_face(), make_examined_face(make_vector(STRANGER)))
    asker.picture = make_examined(*faces)

    address = drop(client)
    choice = client.get(address).text
    found = client.get(f"{address}&face=2").text

    assert ("Whom do you look for?" in choice, "the face is 9 pixels wide" in choice) == (True, True)
    assert "Seen 1 time, at 1 source" in found
    assert "/unknowns?group=unknown-0001" in found


def test_face_that_was_never_seen_is_told_so(client: TestClient, asker: GivenAsker) -> None:
    asker.picture = make_examined(make_examined_face(make_vector(NOBODY)))

    assert "Not seen for certain" in client.get(drop(client)).text


def test_picture_without_a_usable_face_is_refused_in_words(client: TestClient, asker: GivenAsker) -> None:
    asker.picture = make_examined(make_examined_face())

    answer = client.post("/search", files={"picture": ("a.png", make_png())}, headers={"HX-Request": "true"})

    assert (answer.status_code, "the face is 9 pixels wide" in answer.text) == (400, True)


def test_what_is_no_picture_is_refused(client: TestClient) -> None:
    answer = client.post("/search", files={"picture": ("a.png", b"#!/bin/sh")})

    assert answer.status_code == 400


def test_picture_is_its_owners_alone(browse: Browse, seen_site: Site, client: TestClient, asker: GivenAsker) -> None:
    name = room_of(seen_site).pictures.keep(make_examined(make_examined_face(make_vector(ADA))), "grace")

    assert client.get(f"/search?picture={name}&face=0").status_code == 404


def test_search_by_a_sighting_finds_the_others(client: TestClient) -> None:
    page = client.get(f"/search?sighting={FIRST_OF_ADA}").text

    assert "Seen 2 times" in page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("narrowed", "words"),
    [
        ("&from=2026-03-03", "Never seen"),
        ("&to=2026-03-02", "Seen 2 times"),
        ("&source=elsewhere", "Never seen"),
        ("&limit=1", "Show more"),
    ],
)
def test_search_is_narrowed_down_by_its_address(client: TestClient, narrowed: str, words: str) -> None:
    assert words in client.get(f"/search?sighting={FIRST_OF_ADA}{narrowed}").text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/search?sighting=s_nothing", 404),
        ("/search?picture=nothing&face=0", 404),
        (f"/search?sighting={FIRST_OF_ADA}&from=soon", 400),
        (f"/search?sighting={FIRST_OF_ADA}&limit=many", 400),
    ],
)
def test_address_that_asks_for_nothing_is_told_in_words(client: TestClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_every_search_is_in_the_audit_log_with_its_picture(
    client: TestClient, seen_site: Site, asker: GivenAsker
) -> None:
    asker.picture = make_examined(make_examined_face(make_vector(ADA)))
    client.get(drop(client))
    client.get(f"/search?sighting={FIRST_OF_ADA}")

    by_sighting, by_picture = AuditLog(seen_site.control).read(2)

    assert (by_picture.who, by_picture.action, by_picture.image_sha256) == ("ada", "search", asker.picture.sha256)
    assert (by_sighting.about[:2], FIRST_OF_ADA in by_sighting.detail) == ("p_", True)
