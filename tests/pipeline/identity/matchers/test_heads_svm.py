"""One linear classifier a person, trained on the references."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import SettingsError
from pipeline.identity.matchers.heads_svm import MOST_PEOPLE, train_classifiers
from pipeline.identity.matchers.matching import Gallery
from tests.builders import make_gallery, make_vector

pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra `heads`)")


@pytest.mark.parametrize("names", [("Ada",), ("Ada", "Bob"), ("Ada", "Bob", "Cleo", "Dan")])
def test_everybody_is_told_from_the_others(names: tuple[str, ...]) -> None:
    classifiers = train_classifiers(make_gallery(*names))

    templates = np.stack([make_vector(place, cosine=0.8) for place in range(len(names))])
    assert classifiers.choose(templates).tolist() == list(range(len(names)))


def test_people_without_references_are_no_class() -> None:
    gallery = Gallery(1, "sface", ("a", "b", "c"), ("a", "b", "c"), np.stack([make_vector(0), make_vector(1)]), [0, 2])

    assert train_classifiers(gallery).choose(make_vector(1)[None]).tolist() == [1]


def test_same_gallery_gives_the_same_classifiers() -> None:
    one, other = (train_classifiers(make_gallery("Ada", "Bob", "Cleo")) for _ in range(2))

    assert np.array_equal(one.weights, other.weights)


def test_too_many_people_are_refused_with_what_to_take() -> None:
    ids = tuple(map(str, range(MOST_PEOPLE + 1)))
    references = np.tile(make_vector(0), (len(ids), 1))

    with pytest.raises(SettingsError, match="'mean' or 'knn'"):
        train_classifiers(Gallery(1, "sface", ids, ids, references, np.arange(len(ids))))
