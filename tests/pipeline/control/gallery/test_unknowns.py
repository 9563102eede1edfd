"""Unknown people: numbered once, allotted once, and never from a book that is out of date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.control.audit import AuditLog
from pipeline.control.database import Control
from pipeline.control.gallery.unknowns import Allotment, UnknownBook, Unknowns, write_allotment
from pipeline.control.work.sources import Sources
from pipeline.sightings.building.unknowns import UnknownGroups, UnknownPerson
from tests.builders import RUN, make_vector
from tests.builders_recording import ENCODER, make_new_source, submit
from tests.control_databases import open_database


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_database(tmp_path)
    Sources(opened).upsert(make_new_source())
    submit(opened, RUN)
    yield opened
    opened.close()


def allot(control: Control, book: UnknownBook, number: int, track_id: str) -> bool:
    """Give a track to the unknown person of that number."""
    person = UnknownPerson(f"unknown-{number:04d}", make_vector(number), 1)
    groups = UnknownGroups({track_id: person.unknown_id}, (person,))
    with control.writing() as transaction:
        return write_allotment(transaction, Allotment(RUN.run_id, book, (track_id, track_id + "_poor"), groups))


def test_nobody_is_known_at_first(control: Control) -> None:
    book = Unknowns(control).book(ENCODER)

    assert (book.people, book.next_number, Unknowns(control).allotments(RUN.run_id)) == ((), 1, {})


def test_allotted_track_and_poor_one_are_remembered(control: Control) -> None:
    unknowns = Unknowns(control)

    assert allot(control, unknowns.book(ENCODER), 1, "t_1")

    assert unknowns.allotments(RUN.run_id) == {"t_1": "unknown-0001", "t_1_poor": None}
    (person,) = unknowns.book(ENCODER).people
    assert (person.unknown_id, person.template.tobytes()) == ("unknown-0001", make_vector(1).tobytes())


def test_book_that_is_out_of_date_is_refused(control: Control) -> None:
    unknowns = Unknowns(control)
    stale = unknowns.book(ENCODER)
    allot(control, stale, 1, "t_1")

    assert not allot(control, stale, 1, "t_2")
    assert "t_2" not in unknowns.allotments(RUN.run_id)


def test_numbers_go_on_across_encoders(control: Control) -> None:
    unknowns = Unknowns(control)
    allot(control, unknowns.book(ENCODER), 1, "t_1")

    other = unknowns.book("sface")

    assert (other.people, other.next_number) == ((), 2)


def test_merged_unknown_stays_as_an_alias(control: Control) -> None:
    unknowns = Unknowns(control)
    allot(control, unknowns.book(ENCODER), 1, "t_1")
    allot(control, unknowns.book(ENCODER), 2, "t_2")

    unknowns.merge(["unknown-0002"], into="unknown-0001", who="ada")

    assert unknowns.allotments(RUN.run_id)["t_2"] == "unknown-0001"
    assert [person.unknown_id for person in unknowns.book(ENCODER).people] == ["unknown-0001"]
    assert unknowns.book(ENCODER).next_number == 3


def test_merging_and_ignoring_stand_in_the_audit_log(control: Control) -> None:
    unknowns = Unknowns(control)
    allot(control, unknowns.book(ENCODER), 1, "t_1")
    allot(control, unknowns.book(ENCODER), 2, "t_2")

    unknowns.merge(["unknown-0002"], into="unknown-0001", who="ada")
    unknowns.ignore(["unknown-0001"], who="kim")

    assert [(entry.who, entry.action, entry.detail) for entry in AuditLog(control).read()] == [
        ("kim", "ignore", "unknown-0001"),
        ("ada", "merge", "unknown-0002 into unknown-0001"),
    ]
