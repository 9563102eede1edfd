"""Galleries of drawn people whose faces lie as real ones do: pictures of one person at a cosine of about 0.64, those of
two at 0.05 on average and rarely over 0.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.identity.matchers.matching import Gallery
from pipeline.schemas import VectorF32

DIMENSIONS = 128
OWN_COSINE = 0.8
"""Of a picture and its person."""
SHARED = 3.5
"""What all faces have in common, in spreads of the widest direction; it lifts the cosine of two people above zero."""
WIDEST, NARROWEST = 1.6, 0.4
"""Spread of people along the first and the last direction: faces do not fill their space evenly."""
SEED = 0


@dataclass(frozen=True, slots=True, eq=False)
class DrawnGallery:
    """A gallery, and pictures of people in it that it does not have."""

    gallery: Gallery
    templates: VectorF32
    """`(N, D)` float32 of unit length."""


def draw_gallery(n_references: int, n_each: int, n_templates: int) -> DrawnGallery:
    """So many references, `n_each` a person, and templates of some of these people; the same every time."""
    rng = np.random.default_rng(SEED)
    n_people = n_references // n_each
    people = _people(n_people, rng)
    references = _pictures(np.repeat(people, n_each, axis=0), rng)
    names = tuple(map(str, range(n_people)))
    gallery = Gallery(1, "drawn", names, names, references, np.repeat(np.arange(n_people), n_each))
    return DrawnGallery(gallery, _pictures(people[rng.integers(0, n_people, n_templates)], rng))


def _people(n_people: int, rng: np.random.Generator) -> VectorF32:
    people = rng.standard_normal((n_people, DIMENSIONS), np.float32)
    people *= np.linspace(WIDEST, NARROWEST, DIMENSIONS, dtype=np.float32)
    people[:, 0] += SHARED
    return _unit(people)


def _pictures(people: VectorF32, rng: np.random.Generator) -> VectorF32:
    """A picture of each: the person, and as much that has nothing to do with the person as the cosine leaves."""
    noise = rng.standard_normal(people.shape, np.float32)
    noise -= np.einsum("nd,nd->n", noise, people)[:, None] * people
    away = np.float32(np.sqrt(1 - OWN_COSINE**2))
    return np.asarray(np.float32(OWN_COSINE) * people + away * _unit(noise), np.float32)


def _unit(rows: VectorF32) -> VectorF32:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
