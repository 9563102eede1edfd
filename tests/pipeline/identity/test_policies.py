"""Which operating point is in effect: who has the last word, and when a calibration is stale."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.control.database import Control, open_control
from pipeline.control.gallery.calibrations import Calibrations
from pipeline.control.gallery.people import People
from pipeline.encoders.manifest import encoder_entry
from pipeline.identity.calibration.sketches import sketch_pictures
from pipeline.identity.policies import policy_in_effect, policy_of_calibration, standing_of
from pipeline.options import IdentityOptions
from tests.builders import START
from tests.builders_calibrations import calibrate
from tests.builders_recording import ENCODER, make_reference

SHIPPED = encoder_entry(ENCODER).calibration
NOTHING_SET = IdentityOptions()


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    """Two people are enrolled, by one picture each."""
    opened = open_control(tmp_path)
    People(opened).enrol_all({"Ann": [make_reference(0)], "Bob": [make_reference(1)]})
    yield opened
    opened.close()


def test_what_ships_applies_without_a_calibration(control: Control) -> None:
    in_effect = policy_in_effect(control, ENCODER, NOTHING_SET)

    assert (in_effect.policy.threshold, in_effect.policy.source) == (SHIPPED.threshold, SHIPPED.source)
    assert in_effect.standing.warning is None


def test_calibration_goes_above_what_ships_and_names_itself(control: Control) -> None:
    made = calibrate(control)

    policy = policy_in_effect(control, ENCODER, NOTHING_SET).policy

    assert (policy.threshold, policy.uncertain_threshold, policy.margin) == (0.6, 0.5, 0.02)
    assert policy.source == made.source
    assert policy.source.startswith("calibration 1 of ")


def test_what_the_user_sets_goes_above_the_calibration(control: Control) -> None:
    calibrate(control)

    policy = policy_in_effect(control, ENCODER, IdentityOptions(threshold=0.8)).policy

    assert (policy.threshold, policy.source) == (0.8, "set by the user")
    assert policy.uncertain_threshold == pytest.approx(0.7)
    assert policy.margin == 0.02


def test_cleared_calibration_gives_way_to_what_ships(control: Control) -> None:
    calibrate(control)
    Calibrations(control).retire(START)

    assert policy_in_effect(control, ENCODER, NOTHING_SET).policy.threshold == SHIPPED.threshold


@pytest.mark.parametrize(
    ("made_for", "reason"),
    [
        ({"encoder": "sface"}, "made for the encoder sface, not for dlib-resnet"),
        ({"digest": "other"}, "has other weights"),
        ({"n_people": 5, "n_images": 5}, "made for 5 people, and 2 are enrolled"),
        ({"n_images": 6}, "made for 3 pictures a person, and there are 1"),
    ],
)
def test_stale_calibration_is_named_and_not_used(control: Control, made_for: dict, reason: str) -> None:
    calibrate(control, **made_for)

    in_effect = policy_in_effect(control, ENCODER, NOTHING_SET)

    assert in_effect.policy.threshold == SHIPPED.threshold
    assert in_effect.standing.warning is not None
    assert reason in in_effect.standing.warning
    assert "facetrail calibrate" in in_effect.standing.warning


@pytest.mark.parametrize("n_people", [1, 2, 4])
def test_gallery_within_twice_the_size_is_not_stale(control: Control, n_people: int) -> None:
    calibrate(control, n_people=n_people, n_images=n_people)

    assert standing_of(control, ENCODER).stale == ()


def test_calibration_of_other_people_is_named_though_they_are_as_many(control: Control) -> None:
    calibrate(control, sketch=_sketch(0, 1))
    for name, number in (("Ann", 3), ("Bob", 4)):
        People(control).remove(name)
        People(control).enrol(f"P{number}", [make_reference(number)])

    standing = standing_of(control, ENCODER)

    assert standing.used is None
    assert "made from other pictures: 0 % of them are still enrolled" in (standing.warning or "")


def test_calibration_of_a_folder_is_judged_by_size_alone(control: Control) -> None:
    calibrate(control, sketch=())
    People(control).remove("Ann")
    People(control).enrol("P3", [make_reference(3)])

    assert standing_of(control, ENCODER).stale == ()


@pytest.mark.parametrize(
    ("then", "is_stale"),
    [
        ((0, 1), False),  # nothing changed
        ((0,), False),  # twice as many
        ((0, 1, 2, 3), False),  # half as many
        ((0, 2), False),  # half of them are others
        ((0, 2, 3, 4), False),  # half as many, and half of those are others
        ((2, 3), True),
        ((2,), True),
        ((2, 3, 4, 5), True),
    ],
)
def test_gallery_may_grow_shrink_and_be_half_of_others(control: Control, then: tuple[int, ...], is_stale: bool) -> None:
    calibrate(control, n_people=len(then), n_images=len(then), sketch=_sketch(*then))

    assert bool(standing_of(control, ENCODER).stale) is is_stale


def test_calibration_that_went_stale_is_used_again_when_the_gallery_comes_back(control: Control) -> None:
    calibrate(control)
    People(control).enrol_all({f"P{number}": [make_reference(number)] for number in range(3, 6)})
    assert standing_of(control, ENCODER).stale != ()

    for number in range(3, 6):
        People(control).remove(f"P{number}")

    assert standing_of(control, ENCODER).used is not None


def test_empty_gallery_makes_nothing_stale(tmp_path: Path) -> None:
    empty = open_control(tmp_path / "empty")

    calibrate(empty, n_people=9, n_images=30)

    assert standing_of(empty, ENCODER).stale == ()
    empty.close()


def test_policy_of_a_calibration_outlives_its_clearing(control: Control) -> None:
    made = calibrate(control)
    Calibrations(control).retire(START)

    assert policy_of_calibration(control, ENCODER, made.calibration_id, NOTHING_SET).threshold == 0.6
    assert policy_of_calibration(control, ENCODER, None, NOTHING_SET).threshold == SHIPPED.threshold


def _sketch(*people: int) -> tuple[str, ...]:
    return sketch_pictures(make_reference(person).image_sha256 for person in people)
