"""The networks that begin with nothing are the published ones."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.training.classifier.keras_backbones import build_from_scratch
from pipeline.training.classifier.networks import FromScratch

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("backbone", "n_parameters"), [("vgg16", 14_714_688), ("resnet50", 23_587_712), ("senet50", 26_092_144)]
)
def test_large_networks_have_the_parameters_of_their_papers(backbone: str, n_parameters: int):
    model = build_from_scratch(backbone, 7, seed=1)

    without_top = model.count_params() - model.get_layer("names").count_params()

    assert without_top == n_parameters
    assert model.output_shape == (None, 7)


@pytest.mark.parametrize("backbone", ["small-cnn", "senet50"])
def test_weights_fit_into_the_same_network_built_later(backbone: str):
    first, later = (FromScratch(backbone, 3, seed) for seed in (1, 2))

    later.take(first.weights())

    assert all((later.weights()[name] == array).all() for name, array in first.weights().items())
    assert len(first.weights()) > 10


def test_equal_seeds_give_equal_networks():
    first, same, other = (build_from_scratch("small-cnn", 3, seed) for seed in (1, 1, 2))

    faces = np.random.default_rng(0).integers(0, 256, (2, 96, 96, 3)).astype(np.float32)
    assert (first(faces).numpy() == same(faces).numpy()).all()
    assert (first(faces).numpy() != other(faces).numpy()).any()
