"""What programs do with the API: they read lists to their end, change the record, and are told what is wrong."""

from __future__ import annotations

import csv
import io
from http import HTTPStatus

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from dashboards.web.access import Role
from dashboards.web.failures import PROBLEM_TYPE
from dashboards.web.site import Site
from pipeline.control.audit import AuditLog
from pipeline.sightings.record.store import Store
from pipeline.sightings.recording.recorder import Recorder
from tests.builders import RUN
from tests.builders_examined import make_png
from tests.dashboards.web.api.conftest import Ask
from workers.recording.relabelling import carry_out


@pytest.fixture
def analyst(ask: Ask) -> TestClient:
    return ask(Role.ANALYST)


def until_followed(site: Site, client: TestClient, answer: Response) -> None:
    """Let the record follow a change."""
    assert answer.status_code == 200, answer.text
    number = answer.json()["relabelling_id"]
    list(carry_out(site.control, Recorder(site.control, Store(site.data_dir)), number))
    assert client.get(f"/api/v1/relabellings/{number}").json()["is_done"]


def test_a_token_tells_who_it_is(analyst: TestClient) -> None:
    me = analyst.get("/api/v1/me").json()

    assert (me["name"], me["role"], me["is_program"]) == ("root/analyst", "analyst", True)


def test_pages_lead_through_all_sightings_once(analyst: TestClient) -> None:
    found, address = [], "/api/v1/sightings?limit=2"
    while address:
        answer = analyst.get(address)
        found += [sighting["sighting_id"] for sighting in answer.json()["sightings"]]
        address = answer.links["next"]["url"] if "next" in answer.links else ""

    assert len(found) == len(set(found)) == len(analyst.get("/api/v1/sightings").json()["sightings"]) == 5


@pytest.mark.parametrize("path", ["people", "unknowns", "footage", "jobs", "audit"])
def test_cursors_of_every_list_are_taken_back(ask: Ask, path: str) -> None:
    first = ask(Role.ADMIN).get(f"/api/v1/{path}", params={"limit": 1})

    following = [ask(Role.ADMIN).get(link["url"]) for link in first.links.values()]
    assert [first.status_code, *(answer.status_code for answer in following)] in ([200], [200, 200])


def test_evidence_leads_to_the_faces(analyst: TestClient) -> None:
    sighting = analyst.get("/api/v1/sightings", params={"status": "known"}).json()["sightings"][0]

    details = analyst.get(f"/api/v1/sightings/{sighting['sighting_id']}").json()
    assert details["reasons"]
    assert all(analyst.get(face).headers["content-type"] == "image/jpeg" for face in details["faces"])
    assert analyst.get(f"/api/v1/sightings/{sighting['sighting_id']}/faces/99").status_code == 404


def test_timeline_counts_what_was_seen(analyst: TestClient) -> None:
    timeline = analyst.get("/api/v1/timeline", params={"bins": 1, "bin_s": 86_400}).json()

    assert sum(line["n_sightings"] for line in timeline["lines"]) == 5
    assert all(line["counts"] == [line["n_sightings"]] for line in timeline["lines"])


def test_renamed_person_is_called_so_in_the_past(analyst: TestClient, api_site: Site) -> None:
    person = analyst.get("/api/v1/people", params={"q": "ada"}).json()["people"][0]

    until_followed(api_site, analyst, analyst.patch(f"/api/v1/people/{person['person_id']}", json={"name": "Ada L"}))
    seen = analyst.get("/api/v1/sightings", params={"person": person["person_id"]}).json()["sightings"]
    assert {sighting["name"] for sighting in seen} == {"Ada L"}
    assert AuditLog(api_site.control).read(1)[0].who == "root/analyst"


def test_picture_enrols_somebody_with_a_verdict(analyst: TestClient, api_site: Site) -> None:
    sent = {"pictures": ("grace.png", make_png(), "image/png")}
    answer = analyst.post("/api/v1/people", data={"name": "Grace"}, files=sent)

    until_followed(api_site, analyst, answer)
    assert [picture["verdict"] for picture in answer.json()["pictures"]] == ["enrolled"]
    images = analyst.get(f"/api/v1/people/{answer.json()['person_id']}").json()["images"]
    assert [analyst.get(image["address"]).content for image in images] == [make_png()]


def test_ignored_unknown_is_listed_apart_until_that_is_undone(analyst: TestClient) -> None:
    unknown = analyst.get("/api/v1/unknowns").json()["unknowns"][0]["unknown_id"]

    change = analyst.post("/api/v1/unknowns/ignore", json={"unknown_ids": [unknown]}).json()["change_id"]
    apart = analyst.get("/api/v1/unknowns", params={"ignored": "true"}).json()["unknowns"]
    undone = [analyst.post(f"/api/v1/changes/{change}/undo").status_code for _ in range(2)]
    assert ([one["unknown_id"] for one in apart], undone) == ([unknown], [200, 409])


def test_finished_footage_cannot_be_stopped(analyst: TestClient) -> None:
    answer = analyst.post(f"/api/v1/footage/{RUN.source_id}/cancel")

    assert (answer.status_code, answer.headers["content-type"]) == (409, PROBLEM_TYPE)
    assert "nothing to stop" in answer.json()["detail"]


def test_paths_outside_the_folders_are_refused(analyst: TestClient) -> None:
    assert analyst.post("/api/v1/footage", json={"paths": ["/etc/passwd"]}).status_code == 403


def test_what_is_no_video_is_refused_and_not_kept(analyst: TestClient, api_site: Site) -> None:
    answer = analyst.post("/api/v1/footage/upload", params={"name": "a.mp4"}, content=b"no video")

    assert answer.status_code == 422
    assert str(api_site.data_dir) not in answer.text
    assert not any(path.is_file() for path in (api_site.data_dir / "footage").rglob("*"))


def test_password_of_a_camera_is_never_told(ask: Ask) -> None:
    admin = ask(Role.ADMIN)
    camera = {"name": "door", "address": "rtsp://viewer@10.0.0.7/stream1", "password": "s3cret"}

    added = admin.post("/api/v1/cameras", json=camera)
    again, listed = admin.post("/api/v1/cameras", json=camera), admin.get("/api/v1/cameras")
    assert (added.status_code, again.status_code) == (201, 409)
    assert "s3cret" not in added.text + again.text + listed.text
    assert admin.delete("/api/v1/cameras/door").status_code == 204


def test_camera_on_trial_may_not_read_files(ask: Ask) -> None:
    assert ask(Role.ADMIN).post("/api/v1/cameras/test", json={"address": "file:/etc/passwd"}).status_code == 403


def test_attendance_is_the_same_as_rows_and_as_a_table(analyst: TestClient) -> None:
    days = {"first": analyst.get("/api/v1/sightings").json()["sightings"][0]["start"][:10], "days": 1}

    rows = analyst.get("/api/v1/attendance", params=days).json()["rows"]
    table = list(csv.DictReader(io.StringIO(analyst.get("/api/v1/attendance/table.csv", params=days).text)))
    assert [row["name"] for row in rows] == [row["person"] for row in table]
    assert rows


def test_last_admin_stays(ask: Ask) -> None:
    admin = ask(Role.ADMIN)
    user = admin.get("/api/v1/users").json()["users"][0]

    assert admin.delete(f"/api/v1/users/{user['user_id']}").status_code == 409
    assert len(admin.get(f"/api/v1/users/{user['user_id']}/tokens").json()["tokens"]) == len(Role)


def test_what_cannot_be_understood_is_named(analyst: TestClient) -> None:
    problem = analyst.get("/api/v1/sightings", params={"since": "yesterday"}).json()

    assert (problem["status"], problem["title"]) == (422, HTTPStatus(422).phrase)
    assert "since" in problem["detail"]
