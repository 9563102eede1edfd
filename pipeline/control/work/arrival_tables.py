"""The table of footage that has come, by upload, by choice or in a watched folder, and what became of each file."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from pipeline.control.tables import UtcDateTime, metadata

arrivals = Table(
    "arrivals",
    metadata,
    Column("arrival_id", Integer, primary_key=True, autoincrement=True),
    Column("path", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("origin", String, nullable=False),
    Column("who", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("options_json", Text, nullable=False),
    Column("start_ts", UtcDateTime, nullable=True),
    Column("state", String, nullable=False),
    Column("source_id", String, nullable=True),
    Column("run_id", String, nullable=True),
    Column("problem", Text, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("arrivals_by_state", "state", "arrival_id"),
    Index("arrivals_by_path", "path", "size", "mtime_ns"),
)
"""One row a file that came. The same path with another size or time of modification is another file."""
