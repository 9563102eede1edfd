"""Which way pictures lie: votes as a table, and real pictures turned every way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.faces.detectors.turning import turn_picture
from pipeline.faces.detectors.yunet import YunetDetector
from pipeline.faces.orientation import find_orientation, judge_votes, votes_of
from pipeline.options import DetectionOptions
from pipeline.schemas import ImageU8


@pytest.fixture(scope="module")
def sharp(yunet_file: Path) -> YunetDetector:
    return YunetDetector(DetectionOptions(detector="yunet", min_face_size=20), yunet_file)


@pytest.fixture(scope="module")
def groups(open_data: Path) -> list[ImageU8]:
    paths = sorted((open_data / "detection" / "dlib_faces").glob("*.jpg"))
    return [np.asarray(cv2.imread(str(path))) for path in paths]


@pytest.mark.parametrize(
    ("votes", "quarter", "is_clear"),
    [
        ([], 0, False),
        ([Counter()], 0, False),
        ([Counter({1: 9})], 0, False),  # one picture only
        ([Counter({1: 1}), Counter({1: 1})], 0, False),  # two faces only
        ([Counter({1: 2}), Counter({1: 1})], 1, True),
        ([Counter({0: 2}), Counter({0: 1})], 0, True),
        ([Counter({3: 2}), Counter({3: 2, 0: 2})], 0, False),  # they do not agree
        ([Counter({2: 4}), Counter({2: 4, 0: 1})], 2, True),
    ],
)
def test_footage_is_turned_on_clear_evidence_only(votes: list[Counter[int]], quarter: int, is_clear: bool) -> None:
    found = judge_votes(votes)

    assert (found.quarter_turns, found.is_clear) == (quarter, is_clear)


def test_nothing_seen_is_blank_and_a_sideways_face_leans() -> None:
    assert judge_votes([Counter()]).is_blank
    assert judge_votes([Counter({1: 1})]).leans
    assert not judge_votes([Counter({0: 1})]).leans


@pytest.mark.parametrize("turned", range(4))
def test_groups_of_people_are_turned_upright(sharp: YunetDetector, groups: list[ImageU8], turned: int) -> None:
    found = find_orientation((turn_picture(one, turned) for one in groups), sharp)

    assert (found.quarter_turns, found.is_clear) == (-turned % 4, True)


@pytest.mark.slow
@pytest.mark.parametrize("turned", range(4))
def test_no_face_of_a_group_votes_for_another_side(sharp: YunetDetector, groups: list[ImageU8], turned: int) -> None:
    votes = sum((votes_of(turn_picture(one, turned), sharp) for one in groups), Counter())

    assert set(votes) == {-turned % 4}
    assert votes.total() > 30


def test_no_more_pictures_are_taken_than_it_needs(sharp: YunetDetector, groups: list[ImageU8]) -> None:
    taken: list[int] = []

    def pictures() -> Iterator[ImageU8]:
        for number, picture in enumerate(groups):
            taken.append(number)
            yield picture

    find_orientation(pictures(), sharp)

    assert taken == [0, 1]


def test_animals_and_the_dark_turn_nothing(sharp: YunetDetector, open_data: Path) -> None:
    paths = sorted((open_data / "hard" / "animals").glob("*.jpg"))
    pictures = [np.asarray(cv2.imread(str(path))) for path in paths] + [np.zeros((90, 160, 3), np.uint8)]

    assert find_orientation(pictures, sharp).quarter_turns == 0
