"""Saying who somebody in the record is: faces seen become references, tracks are said to be the person, all undoable.

    best_faces(data_dir, sightings) -> [SeenFace]              thumbnails worth being judged as references
    name_sightings(control, Naming(...), who=...) -> Named        the person, the references, and what is said of tracks
    said_of(sightings, verdict, person_id) -> [TrackSaid]        what is to be said of all tracks of some sightings

The record follows when its sources are relabelled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.control.audit import AuditLog
from pipeline.control.correcting.changes import ChangeKind, Undo
from pipeline.control.correcting.corrections import Corrections, Said, TrackSaid
from pipeline.control.database import Control
from pipeline.control.gallery.names import check_name
from pipeline.control.gallery.people import People
from pipeline.control.gallery.records import Person
from pipeline.errors import InputError, NotFound
from pipeline.people.enrolling import JudgedPicture, PictureVerdict, enrol_pictures
from pipeline.sightings.rows import SightingRow

FACES_JUDGED = 12
"""Thumbnails that are judged as references when somebody is named."""
FACES_ENROLLED = 6
"""Those of them that are taken, at most: three to ten pictures a person work well."""


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face of the record that may serve as a reference."""

    thumb_ref: str
    """Path below the data folder."""
    content: bytes
    """Of the file: a loose crop, JPEG."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Naming:
    """Who some sightings are said to be."""

    person: str
    """Name or id of somebody enrolled, or the name of somebody new."""
    sightings: Sequence[SightingRow]
    faces: Sequence[JudgedPicture]
    """Their faces, as examined; may be empty for somebody who is enrolled."""
    encoder: str
    """The data folder's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What naming came to."""

    person_id: str
    name: str
    is_new: bool
    change_id: int
    """What takes it back."""
    n_images: int
    """Faces that are references now."""
    verdicts: tuple[PictureVerdict, ...]
    """What became of the faces that were offered, the best ones."""


def best_faces(data_dir: Path, sightings: Iterable[SightingRow], most: int = FACES_JUDGED) -> list[SeenFace]:
    """The largest faces of different sightings, those that are still there; the largest in its picture first."""
    pictured = [row for row in sightings if row.thumb_ref]
    largest = sorted(pictured, key=lambda row: (-row.box_xywh[2] * row.box_xywh[3], row.sighting_id))
    found: list[SeenFace] = []
    for row in largest:
        content = _content(data_dir / str(row.thumb_ref))
        if content and len(found) < most:
            found.append(SeenFace(str(row.thumb_ref), content))
    return found


def find_person(control: Control, name_or_id: str) -> Person | None:
    """Whoever is enrolled under that name or id; None for nobody."""
    try:
        return People(control).person(name_or_id)
    except NotFound:
        return None


def name_sightings(control: Control, naming: Naming, *, who: str) -> Named:
    """Say that these sightings are one person's, and let the best faces be known as that person's.

    Raises `InputError` for a name that nobody can have, and when none of the faces can be used for somebody of whom
    there is no other picture: nothing is changed then.
    """
    person = find_person(control, naming.person)
    name = naming.person if person is None else person.name
    check_name(name)
    has_images = person is not None and any(each.encoder == naming.encoder for each in person.references)
    if not has_images and not any(face.report.is_usable for face in naming.faces):
        raise InputError(_nothing_usable(naming.faces))
    enrolled = enrol_pictures(control, naming.encoder, name, _best(naming.faces), who=who)
    person_id = enrolled.person_id or People(control).person(name).person_id
    undo = Undo(person_id=person_id, images=enrolled.added, is_new_person=person is None)
    said = said_of(naming.sightings, Said.IS, person_id)
    change_id = Corrections(control).say_all(said, who=who, kind=ChangeKind.NAMED, undo=undo)
    AuditLog(control).append("name", person_id, who=who, detail=f"{len(naming.sightings)} sightings")
    return Named(
        person_id=person_id,
        name=name,
        is_new=person is None,
        change_id=change_id,
        n_images=enrolled.n_added,
        verdicts=enrolled.verdicts,
    )


def said_of(sightings: Iterable[SightingRow], verdict: Said, person_id: str | None = None) -> list[TrackSaid]:
    """What is to be said of all tracks of some sightings."""
    return [
        TrackSaid(source_id=row.source_id, track_ids=row.track_ids, verdict=verdict, person_id=person_id)
        for row in sightings
    ]


def _best(faces: Sequence[JudgedPicture]) -> list[JudgedPicture]:
    """The faces of the best quality; without any usable one all, so that it is told why."""
    usable = [face for face in faces if face.report.is_usable]
    ranked = sorted(usable, key=lambda face: -(face.report.quality.overall if face.report.quality else 0.0))
    return ranked[:FACES_ENROLLED] or list(faces)


def _nothing_usable(faces: Sequence[JudgedPicture]) -> str:
    reasons = "; ".join(sorted({face.report.message for face in faces})) or "there is no picture of it"
    return f"nobody can be known by these faces: {reasons}. Enrol a picture of the person first, then name them"


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
