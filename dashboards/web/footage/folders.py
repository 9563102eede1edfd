"""Looking through the folders from which footage may be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dashboards.web.security.roots import footage_below, is_below
from pipeline.control.database import Control
from pipeline.control.work.footage_list import FootageList
from pipeline.control.work.run_records import RunState
from pipeline.errors import SourceUnreadable
from pipeline.intake.settling import is_finished_name
from pipeline.intake.videos import SUFFIXES

MOST_LISTED = 1000
"""Folders, and files, that are listed at once."""


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A folder that can be opened."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A video that can be chosen."""

    path: Path
    name: str
    size: int
    """In bytes."""
    modified_at: datetime
    state: RunState | None
    """Of its latest run; None when it is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderView:
    """One folder, or the list of those that were set."""

    path: Path | None
    """None for the list of those that were set."""
    parents: tuple[FolderEntry, ...] = ()
    """The way down to it, from the folder that was set."""
    folders: tuple[FolderEntry, ...] = ()
    files: tuple[FileEntry, ...] = ()
    is_cut: bool = False
    """Whether there are more than are listed."""


def look_into(control: Control, roots: Sequence[Path], path: str) -> FolderView:
    """What is in a folder below one of `roots`, which `path` names; an empty one names their list.

    Links that lead out of `roots` are left out. Raises `Forbidden` for a folder outside, and `SourceUnreadable`.
    """
    if not path:
        present = [root.resolve() for root in roots if root.is_dir()]
        return FolderView(path=None, folders=tuple(FolderEntry(root, str(root)) for root in present))
    folder = footage_below(roots, path)
    try:
        inside = sorted(folder.iterdir(), key=lambda entry: entry.name.lower())
    except OSError as error:
        raise SourceUnreadable(f"{folder}: cannot be read ({error.strerror})") from error
    inside = [entry for entry in inside if _is_shown(entry.name) and is_below(roots, entry)]
    folders = [entry for entry in inside if entry.is_dir()]
    videos = [entry for entry in inside if entry.suffix.lower() in SUFFIXES and entry.is_file()]
    return FolderView(
        path=folder,
        parents=_way_down(roots, folder),
        folders=tuple(FolderEntry(entry, entry.name) for entry in folders[:MOST_LISTED]),
        files=_file_entries(control, videos[:MOST_LISTED]),
        is_cut=max(len(folders), len(videos)) > MOST_LISTED,
    )


def _is_shown(name: str) -> bool:
    """Whether a name can stand on a page: it is text, and not one of files that are still written."""
    return is_finished_name(name) and not any("\ud800" <= sign <= "\udfff" for sign in name)


def _way_down(roots: Sequence[Path], folder: Path) -> tuple[FolderEntry, ...]:
    root = next(one.resolve() for one in roots if folder.is_relative_to(one.resolve()))
    steps = [folder, *folder.parents]
    between = [step for step in reversed(steps) if step.is_relative_to(root)]
    return tuple(FolderEntry(step, str(step) if step == root else step.name) for step in between)


def _file_entries(control: Control, videos: Sequence[Path]) -> tuple[FileEntry, ...]:
    states = FootageList(control).states_of(video.resolve() for video in videos)
    entries = []
    for video in videos:
        status = video.stat()
        modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
        entries.append(FileEntry(video, video.name, status.st_size, modified_at, states.get(video.resolve())))
    return tuple(entries)
