"""The tables of the control database, as SQLAlchemy sees them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.types import TypeDecorator

SCHEMA_VERSION = 6
"""Raised with every change of these tables, by a step of `migrations`; a folder of a newer version is refused."""


class UtcDateTime(TypeDecorator[datetime]):
    """Time-zone aware UTC on our side, whatever the database keeps (SQLite drops the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected a time with its zone, got {value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()


def _column(
    name: str, kind: Any, *constraints: Any, **options: Any
) -> Column[Any]:  # SQLAlchemy's own types are Any here
    return Column(name, kind, *constraints, nullable=options.pop("nullable", False), **options)


folder = Table(
    "folder",
    metadata,
    _column("id", Integer, primary_key=True),
    _column("schema_version", Integer),
    _column("encoder", String, nullable=True),
    _column("gallery_version", Integer),
    _column("unknowns_version", Integer),
    _column("created_at", UtcDateTime),
)
"""One row: what is true of the whole data folder."""

persons = Table(
    "persons",
    metadata,
    _column("person_id", String, primary_key=True),
    _column("created_at", UtcDateTime),
)

person_names = Table(
    "person_names",
    metadata,
    _column("id", Integer, primary_key=True),
    _column("person_id", ForeignKey("persons.person_id"), index=True),
    _column("name", String),
    _column("added_version", Integer),
    _column("removed_version", Integer, nullable=True),
)
"""A person's name from one gallery version to another; the one without an end is the name today."""

Index(
    "one_person_a_name",
    person_names.c.name,
    unique=True,
    sqlite_where=person_names.c.removed_version.is_(None),
    postgresql_where=person_names.c.removed_version.is_(None),
)

person_references = Table(
    "person_references",
    metadata,
    _column("id", Integer, primary_key=True),
    _column("person_id", ForeignKey("persons.person_id"), index=True),
    _column("encoder", String),
    _column("image_sha256", String),
    _column("image_ref", String),
    _column("quality", Float),
    _column("embedding", LargeBinary),
    _column("added_at", UtcDateTime),
    _column("added_version", Integer),
    _column("removed_version", Integer, nullable=True),
)
"""Reference images with their embeddings, from one gallery version to another."""

sources = Table(
    "sources",
    metadata,
    _column("source_id", String, primary_key=True),
    _column("kind", String),
    _column("label", String),
    _column("path", String, nullable=True),
    _column("duration_s", Float, nullable=True),
    _column("start_ts", UtcDateTime),
    _column("clock", String),
    _column("current_run_id", String, nullable=True),
    _column("unsettled", Boolean),
    _column("created_at", UtcDateTime),
)
"""`unsettled`: the Parquet files still have to follow a change that is recorded here."""

runs = Table(
    "runs",
    metadata,
    _column("run_id", String, primary_key=True),
    _column("source_id", ForeignKey("sources.source_id"), index=True),
    _column("state", String, index=True),
    _column("options_json", Text),
    _column("encoder", String),
    _column("gallery_version", Integer),
    _column("calibration_id", Integer, nullable=True),
    _column("start_ts", UtcDateTime),
    _column("clock", String),
    _column("next_chunk", Integer),
    _column("n_chunks", Integer, nullable=True),
    _column("n_samples", BigInteger),
    _column("n_decoded", BigInteger),
    _column("n_gated", BigInteger),
    _column("n_dropped", BigInteger),
    _column("n_failed", BigInteger),
    _column("n_faces", BigInteger),
    _column("n_good", BigInteger),
    _column("n_useful", BigInteger),
    _column("n_tracks", BigInteger),
    _column("problem", Text, nullable=True),
    _column("attempts", Integer),
    _column("created_at", UtcDateTime),
    _column("updated_at", UtcDateTime),
    _column("heartbeat_at", UtcDateTime, nullable=True),
    _column("job_token", String, nullable=True),
)

calibrations = Table(
    "calibrations",
    metadata,
    _column("calibration_id", Integer, primary_key=True),
    _column("made_at", UtcDateTime),
    _column("encoder", String),
    _column("encoder_digest", String),
    _column("gallery_digest", String),
    _column("impostors_digest", String),
    _column("n_people", Integer),
    _column("n_images", Integer),
    _column("fpir", Float),
    _column("threshold", Float),
    _column("uncertain_threshold", Float),
    _column("margin", Float),
    _column("report_json", Text),
    _column("retired_at", UtcDateTime, nullable=True),
)
"""Operating points that were measured here; rows stay as they are, since runs are named by them, and are retired."""

calibration_sketches = Table(
    "calibration_sketches",
    metadata,
    _column("calibration_id", ForeignKey("calibrations.calibration_id"), primary_key=True),
    _column("image_sha256", String, primary_key=True),
)
"""A sample of the reference images that a calibration was made from; none for those made from a folder."""

snapshots = Table(
    "snapshots",
    metadata,
    _column("run_id", ForeignKey("runs.run_id"), primary_key=True),
    _column("snapshot", LargeBinary, nullable=True),
    _column("last_minute", LargeBinary, nullable=True),
)
"""The fold of every unfinished run; apart from `runs`, so that listing these stays cheap."""

lives = Table(
    "lives",
    metadata,
    _column("run_id", ForeignKey("runs.run_id"), primary_key=True),
    _column("state", LargeBinary),
)
"""The sightings that have begun and not ended, of every live run that has told of any; as the fold's snapshot."""

outbox = Table(
    "outbox",
    metadata,
    _column("number", Integer, primary_key=True),
    _column("source_id", ForeignKey("sources.source_id"), index=True),
    _column("made_at", UtcDateTime),
    _column("event", LargeBinary),
    sqlite_autoincrement=True,
)
"""Events that are true and perhaps not yet told, in order; a row goes once its event is in the stream."""

failed_chunks = Table(
    "failed_chunks",
    metadata,
    _column("run_id", ForeignKey("runs.run_id"), primary_key=True),
    _column("number", Integer, primary_key=True),
    _column("stage", String),
    _column("reason", Text),
)

leases = Table(
    "leases",
    metadata,
    _column("source_id", String, primary_key=True),
    _column("owner", String),
    _column("epoch", Integer),
    _column("expires_at", UtcDateTime),
)

unknowns = Table(
    "unknowns",
    metadata,
    _column("unknown_id", String, primary_key=True),
    _column("encoder", String, index=True),
    _column("number", Integer),
    _column("n_templates", Integer),
    _column("template", LargeBinary),
    _column("alias_of", String, nullable=True),
)

unknown_allotments = Table(
    "unknown_allotments",
    metadata,
    _column("run_id", ForeignKey("runs.run_id"), primary_key=True),
    _column("track_id", String, primary_key=True),
    _column("unknown_id", ForeignKey("unknowns.unknown_id"), nullable=True),
)
"""NULL: the track was looked at, and is too poor to tell who it is."""

audit = Table(
    "audit",
    metadata,
    _column("id", Integer, primary_key=True),
    _column("at", UtcDateTime),
    _column("who", String),
    _column("action", String),
    _column("about", String),
    _column("image_sha256", String, nullable=True),
    _column("detail", Text),
    _column("place", String, nullable=True),
)

for _verb in ("UPDATE", "DELETE"):
    event.listen(
        audit,
        "after_create",
        DDL(  # type: ignore[no-untyped-call] # SQLAlchemy left it untyped
            f"CREATE TRIGGER audit_refuses_{_verb.lower()} BEFORE {_verb} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        ).execute_if(dialect="sqlite"),
    )

for _statement in (
    """CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$""",
    "CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON audit EXECUTE FUNCTION audit_refuses()",
):
    event.listen(
        audit,
        "after_create",
        DDL(_statement).execute_if(dialect="postgresql"),  # type: ignore[no-untyped-call] # SQLAlchemy left it untyped
    )

LOCK_CREATION = text("SELECT pg_advisory_xact_lock(7201)")
"""On a server, those who make the tables queue here, as there is no row yet; the number is the lock's name."""

LOCK_WRITERS = text("SELECT id FROM folder WHERE id = 1 FOR UPDATE")
"""On a server, writers queue on the folder's row, as they do on SQLite's write lock."""
