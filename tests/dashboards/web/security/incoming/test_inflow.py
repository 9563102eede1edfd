"""Bytes that come in: digested as they come or afterwards, and refused without harm to those before them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from dashboards.web.failures import TooMuch
from dashboards.web.security.incoming.inflow import HEAD_BYTES, Bound, Inflow, RunningDigest
from pipeline.errors import PipelineError, SourceUnreadable, StoreFull

ENOUGH = Bound(2 * HEAD_BYTES, "too much")


@pytest.mark.parametrize("n_seen", [0, 1, 4])
def test_digest_is_that_of_the_file_however_much_of_it_was_seen(tmp_path: Path, n_seen: int) -> None:
    path, parts = tmp_path / "upload", [b"one", b"two", b"three", b"four"]
    digests = [RunningDigest(), RunningDigest()]
    for number, part in enumerate(parts):
        with Inflow(path, ENOUGH, digests[number >= n_seen]) as inflow:  # a killed process has forgotten the first one
            inflow.add(part)

    assert {digest.of(path) for digest in digests} == {hashlib.sha256(b"".join(parts)).hexdigest()}


@pytest.mark.parametrize(
    ("bound", "error"),
    [(Bound(10, "too much"), TooMuch), (Bound(100, "too much", least_free_bytes=10**18), StoreFull)],
)
def test_what_has_no_room_leaves_what_was_there(tmp_path: Path, bound: Bound, error: type[PipelineError]) -> None:
    path = tmp_path / "upload"
    path.write_bytes(b"before")

    with Inflow(path, bound, RunningDigest()) as inflow, pytest.raises(error):
        inflow.add(b"some more")

    assert path.read_bytes() == b"before"


def test_beginning_is_looked_at_once_it_is_there(tmp_path: Path) -> None:
    with Inflow(tmp_path / "upload", ENOUGH, RunningDigest()) as inflow:
        inflow.add(bytes(HEAD_BYTES - 1))
        with pytest.raises(SourceUnreadable):
            inflow.add(b"\0")
