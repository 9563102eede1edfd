"""A threshold given as a distance, the way the tutorials on FaceNet give it, for one question.

Of unit vectors the L2 distance d and the cosine c say the same: c = 1 - d²/2.
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import Annotated

import typer

from dashboards.cli.session import Session

LARGEST = 2.0
"""Between vectors that point in opposite directions."""

DistanceFlag = Annotated[
    float | None,
    typer.Option(
        "--distance",
        min=0.0,
        max=LARGEST,
        help="The same person up to this L2 distance, for this question alone (the tutorials on FaceNet take 0.7).",
        metavar="D",
    ),
]


def with_distance(session: Session, distance: float | None) -> Session:
    """The session whose threshold is this distance; as it was when there is none."""
    if distance is None:
        return session
    identity = replace(session.settings.identity, threshold=cosine_of(distance))
    return replace(session, settings=session.settings.model_copy(update={"identity": identity}))


def cosine_of(distance: float) -> float:
    """The cosine similarity, -1..1, of unit vectors at this L2 distance, 0..2."""
    return 1 - distance**2 / 2


def distance_of(cosine: float) -> float:
    """The L2 distance, 0..2, of unit vectors with this cosine similarity."""
    return sqrt(max(0.0, 2 - 2 * cosine))
