"""What was measured of the models on this machine, kept in the folder of weights beside them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from pipeline.encoders.manifest import ManifestEntry
from pipeline.errors import WeightsError
from pipeline.folder_lock import changing

MEASURED = "measured.json"


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """How fast an encoder is."""

    device: str
    one_face_ms: float
    """Wall time of one face, in milliseconds."""
    faces_per_s: float
    """Faces a second, in batches."""
    batch: int
    """Faces in such a batch."""
    memory_mb: float
    """The most memory that the process had, TensorFlow included."""
    measured_at: datetime


class Accuracy(msgspec.Struct, frozen=True, kw_only=True):
    """How well an encoder tells the people of one set of pictures apart, in brief (see `comparison`)."""

    photo_set: str
    """Name of its folder or file."""
    set_digest: str
    """First digits of the sha256 of the set's list and pictures."""
    n_pictures: int
    auc: float
    hit_rate: float
    """Share of same pairs found at 1 % of the others."""
    identified: float | None
    """Share of known people named at 1 % of strangers named; None when the set has too few pictures a person."""
    open_threshold: float | None
    """The threshold that gives it."""
    measured_at: datetime


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of one model."""

    fingerprint: str
    """Of the model measured, so that figures of another one of the same name are not believed."""
    speed: Speed | None = None
    accuracy: dict[str, Accuracy] = {}
    """By the set's digest."""


def fingerprint(entry: ManifestEntry) -> str:
    """What decides an encoder's answers, in a few digits: its network, weights and alignment."""
    parts = (entry.module, entry.sha256, entry.tail_sha256, entry.input_size, entry.alignment, entry.alignment_points)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def measured_of(entry: ManifestEntry, weights_dir: Path) -> Measured:
    """What is known of the model of `entry`; nothing when it was never measured."""
    return _of(entry, _read(weights_dir))


def remember_speed(entry: ManifestEntry, weights_dir: Path, speed: Speed) -> None:
    """Keep how fast the model of `entry` is, in the place of what was measured before."""
    _change(entry, weights_dir, lambda known: msgspec.structs.replace(known, speed=speed))


def remember_accuracy(entry: ManifestEntry, weights_dir: Path, accuracy: Accuracy) -> None:
    """Keep how well the model of `entry` does on a set of pictures."""

    def add(known: Measured) -> Measured:
        return msgspec.structs.replace(known, accuracy={**known.accuracy, accuracy.set_digest: accuracy})

    _change(entry, weights_dir, add)


def _change(entry: ManifestEntry, weights_dir: Path, change: Callable[[Measured], Measured]) -> None:
    with changing(weights_dir):
        records = _read(weights_dir)
        document = msgspec.json.encode({**records, entry.name: change(_of(entry, records))})
        hidden = weights_dir / f".{MEASURED}.{os.getpid()}"
        hidden.write_bytes(msgspec.json.format(document) + b"\n")
        hidden.replace(weights_dir / MEASURED)


def _of(entry: ManifestEntry, records: dict[str, Measured]) -> Measured:
    own = fingerprint(entry)
    found = records.get(entry.name)
    return found if found is not None and found.fingerprint == own else Measured(fingerprint=own)


def _read(weights_dir: Path) -> dict[str, Measured]:
    path = weights_dir / MEASURED
    if not path.is_file():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Measured])
    except msgspec.DecodeError as error:
        raise WeightsError(f"{path} cannot be read: {error}; remove it, and measure anew") from error
