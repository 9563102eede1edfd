"""Leases: at any moment one aggregator owns a source, and a late one finds out inside its commit.

    Leases(control).acquire(source_id, owner, now, ttl_s) -> Lease | None
    Leases(control).renew(lease, now, ttl_s)              raises LeaseLost
    Leases(control).release(lease, now)

An owner's name must be unlike that of any process before it (see `new_owner_name`), since a stopped process that
wakes up is told from its successor by it.
"""

from __future__ import annotations

import os
import platform
import uuid
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from pipeline.control.database import Control, Lease, Transaction, check_lease
from pipeline.control.tables import leases


def new_owner_name() -> str:
    """A name that no other process ever had: host, process and a random part."""
    return f"{platform.node() or 'host'}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


class Leases:
    """The leases of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def acquire(self, source_id: str, owner: str, now: datetime, ttl_s: float) -> Lease | None:
        """Own the source until `now` + `ttl_s`, or None while somebody else does; the owner's own lease is renewed."""
        with self._control.writing() as transaction:
            query = select(leases).where(leases.c.source_id == source_id)
            held = transaction.connection.execute(query).one_or_none()
            if held is None:
                lease = Lease(source_id, owner, epoch=1)
                row = {"source_id": source_id, "owner": owner, "epoch": 1, "expires_at": now + timedelta(seconds=ttl_s)}
                transaction.connection.execute(insert(leases).values(row))
                return lease
            if held.owner != owner and held.expires_at > now:
                return None
            lease = Lease(source_id, owner, held.epoch + (held.owner != owner))
            _write(transaction, lease, now + timedelta(seconds=ttl_s))
            return lease

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


def _write(transaction: Transaction, lease: Lease, expires_at: datetime) -> None:
    change = update(leases).where(leases.c.source_id == lease.source_id)
    transaction.connection.execute(change.values(owner=lease.owner, epoch=lease.epoch, expires_at=expires_at))
