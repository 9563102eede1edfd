"""The pulse: beats while the block lasts, whatever a beat runs into."""

from __future__ import annotations

import threading

from pipeline.errors import TransportLost
from workers.pulse import Pulse


def test_beats_go_on_after_an_error() -> None:
    beats: list[int] = []
    enough = threading.Event()

    def beat() -> None:
        beats.append(len(beats))
        if len(beats) == 3:
            enough.set()
        raise TransportLost("away")

    with Pulse("test", 0.001, beat):
        assert enough.wait(10)

    assert beats[:3] == [0, 1, 2]


def test_no_beat_after_the_block() -> None:
    beaten = threading.Event()

    with Pulse("test", 0.001, beaten.set):
        assert beaten.wait(10)
    beaten.clear()

    assert not beaten.wait(0.02)
