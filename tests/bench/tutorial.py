"""The tutorials' way: stock `mtcnn` with its defaults, one encoder call a face, frame after frame."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from mtcnn import MTCNN

from pipeline.encoders.registry import Encoder, load_encoder
from pipeline.schemas import ImageU8, VectorF32
from tests.bench.footage import Footage, read_samples

STRIDE = 5
"""Every fifth sample of the first minute is looked at: 60 of them, over all that the clip shows."""
N_SAMPLES = 60
POINTS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")


def tutorial_cpu_s_per_sample(footage: Footage, encoder_name: str, weights: Path) -> float:
    """CPU seconds a sample without decoding, which costs both ways the same; measured on `N_SAMPLES` of them."""
    detector, encoder = MTCNN(), load_encoder(encoder_name, weights)
    gallery = np.eye(36, encoder.dimensions, dtype=np.float32)
    samples = list(islice(read_samples(footage.video), 0, STRIDE * N_SAMPLES, STRIDE))
    _recognise(samples[0], detector, encoder, gallery)
    begin = time.process_time()
    for i420 in samples:
        _recognise(i420, detector, encoder, gallery)
    return (time.process_time() - begin) / len(samples)


def _recognise(i420: ImageU8, detector: Any, encoder: Encoder, gallery: VectorF32) -> list[int]:
    frame_rgb = cv2.cvtColor(i420, cv2.COLOR_YUV2RGB_I420)
    return [_name(face, encoder, gallery) for face in _faces(frame_rgb, detector, encoder)]


def _faces(frame_rgb: Any, detector: Any, encoder: Encoder) -> Iterator[ImageU8]:
    for found in detector.detect_faces(frame_rgb):
        left, top, width, height = found["box"]
        box_xyxy = np.array([left, top, left + width, top + height], np.float32)
        landmarks = np.array([found["keypoints"][point] for point in POINTS], np.float32)
        crop = encoder.alignment.cut(frame_rgb, box_xyxy, landmarks)
        if crop is not None:
            yield crop


def _name(face_rgb: ImageU8, encoder: Encoder, gallery: VectorF32) -> int:
    return int(np.argmax(gallery @ encoder.embed(face_rgb[None])[0]))
