"""The audit log: rows are added, and neither changed nor removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.control.audit import AuditLog, current_user
from pipeline.control.database import Control
from pipeline.errors import StoreDamaged
from tests.control_databases import open_database


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


def test_log_is_empty_at_first(control: Control) -> None:
    assert AuditLog(control).read() == []


def test_newest_row_comes_first(control: Control) -> None:
    log = AuditLog(control)
    log.append("identify", "", who="kim", image_sha256="ab" * 32)
    log.append("timeline", "p_1", who="kim", detail="last week")

    newest, oldest = log.read()

    assert (newest.action, newest.about, newest.detail) == ("timeline", "p_1", "last week")
    assert (oldest.who, oldest.image_sha256) == ("kim", "ab" * 32)
    assert oldest.at <= newest.at


def test_what_goes_on_is_written_down_once(control: Control) -> None:
    log = AuditLog(control)
    for who in ("kim", "kim", "ada", "kim"):
        log.append_anew("timeline", "p_1", who=who)

    assert [entry.who for entry in log.read()] == ["ada", "kim"]


@pytest.mark.parametrize("change", ["DELETE FROM audit", "UPDATE audit SET who = 'nobody'"])
def test_rows_cannot_be_changed(control: Control, change: str) -> None:
    AuditLog(control).append("identify", "", who="kim")

    with pytest.raises(StoreDamaged, match="append-only"), control.writing() as transaction:
        transaction.connection.exec_driver_sql(change)

    assert len(AuditLog(control).read()) == 1


def test_somebody_is_always_the_user() -> None:
    assert current_user()
