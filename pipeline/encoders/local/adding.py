"""Add encoders to a data folder: weights that the user has, or an alignment other than the one that ships.

Weights have been built and tried before anybody can ask for them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

import msgspec

from pipeline.encoders.local.model_files import carried_file, content_sha256
from pipeline.encoders.local.models import add_entry, check_new_name
from pipeline.encoders.manifest import CalibrationEntry, ManifestEntry
from pipeline.encoders.network import NetworkEncoder
from pipeline.encoders.registry import Encoder, alignment_of
from pipeline.errors import InputError
from pipeline.faces.alignment import EYES_NOSE
from pipeline.fetching.carriers import keep_carried

Prove = Callable[[ManifestEntry, Path], None]
"""Builds the network of an entry from the file at a path and tries it; raises `WeightsError` when it is no good."""

STAGING = ".adding-"
Point = tuple[float, float]
"""x and y, as fractions of the crop's side."""
LEAST_DOUBLED_AREA = 0.01
"""Of the triangle of eyes and nose, in squares of the crop's side; OpenFace's has 0.11."""
FARTHEST_POINT = (-0.5, 1.5)
"""Where an alignment may put eyes and nose, as fractions of the crop's side: a little beyond it does no harm."""


def add_weights(
    source: Path,
    base: ManifestEntry,
    weights_dir: Path,
    prove: Prove,
    *,
    name: str | None = None,
    labels: Path | None = None,
) -> ManifestEntry:
    """Take the weights at `source`, a file or a folder, for the network of `base`; the new encoder's entry.

    The very file that a package carries is kept as if it had been fetched, and is no new encoder. Raises `InputError`
    when the name cannot be had, and `WeightsError` when the weights are no good; then nothing has changed.
    """
    digest = content_sha256(source)
    if digest == base.sha256 and base.package:
        keep_carried(carried_file(base), source, weights_dir)
        return base
    if name is None and base.package:
        raise InputError(
            f"{source.name} is not the file that {base.name} comes with; give it a name of its own by --name, since "
            f"vectors of two models cannot be compared"
        )
    name = name or base.name
    check_new_name(weights_dir, name)
    weights_dir.mkdir(parents=True, exist_ok=True)
    member = _place(source, name)
    labelled = "" if labels is None else _place(labels, f"{name}-labels")
    entry = _added(base, name, member=member, sha256=digest, labels=labelled)
    with tempfile.TemporaryDirectory(dir=weights_dir, prefix=STAGING) as folder:
        staged = _copy(source, Path(folder, "weights"))
        staged_labels = None if labels is None else _copy(labels, Path(folder, "labels"))
        prove(entry, staged)
        _put(staged, weights_dir / member)
        if staged_labels is not None:
            _put(staged_labels, weights_dir / labelled)
        add_entry(weights_dir, entry)
    return entry


def add_alignment(
    base: ManifestEntry,
    weights_dir: Path,
    *,
    alignment: str,
    points: Sequence[float] = (),
    name: str | None = None,
) -> ManifestEntry:
    """Make the encoder `base` with another alignment an encoder of its own; its entry.

    `points` are those of `eyes-nose`: x and y of left eye, right eye and nose, as fractions of the crop's side. Raises
    `NotFound` for an unknown alignment and `InputError` for points that are none.
    """
    entry = msgspec.structs.replace(
        base,
        name=name or f"{base.name}-{alignment}",
        architecture=base.architecture or base.name,
        summary=f"{base.summary}; aligned by {alignment}",
        alignment=alignment,
        alignment_points=_pairs(alignment, points),
        calibration=_borrowed(base, "aligned as it ships"),
    )
    alignment_of(entry)
    add_entry(weights_dir, entry)
    return entry


def encoder_at(entry: ManifestEntry, path: Path) -> Encoder:
    """The encoder of an entry with the weights at `path`. Imports TensorFlow."""
    return NetworkEncoder(entry.name, import_module(entry.module).build(path), alignment_of(entry))


def _added(base: ManifestEntry, name: str, *, member: str, sha256: str, labels: str) -> ManifestEntry:
    """The entry of the user's own weights. What is known of the shipped ones by measurement is not claimed for them."""
    is_base = name == base.name
    return msgspec.structs.replace(
        base,
        name=name,
        architecture=base.architecture or base.name,
        summary=base.summary if is_base else f"weights of your own for {base.name}",
        licence=base.licence if is_base else "as the maker of your file says",
        package="",
        version="",
        archive="",
        download_bytes=0,
        member=member,
        sha256=sha256,
        labels=labels,
        golden_cosine=None,
        calibration=base.calibration if is_base else _borrowed(base, "with the weights that ship"),
    )


def _borrowed(base: ManifestEntry, what: str) -> CalibrationEntry:
    source = f"taken over from {base.name} {what}, and not measured for this one: `facetrail calibrate` measures"
    borrowed: CalibrationEntry = msgspec.structs.replace(base.calibration, source=source)
    return borrowed


def _pairs(alignment: str, points: Sequence[float]) -> tuple[Point, ...]:
    if not points:
        return ()
    low, high = FARTHEST_POINT
    if alignment != EYES_NOSE:
        raise InputError(f"only the alignment {EYES_NOSE} takes points; {alignment} has its own")
    if len(points) != 6 or not all(low <= value <= high for value in points):
        raise InputError(
            "points are six fractions of the crop's side, x and y of left eye, right eye and nose, such as "
            "0.28,0.17,0.71,0.16,0.49,0.42"
        )
    left_eye, right_eye, nose = zip(points[::2], points[1::2], strict=True)
    if abs(_doubled_area(left_eye, right_eye, nose)) < LEAST_DOUBLED_AREA:
        raise InputError("left eye, right eye and nose must be a triangle, and those points lie on one line")
    return left_eye, right_eye, nose


def _doubled_area(first: Point, second: Point, third: Point) -> float:
    """Twice the area of a triangle; 0 when its corners lie on one line."""
    return (second[0] - first[0]) * (third[1] - first[1]) - (third[0] - first[0]) * (second[1] - first[1])


def _place(source: Path, stem: str) -> str:
    """The name that a file or a folder has in the folder of weights."""
    return stem if source.is_dir() else f"{stem}{source.suffix.lower()}"


def _copy(source: Path, folder: Path) -> Path:
    """Copy a file, or the files of a folder, into the new `folder`, under its own name, which errors then tell."""
    folder.mkdir()
    copied = folder / source.resolve().name
    if source.is_file():
        shutil.copyfile(source, copied)
        return copied
    copied.mkdir()
    for file in source.iterdir():
        if file.is_file():
            shutil.copyfile(file, copied / file.name)
    return copied


def _put(staged: Path, place: Path) -> None:
    """Move into place; what stands there has no entry, and was left by somebody who was interrupted."""
    if place.is_dir():
        shutil.rmtree(place)
    staged.replace(place)
