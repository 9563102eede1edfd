"""Faces of the record, judged as references by a process that has the models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.control.database import Control
from pipeline.errors import TransportLost
from pipeline.people.enrolling import JudgedPicture
from pipeline.people.naming import best_faces, find_person

if TYPE_CHECKING:
    from dashboards.web.site import Site
    from pipeline.sightings.rows import SightingRow


def judge_faces(site: Site, rows: Sequence[SightingRow], person: str) -> list[JudgedPicture]:
    """The best faces of some sightings, examined.

    Without anybody who examines pictures: none for somebody who is enrolled with a picture already, whose sightings
    they can be said to be all the same; else raises `TransportLost`, with what to start.
    """
    try:
        return [
            JudgedPicture(site.asker.reference(face.content, "a face that was seen"), face.content)
            for face in best_faces(site.data_dir, rows)
        ]
    except TransportLost:
        if _has_picture(site.control, person, site.encoder):
            return []
        raise


def _has_picture(control: Control, name_or_id: str, encoder: str) -> bool:
    found = find_person(control, name_or_id)
    return found is not None and any(each.encoder == encoder for each in found.references)
