"""Owning sources: leases taken, renewed while the process lives, and given back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from pipeline.control.database import Control, Lease
from pipeline.control.work.leases import Leases
from pipeline.control.work.owners import new_owner_name
from pipeline.errors import InputError, LeaseLost
from workers.pulse import Pulse

logger = logging.getLogger(__name__)

LEASE_S = 10.0
"""A source whose owner does not renew its lease for this long goes to another; that of one that is certainly dead goes
at once."""
ASK_S = 0.1
"""Between two attempts at a lease that somebody else has, in seconds."""


class Ownership:
    """The sources that one process owns; a thread of its own may renew them."""

    def __init__(self, leases: Leases, lease_s: float = LEASE_S) -> None:
        self._leases = leases
        self._lease_s = lease_s
        self.name = new_owner_name()
        self._owned: dict[str, Lease] = {}
        self._lock = threading.Lock()

    def owned(self) -> Mapping[str, Lease]:
        """Source id -> lease, as far as is known here; a commit finds out for certain."""
        with self._lock:
            return dict(self._owned)

    def follow(self, wanted: Collection[str]) -> list[str]:
        """Own as many of the `wanted` sources as are free, and no others; returns those that are new."""
        for source_id in self.owned().keys() - set(wanted):
            self.release(source_id)
        return [source_id for source_id in sorted(wanted) if self.acquire(source_id)]

    def acquire(self, source_id: str) -> bool:
        """True when the source was not owned before, and is now."""
        if source_id in self.owned():
            return False
        lease = self._leases.acquire(source_id, self.name, datetime.now(UTC), self._lease_s)
        if lease is None:
            return False
        with self._lock:
            self._owned[source_id] = lease
        logger.info("%s is owned here now (epoch %s)", source_id, lease.epoch)
        return True

    def release(self, source_id: str) -> None:
        """Give the source up, so that another can have it at once."""
        lease = self.forget(source_id)
        if lease is not None:
            self._leases.release(lease, datetime.now(UTC))

    def forget(self, source_id: str) -> Lease | None:
        """Stop taking the source for ours, since it is not."""
        with self._lock:
            return self._owned.pop(source_id, None)

    def renew(self) -> None:
        """Hold on to what is owned; what another took meanwhile is forgotten."""
        for source_id, lease in self.owned().items():
            try:
                self._leases.renew(lease, datetime.now(UTC), self._lease_s)
            except LeaseLost as error:
                logger.warning("%s", error)
                self.forget(source_id)

    @contextmanager
    def renewing(self) -> Iterator[None]:
        """Renew from another thread while the block lasts, and show that this owner lives."""
        with self._leases.living(self.name), Pulse("lease pulse", self._lease_s / 4, self.renew):
            yield


@contextmanager
def owning(control: Control, source_id: str, wait_s: float = 2 * LEASE_S) -> Iterator[Lease]:
    """Own one source while the block lasts: for relabelling, or for moving its start.

    Waits up to `wait_s` seconds for its owner to end; raises `InputError` when it is still being analysed then.
    """
    ownership = Ownership(Leases(control))
    with ownership.renewing():
        _await(ownership, source_id, wait_s)
        try:
            yield ownership.owned()[source_id]
        finally:
            ownership.release(source_id)


def _await(ownership: Ownership, source_id: str, wait_s: float) -> None:
    pause = threading.Event()
    for _ in range(max(1, round(wait_s / ASK_S))):
        if ownership.acquire(source_id):
            return
        pause.wait(ASK_S)
    raise InputError(f"the source {source_id} is being analysed; try again when its run has ended")
