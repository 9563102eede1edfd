"""Thirty minutes of four cameras while servers and processes die: is everything explained, and does anything grow?

    python -m tests.bench soak            30 minutes; --short: three

Every fault, every minute's memory and delay and the account of each camera go to `<data>/bench/soak.txt`.
"""

from __future__ import annotations

import math
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipeline.config import CameraSettings, load_settings
from pipeline.control.database import Control, open_control
from pipeline.control.work.runs import Runs
from pipeline.errors import TransportLost
from pipeline.events.events import EventKind, SightingEvent, decode_event
from tests.bench.live import make_clip
from tests.bench.live_stack import CAMERAS, CLIP_MS, PICTURE_MS, SAMPLES_S
from tests.bench.measurement import Bar, Measurement
from tests.bench.processes import asked_for_mb
from tests.bench.settings import BenchSettings
from tests.bench.soak_account import CameraAccount, account_of, tracks_not_told_once, unbalanced
from tests.bench.soak_faults import Faults
from tests.rtsp.running import RtspServer
from workers.event_streams import RedisEventLog
from workers.stack.running import RunningStack, running_stack
from workers.wire.event_log import EVENTS, FIRST

MINUTES, SHORT_MINUTES = 30.0, 3.0
SETTLE_S = 25.0
"""For models, and for every shape of batch, in seconds."""
EVERY_S, SHORT_EVERY_S = 45.0, 20.0
"""Between two faults, in seconds."""
END_S = 60.0
"""Longest wait for the runs' ends once the servers are gone, in seconds."""


@dataclass(slots=True)
class Heard:
    """The events as they arrive, each with its moment and with that at which its newest picture was sent."""

    servers: dict[str, RtspServer]
    events: list[tuple[float, float, SightingEvent]] = field(default_factory=list)

    def listen(self, url: str, stop: threading.Event) -> None:
        """Follow the log until told to stop; the server may go away and come back meanwhile."""
        log, after = RedisEventLog(url), FIRST
        while not stop.is_set():
            try:
                for entry in log.read(EVENTS, after, 100, 0.5):
                    after = entry.entry_id
                    event = decode_event(entry.data)
                    self.events.append((time.time(), self._sent_at(event), event))
            except TransportLost:
                stop.wait(0.2)
        log.close()

    def _sent_at(self, event: SightingEvent) -> float:
        """When the event's newest picture went out last; the clip begins anew with every connection."""
        picture = max(0, math.ceil((round(event.media_s * SAMPLES_S) - 0.5) / SAMPLES_S * 1000 / PICTURE_MS - 1e-6))
        return self.servers[event.source_id].sent_at.get(picture * PICTURE_MS % CLIP_MS, 0.0)


@dataclass(slots=True)
class Soak:
    """What a soak looks at."""

    stack: RunningStack
    control: Control
    data: Path
    servers: dict[str, RtspServer]
    faults: Faults
    heard: Heard
    lines: list[str] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    delays_s: list[float] = field(default_factory=list)
    """Of each event that nothing disturbed: from the moment at which its picture was sent to that of its arrival."""
    tracks_twice: dict[str, int] = field(default_factory=dict)


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """Delay from a sent picture to its event, growth, and what is not explained."""
    minutes, every_s = (SHORT_MINUTES, SHORT_EVERY_S) if settings.short else (MINUTES, EVERY_S)
    clip = make_clip(settings.folder)
    data = Path(tempfile.mkdtemp(dir=settings.folder, prefix="soak-"))
    (data / "weights").symlink_to((settings.folder / "weights").resolve(), target_is_directory=True)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, data, ignore_errors=True)
        servers = {f"camera_{n}": stack.enter_context(RtspServer.of(clip)) for n in range(CAMERAS)}
        cameras = {
            name: CameraSettings.of(server.url).model_copy(update={"read_timeout_s": 5.0})
            for name, server in servers.items()
        }
        control = open_control(data)
        stack.callback(control.close)
        running = stack.enter_context(running_stack(load_settings(data=data, cameras=cameras, ingests=1)))
        stop = threading.Event()
        soak = Soak(running, control, data, servers, Faults(servers, running, every_s, stop), Heard(servers))
        _go_through(soak, minutes, stop)
        accounts = [account_of(control, data, name) for name in servers]
        soak.tracks_twice = {name: tracks_not_told_once(data, name) for name in servers}
    (settings.folder / "soak.txt").write_text("\n".join([*soak.lines, *map(str, accounts)]) + "\n")
    yield from _measurements(soak, accounts)


def _go_through(soak: Soak, minutes: float, stop: threading.Event) -> None:
    threads = [
        threading.Thread(target=soak.heard.listen, args=(soak.stack.url, stop)),
        threading.Thread(target=soak.faults.run),
    ]
    threads[0].start()
    stop.wait(SETTLE_S)
    threads[1].start()
    until = time.monotonic() + 60 * minutes
    while time.monotonic() < until:
        stop.wait(min(60.0, until - time.monotonic()))
        _note(soak)
    stop.set()
    for thread in threads:
        thread.join()
    _let_end(soak)


def _note(soak: Soak) -> None:
    """One line of the diary: memory of all processes, and the delays of the last minute."""
    now = time.time()
    sizes = {child.name: asked_for_mb(child.pid) for child in soak.stack.health().children if child.pid}
    soak.memory_mb.append(sum(sizes.values()))
    fresh = [
        arrived - sent
        for arrived, sent, event in soak.heard.events
        if arrived > now - 60 and event.kind is not EventKind.END and soak.faults.is_quiet(arrived)
    ]
    soak.delays_s += fresh
    delays_ms = 1000 * np.array(fresh or [np.nan])
    soak.lines.append(
        f"{time.strftime('%H:%M:%S')} {soak.memory_mb[-1]:.0f} MB; {len(fresh)} events, "
        f"p95 {np.quantile(delays_ms, 0.95):.0f} ms; {len(soak.faults.past)} faults so far; "
        + ", ".join(f"{name} {size:.0f} MB" for name, size in sizes.items())
    )


def _let_end(soak: Soak) -> None:
    for server in soak.servers.values():
        server.kill()
    until = time.monotonic() + END_S
    while Runs(soak.control).active() and time.monotonic() < until:
        time.sleep(0.2)
    left = Runs(soak.control).active()
    soak.lines += [f"{r.run.source_id}: {r.state}, {r.next_chunk} of {r.n_chunks} chunks recorded" for r in left]
    log = RedisEventLog(soak.stack.url)
    told = [decode_event(entry.data) for entry in log.read(EVENTS, FIRST, 100_000, 1.0)]
    soak.heard.events = [(0.0, 0.0, event) for event in told]
    log.close()
    soak.lines += [f"{time.strftime('%H:%M:%S', time.localtime(f.at))} {f.what}: {f.kind}" for f in soak.faults.past]


def _measurements(soak: Soak, accounts: list[CameraAccount]) -> Iterator[Measurement]:
    delays_ms = 1000 * np.array(soak.delays_s or [np.nan])
    yield Measurement(
        what="soak: sent to event, p95",
        figure=float(np.quantile(delays_ms, 0.95)),
        unit="ms",
        bar=Bar(1000, 500),
        detail=f"median {np.median(delays_ms):.0f}, most {delays_ms.max():.0f} ms of {len(delays_ms)} events",
    )
    third = max(1, len(soak.memory_mb) // 3)
    yield Measurement(
        what="soak: memory, last third over first",
        figure=float(np.mean(soak.memory_mb[-third:]) - np.mean(soak.memory_mb[:third])),
        unit="MB",
        detail=f"{soak.memory_mb[0]:.0f} MB at first, {soak.memory_mb[-1]:.0f} MB at the end",
    )
    early, late = delays_ms[: len(delays_ms) // 3], delays_ms[-(len(delays_ms) // 3 or 1) :]
    yield Measurement(
        what="soak: median delay, last third over first",
        figure=float(np.median(late) - np.median(early)) if early.size else float("nan"),
        unit="ms",
        detail=f"{np.median(early) if early.size else math.nan:.0f} ms, then {np.median(late):.0f} ms",
    )
    yield Measurement(
        what="soak: time that nothing explains",
        figure=max(abs(one.unexplained_s) for one in accounts),
        unit="s",
        bar=Bar(1.0, 0.2),
        detail=f"{len(soak.faults.past)} faults; " + "; ".join(map(str, accounts)),
    )
    cells, tracks = sum(one.unlike for one in accounts), sum(soak.tracks_twice.values())
    sightings = unbalanced([event for _, _, event in soak.heard.events])
    yield Measurement(
        what="soak: what does not add up",
        figure=cells + tracks + sightings,
        unit="",
        bar=Bar(0, 0),
        detail=f"{cells} cells, {tracks} tracks, {sightings} sightings of {len(soak.heard.events)} events",
    )
