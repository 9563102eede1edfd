"""Gather what a calibration rests on: the references as matching sees them, and pictures of people and strangers.

enrolled_pictures(control, encoder) / folder_pictures(folder) -> [CalibrationPicture]
see_pictures(pictures, detector, encoder) -> iterator of SeenPicture
assemble(entry, gallery_pictures, strangers) -> CalibrationSet
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipeline.control.database import Control
from pipeline.control.gallery.people import People
from pipeline.encoders.manifest import ManifestEntry
from pipeline.encoders.registry import Encoder
from pipeline.errors import GalleryEmpty, InputError
from pipeline.faces.detection import Detector
from pipeline.identity.calibration.pictures import FULL_SIZE, view_face
from pipeline.identity.calibration.scores import STRANGER, Probes
from pipeline.identity.matchers.matching import Gallery
from pipeline.identity.photos.reading import list_gallery
from pipeline.schemas import VectorF32


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationPicture:
    """A picture before it is looked at."""

    person: str
    """The person's name, by which somebody who is enrolled is known among the strangers."""
    path: Path | None
    """None: only its embedding is known."""
    sha256: str = ""
    stored: VectorF32 | None = None
    """`(D,)` float32 of unit length: the reference that matching uses; None for a picture of a folder."""


@dataclass(frozen=True, slots=True, eq=False)
class SeenPicture:
    """A picture, and its face in several sizes."""

    person: str
    sha256: str
    views: dict[int, VectorF32]
    """Side of the face in pixels, or `FULL_SIZE`, -> `(D,)` float32 of unit length; empty without a usable face."""


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationSet:
    """Everything to be scored, with what identifies it."""

    gallery: Gallery
    probes: Probes
    n_strangers: int
    """People who are no part of the gallery."""
    gallery_digest: str
    impostors_digest: str
    notes: tuple[str, ...] = field(default=())
    """What was left out and why, in words."""


def enrolled_pictures(control: Control, encoder: str) -> list[CalibrationPicture]:
    """The reference pictures of today's gallery, in the order of its references."""
    gallery = People(control).gallery(encoder)
    people = sorted(People(control).list_people(), key=lambda person: person.person_id)
    references = [
        (person.name, each)
        for person in people
        for each in sorted(person.references, key=lambda each: each.image_sha256)
        if each.encoder == encoder
    ]
    return [
        CalibrationPicture(name, _file(control.data_dir, each.image_ref), each.image_sha256, stored)
        for (name, each), stored in zip(references, gallery.references, strict=True)
    ]


def folder_pictures(folder: Path) -> list[CalibrationPicture]:
    """The pictures of a folder with a folder, or one picture, for each person; raises as `list_gallery`."""
    return [CalibrationPicture(person.name, path) for person in list_gallery(folder) for path in person.paths]


def see_pictures(pictures: Iterable[CalibrationPicture], detector: Detector, encoder: Encoder) -> Iterator[SeenPicture]:
    """Look at each picture in turn; one that is enrolled keeps its stored embedding at full size."""
    for picture in pictures:
        views: dict[int, VectorF32] = {}
        sha256 = picture.sha256
        if picture.path is not None:
            seen = view_face(picture.path, detector, encoder)
            views, sha256 = dict(seen.views), sha256 or seen.report.sha256
        if picture.stored is not None:
            views[FULL_SIZE] = picture.stored
        yield SeenPicture(picture.person, sha256, views)


def assemble(
    entry: ManifestEntry, gallery_pictures: Sequence[SeenPicture], strangers: Sequence[SeenPicture]
) -> CalibrationSet:
    """The gallery, and every view as a probe.

    Copies of a person's picture, pictures without a face, and strangers who are enrolled are left out, and counted in
    the notes. Raises `GalleryEmpty` without a usable picture, and `InputError` when nobody can play the stranger.
    """
    copy = entry.calibration.duplicate_cosine
    enrolled = _without_copies([each for each in gallery_pictures if each.views], copy)
    if not enrolled:
        raise GalleryEmpty("not a single picture of the gallery shows a face that can be used")
    enrolled.sort(key=lambda each: each.person)
    outside = [each for each in strangers if each.views]
    others = _without_enrolled(outside, enrolled, copy)
    gallery = _gallery(entry.name, enrolled)
    if len(gallery.person_ids) < 2 and not others:
        raise InputError(
            "with one person enrolled nobody can play the stranger: enrol a second one, or give --impostors DIR with "
            "pictures of people who are not enrolled"
        )
    return CalibrationSet(
        gallery=gallery,
        probes=_probes(enrolled, others),
        n_strangers=len({each.person for each in others}),
        gallery_digest=_digest(enrolled),
        impostors_digest=_digest(others) if others else "",
        notes=tuple(
            _notes(
                {
                    "pictures of the gallery show no usable face": len(gallery_pictures) - _n_seen(gallery_pictures),
                    "pictures of the gallery are copies of others": _n_seen(gallery_pictures) - len(enrolled),
                    "pictures of strangers show no usable face": len(strangers) - len(outside),
                    "pictures of strangers show people of the gallery": len(outside) - len(others),
                }
            )
        ),
    )


def _file(data_dir: Path, image_ref: str) -> Path | None:
    path = data_dir / image_ref
    return path if image_ref and path.is_file() else None


def _without_copies(pictures: Sequence[SeenPicture], copy: float) -> list[SeenPicture]:
    """As enrolment does: of pictures of a person that are nearly one the first counts."""
    kept: dict[str, list[SeenPicture]] = {}
    for picture in pictures:
        earlier = kept.setdefault(picture.person, [])
        if all(float(picture.views[FULL_SIZE] @ other.views[FULL_SIZE]) < copy for other in earlier):
            earlier.append(picture)
    return [picture for own in kept.values() for picture in own]


def _without_enrolled(
    strangers: Sequence[SeenPicture], enrolled: Sequence[SeenPicture], copy: float
) -> list[SeenPicture]:
    """Strangers who are none: by name, or by a picture that is enrolled."""
    names = {picture.person for picture in enrolled}
    references = np.stack([picture.views[FULL_SIZE] for picture in enrolled])
    known = {each.person for each in strangers if float((references @ each.views[FULL_SIZE]).max()) >= copy} | names
    return [each for each in strangers if each.person not in known]


def _gallery(encoder: str, enrolled: Sequence[SeenPicture]) -> Gallery:
    counts = Counter(picture.person for picture in enrolled)
    ids = tuple(sorted(counts))
    owners = np.repeat(np.arange(len(ids)), [counts[each] for each in ids])
    return Gallery(0, encoder, ids, ids, np.stack([picture.views[FULL_SIZE] for picture in enrolled]), owners)


def _probes(enrolled: Sequence[SeenPicture], strangers: Sequence[SeenPicture]) -> Probes:
    seen = [(place, picture) for place, picture in enumerate(enrolled)] + [(STRANGER, each) for each in strangers]
    rows = [(view, place, size) for place, picture in seen for size, view in picture.views.items()]
    return Probes(
        np.stack([view for view, _, _ in rows]).astype(np.float32),
        np.array([place for _, place, _ in rows]),
        np.array([size for _, _, size in rows]),
    )


def _digest(pictures: Sequence[SeenPicture]) -> str:
    """The sha256 of which pictures go together; it says no name, and does not depend on any."""
    people: dict[str, list[str]] = {}
    for picture in pictures:
        content = picture.sha256 or hashlib.sha256(picture.views[FULL_SIZE].tobytes()).hexdigest()
        people.setdefault(picture.person, []).append(content)
    return hashlib.sha256("\n".join(sorted(",".join(sorted(own)) for own in people.values())).encode()).hexdigest()


def _n_seen(pictures: Sequence[SeenPicture]) -> int:
    return sum(bool(picture.views) for picture in pictures)


def _notes(counts: dict[str, int]) -> Iterator[str]:
    return (f"{count} {what}, and are left out" for what, count in counts.items() if count)
