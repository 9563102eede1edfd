"""Staging: whole files, all together, or nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import StoreDamaged, StoreFull
from pipeline.sightings.record.staging import Staging, remove_leftovers, written

STAGED = "staged"

FILL = """
import resource, sys
from pathlib import Path
from pipeline.errors import StoreFull
from tests.builders_recording import make_seen, open_world

world = open_world(Path(sys.argv[1]))
world.commit(1, make_seen(1, 0, at_s=0))
before = world.content()
room = max(len(content) for name, content in before.items())
resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
try:
    world.commit(2, *(make_seen(number, 1, at_s=number) for number in range(2, 60)))
except StoreFull as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
leftovers = list((Path(sys.argv[1]) / "staging").iterdir())
print("intact", world.content() == before and not leftovers)
world.commit(2, *(make_seen(number, 1, at_s=number) for number in range(2, 60)))
print("tracks", len(list((Path(sys.argv[1]) / "thumbs").rglob("*_0.jpg"))))
"""


def test_nothing_is_seen_before_publication(tmp_path: Path) -> None:
    with Staging(tmp_path / STAGED) as staging:
        staging.add(tmp_path / "a", b"new")

        assert not (tmp_path / "a").exists()
        staging.publish()

    assert (tmp_path / "a").read_bytes() == b"new"


def test_what_was_not_published_is_gone(tmp_path: Path) -> None:
    with Staging(tmp_path / STAGED) as staging:
        staging.add(tmp_path / "a", b"new")

    assert list((tmp_path / STAGED).iterdir()) == []
    assert not (tmp_path / "a").exists()


def test_removed_file_goes_at_publication(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"")

    with Staging(tmp_path / STAGED) as staging:
        staging.remove(tmp_path / "old")
        staging.remove(tmp_path / "never there")
        staging.publish()

    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with Staging(tmp_path / STAGED) as staging, pytest.raises(StoreDamaged, match="cannot be written"):
        staging.add(tmp_path / "file" / "a", b"new")


def test_old_leftovers_are_removed_and_young_ones_kept(tmp_path: Path) -> None:
    old, young = tmp_path / "old", tmp_path / "young"
    for path, modified_s in ((old, 100), (young, 195)):
        path.write_bytes(b"")
        os.utime(path, (modified_s, modified_s))

    assert remove_leftovers(tmp_path, older_than_s=30, now_s=200) == 1
    assert list(tmp_path.iterdir()) == [young]


@pytest.mark.slow
def test_full_disk_is_said_clearly_and_the_store_stays_whole(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(tmp_path / "data")], capture_output=True, text=True, check=True, timeout=60
    )

    error, intact, tracks = done.stdout.splitlines()
    assert "no room left in" in error
    assert "free some space" in error
    assert (intact, tracks) == ("intact True", "tracks 59")


def test_no_space_left_on_a_device_is_store_full() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")

    with pytest.raises(StoreFull, match="No space left"), written(full), full.open("wb", buffering=0) as file:
        file.write(b"x")
