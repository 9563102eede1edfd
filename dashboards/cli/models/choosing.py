"""Which models a command is about: the data folder's encoder, those named, those at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboards.cli.session import Session, adopt_encoder, open_database

if TYPE_CHECKING:
    from pipeline.encoders.manifest import ManifestEntry


def current_encoder(session: Session) -> str:
    """The encoder that the data folder uses, or would be made with; looks, and makes nothing."""
    if session.settings.database_url is None and not session.database_path.is_file():
        return session.settings.encoding.encoder
    with open_database(session) as control:
        return adopt_encoder(session, control).settings.encoding.encoder


def chosen_entries(session: Session, names: Sequence[str]) -> list[ManifestEntry]:
    """The entries of these encoders, of all when none is named; raises `NotFound` for an unknown name."""
    from pipeline.encoders.manifest import encoder_entries, encoder_entry

    if not names:
        return list(encoder_entries(session.weights_dir))
    return [encoder_entry(name, session.weights_dir) for name in dict.fromkeys(names)]


def entries_at_hand(session: Session, names: Sequence[str]) -> list[ManifestEntry]:
    """Those of the chosen encoders that can be used as they are; all of them when they are named.

    A named one whose file is missing is fetched, or refused with what to type, when it is loaded.
    """
    from pipeline.encoders.local.availability import ModelState, availability

    entries = chosen_entries(session, names)
    if names:
        return entries
    return [entry for entry in entries if availability(entry, session.weights_dir).state is ModelState.READY]
