"""What an HTML report is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from pipeline.sightings.rows import Clock, CoverageRow, SightingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSource:
    """One source, and the run whose sightings are shown."""

    source_id: str
    label: str
    duration_s: float | None
    """Length of the footage in seconds; None when nobody knows."""
    start_ts: datetime | None
    clock: Clock | None
    state: str
    """The run's state, such as done or partial."""
    problem: str | None
    """What is missing from the result, in words for the user."""
    encoder: str
    gallery_version: int
    threshold: float | None
    """Cosine similarity from which a track could be known; None without a gallery."""
    threshold_origin: str
    """Who says so: the encoder's calibration, or the settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """Everything that a report shows; nothing is looked up while it is made."""

    title: str
    made_at: datetime
    zone: tzinfo
    sources: tuple[ReportSource, ...]
    sightings: tuple[SightingRow, ...]
    coverage: tuple[CoverageRow, ...]
    people: Mapping[str, str]
    """Names of the people enrolled, by person id."""
    thumbs: Mapping[str, bytes]
    """JPEGs by `thumb_ref`; a sighting without one is shown without a picture."""
