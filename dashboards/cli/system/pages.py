"""Telling where the pages are, and the one-time link for the first account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.cli.output import messages, say
from dashboards.cli.session import Session, open_database

if TYPE_CHECKING:
    from pipeline.control.database import Control


class PagesTeller:
    """Tells of the pages once, as soon as they answer."""

    def __init__(self, session: Session) -> None:
        from dashboards.web.server.standing import drop_note

        self._session = session
        self._has_told = not session.settings.web.enabled
        drop_note(session.data_dir)

    def look(self) -> None:
        """Tell of the pages when they have begun to answer."""
        from dashboards.web.server.standing import answering_pages

        base_url = None if self._has_told else answering_pages(self._session.data_dir, self._session.settings.web)
        if base_url is None:
            return
        self._has_told = True
        with open_database(self._session) as control:
            tell_pages(control, base_url)


def tell_pages(control: Control, base_url: str) -> None:
    """Say where the pages are and, while there is no account, how the first one is made."""
    from datetime import UTC, datetime

    from dashboards.web.server.standing import set_up_link

    link = set_up_link(control, base_url, datetime.now(UTC))
    say(f"pages at {base_url}")
    if link is not None:
        say("make the first account there, within a day, with this link, which works once:")
        messages().print(link, markup=False, highlight=False, soft_wrap=True)  # whole, for whoever copies it
