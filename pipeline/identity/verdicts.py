"""What an answer about a face says, as values that pages, commands and programs show; light to import.

The words below the fields are those that the API's description shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from pipeline.sightings.rows import Status

DESCRIBED = {"use_attribute_docstrings": True}
"""Lets the words below a field be its description, where the API tells of it."""


class Method(StrEnum):
    """What decides whether two faces are one person's."""

    COSINE = "cosine"
    SIAMESE = "siamese"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """Who a face is, with what it rests on."""

    __pydantic_config__ = DESCRIBED

    status: Status
    person_id: str | None
    """Only of somebody known."""
    person_name: str | None
    candidate_id: str | None
    """The most similar person, whatever the status."""
    candidate_name: str | None
    score: float | None
    """Cosine similarity, -1..1; None with nobody enrolled."""
    l2_distance: float | None
    """The score as a Euclidean distance of unit vectors, 0..2: lower is more alike."""
    margin: float | None
    """Lead over the second person; None with fewer than two enrolled."""
    second_person_id: str | None
    threshold: float
    """From which score on somebody may be known."""
    l2_threshold: float
    """The same as a distance."""
    uncertain_threshold: float
    """From which score on somebody is uncertain."""
    least_margin: float
    """The least lead over the second person for a name."""
    threshold_source: str
    """Where the threshold comes from: a calibration, or what ships."""
    encoder: str
    gallery_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether two faces are one person's, with what it rests on."""

    __pydantic_config__ = DESCRIBED

    is_same: bool
    verdict: str
    """same, uncertain or different."""
    score: float
    """Cosine similarity, -1..1."""
    threshold: float
    threshold_source: str
    l2_distance: float
    """The same as a Euclidean distance of unit vectors, 0..2: lower is more alike."""
    l2_threshold: float
    encoder: str
    method: Method = Method.COSINE
    """What the verdict and the source of the threshold belong to."""
    probability: float | None = None
    """By the Siamese verifier, 0..1; None by the cosine."""
    probability_threshold: float | None = None


def cosine_of(distance: float) -> float:
    """The cosine similarity, -1..1, of unit vectors at this L2 distance, 0..2: c = 1 - d²/2."""
    return 1 - distance**2 / 2


def distance_of(cosine: float) -> float:
    """The L2 distance, 0..2, of unit vectors with this cosine similarity."""
    return sqrt(max(0.0, 2 - 2 * cosine))
