"""The flags that say how footage is looked at."""

from __future__ import annotations

import pytest

from dashboards.cli.footage.sampling import LookFlags
from pipeline.config import load_settings
from pipeline.errors import InputError, SettingsError
from pipeline.intake.sections import parse_rotation
from pipeline.options import AnalysisOptions, Tilt
from tests.dashboards.cli.conftest import Run


def test_nothing_given_leaves_everything_to_the_settings() -> None:
    assert LookFlags().sections() == {}


def test_detector_tilt_and_rotation_reach_the_options() -> None:
    settings = load_settings(**LookFlags(detector="yunet", tilt="any", rotation="270").sections())

    options = AnalysisOptions.from_json(settings.options().to_json())

    assert (options.detection.detector, options.detection.tilt, options.sampling.rotation) == ("yunet", Tilt.ANY, 270)


@pytest.mark.parametrize(("text", "degrees"), [("auto", None), ("0", 0), (" 90 ", 90), ("270", 270)])
def test_a_rotation_is_a_quarter_or_found_out(text: str, degrees: int | None) -> None:
    assert parse_rotation(text) == degrees


@pytest.mark.parametrize("text", ["45", "-90", "left", ""])
def test_another_rotation_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="none of 0, 90, 180, 270"):
        parse_rotation(text)


def test_a_tilt_that_nobody_knows_lists_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="'upright' or 'any'"):
        load_settings(**LookFlags(tilt="sideways").sections())


def test_a_detector_that_nobody_knows_lists_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="known are mtcnn, yunet"):
        load_settings(**LookFlags(detector="haar").sections())


def test_every_frame_and_a_rotation_that_is_found_out_are_values_of_their_own() -> None:
    assert LookFlags(fps="every", rotation="auto").sections() == {"sampling": {"fps": None, "rotation": None}}


@pytest.mark.parametrize("command", ["analyze", "submit", "watch"])
def test_every_command_that_takes_footage_in_has_the_same_flags(facetrail: Run, command: str) -> None:
    said = facetrail(command, "--help", COLUMNS="200")

    flags = ("--fps", "--keyframes-only", "--no-gate", "--min-face", "--rotation", "--detector", "--tilt")
    assert [flag for flag in flags if flag not in said.out] == []
