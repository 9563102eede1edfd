"""Settings are shown with their origin, and without secrets."""

from __future__ import annotations

from pathlib import Path

from tests.dashboards.cli.conftest import Run


def _by_name(settings: list[dict[str, object]]) -> dict[str, dict[str, object]]:
    return {str(setting["name"]): setting for setting in settings}


def test_every_setting_says_where_it_comes_from(facetrail: Run) -> None:
    Path("facetrail.yaml").write_text("sampling:\n  gate: false\n")

    found = _by_name(facetrail("config", "show", "--json", FACETRAIL_SAMPLING__FPS="2").json["settings"])

    assert (found["sampling.fps"]["value"], found["sampling.fps"]["origin"]) == (2.0, "environment")
    assert (found["sampling.gate"]["value"], found["sampling.gate"]["origin"]) == (False, "file")
    assert found["tracking.max_gap_s"]["origin"] == "default"


def test_flag_goes_above_everything(facetrail: Run) -> None:
    found = _by_name(facetrail("config", "show", "--json", "--data", "d", FACETRAIL_DATA="e").json["settings"])

    assert (found["data"]["value"], found["data"]["origin"]) == ("d", "flag")


def test_secrets_are_never_shown(facetrail: Run) -> None:
    for format_ in (["--json"], ["--format", "yaml"], []):
        said = facetrail("config", "show", *format_, FACETRAIL_REDIS_URL="redis://:hunter2@server")
        assert said.code == 0
        assert "hunter2" not in said.out


def test_yaml_that_is_shown_can_be_read_again(facetrail: Run) -> None:
    Path("facetrail.yaml").write_text(facetrail("config", "show", "--format", "yaml", FACETRAIL_DETECTORS="3").out)

    assert _by_name(facetrail("config", "show", "--json").json["settings"])["detectors"]["value"] == 3


def test_unknown_setting_stops_and_is_named(facetrail: Run) -> None:
    Path("facetrail.yaml").write_text("sampling:\n  fpss: 2\n")

    said = facetrail("config", "show")

    assert said.code == 2
    assert "fpss" in said.err
