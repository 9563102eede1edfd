"""Four cameras through the whole stack: from the moment a picture is sent to the moment it is in the record.

Each connection begins at the clip's first picture, so that a chunk's number says which picture it has, and the server
when it sent that. What is recorded is asked of the control database every few milliseconds.
"""

from __future__ import annotations

import math
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

import numpy as np
import psutil

from pipeline.config import CameraSettings, load_settings
from pipeline.control.database import Control, open_control
from pipeline.control.work.runs import Runs
from pipeline.intake.footage import register_footage
from tests.bench.footage import prepare_footage
from tests.bench.measurement import Bar, Measurement
from tests.rtsp.running import RtspServer
from workers.footage.submission import hand_over
from workers.stack.running import RunningStack, running_stack

CAMERAS = 4
SAMPLES_S = 5.0
PICTURE_MS = 40
"""Between two pictures of the clip, in milliseconds."""
CLIP_MS = 12_000
LOOK_S = 0.01
SETTLE_S = 15.0
"""For models, and for every shape of batch, in seconds."""


@dataclass(slots=True)
class Seen:
    """What is known of one camera's run."""

    next_chunk: int
    delays_s: list[float] = field(default_factory=list)


def measure_stack(clip: Path, folder: Path, seconds: float) -> Iterator[Measurement]:
    """Delay and cost with nothing else to do, then with footage to be analysed beside."""
    data = Path(tempfile.mkdtemp(dir=folder, prefix="live-"))
    (data / "weights").symlink_to((folder / "weights").resolve(), target_is_directory=True)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, data, ignore_errors=True)
        servers = {f"camera_{n}": stack.enter_context(RtspServer.of(clip)) for n in range(CAMERAS)}
        cameras = {name: CameraSettings.of(server.url) for name, server in servers.items()}
        settings = load_settings(data=data, cameras=cameras, ingests=1)
        control = open_control(data)
        stack.callback(control.close)
        running = stack.enter_context(running_stack(settings))
        time.sleep(SETTLE_S)
        yield _measure("alone", control, running, servers, seconds)
        footage = prepare_footage(folder, 600).video
        run = register_footage(control, footage, settings.options(), zone=UTC)
        hand_over(running.url, [run])
        yield _measure("beside footage", control, running, servers, seconds)


def _measure(
    what: str, control: Control, running: RunningStack, servers: dict[str, RtspServer], seconds: float
) -> Measurement:
    before, dropped_before = _cpu_s(running), _counts(control)
    seen = _watch(control, servers, seconds)
    spent = (_cpu_s(running) - before) / seconds
    counts = {state: count - dropped_before[state] for state, count in _counts(control).items()}
    delays_ms = 1000 * np.array([delay for one in seen for delay in one.delays_s] or [np.nan])
    return Measurement(
        what=f"live: sent to recorded, {what}, p95",
        figure=float(np.quantile(delays_ms, 0.95)),
        unit="ms",
        bar=Bar(1000, 1000) if what == "alone" else None,
        detail=f"median {np.median(delays_ms):.0f}, most {delays_ms.max():.0f} ms of {len(delays_ms)} chunks; "
        f"{spent:.2f} CPUs; samples {counts}",
    )


def _watch(control: Control, servers: dict[str, RtspServer], seconds: float) -> Sequence[Seen]:
    runs, seen = Runs(control), dict[str, Seen]()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        now = time.time()
        for record in runs.active():
            server = servers.get(record.run.source_id)
            if server is None:
                continue
            one = seen.setdefault(record.run.run_id, Seen(record.next_chunk))
            one.delays_s += [now - _sent_at(server, number) for number in range(one.next_chunk, record.next_chunk)]
            one.next_chunk = record.next_chunk
        time.sleep(LOOK_S)
    return list(seen.values())


def _sent_at(server: RtspServer, number: int) -> float:
    """When the picture of the cell `number` went out: the first in the fifth of a second around its middle."""
    picture = max(0, math.ceil((number - 0.5) / SAMPLES_S * 1000 / PICTURE_MS - 1e-6))
    return server.sent_at[picture * PICTURE_MS % CLIP_MS]


def _counts(control: Control) -> dict[str, int]:
    counters = [record.counters for record in Runs(control).active() if record.path is None]
    states = ("n_decoded", "n_gated", "n_dropped", "n_failed")
    return {state: sum(getattr(each, state) for each in counters) for state in states}


def _cpu_s(running: RunningStack) -> float:
    """CPU seconds of all processes of the stack so far; the servers' are not among them."""
    children = [psutil.Process(child.pid) for child in running.health().children if child.pid]
    processes = [part for child in children for part in (child, *child.children(recursive=True))]
    return sum(part.cpu_times().user + part.cpu_times().system for part in processes)
