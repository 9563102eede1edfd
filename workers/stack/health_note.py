"""How the processes of a running stack are, told in its data folder for others to see, such as the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from workers.pulse import Pulse
from workers.stack.children import ChildHealth
from workers.stack.supervisor import StackHealth

NOTE_NAME = "health.json"
TOLD_EVERY_S = 2.0
OLD = timedelta(seconds=10)
"""What was told longer ago says nothing of now."""


class HealthNote(msgspec.Struct, frozen=True):
    """The processes at one moment."""

    told_at: datetime
    children: tuple[ChildHealth, ...]


@contextmanager
def told_health(run_dir: Path, health: Callable[[], StackHealth]) -> Iterator[None]:
    """Tell every other second how the processes are, while the block lasts."""
    path = run_dir / NOTE_NAME

    def tell() -> None:
        note = HealthNote(datetime.now(UTC), health().children)
        temporary = path.with_name(f".{NOTE_NAME}")
        try:
            temporary.write_bytes(msgspec.json.encode(note))
            temporary.replace(path)
        except OSError:  # a full disk: the note gets old, which says enough
            return

    tell()
    try:
        with Pulse("health note", TOLD_EVERY_S, tell):
            yield
    finally:
        path.unlink(missing_ok=True)


def read_health(data_dir: Path, now: datetime) -> tuple[ChildHealth, ...] | None:
    """The processes of the stack that runs on a data folder; None when none does, or it tells nothing (any more)."""
    try:
        note = msgspec.json.decode((data_dir / "run" / NOTE_NAME).read_bytes(), type=HealthNote)
    except (OSError, msgspec.DecodeError):
        return None
    return note.children if now - note.told_at < OLD else None
