"""A threshold given as a distance, the way the tutorials on FaceNet give it, for one question.

Of unit vectors the L2 distance d and the cosine c say the same: c = 1 - d²/2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from dashboards.cli.session import Session
from pipeline.identity.verdicts import cosine_of

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
