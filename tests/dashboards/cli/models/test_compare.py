"""Comparing encoders on real pictures, and what is said where the pictures cannot answer."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.dashboards.cli.conftest import Run


@pytest.fixture
def small_set(open_data: Path, tmp_path: Path) -> Path:
    """Two people with five pictures each, one with a single picture, and a picture of nobody."""
    folder = tmp_path / "people"
    for person in ("rachel_green", "ross_geller"):
        (folder / person).mkdir(parents=True)
        for picture in sorted((open_data / "gallery" / "friends" / person).glob("*.jpg"))[:5]:
            (folder / person / picture.name).write_bytes(picture.read_bytes())
    (folder / "barack.jpg").write_bytes((open_data / "gallery/obama/barack_obama/01.jpg").read_bytes())
    (folder / "strangers").mkdir()
    (folder / "strangers" / "nobody.jpg").write_bytes((open_data / "detection/mtcnn/no-faces.jpg").read_bytes())
    return folder


@pytest.mark.slow
def test_people_are_compared_and_the_list_remembers(facetrail: Run, small_set: Path, tmp_path: Path):
    table = tmp_path / "table.csv"

    said = facetrail("models", "compare", "--people", small_set, "dlib-resnet", "--csv", table, "--json")

    assert said.code == 0, said.err
    (model,) = said.json["models"]
    assert (said.json["set"]["n_photos"], model["n_without_face"]) == (12, 1)
    assert (model["pairs_found"]["out_of"], model["pairs_different"]) == (20, 35)
    assert model["auc"] > 0.95
    assert (model["people"], model["named"]["out_of"], model["strangers_named"]["out_of"]) == (2, 4, 11)
    with table.open(newline="") as content:
        (row,) = csv.DictReader(content)
    assert float(row["named_share"]) == model["named"]["share"]
    listed = {row["name"]: row for row in facetrail("models", "list", "--json").json["models"]}
    assert listed["dlib-resnet"]["accuracy"][0]["photo_set"] == "people"


@pytest.mark.slow
def test_pairs_have_no_open_set(facetrail: Run, small_set: Path):
    pairs = small_set / "listed.csv"
    pairs.write_text("a,b,same\nrachel_green/01.jpg,rachel_green/02.jpg,1\nrachel_green/01.jpg,ross_geller/01.jpg,0\n")

    said = facetrail("models", "compare", "--pairs", pairs, "dlib-resnet", "--json")

    (model,) = said.json["models"]
    assert (model["pairs_found"]["out_of"], model["pairs_different"]) == (1, 1)
    assert model["named"] is None


@pytest.mark.parametrize("arguments", [(), ("--pairs", "a.csv", "--people", "b")])
def test_one_set_of_pictures_is_wanted(facetrail: Run, arguments: tuple[str, ...]):
    said = facetrail("models", "compare", *arguments)

    assert said.code == 2
    assert "give the pictures to compare on" in said.err


def test_no_pictures_is_no_set(facetrail: Run, tmp_path: Path):
    (tmp_path / "empty").mkdir()

    said = facetrail("models", "compare", "--people", "empty")

    assert said.code == 2
    assert "has no pictures" in " ".join(said.err.split())
