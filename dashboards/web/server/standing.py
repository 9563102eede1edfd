"""Where the pages of a data folder answer: the note that their process leaves, and what is told of it."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from dashboards.web.security.addresses import here_url, pages_url, set_up_url
from pipeline.config import WebSettings
from pipeline.control.accounts.links import OneTimeLinks
from pipeline.control.database import Control
from workers.stack.embedded import make_run_dir

NOTE_NAME = "web.json"
ALIVE = "/healthz"
ANSWER_S = 2.0
"""How long the pages may take to say that they are there, in seconds."""


class PagesNote(msgspec.Struct, frozen=True):
    """What the process of the pages leaves in the data folder for others to find it by."""

    pid: int
    port: int


@contextmanager
def noted(data_dir: Path, port: int) -> Iterator[None]:
    """A note that pages answer at `port`, while the block lasts."""
    path = make_run_dir(data_dir) / NOTE_NAME
    temporary = path.with_name(f".{NOTE_NAME}-{os.getpid()}")
    temporary.write_bytes(msgspec.json.encode(PagesNote(os.getpid(), port)))
    temporary.replace(path)
    try:
        yield
    finally:
        found = _read_note(data_dir)
        if found is not None and found.pid == os.getpid():
            drop_note(data_dir)


def drop_note(data_dir: Path) -> None:
    """Forget what an earlier process has noted."""
    (data_dir / "run" / NOTE_NAME).unlink(missing_ok=True)


def answering_pages(data_dir: Path, settings: WebSettings) -> str | None:
    """The address of the pages that answer on this data folder, as people reach them; None while there are none."""
    note = _read_note(data_dir)
    if note is None:
        return None
    try:
        with urllib.request.urlopen(here_url(settings, note.port) + ALIVE, timeout=ANSWER_S):  # noqa: S310 # of this host
            return pages_url(settings, note.port)
    except (urllib.error.URLError, OSError):
        return None


def set_up_link(control: Control, base_url: str, now: datetime) -> str | None:
    """A fresh link to make the first account, in place of all earlier ones; None once there is an account."""
    secret = OneTimeLinks(control).for_set_up(now)
    return set_up_url(base_url, secret) if secret else None


def _read_note(data_dir: Path) -> PagesNote | None:
    try:
        return msgspec.json.decode((data_dir / "run" / NOTE_NAME).read_bytes(), type=PagesNote)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
