"""What tus says in headers: names as their senders give them, or none."""

from __future__ import annotations

import pytest

from dashboards.web.api.sources.tus import file_name, metadata_of


@pytest.mark.parametrize("name", ["", "door.mp4", "Tür 1, Hof.mp4", "../../etc/passwd"])
def test_name_reads_back(name: str) -> None:
    assert file_name(f"filetype dmlkZW8vbXA0,{metadata_of(name)},relativePath") == name


@pytest.mark.parametrize("metadata", ["", "filename", "filename !", "filename ä", "filename Zg", ",,", "name Zg=="])
def test_what_cannot_be_read_is_no_name(metadata: str) -> None:
    assert file_name(metadata) == ""
