"""Read the weights of a network from a folder of CSV files, one an array, as the tutorials on FaceNet hand them out.

A convolution `conv1` has `conv1_w.csv` (outputs, inputs, rows, columns, in this order) and `conv1_b.csv`, a
normalisation `bn1` has `_w`, `_b`, `_m` and `_v` (gamma, beta, mean, variance). How the numbers of a file are broken
into lines says nothing.
"""

from __future__ import annotations

from math import prod
from pathlib import Path

import numpy as np

from pipeline.errors import WeightsError
from pipeline.schemas import VectorF32

LONGEST_NUMBER = 40
"""Bytes of a number with what separates it from the next: float64 in full takes 25."""


def read_array(folder: Path, name: str, shape: tuple[int, ...]) -> VectorF32:
    """The numbers of `<name>.csv` as float32 of `shape`; raises `WeightsError` for a missing, damaged or other file."""
    path = folder / f"{name}.csv"
    size = prod(shape)
    try:
        if path.stat().st_size > size * LONGEST_NUMBER:
            raise WeightsError(f"{path.name} is too long for {size} numbers")
        fields = path.read_text(encoding="ascii").replace(",", " ").split()
    except FileNotFoundError as error:
        raise WeightsError(f"{folder.name} has no {path.name}: the weights are not complete") from error
    except (OSError, UnicodeDecodeError) as error:
        raise WeightsError(f"{path.name} cannot be read: {error}") from error
    if len(fields) != size:
        raise WeightsError(f"{path.name} has {len(fields)} numbers, and must have {size}")
    try:
        return np.array(fields, np.float64).astype(np.float32).reshape(shape)
    except ValueError as error:
        raise WeightsError(f"{path.name} holds something that is no number: {error}") from error
