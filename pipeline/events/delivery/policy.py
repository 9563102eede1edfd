"""When a delivery is tried again, and when it is given up: the event's own fault, or the target's.

A target that *cannot be reached* is waited for, in order, until the event is too old to matter. One that *answers* that
it failed gets the event a few times more, since it may be this event that it fails on. One that *refuses* does not get
it again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

TRANSIENT_STATUSES = frozenset({408, 425, 429})
"""Statuses of 4xx that say: not now."""
JITTER = 0.5
"""The part of a wait that is left to chance, so that many senders do not come back in step."""
MOST_ASKED_S = 600.0
"""What a target may ask us to wait at most, in seconds."""


class Answer(StrEnum):
    """What a target said to an event."""

    TAKEN = "taken"
    REFUSED = "refused"  # it will never take this one
    FAILED = "failed"  # it has the event, and said that it failed, or nothing in time
    UNREACHABLE = "unreachable"  # nobody is there; no fault of the event


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended."""

    answer: Answer
    problem: str = ""
    """In words, for the list of dead letters; without secrets and without names of people."""
    asked_wait_s: float | None = None
    """How long the target asks us to wait (Retry-After), in seconds."""


class Fate(StrEnum):
    """What becomes of an event at a target."""

    DELIVERED = "delivered"
    AGAIN = "again"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPolicy:
    """How patient we are."""

    attempts: int = 8
    """Failures by the target's own word before an event is dead."""
    give_up_after_s: float = 24 * 3600.0
    """An event that waited this long for a target out of reach is dead, in seconds."""
    first_wait_s: float = 1.0
    most_wait_s: float = 60.0

    def fate(self, outcome: Outcome, failures: int, age_s: float) -> Fate:
        """What becomes of an event after `outcome`; `failures` counts FAILED answers, this one included."""
        if outcome.answer is Answer.TAKEN:
            return Fate.DELIVERED
        is_worn_out = outcome.answer is Answer.FAILED and failures >= self.attempts
        if outcome.answer is Answer.REFUSED or is_worn_out or age_s >= self.give_up_after_s:
            return Fate.DEAD
        return Fate.AGAIN

    def wait_s(self, outcome: Outcome, tries: int, rng: random.Random) -> float:
        """Seconds until the next attempt, after `tries` in a row that were in vain: doubling, capped, with jitter."""
        longest = min(self.most_wait_s, self.first_wait_s * 2.0 ** min(max(tries - 1, 0), 16))
        asked = min(outcome.asked_wait_s or 0.0, MOST_ASKED_S)
        return max(asked, longest * (1 - JITTER * rng.random()))


def judge_status(status: int) -> Answer:
    """What an HTTP status says; a redirect is refused, since it would lead to where nobody configured."""
    if 200 <= status < 300:
        return Answer.TAKEN
    if status >= 500 or status in TRANSIENT_STATUSES:
        return Answer.FAILED
    return Answer.REFUSED


def asked_wait_s(retry_after: str | None) -> float | None:
    """The seconds of a Retry-After header; None when it is absent, or a date, whose clock may be any."""
    return float(retry_after) if retry_after is not None and retry_after.strip().isdigit() else None
