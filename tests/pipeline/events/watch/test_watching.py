"""Watch lists by stepping through time: who sets off an alert, what joins it, when it ends, and what rests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, timedelta

import msgspec
import numpy as np
import pytest

from pipeline.events.events import SightingEvent
from pipeline.events.watch.alerts import AlertEvent
from pipeline.events.watch.hours import parse_hours
from pipeline.events.watch.watching import UnknownSeen, WatchRule, WatchState, expire, watch
from pipeline.sightings.rows import Status
from tests.builders_delivery import BEGIN, make_event

ADA = WatchRule(name="ada", people=frozenset({"ada"}))
STRANGERS = WatchRule(name="strangers", any_unknown=True)


def run(events: Iterable[SightingEvent], *rules: WatchRule) -> list[AlertEvent]:
    """All alerts of `events`; the state goes through its stored form between any two."""
    state, alerts = WatchState(), list[AlertEvent]()
    for event in events:
        watched = watch(state, event, rules, UTC)
        state = msgspec.msgpack.decode(msgspec.msgpack.encode(watched.state), type=WatchState)
        alerts += watched.alerts
    return alerts


def phases(alerts: Iterable[AlertEvent]) -> list[str]:
    return [f"{alert.watch} {alert.phase}" for alert in alerts]


@pytest.mark.parametrize(
    ("rule", "event", "expected"),
    [
        (ADA, make_event(person="Ada"), True),
        (ADA, make_event(person="Bob"), False),
        (ADA, make_event(), False),
        (WatchRule(name="by_id", people=frozenset({"p_ada"})), make_event(person="Ada"), True),
        (STRANGERS, make_event(), True),
        (STRANGERS, make_event(person="Ada"), False),
        (STRANGERS, make_event(status=Status.UNCERTAIN), False),
        (WatchRule(name="yard", any_unknown=True, cameras=frozenset({"yard"})), make_event(), False),
        (WatchRule(name="door", any_unknown=True, cameras=frozenset({"door"})), make_event(), True),
        (WatchRule(name="night", any_unknown=True, hours=(parse_hours("18:00-07:00"),)), make_event(), False),
        (WatchRule(name="day", any_unknown=True, hours=(parse_hours("mon 08:00-10:00"),)), make_event(), True),
    ],
)
def test_rule_is_about_people_cameras_and_hours(rule: WatchRule, event: SightingEvent, expected: bool) -> None:
    assert phases(run([event], rule)) == ([f"{rule.name} start"] if expected else [])


def test_alert_starts_and_ends_with_its_sighting() -> None:
    events = [make_event(person="Ada"), make_event("update", 5, person="Ada"), make_event("end", 9, person="Ada")]

    start, end = run(events, ADA)

    assert (start.phase, end.phase, end.reason) == ("start", "end", "gone")
    assert start.alert_id == end.alert_id
    assert start.event_id != end.event_id
    assert end.ended_at == BEGIN + timedelta(seconds=9)
    assert end.sighting_ids == ("s_1",)


def test_same_events_give_the_same_ids() -> None:
    events = [make_event(), make_event("end", 5)]

    assert run(events, STRANGERS) == run(events, STRANGERS)


def test_second_sighting_of_the_same_person_joins_the_alert() -> None:
    events = [
        make_event(sighting="s_1", person="Ada"),
        make_event(second=2, sighting="s_2", person="Ada"),
        make_event("end", 3, sighting="s_1", person="Ada"),
        make_event("end", 4, sighting="s_2", person="Ada"),
    ]

    alerts = run(events, ADA)

    assert phases(alerts) == ["ada start", "ada end"]
    assert alerts[-1].sighting_ids == ("s_1", "s_2")
    assert alerts[-1].ended_at == BEGIN + timedelta(seconds=4)


def test_same_person_at_another_camera_is_another_alert() -> None:
    events = [make_event(person="Ada"), make_event(second=1, sighting="s_2", source_id="yard", person="Ada")]

    assert [alert.source_id for alert in run(events, ADA)] == ["door", "yard"]


def test_name_that_becomes_known_late_starts_the_alert_then() -> None:
    events = [make_event(), make_event("update", 3, person="Ada"), make_event("end", 9, person="Ada")]

    start, _ = run(events, ADA)

    assert start.started_at == BEGIN + timedelta(seconds=3)


def test_stranger_who_turns_out_to_be_known_ends_the_alert() -> None:
    events = [make_event(), make_event("update", 3, person="Ada"), make_event("end", 9, person="Ada")]

    alerts = run(events, STRANGERS)

    assert phases(alerts) == ["strangers start", "strangers end"]
    assert alerts[-1].reason == "renamed"


def test_doubt_about_a_name_ends_no_alert() -> None:
    events = [make_event(person="Ada"), make_event("update", 3, status=Status.UNCERTAIN)]

    assert phases(run(events, ADA)) == ["ada start"]


@pytest.mark.parametrize(
    ("heir", "rule", "expected"),
    [
        (make_event(sighting="s_0"), STRANGERS, []),  # still there, as that sighting
        (make_event(sighting="s_0", person="Ada"), STRANGERS, [("end", "renamed", ("s_1",))]),
        (None, STRANGERS, [("end", "gone", ("s_1",))]),  # what it was part of has ended before
    ],
)
def test_sighting_that_goes_on_as_another_is_not_gone(
    heir: SightingEvent | None, rule: WatchRule, expected: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    state = watch(WatchState(), make_event(), [rule], UTC).state

    alerts = watch(state, make_event("end", 5, part_of="s_0"), [rule], UTC, heir).alerts

    assert [(alert.phase, alert.reason, alert.sighting_ids) for alert in alerts] == expected


def test_alert_that_a_sighting_has_inherited_ends_with_it() -> None:
    elder, younger = make_event(sighting="s_0"), make_event(second=1, person="Ada")
    begun = watch(WatchState(), younger, [ADA], UTC).state

    passed_on = watch(begun, make_event("end", 5, person="Ada", part_of="s_0"), [ADA], UTC, elder)
    named = watch(passed_on.state, make_event("update", 6, sighting="s_0", person="Ada"), [ADA], UTC)
    over = watch(named.state, make_event("end", 9, sighting="s_0", person="Ada"), [ADA], UTC)

    assert (passed_on.alerts, named.alerts) == ((), ())
    assert [(end.phase, end.reason, end.sighting_ids) for end in over.alerts] == [("end", "gone", ("s_1", "s_0"))]


def test_stranger_who_goes_on_as_another_sighting_counts_once() -> None:
    rule = WatchRule(name="lurker", unknown_seen=UnknownSeen(times=3, within_s=100))
    elder, younger = make_event(sighting="s_0"), make_event(second=1, sighting="s_1")
    state = watch(watch(WatchState(), elder, [rule], UTC).state, younger, [rule], UTC).state

    state = watch(state, make_event("end", 5, part_of="s_0"), [rule], UTC, elder).state

    assert watch(state, make_event(second=9, sighting="s_2"), [rule], UTC).alerts == ()


def test_cool_down_counts_from_the_end_of_the_alert() -> None:
    rule = WatchRule(name="ada", people=frozenset({"ada"}), cooldown_s=60)
    visits = [
        make_event(kind, begin + offset, sighting=f"s_{begin}", person="Ada")
        for begin in (0, 65, 200)
        for kind, offset in (("new", 0), ("end", 10))
    ]

    alerts = run(visits, rule)

    assert [(alert.phase, alert.sighting_ids[0]) for alert in alerts] == [
        ("start", "s_0"),
        ("end", "s_0"),
        ("start", "s_200"),
        ("end", "s_200"),
    ]


def test_who_is_still_there_when_the_cool_down_ends_sets_off_an_alert() -> None:
    rule = WatchRule(name="ada", people=frozenset({"ada"}), cooldown_s=60)
    events = [
        make_event(person="Ada"),
        make_event("end", 5, person="Ada"),
        make_event(second=30, sighting="s_2", person="Ada"),
        make_event("update", 70, sighting="s_2", person="Ada"),
    ]

    assert [alert.captured_at - BEGIN for alert in run(events, rule)] == [
        timedelta(seconds=second) for second in (0, 5, 70)
    ]


def test_cool_down_of_one_person_silences_no_other() -> None:
    rule = WatchRule(name="both", people=frozenset({"ada", "bob"}), cooldown_s=600)
    events = [
        make_event(person="Ada"),
        make_event("end", 1, person="Ada"),
        make_event(second=2, sighting="s_2", person="Bob"),
    ]

    assert [alert.person_name for alert in run(events, rule)] == ["Ada", "Ada", "Bob"]


def test_stranger_counts_from_the_nth_sighting_within_the_time() -> None:
    rule = WatchRule(name="lurker", unknown_seen=UnknownSeen(times=3, within_s=100))
    visits = [
        make_event(kind, begin + offset, sighting=f"s_{begin}")
        for begin in (0, 90, 150, 180)  # when the third comes, the first is too long ago
        for kind, offset in (("new", 0), ("update", 1), ("end", 2))
    ]

    alerts = run(visits, rule)

    assert [(alert.phase, alert.sighting_ids[0]) for alert in alerts] == [("start", "s_180"), ("end", "s_180")]


def test_known_people_do_not_count_as_strangers() -> None:
    rule = WatchRule(name="lurker", unknown_seen=UnknownSeen(times=2, within_s=100))
    events = [
        make_event(),
        make_event("update", 1, person="Ada"),  # no stranger after all
        make_event("end", 2, person="Ada"),
        make_event(second=3, sighting="s_2"),
    ]

    assert run(events, rule) == []


def test_hours_that_pass_do_not_end_an_alert() -> None:
    rule = WatchRule(name="early", any_unknown=True, hours=(parse_hours("08:00-09:01"),))
    events = [make_event(), make_event("update", 120), make_event("end", 180)]

    start, end = run(events, rule)

    assert (start.started_at, end.ended_at) == (BEGIN, BEGIN + timedelta(seconds=180))


def test_alert_of_a_rule_that_was_removed_still_ends() -> None:
    opened = watch(WatchState(), make_event(), [STRANGERS], UTC)

    closed = watch(opened.state, make_event("end", 5), [], UTC)

    assert phases(closed.alerts) == ["strangers end"]
    assert closed.state.open == ()


def test_alert_whose_end_was_lost_is_ended_after_long_silence() -> None:
    state = watch(WatchState(), make_event(), [STRANGERS], UTC).state
    silence = timedelta(hours=7)

    early, late = (expire(state, BEGIN + timedelta(hours=hours), silence) for hours in (6, 8))

    assert early.alerts == ()
    assert [(alert.phase, alert.reason) for alert in late.alerts] == [("end", "lost")]
    assert late.state.open == ()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_every_start_has_one_end_whatever_comes(seed: int) -> None:
    rng, second, events, open_sightings = np.random.default_rng(seed), 0.0, [], dict[int, str]()
    rules = [
        WatchRule(name="people", people=frozenset({"ada", "bob"}), cooldown_s=5),
        WatchRule(name="strangers", any_unknown=True, cameras=frozenset({"door"})),
        WatchRule(name="lurker", unknown_seen=UnknownSeen(2, 30), cooldown_s=20),
    ]
    for number in range(400):
        second += float(rng.uniform(0, 4))
        place, person = int(rng.integers(3)), [None, "Ada", "Bob"][rng.integers(3)]
        kind = ["update", "end"][rng.integers(2)] if place in open_sightings else "new"
        sighting = open_sightings.setdefault(place, f"s_{number}")
        if kind == "end":
            del open_sightings[place]
        events.append(make_event(kind, second, sighting, person=person))
    events += [make_event("end", second + 1, sighting) for sighting in open_sightings.values()]

    alerts = run(events, *rules)

    for alert_id in {alert.alert_id for alert in alerts}:
        assert [alert.phase for alert in alerts if alert.alert_id == alert_id] == ["start", "end"]
    assert len(alerts) > 20
