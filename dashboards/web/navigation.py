"""Which pages there are, in the order in which they are offered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One page in the navigation."""

    path: str
    title: str
    icon: str
    """The id of a symbol in `static/icons.svg`."""
    role: int = 1
    """The smallest role that sees it."""
    is_first: bool = False
    """Whether it has a place of its own on a phone's bar; the others are behind More."""


ENTRIES = (
    Entry("/live", "Live", "live", is_first=True),
    Entry("/timeline", "Timeline", "timeline", is_first=True),
    Entry("/people", "People", "people", is_first=True),
    Entry("/unknowns", "Unknowns", "unknown"),
    Entry("/search", "Search by face", "search", role=2),
    Entry("/who", "Who is it?", "who", role=2),
    Entry("/footage", "Footage", "footage", is_first=True),
    Entry("/attendance", "Attendance", "attendance"),
    Entry("/system", "System", "system"),
)

ELSEWHERE = {"/sightings": "/timeline", "/relabelling": "/people"}
"""Where those pages are reached from that lie below no entry."""


def way_on(path: str) -> Entry:
    """The page from which an address is reached; the first of all for any other address."""
    room = "/" + path.split("/")[1] if path.startswith("/") else ""
    wanted = ELSEWHERE.get(room, room)
    return next((entry for entry in ENTRIES if entry.path == wanted and entry.path != path), ENTRIES[0])
