"""Calibrations: the newest is in effect, and none is ever forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.control.database import Control
from pipeline.control.gallery.calibrations import Calibrations
from pipeline.errors import NotFound
from tests.builders import START
from tests.builders_calibrations import calibrate
from tests.control_databases import open_database


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


def test_nothing_is_calibrated_at_first(control: Control) -> None:
    assert Calibrations(control).newest() is None
    assert Calibrations(control).retire(START) is None


def test_newest_calibration_takes_the_place_of_the_one_before(control: Control) -> None:
    first, second = calibrate(control, threshold=0.5), calibrate(control, threshold=0.7)

    assert Calibrations(control).newest() == second
    assert Calibrations(control).get(first.calibration_id).retired_at == START


def test_retired_calibration_can_still_be_read(control: Control) -> None:
    made = calibrate(control)

    retired = Calibrations(control).retire(START)

    assert retired == made
    assert Calibrations(control).newest() is None
    assert Calibrations(control).get(made.calibration_id).threshold == made.threshold


def test_each_calibration_keeps_its_own_sample_of_pictures(control: Control) -> None:
    first, second, of_a_folder = (calibrate(control, sketch=each) for each in (("aa", "bb"), ("bb",), ()))

    assert (first.reference_sketch, second.reference_sketch) == (("aa", "bb"), ("bb",))
    assert Calibrations(control).get(first.calibration_id).reference_sketch == ("aa", "bb")
    assert of_a_folder.reference_sketch == ()
    assert Calibrations(control).newest() == of_a_folder


def test_unknown_calibration_is_named(control: Control) -> None:
    with pytest.raises(NotFound, match="no calibration 7"):
        Calibrations(control).get(7)
