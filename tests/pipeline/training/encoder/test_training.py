"""Fine-tuning a real encoder on real people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pipeline.encoders.manifest import encoder_entry
from pipeline.encoders.network import Network
from pipeline.encoders.registry import load_encoder
from pipeline.errors import InputError
from pipeline.training.early_stopping import EpochLimits
from pipeline.training.encoder.entries import entry_for, save_encoder
from pipeline.training.encoder.tail import TripletOptions
from pipeline.training.encoder.training import (
    EncoderTrainingOptions,
    TrainedEncoder,
    check_judges,
    compare_on,
    train_encoder,
)
from pipeline.training.faces.gathering import FaceFolder, PersonFaces
from pipeline.training.triplets.mining import Mining

pytestmark = pytest.mark.slow

QUICK = EncoderTrainingOptions(limits=EpochLimits(most=3, patience=3), n_views=3)


@pytest.fixture(scope="module")
def worsened(dlib_network: Network) -> Network:
    """An encoder that has something to learn: of what its last layer tells apart, four directions are left."""
    left, strengths, right = np.linalg.svd(dlib_network.tail_weights["kernel"], full_matrices=False)
    strengths[4:] = 0
    return replace(dlib_network, tail_weights={"kernel": ((left * strengths) @ right).astype(np.float32)})


@pytest.fixture(scope="module")
def trained(worsened: Network, orl_for_dlib: FaceFolder) -> TrainedEncoder:
    return train_encoder(worsened, orl_for_dlib, QUICK)


def test_people_it_did_not_learn_from_are_told_apart_better(trained: TrainedEncoder):
    assert trained.is_better
    assert not trained.is_doubtful
    assert trained.trained.best.score > trained.trained.epochs[0].score
    assert trained.held_back.after.n_people == 6
    assert not set(trained.split.trained) & set(trained.split.held_back)


def test_a_gain_of_nothing_worth_is_doubtful(trained: TrainedEncoder):
    best = replace(trained.trained.best, score=trained.trained.epochs[0].score + 1e-5)

    slight = replace(trained, trained=replace(trained.trained, best=best))

    assert (slight.is_better, slight.is_doubtful) == (True, True)


def test_other_people_can_judge_as_well(worsened: Network, trained: TrainedEncoder, stills_for_dlib: FaceFolder):
    figures = compare_on(worsened, trained.trained, stills_for_dlib)

    assert (figures.before.n_people, figures.after.n_pictures) == (6, 60)
    assert figures.before.auc != figures.after.auc


def test_the_same_again_gives_the_same(worsened: Network, trained: TrainedEncoder, orl_for_dlib: FaceFolder):
    again = train_encoder(worsened, orl_for_dlib, QUICK)

    assert (again.trained.weights["kernel"] == trained.trained.weights["kernel"]).all()


@pytest.mark.parametrize("mining", [Mining.BATCH_ALL, Mining.BATCH_HARD])
def test_other_ways_of_mining_learn_too(worsened: Network, orl_for_dlib: FaceFolder, mining: Mining):
    options = replace(QUICK, triplets=TripletOptions(mining=mining))

    epochs = train_encoder(worsened, orl_for_dlib, options).trained.epochs

    assert epochs[-1].score > epochs[0].score


def test_two_people_are_too_few(dlib_network: Network, orl_for_dlib: FaceFolder):
    with pytest.raises(InputError, match="only 2 people have two usable pictures"):
        train_encoder(dlib_network, FaceFolder(orl_for_dlib.people[:2], ()), QUICK)


def test_what_was_saved_is_an_encoder_like_any_other(tmp_path: Path, trained: TrainedEncoder, stills_for_dlib):
    save_encoder(tmp_path, "dlib-office", encoder_entry("dlib-resnet"), trained)

    encoder, base = load_encoder("dlib-office", tmp_path), load_encoder("dlib-resnet", tmp_path)

    crops = stills_for_dlib.people[0].crops_rgb
    assert np.allclose(np.linalg.norm(encoder.embed(crops), axis=1), 1, atol=1e-5)
    assert np.abs(encoder.embed(crops) - base.embed(crops)).max() > 0.01
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith(".")) == [
        "dlib-office.npz",
        "models.toml",
    ]


def test_a_name_that_is_taken_leaves_nothing_behind(tmp_path: Path, trained: TrainedEncoder):
    with pytest.raises(InputError, match="there is a model called sface already"):
        save_encoder(tmp_path, "sface", encoder_entry("dlib-resnet"), trained)

    assert not (tmp_path / "sface.npz").exists()


def test_thresholds_move_with_the_scores_and_say_where_they_are_from(trained: TrainedEncoder):
    base = encoder_entry("dlib-resnet")

    entry = entry_for("dlib-office", base, trained)

    assert entry.calibration.uncertain_threshold < entry.calibration.threshold
    assert entry.tracking.contradict_cosine <= entry.tracking.agree_cosine
    assert "carried over from dlib-resnet" in entry.calibration.source


def test_with_few_people_held_back_the_thresholds_stay(trained: TrainedEncoder):
    base = encoder_entry("dlib-resnet")
    few = replace(trained.scores_before, impostor=trained.scores_before.impostor[:10])

    entry = entry_for("dlib-office", base, replace(trained, scores_before=few))

    assert msgspec.structs.replace(entry.calibration, source=base.calibration.source) == base.calibration
    assert "too few" in entry.calibration.source


@pytest.mark.parametrize("counts", [(), (3,), (1, 1)])
def test_folder_without_a_pair_of_one_or_of_two_cannot_judge(counts: tuple[int, ...]):
    people = tuple(PersonFaces(str(n), np.zeros((count, 8, 8, 3), np.uint8)) for n, count in enumerate(counts))

    with pytest.raises(InputError, match=f"others has usable pictures of {len(counts)} people"):
        check_judges("others", FaceFolder(people, ()))


def test_folder_with_pairs_of_both_kinds_can_judge():
    people = tuple(PersonFaces(str(n), np.zeros((count, 8, 8, 3), np.uint8)) for n, count in enumerate((1, 2)))

    check_judges("others", FaceFolder(people, ()))
