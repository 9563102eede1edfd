"""Stores of vectors in LMDB, written as the face-login tutorials write them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import InputError, NotFound, SettingsError
from pipeline.galleries.lmdb_store import StoreEntry, open_store
from pipeline.galleries.value_forms import ValueForm

lmdb = pytest.importorskip("lmdb", reason="LMDB is not installed (extra `lmdb`)")

RAW, TEXT = ValueForm.RAW_FLOAT32, ValueForm.COMMA_TEXT
VECTOR = np.array([3, 0, 4, 0], "<f4")


def write_store(path: Path, values: dict[bytes, bytes], *, is_folder: bool = True) -> Path:
    with lmdb.open(str(path), subdir=is_folder, map_size=1 << 24) as store, store.begin(write=True) as transaction:
        for key, value in values.items():
            transaction.put(key, value)
    return path


def read(path: Path, form: ValueForm = RAW, dimensions: int = 4) -> list[StoreEntry]:
    with open_store(path) as store:
        return list(store.entries(form, dimensions))


def test_empty_store_has_nothing(tmp_path: Path) -> None:
    assert read(write_store(tmp_path / "s", {})) == []


@pytest.mark.parametrize("is_folder", [True, False])
@pytest.mark.parametrize(("form", "value"), [(RAW, VECTOR.tobytes()), (TEXT, b"3.0, 0,4e0,-0.0")])
def test_vectors_come_out_of_unit_length(tmp_path: Path, form: ValueForm, value: bytes, is_folder: bool) -> None:
    (entry,) = read(write_store(tmp_path / "s", {b"17": value}, is_folder=is_folder), form)

    assert entry.key == "17"
    assert entry.vector == pytest.approx([0.6, 0, 0.8, 0])
    assert entry.vector.dtype == np.float32


@pytest.mark.parametrize(
    ("form", "key", "value", "fault"),
    [
        (RAW, b"1", np.zeros(4, "<f4").tobytes(), "it is all zero"),
        (RAW, b"1", np.array([1, np.nan, 0, 0], "<f4").tobytes(), "numbers that are none"),
        (RAW, b"1", np.array([1, np.inf, 0, 0], "<f4").tobytes(), "numbers that are none"),
        (RAW, b"1", VECTOR[:3].tobytes(), "it has 3 numbers; the encoder gives 4"),
        (RAW, b"1", VECTOR.tobytes() + b"x", "its 17 bytes are no 4-byte numbers"),
        (RAW, b"1", b"", "it has 0 numbers"),
        (RAW, b"bob", VECTOR.tobytes(), "the key is no decimal id"),
        (RAW, b"\xff\n1", VECTOR.tobytes(), "the key is no decimal id"),
        (TEXT, b"1", VECTOR.tobytes(), "no text of numbers"),
        (TEXT, b"1", b"1,2,3,", "no text of numbers"),
        (TEXT, b"1", b"nan,1,1,1", "numbers that are none"),
        (TEXT, b"1", b"1e99,1,1,1", "numbers that are none"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_entry_that_cannot_be_used_is_named_with_its_fault(
    tmp_path: Path, form: ValueForm, key: bytes, value: bytes, fault: str
) -> None:
    (entry,) = read(write_store(tmp_path / "s", {key: value}), form)

    assert entry.vector is None
    assert fault in entry.fault
    assert entry.key.isprintable()


def test_store_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no LMDB store at"):
        read(tmp_path / "nowhere")


def test_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b"no store" * 4096)

    with pytest.raises(InputError, match="is no LMDB store"):
        read(tmp_path / "s")


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_store_that_is_cut_off_is_refused_and_does_not_end_the_process(tmp_path: Path, keep: float) -> None:
    store = write_store(tmp_path / "s", {str(n).encode(): VECTOR.tobytes() * 300 for n in range(50)}, is_folder=False)
    store.write_bytes(store.read_bytes()[: int(store.stat().st_size * keep)])

    with pytest.raises(InputError, match="is cut off"):
        read(store)


def test_missing_library_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "lmdb", None)

    with pytest.raises(SettingsError, match=r"pip install 'facetrail\[lmdb\]'"):
        read(tmp_path)
