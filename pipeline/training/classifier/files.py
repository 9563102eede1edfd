"""A trained classifier on disk, `<data>/classifiers/<name>/`: its weights by name, its labels, its figures. No pickles.

What is needed to use it stands in `classifier.json` and `labels.json`; `metrics.json`, the page and the pictures are
for people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from pipeline.errors import InputError, NotFound, WeightsError
from pipeline.faces.alignment import Alignment
from pipeline.schemas import ImageU8, VectorF32
from pipeline.training.classifier.backbones import Backbone, build_network, find_backbone
from pipeline.training.classifier.networks import ClassifierNetwork
from pipeline.training.classifier.training import TrainedClassifier, predict
from pipeline.training.whole_files import making_folder, read_arrays, write_arrays

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
T = TypeVar("T")
SIAMESE = "siamese-"
"""Beginning of the names of what lies in the same folder and is no classifier."""

RECORD, LABELS, METRICS, WEIGHTS = "classifier.json", "labels.json", "metrics.json", "weights.npz"


class ClassifierRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to build the network again."""

    backbone: str
    from_scratch: bool
    encoder_digest: str
    """Of the encoder it was trained on; empty for a network from scratch."""
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class StoredClassifier:
    """A classifier as it was saved (see `classifying.Classifier`)."""

    labels: tuple[str, ...]
    alignment: Alignment
    network: ClassifierNetwork

    def predict(self, crops_rgb: ImageU8) -> VectorF32:
        """`(N, K)` float32 probabilities for crops `(N, S, S, 3)` uint8 RGB."""
        return predict(self.network, crops_rgb, len(self.labels))


def classifiers_dir(data_dir: Path) -> Path:
    """Where a data folder keeps what was trained to tell its people apart."""
    return data_dir / "classifiers"


def check_classifier_name(folder: Path, name: str) -> None:
    """Raise `InputError` unless a classifier may be saved under `name` in `folder`."""
    if not NAME.fullmatch(name):
        raise InputError(f"{name!r} is no name for a classifier: use small letters, digits and hyphens")
    if name.startswith(SIAMESE):
        raise InputError(f"names that begin with {SIAMESE!r} are for verifiers (`facetrail train siamese`)")
    if (folder / name).exists():
        raise InputError(f"{folder / name} is there already; give another name, or remove that folder")


def save_classifier(
    folder: Path,
    record: ClassifierRecord,
    labels: tuple[str, ...],
    trained: TrainedClassifier,
    *,
    shown: Mapping[str, bytes],
) -> None:
    """Write the classifier into `folder`, whole or not at all; raises `InputError` when that is there already.

    `shown` are the files for people, by their names.
    """
    with making_folder(folder) as new:
        write_arrays(new / WEIGHTS, trained.trained.weights)
        (new / RECORD).write_bytes(_json(record))
        (new / LABELS).write_bytes(_json(labels))
        (new / METRICS).write_bytes(_json(metrics(trained)))
        for name, content in shown.items():
            (new / name).write_bytes(content)


def metrics(trained: TrainedClassifier) -> dict[str, object]:
    """The figures and the course of a training as plain values."""
    figures = trained.figures
    return {
        "n_learnt": figures.n_learnt,
        "n_watched": figures.n_watched,
        "n_held_out": figures.n_held_out,
        "top_1": asdict(figures.top_1) | {"rate": figures.top_1.rate},
        "top_5": asdict(figures.top_5) | {"rate": figures.top_5.rate},
        "confusion": figures.confusion.tolist(),
        "best_epoch": trained.trained.best.number,
        "epochs": [asdict(epoch) for epoch in trained.trained.epochs],
    }


def load_classifier(folder: Path, name: str, weights_dir: Path) -> StoredClassifier:
    """The classifier `name` of `folder`, ready to predict.

    Raises `NotFound`, listing those there are, and `WeightsError` when it is damaged or its encoder is another one now.
    """
    if not NAME.fullmatch(name) or not (folder / name / RECORD).is_file():
        known = ", ".join(list_classifiers(folder)) or "none"
        raise NotFound(f"no classifier is called {name!r}; trained here: {known} (`facetrail train classifier`)")
    record, labels = _read(folder / name / RECORD, ClassifierRecord), _read(folder / name / LABELS, tuple[str, ...])
    backbone = find_backbone(record.backbone, weights_dir, from_scratch=record.from_scratch)
    _check_encoder(name, record, backbone)
    network = build_network(backbone, weights_dir, len(labels), record.seed)
    _take_weights(network, folder / name / WEIGHTS)
    return StoredClassifier(labels, backbone.alignment, network)


def list_classifiers(folder: Path) -> list[str]:
    """The names of the classifiers that were trained here."""
    return sorted(path.parent.name for path in folder.glob(f"[!.]*/{RECORD}"))


def _check_encoder(name: str, record: ClassifierRecord, backbone: Backbone) -> None:
    if record.encoder_digest != backbone.digest:
        raise WeightsError(
            f"the classifier {name} was trained on another {record.backbone} than the one here now: train it again"
        )


def _take_weights(network: ClassifierNetwork, path: Path) -> None:
    weights = read_arrays(path)
    try:
        network.take(weights)
    except WeightsError as error:
        raise WeightsError(f"{path} does not fit {LABELS} and {RECORD} beside it: {error}") from error


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise WeightsError(f"{path} cannot be read: {error}") from error
