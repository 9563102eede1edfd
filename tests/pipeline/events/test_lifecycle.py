"""A sighting begins once, changes as more is known, and ends once, whatever comes and goes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.errors import StoreDamaged
from pipeline.events.events import EventKind
from pipeline.events.lifecycle import LifeState, decode_life, encode_life, lives_given_up
from pipeline.sightings.rows import Status
from tests.builders import START, make_gallery, make_vector
from tests.builders_events import EMITTED, TIMEOUT_S, Watch, make_look, make_naming, said, sighting, unbalanced


def test_nobody_in_view_is_not_told() -> None:
    watch = Watch()

    assert watch.at(0.2) == []
    assert watch.end() == []


def test_sighting_begins_with_a_name_once_it_is_known() -> None:
    watch = Watch()

    assert watch.at(0.2, make_look(n_useful=1)) == []
    (event,) = watch.at(0.4, make_look(n_useful=2, thumb_jpeg=b"face"))

    assert (event.kind, event.sighting_id, event.person_name) == (EventKind.NEW, sighting(1), "Ada")
    assert (event.thumb_jpeg, event.captured_at, event.emitted_at) == (b"face", START + timedelta(seconds=0.4), EMITTED)


def test_stranger_is_told_without_any_name() -> None:
    watch = Watch()

    (event,) = watch.at(0.4, make_look(template=make_vector(7)))

    assert (event.status, event.person_id, event.person_name, event.candidate_name) == (
        Status.UNKNOWN,
        None,
        None,
        None,
    )


def test_uncertain_face_has_a_candidate_and_no_name() -> None:
    watch = Watch()

    (event,) = watch.at(0.4, make_look(template=make_vector(0, cosine=0.85)))

    assert (event.status, event.person_name, event.candidate_name) == (Status.UNCERTAIN, None, "Ada")


def test_face_that_is_never_seen_well_is_not_told() -> None:
    watch = Watch()

    watch.at(0.2, make_look(n_useful=0))
    watch.at(20.0, make_look(n_useful=1, end_s=19.8, template=make_vector(7)))
    watch.end()

    assert watch.events == []


def test_name_that_becomes_known_late_is_an_update_at_once() -> None:
    watch = Watch()

    watch.at(0.4, make_look(n_useful=2, template=make_vector(0, cosine=0.7)))
    told = watch.at(0.6, make_look(n_useful=3, end_s=0.6, template=make_vector(0, cosine=0.95)))

    assert said(told) == [("update", sighting(1), "Ada")]


def test_sighting_ends_after_the_absence_where_its_face_was_last_seen() -> None:
    watch = Watch()
    watch.at(0.4, make_look())
    watch.at(2.6, make_look(is_open=False))

    assert watch.at(0.4 + TIMEOUT_S) == []
    (event,) = watch.at(0.6 + TIMEOUT_S)

    assert (event.kind, event.ended_at) == (EventKind.END, START + timedelta(seconds=0.4))


def test_person_who_comes_back_within_the_absence_stays_one_sighting() -> None:
    watch = Watch()
    watch.at(0.4, make_look(1))
    watch.at(2.6, make_look(1, is_open=False))

    watch.at(8.4, make_look(2, start_s=8.0, end_s=8.4))
    (event,) = watch.end()

    assert [event.kind for event in watch.events] == [EventKind.NEW, EventKind.END]
    assert (event.sighting_id, len(event.track_ids), event.ended_at) == (sighting(1), 2, START + timedelta(seconds=8.4))


def test_person_who_comes_back_later_is_a_new_sighting() -> None:
    watch = Watch()
    watch.at(0.4, make_look(1))
    watch.at(2.6, make_look(1, is_open=False))

    watch.at(11.0, make_look(2, start_s=11.0, end_s=11.0))
    watch.end()

    assert said(watch.events) == [
        ("new", sighting(1), "Ada"),
        ("end", sighting(1), "Ada"),
        ("new", sighting(2), "Ada"),
        ("end", sighting(2), "Ada"),
    ]


def test_track_cut_for_its_length_goes_on_as_the_same_sighting() -> None:
    watch = Watch()
    watch.at(0.4, make_look(1))

    watch.at(300.2, make_look(1, end_s=300.0, is_open=False), make_look(2, start_s=300.0, end_s=300.2))
    (event,) = watch.end()

    assert unbalanced(watch.events) == []
    assert (event.sighting_id, event.ended_at) == (sighting(1), START + timedelta(seconds=300.2))


def test_face_recognised_late_joins_the_living_sighting_of_its_person() -> None:
    watch = Watch()
    watch.at(0.4, make_look(1))
    watch.at(2.6, make_look(1, is_open=False))
    watch.at(5.0, make_look(2, start_s=4.6, end_s=5.0, template=make_vector(7)))

    told = watch.at(5.2, make_look(2, start_s=4.6, end_s=5.2, n_useful=4))

    assert said(told) == [("end", sighting(2), None)]
    assert told[0].part_of == sighting(1)
    assert [event.sighting_id for event in watch.end()] == [sighting(1)]


def test_face_recognised_after_its_persons_sighting_ended_lives_on_as_a_part() -> None:
    watch = Watch()
    watch.at(0.4, make_look(1))
    watch.at(2.6, make_look(1, is_open=False))
    watch.at(5.0, make_look(2, start_s=4.6, end_s=5.0, template=make_vector(7)))
    watch.at(11.0, make_look(2, start_s=4.6, end_s=11.0, template=make_vector(7)))

    (told,) = watch.at(12.2, make_look(2, start_s=4.6, end_s=12.2, n_useful=4))

    assert (told.kind, told.sighting_id, told.part_of) == (EventKind.UPDATE, sighting(2), sighting(1))
    watch.end()
    assert unbalanced(watch.events) == []


def test_of_two_open_tracks_of_one_person_the_better_has_the_name() -> None:
    watch = Watch()

    told = watch.at(0.4, make_look(1, template=make_vector(0, cosine=0.95)), make_look(2))

    assert said(told) == [("new", sighting(1), None), ("new", sighting(2), "Ada")]


def test_updates_of_a_sighting_are_a_second_apart_and_the_last_is_not_lost() -> None:
    watch = Watch()
    pictures = [make_look(end_s=n / 5, best_quality=0.1 + n / 10, thumb_jpeg=b"%d" % n) for n in range(8)]

    for n, look in enumerate(pictures):
        watch.at(n / 5, look)

    assert [(event.kind.value, event.media_s, event.thumb_jpeg) for event in watch.events] == [
        ("new", 0.0, b"0"),
        ("update", 1.0, b"5"),
    ]
    assert [event.thumb_jpeg for event in watch.at(2.0, pictures[-1])] == [b"7"]


def test_name_at_the_threshold_does_not_flicker() -> None:
    watch = Watch()
    for step in range(10):
        looks = make_vector(0, cosine=0.91 if step % 2 == 0 else 0.89)
        watch.at(step / 5, make_look(n_useful=2 + step, end_s=step / 5, template=looks))

    assert said(watch.events) == [("new", sighting(1), "Ada")]


def test_person_enrolled_meanwhile_is_named_without_a_new_face() -> None:
    watch = Watch(make_naming(make_gallery("Ada")))
    watch.at(0.4, make_look(template=make_vector(1)))

    watch.naming = make_naming(make_gallery("Ada", "Grace", version=2))

    assert said(watch.at(0.6, make_look(template=make_vector(1)))) == [("update", sighting(1), "Grace")]


def test_two_steps_never_tell_under_one_id() -> None:
    watch = Watch()
    watch.at(0.4, make_look(template=make_vector(0, cosine=0.7)))
    watch.at(0.6, make_look(n_useful=4))
    watch.end()

    assert len({event.event_id for event in watch.events}) == len(watch.events) == 3


def test_sightings_of_a_run_given_up_end_where_they_were_last_seen() -> None:
    watch = Watch()
    watch.at(3.0, make_look(end_s=2.8))

    (event,) = lives_given_up(watch.state, EMITTED)

    assert (event.kind, event.ended_at) == (EventKind.END, START + timedelta(seconds=2.8))
    assert event.event_id not in {event.event_id for event in watch.events}


def test_what_cannot_matter_any_more_is_forgotten() -> None:
    watch = Watch()
    watch.at(0.4, make_look())
    watch.at(2.6, make_look(is_open=False))

    watch.at(0.6 + TIMEOUT_S)
    watch.at(0.8 + TIMEOUT_S)

    assert (watch.state.tracks, watch.state.lives) == ((), ())


@pytest.mark.parametrize("data", [b"", b"nothing of ours", encode_life(LifeState(version=99))])
def test_state_of_another_layout_is_refused(data: bytes) -> None:
    with pytest.raises(StoreDamaged):
        decode_life(data)
