"""The tables of accounts. Of what lets somebody in (sessions, tokens, links) only digests are kept."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text

from pipeline.control.tables import UtcDateTime, metadata

users = Table(
    "users",
    metadata,
    Column("user_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("name_key", String, nullable=False, unique=True),
    Column("role", String, nullable=False),
    Column("password_hash", Text, nullable=True),
    Column("disabled", Boolean, nullable=False),
    Column("face_person_id", String, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("signed_in_at", UtcDateTime, nullable=True),
)
"""`name_key` is the name as it is compared; without a `password_hash` a user has yet to use the one-time link."""

sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", String, primary_key=True),
    Column("user_id", ForeignKey("users.user_id"), nullable=False, index=True),
    Column("is_half", Boolean, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("address", String, nullable=False),
    Column("browser", String, nullable=False),
)
"""`is_half`: the password was right, and the second factor is still to come."""

tokens = Table(
    "tokens",
    metadata,
    Column("token_id", Integer, primary_key=True),
    Column("token_sha256", String, nullable=False, unique=True),
    Column("user_id", ForeignKey("users.user_id"), nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=True),
    Column("used_at", UtcDateTime, nullable=True),
    sqlite_autoincrement=True,
)

links = Table(
    "links",
    metadata,
    Column("token_sha256", String, primary_key=True),
    Column("user_id", ForeignKey("users.user_id"), nullable=True, unique=True),
    Column("expires_at", UtcDateTime, nullable=False),
)
"""One-time links: to choose a user's password or, without a user, to make the first one."""

tries = Table(
    "tries",
    metadata,
    Column("key", String, primary_key=True),
    Column("n_tries", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("free_at", UtcDateTime, nullable=False),
)
"""Tries in a row that failed or are under way, by what they were made against or from; `key` is a digest."""
