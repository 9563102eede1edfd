"""Link boxes of consecutive frames by how much they overlap: which of them show one face that moves on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.schemas import VectorF32

MIN_IOU = 0.3
"""Overlap from which two boxes of neighbouring samples show one face; at 5 samples a second 99 % overlap more."""

MAX_UNSEEN_FRAMES = 2
"""Frames in a row in which a face may be missed and still be linked."""

IouMatrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class BoxPair:
    """One box of each of two sets, by position."""

    first: int
    second: int


@dataclass(frozen=True, slots=True, eq=False)
class _OpenLink:
    link: int
    box_xyxy: VectorF32
    last_frame: int


def iou_matrix(first_xyxy: VectorF32, second_xyxy: VectorF32) -> IouMatrix:
    """`(N, M)` float32, 0..1: intersection over union of `(N, 4)` and `(M, 4)` pixel boxes; 0 for empty boxes."""
    top_left = np.maximum(first_xyxy[:, None, :2], second_xyxy[None, :, :2])
    bottom_right = np.minimum(first_xyxy[:, None, 2:], second_xyxy[None, :, 2:])
    shared = np.clip(bottom_right - top_left, 0, None).prod(axis=2)
    union = _areas(first_xyxy)[:, None] + _areas(second_xyxy)[None, :] - shared
    iou: IouMatrix = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return iou


def match_boxes(first_xyxy: VectorF32, second_xyxy: VectorF32, min_iou: float = MIN_IOU) -> list[BoxPair]:
    """Pairs of boxes `(N, 4)` and `(M, 4)`, each box in one pair at most; the largest overlaps are given first."""
    iou = iou_matrix(first_xyxy, second_xyxy)
    pairs: list[BoxPair] = []
    for place in np.argsort(-iou, axis=None, kind="stable"):
        first, second = (int(index) for index in np.unravel_index(place, iou.shape))
        if iou[first, second] < min_iou:
            break
        if all(pair.first != first and pair.second != second for pair in pairs):
            pairs.append(BoxPair(first, second))
    return pairs


def link_boxes(boxes_xyxy: Sequence[VectorF32], starts_shot: Sequence[bool]) -> list[NDArray[np.intp]]:
    """For each frame's boxes `(N, 4)` the numbers `(N,)` of the faces they show; no face goes on across a shot cut.

    Numbers count from 0 in order of appearance. `starts_shot` has one entry a frame.
    """
    links: list[NDArray[np.intp]] = []
    open_links: list[_OpenLink] = []
    n_links = 0
    for frame, (boxes, is_cut) in enumerate(zip(boxes_xyxy, starts_shot, strict=True)):
        alive = [one for one in open_links if not is_cut and frame - one.last_frame <= MAX_UNSEEN_FRAMES + 1]
        numbers = _numbers_of(boxes, alive, n_links)
        n_links = max(n_links, int(numbers.max(initial=-1)) + 1)
        seen = [_OpenLink(int(number), box, frame) for number, box in zip(numbers, boxes, strict=True)]
        open_links = seen + [one for one in alive if one.link not in numbers]
        links.append(numbers)
    return links


def _numbers_of(boxes_xyxy: VectorF32, alive: Sequence[_OpenLink], next_link: int) -> NDArray[np.intp]:
    """The link of each box: that of the open link it overlaps most, else a fresh one."""
    last_boxes = np.array([one.box_xyxy for one in alive], np.float32).reshape(-1, 4)
    linked = {pair.second: alive[pair.first].link for pair in match_boxes(last_boxes, boxes_xyxy)}
    numbers = np.empty(len(boxes_xyxy), np.intp)
    for place in range(len(boxes_xyxy)):
        numbers[place] = linked.get(place, next_link)
        next_link += place not in linked
    return numbers


def _areas(boxes_xyxy: VectorF32) -> VectorF32:
    areas: VectorF32 = np.clip(boxes_xyxy[:, 2:] - boxes_xyxy[:, :2], 0, None).prod(axis=1)
    return areas
