"""Which unknown people may be one, and whom of the gallery they resemble: proposals for people to decide on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.identity.matchers.matching import Gallery, match_templates
from pipeline.schemas import Match, VectorF32

BLOCK = 512
"""Templates compared with all others at once."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another unknown person, and how alike the two are."""

    place: int
    """Among the templates that were compared."""
    score: float
    """Cosine similarity."""


def alike_templates(
    templates: VectorF32, asked: Sequence[int], least: float, most: int = 3
) -> dict[int, list[Likeness]]:
    """For each place `asked` about the other templates `(N, D)`, float32 of unit length, that are at least so alike.

    The best first, at most `most`; places without any are left out.
    """
    found: dict[int, list[Likeness]] = {}
    for start in range(0, len(asked), BLOCK):
        places = np.array(asked[start : start + BLOCK], np.intp)
        scores = templates[places] @ templates.T
        scores[np.arange(len(places)), places] = -np.inf
        best = np.argsort(-scores, axis=1, kind="stable")[:, :most]
        for row, place in enumerate(places.tolist()):
            alike = [Likeness(int(other), float(scores[row, other])) for other in best[row]]
            kept = [each for each in alike if each.score >= least]
            if kept:
                found[place] = kept
    return found


def nearest_people(templates: VectorF32, gallery: Gallery) -> list[Match | None]:
    """Whom each template `(N, D)` resembles most, however little; None where nobody is enrolled."""
    return match_templates(templates, gallery) if len(templates) else []
