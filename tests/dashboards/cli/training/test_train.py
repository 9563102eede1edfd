"""Training on real people and using what came of it, as people do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.dashboards.cli.conftest import Run


@pytest.fixture
def people(open_data: Path) -> Path:
    return open_data / "verification" / "orl_s01_s20"


@pytest.fixture
def few_people(people: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "few"
    for person in ("s01", "s02", "s03", "s04"):
        (folder / person).mkdir(parents=True)
        for number in range(1, 5):
            shutil.copy(people / person / f"{number:02}.png", folder / person)
    return folder


@pytest.mark.slow
def test_fine_tuned_encoder_becomes_one_of_the_data_folder(facetrail: Run, people: Path, tmp_path: Path) -> None:
    said = facetrail(
        *("train", "encoder", "--base", "dlib-resnet", "--people", people, "--name", "dlib-office"),
        *("--views", 4, "--epochs", 4, "--json"),
    )

    assert said.code == 0
    assert (said.json["is_saved"], said.json["n_trained_people"], said.json["n_held_back_people"]) == (True, 14, 6)
    assert said.json["held_back"]["after"]["auc"] >= said.json["held_back"]["before"]["auc"]
    assert len(said.json["epochs"]) == 5
    assert (said.json["is_doubtful"], 0 < said.json["gain"] < 0.001) == (True, True)
    assert all(Path(path).is_file() for path in said.json["curves"])
    assert "dlib-office" in facetrail("models", "list").out
    again = facetrail("train", "encoder", "--people", people, "--name", "dlib-office")
    assert (again.code, "there is a model called dlib-office already" in " ".join(again.err.split())) == (2, True)


@pytest.mark.slow
def test_nothing_is_saved_when_nothing_was_gained(facetrail: Run, few_people: Path, tmp_path: Path) -> None:
    said = facetrail(
        *("train", "encoder", "--base", "dlib-resnet", "--people", few_people, "--name", "none"),
        *("--views", 2, "--epochs", 2),
    )

    assert said.code == 1
    assert "there is nothing to save" in " ".join(said.err.split())
    assert not (tmp_path / "data" / "weights" / "none.npz").exists()


@pytest.mark.slow
def test_classifier_is_trained_and_asked(facetrail: Run, few_people: Path, people: Path, open_data: Path) -> None:
    trained = facetrail(
        *("train", "classifier", "--backbone", "dlib-resnet", "--people", few_people, "--name", "office"),
        *("--epochs", 20, "--json"),
    )
    nobody = open_data / "detection" / "mtcnn" / "no-faces.jpg"

    asked = facetrail("classify", people / "s02" / "09.png", nobody, "--model", "office", "--top", 2, "--json")

    assert (trained.code, trained.json["n_people"], trained.json["n_held_out"]) == (0, 4, 4)
    assert asked.code == 3
    known, unknown = asked.json["images"]
    assert known["guesses"][0]["label"] == "s02"
    assert len(known["guesses"]) == 2
    assert (unknown["guesses"], unknown["problem"]) == ([], "no face was found")
    assert "strangers too" in " ".join(facetrail("classify", nobody, "--model", "office").err.split())


@pytest.mark.slow
def test_classifier_that_learnt_nothing_is_said_to_guess(facetrail: Run, few_people: Path) -> None:
    said = facetrail(
        *("train", "classifier", "--backbone", "small-cnn", "--people", few_people, "--name", "guessing"),
        *("--epochs", 1, "--views", 1, "--rate", 1),
    )

    assert (said.code, "best epoch       0 of 1" in said.out) == (0, True)
    assert "it only guesses" in " ".join(said.err.split())


@pytest.mark.slow
def test_siamese_verifier_is_trained_and_used(facetrail: Run, few_people: Path, people: Path) -> None:
    trained = facetrail("train", "siamese", "--encoder", "dlib-resnet", "--people", few_people, "--json")
    pair = (people / "s09" / "01.png", people / "s09" / "02.png")

    verified = facetrail("verify", *pair, "--method", "siamese", "--encoder", "dlib-resnet", "--json")

    assert (trained.code, trained.json["encoder"]) == (0, "dlib-resnet")
    assert verified.json["method"] == "siamese"
    assert 0 <= verified.json["probability"] <= 1
    assert verified.json["is_same"] == (verified.json["probability"] >= verified.json["probability_threshold"])


def test_verify_without_a_verifier_says_what_to_type(facetrail: Run) -> None:
    said = facetrail("verify", "a.jpg", "b.jpg", "--method", "siamese", "--encoder", "sface")

    assert said.code == 2
    assert "`facetrail train siamese --encoder sface --people DIR`" in " ".join(said.err.split())


def test_verifier_and_a_distance_cannot_both_decide(facetrail: Run) -> None:
    said = facetrail("verify", "a.jpg", "b.jpg", "--method", "siamese", "--distance", 0.7)

    assert said.code == 2
    assert "--distance judges by the L2 distance" in " ".join(said.err.split())


def test_unknown_classifier_is_refused_with_those_there_are(facetrail: Run, open_data: Path) -> None:
    said = facetrail("classify", open_data / "detection" / "mtcnn" / "ivan.jpg", "--model", "office")

    assert said.code == 2
    assert "trained here: none" in " ".join(said.err.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["encoder", "--name", "x", "--base", "nobody"], "no encoder is called 'nobody'"),
        (["encoder", "--name", "sface"], "there is a model called sface already"),
        (["encoder", "--name", "x", "--evaluate", "nowhere"], "there is no gallery folder nowhere"),
        (["encoder", "--name", "No Name"], "is no name for a model"),
        (["classifier", "--name", "x", "--backbone", "alexnet"], "no backbone is called 'alexnet'"),
        (["classifier", "--name", "x", "--backbone", "vgg16"], "`facetrail models add FILE` takes yours"),
        (["classifier", "--name", "x", "--backbone", "sface", "--from-scratch"], "can be trained from scratch"),
        (["classifier", "--name", "siamese-x", "--backbone", "small-cnn"], "are for verifiers"),
        (["siamese", "--encoder", "nobody"], "no encoder is called 'nobody'"),
    ],
)
def test_what_cannot_be_trained_is_said_before_any_work(facetrail: Run, arguments: list[str], words: str) -> None:
    said = facetrail("train", *arguments, "--people", "people")

    assert said.code in {2, 4}
    assert words in " ".join(said.err.split())
