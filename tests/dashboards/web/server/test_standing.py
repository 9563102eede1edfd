"""Where the pages answer: a note for whoever started them, and what becomes of an old one."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboards.web.app import create_app
from dashboards.web.security.entering.doorkeeper import AccountDoorkeeper
from dashboards.web.server.serving import serving
from dashboards.web.server.standing import NOTE_NAME, answering_pages, noted, set_up_link
from dashboards.web.site import Site
from pipeline.config import WebSettings
from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.users import Users

ANY_PORT = WebSettings(port=0)


def test_without_a_note_nothing_answers(tmp_path: Path) -> None:
    assert answering_pages(tmp_path, ANY_PORT) is None


@pytest.mark.parametrize("note", [b"", b"{}", b'{"pid": 1, "port": 9}'])
def test_old_or_broken_note_is_no_answer(tmp_path: Path, note: bytes) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / NOTE_NAME).write_bytes(note)

    assert answering_pages(tmp_path, ANY_PORT) is None


@pytest.mark.slow
def test_pages_are_found_at_a_free_port(site: Site) -> None:
    app, public_url = create_app(site, AccountDoorkeeper(site.control)), "https://faces.example.org"

    with serving(app, ANY_PORT) as url, noted(site.data_dir, int(url.rpartition(":")[2])):
        found = answering_pages(site.data_dir, ANY_PORT)
        public = answering_pages(site.data_dir, WebSettings(public_url=public_url))

    assert (found, public) == (url, public_url)
    assert answering_pages(site.data_dir, ANY_PORT) is None


def test_note_of_another_process_stays(tmp_path: Path) -> None:
    with noted(tmp_path, 1):
        (tmp_path / "run" / NOTE_NAME).write_text(f'{{"pid": {os.getpid() + 1}, "port": 2}}')

    assert (tmp_path / "run" / NOTE_NAME).exists()


def test_set_up_link_is_there_until_somebody_is(site: Site) -> None:
    now = datetime.now(UTC)
    assert (set_up_link(site.control, "http://here", now) or "").startswith("http://here/set-up?token=")

    Users(site.control).add("ada", Role.ADMIN, "hash", now)

    assert set_up_link(site.control, "http://here", now) is None
