"""Whom and what attendance is about: people, cameras and footage, as the control database knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo

from pipeline.attendance.rows import Member
from pipeline.attendance.rules.settings import AttendanceSettings
from pipeline.control.attendance import enabled_cameras
from pipeline.control.database import Control
from pipeline.control.people import People
from pipeline.control.sources import SourceRecord, Sources
from pipeline.errors import SettingsError
from pipeline.sightings.rows import SourceKind

LABELS_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """People and sources of one moment."""

    members: tuple[Member, ...]
    sources: Mapping[str, SourceRecord]
    """By id."""
    cameras: frozenset[str]
    """Ids of the cameras that are to be read now, whether they ever were or not."""

    @property
    def labels(self) -> dict[str, str]:
        """Source id -> label."""
        return {**{name: name for name in self.cameras}, **{s.source_id: s.label for s in self.sources.values()}}

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


def read_world(control: Control, cameras_of_file: Iterable[str], zone: tzinfo) -> World:
    """What the control database knows now; `zone` says on which day somebody was enrolled."""
    members = tuple(
        Member(person_id=person.person_id, name=person.name, since=person.created_at.astimezone(zone).date())
        for person in People(control).list_people()
    )
    sources = {source.source_id: source for source in Sources(control).list()}
    return World(members=members, sources=sources, cameras=frozenset(cameras_of_file) | enabled_cameras(control))
