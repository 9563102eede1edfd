"""Every sighting has one card, which says what was told of it last; alerts are on until they end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashboards.web.live.board import MOST_CARDS, Board, CardFilter, CardState
from pipeline.events.events import EventKind
from pipeline.events.watch.alerts import AlertEvent, AlertPhase
from pipeline.sightings.rows import Status
from tests.builders import START
from tests.builders_events import EMITTED, make_event

ALL = CardFilter()
ADA = {"status": Status.KNOWN, "person_id": "p_ada", "person_name": "Ada"}


def make_alert(phase: AlertPhase = AlertPhase.START, *sightings: str) -> AlertEvent:
    return AlertEvent(
        event_id=f"a_1_{phase.value}",
        alert_id="a_1",
        phase=phase,
        watch="vip",
        source_id="door",
        status=Status.KNOWN,
        person_name="Ada",
        sighting_ids=sightings or ("s_1",),
        started_at=START,
        captured_at=START,
        emitted_at=EMITTED,
    )


def test_empty_board_has_no_cards() -> None:
    assert Board().cards(ALL, 10) == []


def test_card_says_what_was_told_last() -> None:
    board = Board()

    board.take(make_event(thumb_jpeg=b"first"))
    board.take(make_event(event_id="e_1_1", kind=EventKind.UPDATE, score=0.7, **ADA))
    board.take(make_event(event_id="e_1_2", kind=EventKind.END, ended_at=START, score=0.7, **ADA))

    (card,) = board.cards(ALL, 10)
    assert (card.name, card.status, card.is_over) == ("Ada", Status.KNOWN, True)
    assert (card.face_version, board.face("s_1")) == ("e_1_0", b"first")


def test_cards_that_began_last_come_first() -> None:
    board = Board()
    for number in range(3):
        board.take(make_event(sighting_id=f"s_{number}", started_at=START + timedelta(seconds=number)))

    assert [card.sighting_id for card in board.cards(ALL, 2)] == ["s_2", "s_1"]


def test_part_of_another_sighting_has_no_card_of_its_own() -> None:
    board = Board()
    board.take(make_event())

    assert board.take(make_event(event_id="e_1_1", kind=EventKind.END, part_of="s_0")) == "s_1"
    assert board.cards(ALL, 10) == []


def test_oldest_cards_go_with_their_faces() -> None:
    board = Board()
    for number in range(MOST_CARDS + 1):
        board.take(make_event(sighting_id=f"s_{number}", thumb_jpeg=b"face"))

    assert (board.card("s_0"), board.face("s_0")) == (None, None)
    assert board.face("s_1") == b"face"


def test_alert_marks_its_sighting_and_is_on_until_it_ends() -> None:
    board = Board()
    board.take(make_event())

    assert board.take_alert(make_alert()) == ("s_1",)
    assert [alert.watch for alert in board.alerts()] == ["vip"]
    board.take_alert(make_alert(AlertPhase.END))

    assert board.alerts() == []
    assert board.cards(ALL, 1)[0].watches == ("vip",)


def test_alert_that_came_before_its_sighting_marks_it_too() -> None:
    board = Board()

    board.take_alert(make_alert())
    board.take(make_event())

    assert board.cards(ALL, 1)[0].watches == ("vip",)


def test_alert_that_was_over_before_its_sighting_was_read_marks_it_too() -> None:
    board = Board()

    for phase in AlertPhase:
        board.take_alert(make_alert(phase))
    board.take(make_event())

    assert (board.alerts(), board.cards(ALL, 1)[0].watches) == ([], ("vip",))


def test_sighting_that_goes_on_as_a_part_of_another_leads_to_that_in_the_record() -> None:
    board = Board()

    board.take(make_event(part_of="s_0"))

    assert board.cards(ALL, 1)[0].record_id == "s_0"


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (ALL, 2),
        (CardFilter(camera="door"), 2),
        (CardFilter(camera="yard"), 0),
        (CardFilter(person_id="p_ada"), 1),
        (CardFilter(state=CardState.UNKNOWN), 1),
        (CardFilter(state=CardState.UNCERTAIN), 0),
        (CardFilter(state=CardState.ALERT), 1),
        (CardFilter(person_id="p_ada", state=CardState.ALERT), 0),
    ],
)
def test_filter_narrows_by_camera_person_and_state(wanted: CardFilter, count: int) -> None:
    board = Board()
    board.take(make_event())
    board.take(make_event(sighting_id="s_2", **ADA))
    board.take_alert(make_alert())

    assert len(board.cards(wanted, 10)) == count
