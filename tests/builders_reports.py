"""Builders of report pages for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pipeline.reports.html.values import ReportInput, ReportSource
from pipeline.sightings.rows import Clock
from tests.builders import RUN, START

MADE_AT = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def make_source(**changes: Any) -> ReportSource:
    """A whole minute of footage."""
    values: dict[str, Any] = {
        "source_id": RUN.source_id,
        "label": "party.mp4",
        "duration_s": 60.0,
        "start_ts": START,
        "clock": Clock.ARGUMENT,
        "state": "done",
        "problem": None,
        "encoder": "dlib-resnet",
        "gallery_version": 1,
        "threshold": 0.935,
        "threshold_origin": "calibration",
    }
    return ReportSource(**{**values, **changes})


def make_report(**changes: Any) -> ReportInput:
    """A report of one source in which nobody was seen."""
    values: dict[str, Any] = {
        "title": "party.mp4",
        "made_at": MADE_AT,
        "zone": UTC,
        "sources": (make_source(),),
        "sightings": (),
        "coverage": (),
        "people": {},
        "thumbs": {},
    }
    return ReportInput(**{**values, **changes})
