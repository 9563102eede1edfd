"""The `mtcnn` package with its pyramid mended: the reference that the rewritten cascade is compared with."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from mtcnn import MTCNN
from mtcnn.stages import StageONet, StagePNet, StageRNet
from mtcnn.utils.bboxes import generate_bounding_box, resize_to_square, smart_nms_from_bboxes, upscale_bboxes
from mtcnn.utils.images import scale_images

from pipeline.faces.detection import Detections
from pipeline.schemas import ImageU8


class MendedPNet(StagePNet):
    """Stock P-Net, except that its pyramid ends before a level gets smaller than the network's view."""

    def __call__(self, images_normalized: Any, images_oshapes: Any, **kwargs: Any) -> Any:
        scales = mended_scales(images_oshapes[0][:2], kwargs["min_face_size"])
        found = [np.empty((0, 6))]
        for scale in scales:
            offsets, classes = self.model(scale_images(images_normalized, scale))
            boxes = upscale_bboxes(
                generate_bounding_box(offsets, classes, kwargs["threshold_pnet"]), np.asarray([scale])
            )
            found.append(smart_nms_from_bboxes(boxes, threshold=0.5, method="union", initial_sort=False))
        return resize_to_square(smart_nms_from_bboxes(np.concatenate(found), threshold=0.7, initial_sort=True))


def mended_scales(size_hw: Any, min_face_size: float) -> list[float]:
    """As `build_scale_pyramid`, with the number of levels that `min_face_size` asks for."""
    scales, scale = [], 12 / min_face_size
    while min(size_hw) * scale >= 12:
        scales.append(scale)
        scale *= 0.709
    return scales


class MendedStock:
    """Looks at one picture at a time, as the tutorials do."""

    def __init__(self, thresholds: tuple[float, float, float]) -> None:
        names = ("threshold_pnet", "threshold_rnet", "threshold_onet")
        self._thresholds = dict(zip(names, thresholds, strict=True))
        self._mtcnn = MTCNN(stages=[MendedPNet(), StageRNet(), StageONet()])

    def find(self, image_bgr: ImageU8, min_face_size: float) -> Detections:
        """The faces of a `(H, W, 3)` uint8 BGR picture."""
        rows = self._mtcnn.detect_faces(
            cv2.cvtColor(image_bgr, cv2.COLOR_BGR2RGB),
            min_face_size=min_face_size,
            fit_to_image=False,
            box_format="xyxy",
            output_type="numpy",
            **self._thresholds,
        )
        rows = np.asarray(rows, np.float32).reshape(-1, 16)
        landmarks_xy = np.stack([rows[:, 6:11], rows[:, 11:16]], axis=2)
        return Detections.sorted_by_box(rows[:, 1:5], landmarks_xy, rows[:, 5])
