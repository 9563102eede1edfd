"""Training classifiers on real faces, and finding them again on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.encoders.network import Network
from pipeline.errors import InputError, NotFound, WeightsError
from pipeline.training.classifier.backbones import build_network, find_backbone
from pipeline.training.classifier.closed_set import ClosedSet, divide
from pipeline.training.classifier.files import (
    ClassifierRecord,
    check_classifier_name,
    list_classifiers,
    load_classifier,
    save_classifier,
)
from pipeline.training.classifier.networks import EmbeddingHead, TailHead
from pipeline.training.classifier.training import (
    ClassifierTrainingOptions,
    TrainedClassifier,
    predict,
    train_classifier,
)
from pipeline.training.early_stopping import EpochLimits
from pipeline.training.faces.gathering import FaceFolder
from pipeline.training.report import classifier_pictures

pytestmark = pytest.mark.slow

QUICK = ClassifierTrainingOptions(limits=EpochLimits(most=15, patience=5), n_views=4)


@pytest.fixture(scope="module")
def stills(stills_for_dlib: FaceFolder) -> ClosedSet:
    return divide(stills_for_dlib)


@pytest.fixture(scope="module")
def head(dlib_network: Network, stills: ClosedSet) -> TrainedClassifier:
    return train_classifier(EmbeddingHead(dlib_network, len(stills.labels)), stills, QUICK)


def test_small_network_from_scratch_names_faces_that_it_never_saw(tmp_path: Path, orl_small: FaceFolder):
    closed_set = divide(orl_small)
    backbone = find_backbone("small-cnn", tmp_path, from_scratch=False)
    network = build_network(backbone, tmp_path, len(closed_set.labels), seed=1)

    figures = train_classifier(network, closed_set, ClassifierTrainingOptions()).figures

    assert (figures.n_held_out, figures.n_learnt) == (20, 160)
    assert figures.top_1.rate >= 0.8
    assert figures.top_5.rate >= 0.95


def test_head_on_an_encoder_names_faces_that_it_never_saw(head: TrainedClassifier):
    assert (head.figures.top_1.successes, head.figures.n_held_out) == (6, 6)
    assert head.trained.best.number > 0


def test_last_layers_can_learn_along(dlib_network: Network, stills: ClosedSet):
    network = TailHead(dlib_network, len(stills.labels))

    trained = train_classifier(network, stills, QUICK)

    assert trained.figures.top_1.successes == 6
    assert np.abs(trained.trained.weights["tail/kernel"]).max() > 0


def test_the_same_again_gives_the_same(dlib_network: Network, stills: ClosedSet, head: TrainedClassifier):
    again = train_classifier(EmbeddingHead(dlib_network, len(stills.labels)), stills, QUICK)

    assert (again.trained.weights["head/kernel"] == head.trained.weights["head/kernel"]).all()


def test_probabilities_sum_to_one_and_no_face_gives_none(dlib_network: Network, stills: ClosedSet):
    network = EmbeddingHead(dlib_network, 6)

    assert predict(network, stills.held_out.crops_rgb[:0], 6).shape == (0, 6)
    assert np.allclose(predict(network, stills.held_out.crops_rgb, 6).sum(axis=1), 1, atol=1e-5)


@pytest.fixture
def saved(tmp_path: Path, stills: ClosedSet, head: TrainedClassifier) -> Path:
    digest = find_backbone("dlib-resnet", tmp_path, from_scratch=False).digest
    record = ClassifierRecord("dlib-resnet", from_scratch=False, encoder_digest=digest, seed=1)
    pictures = classifier_pictures(head, stills.labels)
    save_classifier(tmp_path / "friends", record, stills.labels, head, shown=pictures)
    return tmp_path


def test_saved_classifier_says_the_same(saved: Path, dlib_network: Network, stills: ClosedSet, head: TrainedClassifier):
    found = load_classifier(saved, "friends", saved)

    network = EmbeddingHead(dlib_network, 6)
    network.take(head.trained.weights)
    crops = stills.held_out.crops_rgb
    assert found.labels == stills.labels
    assert np.allclose(found.predict(crops), predict(network, crops, 6), atol=1e-6)


def test_everything_is_a_plain_file_and_nothing_is_left_over(saved: Path):
    assert sorted(path.name for path in (saved / "friends").iterdir()) == [
        "classifier.json",
        "confusion.png",
        "curves.png",
        "labels.json",
        "metrics.json",
        "weights.npz",
    ]
    assert [path.name for path in saved.iterdir()] == ["friends"]
    assert list_classifiers(saved) == ["friends"]


def test_a_classifier_of_another_encoder_is_refused(saved: Path):
    record = saved / "friends" / "classifier.json"
    record.write_text(record.read_text().replace('"encoder_digest": "', '"encoder_digest": "0'))

    with pytest.raises(WeightsError, match="train it again"):
        load_classifier(saved, "friends", saved)


def test_damaged_weights_are_refused(saved: Path):
    (saved / "friends" / "weights.npz").write_bytes(b"PK no weights")

    with pytest.raises(WeightsError, match="does not hold weights"):
        load_classifier(saved, "friends", saved)


def test_weights_that_do_not_fit_are_refused_by_the_name_of_their_file(saved: Path):
    labels = saved / "friends" / "labels.json"
    labels.write_text('["Ann", "Bob"]')

    with pytest.raises(WeightsError, match=r"friends/weights\.npz does not fit labels\.json .* \(128, 2\) is needed"):
        load_classifier(saved, "friends", saved)


@pytest.mark.parametrize("name", ["friends", "Friends", "../friends", "siamese-sface", ""])
def test_a_name_that_cannot_be_had_is_refused(saved: Path, name: str):
    with pytest.raises(InputError):
        check_classifier_name(saved, name)


def test_an_unknown_classifier_is_refused_with_those_there_are(saved: Path):
    with pytest.raises(NotFound, match="trained here: friends"):
        load_classifier(saved, "strangers", saved)


def test_unknown_backbones_are_refused_with_the_known_ones(tmp_path: Path):
    with pytest.raises(NotFound, match="small-cnn, vgg16, resnet50, senet50, dlib-resnet"):
        find_backbone("alexnet", tmp_path, from_scratch=False)
    with pytest.raises(InputError, match="can be trained from scratch"):
        find_backbone("sface", tmp_path, from_scratch=True)
