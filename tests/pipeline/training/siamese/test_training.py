"""Training a verifier on real faces, and finding it again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from pipeline.encoders.manifest import encoder_entry
from pipeline.encoders.network import Network
from pipeline.encoders.registry import load_encoder
from pipeline.errors import NotFound
from pipeline.training.faces.gathering import FaceFolder
from pipeline.training.siamese.differences import Difference
from pipeline.training.siamese.files import load_siamese, save_siamese
from pipeline.training.siamese.training import (
    MOST_PAIRS,
    SiameseTrainingOptions,
    TrainedSiamese,
    balanced_pairs,
    pair_figures,
    train_siamese,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def trained(dlib_network: Network, orl_for_dlib: FaceFolder) -> TrainedSiamese:
    return train_siamese(dlib_network, orl_for_dlib, SiameseTrainingOptions())


def test_pairs_of_people_it_never_saw_are_judged_rightly(trained: TrainedSiamese):
    figures = trained.siamese

    assert figures.n_genuine == figures.n_impostor > 1000
    assert figures.auc > 0.99
    assert figures.accuracy > 0.97
    assert not set(trained.split.trained) & set(trained.split.held_back)


def test_other_people_are_judged_too(trained: TrainedSiamese, stills_for_dlib: FaceFolder, weights_cache: Path):
    crops = np.concatenate([person.crops_rgb[:4] for person in stills_for_dlib.people])
    vectors, people = load_encoder("dlib-resnet", weights_cache).embed(crops), np.repeat(np.arange(6), 4)
    pairs = balanced_pairs(vectors, people, np.arange(24), np.random.default_rng(0))

    assert pair_figures(trained.head.probabilities(pairs.first, pairs.second), pairs.is_same).auc > 0.98


def test_pairs_of_very_many_views_are_drawn_and_not_listed():
    n_people, n_pictures, n_views = 1000, 10, 3
    people = np.repeat(np.arange(n_people), n_pictures * n_views)
    pictures = np.repeat(np.arange(n_people * n_pictures), n_views)
    places = np.arange(len(people), dtype=np.float32)[:, None]

    pairs = balanced_pairs(places, people, pictures, np.random.default_rng(0))

    first, second = pairs.first[:, 0].astype(int), pairs.second[:, 0].astype(int)
    assert pairs.is_same.sum() == (~pairs.is_same).sum() == MOST_PAIRS
    assert ((people[first] == people[second]) == pairs.is_same).all()
    assert (pictures[first] != pictures[second]).all()


def test_the_same_again_gives_the_same(dlib_network: Network, orl_for_dlib: FaceFolder, trained: TrainedSiamese):
    again = train_siamese(dlib_network, orl_for_dlib, SiameseTrainingOptions())

    assert (again.head.weights == trained.head.weights).all()


def test_chi_squared_learns_as_well(dlib_network: Network, orl_for_dlib: FaceFolder):
    options = SiameseTrainingOptions(difference=Difference.CHI_SQUARED)

    assert train_siamese(dlib_network, orl_for_dlib, options).siamese.auc > 0.99


def test_as_many_pairs_of_one_person_as_of_two(trained: TrainedSiamese):
    vectors = np.eye(6, dtype=np.float32)

    pairs = balanced_pairs(vectors, np.array([0, 0, 1, 1, 2, 2]), np.arange(6), np.random.default_rng(0))

    assert (pairs.is_same.sum(), len(pairs.is_same)) == (3, 6)


def test_saved_verifier_says_the_same_and_a_newer_takes_its_place(tmp_path: Path, trained: TrainedSiamese):
    entry = encoder_entry("dlib-resnet")
    save_siamese(tmp_path, entry, trained, b"")
    save_siamese(tmp_path, entry, trained, b"")

    found = load_siamese(tmp_path, entry)

    first, second = np.eye(128, dtype=np.float32)[:2, None]
    assert found.head.probabilities(first, second) == pytest.approx(trained.head.probabilities(first, second))
    assert [path.name for path in tmp_path.iterdir()] == ["siamese-dlib-resnet"]
    assert found.uncertain_from <= 0.5 <= found.same_from


def test_no_other_encoder_gets_it(tmp_path: Path, trained: TrainedSiamese):
    entry = encoder_entry("dlib-resnet")
    save_siamese(tmp_path, entry, trained, b"")

    with pytest.raises(NotFound, match=r"for sface .there is one for dlib-resnet.*train siamese --encoder sface"):
        load_siamese(tmp_path, encoder_entry("sface"))
    with pytest.raises(NotFound, match="trained for another dlib-resnet"):
        load_siamese(tmp_path, msgspec.structs.replace(entry, tail_sha256="1"))


def test_without_any_it_says_what_to_type(tmp_path: Path):
    with pytest.raises(NotFound, match="`facetrail train siamese --encoder sface --people DIR` makes one"):
        load_siamese(tmp_path, encoder_entry("sface"))
