"""Sightings compared with the truth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.reports.evaluation import Evaluation, evaluate
from pipeline.reports.truth import Level, TruthRow
from pipeline.sightings.rows import SightingRow, Status
from tests.builders import make_sighting, make_track_row

TRUTH = [
    TruthRow("Ada", 10, 20, Level.CLEAR),
    TruthRow("Ada", 30, 40, Level.HARD),
    TruthRow("Eve", 10, 20, Level.CLEAR),
]


def judge(
    *spans: tuple[float, float],
    person: str | None = "Ada",
    status: Status = Status.KNOWN,
    truth: list[TruthRow] = TRUTH,
) -> Evaluation:
    """One sighting with a track for each span, against the truth, with Ada and Bob enrolled."""
    tracks = [make_track_row(f"t_{n}", start_s=start, end_s=end) for n, (start, end) in enumerate(spans)]
    sightings: list[SightingRow] = []
    if tracks:
        ids = tuple(track.track_id for track in tracks)
        sightings = [replace(make_sighting(person=person, status=status), track_ids=ids)]
    return evaluate(truth, sightings, tracks, {"Ada", "Bob"})


def test_nothing_true_and_nothing_seen_is_perfect() -> None:
    result = judge(truth=[])

    assert (result.recall, result.wrong_s, result.extra, result.is_perfect) == (None, 0, (), True)


def test_clear_row_unseen_is_missed() -> None:
    result = judge()

    assert (result.recall, result.is_perfect) == (0.0, False)


def test_clear_rows_of_people_not_enrolled_are_not_asked_for() -> None:
    assert [found.row.person for found in judge().clear] == ["Ada"]


@pytest.mark.parametrize(
    ("span", "is_found"),
    [((12, 15), True), ((5, 11), True), ((15, 15), True), ((20, 25), True), ((20.1, 25), False), ((30, 35), False)],
)
def test_clear_row_is_found_by_a_track_inside_it(span: tuple[float, float], is_found: bool) -> None:
    assert judge(span).clear[0].is_found is is_found


@pytest.mark.parametrize("status", [Status.UNCERTAIN, Status.UNKNOWN])
def test_only_names_find_a_row(status: Status) -> None:
    assert judge((12, 15), status=status).n_found == 0


@pytest.mark.parametrize(
    ("spans", "wrong_s", "n_wrong"),
    [
        ([(10, 20)], 0, 0),
        ([(9.5, 20.5)], 0, 0),  # the truth is no more exact
        ([(9, 20)], 0.5, 1),
        ([(18, 32)], 9, 1),
        ([(12, 15), (32, 35)], 0, 0),  # the gap inside a sighting is nobody's
        ([(12, 15), (24, 26)], 2, 1),
        ([(25, 25)], 0, 1),  # a single sample is a wrong name as well
    ],
)
def test_wrong_names_are_counted_by_the_tracks_own_intervals(
    spans: list[tuple[float, float]], wrong_s: float, n_wrong: int
) -> None:
    result = judge(*spans)

    assert result.wrong_s == pytest.approx(wrong_s)
    assert len(result.wrong) == n_wrong


def test_name_that_the_truth_does_not_hold_is_wrong_throughout() -> None:
    result = judge((12, 15), person="Bob")

    assert (result.wrong_s, result.wrong[0].person_name) == (3, "Bob")


def test_touching_rows_of_one_person_are_one_presence() -> None:
    truth = [TruthRow("Ada", 10, 20, Level.CLEAR), TruthRow("Ada", 20, 30, Level.HARD)]

    assert judge((12, 28), truth=truth).wrong_s == 0


@pytest.mark.parametrize(
    ("span", "status", "person", "n_extra"),
    [
        ((12, 15), Status.KNOWN, "Ada", 0),
        ((12, 15), Status.KNOWN, "Bob", 1),
        ((24, 26), Status.KNOWN, "Ada", 1),
        ((12, 15), Status.UNKNOWN, None, 0),
        ((24, 26), Status.UNKNOWN, None, 1),
        ((24, 26), Status.UNCERTAIN, None, 1),
    ],
)
def test_sightings_of_nobody_are_extra(
    span: tuple[float, float], status: Status, person: str | None, n_extra: int
) -> None:
    assert len(judge(span, status=status, person=person).extra) == n_extra
