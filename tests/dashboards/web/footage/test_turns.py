"""Who writes to an upload: one at a time, and whoever is there leaves for whoever comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from dashboards.web.footage.turns import Turns, until_wanted
from tests.dashboards.web.waiting import finished


async def never() -> AsyncIterator[bytes]:
    """A connection that looks alive, and on which nothing comes."""
    yield b"a"
    await asyncio.Event().wait()


async def taking(turns: Turns, log: list[str], name: str) -> None:
    async with turns.taken("upload") as is_wanted:
        log.append(f"{name} begins")
        log += [f"{name} has some" async for _ in until_wanted(never(), is_wanted)]
        log.append(f"{name} leaves")


async def one_after_the_other() -> list[str]:
    turns, log = Turns(), list[str]()
    first = asyncio.create_task(taking(turns, log, "first"))
    while not log:
        await asyncio.sleep(0)
    async with turns.taken("upload"):
        log.append("second begins")
    await first
    return log


def test_whoever_comes_begins_when_the_one_before_has_left() -> None:
    assert finished(one_after_the_other()) == ["first begins", "first has some", "first leaves", "second begins"]


async def a_crowd() -> tuple[int, int]:
    turns, inside, most = Turns(), 0, 0

    async def come() -> None:
        nonlocal inside, most
        async with turns.taken("upload"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    crowd = [asyncio.create_task(come()) for _ in range(50)]
    for task in crowd[10:20]:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    return most, len(turns._places)  # nothing is kept of those who are gone


def test_never_two_at_once_also_when_some_give_up_waiting() -> None:
    assert finished(a_crowd()) == (1, 0)


async def broken() -> AsyncIterator[bytes]:
    yield b"a"
    raise ConnectionResetError


async def read_broken() -> None:
    async for _ in until_wanted(broken(), asyncio.Event()):
        pass


def test_connection_that_breaks_is_told() -> None:
    with pytest.raises(ConnectionResetError):
        finished(read_broken())
