"""Tries to sign in: few are free, and each further one has to wait longer; kept over restarts.

Tries(control).begin({key: limit}, now) -> seconds to wait; 0 counts a try, which may be made
Tries(control).succeeded(forgiven, returned)

A try counts before it is made, so that many at once are as many as one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from pipeline.control.accounts.secrets import digest
from pipeline.control.accounts.tables import tries
from pipeline.control.database import Control, Transaction

FORGOTTEN_AFTER = timedelta(hours=24)
"""Tries are forgotten this long after the last one."""
MOST_DOUBLINGS = 30
"""More would be longer than any limit."""


@dataclass(frozen=True, slots=True)
class TryLimit:
    """How many tries are free, and the longest wait after that, in seconds."""

    n_free: int
    longest_wait_s: float

    def wait_s(self, n_tries: int) -> float:
        """How long to wait after so many tries in a row: 1, 2, 4, ... seconds from the first that is not free."""
        if n_tries < self.n_free:
            return 0.0
        return min(self.longest_wait_s, 2.0 ** min(n_tries - self.n_free, MOST_DOUBLINGS))


class Tries:
    """The tries to sign in of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def begin(self, limits: Mapping[str, TryLimit], now: datetime) -> float:
        """Count a try against all keys, unless one of them has to wait: then nothing is counted.

        Returns how long to wait, in seconds; 0 when the try may be made.
        """
        hashed = {digest(key): limit for key, limit in limits.items()}
        with self._control.writing() as transaction:
            transaction.connection.execute(delete(tries).where(tries.c.last_at <= now - FORGOTTEN_AFTER))
            known = _read(transaction, tuple(hashed))
            wait_s = max(((free_at - now).total_seconds() for _, free_at in known.values()), default=0.0)
            if wait_s > 0:
                return wait_s
            for key, limit in hashed.items():
                _count(transaction, key, known.get(key, (0, now))[0] + 1, limit, now)
            return 0.0

    def succeeded(self, forgiven: str, returned: str) -> None:
        """A try was right: those against `forgiven` are forgotten, and `returned` gets this one back."""
        with self._control.writing() as transaction:
            transaction.connection.execute(delete(tries).where(tries.c.key == digest(forgiven)))
            given_back = update(tries).where(tries.c.key == digest(returned), tries.c.n_tries > 0)
            changes = given_back.values(n_tries=tries.c.n_tries - 1, free_at=tries.c.last_at)
            transaction.connection.execute(changes)


def _read(transaction: Transaction, keys: Sequence[str]) -> dict[str, tuple[int, datetime]]:
    rows = transaction.connection.execute(select(tries).where(tries.c.key.in_(keys)))
    return {row.key: (row.n_tries, row.free_at) for row in rows}


def _count(transaction: Transaction, key: str, n_tries: int, limit: TryLimit, now: datetime) -> None:
    transaction.connection.execute(delete(tries).where(tries.c.key == key))
    free_at = now + timedelta(seconds=limit.wait_s(n_tries))
    row = {"key": key, "n_tries": n_tries, "last_at": now, "free_at": free_at}
    transaction.connection.execute(insert(tries).values(row))
