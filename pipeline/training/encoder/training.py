"""Fine-tune an encoder on a folder of people, and say what it brought on people that it did not learn from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator

from pipeline.errors import InputError
from pipeline.schemas import VectorF32
from pipeline.training.early_stopping import EpochLimits, Trained, train_until_best
from pipeline.training.encoder.tail import Tail, TailTrainee, TripletOptions, ViewFeatures, view_scores
from pipeline.training.faces.augmentation import make_views
from pipeline.training.faces.features import FeatureMaker
from pipeline.training.faces.gathering import FaceFolder, PersonFaces
from pipeline.training.faces.splitting import PeopleSplit, split_people
from pipeline.training.measuring import Figures, PairScores, measure
from pipeline.training.watching import Watching

if TYPE_CHECKING:
    from pipeline.encoders.network import Network

JUDGING_VIEWS = 3
"""Of each picture held back: as it is, and as poor as in video."""
LEAST_GAIN = 0.001
"""Rise of the area under the curve that means something: good encoders differ by as much from one set to the next."""
MOST_JUDGING_VIEWS = 1500
"""Views that every epoch is judged by: some million pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderTrainingOptions:
    """How an encoder is fine-tuned."""

    triplets: TripletOptions = field(default_factory=TripletOptions)
    limits: EpochLimits = field(default_factory=lambda: EpochLimits(most=60, patience=10))
    n_views: int = 16
    """Of each picture learnt from, as far as memory allows."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class BeforeAndAfter:
    """Figures of the same pictures by the encoder as it was and as it is."""

    before: Figures
    after: Figures


@dataclass(frozen=True, slots=True, eq=False)
class TrainedEncoder:
    """What came of fine-tuning."""

    split: PeopleSplit
    trained: Trained
    held_back: BeforeAndAfter
    scores_before: PairScores
    """Of pairs of pictures of the people held back, in all views."""
    scores_after: PairScores

    @property
    def is_better(self) -> bool:
        """Whether any epoch did better than the encoder as it was."""
        return self.trained.best.number > 0

    @property
    def gain(self) -> float:
        """By how much the area under the ROC curve rose on the people held back."""
        return self.trained.best.score - self.trained.epochs[0].score

    @property
    def is_doubtful(self) -> bool:
        """Whether it rose by so little that it says nothing about other people."""
        return self.is_better and self.gain < LEAST_GAIN


def train_encoder(
    network: Network, faces: FaceFolder, options: EncoderTrainingOptions, watching: Watching | None = None
) -> TrainedEncoder:
    """Fine-tune the tail of `network` on most people of `faces`, judged by the others; equal arguments, equal result.

    Raises `InputError` when there are too few people.
    """
    watching = watching or Watching()
    split = split_people({person.name: len(person) for person in faces.people}, options.seed)
    learnt = [person for person in faces.people if person.name in split.trained]
    judging = [person for person in faces.people if person.name in split.held_back]
    maker = FeatureMaker(network)
    views = _make_views(maker, learnt, judging, options, watching.on_views)
    trainee = TailTrainee(network, views.learnt, views.judging, options.triplets, np.random.default_rng(options.seed))
    trained = train_until_best(trainee, options.limits, watching.on_epoch)
    best = replace(network, tail_weights=trained.weights)
    return TrainedEncoder(
        split=split,
        trained=trained,
        held_back=_compare(network, best, views.judging.plain, _names(judging)),
        scores_before=view_scores(Tail(network), views.judging),
        scores_after=view_scores(Tail(best), views.judging),
    )


def check_judges(folder: str, faces: FaceFolder) -> None:
    """Raise `InputError` unless the faces of `folder` have pairs of one person and of two, which a judgement needs."""
    if len(faces.people) < 2 or max(len(person) for person in faces.people) < 2:
        raise InputError(
            f"{folder} has usable pictures of {len(faces.people)} people; judging an encoder takes two people or more, "
            "and two pictures of one of them"
        )


def compare_on(network: Network, trained: Trained, faces: FaceFolder) -> BeforeAndAfter:
    """The figures of other people's faces (see `check_judges`) before and after."""
    crops = np.concatenate([person.crops_rgb for person in faces.people])
    features = FeatureMaker(network).features(crops)
    return _compare(network, replace(network, tail_weights=trained.weights), features, _names(faces.people))


@dataclass(frozen=True, slots=True, eq=False)
class _Views:
    """The features of those learnt from, and of those who judge."""

    learnt: ViewFeatures
    judging: ViewFeatures


def _make_views(
    maker: FeatureMaker,
    learnt: Sequence[PersonFaces],
    judging: Sequence[PersonFaces],
    options: EncoderTrainingOptions,
    on_views: Callable[[int, int], None],
) -> _Views:
    n_learnt, n_judging = (sum(len(person) for person in people) for people in (learnt, judging))
    n_views = maker.views_within_memory(n_learnt, options.n_views)
    n_judging_views = int(np.clip(MOST_JUDGING_VIEWS // n_judging, 1, JUDGING_VIEWS))
    n_first, n_total = n_learnt * n_views, n_learnt * n_views + n_judging * n_judging_views
    rng = np.random.default_rng([options.seed, 1])
    return _Views(
        _features_of(maker, learnt, n_views, rng, lambda done: on_views(done, n_total)),
        _features_of(maker, judging, n_judging_views, rng, lambda done: on_views(n_first + done, n_total)),
    )


def _features_of(
    maker: FeatureMaker, people: Sequence[PersonFaces], n_views: int, rng: Generator, on_done: Callable[[int], None]
) -> ViewFeatures:
    """Person by person, so that the views themselves take little memory."""
    features = np.empty((sum(len(person) for person in people), n_views, *maker.shape), np.float32)
    place = 0
    for person in people:
        views = make_views(person.crops_rgb, n_views, rng)
        flat = maker.features(views.reshape(-1, *views.shape[2:]))
        features[place : place + len(person)] = flat.reshape(len(person), n_views, *maker.shape)
        place += len(person)
        on_done(place * n_views)
    return ViewFeatures(features, np.repeat(np.arange(len(people)), [len(person) for person in people]))


def _compare(network: Network, best: Network, features: VectorF32, names: Sequence[str]) -> BeforeAndAfter:
    before, after = (measure(Tail(one).embed(features), names, "trained") for one in (network, best))
    return BeforeAndAfter(before, after)


def _names(people: Sequence[PersonFaces]) -> list[str]:
    return [person.name for person in people for _ in range(len(person))]
