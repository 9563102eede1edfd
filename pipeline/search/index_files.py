"""How the face index of one encoder lies on the disk: two long arrays, and a note that says what their rows are.

    <data>/index/<encoder>/faces.json              the note: a sha256, then JSON; replaced whole
    <data>/index/<encoder>/vectors-<generation>    (N, D) float32: a template a row
    <data>/index/<encoder>/tracks-<generation>     (N,) of `ID_TYPE`: its track's id

The arrays only grow, and a row counts only when the note tells of it, so that a reader with any note reads whole rows,
and what a killed builder appended is written over by the next one. Rows of files that changed or went are wiped with
zeros. It is derived from `embeddings/`, and may be removed at any moment.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.schemas import VectorF32
from pipeline.sightings.record.files import safe_name
from pipeline.sightings.record.staging import written
from pipeline.sightings.record.templates import ID_TYPE, FileMark, Templates

NOTE = "faces.json"
VERSION = 1
FLOAT = np.dtype(np.float32)
DIGEST_LENGTH = 64


class IndexedFile(msgspec.Struct, frozen=True, array_like=True):
    """One file of the record, and where its rows are."""

    name: str
    """Such as `date=2026-05-01/source=door/hour-14.parquet`."""
    inode: int
    modified_ns: int
    n_bytes: int
    first_row: int
    n_rows: int

    @property
    def mark(self) -> FileMark:
        """The file as it was when its rows were taken."""
        return FileMark(self.inode, self.modified_ns, self.n_bytes)

    @property
    def rows(self) -> slice:
        """Its rows in the arrays."""
        return slice(self.first_row, self.first_row + self.n_rows)

    @property
    def day(self) -> str:
        """The UTC date of its tracks, in ISO form."""
        return self.name.partition("/")[0].removeprefix("date=")

    @property
    def source_id(self) -> str:
        """The source of its tracks."""
        return self.name.split("/")[1].removeprefix("source=")


class IndexNote(msgspec.Struct, frozen=True):
    """What the rows of the arrays are."""

    version: int
    generation: str
    dimensions: int
    n_rows: int
    """Rows that count or once did; what follows them is nobody's."""
    files: tuple[IndexedFile, ...]

    @property
    def n_tracks(self) -> int:
        """Rows that count."""
        return sum(file.n_rows for file in self.files)


def index_folder(data_dir: Path, encoder: str) -> Path:
    """Where the data folder keeps its index of faces for an encoder."""
    return data_dir / "index" / safe_name(encoder)


def vectors_path(folder: Path, generation: str) -> Path:
    """The file of templates."""
    return folder / f"vectors-{generation}"


def tracks_path(folder: Path, generation: str) -> Path:
    """The file of track ids."""
    return folder / f"tracks-{generation}"


def read_note(folder: Path) -> IndexNote | None:
    """The note; None when there is none, or it is damaged, or the arrays are shorter than it says."""
    try:
        digest, _, body = (folder / NOTE).read_bytes().partition(b"\n")
        if digest.decode(errors="replace") != hashlib.sha256(body).hexdigest():
            return None
        note = msgspec.json.decode(body, type=IndexNote)
        return note if note.version == VERSION and _is_whole(folder, note) else None
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write_note(folder: Path, note: IndexNote) -> None:
    """Let the rows of `note` count, once they are on the disk. Raises `StoreFull` or `StoreDamaged`."""
    with written(folder):
        for path in (vectors_path(folder, note.generation), tracks_path(folder, note.generation)):
            _sync(path)
        body = msgspec.json.encode(note)
        temporary = folder / f".{NOTE}"
        temporary.unlink(missing_ok=True)
        temporary.touch(mode=0o600)
        temporary.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        temporary.replace(folder / NOTE)


def make_arrays(folder: Path, generation: str) -> None:
    """Two empty files; templates of faces are nobody else's business, so only their owner may read them."""
    with written(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (vectors_path(folder, generation), tracks_path(folder, generation)):
            path.touch(mode=0o600)


def write_rows(folder: Path, generation: str, first_row: int, rows: Templates) -> None:
    """Put rows into the arrays from `first_row` on, over whatever is there."""
    with written(folder):
        _write_at(
            vectors_path(folder, generation), first_row * rows.templates.shape[1] * FLOAT.itemsize, rows.templates
        )
        _write_at(tracks_path(folder, generation), first_row * ID_TYPE.itemsize, rows.track_ids)


def wipe_rows(folder: Path, note: IndexNote, gone: Iterable[IndexedFile]) -> None:
    """Write zeros over the rows of files that are not in the record any more."""
    for file in gone:
        nothing = Templates(np.zeros(file.n_rows, ID_TYPE), np.zeros((file.n_rows, note.dimensions), np.float32))
        write_rows(folder, note.generation, file.first_row, nothing)


def map_rows(folder: Path, note: IndexNote) -> Templates:
    """The rows as they lie on the disk, read as they are used; raises `FileNotFoundError` when they were replaced."""
    if note.n_rows == 0:
        return Templates(np.empty(0, ID_TYPE), np.empty((0, note.dimensions), np.float32))
    shape = (note.n_rows, note.dimensions)
    vectors: VectorF32 = np.memmap(vectors_path(folder, note.generation), np.float32, "r", shape=shape)
    track_ids: NDArray[np.bytes_] = np.memmap(tracks_path(folder, note.generation), ID_TYPE, "r", shape=(note.n_rows,))
    return Templates(track_ids, vectors)


def remove_other_generations(folder: Path, generation: str) -> None:
    """Remove arrays that no note tells of; whoever reads them goes on reading."""
    kept = {vectors_path(folder, generation), tracks_path(folder, generation)}
    for path in (*folder.glob("vectors-*"), *folder.glob("tracks-*")):
        if path not in kept:
            path.unlink(missing_ok=True)


def _is_whole(folder: Path, note: IndexNote) -> bool:
    vectors, tracks = vectors_path(folder, note.generation).stat(), tracks_path(folder, note.generation).stat()
    return (
        vectors.st_size >= note.n_rows * note.dimensions * FLOAT.itemsize
        and tracks.st_size >= note.n_rows * ID_TYPE.itemsize
    )


def _write_at(path: Path, offset: int, array: NDArray[np.bytes_] | VectorF32) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(np.ascontiguousarray(array).tobytes())


def _sync(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())
