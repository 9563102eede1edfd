"""Which files of a folder are whole: those that have not changed for a while.

Nobody says when a recorder or a copy has finished. So a file counts as whole once its size and its time of modification
were the same at all looks for some seconds; an empty file never does.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import SourceUnreadable
from pipeline.intake.videos import SUFFIXES

UNFINISHED_ENDINGS = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".download", ".unfinished")
"""What programs put behind, or before the suffix of, a name while they write the file."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as one look shows it."""

    path: Path
    size: int
    """In bytes."""
    mtime_ns: int
    """When it was last written, in nanoseconds since 1970."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file, and since when it has looked like this."""

    facts: FileFacts
    since_s: float
    """On a clock that never jumps, in seconds."""


@dataclass(frozen=True, slots=True)
class Settling:
    """Where a folder stands after a look."""

    unchanged: Mapping[Path, Unchanged]
    settled: tuple[FileFacts, ...]
    """Whole files, by name; each look lists all of them again."""
    is_quiet: bool = True
    """Whether nothing is being written any more; an empty file that stays so keeps nobody waiting."""


NOTHING_SEEN = Settling({}, ())


def settle(before: Settling, listing: Iterable[FileFacts], now_s: float, settle_s: float) -> Settling:
    """Go on by one look. A file that changed begins anew; one that went is forgotten."""
    unchanged = {facts.path: _seen(before.unchanged.get(facts.path), facts, now_s) for facts in listing}
    still = [one.facts for one in unchanged.values() if now_s - one.since_s >= settle_s]
    whole = sorted((facts for facts in still if facts.size), key=lambda facts: facts.path)
    return Settling(unchanged, tuple(whole), is_quiet=len(still) == len(unchanged))


def list_folder(folder: Path, *, recursive: bool) -> Sequence[FileFacts]:
    """The videos in a folder by their endings; hidden and unfinished names are left out.

    Links to folders are not followed. Raises `SourceUnreadable` when the folder is away.
    """
    if not folder.is_dir():
        raise SourceUnreadable(f"{folder}: there is no such folder; is it mounted?")
    paths = _walk(folder) if recursive else iter(folder.iterdir())
    listed = (_facts_of(path) for path in paths if is_finished_name(path.name) and path.suffix.lower() in SUFFIXES)
    return [facts for facts in listed if facts is not None]


def is_finished_name(name: str) -> bool:
    """Whether a file of this name is meant to be read: not `.clip.mp4`, `~clip.mp4`, `clip.part.mp4`."""
    stem = name.lower().rpartition(".")[0]
    return not name.startswith((".", "~")) and not stem.endswith(UNFINISHED_ENDINGS)


def _seen(before: Unchanged | None, facts: FileFacts, now_s: float) -> Unchanged:
    return before if before is not None and before.facts == facts else Unchanged(facts, now_s)


def _walk(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(place) / name for name in names)


def _facts_of(path: Path) -> FileFacts | None:
    """None for what is no file, or went since the folder was listed."""
    try:
        status = path.stat()
    except OSError:
        return None
    return FileFacts(path, status.st_size, status.st_mtime_ns) if path.is_file() else None
