import pytest

from pipeline.video.files.ending import format_clock


@pytest.mark.parametrize(
    ("seconds", "clock"),
    [(0, "0:00.0"), (12.34, "0:12.3"), (59.96, "1:00.0"), (65, "1:05.0"), (600, "10:00.0"), (3605.5, "1:00:05.5")],
)
def test_clock_reads_as_people_write_it(seconds: float, clock: str) -> None:
    assert format_clock(seconds) == clock
