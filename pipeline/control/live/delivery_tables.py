"""The tables of event delivery: what waits for whom, and where taking events in has got to."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from pipeline.control.tables import UtcDateTime, metadata

deliveries = Table(
    "event_deliveries",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("target", String, nullable=False),
    Column("event_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("source_id", String, nullable=False),
    Column("payload", LargeBinary, nullable=True),
    Column("state", String, nullable=False),
    Column("queued_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime, nullable=True),
    Column("problem", Text, nullable=False),
    UniqueConstraint("target", "event_id"),
    Index("event_deliveries_next", "target", "state", "seq"),
)
"""One row an event and target. The payload goes with the delivery; the rest stays for a while, to know a repeat by."""

intake = Table(
    "event_intake",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("cursor", String, nullable=False),
    Column("state", LargeBinary, nullable=False),
)
"""One row: the last entry of the log that was taken in, and the state after it."""

taken = Table(
    "event_intake_taken",
    metadata,
    Column("event_id", String, primary_key=True),
    Column("taken_at", UtcDateTime, nullable=False, index=True),
)
"""Events that were taken in, since they may be told again."""
