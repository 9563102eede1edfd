"""From media time to the time on the wall, exactly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.sightings.wall_clock import wall_time
from tests.builders import START


@pytest.mark.parametrize(
    ("media_s", "microseconds"), [(0.0, 0), (1 / 3, 333333), (0.2, 200000), (35999.999999, 35999999999)]
)
def test_wall_time_is_exact_to_the_microsecond(media_s: float, microseconds: int) -> None:
    assert wall_time(START, media_s) == START + timedelta(microseconds=microseconds)
