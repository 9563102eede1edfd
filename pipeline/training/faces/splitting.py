"""Decide what is held back from learning: whole people for an encoder, every tenth picture for a classifier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InputError

HELD_BACK_SHARE = 0.3
LEAST_HELD_BACK = 2
"""People; with one there would be no pair of two people to tell apart."""
LEAST_TRAINED = 2
EVERY = 10
"""Of so many pictures of a person the last one is held out."""
LEAST_TO_HOLD_OUT = 3
"""Pictures of a person from which at least one is held out."""

IndexArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class PeopleSplit:
    """Names of people, in the order of the names."""

    trained: tuple[str, ...]
    held_back: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PictureSplit:
    """Places of pictures in their order."""

    trained: IndexArray
    held_out: IndexArray


def split_people(n_pictures: Mapping[str, int], seed: int) -> PeopleSplit:
    """Hold back a seeded choice of those with at least two pictures; whoever has one picture is trained on.

    Raises `InputError` when there are too few people.
    """
    eligible = [name for name in sorted(n_pictures) if n_pictures[name] >= 2]
    least = LEAST_HELD_BACK + LEAST_TRAINED
    if len(eligible) < least:
        raise InputError(
            f"only {len(eligible)} people have two usable pictures or more; at least {least} are needed: "
            f"{LEAST_TRAINED} to learn from, {LEAST_HELD_BACK} to be held back"
        )
    n_held_back = min(len(eligible) - LEAST_TRAINED, max(LEAST_HELD_BACK, round(HELD_BACK_SHARE * len(eligible))))
    chosen = np.random.default_rng(seed).choice(len(eligible), n_held_back, replace=False)
    held_back = {eligible[place] for place in chosen}
    trained = tuple(name for name in sorted(n_pictures) if name not in held_back)
    return PeopleSplit(trained, tuple(sorted(held_back)))


def hold_out_every_tenth(n_pictures: int) -> PictureSplit:
    """Of one person's pictures every tenth is held out; the last one when that is none and there are three or more."""
    places = np.arange(n_pictures)
    held_out = places[EVERY - 1 :: EVERY]
    if not len(held_out) and n_pictures >= LEAST_TO_HOLD_OUT:
        held_out = places[-1:]
    return PictureSplit(np.setdiff1d(places, held_out), held_out)
