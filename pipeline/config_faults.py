"""What is wrong with settings, in words: each by its name, and a name that is none with those that there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import Any, get_args, get_origin, get_type_hints

NO_SUCH_NAME = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
"""Kinds of pydantic's complaints about a name that the settings do not have."""


def in_words(place: Sequence[str | int], kind: str, message: str, settings: type) -> str:
    """One complaint of pydantic, of that kind and with that message, about values for the class `settings`."""
    names = [str(part) for part in place]
    named = ".".join(names)
    if kind not in NO_SUCH_NAME:
        return f"{named}: {message}"
    known = sorted({name for reached in _reached(settings, names[:-1]) for name in _names(reached)})
    alike = get_close_matches(names[-1], known, n=1)
    hint = f"did you mean {alike[0]}? " if alike else ""
    return f"{named}: there is no such setting; {hint}there are {', '.join(known)}"


def _reached(kind: Any, place: Sequence[str]) -> Iterator[Any]:
    """The classes of settings that stand at this place, behind optional ones and behind names that users give."""
    if _names(kind):
        if not place:
            yield kind
        elif place[0] in _names(kind):
            yield from _reached(_names(kind)[place[0]], place[1:])
        return
    is_many = get_origin(kind) in {dict, tuple}
    for argument in get_args(kind):
        yield from _reached(argument, place[1:] if is_many else place)


def _names(kind: Any) -> Mapping[str, Any]:
    """The names of a class of settings with their types; none for anything else."""
    if isinstance(kind, type) and (is_dataclass(kind) or hasattr(kind, "model_fields")):
        names = {field.name for field in fields(kind)} if is_dataclass(kind) else kind.model_fields
        return {name: hint for name, hint in get_type_hints(kind).items() if name in names}
    return {}
