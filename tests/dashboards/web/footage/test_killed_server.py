"""The real process of the pages is killed in the middle of an upload: what is on the disk is not sent again."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from dashboards.web.access import Role
from dashboards.web.security.incoming.inflow import READ_BYTES
from dashboards.web.security.incoming.limits import UPLOADS
from dashboards.web.server.standing import answering_pages, drop_note
from pipeline.config import WebSettings
from pipeline.control.accounts.tokens import ApiTokens
from pipeline.control.accounts.users import Users
from pipeline.control.database import Control, open_control
from pipeline.control.work.arrivals import Arrivals
from pipeline.video.writing import write_video
from tests.dashboards.web.conftest import NO_SERVER
from tests.end_to_end.killing import wait_until
from tests.pipeline.video.clips import draw_frames
from workers.stack.children import leashed

pytestmark = pytest.mark.slow
TUS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
FREE_BYTES = 4_000_000


@pytest.fixture
def control(empty_data: Path, tmp_path: Path) -> Iterator[Control]:
    shutil.copytree(empty_data, tmp_path / "data")
    opened = open_control(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def token(control: Control) -> str:
    now = datetime.now(UTC)
    return ApiTokens(control).make(Users(control).add("ada", Role.ADMIN, None, now), "wall", Role.ANALYST, now, None)


@pytest.fixture
def clip(tmp_path: Path) -> bytes:
    """A video with some room behind it (a box `free`, ISO 14496-12)."""
    write_video(tmp_path / "clip.mp4", draw_frames(20), 10)
    return (tmp_path / "clip.mp4").read_bytes() + FREE_BYTES.to_bytes(4, "big") + b"free" + bytes(FREE_BYTES - 8)


@contextmanager
def pages(control: Control, token: str) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes]]]:
    """A process of the pages, and a program that has a token."""
    own = {"FACETRAIL_DATA": str(control.data_dir), "FACETRAIL_REDIS_URL": NO_SERVER, "FACETRAIL_WEB__PORT": "0"}
    command = leashed((sys.executable, "-m", "dashboards.web"))
    with subprocess.Popen(command, env={**os.environ, **own}) as process:
        try:
            wait_until(lambda: answering_pages(control.data_dir, WebSettings(port=0)) is not None, "the pages")
            address = answering_pages(control.data_dir, WebSettings(port=0)) or ""
            with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}", **TUS}) as client:
                yield client, process
        finally:
            process.kill()
            drop_note(control.data_dir)


def send_half(client: httpx.Client, place: str, content: bytes) -> socket.socket:
    """A connection on which the content was announced, and half of it was sent."""
    told = {**client.headers, "Upload-Offset": "0", "Content-Length": str(len(content))}
    head = "".join(f"{name}: {value}\r\n" for name, value in {**told, "Host": client.base_url.netloc.decode()}.items())
    connection = socket.create_connection((client.base_url.host, client.base_url.port))
    connection.sendall(f"PATCH {place} HTTP/1.1\r\n{head}\r\n".encode() + content[: len(content) // 2])
    return connection


def test_upload_goes_on_with_another_process(control: Control, token: str, clip: bytes) -> None:
    with pages(control, token) as (client, process):
        begun = client.post(UPLOADS, headers={"Upload-Length": str(len(clip))}).raise_for_status()
        place = begun.headers["Location"]
        part = control.data_dir / "footage" / f".part-{place.rpartition('/')[2]}" / "upload"
        with send_half(client, place, clip):
            wait_until(lambda: part.stat().st_size >= READ_BYTES, "some bytes on the disk")
            process.kill()

    with pages(control, token) as (client, _):
        offset = int(client.head(place).headers["Upload-Offset"])
        client.patch(place, content=clip[offset:], headers={"Upload-Offset": str(offset)}).raise_for_status()

    (arrival,) = Arrivals(control).waiting()
    assert READ_BYTES <= offset < len(clip)
    assert arrival.path.stem == hashlib.sha256(clip).hexdigest()
