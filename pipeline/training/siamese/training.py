"""Train the Siamese verifier on pairs, as many of one person as of two, and judge it by pairs of other people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from pipeline.identity.calibration.rates import Scores, area_under_curve, threshold_at_rate
from pipeline.schemas import VectorF32
from pipeline.training.early_stopping import EpochLimits, Trained, train_until_best
from pipeline.training.encoder.tail import Tail
from pipeline.training.faces.augmentation import make_views
from pipeline.training.faces.features import FeatureMaker
from pipeline.training.faces.gathering import FaceFolder, PersonFaces
from pipeline.training.faces.splitting import PeopleSplit, split_people
from pipeline.training.measuring import FALSE_RATE
from pipeline.training.siamese.differences import Difference
from pipeline.training.siamese.head import SiameseHead, differences
from pipeline.training.watching import Watching

if TYPE_CHECKING:
    from pipeline.encoders.network import Network

MOST_PAIRS = 40_000
"""Pairs of each kind that are learnt from, and that judge."""
MOST_LISTED = 6000
"""Views of which all pairs are listed, 18 million in 430 MB; of more, only those are listed that can be drawn."""
N_VIEWS = 3
"""Of each picture: as it is, and as poor as in video."""
BATCH = 256
PULL = 0.03
"""What weights cost by the squares of their distances from their mean: few people say little about single numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiameseTrainingOptions:
    """How the verifier learns."""

    difference: Difference = Difference.ABSOLUTE
    rate: float = 0.01
    """Adam's learning rate."""
    limits: EpochLimits = field(default_factory=lambda: EpochLimits(most=40, patience=8))
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFigures:
    """How well scores tell pairs of one person from pairs of two."""

    auc: float
    accuracy: float
    """Mean of the two shares judged rightly, at `threshold`."""
    threshold: float
    """Reached by at most 1 % of the pairs of two people held back."""
    true_accept_rate: float
    """Share of the pairs of one person that reach it."""
    n_genuine: int
    n_impostor: int


@dataclass(frozen=True, slots=True, eq=False)
class TrainedSiamese:
    """What came of it."""

    head: SiameseHead
    split: PeopleSplit
    trained: Trained
    cosine: PairFigures
    """Of the people held back, by cosine similarity."""
    siamese: PairFigures
    """Of the same pairs, by the verifier's probability."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of embeddings."""

    first: VectorF32
    """`(N, D)` float32 of unit length."""
    second: VectorF32
    is_same: NDArray[np.bool_]
    """`(N,)`: of one person."""


def train_siamese(
    network: Network, faces: FaceFolder, options: SiameseTrainingOptions, watching: Watching | None = None
) -> TrainedSiamese:
    """Train a verifier for the encoder of `network`; equal arguments give equal results.

    Raises `InputError` when there are too few people.
    """
    watching = watching or Watching()
    split = split_people({person.name: len(person) for person in faces.people}, options.seed)
    rng = np.random.default_rng(options.seed)
    embedding = _Embedding(network, rng, watching, faces.n_faces)
    learnt = embedding.pairs([person for person in faces.people if person.name in split.trained])
    judging = embedding.pairs([person for person in faces.people if person.name in split.held_back])
    trainee = _Trainee(learnt, judging, options, rng)
    trained = train_until_best(trainee, options.limits, watching.on_epoch)
    head = head_of(trained, options.difference)
    cosine = np.einsum("nd,nd->n", judging.first, judging.second)
    probabilities = head.probabilities(judging.first, judging.second)
    return TrainedSiamese(
        head, split, trained, pair_figures(cosine, judging.is_same), pair_figures(probabilities, judging.is_same)
    )


def head_of(trained: Trained, difference: Difference) -> SiameseHead:
    """The verifier with the weights that did best."""
    return SiameseHead(difference, trained.weights["weights"], float(trained.weights["bias"][0]))


def pair_figures(scores: Scores, is_same: NDArray[np.bool_]) -> PairFigures:
    """The figures of `(N,)` scores, higher for more alike, of which `(N,)` are of one person."""
    genuine, impostor = scores[is_same], scores[~is_same]
    threshold = threshold_at_rate(impostor, FALSE_RATE)
    accepted = float(np.mean(genuine >= threshold)) if len(genuine) else float("nan")
    refused = float(np.mean(impostor < threshold)) if len(impostor) else float("nan")
    return PairFigures(
        auc=area_under_curve(genuine, impostor),
        accuracy=(accepted + refused) / 2,
        threshold=threshold,
        true_accept_rate=accepted,
        n_genuine=len(genuine),
        n_impostor=len(impostor),
    )


def balanced_pairs(
    embeddings: VectorF32, people: NDArray[np.integer], pictures: NDArray[np.integer], rng: Generator
) -> Pairs:
    """As many pairs of two people as of one, drawn from all; never two views of one picture."""
    first, second = _listed_pairs(people, rng)
    differs = pictures[first] != pictures[second]
    first, second = first[differs], second[differs]
    is_same = people[first] == people[second]
    n_each = min(int(is_same.sum()), int((~is_same).sum()), MOST_PAIRS)
    drawn = [rng.choice(np.flatnonzero(kind), n_each, replace=False) for kind in (is_same, ~is_same)]
    chosen = np.sort(np.concatenate(drawn))
    return Pairs(embeddings[first[chosen]], embeddings[second[chosen]], is_same[chosen])


def _listed_pairs(people: NDArray[np.integer], rng: Generator) -> NDArray[np.intp]:
    """`(2, P)` places of views: every pair, or of very many views those of one person and some of two."""
    if len(people) <= MOST_LISTED:
        return np.stack(np.triu_indices(len(people), 1))
    each = (np.flatnonzero(people == person) for person in np.unique(people))
    same = [own[np.stack(np.triu_indices(len(own), 1))] for own in each]
    drawn = rng.integers(0, len(people), (2, 4 * MOST_PAIRS))
    return np.concatenate([*same, drawn[:, people[drawn[0]] != people[drawn[1]]]], axis=1)


class _Embedding:
    """Embeds people's pictures in a few views each, and pairs them."""

    def __init__(self, network: Network, rng: Generator, watching: Watching, n_faces: int) -> None:
        self._maker = FeatureMaker(network)
        self._tail = Tail(network)
        self._rng = rng
        self._watching = watching
        self._n_faces = n_faces
        self._n_done = 0

    def pairs(self, people: Sequence[PersonFaces]) -> Pairs:
        vectors = np.concatenate([self._embed(person) for person in people])
        pictures = np.repeat(np.arange(sum(len(person) for person in people)), N_VIEWS)
        owners = np.repeat(np.arange(len(people)), [len(person) * N_VIEWS for person in people])
        return balanced_pairs(vectors, owners, pictures, self._rng)

    def _embed(self, person: PersonFaces) -> VectorF32:
        views = make_views(person.crops_rgb, N_VIEWS, self._rng)
        self._n_done += len(person)
        self._watching.on_views(self._n_done * N_VIEWS, self._n_faces * N_VIEWS)
        return self._tail.embed(self._maker.features(views.reshape(-1, *views.shape[2:])))


class _Trainee:
    """The verifier while it learns, by logistic regression in NumPy (see `early_stopping.Trainee`).

    It begins with equal weights of the standardised differences, which rank pairs much as their distance does.
    """

    def __init__(self, learnt: Pairs, judging: Pairs, options: SiameseTrainingOptions, rng: Generator) -> None:
        apart = differences(learnt.first, learnt.second, options.difference)
        self._mean, self._spread = apart.mean(axis=0), apart.std(axis=0) + 1e-9
        self._inputs = (apart - self._mean) / self._spread
        self._targets = learnt.is_same.astype(np.float64)
        self._judging = judging
        self._options = options
        self._rng = rng
        self._adam = _Adam(options.rate, apart.shape[1] + 1)
        self._values = np.concatenate([np.full(apart.shape[1], -1 / np.sqrt(apart.shape[1])), [0.0]])

    def run_epoch(self) -> float:
        """Every pair once; the mean cross-entropy."""
        order = self._rng.permutation(len(self._inputs))
        return float(np.mean([self._step(order[start : start + BATCH]) for start in range(0, len(order), BATCH)]))

    def score(self) -> float:
        """The mean logarithm of the probability of what is so, for pairs of the people held back."""
        found = self._head().probabilities(self._judging.first, self._judging.second)
        return float(np.mean(np.log(np.where(self._judging.is_same, found, 1 - found) + 1e-12)))

    def weights(self) -> dict[str, VectorF32]:
        """Of the differences as they are, no longer standardised."""
        head = self._head()
        return {"weights": head.weights, "bias": np.array([head.bias], np.float32)}

    def _head(self) -> SiameseHead:
        weights = self._values[:-1] / self._spread
        bias = float(self._values[-1] - weights @ self._mean)
        return SiameseHead(self._options.difference, weights.astype(np.float32), bias)

    def _step(self, chosen: NDArray[np.integer]) -> float:
        inputs, targets, weights = self._inputs[chosen], self._targets[chosen], self._values[:-1]
        logits = inputs @ weights + self._values[-1]
        errors = 1 / (1 + np.exp(-np.clip(logits, -60, 60))) - targets
        gradient = np.concatenate(
            [inputs.T @ errors / len(chosen) + PULL * (weights - weights.mean()), [errors.mean()]]
        )
        self._values = self._values - self._adam.step(gradient)
        return float(np.mean(np.logaddexp(0, logits) - targets * logits))


class _Adam:
    """The steps of Kingma and Ba, 2014, for one vector."""

    def __init__(self, rate: float, size: int) -> None:
        self._rate = rate
        self._mean, self._square = np.zeros(size), np.zeros(size)
        self._n_steps = 0

    def step(self, gradient: NDArray[np.float64]) -> NDArray[np.float64]:
        self._n_steps += 1
        self._mean = 0.9 * self._mean + 0.1 * gradient
        self._square = 0.999 * self._square + 0.001 * gradient**2
        mean, square = self._mean / (1 - 0.9**self._n_steps), self._square / (1 - 0.999**self._n_steps)
        moved: NDArray[np.float64] = self._rate * mean / (np.sqrt(square) + 1e-8)
        return moved
