"""Arrays from the tutorials' CSV files: however the numbers are broken into lines, and never fewer or more of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.encoders.formats.csv_format import read_array
from pipeline.errors import WeightsError


@pytest.mark.parametrize("text", ["1,2,3.5,-4e-2", "1\n2\n3.5\n-4e-2\n", "1,2\n3.5,-4e-2\n", " 1, 2, 3.5, -0.04"])
def test_lines_say_nothing_about_the_shape(tmp_path: Path, text: str):
    (tmp_path / "conv1_w.csv").write_text(text)

    array = read_array(tmp_path, "conv1_w", (2, 2))

    assert array.dtype == np.float32
    assert np.array_equal(array, np.array([[1, 2], [3.5, -0.04]], np.float32))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "has 0 numbers, and must have 4"),
        ("1,2,3", "has 3 numbers"),
        ("1,2,3,4,5", "has 5 numbers"),
        ("1,2,three,4", "no number"),
        ("9" * 1000, "too long for 4 numbers"),
        ("1,2,3,\u2014", "cannot be read"),
    ],
)
def test_another_file_is_an_error(tmp_path: Path, text: str, complaint: str):
    (tmp_path / "conv1_w.csv").write_text(text, encoding="utf-8")

    with pytest.raises(WeightsError, match=complaint):
        read_array(tmp_path, "conv1_w", (2, 2))


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(WeightsError, match=r"has no conv1_w\.csv"):
        read_array(tmp_path, "conv1_w", (2, 2))
