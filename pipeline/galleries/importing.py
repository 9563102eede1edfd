"""Take galleries in, whole or not at all: an archive with ids, names and pictures, or a store of vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pipeline.control.audit import current_user
from pipeline.control.database import Control
from pipeline.control.gallery.files import image_ref_of, keep_image
from pipeline.control.gallery.moving import Moved, MovingPerson, check_moving, enrol_moving
from pipeline.control.gallery.records import NewReference
from pipeline.encoders.manifest import encoder_entry
from pipeline.errors import PipelineError, SettingsError
from pipeline.galleries.archive import check_encoder
from pipeline.galleries.reading import GalleryArchive, open_archive

Progress = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and how much there is."""


def import_archive(control: Control, path: Path, on_progress: Progress = lambda *_: None) -> Moved:
    """Enrol everybody of an archive, with the ids, names and pictures that they have in it.

    What is here already stays as it is. An archive that is damaged, unsafe, made with another encoder, or at odds with
    the names and ids here raises `InputError` (`NotFound` for an encoder that nobody knows), and changes nothing.
    """
    with open_archive(path) as archive:
        check_folder_encoder(control, archive.manifest.encoder)
        for encoder in archive.manifest.encoders:
            check_encoder(encoder, encoder_entry(encoder.name, control.weights_dir))
        _check_pictures(archive, on_progress)
        check_moving(control, archive.people)
        with _pictures_in_place(control, archive, on_progress):
            return enrol_people(control, archive.manifest.encoder, archive.people, "from an archive", on_progress)


def enrol_people(
    control: Control, encoder: str, people: Sequence[MovingPerson], detail: str, on_progress: Progress
) -> Moved:
    """Enrol people whose pictures are in place, or who have none; the data folder is given to `encoder` if new."""
    total = sum(len(person.references) for person in people)
    check_moving(control, people)
    control.encoder(encoder)
    return enrol_moving(
        control,
        people,
        who=current_user(),
        detail=detail,
        on_rows=lambda done: on_progress("enrolling", done, total),
    )


def check_folder_encoder(control: Control, encoder: str) -> None:
    """Raise `SettingsError` when the data folder belongs to another encoder; a new folder stays without one."""
    try:
        control.encoder(None)
    except SettingsError:
        return
    control.encoder(encoder)


def _check_pictures(archive: GalleryArchive, on_progress: Progress) -> None:
    for number, person in enumerate(archive.people, 1):
        for new in person.references:
            if new.image_suffix:
                archive.picture(new)
        on_progress("checking pictures", number, len(archive.people))


@contextmanager
def _pictures_in_place(control: Control, archive: GalleryArchive, on_progress: Progress) -> Iterator[None]:
    """Put the pictures where they belong; those that were not there go again when the block fails."""
    fresh: list[Path] = []
    try:
        for number, person in enumerate(archive.people, 1):
            for new in person.references:
                fresh.extend(_keep_picture(control.data_dir, archive, person.person_id or "", new))
            on_progress("keeping pictures", number, len(archive.people))
        yield
    except (PipelineError, KeyboardInterrupt):
        for path in fresh:
            path.unlink(missing_ok=True)
        raise


def _keep_picture(data_dir: Path, archive: GalleryArchive, person_id: str, new: NewReference) -> list[Path]:
    """Write a picture unless it is there; returns what was written."""
    path = data_dir / image_ref_of(person_id, new)
    if not new.image_suffix or path.is_file():
        return []
    keep_image(data_dir, person_id, replace(new, image=archive.picture(new)))
    return [path]
