"""The linear-SVM head: one linear classifier a person against all others, trained on the gallery's references.

It hides scikit-learn (extra `heads`). Like every head it is closed: it names one of its classes for any face, so that
it cannot say that somebody is a stranger; `HeadMatcher` leaves that to the cosine and the thresholds.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from pipeline.errors import SettingsError
from pipeline.identity.matchers.matching import Gallery, IndexArray
from pipeline.schemas import VectorF32

MOST_PEOPLE = 2000
"""Classifiers that are trained at most: each looks at every reference, so that training grows with the square. Two
thousand people of three references take 13 s on one core, a thousand 3.3 s."""
SEED = 0
PENALTY = 1.0
"""C of the classifiers, as scikit-learn and the tutorials leave it; unit vectors need no scaling."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearClassifiers:
    """One linear classifier for each person of a gallery."""

    weights: VectorF32
    """`(P, D)` float32, one row for each of the gallery's means."""
    biases: VectorF32
    """`(P,)` float32."""

    def choose(self, templates: VectorF32) -> IndexArray:
        """As `Head.choose`: the person whose classifier is surest; equally sure ones go to who comes first."""
        return np.asarray((templates @ self.weights.T + self.biases).argmax(axis=1), np.intp)


def train_classifiers(gallery: Gallery) -> LinearClassifiers:
    """Train on all references of everybody; the same gallery gives the same classifiers.

    Raises `SettingsError` without scikit-learn, and for a gallery that is too large.
    """
    n_people = len(gallery.means)
    check_classifiers(n_people)
    if n_people < 2:
        return LinearClassifiers(np.zeros_like(gallery.means), np.zeros(n_people, np.float32))
    from sklearn.svm import LinearSVC

    fitted = LinearSVC(C=PENALTY, random_state=SEED).fit(gallery.references, gallery.owners)
    weights, biases = np.asarray(fitted.coef_, np.float32), np.asarray(fitted.intercept_, np.float32)
    if n_people == 2:  # scikit-learn then keeps only the classifier of the second class
        return LinearClassifiers(np.concatenate([-weights, weights]), np.concatenate([-biases, biases]))
    return LinearClassifiers(weights, biases)


def check_classifiers(n_people: int) -> None:
    """Raise `SettingsError` when classifiers of so many people cannot be trained here; trains and imports nothing."""
    if find_spec("sklearn") is None:
        raise SettingsError("identity.method is 'linear-svm', which needs scikit-learn: pip install 'facetrail[heads]'")
    if n_people > MOST_PEOPLE:
        raise SettingsError(
            f"identity.method is 'linear-svm', and {n_people} people are enrolled; it can be had for {MOST_PEOPLE}: "
            "take 'mean' or 'knn'"
        )
