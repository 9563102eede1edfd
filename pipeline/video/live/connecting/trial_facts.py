"""What a camera on trial sent, in figures: the same in a terminal, on a page and over the API."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFacts:
    """A few seconds of a camera."""

    width: int
    height: int
    """Pixels of its pictures as they come."""
    codec: str
    declared_fps: float | None
    measured_fps: float | None
    """Pictures a second as they came; None when it was over too soon to tell."""
    n_pictures: int
    n_damaged: int
    first_picture_s: float
    """From the attempt to connect to the first picture, in seconds."""
    late_median_s: float
    """How much later than the quickest one a picture comes, in seconds: the jitter of the network and the camera. What
    all pictures take alike cannot be seen from here."""
    late_p95_s: float
    late_max_s: float
    problem: str | None
    """Why it ended before its time; None when it did not."""
