"""Commands say by which thresholds they judge, and name a calibration that is stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.control.database import open_control
from pipeline.control.gallery.people import People
from pipeline.encoders.manifest import encoder_entry
from tests.builders_calibrations import calibrate
from tests.builders_recording import ENCODER, make_reference
from tests.dashboards.cli.conftest import Run

SHIPPED = encoder_entry(ENCODER).calibration.threshold
COMMANDS = ["status --no-rates", "config show", "relabel"]


@pytest.fixture
def calibrated(record: Path) -> Path:
    """Ada is enrolled by one picture, and the calibration is for that."""
    control = open_control(record)
    calibrate(control, n_people=1, n_images=1)
    control.close()
    return record


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_calibration_in_effect_is_named(facetrail: Run, calibrated: Path, command: str) -> None:
    said = facetrail(*command.split(), "--json")

    assert (said.json["thresholds"]["threshold"], said.json["thresholds"]["calibration_id"]) == (0.6, 1)
    assert "calibration 1 of" in facetrail(*command.split()).out


@pytest.mark.slow
@pytest.mark.parametrize("command", [*COMMANDS, "gallery check"])
def test_stale_calibration_is_named_and_not_used(facetrail: Run, calibrated: Path, command: str) -> None:
    control = open_control(calibrated)
    People(control).enrol_all({f"P{number}": [make_reference(number)] for number in range(2, 5)})
    control.close()

    said = facetrail(*command.split(), "--json")

    assert "made for 1 people, and 4 are enrolled" in " ".join(said.err.split())
    assert said.json.get("thresholds", said.json)["threshold"] == SHIPPED


def test_setting_goes_above_the_calibration(facetrail: Run, calibrated: Path) -> None:
    said = facetrail("config", "show", "--json", FACETRAIL_IDENTITY__THRESHOLD="0.7")

    assert (said.json["thresholds"]["threshold"], said.json["thresholds"]["source"]) == (0.7, "set by the user")


def test_settings_without_a_data_folder_have_no_thresholds(facetrail: Run) -> None:
    assert facetrail("config", "show", "--json").json["thresholds"] is None
    assert not Path("data").exists()


@pytest.mark.slow
def test_relabelling_names_the_past_by_the_calibration(facetrail: Run, calibrated: Path) -> None:
    facetrail("relabel")

    rows = facetrail("sightings", "--json").json["sightings"]
    assert {row["threshold"] for row in rows} == {0.6}
    (source,) = facetrail("relabel", "--json").json["sources"]
    assert source["n_changed"] == 0
