"""Folders for faces and names: closed to others when we make them, and never changed when somebody else did."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.control.database import open_control
from pipeline.private_folder import is_open_to_others, make_private_folder
from workers.stack.embedded import make_run_dir


def test_new_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    open_control(tmp_path / "site" / "data").close()
    make_run_dir(tmp_path / "other")

    assert [is_open_to_others(tmp_path / name) for name in ("site/data", "other")] == [False, False]


def test_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)

    open_control(tmp_path / "data").close()

    assert is_open_to_others(tmp_path / "data")


def test_file_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").touch()

    with pytest.raises(FileExistsError):
        make_private_folder(tmp_path / "data")
