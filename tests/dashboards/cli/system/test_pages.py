"""What `facetrail up` tells of the pages: once, and the link of the first start in one piece."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboards.cli.output import messages
from dashboards.cli.session import open_session
from dashboards.cli.system.pages import PagesTeller, tell_pages
from pipeline.control.database import open_control


def test_link_is_not_broken_into_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    messages.cache_clear()
    control = open_control(tmp_path)

    with messages().capture() as said:
        tell_pages(control, "http://127.0.0.1:8321")

    lines = said.get().splitlines()
    assert lines[0] == "pages at http://127.0.0.1:8321"
    assert lines[-1].startswith("http://127.0.0.1:8321/set-up?token=")
    assert len(lines[-1]) > 70
    control.close()
    messages.cache_clear()


def test_old_note_is_forgotten_and_nothing_told_before_pages_answer(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "web.json").write_text('{"pid": 1, "port": 9}')

    with messages().capture() as said:
        PagesTeller(open_session(data=tmp_path)).look()

    assert said.get() == ""
    assert not (tmp_path / "run" / "web.json").exists()
