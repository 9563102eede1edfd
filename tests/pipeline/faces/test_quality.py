"""Quality: what makes a face useless lowers it, and it foretells how like its person a face will look."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.faces.quality import judge_face, judge_pose
from pipeline.identity.photos.portraits import find_portrait
from pipeline.options import DetectionOptions
from tests.builders_faces import make_landmarks, make_texture

BOX = np.array([100, 60, 200, 160], np.float32)


def quality_of(image_bgr=None, box_xyxy=BOX, landmarks_xy=None, score=1.0):
    image = make_texture() if image_bgr is None else image_bgr
    landmarks = make_landmarks(box_xyxy) if landmarks_xy is None else landmarks_xy
    return judge_face(image, box_xyxy, landmarks, score)


def test_a_large_sharp_frontal_face_in_good_light_is_ideal():
    quality = quality_of()

    assert (quality.size, quality.sharpness, quality.pose, quality.light) == (1, 1, 1, 1)
    assert quality.overall == pytest.approx(1)


@pytest.mark.parametrize(
    ("spoilt", "part"),
    [
        (cv2.GaussianBlur(make_texture(), (0, 0), 12), "sharpness"),
        (make_texture() // 12, "light"),
        (make_texture() // 20 + np.uint8(235), "light"),
        (np.zeros((240, 320, 3), np.uint8), "light"),
    ],
    ids=["blur", "darkness", "glare", "black"],
)
def test_a_spoilt_picture_lowers_its_part_and_the_whole(spoilt, part):
    quality = quality_of(spoilt)

    assert getattr(quality, part) < 0.3
    assert quality.overall < 0.6


def test_smaller_faces_are_worth_less():
    sides = [quality_of(box_xyxy=np.array([100, 60, 100 + side, 60 + side], np.float32)).size for side in (8, 20, 40)]

    assert sides[0] == 0
    assert sides[0] < sides[1] < sides[2] < 1


def test_a_face_cut_off_by_the_edge_counts_by_what_is_seen():
    half_out = np.array([270, 60, 370, 160], np.float32)

    assert quality_of(box_xyxy=half_out).overall == pytest.approx(quality_of().overall / 2, rel=0.1)


def test_a_box_outside_the_picture_is_useless():
    assert quality_of(box_xyxy=np.array([900, 900, 950, 950], np.float32)).overall == 0


@pytest.mark.parametrize("degrees", [-60, 0, 25, 180])
def test_a_head_tilted_in_the_plane_is_frontal(degrees):
    turn = cv2.getRotationMatrix2D((150, 110), degrees, 1)
    landmarks = make_landmarks(BOX) @ turn[:, :2].T + turn[:, 2]

    assert judge_pose(landmarks.astype(np.float32)) == pytest.approx(1)


def test_the_pose_falls_as_the_nose_wanders_to_the_side():
    poses = []
    for shift in (0, 8, 14, 20):
        landmarks = make_landmarks(BOX)
        landmarks[2, 0] += shift
        poses.append(judge_pose(landmarks))

    assert poses == sorted(poses, reverse=True)
    assert poses[0] == 1
    assert poses[-1] == 0


@pytest.mark.parametrize("landmarks", [np.zeros((5, 2)), np.full((5, 2), np.nan)], ids=["one point", "not a number"])
def test_landmarks_that_name_no_face_have_no_pose(landmarks):
    assert judge_pose(landmarks.astype(np.float32)) == 0


def spoilt_ways(image_bgr: np.ndarray, box_xyxy: np.ndarray, landmarks_xy: np.ndarray):
    """The picture shrunk, blurred and darkened to several degrees, each with where its face then is."""
    side = float(box_xyxy[2] - box_xyxy[0])
    for pixels in (14, 20, 28, 40, 64):
        scale = min(1.0, pixels / side)
        small = cv2.resize(image_bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        yield small, box_xyxy * scale, landmarks_xy * scale
    for part in (0.02, 0.05, 0.1):
        yield cv2.GaussianBlur(image_bgr, (0, 0), part * side), box_xyxy, landmarks_xy
    for light in (0.3, 0.06):
        yield (image_bgr * light).astype(np.uint8), box_xyxy, landmarks_xy


@pytest.mark.slow
def test_quality_foretells_how_like_itself_a_spoilt_face_looks(open_data, weights_cache):
    from pipeline.encoders.registry import load_encoder  # brings in TensorFlow, as does the detector
    from pipeline.faces.mtcnn.detector import MtcnnDetector

    encoder, detector = load_encoder("dlib-resnet", weights_cache), MtcnnDetector(DetectionOptions())
    qualities, likenesses = [], []
    for path in sorted((open_data / "gallery" / "friends").glob("*/0[12].jpg")):
        portrait = find_portrait(cv2.imread(str(path)), detector)
        assert portrait is not None
        image, box, points = portrait.image_bgr, portrait.box_xyxy, portrait.landmarks_xy
        ways = [(image, box, points), *spoilt_ways(image, box, points)]
        crops = [encoder.alignment.cut(way[0], way[1], way[2]) for way in ways]
        vectors = encoder.embed(np.stack([crop[..., ::-1] for crop in crops if crop is not None]))
        likenesses += (vectors[1:] @ vectors[0]).tolist()
        qualities += [judge_face(*way, score=1.0).overall for way in ways[1:]]

    ranks = [np.argsort(np.argsort(values)) for values in (qualities, likenesses)]

    assert len(qualities) == 120
    assert np.corrcoef(*ranks)[0, 1] > 0.7
