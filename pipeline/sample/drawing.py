"""Frames of the sample: layers of photographs laid over each other by OpenCV's image functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ImageUnreadable
from pipeline.sample.pictures import Picture
from pipeline.sample.scene import FRAME_SIZE_WH, Layer, Place, Shot, frame_times
from pipeline.schemas import ImageU8

BORDER = 0.02
"""The white border of a print, as a part of its height."""
SHADOW = 0.05
"""How far a print's shadow reaches, as a part of its height."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A layer ready to be laid down, at about the size it will have."""

    image_bgr: NDArray[np.float32]
    """`(H, W, 3)` float32, 0..255, with room for the shadow around it."""
    cover: NDArray[np.float32]
    """`(H, W, 1)` float32, 0 clear to 1 opaque; the shadow is dark and partly clear."""
    content_height: float
    """Height of the photograph itself, in pixels of this sheet."""


def draw_frames(shots: tuple[Shot, ...], files: Mapping[Picture, Path]) -> Iterator[ImageU8]:
    """Every frame of the scene: `(720, 1280, 3)` uint8 BGR. Equal files give equal frames."""
    sheets: dict[Layer, Sheet] = {}
    for at_s, shot in frame_times(shots):
        width, height = FRAME_SIZE_WH
        frame = np.zeros((height, width, 3), np.float32)
        for layer in shot.layers:
            if layer not in sheets:
                sheets[layer] = prepare_sheet(layer, read_picture(files[layer.picture]))
            frame = lay_down(frame, sheets[layer], layer.place_at(at_s))
        yield np.rint(frame).astype(np.uint8)


def read_picture(path: Path) -> ImageU8:
    """A picture as `(H, W, 3)` uint8 BGR; raises `ImageUnreadable`."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise ImageUnreadable(f"{path} is not a picture that OpenCV reads")
    return np.asarray(image, np.uint8)


def prepare_sheet(layer: Layer, picture_bgr: ImageU8) -> Sheet:
    """Crop, scale to the largest height the layer will have, blur, and put a border and a shadow around a print."""
    left, top, right, bottom = layer.crop_xyxy
    part = picture_bgr[top:bottom, left:right]
    height = round(max(place.height for place in layer.places))
    size = round(height * part.shape[1] / part.shape[0]), height
    shrinks = height < part.shape[0]
    scaled = cv2.resize(part, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC).astype(np.float32)
    if layer.blur:
        scaled = cv2.GaussianBlur(scaled, (0, 0), layer.blur)
    if layer.framed:
        return _print_of(np.asarray(scaled, np.float32))
    return Sheet(np.asarray(scaled, np.float32), np.ones((*scaled.shape[:2], 1), np.float32), height)


def lay_down(frame_bgr: NDArray[np.float32], sheet: Sheet, place: Place) -> NDArray[np.float32]:
    """The frame with a sheet over it, its centre and height as `place` says, to a fraction of a pixel."""
    scale = place.height / sheet.content_height
    rows, columns = sheet.image_bgr.shape[:2]
    move = np.array(
        [[scale, 0, place.x - scale * (columns - 1) / 2], [0, scale, place.y - scale * (rows - 1) / 2]], np.float64
    )
    size = frame_bgr.shape[1], frame_bgr.shape[0]
    image = cv2.warpAffine(sheet.image_bgr, move, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpAffine(sheet.cover, move, size, flags=cv2.INTER_LINEAR)[:, :, None]
    return np.asarray(image * cover + frame_bgr * (1 - cover), np.float32)


def _print_of(image_bgr: NDArray[np.float32]) -> Sheet:
    height = image_bgr.shape[0]
    border, room = round(BORDER * height), round(2 * SHADOW * height)
    paper = cv2.copyMakeBorder(image_bgr, border, border, border, border, cv2.BORDER_CONSTANT, value=(245, 248, 250))
    paper = cv2.copyMakeBorder(paper, room, room, room, room, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    solid = np.zeros(paper.shape[:2], np.float32)
    solid[room:-room, room:-room] = 1
    shadow = 0.6 * cv2.GaussianBlur(solid, (0, 0), SHADOW * height / 2)
    return Sheet(np.asarray(paper, np.float32), np.maximum(solid, shadow)[:, :, None].astype(np.float32), height)
