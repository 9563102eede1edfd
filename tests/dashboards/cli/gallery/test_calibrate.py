"""`facetrail calibrate`: measured on real photographs, used at once, shown, and taken back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.encoders.manifest import encoder_entry
from pipeline.encoders.registry import load_encoder
from pipeline.errors import WeightsError
from pipeline.identity.photos.reading import list_gallery
from tests.dashboards.cli.conftest import Run

SHIPPED = encoder_entry("sface").calibration


def test_showing_and_clearing_before_any_calibration(facetrail: Run) -> None:
    assert facetrail("calibrate", "--show", "--json").json == {"calibration": None}
    assert facetrail("calibrate", "--clear", "--json").json == {"retired": None}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--show", "--clear"], "one of --show and --clear"),
        (["--show", "people"], "take no pictures"),
        (["nowhere"], "there is no gallery folder nowhere"),
        ([], "nobody is enrolled"),
    ],
)
def test_what_cannot_be_done_is_said(facetrail: Run, arguments: list[str], words: str) -> None:
    said = facetrail("calibrate", *arguments)

    assert said.code == 2
    assert words in " ".join(said.err.split())


@pytest.mark.slow
def test_calibration_of_real_people_is_used_the_same_each_time_and_taken_back(
    facetrail: Run, open_data: Path, weights_cache: Path, tmp_path: Path
) -> None:
    people, strangers = _folders(open_data, weights_cache, tmp_path)
    facetrail("enroll", people)

    first = facetrail("calibrate", "--impostors", strangers, "--fpir", "0.05", "--json")
    again = facetrail("calibrate", people, "--impostors", strangers, "--fpir", "0.05", "--json")

    made, report = first.json["calibration"], first.json["calibration"]["report"]
    assert first.code == 0
    assert made["in_effect"]
    assert (report["n_people"], report["n_images"]) == (3, 12)
    assert (report["n_impostor_people"], report["n_impostor_images"]) == (3 + 8, 12 + 24)
    assert [size["face_px"] for size in report["sizes"]] == [0, 40, 28, 20]
    assert all(size["named_strangers"]["successes"] <= 0.05 * 36 for size in report["sizes"])
    assert report["sizes"][0]["missed"]["successes"] <= 1
    assert any("36 pictures of strangers cannot show 5 %" in words for words in report["warnings"])
    assert again.json["calibration"]["report"] == report
    for digest in ("gallery_digest", "impostors_digest", "encoder_digest"):
        assert again.json["calibration"][digest] == made[digest]
    assert Path(first.json["page"]).read_text().startswith("<!doctype html>")
    assert Path(first.json["curves"]).read_bytes().startswith(b"\x89PNG")
    shown = facetrail("calibrate", "--show", "--json").json["calibration"]
    assert (shown["calibration_id"], shown["in_effect"]) == (2, True)
    assert facetrail("calibrate", "--clear", "--json").json == {"retired": 2}
    assert facetrail("config", "show", "--json").json["thresholds"]["threshold"] == SHIPPED.threshold


@pytest.mark.slow
def test_calibration_of_people_who_left_is_not_used_for_as_many_others(
    facetrail: Run, open_data: Path, weights_cache: Path, tmp_path: Path
) -> None:
    people, strangers = _folders(open_data, weights_cache, tmp_path)
    facetrail("enroll", people)
    assert facetrail("calibrate", "--json").json["calibration"]["in_effect"]
    for person in people.iterdir():
        facetrail("people", "remove", person.name)
    for person in sorted(strangers.iterdir())[4:]:
        shutil.rmtree(person)
    facetrail("enroll", strangers)

    shown = facetrail("calibrate", "--show", "--json").json["calibration"]
    said = facetrail("calibrate", "--show")
    stand_ins = facetrail("calibrate", people, "--json").json["calibration"]

    assert (shown["in_effect"], len(shown["stale"])) == (False, 1)
    assert "made from other pictures: 0 % of them are still enrolled" in " ".join(said.err.split())
    assert stand_ins["in_effect"]


@pytest.mark.slow
def test_tiny_gallery_is_measured_and_warned_of(
    facetrail: Run, open_data: Path, weights_cache: Path, tmp_path: Path
) -> None:
    people, _ = _folders(open_data, weights_cache, tmp_path)
    for folder in people.iterdir():
        for picture in sorted(folder.iterdir())[2:]:
            picture.unlink()

    report = facetrail("calibrate", people, "--json").json["calibration"]["report"]

    assert report["threshold"] >= SHIPPED.threshold
    assert any("6 pictures of strangers cannot show 1 %" in words for words in report["warnings"])
    assert any("rests on 6 pictures" in words for words in report["warnings"])


def _folders(open_data: Path, weights_cache: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Three actors by four photographs, and eight strangers by three."""
    try:
        load_encoder("sface", weights_cache)
    except WeightsError as error:
        pytest.skip(f"the weights of sface cannot be had: {error}")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "weights").symlink_to(weights_cache)
    people, strangers = tmp_path / "people", tmp_path / "strangers"
    _copy(open_data / "gallery" / "friends", people, 3, 4)
    _copy(open_data / "verification" / "orl_s01_s20", strangers, 8, 3)
    return people, strangers


def _copy(source: Path, target: Path, n_people: int, n_images: int) -> None:
    for person in list_gallery(source)[:n_people]:
        (target / person.name).mkdir(parents=True)
        for path in person.paths[:n_images]:
            shutil.copy(path, target / person.name)
