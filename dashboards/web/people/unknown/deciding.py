"""What the pages and the API decide on unknown people and on single sightings; each decision can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboards.web.people.naming.past import name_past, runs_of
from dashboards.web.people.unknown.judging import judge_faces
from pipeline.control.audit import AuditLog
from pipeline.control.correcting.changes import ChangeKind
from pipeline.control.correcting.corrections import Corrections, Said, TrackSaid
from pipeline.control.gallery.people import People
from pipeline.control.gallery.unknowns import Unknowns
from pipeline.errors import InputError, NotFound
from pipeline.people.naming import Naming, find_person, name_sightings, said_of
from pipeline.people.unknown_groups import sightings_of
from pipeline.sightings.rows import SightingRow

if TYPE_CHECKING:
    from dashboards.web.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision, and how the record follows."""

    change_id: int
    """What takes it back."""
    request_id: int
    """The wish that the past be named anew."""
    about: str = ""
    """Whose sightings they are now, by person id; empty for nobody's in particular."""


def name_unknowns(site: Site, unknown_ids: Sequence[str], person: str, *, must_be_new: bool, who: str) -> Decided:
    """Say who these unknown people are: somebody enrolled, by name or id, or somebody new.

    Raises `NotFound`, `InputError` when nobody can be known by their faces, and what `PictureAsker` raises.
    """
    if must_be_new and find_person(site.control, person) is not None:
        raise InputError(f"somebody is called {person} already; choose This is..., or another name")
    rows = _sightings(site, unknown_ids)
    judged = judge_faces(site, rows, person)
    naming = Naming(person=person, sightings=rows, faces=judged, encoder=site.control.encoder(site.encoder))
    named = name_sightings(site.control, naming, who=who)
    return Decided(change_id=named.change_id, request_id=name_past(site, who), about=named.person_id)


def merge_unknowns(site: Site, unknown_ids: Sequence[str], *, who: str) -> Decided:
    """Let these unknown people be one: the one seen most often. Raises `NotFound`, `InputError` for a single one."""
    rows = _sightings(site, unknown_ids)
    counts = {each: sum(row.person_id == each for row in rows) for each in unknown_ids}
    into = max(sorted(counts), key=lambda each: counts[each])
    change_id = Unknowns(site.control).merge(unknown_ids, into, who=who)
    return Decided(change_id=change_id, request_id=name_past(site, who, runs_of(rows)))


def unknowns_are_no_faces(site: Site, unknown_ids: Sequence[str], *, who: str) -> Decided:
    """Say that these show no faces: their sightings go from the record. Raises `NotFound`."""
    rows = _sightings(site, unknown_ids)
    said = said_of(rows, Said.NOT_A_FACE)
    change_id = Corrections(site.control).say_all(said, who=who, kind=ChangeKind.NOT_A_FACE)
    AuditLog(site.control).append("correct", "", who=who, detail=f"{', '.join(unknown_ids)}: not a face")
    return Decided(change_id=change_id, request_id=name_past(site, who, runs_of(rows)))


def say_is(site: Site, sighting_id: str, person: str, *, who: str) -> Decided:
    """A sighting is somebody's who is enrolled, by name or id; raises `NotFound`, `InputError` without a picture."""
    row, meant = site.catalogue.get(sighting_id), People(site.control).person(person)
    if not any(each.encoder == row.encoder for each in meant.references):
        raise InputError(f"{meant.name} has no picture yet; add one first")
    return _say(site, row, Said.IS, meant.person_id, who=who)


def say_is_not(site: Site, sighting_id: str, person: str, *, who: str) -> Decided:
    """A sighting is not that person's, by id; an empty one is whose it seems to be. Raises `NotFound`, `InputError`."""
    row = site.catalogue.get(sighting_id)
    meant = person or row.candidate_id
    if meant is None:
        raise InputError("nobody was named here")
    return _say(site, row, Said.IS_NOT, meant, who=who)


def say_not_a_face(site: Site, sighting_id: str, *, who: str) -> Decided:
    """A sighting shows no face: it goes from the record. Raises `NotFound`."""
    return _say(site, site.catalogue.get(sighting_id), Said.NOT_A_FACE, None, who=who)


def _say(site: Site, row: SightingRow, verdict: Said, person_id: str | None, *, who: str) -> Decided:
    said = TrackSaid(source_id=row.source_id, track_ids=row.track_ids, verdict=verdict, person_id=person_id)
    change_id = Corrections(site.control).say(said, who=who)
    AuditLog(site.control).append("correct", person_id or "", who=who, detail=f"{row.sighting_id} {verdict.value}")
    about = person_id if verdict is Said.IS and person_id else ""
    return Decided(change_id=change_id, request_id=name_past(site, who, runs_of([row])), about=about)


def _sightings(site: Site, unknown_ids: Sequence[str]) -> list[SightingRow]:
    rows = sightings_of(site.catalogue, unknown_ids)
    if not rows:
        raise NotFound("nobody of these is in the record any more; load the page again")
    return rows
