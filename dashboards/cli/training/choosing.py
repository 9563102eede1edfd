"""Which encoder a training command begins with when none is named."""

from __future__ import annotations

from dashboards.cli.session import Session, adopt_encoder, open_database


def encoder_in_use(session: Session) -> str:
    """The encoder that was asked for, else the data folder's, else the default."""
    if not has_database(session):
        return session.settings.encoding.encoder
    with open_database(session) as control:
        return adopt_encoder(session, control).settings.encoding.encoder


def has_database(session: Session) -> bool:
    """Whether the data folder is one already."""
    return session.database_path.is_file() or session.settings.database_url is not None
