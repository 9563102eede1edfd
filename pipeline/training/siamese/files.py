"""Trained verifiers on disk, one for each encoder: `<data>/classifiers/siamese-<encoder>/`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec
import numpy as np

from pipeline.encoders.local.measured import fingerprint
from pipeline.encoders.manifest import ManifestEntry
from pipeline.errors import NotFound, WeightsError
from pipeline.training.classifier.files import SIAMESE
from pipeline.training.siamese.differences import Difference
from pipeline.training.siamese.head import SiameseHead
from pipeline.training.siamese.training import PairFigures, TrainedSiamese
from pipeline.training.whole_files import making_folder, read_arrays, write_arrays

EVEN = 0.5
"""The probability from which the tutorials say the same: as likely as not."""
RECORD, METRICS, WEIGHTS = "siamese.json", "metrics.json", "weights.npz"


class SiameseRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which encoder a verifier belongs to, and its operating point."""

    encoder: str
    encoder_digest: str
    difference: Difference
    threshold: float
    """Probability that so few pairs of two people reach as `source` says."""
    source: str
    """What the threshold comes from."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredSiamese:
    """A verifier as it was saved."""

    head: SiameseHead
    record: SiameseRecord

    @property
    def same_from(self) -> float:
        """Probability from which two pictures show one person: likelier than not, and within the false acceptance."""
        return max(EVEN, self.record.threshold)

    @property
    def uncertain_from(self) -> float:
        """Probability below which they show two."""
        return min(EVEN, self.record.threshold)


def save_siamese(folder: Path, entry: ManifestEntry, trained: TrainedSiamese, curves: bytes) -> Path:
    """Write the verifier of an encoder, in the place of an earlier one; returns its folder."""
    figures = trained.siamese
    record = SiameseRecord(
        encoder=entry.name,
        encoder_digest=fingerprint(entry),
        difference=trained.head.difference,
        threshold=figures.threshold,
        source=(
            f"1 % false acceptance on {figures.n_impostor} pairs of {len(trained.split.held_back)} people held back"
        ),
    )
    place = folder / f"{SIAMESE}{entry.name}"
    with making_folder(place, replaces=True) as new:
        write_arrays(new / WEIGHTS, trained.trained.weights)
        (new / RECORD).write_bytes(msgspec.json.format(msgspec.json.encode(record)) + b"\n")
        (new / METRICS).write_bytes(_metrics(trained))
        (new / "curves.png").write_bytes(curves)
    return place


def load_siamese(folder: Path, entry: ManifestEntry) -> StoredSiamese:
    """The verifier of an encoder.

    Raises `NotFound` with what to type when none was trained for it, or for what the encoder is now, and `WeightsError`
    when its files are damaged.
    """
    place = folder / f"{SIAMESE}{entry.name}"
    if not (place / RECORD).is_file():
        others = ", ".join(
            sorted(path.parent.name.removeprefix(SIAMESE) for path in folder.glob(f"{SIAMESE}*/{RECORD}"))
        )
        trained = f" (there is one for {others}, and an encoder's is of no use to another)" if others else ""
        raise NotFound(f"no Siamese verifier was trained for {entry.name}{trained}: {_what_to_type(entry.name)}")
    record = _read_record(place / RECORD)
    if record.encoder_digest != fingerprint(entry):
        raise NotFound(f"the Siamese verifier was trained for another {entry.name}: {_what_to_type(entry.name)}")
    arrays = read_arrays(place / WEIGHTS)
    if set(arrays) != {"weights", "bias"} or arrays["weights"].shape != (entry.dimensions,):
        raise WeightsError(f"{place / WEIGHTS} does not fit {entry.name}: {_what_to_type(entry.name)}")
    return StoredSiamese(SiameseHead(record.difference, arrays["weights"], float(np.ravel(arrays["bias"])[0])), record)


def figures_document(figures: PairFigures) -> dict[str, object]:
    """Figures as plain values."""
    return asdict(figures)


def _metrics(trained: TrainedSiamese) -> bytes:
    document = {
        "cosine": figures_document(trained.cosine),
        "siamese": figures_document(trained.siamese),
        "n_trained_people": len(trained.split.trained),
        "n_held_back_people": len(trained.split.held_back),
        "best_epoch": trained.trained.best.number,
        "epochs": [asdict(epoch) for epoch in trained.trained.epochs],
    }
    return msgspec.json.format(msgspec.json.encode(document)) + b"\n"


def _read_record(path: Path) -> SiameseRecord:
    try:
        return msgspec.json.decode(path.read_bytes(), type=SiameseRecord)
    except (OSError, msgspec.DecodeError) as error:
        raise WeightsError(f"{path} cannot be read: {error}") from error


def _what_to_type(encoder: str) -> str:
    return f"`facetrail train siamese --encoder {encoder} --people DIR` makes one"
