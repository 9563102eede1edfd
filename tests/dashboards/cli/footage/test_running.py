"""Workers that cannot go on end the waiting, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboards.cli.footage.running import follow, samples_per_second, watch
from pipeline.errors import PipelineError
from tests.builders_recording import open_world
from workers.stack.children import ChildHealth, ChildState
from workers.stack.supervisor import StackHealth


class FakeStack:
    """A stack in the state that a test wants."""

    url = "unix:///nowhere"

    def __init__(self, *children: ChildHealth, is_alive: bool = True) -> None:
        self._children = children
        self._is_alive = is_alive

    def health(self) -> StackHealth:
        return StackHealth(self._children)

    def is_alive(self) -> bool:
        return self._is_alive


@pytest.mark.parametrize(
    ("stack", "words"),
    [
        (FakeStack(ChildHealth("aggregator", ChildState.GIVEN_UP, None, 0, "no room left")), "no room left"),
        (FakeStack(is_alive=False), "has ended"),
    ],
)
def test_waiting_ends_when_the_workers_cannot_go_on(tmp_path: Path, stack: FakeStack, words: str) -> None:
    world = open_world(tmp_path / "data")

    with pytest.raises(PipelineError, match=words):
        follow(world.control, stack, watch([world.record]))

    world.control.close()


def test_runs_that_are_over_are_not_waited_for(tmp_path: Path) -> None:
    world = open_world(tmp_path / "data")
    ended = world.finish()

    assert follow(world.control, None, watch([ended])) == [ended]
    assert samples_per_second(ended) == 5.0
    world.control.close()
