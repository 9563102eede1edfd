"""Keeping the face index true to the record: only files that changed are read, and what is gone is wiped.

    up_to_date(data_dir, encoder) -> FaceIndex

One process builds at a time, others wait for it. A builder that is killed leaves an index that is whole, only older;
the next one goes on from there. A damaged index is built anew.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pipeline.encoders.manifest import encoder_entry, weights_dir
from pipeline.errors import StoreDamaged
from pipeline.folder_lock import changing
from pipeline.search.face_index import FaceIndex, open_index
from pipeline.search.index_files import (
    VERSION,
    IndexedFile,
    IndexNote,
    index_folder,
    make_arrays,
    map_rows,
    remove_other_generations,
    wipe_rows,
    write_note,
    write_rows,
)
from pipeline.sightings.record.staging import written
from pipeline.sightings.record.templates import FileMark, Templates, read_templates, template_files

logger = logging.getLogger(__name__)

NOTE_EVERY_S = 2.0
"""A first build of a long record takes a while; what is done counts at least so often, in seconds."""
MOST_WIPED = 0.5
"""Part of the rows that may be wiped before the arrays are written anew without them."""
FEW_ROWS = 20_000
"""Wiped rows that are not worth it."""

Progress = Callable[[int, int], None]
"""Hears how many files have been read, and how many there are to read."""


def unheard(_n_done: int, _n_files: int) -> None:
    """Nobody wants to know."""


def up_to_date(
    data_dir: Path, encoder: str, *, known: FaceIndex | None = None, progress: Progress = unheard
) -> FaceIndex:
    """The index with all that is recorded now; `known` is given back when it still is that.

    Raises `StoreFull`, or `StoreDamaged` for a recorded file that cannot be read.
    """
    folder = index_folder(data_dir, encoder)
    found = template_files(data_dir, encoder)
    index = known if known is not None and _is_current(known, found) else open_index(folder)
    if index is not None and _is_current(index, found):
        return index
    with _building(folder):
        index = open_index(folder)
        Builder(data_dir, encoder, progress, index).build(template_files(data_dir, encoder))
    built = open_index(folder)
    if built is None:
        raise StoreDamaged(f"the index of faces in {folder} was damaged while it was made; try again")
    return built


def rebuilt(data_dir: Path, encoder: str) -> FaceIndex:
    """The index made from nothing, in the place of a damaged one."""
    folder = index_folder(data_dir, encoder)
    logger.warning("the index of faces in %s is damaged, and is made anew", folder)
    with _building(folder):
        Builder(data_dir, encoder, unheard, None)
    return up_to_date(data_dir, encoder)


class Builder:
    """Brings one index up to date; whoever makes one holds the lock."""

    def __init__(self, data_dir: Path, encoder: str, progress: Progress, index: FaceIndex | None) -> None:
        """Go on with `index`, or from nothing in the place of whatever is there."""
        self._data_dir = data_dir
        self._encoder = encoder
        self._progress = progress
        self._folder = index_folder(data_dir, encoder)
        self._dimensions = encoder_entry(encoder, weights_dir(data_dir)).dimensions
        if index is None:
            self._generation, self._n_rows, self._files = self._new_arrays(), 0, dict[str, IndexedFile]()
            self._keep()
        else:
            note = index.note
            self._generation, self._n_rows = note.generation, note.n_rows
            self._files = {file.name: file for file in note.files}

    def build(self, found: Mapping[str, FileMark]) -> None:
        """Take out what changed or went, take in what changed or came: `found` is what is there now."""
        gone = [file for file in self._files.values() if found.get(file.name) != file.mark]
        wipe_rows(self._folder, self._note(), gone)
        for file in gone:
            del self._files[file.name]
        if gone:
            self._keep()
        self._take_in({name: mark for name, mark in found.items() if name not in self._files})
        n_wiped = self._n_rows - self._note().n_tracks
        if n_wiped > max(FEW_ROWS, MOST_WIPED * self._n_rows):
            self._write_anew()

    def _take_in(self, fresh: Mapping[str, FileMark]) -> None:
        noted_at = time.monotonic()
        for n_done, (name, mark) in enumerate(fresh.items(), start=1):
            self._append(name, mark, read_templates(self._data_dir, self._encoder, name))
            if time.monotonic() - noted_at > NOTE_EVERY_S or n_done == len(fresh):
                self._keep()
                noted_at = time.monotonic()
            self._progress(n_done, len(fresh))

    def _append(self, name: str, mark: FileMark, rows: Templates) -> None:
        """Write a file's rows after all others; they count with the next note."""
        n_rows, dimensions = rows.templates.shape
        if dimensions != self._dimensions:
            raise StoreDamaged(
                f"{name} has embeddings of {dimensions} numbers; {self._encoder} makes {self._dimensions}"
            )
        write_rows(self._folder, self._generation, self._n_rows, rows)
        place = (self._n_rows, n_rows)
        self._files[name] = IndexedFile(name, mark.inode, mark.modified_ns, mark.n_bytes, *place)
        self._n_rows += n_rows

    def _write_anew(self) -> None:
        """Other arrays, without the rows that were wiped."""
        rows, files = map_rows(self._folder, self._note()), self._files
        self._generation, self._n_rows, self._files = self._new_arrays(), 0, {}
        for file in files.values():
            self._append(file.name, file.mark, Templates(rows.track_ids[file.rows], rows.templates[file.rows]))
        self._keep()

    def _new_arrays(self) -> str:
        generation = uuid.uuid4().hex[:12]
        make_arrays(self._folder, generation)
        return generation

    def _note(self) -> IndexNote:
        return IndexNote(VERSION, self._generation, self._dimensions, self._n_rows, tuple(self._files.values()))

    def _keep(self) -> None:
        write_note(self._folder, self._note())
        remove_other_generations(self._folder, self._generation)


def _is_current(index: FaceIndex, found: Mapping[str, FileMark]) -> bool:
    return {file.name: file.mark for file in index.note.files} == found


@contextmanager
def _building(folder: Path) -> Iterator[None]:
    """Hold the index for building, waiting for whoever does."""
    with written(folder), ExitStack() as stack:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stack.enter_context(changing(folder))
        held = stack.pop_all()
    with held:
        yield
