"""Builders and fakes for finding and encoding faces: drawn frames, a scripted detector, an encoder of colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from pipeline.faces.alignment import ALIGNMENTS, Alignment
from pipeline.faces.detection import Detections
from pipeline.schemas import Frame, ImageU8, VectorF32

FACE_POINTS = np.array([[0.3, 0.38], [0.7, 0.38], [0.5, 0.58], [0.34, 0.78], [0.66, 0.78]], np.float32)
"""Where the landmarks of a frontal face lie in its box, as parts of its sides."""


def make_landmarks(box_xyxy: VectorF32) -> VectorF32:
    """`(5, 2)` float32 pixels of a frontal face in the box."""
    return (box_xyxy[:2] + FACE_POINTS * (box_xyxy[2:] - box_xyxy[:2])).astype(np.float32)


def make_detections(*boxes_xyxy: Sequence[float], score: float = 0.99) -> Detections:
    """Frontal faces in these boxes."""
    boxes = np.array(boxes_xyxy, np.float32).reshape(-1, 4)
    landmarks = np.array([make_landmarks(box) for box in boxes], np.float32).reshape(-1, 5, 2)
    return Detections(boxes, landmarks, np.full(len(boxes), score, np.float32))


def make_texture(size_wh: tuple[int, int] = (320, 240), seed: int = 0, cell_px: int = 4) -> ImageU8:
    """`(H, W, 3)` uint8 BGR: random light in cells, sharp and full of contrast."""
    width, height = size_wh
    coarse = np.random.default_rng(seed).integers(40, 216, (height // cell_px, width // cell_px), np.uint8)
    return np.asarray(cv2.cvtColor(cv2.resize(coarse, size_wh, interpolation=cv2.INTER_NEAREST), cv2.COLOR_GRAY2BGR))


def make_frame(sample_index: int = 0, image_bgr: ImageU8 | None = None) -> Frame:
    image = make_texture() if image_bgr is None else image_bgr
    return Frame(sample_index, np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420)))


@dataclass(slots=True)
class ScriptedDetector:
    """Sees what it is told: in a chunk one script entry a frame, in pictures one entry a call."""

    script: Sequence[Detections]
    cuts_seen: list[bool] = field(default_factory=list)

    def detect(self, images_bgr: Sequence[ImageU8]) -> list[Detections]:
        first, *self.script = self.script
        return [first for _ in images_bgr]

    def detect_chunk(self, frames_bgr: Sequence[ImageU8], starts_shot: Sequence[bool]) -> list[Detections]:
        self.cuts_seen = list(starts_shot)
        return list(self.script[: len(frames_bgr)])


@dataclass(frozen=True, slots=True)
class ColourEncoder:
    """Embeds a crop as its mean colour, a vector of three: red, green, blue."""

    name: str = "sface"
    dimensions: int = 3
    alignment: Alignment = ALIGNMENTS["arcface-112"]

    def embed(self, crops_rgb: ImageU8) -> VectorF32:
        colours = crops_rgb.reshape(len(crops_rgb), -1, 3).mean(axis=1).astype(np.float32) + np.float32(1e-3)
        vectors: VectorF32 = colours / np.linalg.norm(colours, axis=1, keepdims=True)
        return vectors
