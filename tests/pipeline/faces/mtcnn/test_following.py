"""Which frames are searched, and where faces are looked for in the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.faces.detection import Detections
from pipeline.faces.mtcnn.boxes import IndexArray
from pipeline.faces.mtcnn.following import (
    LOOKS_XY,
    doubtful_frames,
    find_faces,
    predict_squares,
    rounds,
    same_faces,
    searched_frames,
)
from pipeline.schemas import VectorF32


def boxes(*corners_size: tuple[float, float, float]) -> VectorF32:
    rows = [(left, top, left + size, top + size) for left, top, size in corners_size]
    return np.array(rows, np.float32).reshape(-1, 4)


def make_detections(*corners_size: tuple[float, float, float]) -> Detections:
    n = len(corners_size)
    return Detections(boxes(*corners_size), np.zeros((n, 5, 2), np.float32), np.ones(n, np.float32))


class Scene:
    """Frames with known faces: a search finds them all, a look those that lie near where it looks."""

    def __init__(self, faces: Sequence[Sequence[tuple[float, float, float]]]) -> None:
        self._faces = [make_detections(*of_frame) for of_frame in faces]
        self.searched: list[int] = []
        self.looked: list[int] = []

    def search(self, frames: IndexArray) -> list[Detections]:
        self.searched += frames.tolist()
        return [self._faces[frame] for frame in frames]

    def look(self, frames: IndexArray, squares_xyxy: Sequence[VectorF32]) -> list[Detections]:
        self.looked += frames.tolist()
        return [self._near(frame, squares) for frame, squares in zip(frames, squares_xyxy, strict=True)]

    def _near(self, frame: int, squares: VectorF32) -> Detections:
        faces = self._faces[frame]
        if not len(faces) or not len(squares):
            return Detections.empty()
        distances = np.abs(faces.boxes_xyxy[:, None] - squares[None]).max(axis=2).min(axis=1)
        seen = distances < 0.25 * (faces.boxes_xyxy[:, 2] - faces.boxes_xyxy[:, 0])
        return Detections(faces.boxes_xyxy[seen], faces.landmarks_xy[seen], faces.scores[seen])


def cuts(n_frames: int, *at: int) -> list[bool]:
    return [frame in at for frame in range(n_frames)]


@pytest.mark.parametrize(
    ("starts_shot", "expected"),
    [
        ([], []),
        ([False], [0]),
        (cuts(2), [0, 1]),
        (cuts(6), [0, 5]),
        (cuts(7), [0, 3, 6]),
        (cuts(16, 0), [0, 5, 10, 15]),
        (cuts(6, 3), [0, 2, 3, 5]),
        (cuts(3, 0, 1, 2), [0, 1, 2]),
    ],
)
def test_the_ends_of_each_shot_and_frames_between_are_searched(starts_shot: list[bool], expected: list[int]) -> None:
    assert searched_frames(starts_shot).tolist() == expected


@pytest.mark.parametrize("n_faces_at_end", [0, 2])
def test_where_two_searches_disagree_the_frame_halfway_is_doubtful(n_faces_at_end: int) -> None:
    face, faces = (
        make_detections((10, 10, 30)),
        make_detections(*[(10 + 50 * i, 10, 30) for i in range(n_faces_at_end)]),
    )

    assert doubtful_frames({0: face, 4: face, 8: faces, 9: face}).tolist() == [6]


def test_rounds_go_from_the_known_frames_inwards() -> None:
    assert [frames.tolist() for frames in rounds(np.array([0, 5]), 6)] == [[1, 4], [2, 3]]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [(0, 0, 10)], ([], [])),
        ([(0, 0, 10)], [(3, 3, 11)], ([0], [0])),
        ([(0, 0, 10)], [(30, 0, 10)], ([], [])),
        ([(0, 0, 10)], [(-10, -10, 30)], ([], [])),
        ([(0, 0, 10), (8, 0, 10)], [(7, 0, 10)], ([1], [0])),
        ([(0, 0, 10), (50, 0, 10)], [(52, 0, 10), (1, 0, 10)], ([0, 1], [1, 0])),
    ],
)
def test_a_face_is_the_same_when_it_is_near_and_of_like_size(before, after, expected) -> None:
    first, second = same_faces(boxes(*before), boxes(*after))

    assert (first.tolist(), second.tolist()) == expected


def test_a_face_known_on_both_sides_is_expected_between() -> None:
    squares = predict_squares(boxes((0, 0, 100)), boxes((60, 30, 100)), 1 / 3)

    assert squares[0].tolist() == pytest.approx([20, 10, 120, 110], abs=1e-3)


def test_a_face_that_stays_is_looked_for_once() -> None:
    squares = predict_squares(boxes((5, 5, 100)), boxes((6, 5, 100)), 0.5)

    assert len(squares) == len(LOOKS_XY)


def test_without_faces_there_is_nowhere_to_look() -> None:
    assert predict_squares(boxes(), boxes(), 0.5).shape == (0, 4)


def test_an_empty_chunk_has_no_frames() -> None:
    assert find_faces([], Scene([])) == []


def test_a_moving_face_is_found_in_every_frame_by_few_searches() -> None:
    scene = Scene([[(10.0 * frame, 50, 60)] for frame in range(16)])

    found = find_faces(cuts(16), scene)

    assert [len(faces) for faces in found] == [1] * 16
    assert scene.searched == [0, 5, 10, 15]


def test_more_frames_are_searched_where_a_face_comes_in() -> None:
    scene = Scene([[(100.0, 50, 60)] if frame >= 7 else [] for frame in range(16)])

    found = find_faces(cuts(16), scene)

    assert [len(faces) for faces in found] == [0] * 7 + [1] * 9
    assert {5, 6, 7, 10} < set(scene.searched)
    assert not {1, 2, 3, 12, 13} & set(scene.searched)


def test_a_face_is_not_looked_for_beyond_a_cut() -> None:
    scene = Scene([[(100.0, 50, 60)] if frame < 8 else [] for frame in range(16)])

    found = find_faces(cuts(16, 8), scene)

    assert [len(faces) for faces in found] == [1] * 8 + [0] * 8
    assert len(scene.searched) + len(scene.looked) == 16
