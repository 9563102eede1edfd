"""What a command says: its answer on stdout, as tables or as JSON; everything else on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod
    from rich.table import Table

PIPE_WIDTH = 200
"""Columns of a table that goes into a pipe or a file, where no terminal says how wide it is."""

LEAST_WIDTH = 9
"""Characters that a column of words keeps, however narrow the terminal."""
MOMENTS = frozenset({"begins", "starts", "changed", "enrolled", "first seen", "last seen"})
"""Columns whose values are never broken into lines."""


@cache
def answers() -> Console:
    """The console of answers: stdout."""
    return _console(to_stderr=False)


@cache
def messages() -> Console:
    """The console of progress and messages: stderr."""
    return _console(to_stderr=True)


def say(text: str) -> None:
    """Tell the user something that is not the answer."""
    messages().print(text, markup=False, highlight=False)


def warn(text: str) -> None:
    """Tell the user something that is not the answer, and that should not be missed."""
    messages().print(text, style="yellow", markup=False, highlight=False)


def emit_json(payload: Any) -> None:
    """Write one JSON document to stdout: times as ISO 8601 in UTC, durations as seconds, absent values as null.

    Dataclasses become objects; paths become strings.
    """
    import msgspec

    document = msgspec.json.format(msgspec.json.encode(payload, enc_hook=_plain), indent=2)
    sys.stdout.buffer.write(document + b"\n")
    sys.stdout.flush()


def emit_line(payload: Any) -> None:
    """Write one line of JSON to stdout, as `emit_json` would: for commands that tell of one thing after the other."""
    import msgspec

    sys.stdout.buffer.write(msgspec.json.encode(payload, enc_hook=_plain) + b"\n")
    sys.stdout.flush()


def table(*columns: str, title: str | None = None, right: Sequence[str] = ()) -> Table:
    """An empty table; the columns named in `right` hold numbers and are aligned to the right."""
    from rich import box
    from rich.table import Table

    made = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0)
    )
    for column in columns:
        is_number = column in right
        is_whole = is_number or column in MOMENTS
        least = None if is_whole else LEAST_WIDTH
        justify: JustifyMethod = "right" if is_number else "left"
        made.add_column(column, justify=justify, overflow="fold", no_wrap=is_whole, min_width=least)
    return made


def _console(*, to_stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if to_stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else PIPE_WIDTH
    return Console(stderr=to_stderr, width=width, highlight=False, soft_wrap=False)


def _plain(value: object) -> Any:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(f"no JSON for {type(value).__name__}")
