"""The index follows the record, whatever happens to either."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import StoreDamaged
from pipeline.search.face_index import FaceIndex, open_index
from pipeline.search.index_files import NOTE, index_folder, map_rows, vectors_path
from pipeline.search.indexing import FEW_ROWS, rebuilt, up_to_date
from pipeline.sightings.record.templates import template_files
from tests.builders import START
from tests.builders_templates import ENCODER, make_templates, record_embeddings, record_templates
from tests.conftest import REPOSITORY

BUILD_AND_DIE = """
import os, signal, sys
from pathlib import Path
from pipeline.search import indexing
indexing.NOTE_EVERY_S = 0.0
def die(n_done, n_files):
    if n_done == 3:
        os.kill(os.getpid(), signal.SIGKILL)
indexing.up_to_date(Path(sys.argv[1]), sys.argv[2], progress=die)
"""


def found_ids(index: FaceIndex, data_dir: Path) -> list[str]:
    return sorted(hit.place.track_id for hit in index.rank(make_templates(1)[0]).best(10_000))


def test_record_without_faces_has_an_index_without_rows(tmp_path: Path) -> None:
    index = up_to_date(tmp_path, ENCODER)

    assert (index.n_tracks, index.rank(make_templates(1)[0]).best(5)) == (0, [])


def test_index_that_is_up_to_date_is_given_back(tmp_path: Path) -> None:
    record_templates(tmp_path, make_templates(3))
    index = up_to_date(tmp_path, ENCODER)

    assert up_to_date(tmp_path, ENCODER, known=index) is index


def test_only_files_that_changed_are_read(tmp_path: Path) -> None:
    record_templates(tmp_path, make_templates(3))
    up_to_date(tmp_path, ENCODER)
    later = record_templates(tmp_path, make_templates(2, seed=1), start=START + timedelta(hours=2), first=100)
    read: list[int] = []

    index = up_to_date(tmp_path, ENCODER, progress=lambda _n_done, n_files: read.append(n_files))

    assert (read, index.n_tracks, later[0] in found_ids(index, tmp_path)) == ([1], 5, True)


def test_rows_of_a_file_that_changed_are_replaced_and_wiped(tmp_path: Path) -> None:
    before = make_templates(3)
    record_templates(tmp_path, before)
    up_to_date(tmp_path, ENCODER)
    record_templates(tmp_path, make_templates(3, seed=1))

    index = up_to_date(tmp_path, ENCODER)

    folder = index_folder(tmp_path, ENCODER)
    assert index.rank(before[0]).best(1)[0].score < 0.9
    assert before[0].tobytes() not in vectors_path(folder, index.note.generation).read_bytes()


def test_what_the_record_forgot_is_found_no_more(tmp_path: Path) -> None:
    record_templates(tmp_path, make_templates(3))
    kept = record_templates(tmp_path, make_templates(2, seed=1), source_id="gate", first=100)
    up_to_date(tmp_path, ENCODER)
    (name,) = [name for name in template_files(tmp_path, ENCODER) if "source=door" in name]
    (tmp_path / "embeddings" / f"encoder={ENCODER}" / name).unlink()

    assert found_ids(up_to_date(tmp_path, ENCODER), tmp_path) == kept


@pytest.mark.slow
def test_arrays_are_written_anew_when_most_of_them_is_wiped(tmp_path: Path) -> None:
    count = FEW_ROWS + 1
    record_embeddings(tmp_path, make_templates(count))
    before = up_to_date(tmp_path, ENCODER)
    for path in (tmp_path / "embeddings").rglob("hour-*.parquet"):
        path.unlink()
    kept = record_templates(tmp_path, make_templates(2, seed=1), source_id="gate", first=count)

    after = up_to_date(tmp_path, ENCODER)

    assert (after.note.n_rows, after.note.generation != before.note.generation) == (2, True)
    assert found_ids(after, tmp_path) == kept
    assert len(list(index_folder(tmp_path, ENCODER).glob("vectors-*"))) == 1


@pytest.mark.slow
def test_builder_that_is_killed_leaves_a_whole_index_that_the_next_one_completes(tmp_path: Path) -> None:
    ids = [
        track_id
        for hour in range(6)
        for track_id in record_templates(
            tmp_path, make_templates(4, seed=hour), start=START + timedelta(hours=hour), first=100 * hour
        )
    ]

    died = subprocess.run([sys.executable, "-c", BUILD_AND_DIE, str(tmp_path), ENCODER], cwd=REPOSITORY, check=False)
    left = open_index(index_folder(tmp_path, ENCODER))

    assert died.returncode == -signal.SIGKILL
    assert left is not None
    assert 0 < left.n_tracks < len(ids)
    assert found_ids(up_to_date(tmp_path, ENCODER), tmp_path) == sorted(ids)


@pytest.mark.parametrize("damage", ["note", "short", "gone"])
def test_damaged_index_is_made_anew(tmp_path: Path, damage: str) -> None:
    ids = record_templates(tmp_path, make_templates(3))
    index = up_to_date(tmp_path, ENCODER)
    folder = index_folder(tmp_path, ENCODER)
    vectors = vectors_path(folder, index.note.generation)
    if damage == "note":
        (folder / NOTE).write_bytes((folder / NOTE).read_bytes()[:-3])
    elif damage == "short":
        vectors.write_bytes(vectors.read_bytes()[:-4])
    else:
        vectors.unlink()

    assert found_ids(up_to_date(tmp_path, ENCODER), tmp_path) == ids


def test_rows_that_are_no_templates_are_noticed_and_can_be_made_anew(tmp_path: Path) -> None:
    ids = record_templates(tmp_path, make_templates(3))
    index = up_to_date(tmp_path, ENCODER)
    vectors = vectors_path(index_folder(tmp_path, ENCODER), index.note.generation)
    vectors.write_bytes(np.full(3 * 128, 50, np.float32).tobytes())

    with pytest.raises(StoreDamaged):
        index.rank(np.full(128, 128**-0.5, np.float32))

    assert found_ids(rebuilt(tmp_path, ENCODER), tmp_path) == ids


def test_reader_of_an_older_note_reads_whole_rows(tmp_path: Path) -> None:
    templates = make_templates(3)
    record_templates(tmp_path, templates)
    older = up_to_date(tmp_path, ENCODER)
    record_templates(tmp_path, make_templates(2, seed=1), source_id="gate", first=100)
    up_to_date(tmp_path, ENCODER)

    rows = map_rows(index_folder(tmp_path, ENCODER), older.note)

    np.testing.assert_array_equal(rows.templates, templates)
