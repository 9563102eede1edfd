"""Which names a person can have."""

from __future__ import annotations

import re

from pipeline.errors import InputError

LONGEST_NAME = 200
"""Characters in a person's name, at most."""

ID_OF_A_STRANGER = re.compile(r"unknown-\d+", re.IGNORECASE)
"""What nobody may be called: reports and answers would mix that person up with the stranger of that id."""


def check_name(name: str) -> None:
    """Raise `InputError` unless `name` can be a person's name."""
    fault = name_fault(name)
    if fault is not None:
        raise InputError(f"a person's name {fault}: {name[:LONGEST_NAME]!r}")


def name_fault(name: str) -> str | None:
    """What is wrong with a person's name, as "must not ..."; None when nothing is."""
    if not name.isprintable():
        return "must be printable, without line breaks and control characters"
    if not name or name != name.strip():
        return "must not be empty, nor begin or end with a space"
    if len(name) > LONGEST_NAME:
        return f"must have at most {LONGEST_NAME} characters"
    if ID_OF_A_STRANGER.fullmatch(name):
        return "must not be like the id of a stranger, unknown-0001"
    return None
