import pytest

from pipeline.options import SamplingOptions
from pipeline.video.files.seeking import find_restart, is_warm
from tests.pipeline.video.clips import MakeClip


@pytest.mark.parametrize(
    ("cells", "warm"),
    [
        ([], False),
        ([4] * 20, False),
        ([4] * 7 + [5], False),
        ([4] * 8 + [5], True),
        ([4] * 6 + [5] * 5, False),
    ],
    ids=["nothing", "one cell", "short history", "enough", "history within the sample"],
)
def test_warm_means_a_certain_last_sample_with_a_history(cells: list[int], warm: bool) -> None:
    assert is_warm(cells) is warm


def test_indexed_video_is_entered_in_its_middle(make_clip: MakeClip) -> None:
    path = make_clip("long_plain.mp4", 700)

    assert find_restart(path, SamplingOptions(), 130) == 16


@pytest.mark.slow
def test_broadcast_stream_is_read_from_its_beginning(make_clip: MakeClip) -> None:
    assert find_restart(make_clip("long_plain.ts", 700), SamplingOptions(), 130) is None


def test_numbers_of_frames_are_known_from_the_beginning_only(make_clip: MakeClip) -> None:
    assert find_restart(make_clip("long_plain.mp4", 700), SamplingOptions(fps=None), 600) is None
