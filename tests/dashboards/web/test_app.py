"""The application as a whole: nobody gets anything without signing in, and failures are told in words."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from dashboards.web.access import Role
from dashboards.web.navigation import ENTRIES
from dashboards.web.scripts import asset_url
from tests.dashboards.web.conftest import Browse


@pytest.mark.parametrize("path", [*(entry.path for entry in ENTRIES), "/", "/pictures/thumbs/d/s/t_0.jpg"])
def test_nobody_is_sent_to_sign_in(browse: Browse, path: str) -> None:
    answer = browse(None).get(path, headers={"accept": "text/html"})

    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")


def test_picture_is_refused_to_nobody(browse: Browse) -> None:
    answer = browse(None).get("/pictures/thumbs/d/s/t_0.jpg")

    assert answer.status_code == 401


def test_program_without_a_token_gets_a_problem(browse: Browse) -> None:
    answer = browse(None).get("/api/v1/people")

    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


def test_missing_page_is_told_in_words(browse: Browse) -> None:
    answer = browse(Role.VIEWER).get("/nowhere")

    assert answer.status_code == 404
    assert "There is no such page" in answer.text


@pytest.mark.parametrize(
    ("path", "way"), [("/sightings/s_1", "/timeline"), ("/people/p_1", "/people"), ("/nowhere", "/live")]
)
def test_address_of_something_gone_leads_to_where_it_was_listed(browse: Browse, path: str, way: str) -> None:
    answer = browse(Role.VIEWER).get(path)

    assert answer.status_code == 404
    assert f'<a class="button button-main" href="{way}">' in answer.text


def test_change_without_the_token_of_the_session_is_refused(browse: Browse) -> None:
    client: TestClient = browse(Role.ADMIN)

    answer = client.post("/people", headers={"X-CSRF-Token": "another"})

    assert answer.status_code == 403


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "/pictures/thumbs/../../facetrail.db",
        "/pictures/thumbs/%2e%2e/%2e%2e/facetrail.db",
        "/pictures/thumbs/d/s/%00.jpg",
        f"/pictures/thumbs/d/s/{'t' * 300}.jpg",
    ],
)
def test_pictures_lead_nowhere_else(browse: Browse, path: str) -> None:
    assert browse(Role.ADMIN).get(path).status_code == 404


def test_answers_carry_the_headers_that_keep_others_out(browse: Browse) -> None:
    headers = browse(Role.VIEWER).get("/nowhere").headers

    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_files_of_the_pages_are_kept_by_their_content(browse: Browse) -> None:
    client = browse(None)

    assert "immutable" in client.get(asset_url("js/page.js")).headers["cache-control"]
    assert client.get("/static/js/page.js").headers["cache-control"] == "no-store"
