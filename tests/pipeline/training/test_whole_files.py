"""Files and folders that are there whole or not at all."""

from __future__ import annotations

import errno
import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import InputError, StoreFull, WeightsError
from pipeline.training.whole_files import making_folder, read_arrays, write_arrays, write_whole


def _one_array() -> bytes:
    """A file of NumPy's other kind, with a single array without a name."""
    content = BytesIO()
    np.save(content, np.eye(2, dtype=np.float32))
    return content.getvalue()


def test_file_is_written_into_a_new_folder_and_leaves_no_other(tmp_path: Path) -> None:
    path = write_whole(tmp_path / "new" / "page.html", b"words")

    assert path.read_bytes() == b"words"
    assert list(path.parent.iterdir()) == [path]


def test_folder_is_there_only_when_it_is_filled(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), making_folder(tmp_path / "made") as new:
        write_whole(new / "half", b"words").rename(tmp_path / "nowhere" / "half")

    assert list(tmp_path.iterdir()) == []


def test_folder_is_replaced_only_when_that_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "earlier").touch()

    with pytest.raises(InputError, match="is there already"), making_folder(tmp_path / "made"):
        pass
    with making_folder(tmp_path / "made", replaces=True) as new:
        (new / "later").touch()

    assert [path.name for path in (tmp_path / "made").iterdir()] == ["later"]


def test_full_disk_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreFull, match="no room left for"), making_folder(tmp_path / "made"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert list(tmp_path.iterdir()) == []


def test_arrays_come_back_by_their_names(tmp_path: Path) -> None:
    arrays = {"a/kernel": np.eye(2, dtype=np.float32)}

    found = read_arrays(write_arrays(tmp_path / "weights.npz", arrays))

    assert list(found) == ["a/kernel"]
    assert (found["a/kernel"] == arrays["a/kernel"]).all()


@pytest.mark.parametrize("content", [b"", b"words that are no arrays", b"PK\x03\x04 cut off", _one_array()])
def test_what_holds_no_arrays_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "weights.npz").write_bytes(content)

    with pytest.raises(WeightsError, match="does not hold weights"):
        read_arrays(tmp_path / "weights.npz")
