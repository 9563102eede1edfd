"""The log of alerts on the server, as a target: for pages and programs that follow them."""

from __future__ import annotations

import msgspec

from pipeline.errors import TransportLost
from pipeline.events.delivery.notices import Notice
from pipeline.events.delivery.policy import Answer, Outcome
from pipeline.events.delivery.targets import ALERTS as NAME
from workers.wire.event_log import ALERTS, EventLog


class AlertLog:
    """Appends every alert's JSON to the log `ft:alerts`."""

    name = NAME

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def deliver(self, notice: Notice) -> Outcome:
        try:
            self._log.append(ALERTS, msgspec.json.encode(notice.event))
        except TransportLost as error:
            return Outcome(Answer.UNREACHABLE, str(error))
        return Outcome(Answer.TAKEN)

    def close(self) -> None:
        """The log is its owner's."""
