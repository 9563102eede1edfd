"""Which way footage has to be turned, judged by the faces in a few of its pictures seen from all four sides.

A detector finds a face best when it stands upright. Each face votes for the side from which it is found clearly best,
and the footage is turned only when several faces vote for one side and next to none for the others: people lie down,
and look over shoulders, but not all of them in all pictures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.faces.detection import Detections, Detector
from pipeline.faces.detectors.turning import turn_back, turn_picture
from pipeline.faces.linking import iou_matrix
from pipeline.schemas import ImageU8, VectorF32

SAME_FACE_IOU = 0.3
VOTING_SCORE = 0.93
"""Confidence that a face needs to vote; of upright faces from 20 px on nearly all have it."""
CLEARLY = 0.025
"""By so much its confidence must be better than from any other side: between upright and turned by a quarter it differs
by 0.06 and more."""
ENOUGH_VOTES = 3
ENOUGH_PICTURES = 2
"""So many faces must vote for one side, in so many pictures: one head on a pillow, or one poster, turns nothing."""
CONTRADICTION = 0.2
"""The share of votes for other sides from which nothing is decided."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """What a few pictures say."""

    quarter_turns: int
    """Quarter turns counter-clockwise that make the footage upright; 0 as long as nothing else is clear."""
    is_clear: bool
    """Whether enough faces agreed."""
    leans: bool
    """Whether a face voted for another side than upright."""
    is_blank: bool
    """Whether no face voted at all."""
    n_pictures: int


def find_orientation(pictures_bgr: Iterable[ImageU8], detector: Detector) -> Orientation:
    """The orientation of footage from its pictures `(H, W, 3)` uint8 BGR; no more of them are taken than it needs."""
    votes: list[Counter[int]] = []
    for picture in pictures_bgr:
        votes.append(votes_of(picture, detector))
        if judge_votes(votes).is_clear:
            break
    return judge_votes(votes)


def judge_votes(votes: Sequence[Counter[int]]) -> Orientation:
    """The orientation that the votes of each picture's faces (side to number) come to."""
    total: Counter[int] = sum(votes, Counter())
    side, number = total.most_common(1)[0] if total else (0, 0)
    n_agreeing = sum(1 for each in votes if each[side])
    agree = total.total() - number <= CONTRADICTION * total.total()
    is_clear = agree and number >= ENOUGH_VOTES and n_agreeing >= ENOUGH_PICTURES
    return Orientation(
        quarter_turns=side if is_clear else 0,
        is_clear=is_clear,
        leans=any(total[quarter] for quarter in (1, 2, 3)),
        is_blank=not total,
        n_pictures=len(votes),
    )


def votes_of(picture_bgr: ImageU8, detector: Detector) -> Counter[int]:
    """How many faces of a picture stand upright after so many quarter turns counter-clockwise."""
    height, width = picture_bgr.shape[:2]
    sides = [
        turn_back(detector.detect([turn_picture(picture_bgr, quarter)])[0], quarter, (width, height))
        for quarter in range(4)
    ]
    votes: Counter[int] = Counter()
    for quarter, found in enumerate(sides):
        others = [side for place, side in enumerate(sides) if place != quarter]
        votes[quarter] += int(_is_clearly_best(found, others).sum())
    return +votes


def _is_clearly_best(found: Detections, others: Sequence[Detections]) -> NDArray[np.bool_]:
    """`(N,)` bool: which faces are found surely, and from no other side nearly as surely."""
    elsewhere = [_best_overlapping(found, other) for other in others]
    rivals = np.max([np.zeros(len(found), np.float32), *elsewhere], axis=0)
    is_best: NDArray[np.bool_] = (found.scores >= VOTING_SCORE) & (found.scores >= rivals + CLEARLY)
    return is_best


def _best_overlapping(found: Detections, other: Detections) -> VectorF32:
    """`(N,)` float32: for each face the best score of those in the same place; 0 without one."""
    overlaps = iou_matrix(found.boxes_xyxy, other.boxes_xyxy) >= SAME_FACE_IOU
    best: VectorF32 = np.where(overlaps, other.scores[None, :], np.float32(0)).max(axis=1, initial=0)
    return best
