"""Turn the frames of a chunk into faces: detected, judged, linked, and the best of each aligned for the encoder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.faces.alignment import Alignment
from pipeline.faces.detection import Detections, Detector
from pipeline.faces.linking import link_boxes
from pipeline.faces.quality import judge_face
from pipeline.faces.thumbs import make_thumb
from pipeline.options import EncodingOptions
from pipeline.schemas import Face, FaceChunk, Frame, FrameChunk, ImageU8, Sample, SampleState


@dataclass(frozen=True, slots=True, eq=False)
class _FoundFace:
    """A face with what is needed to choose among those of its link."""

    face: Face
    frame_place: int
    link: int


class FaceFinder:
    """Finds the faces of chunks; equal chunks give equal faces, whatever came before."""

    def __init__(self, detector: Detector, alignment: Alignment, options: EncodingOptions) -> None:
        self._detector = detector
        self._alignment = alignment
        self._options = options

    def find(self, chunk: FrameChunk) -> FaceChunk:
        """The faces of a chunk, sorted by (sample, box).

        A face that is followed through the chunk carries an aligned crop on its best `best_faces` samples only, and a
        thumbnail on its best one: one more look at the same face seconds later says little about who it is.
        """
        frames_bgr = [to_bgr(frame) for frame in chunk.frames]
        cuts = cuts_before_frames(chunk.samples)
        detections = self._detector.detect_chunk(frames_bgr, cuts) if frames_bgr else []
        found_faces = _judge_all(chunk.frames, frames_bgr, detections, cuts)
        faces = self._dress(found_faces, frames_bgr)
        return FaceChunk(chunk.run, chunk.number, chunk.samples, chunk.frame_size_wh, faces, chunk.arrived_at)

    def _dress(self, found_faces: Sequence[_FoundFace], frames_bgr: Sequence[ImageU8]) -> tuple[Face, ...]:
        """The faces, with crops and thumbnails where they are wanted."""
        ranks = _ranks_within_link(found_faces)
        return tuple(
            self._with_pictures(one.face, frames_bgr[one.frame_place], rank)
            for one, rank in zip(found_faces, ranks, strict=True)
        )

    def _with_pictures(self, face: Face, frame_bgr: ImageU8, rank: int) -> Face:
        is_useful = rank < self._options.best_faces and face.quality.overall >= self._options.min_quality
        return replace(
            face,
            crop_rgb=_aligned_rgb(frame_bgr, face, self._alignment) if is_useful else None,
            thumb_jpeg=make_thumb(frame_bgr, face.box_xyxy) if rank == 0 else None,
        )


def to_bgr(frame: Frame) -> ImageU8:
    """The frame's picture as `(H, W, 3)` uint8 BGR."""
    frame_bgr: ImageU8 = cv2.cvtColor(frame.i420, cv2.COLOR_YUV2BGR_I420)
    return frame_bgr


def cuts_before_frames(samples: Iterable[Sample]) -> list[bool]:
    """For each DECODED sample whether the picture cut since the DECODED one before it, on any sample between."""
    cuts: list[bool] = []
    is_cut = False
    for sample in samples:
        is_cut |= sample.starts_shot
        if sample.state is SampleState.DECODED:
            cuts.append(is_cut)
            is_cut = False
    return cuts


def _judge_all(
    frames: Sequence[Frame], frames_bgr: Sequence[ImageU8], detections: Sequence[Detections], cuts: Sequence[bool]
) -> list[_FoundFace]:
    links = link_boxes([found.boxes_xyxy for found in detections], cuts)
    return [
        _FoundFace(_judge(frames[place], frames_bgr[place], found, index), place, int(links[place][index]))
        for place, found in enumerate(detections)
        for index in range(len(found))
    ]


def _judge(frame: Frame, frame_bgr: ImageU8, found: Detections, index: int) -> Face:
    box_xyxy, landmarks_xy, score = found.boxes_xyxy[index], found.landmarks_xy[index], float(found.scores[index])
    quality = judge_face(frame_bgr, box_xyxy, landmarks_xy, score)
    return Face(frame.sample_index, box_xyxy.copy(), landmarks_xy.copy(), score, quality)


def _ranks_within_link(found_faces: Sequence[_FoundFace]) -> list[int]:
    """For each face its place among the faces of its link, the best first; equal ones in the order given."""
    by_link: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(found_faces):
        by_link[one.link].append(place)
    ranks = [0] * len(found_faces)
    for places in by_link.values():
        best_first = sorted(places, key=lambda place: -found_faces[place].face.quality.overall)
        for rank, place in enumerate(best_first):
            ranks[place] = rank
    return ranks


def _aligned_rgb(frame_bgr: ImageU8, face: Face, alignment: Alignment) -> ImageU8 | None:
    crop_bgr = alignment.cut(frame_bgr, face.box_xyxy, face.landmarks_xy)
    return None if crop_bgr is None else np.ascontiguousarray(crop_bgr[..., ::-1])
