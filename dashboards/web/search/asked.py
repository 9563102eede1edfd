"""What an address of the search page asks for: by which face, and where and when to look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from urllib.parse import urlencode

from fastapi import Request

from dashboards.moments import parse_from, parse_to
from pipeline.errors import InputError
from pipeline.search.searching import FaceQuery

PAGE = "/search"
FIRST_LIMIT = 60
MOST = 960
"""Sightings on a page; who needs more narrows the search down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The state of the page, as its address holds it."""

    picture: str | None = None
    """The name of a kept picture."""
    face: int | None = None
    """Which of its faces, counted from 0; None while nobody has chosen among several."""
    sighting: str | None = None
    """The id of a sighting whose face is searched for."""
    source: str = ""
    """The id of a source; empty for all."""
    first_day: str = ""
    last_day: str = ""
    """ISO dates in the site's zone; empty without such a bound."""
    limit: int = FIRST_LIMIT

    @property
    def has_face(self) -> bool:
        """Whether there is a face to search by."""
        return self.sighting is not None or (self.picture is not None and self.face is not None)

    def address(self, **changes: object) -> str:
        """The page's address with these parts changed."""
        state = replace(self, **changes)  # type: ignore[arg-type] # the fields' own types, by name
        parts = {
            "picture": state.picture,
            "face": state.face,
            "sighting": state.sighting,
            "source": state.source,
            "from": state.first_day,
            "to": state.last_day,
            "limit": None if state.limit == FIRST_LIMIT else state.limit,
        }
        given = {name: value for name, value in parts.items() if value not in (None, "")}
        return f"{PAGE}?{urlencode(given)}" if given else PAGE

    def query(self, zone: tzinfo, now: datetime) -> FaceQuery:
        """Which sightings may be found; raises `InputError` for days that are none."""
        return FaceQuery(
            source_ids=frozenset({self.source}) if self.source else None,
            start=parse_from(self.first_day or None, zone, now),
            end=parse_to(self.last_day or None, zone, now),
            limit=self.limit,
            least_score=0.0,
        )


def asked_by(request: Request) -> Asked:
    """What the request's address asks for; raises `InputError` for numbers that are none."""
    given = request.query_params
    return Asked(
        picture=given.get("picture") or None,
        face=_number("face", given.get("face")),
        sighting=given.get("sighting") or None,
        source=given.get("source", ""),
        first_day=given.get("from", ""),
        last_day=given.get("to", ""),
        limit=max(1, min(MOST, _number("limit", given.get("limit")) or FIRST_LIMIT)),
    )


def _number(name: str, text: str | None) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 6:
        raise InputError(f"{name} is {text!r}; it must be a whole number")
    return int(text)
