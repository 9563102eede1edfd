"""Who is it?: the answers of the command line, the audit log written first, and enrolling from the same page."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dashboards.web.access import Role
from dashboards.web.site import Site
from dashboards.web.who.enrolling import MOST_AT_ONCE
from pipeline.control.audit import AuditLog
from pipeline.control.gallery.people import People
from tests.builders_examined import GivenAsker, make_examined, make_examined_face, make_png, make_vector
from tests.dashboards.web.conftest import Browse
from tests.dashboards.web.who.conftest import ADA, GRACE

STRANGER = 5
PICTURE = {"picture": ("../../etc/passwd", make_png(), "image/png")}


def pictures(*shades: int) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("pictures", ("p.png", make_png(shade), "image/png")) for shade in shades]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("share", "said"), [(1.0, "Ada Lovelace"), (0.37, "Not certain; perhaps Ada Lovelace"), (0.1, "Nobody who is")]
)
def test_a_face_is_known_uncertain_or_unknown(analyst: TestClient, asker: GivenAsker, share: float, said: str) -> None:
    asker.picture = make_examined(make_examined_face(make_vector(STRANGER, ADA, share)))

    answer = analyst.post("/who", files=PICTURE)

    assert f"<h2>{said}" in answer.text
    assert "from a score of" in answer.text


def test_every_face_has_its_box_and_its_answer(analyst: TestClient, asker: GivenAsker) -> None:
    faces = [make_examined_face(make_vector(ADA)), make_examined_face(make_vector(GRACE)), make_examined_face(None)]
    asker.picture = make_examined(*faces)

    answer = analyst.post("/who", files=PICTURE)

    assert "left: 30.00%; top: 20.00%; width: 30.00%; height: 50.00%" in answer.text
    assert [name in answer.text for name in ("Ada Lovelace", "Grace Hopper", "The face is 9 pixels wide")] == [True] * 3


@pytest.mark.parametrize(("axis", "said"), [(ADA, "Yes, Ada Lovelace"), (GRACE, "Not Ada Lovelace")])
def test_a_face_is_compared_with_the_one_whom_it_is_said_to_show(
    analyst: TestClient, asker: GivenAsker, axis: int, said: str
) -> None:
    asker.picture = make_examined(make_examined_face(make_vector(axis)))

    answer = analyst.post("/who", files=PICTURE, data={"person": "Ada Lovelace"})

    assert said in answer.text


def test_each_question_is_in_the_audit_log(asked_site: Site, analyst: TestClient, asker: GivenAsker) -> None:
    asker.picture = make_examined(make_examined_face(make_vector(ADA)))
    ada = People(asked_site.control).person("Ada Lovelace")

    analyst.post("/who", files=PICTURE)
    analyst.post("/who", files=PICTURE, data={"person": "Grace Hopper"})
    asker.picture = make_examined()
    analyst.post("/who", files=PICTURE)

    entries = AuditLog(asked_site.control).read()
    assert [(entry.action, entry.who, entry.detail) for entry in entries] == [
        ("identify", "ada", "no face was found"),
        ("verify", "ada", "different"),
        ("identify", "ada", "known"),
    ]
    assert (entries[-1].about, entries[-1].image_sha256) == (ada.person_id, asker.picture.sha256)


def test_the_most_similar_reference_is_shown(asked_site: Site, analyst: TestClient, asker: GivenAsker) -> None:
    asker.picture = make_examined(make_examined_face(make_vector(ADA)))
    ada = People(asked_site.control).person("Ada Lovelace")
    path = f"/who/references/{ada.person_id}/{ada.references[0].image_sha256}"

    assert path in analyst.post("/who", files=PICTURE).text
    assert analyst.get(path).content == make_png(shade=ADA)
    assert analyst.get(f"/who/references/{ada.person_id}/{'0' * 64}").status_code == 404


def test_what_cannot_be_read_is_told(analyst: TestClient, asker: GivenAsker) -> None:
    asker.picture = make_examined(problem="the picture is damaged")

    assert "The picture is damaged" in analyst.post("/who", files=PICTURE).text
    assert analyst.post("/who", files={"picture": ("a.png", b"no picture", "image/png")}).status_code == 400


def test_nobody_there_to_examine_is_told_with_what_to_start(site: Site, browse: Browse) -> None:
    answer = browse(Role.ANALYST, on=site).post("/who", files=PICTURE, headers={"HX-Request": "true"})

    assert answer.status_code == 503
    assert "facetrail up" in answer.text


@pytest.mark.parametrize("path", ["/who", "/who/enrol"])
def test_a_viewer_may_not_ask(asked_site: Site, browse: Browse, path: str) -> None:
    assert browse(Role.VIEWER, on=asked_site).get(path).status_code == 403


def test_nobody_enrolled_is_told_with_what_to_do(site: Site, browse: Browse) -> None:
    assert "Nobody is enrolled yet" in browse(Role.ANALYST, on=site).get("/who").text


def test_a_face_is_enrolled_under_a_new_name(asked_site: Site, analyst: TestClient, asker: GivenAsker) -> None:
    asker.picture = make_examined(make_examined_face(make_vector(STRANGER)))

    answer = analyst.post("/who/enrol", files=pictures(7), data={"name": " Mary "})

    person = People(asked_site.control).person("Mary")
    assert "Mary is enrolled, with 1 picture." in answer.text
    assert Path(asked_site.data_dir / person.references[0].image_ref).read_bytes() == make_png(7)


def test_a_picture_that_cannot_be_used_enrols_nobody(asked_site: Site, analyst: TestClient, asker: GivenAsker) -> None:
    answer = analyst.post("/who/enrol", files=pictures(7), data={"name": "Mary"})

    assert "Nobody was enrolled" in answer.text
    assert "no face was found" in answer.text
    assert len(People(asked_site.control).list_people()) == 2


def test_too_many_pictures_at_once_are_refused(analyst: TestClient) -> None:
    sent = pictures(*range(MOST_AT_ONCE + 1))

    assert analyst.post("/who/enrol", files=sent, data={"name": "M"}).status_code == 400


def test_a_frame_of_the_guided_capture_is_judged(analyst: TestClient, asker: GivenAsker) -> None:
    asker.picture = make_examined(make_examined_face(make_vector(ADA), turn=0.3))

    left = analyst.post("/who/frame", files=PICTURE, data={"pose": "left"}).json()
    right = analyst.post("/who/frame", files=PICTURE, data={"pose": "right"}).json()

    assert left == {"good": True, "words": "Good. Hold still."}
    assert right == {"good": False, "words": "Turn your head a little to your right."}


def test_a_note_says_that_the_models_are_being_loaded_and_goes_with_it(analyst: TestClient, asker: GivenAsker) -> None:
    asker.loads = True
    said = analyst.get("/who/models").text

    asker.loads = False
    then = analyst.get("/who/models").text

    assert "are being loaded" in said
    assert "loaded" not in then
    assert [analyst.get(page).text.count('hx-get="/who/models"') for page in ("/who", "/who/enrol")] == [1, 1]
