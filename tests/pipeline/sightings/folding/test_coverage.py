"""What became of a run's samples, minute by minute."""

from __future__ import annotations

from pipeline.schemas import LeftOut, SampleState
from pipeline.sightings.folding.coverage import CoverageCount, count_samples
from tests.builders import make_sample


def test_no_samples_touch_no_minute() -> None:
    assert count_samples(None, []) == ()


def test_every_sample_is_counted_once_by_what_became_of_it() -> None:
    samples = [make_sample(index, state=state) for index, state in enumerate(SampleState)]

    assert count_samples(None, samples) == (CoverageCount(0, expected=4, decoded=1, gated=1, dropped=1, failed=1),)


def test_what_was_left_out_is_counted_by_reason() -> None:
    samples = [
        make_sample(0).left_out(LeftOut.LATE),
        make_sample(1).left_out(LeftOut.DAMAGED),
        make_sample(2).left_out(LeftOut.LATE),
        make_sample(3),
    ]

    (count,) = count_samples(CoverageCount(0, reasons={LeftOut.LATE: 5}), samples)

    assert (count.decoded, count.dropped, count.failed) == (1, 2, 1)
    assert list(count.reasons.items()) == [(LeftOut.DAMAGED, 1), (LeftOut.LATE, 7)]


def test_counts_of_a_minute_go_on_from_chunk_to_chunk() -> None:
    before = CoverageCount(0, expected=4, decoded=4)

    assert count_samples(before, [make_sample(4)]) == (CoverageCount(0, expected=5, decoded=5),)


def test_new_minute_starts_anew_and_leaves_the_old_one_as_it_was() -> None:
    before = CoverageCount(0, expected=299, decoded=299)

    counts = count_samples(before, [make_sample(299), make_sample(300)])

    assert counts == (CoverageCount(0, expected=300, decoded=300), CoverageCount(1, expected=1, decoded=1))


def test_minute_not_touched_is_not_repeated() -> None:
    assert [count.minute for count in count_samples(CoverageCount(0, expected=300), [make_sample(300)])] == [1]
