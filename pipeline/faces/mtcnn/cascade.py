"""The cascade: proposals over a pyramid, refined, then decided, for a batch of frames of one size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from pipeline.faces.detection import Detections
from pipeline.faces.mtcnn.boxes import Candidates, cells_to_boxes, place_landmarks, shift_boxes, square_boxes
from pipeline.faces.mtcnn.layers import Tensor
from pipeline.faces.mtcnn.networks import ProposalNet, output_net, refine_net
from pipeline.faces.mtcnn.pyramid import Level
from pipeline.faces.mtcnn.suppression import suppress
from pipeline.schemas import ImageU8, VectorF32

LEVEL_OVERLAP = 0.5
PROPOSAL_OVERLAP = 0.7
REFINED_OVERLAP = 0.7
FACE_OVERLAP = 0.7
"""The overlap from which the worse of two boxes goes: on a level, over levels, after R-Net, after O-Net (stock)."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Minimum scores of P-Net, R-Net and O-Net, 0..1."""

    proposal: float
    refined: float
    face: float


class Cascade:
    """The three networks, ready to look at frames."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._propose = ProposalNet()
        self._refine = refine_net()
        self._decide = output_net()

    def propose(self, pyramid: Iterable[tuple[Level, VectorF32]]) -> Candidates:
        """Squares that may hold a face, from P-Net on each level of a pyramid: `(B, h, w, 3)` float32 BGR, 0..255."""
        found = [self._propose_level(level, images_bgr) for level, images_bgr in pyramid]
        candidates = Candidates.joined(found)
        return _squares(candidates.take(suppress(candidates, PROPOSAL_OVERLAP, "union")))

    def confirm(self, frames_bgr: Sequence[ImageU8], candidates: Candidates) -> list[Detections]:
        """The faces among square candidates, from R-Net and O-Net; one result per frame."""
        if not len(candidates):
            return [Detections.empty() for _ in frames_bgr]
        with tf.device("CPU"):
            frames = tf.constant(np.stack(frames_bgr))
        return self._decided(frames, self._refined(frames, candidates))

    def _propose_level(self, level: Level, images_bgr: VectorF32) -> Candidates:
        proposals = self._propose(images_bgr, self._thresholds.proposal)
        boxes_xyxy = cells_to_boxes(proposals.cells[:, 1:], proposals.offsets, level.scale)
        candidates = Candidates(proposals.cells[:, 0].astype(np.intp), boxes_xyxy, proposals.scores)
        return candidates.take(suppress(candidates, LEVEL_OVERLAP, "union"))

    def _refined(self, frames: Tensor, candidates: Candidates) -> Candidates:
        verdicts = self._refine(frames, candidates)
        boxes_xyxy = shift_boxes(candidates.boxes_xyxy, verdicts.offsets)
        good = np.flatnonzero(verdicts.scores > self._thresholds.refined)
        refined = Candidates(candidates.frames, boxes_xyxy, verdicts.scores).take(good)
        return _squares(refined.take(suppress(refined, REFINED_OVERLAP, "union")))

    def _decided(self, frames: Tensor, candidates: Candidates) -> list[Detections]:
        verdicts = self._decide(frames, candidates)
        boxes_xyxy = shift_boxes(candidates.boxes_xyxy, verdicts.offsets)
        landmarks_xy = place_landmarks(verdicts.landmarks, candidates.boxes_xyxy)
        good = np.flatnonzero(verdicts.scores > self._thresholds.face)
        decided = Candidates(candidates.frames, boxes_xyxy, verdicts.scores).take(good)
        kept = good[suppress(decided, FACE_OVERLAP, "smaller")]
        frame_of = candidates.frames[kept]
        of_frames = [kept[frame_of == frame] for frame in range(frames.shape[0])]
        return [
            Detections.sorted_by_box(boxes_xyxy[faces], landmarks_xy[faces], verdicts.scores[faces])
            for faces in of_frames
        ]


def _squares(candidates: Candidates) -> Candidates:
    return Candidates(candidates.frames, square_boxes(candidates.boxes_xyxy), candidates.scores)
