"""Write TOML: tables of text, numbers, moments and lists, which is all that our own files of that kind hold.

The standard library reads TOML and does not write it.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def to_toml(document: Mapping[str, Any]) -> str:
    """The document as TOML, each table below its values; `tomllib.loads` gives back equal values.

    Values are text, bool, int, float, moments with a zone, lists of those, and tables; raises `TypeError` for others.
    """
    return "\n".join(_lines(document, ())).strip("\n") + "\n"


def write_toml(path: Path, document: Mapping[str, Any], opening: str) -> None:
    """Put the document in the place of `path`, whole or not at all, below the comment `opening`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = f"# {opening}\n\n{to_toml(document)}"
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=".", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)


def _lines(table: Mapping[str, Any], place: tuple[str, ...]) -> Iterator[str]:
    values = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    if place and (values or not inner):
        yield f"\n[{'.'.join(map(_key, place))}]"
    yield from (f"{_key(key)} = {_value(value)}" for key, value in values.items())
    for key, value in inner.items():
        yield from _lines(value, (*place, key))


def _key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else _text(key)


def _value(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.isoformat()
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_value, value))}]"
    raise TypeError(f"no TOML for {type(value).__name__}")


def _text(text: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for the one control character that JSON leaves alone."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
