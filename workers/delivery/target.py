"""What a target of events is to the courier who brings them."""

from __future__ import annotations

from typing import Protocol

from pipeline.events.delivery.notices import Notice
from pipeline.events.delivery.policy import Outcome


class Target(Protocol):
    """Somebody who is told. `deliver` and `close` are called from one thread."""

    @property
    def name(self) -> str:
        """As it stands in the settings."""

    def deliver(self, notice: Notice) -> Outcome:
        """Try once to tell it; what goes wrong outside is an outcome, and raises nothing."""

    def close(self) -> None:
        """Give back what is held."""
