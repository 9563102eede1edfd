"""Keep a fine-tuned encoder as one of the data folder's own: its layers in a file, its entry in the manifest."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import numpy as np

from pipeline.encoders.local_models import add_entry
from pipeline.encoders.manifest import CalibrationEntry, ManifestEntry, TrackingEntry
from pipeline.errors import InputError
from pipeline.training.encoder_training import TrainedEncoder
from pipeline.training.measuring import carry_over

LEAST_PAIRS = 1000
"""Pairs of two people held back from which the thresholds can be carried over; with fewer they stay the base's."""


def save_encoder(weights_dir: Path, name: str, base: ManifestEntry, trained: TrainedEncoder) -> ManifestEntry:
    """Write the trained layers as `<name>.npz` and add the entry; raises `InputError` when the name cannot be had."""
    entry = entry_for(name, base, trained)
    path = weights_dir / entry.tail
    if path.exists():
        raise InputError(f"{path} is there already, from an encoder that is not; take it away or give another name")
    weights_dir.mkdir(parents=True, exist_ok=True)
    _write_arrays(path, {name: np.asarray(array) for name, array in trained.trained.weights.items()})
    try:
        add_entry(weights_dir, entry)
    except BaseException:
        path.unlink(missing_ok=True)  # also after Ctrl-C: without its entry the file is of no use
        raise
    return entry


def entry_for(name: str, base: ManifestEntry, trained: TrainedEncoder) -> ManifestEntry:
    """The entry of the fine-tuned encoder: everything is the base's except the last layers and the scores."""
    n_learnt, n_judging = len(trained.split.trained), len(trained.split.held_back)
    return msgspec.structs.replace(
        base,
        name=name,
        summary=f"{base.name}, its last layers fine-tuned on {n_learnt} people",
        architecture=base.architecture or base.name,
        tail=f"{name}.npz",
        tail_sha256="",
        calibration=_calibration(base, trained, n_judging),
        tracking=_tracking(base.tracking, trained),
    )


def _calibration(base: ManifestEntry, trained: TrainedEncoder, n_judging: int) -> CalibrationEntry:
    shipped, n_pairs = base.calibration, len(trained.impostors_before)
    if n_pairs < LEAST_PAIRS:
        source = (
            f"the thresholds of {base.name}, unchanged: {n_pairs} pairs of the {n_judging} people held back are too few"
        )
        return msgspec.structs.replace(shipped, source=source)
    return msgspec.structs.replace(
        shipped,
        threshold=_carried(shipped.threshold, trained),
        uncertain_threshold=_carried(shipped.uncertain_threshold, trained),
        source=(
            f"carried over from {base.name}: as many of {n_pairs} pairs of the {n_judging} people held back reach each "
            f"threshold; `facetrail calibrate` measures it on your gallery. There: {shipped.source}"
        ),
    )


def _tracking(shipped: TrackingEntry, trained: TrainedEncoder) -> TrackingEntry:
    if len(trained.impostors_before) < LEAST_PAIRS:
        return shipped
    return TrackingEntry(
        contradict_cosine=_carried(shipped.contradict_cosine, trained),
        agree_cosine=_carried(shipped.agree_cosine, trained),
    )


def _carried(score: float, trained: TrainedEncoder) -> float:
    return round(carry_over(score, trained.impostors_before, trained.impostors_after), 4)


def _write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write NumPy's `.npz` whole or not at all."""
    partial = path.with_name(f".{path.name}.part")
    try:
        with partial.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
