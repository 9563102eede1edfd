"""Faces in reference pictures: kept at enrolment, cut later out of older pictures, and found by whose they are."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from dashboards.web.access import Role
from dashboards.web.asking import NobodyToAsk
from dashboards.web.site import Site
from pipeline.control.gallery.people import People
from pipeline.identity.enrolment import ReferenceReport, ReferenceStatus
from tests.builders_recording import make_reference
from tests.dashboards.web.conftest import Browse


class Cutter(NobodyToAsk):
    """Finds the same face in every picture, or none."""

    def __init__(self, face_jpeg: bytes | None) -> None:
        self.n_asked = 0
        self._face_jpeg = face_jpeg

    def reference(self, picture: bytes, label: str = "picture") -> ReferenceReport:
        self.n_asked += 1
        return ReferenceReport(label, "", ReferenceStatus.OK, "one face", thumb_jpeg=self._face_jpeg)


def face_of_ada(site: Site) -> str:
    person = People(site.control).person("Ada")
    return f"/people/{person.person_id}/images/{person.references[0].image_sha256}/face"


def finish_cutting() -> None:
    for thread in threading.enumerate():
        if thread.name == "faces":
            thread.join()


def test_older_picture_is_shown_whole_until_its_face_is_cut(small_site: Site, browse: Browse) -> None:
    browser = browse(Role.VIEWER, on=replace(small_site, asker=Cutter(b"the face")))

    first = browser.get(face_of_ada(small_site))
    finish_cutting()
    second = browser.get(face_of_ada(small_site))

    assert (first.content, first.headers["cache-control"]) == (make_reference(0).image, "no-store")
    assert (second.content, second.headers["content-type"]) == (b"the face", "image/jpeg")
    assert "max-age" in second.headers["cache-control"]


@pytest.mark.parametrize(("asker", "n_asked"), [(Cutter(None), 1), (NobodyToAsk(), None)])
def test_picture_stays_whole_without_a_face_or_without_anybody_to_ask(
    small_site: Site, browse: Browse, asker: NobodyToAsk, n_asked: int | None
) -> None:
    browser = browse(Role.VIEWER, on=replace(small_site, asker=asker))

    for _ in range(2):
        answer = browser.get(face_of_ada(small_site))
        finish_cutting()

    assert answer.content == make_reference(0).image
    assert getattr(asker, "n_asked", None) == n_asked


def test_somebodys_face_is_the_best_enrolled_or_the_newest_seen(small_site: Site, browse: Browse) -> None:
    browser, person = browse(Role.VIEWER, on=small_site), People(small_site.control).person("Ada")

    known = browser.get(f"/people/{person.person_id}/face").headers["location"]
    unknown = browser.get("/people/unknown-0001/face").headers["location"]

    assert known == face_of_ada(small_site)
    assert browser.get(unknown).content.startswith(b"best of 3")
    assert browser.get("/people/nobody/face").status_code == 404
