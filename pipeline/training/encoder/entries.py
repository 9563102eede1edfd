"""Keep a fine-tuned encoder as one of the data folder's own: its layers in a file, its entry in the manifest."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.encoders.local.models import add_entry
from pipeline.encoders.manifest import CalibrationEntry, ManifestEntry, TrackingEntry
from pipeline.errors import InputError
from pipeline.training.encoder.training import TrainedEncoder
from pipeline.training.measuring import carry_over, spread_ratio
from pipeline.training.whole_files import write_arrays

LEAST_PAIRS = 1000
"""Pairs of two people held back from which the thresholds can be carried over; with fewer they stay the base's."""


def save_encoder(weights_dir: Path, name: str, base: ManifestEntry, trained: TrainedEncoder) -> ManifestEntry:
    """Write the trained layers as `<name>.npz` and add the entry; raises `InputError` when the name cannot be had."""
    entry = entry_for(name, base, trained)
    path = weights_dir / entry.tail
    if path.exists():
        raise InputError(f"{path} is there already, from an encoder that is not; take it away or give another name")
    write_arrays(path, trained.trained.weights)
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
    shipped, before, after = base.calibration, trained.scores_before, trained.scores_after
    n_pairs = len(before.impostor)
    if n_pairs < LEAST_PAIRS:
        source = f"those of {base.name}: {n_pairs} pairs of the {n_judging} people held back are too few for its own"
        return msgspec.structs.replace(shipped, source=source)
    return msgspec.structs.replace(
        shipped,
        threshold=round(carry_over(shipped.threshold, before.impostor, after.impostor), 4),
        uncertain_threshold=round(carry_over(shipped.uncertain_threshold, before.impostor, after.impostor), 4),
        margin=round(shipped.margin * spread_ratio(before.impostor, after.impostor), 4),
        duplicate_cosine=round(carry_over(shipped.duplicate_cosine, before.genuine, after.genuine), 4),
        source=(
            f"carried over from {base.name}: as many of {n_pairs} pairs of the {n_judging} people held back reach each "
            f"threshold as did before; `facetrail calibrate` measures it on your gallery"
        ),
    )


def _tracking(shipped: TrackingEntry, trained: TrainedEncoder) -> TrackingEntry:
    before, after = trained.scores_before, trained.scores_after
    if len(before.impostor) < LEAST_PAIRS:
        return shipped
    contradict = round(carry_over(shipped.contradict_cosine, before.impostor, after.impostor), 4)
    agree = round(carry_over(shipped.agree_cosine, before.genuine, after.genuine), 4)
    return TrackingEntry(contradict_cosine=min(contradict, agree), agree_cosine=agree)
