"""Work in a process of its own: its memory is free again afterwards, and what TensorFlow says on stderr bothers nobody.

FACETRAIL_DEBUG=1 lets its stderr through.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TypeVar

from dashboards.cli.guard import DEBUG_VARIABLE, is_debug
from pipeline.errors import PipelineError, WeightsError

STDERR = 2
PATIENCE_S = 5.0
"""How long the process may take to leave, in seconds, once it has nothing left to do."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _End:
    """What follows the last value."""


def run_apart(work: Callable[..., Iterator[T]], *arguments: object) -> Iterator[T]:
    """The values that `work(*arguments)` yields in a process of its own; whoever stops asking ends it.

    Work, arguments and values are pickled between the two. Raises what the work raises of our own errors, and
    `WeightsError` when the process dies.
    """
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(there, work, arguments), daemon=True)
    with _interrupts_waiting():
        process.start()
    there.close()
    is_over = False
    try:
        while not isinstance(answer := _receive(here), _End):
            yield answer
        is_over = True
    finally:
        here.close()
        process.join(PATIENCE_S if is_over else 0)
        process.kill()


@contextmanager
def _interrupts_waiting() -> Iterator[None]:
    """Ctrl-C comes after the block; a process that is started in it never hears of any, not even before `_serve`."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _receive(connection: Connection) -> T | _End:
    try:
        answer: T | _End | PipelineError = connection.recv()
    except EOFError as error:
        raise WeightsError(
            f"the process that does the work ended; is there enough memory? {DEBUG_VARIABLE}=1 shows its last words"
        ) from error
    if isinstance(answer, PipelineError):
        raise answer
    return answer


def _serve(connection: Connection, work: Callable[..., Iterator[T]], arguments: tuple[object, ...]) -> None:
    """The whole of the process: Ctrl-C is its parent's to handle, and an unread answer ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not is_debug():
        os.dup2(os.open(os.devnull, os.O_WRONLY), STDERR)
    try:
        for value in work(*arguments):
            connection.send(value)
        connection.send(_End())
    except PipelineError as error:
        connection.send(error)
    except BrokenPipeError:
        return
