"""A report is one page that needs nothing else, and shows what it is given, escaped."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from pipeline.reports.html.rendering import render_report
from pipeline.sightings.rows import Clock, Status
from tests.builders import make_coverage_row, make_sighting
from tests.builders_reports import make_report, make_source


class Links(HTMLParser):
    """Collects what a page points at, and the ids it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.ids: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.targets += [value or "" for name, value in attrs if name in {"href", "src"}]
        self.ids += [value or "" for name, value in attrs if name == "id"]


def test_report_of_nothing_says_so() -> None:
    page = render_report(make_report(sources=()))

    assert "Nothing has been analysed yet" in page


def test_source_without_faces_says_so() -> None:
    page = render_report(make_report(coverage=(make_coverage_row(),)))

    assert "No face was seen in this source" in page
    assert "searched for faces" in page


def test_page_points_at_nothing_outside_itself() -> None:
    sighting = replace(make_sighting(), thumb_ref="thumbs/a.jpg")

    links = Links(render_report(make_report(sightings=(sighting,), thumbs={"thumbs/a.jpg": b"jpeg"})))

    assert links.targets
    assert all(target.startswith(("#", "data:image/jpeg;base64,")) for target in links.targets)
    assert {target[1:] for target in links.targets if target.startswith("#")} <= set(links.ids)


def test_page_has_no_script() -> None:
    assert "<script" not in render_report(make_report(sightings=(make_sighting(),)))


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", 'a" onmouseover="x', "Ørjan & Søn"])
def test_names_and_labels_are_escaped(text: str) -> None:
    sighting = replace(make_sighting(), person_name=text)

    page = render_report(
        make_report(title=text, sources=(make_source(label=text, problem=text),), sightings=(sighting,))
    )

    assert "<script>" not in page
    assert 'onmouseover="x' not in page
    assert "&" in page


def test_thumbnails_are_inside_the_page() -> None:
    sighting = replace(make_sighting(), thumb_ref="thumbs/a.jpg")

    page = render_report(make_report(sightings=(sighting,), thumbs={"thumbs/a.jpg": b"a picture"}))

    assert base64.b64encode(b"a picture").decode() in page


def test_uncertain_sighting_does_not_claim_a_name() -> None:
    uncertain = replace(make_sighting(person=None, status=Status.UNCERTAIN), candidate_id="p_ada")

    page = render_report(make_report(sightings=(uncertain,), people={"p_ada": "Ada"}))

    assert "perhaps Ada" in page
    assert not re.search(r"<h2>Ada", page)


def test_problem_of_a_run_stands_in_the_page() -> None:
    page = render_report(make_report(sources=(make_source(state="partial", problem="12 s are damaged"),)))

    assert "12 s are damaged" in page


def test_guessed_clock_is_marked() -> None:
    page = render_report(make_report(sources=(make_source(clock=Clock.MTIME),)))

    assert 'class="doubtful' in page
    assert "a guess" in page


def test_enrolled_people_who_were_not_seen_are_listed() -> None:
    page = render_report(make_report(sightings=(make_sighting(),), people={"p_ada": "Ada", "p_bob": "Bob"}))

    assert "<span>Bob</span>" in page
    assert "<span>Ada</span>" not in page
