"""The table of what is set of attendance on the page: shifts, rosters, holidays, leave, codes, cameras that count."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text, UniqueConstraint

from pipeline.control.tables import UtcDateTime, metadata

attendance_entries = Table(
    "attendance_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("section", String, nullable=False),
    Column("key", String, nullable=False),
    Column("body_json", Text, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String, nullable=False),
    UniqueConstraint("section", "key", name="one_attendance_entry_a_key"),
)
"""One line of a section each, as JSON of the settings' own words; `key` is what it is replaced and removed by."""
