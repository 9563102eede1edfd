"""What all values of the API have in common: frozen, described by their docstrings, moments in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

MOMENT = r"^(19|20|21)\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-][01]\d:[0-5]\d)$"
"""RFC 3339, of years that footage can be of."""
DAY = r"^(19[7-9]\d|20\d\d|21[0-8]\d)-[01]\d-[0-3]\d$"
ID = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$"
NAME = r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]{0,198}[^\s\x00-\x1f\x7f])?$"
DIGEST = r"^[0-9a-f]{64}$"


class RoleWord(StrEnum):
    """What somebody may do; each may everything that those before may."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    ADMIN = "admin"


class ApiValue(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(frozen=True, from_attributes=True, use_attribute_docstrings=True)


class ApiBody(BaseModel):
    """What a request brings; a field that nobody knows is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


def parse_api_moment(given: Any) -> Any:
    """A moment as it is written in requests, in UTC; what is no text is left to the model."""
    if not isinstance(given, str):
        return given
    if not re.fullmatch(MOMENT, given):
        raise ValueError("write it as 2026-05-01T09:30:00Z, or with another offset from UTC")
    return datetime.fromisoformat(given).astimezone(UTC)


def write_moment(at: datetime) -> str:
    """`2026-05-01T09:30:00Z`, finer only when it is."""
    text = at.astimezone(UTC).isoformat(timespec="microseconds" if at.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def _parse_day(given: Any) -> Any:
    if isinstance(given, str):
        if not re.fullmatch(DAY, given):
            raise ValueError("write it as 2026-05-01")
        return date.fromisoformat(given)
    return given


def _parse_flag(given: Any) -> Any:
    if isinstance(given, str):
        if given not in {"true", "false"}:
            raise ValueError("write true or false")
        return given == "true"
    return given


Moment = Annotated[
    datetime,
    BeforeValidator(parse_api_moment),
    PlainSerializer(write_moment, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-05-01T09:30:00Z"]}),
]
"""A moment, in UTC."""
MomentQuery = Annotated[
    datetime,
    BeforeValidator(parse_api_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": MOMENT, "examples": ["2026-05-01T09:30:00Z"]}),
]
"""A moment in an address, RFC 3339 with its offset."""
DayQuery = Annotated[
    date,
    BeforeValidator(_parse_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": DAY, "examples": ["2026-05-01"]}),
]
"""A day in an address."""
Flag = Annotated[bool, BeforeValidator(_parse_flag)]
"""`true` or `false` in an address."""
Ids = Annotated[list[Annotated[str, Query(pattern=ID)]], Query(max_length=100)]

PersonId = Annotated[str, Path(pattern=ID, description="The person's id.", examples=["p_3b5d5c3712955042"])]
SightingId = Annotated[str, Path(pattern=ID, description="The sighting's id.", examples=["s_5f2b9c0d4e7a1836"])]
SourceId = Annotated[str, Path(pattern=ID, description="The id of the footage.", examples=["f_0a1b2c3d4e5f6071"])]
RunId = Annotated[str, Path(pattern=ID, description="The id of the run.", examples=["r_0123456789abcdef"])]
