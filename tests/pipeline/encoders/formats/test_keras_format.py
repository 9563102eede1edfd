"""Keras's HDF5 files: arrays are found by layer in every style of naming, and every kind of damage is an error."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np
import pytest

from pipeline.encoders.formats import keras_format
from pipeline.encoders.formats.keras_format import read_keras_weights
from pipeline.errors import WeightsError

KERNEL = np.arange(12, dtype=np.float32).reshape(3, 4)


def write_layers(group: h5py.Group, layers: Mapping[str, Mapping[str, np.ndarray]]) -> None:
    group.attrs["layer_names"] = [name.encode() for name in layers]
    for layer, weights in layers.items():
        within = group.create_group(layer)
        within.attrs["weight_names"] = [name.encode() for name in weights]
        for name, values in weights.items():
            within.create_dataset(name, data=values)


def write_file(path: Path, layers: Mapping[str, Mapping[str, np.ndarray]], *, whole_model: bool = False) -> Path:
    with h5py.File(path, "w") as file:
        write_layers(file.create_group("model_weights") if whole_model else file, layers)
    return path


@pytest.mark.parametrize("whole_model", [True, False])
@pytest.mark.parametrize(
    ("layer", "weight", "role"),
    [
        ("dense", "dense/kernel:0", "kernel"),
        ("dense", "model/dense/kernel", "kernel"),
        ("dense", "dense_1/kernel:0", "kernel"),
        ("conv1/7x7_s2/bn", "conv1/7x7_s2/bn/moving_mean:0", "moving_mean"),
        ("conv1_1", "conv1_1_W:0", "kernel"),
        ("bn", "bn_running_std:0", "moving_variance"),
    ],
)
def test_arrays_are_found_by_layer_and_role(tmp_path: Path, layer: str, weight: str, role: str, *, whole_model: bool):
    path = write_file(tmp_path / "w.h5", {"input": {}, layer: {weight: KERNEL}}, whole_model=whole_model)

    weights = read_keras_weights(path)

    assert np.array_equal(weights.array(layer, role, (3, 4)), KERNEL)
    assert weights.n_parameters == 12


def test_layers_of_a_model_inside_the_model_come_out_by_their_own_names(tmp_path: Path):
    inner = {"a/kernel:0": KERNEL, "b/kernel:0": KERNEL + 1}

    weights = read_keras_weights(write_file(tmp_path / "w.h5", {"vgg": inner}))

    assert weights.array("b", "kernel")[0, 0] == 1


def test_names_that_are_split_over_attributes_are_joined(tmp_path: Path):
    path = write_file(tmp_path / "w.h5", {"a": {"a/kernel:0": KERNEL}, "b": {"b/kernel:0": KERNEL}})
    with h5py.File(path, "a") as file:
        del file.attrs["layer_names"]
        file.attrs["layer_names0"], file.attrs["layer_names1"] = [b"a"], [b"b"]

    assert list(read_keras_weights(path).layers) == ["a", "b"]


def test_only_the_layers_asked_for_are_read(tmp_path: Path):
    path = write_file(tmp_path / "w.h5", {"a": {"a/kernel:0": KERNEL}, "b": {"b/kernel:0": KERNEL}})

    assert list(read_keras_weights(path, {"b", "c"}).layers) == ["b"]


@pytest.mark.parametrize(
    ("layer", "role", "shape", "complaint"),
    [
        ("top", "kernel", None, "no layer 'top'; it begins with 'dense'"),
        ("dense", "bias", None, "'dense' has no bias, only 'kernel'"),
        ("dense", "kernel", (4, 3), r"is \(3, 4\), and must be \(4, 3\)"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, layer: str, role: str, shape: tuple[int, ...] | None, complaint: str):
    weights = read_keras_weights(write_file(tmp_path / "w.h5", {"dense": {"dense/kernel:0": KERNEL}}))

    with pytest.raises(WeightsError, match=complaint):
        weights.array(layer, role, shape)


@pytest.mark.parametrize("content", [b"", b"no HDF5 at all", b"\x89HDF\r\n\x1a\n" + bytes(100)])
def test_what_is_no_hdf5_is_an_error(tmp_path: Path, content: bytes):
    (tmp_path / "w.h5").write_bytes(content)

    with pytest.raises(WeightsError, match=r"w\.h5 cannot be read as weights of Keras"):
        read_keras_weights(tmp_path / "w.h5")


def test_a_file_cut_short_is_an_error(tmp_path: Path):
    whole = write_file(tmp_path / "w.h5", {"dense": {"dense/kernel:0": KERNEL}}).read_bytes()
    (tmp_path / "w.h5").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(WeightsError):
        read_keras_weights(tmp_path / "w.h5")


def test_weights_without_names_are_an_error_that_says_what_to_do(tmp_path: Path):
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.create_dataset("layers/dense/vars/0", data=KERNEL)

    with pytest.raises(WeightsError, match=r"names no layers.*save the model as"):
        read_keras_weights(tmp_path / "w.h5")


def test_a_file_that_claims_too_much_is_refused_before_memory_is_taken(tmp_path: Path):
    with h5py.File(tmp_path / "w.h5", "w") as file:
        write_layers(file, {"dense": {}})
        file["dense"].attrs["weight_names"] = [b"kernel:0"]
        file["dense"].create_dataset("kernel:0", (2**40,), np.float32, chunks=(1024,))

    with pytest.raises(WeightsError, match=f"more than {keras_format.MOST_PARAMETERS} numbers"):
        read_keras_weights(tmp_path / "w.h5")


def test_links_to_other_files_are_refused(tmp_path: Path):
    other = write_file(tmp_path / "other.h5", {"dense": {"dense/kernel:0": KERNEL}})
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.attrs["layer_names"] = [b"dense"]
        file["dense"] = h5py.ExternalLink(other.name, "dense")

    with pytest.raises(WeightsError, match="links to another file"):
        read_keras_weights(tmp_path / "w.h5")


def test_text_in_the_place_of_numbers_is_an_error(tmp_path: Path):
    path = write_file(tmp_path / "w.h5", {"dense": {"dense/kernel:0": np.array([b"import os"])}})

    with pytest.raises(WeightsError, match="no array of floating point numbers"):
        read_keras_weights(path)


@pytest.mark.slow
def test_a_file_that_keras_writes_today_is_read(tmp_path: Path):
    import keras

    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4, name="first"), keras.layers.BatchNormalization(name="second")]
    )
    model.save_weights(tmp_path / "w.weights.h5")
    model.save(tmp_path / "w.h5")

    weights = read_keras_weights(tmp_path / "w.h5")

    assert np.array_equal(weights.array("first", "kernel"), model.layers[0].kernel)
    assert set(weights.layers["second"]) == {"gamma", "beta", "moving_mean", "moving_variance"}
    with pytest.raises(WeightsError, match="save the model as"):
        read_keras_weights(tmp_path / "w.weights.h5")
