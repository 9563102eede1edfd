"""Add encoders to a data folder: weights that the user has, or an alignment other than the one that ships.

What is added has been built and tried before anybody can ask for it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

import msgspec

from pipeline.carriers import keep_carried
from pipeline.encoders.local.model_files import carried_file, content_sha256
from pipeline.encoders.local.models import add_entry, check_new_name
from pipeline.encoders.manifest import CalibrationEntry, ManifestEntry
from pipeline.encoders.network import NetworkEncoder
from pipeline.encoders.registry import Encoder, alignment_of
from pipeline.errors import InputError
from pipeline.faces.alignment import EYES_NOSE

Prove = Callable[[ManifestEntry, Path], None]
"""Builds the network of an entry from the file at a path and tries it; raises `WeightsError` when it is no good."""

STAGING = ".adding-"
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
    with tempfile.TemporaryDirectory(dir=weights_dir, prefix=STAGING) as folder:
        member = _copy(source, Path(folder), name)
        labelled = "" if labels is None else _copy(labels, Path(folder), f"{name}-labels")
        entry = _added(base, name, member=member, sha256=digest, labels=labelled)
        prove(entry, Path(folder) / member)
        for file in filter(None, (member, labelled)):
            _put(Path(folder) / file, weights_dir / file)
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


def _pairs(alignment: str, points: Sequence[float]) -> tuple[tuple[float, float], ...]:
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
    return tuple(zip(points[::2], points[1::2], strict=True))


def _copy(source: Path, folder: Path, stem: str) -> str:
    """Copy a file, or the files of a folder, into `folder`; the name that it has there."""
    name = stem if source.is_dir() else f"{stem}{source.suffix.lower()}"
    if source.is_file():
        shutil.copyfile(source, folder / name)
        return name
    (folder / name).mkdir()
    for file in source.iterdir():
        if file.is_file():
            shutil.copyfile(file, folder / name / file.name)
    return name


def _put(staged: Path, place: Path) -> None:
    """Move into place; what stands there has no entry, and was left by somebody who was interrupted."""
    if place.is_dir():
        shutil.rmtree(place)
    staged.replace(place)
