"""What delivery makes of each event, in order."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from pipeline.errors import MessageError
from pipeline.events.delivery.intake import IntakeState, decode_state, encode_state, take, tidy
from pipeline.events.delivery.notices import AlertNotice, InView, Notice, SightingNotice, decode_notice, encode_notice
from pipeline.events.events import SightingEvent
from pipeline.events.watch.watching import WatchRule
from pipeline.sightings.rows import Status
from tests.builders_delivery import BEGIN, JPEG, make_alert, make_event, make_notice

STRANGERS = WatchRule(name="strangers", any_unknown=True)


def run(*events: SightingEvent) -> list[Notice]:
    state, notices = IntakeState(), list[Notice]()
    for event in events:
        taken = take(state, event, [STRANGERS], UTC)
        state = decode_state(encode_state(taken.state))
        notices += taken.notices
    return notices


def test_notice_says_what_was_before_and_who_is_in_view() -> None:
    notices = run(
        make_event(person="Ada", thumb_jpeg=JPEG),
        make_event(second=1, sighting="s_2", person="Bob"),
        make_event(second=2, sighting="s_3", source_id="yard", person="Cleo"),
        make_event("update", 3, person="Ada"),
        make_event("end", 4, person="Ada"),
    )

    assert [notice.in_view for notice in notices if isinstance(notice, SightingNotice)] == [
        InView(1, ("Ada",)),
        InView(2, ("Ada", "Bob")),
        InView(1, ("Cleo",)),
        InView(2, ("Ada", "Bob")),
        InView(1, ("Bob",)),
    ]
    last = notices[-1]
    assert isinstance(last, SightingNotice)
    assert last.before is not None
    assert (last.before.kind, last.before.thumb_jpeg) == ("update", None)


def test_alert_follows_the_event_that_set_it_off() -> None:
    notices = run(make_event(), make_event("end", 1))

    assert [(notice.kind, type(notice)) for notice in notices] == [
        ("new", SightingNotice),
        ("alert", AlertNotice),
        ("end", SightingNotice),
        ("alert", AlertNotice),
    ]
    assert [notice.n_open for notice in notices if isinstance(notice, AlertNotice)] == [1, 0]


@pytest.mark.parametrize(("is_elder_over", "n_alerts"), [(False, 1), (True, 2)])
def test_alert_goes_on_with_the_sighting_that_another_has_turned_out_to_be(is_elder_over: bool, n_alerts: int) -> None:
    elder = make_event(sighting="s_0", status=Status.UNCERTAIN)
    over = [make_event("end", 3, sighting="s_0", status=Status.UNCERTAIN)] if is_elder_over else []

    notices = run(elder, make_event(second=1), *over, make_event("end", 5, part_of="s_0"))

    assert len([notice for notice in notices if isinstance(notice, AlertNotice)]) == n_alerts


def test_end_of_a_sighting_that_nobody_knows_is_told_all_the_same() -> None:
    (notice,) = run(make_event("end", 1))

    assert isinstance(notice, SightingNotice)
    assert (notice.before, notice.in_view) == (None, InView(0, ()))


def test_what_is_silent_for_too_long_is_let_go() -> None:
    state = take(IntakeState(), make_event(), [STRANGERS], UTC).state

    early, late = (tidy(state, BEGIN + timedelta(hours=hours)) for hours in (6, 8))

    assert (early.state, early.notices) == (state, ())
    assert late.state == IntakeState()
    assert [notice.n_open for notice in late.notices if isinstance(notice, AlertNotice)] == [0]


def test_state_keeps_no_picture() -> None:
    state = take(IntakeState(), make_event(thumb_jpeg=JPEG), [STRANGERS], UTC).state

    assert JPEG not in encode_state(state)


@pytest.mark.parametrize("notice", [make_notice(thumb_jpeg=JPEG), make_notice(person="Zoë"), make_alert()])
def test_notice_lies_in_the_queue_whole(notice: Notice) -> None:
    assert decode_notice(encode_notice(notice)) == notice


@pytest.mark.parametrize("read", [decode_notice, decode_state])
@pytest.mark.parametrize("data", [b"", b"\xc1", b"nonsense", b"\x93\x01\x02\x03"])
def test_what_is_none_is_refused(read: type, data: bytes) -> None:
    with pytest.raises(MessageError):
        read(data)
