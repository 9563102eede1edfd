"""The supervisor: a thread that starts the server and the workers, starts the dead again, and ends them all."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.errors import PipelineError, TransportLost
from workers.stack.children import Child, ChildHealth, ChildSpec, ChildState, LeavingChild
from workers.streams import RedisTransport
from workers.timing import Every

logger = logging.getLogger(__name__)

TEND_S = 0.1
"""Between two looks at the children, in seconds."""
FOLLOW_S = 2.0
"""Between two looks at which children come and go, in seconds."""
SERVER_START_S = 20.0
"""A server that does not answer after this has failed."""
GRACE_S = 15.0
"""How long workers may take to finish what they have in hand when all ends."""


@dataclass(frozen=True, slots=True)
class StackHealth:
    """How the server and the workers are."""

    children: tuple[ChildHealth, ...]

    @property
    def problem(self) -> str | None:
        """Why the work cannot go on, in words for the user; None while it can."""
        hopeless = (child for child in self.children if child.state is ChildState.GIVEN_UP and child.is_vital)
        return next((f"{child.name}: {child.problem}" for child in hopeless), None)


class Supervisor:
    """Children of one thread, since the kernel ends them with the thread that started them."""

    def __init__(
        self,
        url: str,
        server: ChildSpec | None,
        workers: Sequence[ChildSpec],
        *,
        coming_and_going: Callable[[], Sequence[ChildSpec]] = tuple,
        server_start_s: float = SERVER_START_S,
    ) -> None:
        """`server` is started first, and `workers` when it answers at `url`.

        `coming_and_going` is asked again and again which further children there should be.
        """
        self._server_start_s = server_start_s
        self._url = url
        self._server_spec = server
        self._worker_specs = tuple(workers)
        self._coming_and_going = coming_and_going
        self._follow_now = Every(FOLLOW_S)
        self._passing: tuple[Child, ...] = ()
        self._leaving: tuple[LeavingChild, ...] = ()
        self._children: tuple[Child, ...] = ()
        self._failure: PipelineError | None = None
        self._started = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start everything; returns when it runs, and raises `TransportLost` when the server does not come up."""
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self.stop()
            raise self._failure

    def stop(self) -> None:
        """End the workers, which finish what they have in hand, and then the server."""
        self._stop.set()
        self._thread.join()

    def health(self) -> StackHealth:
        """How the children are."""
        return StackHealth(tuple(child.health() for child in (*self._children, *self._passing)))

    def _run(self) -> None:
        try:
            self._start_children()
        except PipelineError as error:
            self._failure = error
        finally:
            self._started.set()
        while not self._stop.wait(TEND_S):
            if self._follow_now.is_due():
                self._follow()
            for child in (*self._children, *self._passing):
                child.tend()
        self._end_children()

    def _follow(self) -> None:
        """Start those that came, and end those that went; one that changed goes first, and comes then."""
        self._leaving = tuple(one for one in self._leaving if not one.is_gone())
        try:
            wanted = {spec.name: spec for spec in self._coming_and_going()}
        except PipelineError as error:
            logger.warning("%s", error)
            return
        going = [child for child in self._passing if wanted.get(child.spec.name) != child.spec]
        self._leaving += tuple(LeavingChild(child, GRACE_S) for child in going)
        staying = tuple(child for child in self._passing if child not in going)
        here = {child.spec.name for child in staying} | {one.name for one in self._leaving}
        self._passing = (*staying, *(Child(spec) for name, spec in wanted.items() if name not in here))

    def _start_children(self) -> None:
        if self._server_spec is not None:
            self._children = (Child(self._server_spec),)
        self._await_server()
        self._children = (*self._children, *(Child(spec) for spec in self._worker_specs))

    def _await_server(self) -> None:
        transport = RedisTransport(self._url)
        give_up_at = time.monotonic() + self._server_start_s
        while True:
            try:
                transport.ping()
            except TransportLost:
                if time.monotonic() > give_up_at or self._stop.wait(0.01):
                    raise
            else:
                transport.close()
                return

    def _end_children(self) -> None:
        _end([*self._passing, *(one.child for one in self._leaving)], GRACE_S)  # the workers bring home what they told
        workers = [child for child in self._children if child.spec is not self._server_spec]
        _end(workers, GRACE_S)
        _end([child for child in self._children if child.spec is self._server_spec], GRACE_S)


def _end(children: Sequence[Child], grace_s: float) -> None:
    """Ask them to end, and end those that do not."""
    for child in children:
        child.signal(signal.SIGTERM)
    give_up_at = time.monotonic() + grace_s
    for child in children:
        if not child.wait(give_up_at - time.monotonic()):
            logger.warning("%s did not end when asked: killed", child.spec.name)
            child.signal(signal.SIGKILL)
            child.wait(grace_s)
