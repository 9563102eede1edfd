"""Reads the trained weights of the three networks out of the installed `mtcnn` package, without importing it."""

from __future__ import annotations

import hashlib
import io
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import joblib  # type: ignore[import-untyped]  # publishes no types
import numpy as np

from pipeline.errors import WeightsError
from pipeline.schemas import VectorF32

NetName = Literal["pnet", "rnet", "onet"]

SHA256: dict[NetName, str] = {
    "pnet": "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5",
    "rnet": "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee",
    "onet": "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3",
}
"""The files of mtcnn 1.0.0, in which the weights are pickled: only bytes known to be these are ever unpickled."""


def load_arrays(net: NetName) -> list[VectorF32]:
    """The float32 arrays of one network, in the order of its layers: kernel, bias, PReLU slopes, kernel, ...

    Raises `WeightsError` when the file is missing or is not the one that is expected.
    """
    return parse_arrays(net, _read(_folder() / f"{net}.lz4"))


def parse_arrays(net: NetName, content: bytes) -> list[VectorF32]:
    """The arrays in the content of one network's file; raises `WeightsError` when it is not the expected content."""
    digest = hashlib.sha256(content).hexdigest()
    if digest != SHA256[net]:
        raise WeightsError(f"{net}.lz4 of the mtcnn package has sha256 {digest}, expected {SHA256[net]}: install 1.0.0")
    return [np.asarray(array, np.float32) for array in joblib.load(io.BytesIO(content))]


def _folder() -> Path:
    spec = find_spec("mtcnn")
    if spec is None or spec.origin is None:
        raise WeightsError("the package mtcnn, which carries the detector's weights, is not installed")
    return Path(spec.origin).parent / "assets" / "weights"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WeightsError(f"cannot read the detector's weights: {path.name}") from error
