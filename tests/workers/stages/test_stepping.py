"""Steps that go on whatever becomes of the server, and end when told to."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from pipeline.errors import StoreFull, TransportLost
from tests.builders_metrics import HeardMetrics
from workers.stages.stepping import step_until


def scripted(stop: threading.Event, *errors: Exception | None) -> Callable[[], None]:
    """A step that raises these in turn, and sets `stop` at the last."""
    script = list(errors)

    def step() -> None:
        error = script.pop(0)
        if not script:
            stop.set()
        if error is not None:
            raise error

    return step


def test_nothing_is_done_once_told_to_stop() -> None:
    stop = threading.Event()
    stop.set()

    step_until(stop, "stage", scripted(stop))


def test_lost_server_is_counted_told_and_waited_for() -> None:
    stop, heard, told = threading.Event(), HeardMetrics(), list[str]()
    step = scripted(stop, None, TransportLost("away"), TransportLost("away"), None)

    step_until(stop, "stage", step, heard, lost=lambda: told.append("lost"))

    assert told == ["lost", "lost"]
    assert heard.counts["facetrail_server_losses_total stage"] == 2


def test_other_errors_pass() -> None:
    stop = threading.Event()

    with pytest.raises(StoreFull):
        step_until(stop, "stage", scripted(stop, StoreFull("full"), None))
