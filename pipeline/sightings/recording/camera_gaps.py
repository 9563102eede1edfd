"""Minutes in which a camera was not connected, between one of its runs and the next. Pure."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from pipeline.schemas import RunKey
from pipeline.sightings.rows import CoverageRow

MOST_MINUTES = 7 * 24 * 60
"""Of a longer gap, only so much before its end is told minute by minute."""
LEAST_S = 0.25
"""A shorter gap is none: a run that follows the one before without a pause begins in the middle of a picture."""


def gap_rows(run: RunKey, gone_at: datetime, back_at: datetime) -> list[CoverageRow]:
    """The minutes between a camera's last picture and the first one of `run`, which begins at `back_at`.

    They are counted backwards from the run's beginning: the minute before it is -1. No sample was expected in them.
    """
    gap_s = (back_at - gone_at).total_seconds()
    if gap_s < LEAST_S:
        return []
    n_minutes = min(math.ceil(gap_s / 60), MOST_MINUTES)
    return [_row(run, -number, back_at, min(60.0, gap_s - 60.0 * (number - 1))) for number in range(n_minutes, 0, -1)]


def _row(run: RunKey, minute: int, back_at: datetime, down_s: float) -> CoverageRow:
    return CoverageRow(
        source_id=run.source_id,
        run_id=run.run_id,
        minute=minute,
        minute_ts=back_at + timedelta(minutes=minute),
        expected=0,
        decoded=0,
        gated=0,
        dropped=0,
        failed=0,
        camera_down_s=down_s,
    )
