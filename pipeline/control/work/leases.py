"""Leases: at any moment one aggregator owns a source, and a late one finds out inside its commit.

    Leases(control).acquire(source_id, owner, now, ttl_s) -> Lease | None
    Leases(control).renew(lease, now, ttl_s)              raises LeaseLost
    Leases(control).release(lease, now)
    with Leases(control).living(owner): ...              so that what it owned can be had as soon as it is dead

An owner's name must be unlike that of any process before it (see `new_owner_name`), since a stopped process that
wakes up is told from its successor by it. Taking from the dead before their time is only quicker: whoever was taken
for dead, and is not, is told from its successor by the epoch, too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select, update

from pipeline.control.database import Control, Lease, Transaction, check_lease
from pipeline.control.tables import leases
from pipeline.control.work.owners import is_dead, sign_of_life, sweep_signs

logger = logging.getLogger(__name__)


class Leases:
    """The leases of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def acquire(self, source_id: str, owner: str, now: datetime, ttl_s: float) -> Lease | None:
        """Own the source until `now` + `ttl_s`, or None while somebody else does; the owner's own lease is renewed.

        A lease that has not run out is taken over from an owner that is certainly dead.
        """
        with self._control.writing() as transaction:
            query = select(leases).where(leases.c.source_id == source_id)
            held = transaction.connection.execute(query).one_or_none()
            if held is None:
                lease = Lease(source_id, owner, epoch=1)
                row = {"source_id": source_id, "owner": owner, "epoch": 1, "expires_at": now + timedelta(seconds=ttl_s)}
                transaction.connection.execute(insert(leases).values(row))
                return lease
            if held.owner != owner and held.expires_at > now and not self._is_left(held.owner, source_id):
                return None
            lease = Lease(source_id, owner, held.epoch + (held.owner != owner))
            _write(transaction, lease, now + timedelta(seconds=ttl_s))
            return lease

    @contextmanager
    def living(self, owner: str) -> Iterator[None]:
        """Show that `owner` lives, while the block lasts; afterwards, or once its process is dead, others may take
        over what it owned without waiting for its leases to run out."""
        sweep_signs(self._control.data_dir, self._owners(datetime.now(UTC)))
        with sign_of_life(self._control.data_dir, owner):
            yield

    def renew(self, lease: Lease, now: datetime, ttl_s: float) -> None:
        """Hold the lease until `now` + `ttl_s`; raises `LeaseLost` when it ran out or went to another."""
        with self._control.writing() as transaction:
            check_lease(transaction, lease, now)
            _write(transaction, lease, now + timedelta(seconds=ttl_s))

    def release(self, lease: Lease, now: datetime) -> None:
        """Give the source up, so that another can have it at once; a lost lease is left alone."""
        with self._control.writing() as transaction:
            mine = (leases.c.owner == lease.owner) & (leases.c.epoch == lease.epoch)
            given_up = update(leases).where(leases.c.source_id == lease.source_id, mine)
            transaction.connection.execute(given_up.values(expires_at=now))

    def _is_left(self, owner: str, source_id: str) -> bool:
        is_left = is_dead(self._control.data_dir, owner)
        if is_left:
            logger.warning("%s is dead, and leaves %s to others", owner, source_id)
        return is_left

    def _owners(self, now: datetime) -> set[str]:
        """Those whose leases have not run out."""
        with self._control.reading() as transaction:
            query = select(leases.c.owner).where(leases.c.expires_at > now)
            return set(transaction.connection.execute(query).scalars())


def _write(transaction: Transaction, lease: Lease, expires_at: datetime) -> None:
    change = update(leases).where(leases.c.source_id == lease.source_id)
    transaction.connection.execute(change.values(owner=lease.owner, epoch=lease.epoch, expires_at=expires_at))
