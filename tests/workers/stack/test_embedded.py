"""The embedded server: a socket for this user only, and no port."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.workers.conftest import wait_for_server
from workers.stack.embedded import embedded_server, make_run_dir, remove_socket
from workers.stack.leash import leashed


@pytest.mark.slow
@pytest.mark.parametrize("name", ["data", "data folder", "daten-ü%41#?", "x" * 120])
def test_server_answers_on_a_private_socket_whatever_the_folder(tmp_path: Path, name: str) -> None:
    run_dir = make_run_dir(tmp_path / name)
    server = embedded_server(run_dir)

    with subprocess.Popen(leashed(server.command)) as process:
        wait_for_server(server.url).close()
        folder = stat.S_IMODE(server.socket_path.parent.stat().st_mode)
        ports = psutil.Process(process.pid).net_connections(kind="inet")
        process.kill()
    remove_socket(server, run_dir)

    assert folder == 0o700
    assert ports == []
    assert not server.socket_path.exists()


def test_folder_of_another_run_is_used_again(tmp_path: Path) -> None:
    first = make_run_dir(tmp_path)
    (first / "redis.sock").touch()

    server = embedded_server(make_run_dir(tmp_path))

    assert not server.socket_path.exists()
