"""The tables of cameras: those that were entered by a command, and how each one is doing."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Integer, LargeBinary, String, Table, Text

from pipeline.control.tables import UtcDateTime, metadata

cameras = Table(
    "cameras",
    metadata,
    Column("name", String, primary_key=True),
    Column("url", Text, nullable=False),
    Column("sealed_url", LargeBinary, nullable=True),
    Column("enabled", Boolean, nullable=False),
    Column("rtsp_transport", String, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)
"""`url` shows no password; one that has any is in `sealed_url`, encrypted."""

camera_states = Table(
    "camera_states",
    metadata,
    Column("name", String, primary_key=True),
    Column("is_connected", Boolean, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("problem", Text, nullable=True),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("fps", Float, nullable=False),
    Column("n_samples", Integer, nullable=False),
    Column("n_dropped", Integer, nullable=False),
    Column("n_failed", Integer, nullable=False),
    Column("lag_s", Float, nullable=False),
)
"""One row a camera, written every second by the process that reads it; counts are of this connection."""
