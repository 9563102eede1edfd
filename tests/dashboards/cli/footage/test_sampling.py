"""The flags that say how footage is looked at."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.cli.footage.sampling import parse_rotation, sections
from pipeline.config import load_settings
from pipeline.errors import InputError, SettingsError
from pipeline.options import AnalysisOptions, Tilt

NOTHING: dict[str, Any] = {"fps": None, "keyframes_only": False, "no_gate": False, "min_face": None}


def test_nothing_given_leaves_everything_to_the_settings() -> None:
    assert sections(**NOTHING) == {}


def test_detector_tilt_and_rotation_reach_the_options() -> None:
    settings = load_settings(**sections(**NOTHING, detector="yunet", tilt="any", rotation="270"))

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
        load_settings(**sections(**NOTHING, tilt="sideways"))


def test_a_detector_that_nobody_knows_lists_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="known are mtcnn, yunet"):
        load_settings(**sections(**NOTHING, detector="haar"))
