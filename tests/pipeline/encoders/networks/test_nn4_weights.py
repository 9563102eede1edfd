"""nn4.small2's weights: the same from every kind of file, and nothing else is taken for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.encoders.formats.keras_format import KerasWeights
from pipeline.encoders.networks.nn4_layers import CONVOLUTIONS
from pipeline.encoders.networks.nn4_weights import read_weights
from pipeline.errors import WeightsError
from tests.pipeline.encoders.weight_files import TorchWriter, write_keras, write_nn4_csv


@pytest.fixture(scope="module")
def weights(nn4_file: Path) -> KerasWeights:
    return read_weights(nn4_file)


def same(one: KerasWeights, other: KerasWeights) -> bool:
    return one.layers.keys() == other.layers.keys() and all(
        np.array_equal(array, other.array(layer, role))
        for layer, arrays in one.layers.items()
        for role, array in arrays.items()
    )


def test_openfaces_file_has_every_parameter(weights: KerasWeights):
    assert weights.n_parameters == 3_743_280
    assert len(CONVOLUTIONS) == 37


@pytest.mark.slow
def test_a_folder_of_csv_files_gives_the_same(weights: KerasWeights, tmp_path: Path):
    assert same(read_weights(write_nn4_csv(tmp_path / "weights", weights)), weights)


def test_an_hdf5_file_gives_the_same(weights: KerasWeights, tmp_path: Path):
    assert same(read_weights(write_keras(tmp_path / "nn4.small2.v1.h5", weights.layers)), weights)


def test_a_network_before_training_is_refused(weights: KerasWeights, tmp_path: Path):
    fresh = {"gamma": np.ones, "beta": np.zeros}
    layers = {
        layer: {
            role: fresh.get(role, np.array)(array.shape if role in fresh else array) for role, array in arrays.items()
        }
        for layer, arrays in weights.layers.items()
    }

    with pytest.raises(WeightsError, match="as it is before training"):
        read_weights(write_keras(tmp_path / "nn4.small2.v1.h5", layers))


def test_a_file_cut_short_is_refused(nn4_file: Path, tmp_path: Path):
    (tmp_path / "nn4.t7").write_bytes(nn4_file.read_bytes()[:20_000_000])

    with pytest.raises(WeightsError, match=r"in the middle of a value|values announced"):
        read_weights(tmp_path / "nn4.t7")


def test_another_network_of_torch_is_refused(tmp_path: Path):
    (tmp_path / "other.t7").write_bytes(TorchWriter().layer("Linear", weight=np.ones((2, 3), np.float32)))

    with pytest.raises(WeightsError, match=r"another network than nn4\.small2"):
        read_weights(tmp_path / "other.t7")


def test_another_network_of_keras_is_refused(tmp_path: Path):
    layers = {"conv1": {"kernel": np.ones((3, 3, 3, 8), np.float32), "bias": np.ones(8, np.float32)}}

    with pytest.raises(WeightsError, match=r"kernel of 'conv1' is \(3, 3, 3, 8\)"):
        read_weights(write_keras(tmp_path / "other.h5", layers))


@pytest.mark.parametrize("name", ["nowhere.t7", "."])
def test_what_is_not_there_is_named(tmp_path: Path, name: str):
    with pytest.raises(WeightsError, match=r"cannot be read|has no conv1_w\.csv"):
        read_weights(tmp_path / name)
