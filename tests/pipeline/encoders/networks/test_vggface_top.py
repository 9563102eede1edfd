"""Names of celebrities: from NumPy's files and from text, and never by unpickling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.encoders.networks.vggface_top import LARGEST_LABELS, load_celebrity_classifier, read_labels
from pipeline.errors import WeightsError
from tests.pipeline.encoders.weight_files import write_keras

NAMES = ("A._J._Buckley", "Zoë Kravitz")


@pytest.mark.parametrize("array", [np.array(NAMES), np.array([f" {name}".encode() for name in NAMES])])
def test_names_in_a_numpy_file(tmp_path: Path, array: np.ndarray):
    np.save(tmp_path / "labels.npy", array)

    assert read_labels(tmp_path / "labels.npy") == NAMES


def test_names_in_a_text_file(tmp_path: Path):
    (tmp_path / "labels.txt").write_text("A._J._Buckley\n Zoë Kravitz \n\n", encoding="utf-8")

    assert read_labels(tmp_path / "labels.txt") == NAMES


def test_pickled_names_are_refused_and_the_way_out_is_told(tmp_path: Path):
    np.save(tmp_path / "labels.npy", np.array(NAMES, object), allow_pickle=True)

    with pytest.raises(WeightsError, match=r"pickled.*text file with one name a line"):
        read_labels(tmp_path / "labels.npy")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"\xff\xfe\x00", "cannot be read as a list"),
        (b"\x93NUMPY\x01", "damaged"),
        (bytes(LARGEST_LABELS + 1), "too large"),
    ],
)
def test_what_is_no_list_of_names_is_an_error(tmp_path: Path, content: bytes, complaint: str):
    (tmp_path / "labels.npy").write_bytes(content)

    with pytest.raises(WeightsError, match=complaint):
        read_labels(tmp_path / "labels.npy")


def test_numbers_are_no_names(tmp_path: Path):
    np.save(tmp_path / "labels.npy", np.ones(3))

    with pytest.raises(WeightsError, match="holds float64, and no names"):
        read_labels(tmp_path / "labels.npy")


def test_another_network_is_no_classifier(tmp_path: Path):
    path = write_keras(tmp_path / "other.h5", {"conv1": {"kernel": np.ones((1, 1, 3, 2), np.float32)}})

    with pytest.raises(WeightsError, match="has no top"):
        load_celebrity_classifier(path, tmp_path / "labels.txt")
