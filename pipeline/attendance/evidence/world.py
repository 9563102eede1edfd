"""Whom and what attendance is about: people, cameras and footage as they are known now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from pipeline.attendance.evidence.record import AttendanceRecord
from pipeline.attendance.rows import Member
from pipeline.attendance.rules.settings import AttendanceSettings
from pipeline.control.attendance import enabled_cameras
from pipeline.control.database import Control
from pipeline.control.gallery.people import People
from pipeline.control.work.sources import SourceRecord, Sources
from pipeline.errors import SettingsError
from pipeline.sightings.rows import SourceKind

LABELS_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """People and sources of one moment."""

    members: tuple[Member, ...]
    sources: Mapping[str, SourceRecord]
    """By id."""
    cameras: Mapping[str, datetime | None]
    """Ids of the cameras that are to be read now, whether they ever were or not -> when they were entered.

    None for those of the settings file, of which nobody knows.
    """
    ended: Mapping[str, datetime]
    """Ids of the cameras that are not to be read any more -> when they watched last; without those that never did."""

    @property
    def labels(self) -> dict[str, str]:
        """Source id -> label."""
        return {**{name: name for name in self.cameras}, **{s.source_id: s.label for s in self.sources.values()}}

    def label(self, source_id: str) -> str:
        """What a source is called; its id when nobody knows it."""
        source = self.sources.get(source_id)
        return source_id if source is None else source.label

    def since(self, source_id: str) -> datetime | None:
        """When a source was first connected, or else when it was entered; None when nobody knows."""
        source = self.sources.get(source_id)
        return self.cameras.get(source_id) if source is None else source.created_at

    def is_camera(self, source_id: str) -> bool:
        """Whether it is a camera, and no footage."""
        source = self.sources.get(source_id)
        return source.kind is SourceKind.LIVE if source is not None else source_id in self.cameras

    def is_current(self, source_id: str, run_id: str) -> bool:
        """Whether a row counts: all that a camera ever saw does; of footage, only the current run's."""
        source = self.sources.get(source_id)
        if source is None or source.kind is SourceKind.LIVE:
            return True
        return source.current_run_id in {None, run_id}

    def resolved(self, rules: AttendanceSettings) -> AttendanceSettings:
        """The rules with ids in the place of labels; raises `SettingsError` for a camera that nobody knows."""
        return replace(
            rules,
            sources=self._ids("sources", rules.sources),
            entries=self._ids("entries", rules.entries),
            exits=self._ids("exits", rules.exits),
        )

    def _ids(self, name: str, wanted: Iterable[str]) -> tuple[str, ...]:
        by_label = {label: source_id for source_id, label in self.labels.items()}
        found = {text: text if text in self.labels else by_label.get(text) for text in wanted}
        missing = [text for text, source_id in found.items() if source_id is None]
        if missing:
            known = ", ".join(sorted(by_label)[:LABELS_SHOWN]) or "none yet"
            raise SettingsError(f"attendance.{name}: there is no camera or footage {missing[0]!r}; there are: {known}")
        return tuple(source_id for source_id in found.values() if source_id is not None)


def read_world(control: Control, record: AttendanceRecord, cameras_of_file: Iterable[str], zone: tzinfo) -> World:
    """What is known now; `zone` says on which day somebody was enrolled."""
    members = tuple(
        Member(person_id=person.person_id, name=person.name, since=person.created_at.astimezone(zone).date())
        for person in People(control).list_people()
    )
    sources = {source.source_id: source for source in Sources(control).list()}
    cameras = {**dict.fromkeys(cameras_of_file), **enabled_cameras(control)}
    connected = {source.source_id for source in sources.values() if source.kind is SourceKind.LIVE}
    ended = record.last_watched(sorted(connected - cameras.keys()))
    return World(members=members, sources=sources, cameras=cameras, ended=ended)
