"""A folder of people as a closed-set problem: what is learnt from, what decides when to stop, and what is held out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InputError
from pipeline.identity.calibration.rates import Proportion, proportion
from pipeline.schemas import ImageU8, VectorF32
from pipeline.training.faces.gathering import FaceFolder, PersonFaces
from pipeline.training.faces.splitting import hold_out_every_tenth

LEAST_PEOPLE = 2
TOP = 5
"""Names among which the right one counts as found, besides the first."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledFaces:
    """Faces, and whose they are."""

    crops_rgb: ImageU8
    """`(N, S, S, 3)` uint8 RGB."""
    people: NDArray[np.intp]
    """`(N,)` places in the labels."""

    def __len__(self) -> int:
        return len(self.crops_rgb)


@dataclass(frozen=True, slots=True, eq=False)
class ClosedSet:
    """The faces of a folder, divided."""

    labels: tuple[str, ...]
    learnt: LabelledFaces
    watched: LabelledFaces
    """Decide when to stop; of those left to learn from again every tenth."""
    held_out: LabelledFaces
    """Seen once, at the very end."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassifierFigures:
    """How the classifier did on the pictures held out."""

    n_learnt: int
    n_watched: int
    n_held_out: int
    top_1: Proportion
    top_5: Proportion
    """The right name is among the five most probable ones."""
    confusion: NDArray[np.int64]
    """`(K, K)` counts: a row for the true person, a column for the name said."""


def divide(faces: FaceFolder) -> ClosedSet:
    """Every tenth picture of each person is held out; raises `InputError` when nothing can be learnt or judged."""
    if len(faces.people) < LEAST_PEOPLE:
        raise InputError(f"{len(faces.people)} people have usable pictures; a classifier needs {LEAST_PEOPLE} or more")
    splits = [hold_out_every_tenth(len(person)) for person in faces.people]
    inner = [hold_out_every_tenth(len(split.trained)) for split in splits]
    if not any(len(split.held_out) for split in splits):
        raise InputError("nobody has three usable pictures: nothing could be held out to judge the classifier by")
    pairs = list(zip(splits, inner, strict=True))
    return ClosedSet(
        labels=tuple(person.name for person in faces.people),
        learnt=_take(faces.people, [split.trained[part.trained] for split, part in pairs]),
        watched=_take(faces.people, [split.trained[part.held_out] for split, part in pairs]),
        held_out=_take(faces.people, [split.held_out for split in splits]),
    )


def judge(probabilities: VectorF32, closed_set: ClosedSet) -> ClassifierFigures:
    """The figures of `(N, K)` probabilities for the pictures held out."""
    people, n_labels = closed_set.held_out.people, len(closed_set.labels)
    ranked = np.argsort(-probabilities, axis=1, kind="stable")
    confusion = np.zeros((n_labels, n_labels), np.int64)
    np.add.at(confusion, (people, ranked[:, 0]), 1)
    is_near = (ranked[:, :TOP] == people[:, None]).any(axis=1)
    return ClassifierFigures(
        n_learnt=len(closed_set.learnt),
        n_watched=len(closed_set.watched),
        n_held_out=len(people),
        top_1=proportion(int((ranked[:, 0] == people).sum()), len(people)),
        top_5=proportion(int(is_near.sum()), len(people)),
        confusion=confusion,
    )


def _take(people: tuple[PersonFaces, ...], places: list[NDArray[np.intp]]) -> LabelledFaces:
    crops = np.concatenate([person.crops_rgb[own] for person, own in zip(people, places, strict=True)])
    return LabelledFaces(crops, np.repeat(np.arange(len(people)), [len(own) for own in places]))
