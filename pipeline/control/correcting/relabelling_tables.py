"""The tables of relabelling: what was asked for, and how far it is with each source."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from pipeline.control.tables import UtcDateTime, metadata

relabel_requests = Table(
    "relabel_requests",
    metadata,
    Column("request_id", Integer, primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("who", String, nullable=False),
    Column("gallery_version", Integer, nullable=False),
    Column("identity_json", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""One row for each wish that the past be named anew, by that gallery and these settings of `identity`."""

relabel_sources = Table(
    "relabel_sources",
    metadata,
    Column("request_id", ForeignKey("relabel_requests.request_id"), primary_key=True),
    Column("source_id", String, primary_key=True),
    Column("run_ids", Text, nullable=True),
    Column("n_runs_done", Integer, nullable=False),
    Column("n_runs", Integer, nullable=True),
    Column("n_sightings", Integer, nullable=False),
    Column("n_changed", Integer, nullable=False),
    Column("problem", Text, nullable=True),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime, nullable=True, index=True),
)
"""A source that a request is about; `run_ids` is a list as JSON when only some of its runs are meant, and
`n_runs` is unknown until somebody has begun."""
