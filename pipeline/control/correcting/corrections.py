"""What people said about single tracks: who they are, who they are not, that they show no face.

    Corrections(control).of_source(source_id) -> TrackCorrections     what counts today, for building sightings
    Corrections(control).say(said, who=...) -> change_id               of the tracks of one sighting
    Corrections(control).of_tracks(track_ids) -> [SaidOfTrack]         what was said of these, newest last
    write_said(transaction, change_id, said)                           beside other parts of a change

Rows are added and never changed. The latest word on a track counts; that of a change that was undone never does. People
who were merged into others are those others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, insert, select

from pipeline.control.correcting.changes import ChangeKind, Undo, write_change
from pipeline.control.correcting.corrections_tables import person_aliases, record_changes, track_corrections
from pipeline.control.database import Control, Transaction
from pipeline.sightings.building.corrections import TrackCorrections


class Said(StrEnum):
    """What can be said of a track."""

    IS = "is"
    IS_NOT = "is_not"
    NOT_A_FACE = "not_a_face"


KINDS = {Said.IS: ChangeKind.IS, Said.IS_NOT: ChangeKind.IS_NOT, Said.NOT_A_FACE: ChangeKind.NOT_A_FACE}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackSaid:
    """What somebody says of tracks of one source."""

    source_id: str
    track_ids: tuple[str, ...]
    verdict: Said
    person_id: str | None = None
    """Who they are, or are not; None for what is no face."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidOfTrack:
    """What somebody said of one track."""

    track_id: str
    verdict: Said
    person_id: str | None
    change_id: int
    who: str
    made_at: datetime


class Corrections:
    """The corrections of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def say(self, said: TrackSaid, *, who: str) -> int:
        """Note what is said of tracks; returns the number of the change. The record follows when it is relabelled."""
        with self._control.writing() as transaction:
            change_id = write_change(transaction, who, KINDS[said.verdict])
            write_said(transaction, change_id, [said])
            return change_id

    def say_all(self, said: Sequence[TrackSaid], *, who: str, kind: ChangeKind, undo: Undo | None = None) -> int:
        """Note what is said of tracks of several sources as one change; returns its number."""
        with self._control.writing() as transaction:
            change_id = write_change(transaction, who, kind, undo)
            write_said(transaction, change_id, said)
            return change_id

    def of_source(self, source_id: str) -> TrackCorrections:
        """What counts today of everything that was said of the source's tracks."""
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(_in_force().where(track_corrections.c.source_id == source_id)).all()
        return _as_of_today(rows)

    def of_tracks(self, track_ids: Sequence[str]) -> list[SaidOfTrack]:
        """What was said of these tracks and not undone, in the order in which it was said."""
        query = _in_force().where(track_corrections.c.track_id.in_(track_ids))
        with self._control.reading() as transaction:
            return [
                SaidOfTrack(
                    track_id=row.track_id,
                    verdict=Said(row.verdict),
                    person_id=row.person_id,
                    change_id=row.change_id,
                    who=row.who,
                    made_at=row.made_at,
                )
                for row in transaction.connection.execute(query)
            ]

    def sources_of(self, change_id: int) -> list[str]:
        """The sources of whose tracks something is said in a change."""
        query = select(track_corrections.c.source_id).where(track_corrections.c.change_id == change_id).distinct()
        with self._control.reading() as transaction:
            return sorted(transaction.connection.execute(query).scalars())


def write_said(transaction: Transaction, change_id: int, said: Sequence[TrackSaid]) -> None:
    """Store what is said of tracks as part of a change."""
    rows = [
        {
            "change_id": change_id,
            "source_id": one.source_id,
            "track_id": track_id,
            "verdict": one.verdict.value,
            "person_id": one.person_id,
        }
        for one in said
        for track_id in one.track_ids
    ]
    if rows:
        transaction.connection.execute(insert(track_corrections), rows)


def _in_force() -> Select[Any]:
    person = func.coalesce(person_aliases.c.alias_of, track_corrections.c.person_id).label("person_id")
    of_change = (record_changes.c.who, record_changes.c.made_at)
    columns = (track_corrections.c.track_id, track_corrections.c.verdict, track_corrections.c.change_id)
    query = select(*columns, person, *of_change)
    query = query.join(record_changes, record_changes.c.change_id == track_corrections.c.change_id)
    query = query.outerjoin(person_aliases, person_aliases.c.person_id == track_corrections.c.person_id)
    return query.where(record_changes.c.undone_at.is_(None)).order_by(track_corrections.c.id)


def _as_of_today(rows: Sequence[Any]) -> TrackCorrections:
    not_faces: set[str] = set()
    persons: dict[str, str] = {}
    denied: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        verdict = Said(row.verdict)
        if verdict is Said.NOT_A_FACE:
            not_faces.add(row.track_id)
        elif verdict is Said.IS:
            persons[row.track_id] = row.person_id
            not_faces.discard(row.track_id)
            denied[row.track_id].discard(row.person_id)
        else:
            denied[row.track_id].add(row.person_id)
            if persons.get(row.track_id) == row.person_id:
                del persons[row.track_id]
    return TrackCorrections(
        not_faces=frozenset(not_faces),
        persons=persons,
        denied={track_id: frozenset(people) for track_id, people in denied.items() if people},
    )
