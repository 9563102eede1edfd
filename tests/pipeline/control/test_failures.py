"""What databases say, in our errors: who waits, who frees some room, and who looks for damage."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError

from pipeline.control.database import open_control
from pipeline.control.failures import translate
from pipeline.errors import DatabaseLost, PipelineError, StoreDamaged, StoreFull


class SaidByServer(Exception):
    """An error as the Postgres driver raises it."""

    def __init__(self, text: str, sqlstate: str | None) -> None:
        super().__init__(text)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("kind", "sqlstate", "expected"),
    [
        (OperationalError, None, DatabaseLost),  # nobody answers
        (InterfaceError, None, DatabaseLost),
        (OperationalError, "57P01", DatabaseLost),  # it is being stopped
        (OperationalError, "57P03", DatabaseLost),  # it is starting
        (OperationalError, "53300", DatabaseLost),  # it has too many clients
        (OperationalError, "53100", StoreFull),
        (OperationalError, "55P03", StoreDamaged),  # locked for too long
        (ProgrammingError, "42P01", StoreDamaged),  # a table is missing
    ],
)
def test_what_a_server_says_is_told_by_who_can_help(
    kind: type[DBAPIError], sqlstate: str | None, expected: type[PipelineError]
) -> None:
    error = kind("SELECT 1", {}, SaidByServer("it said\n\tso", sqlstate))

    assert type(translate(error, "postgresql://host/name")) is expected


def test_connection_that_broke_is_a_server_that_is_lost() -> None:
    error = DBAPIError("SELECT 1", {}, SaidByServer("it said\n\tso", "XX000"), connection_invalidated=True)

    assert str(translate(error, "the place")) == "the control database the place cannot be reached: it said so"


def test_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")

    with pytest.raises(DatabaseLost, match=r"postgresql\+psycopg://me:\*\*\*@127\.0\.0\.1:1/name cannot be reached"):
        open_control(tmp_path, "postgresql://me:secret@127.0.0.1:1/name")
