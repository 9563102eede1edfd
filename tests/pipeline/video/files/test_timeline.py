from fractions import Fraction

import pytest

from pipeline.video.files.timeline import MediaTimeline

FRAME_S = Fraction(1, 25)


@pytest.mark.parametrize(
    ("stamps", "times"),
    [
        ([], []),
        ([10, 11, 12], [0, 1, 2]),
        ([None, None], [0, FRAME_S]),
        ([3, 3, 4], [0, 0, 1]),
        ([3, 4, Fraction(7, 2), 5], [0, 1, 1, 2]),
        ([0, 3600], [0, 3600]),
        ([0, 1, 9000, 9001], [0, 1, 1 + FRAME_S, 2 + FRAME_S]),
        ([9000, 9001, 0, 1], [0, 1, 1 + FRAME_S, 2 + FRAME_S]),
    ],
    ids=["none", "plain", "missing", "doubled", "disorder", "pause", "jump on", "jump back"],
)
def test_media_time_begins_at_zero_and_never_runs_back(stamps: list, times: list) -> None:
    timeline = MediaTimeline(FRAME_S)

    assert [timeline.place(None if stamp is None else Fraction(stamp)) for stamp in stamps] == times


def test_jumps_are_counted() -> None:
    timeline = MediaTimeline(FRAME_S)

    for stamp in (0, 1, 9000, 9001, 5):
        timeline.place(Fraction(stamp))

    assert timeline.n_jumps == 2
