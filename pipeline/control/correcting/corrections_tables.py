"""The tables of what people changed in the record by hand: the changes, and what each of them says."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from pipeline.control.tables import UtcDateTime, metadata

record_changes = Table(
    "record_changes",
    metadata,
    Column("change_id", Integer, primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("who", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("undo", Text, nullable=False),
    Column("undone_at", UtcDateTime, nullable=True),
    sqlite_autoincrement=True,
)
"""One row for each thing that somebody did; `undo` is what it takes to take it back, as JSON."""

track_corrections = Table(
    "track_corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("change_id", ForeignKey("record_changes.change_id"), nullable=False, index=True),
    Column("source_id", String, nullable=False, index=True),
    Column("track_id", String, nullable=False, index=True),
    Column("verdict", String, nullable=False),
    Column("person_id", String, nullable=True),
)
"""What was said of single tracks; it counts unless its change was undone. Later rows overrule earlier ones."""

ignored_unknowns = Table(
    "ignored_unknowns",
    metadata,
    Column("unknown_id", String, primary_key=True),
    Column("change_id", ForeignKey("record_changes.change_id"), nullable=False),
)
"""Unknown people whom nobody wants in the list; they stay in the record."""

person_aliases = Table(
    "person_aliases",
    metadata,
    Column("person_id", String, primary_key=True),
    Column("alias_of", String, nullable=False, index=True),
    Column("merged_version", Integer, nullable=False),
)
"""People who turned out to be somebody else who was enrolled, too."""
