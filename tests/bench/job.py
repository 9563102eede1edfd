"""The whole job through the workers, against decoding alone and against the tutorials' way; and its memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.options import AnalysisOptions
from tests.bench.footage import Footage, prepare_footage, read_samples
from tests.bench.measurement import Bar, Measurement
from tests.bench.processes import MemoryWatch, Spent, spending
from tests.bench.settings import BenchSettings
from tests.bench.stack import running

WARM_UP_S = 5.0
"""Footage that has every network built and every shape traced, before the clock starts."""
SETTLED = 0.1
"""The part of the job after which its memory should stay."""
NOTHING_SAVED = {"FACETRAIL_SAMPLING__GATE": "false", "FACETRAIL_DETECTION__CHUNK_SAVING": "false"}


@dataclass(frozen=True, slots=True)
class Job:
    """What one whole job cost."""

    start_up: Spent
    work: Spent
    peak_mb: float
    growth_mb: float


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    footage = prepare_footage(settings.folder, settings.seconds)
    before = _decode(footage)
    job = _run_job(footage, settings, {})
    decoding = _least(before, _decode(footage))
    yield _against_decoding("whole job", job, decoding, footage, Bar(6, 2))
    yield Measurement(
        what="memory of the whole stack, peak",
        figure=job.peak_mb / 1e3,
        unit="GB",
        detail="while working: PSS of all processes, this one included",
        bar=Bar(2.5, 1.2),
    )
    yield Measurement(
        what="memory of the whole stack, growth",
        figure=job.growth_mb,
        unit="MB",
        detail=f"from {SETTLED:.0%} of the work (the second minute of ten) to its end",
    )
    yield Measurement(
        what="start-up",
        figure=job.start_up.wall_s,
        unit="s",
        detail=f"server, workers, networks, gallery and {WARM_UP_S:g} s of footage; {job.start_up.cpu_s:.1f} CPU-s",
    )
    yield _against_tutorial(job, decoding, footage, settings)
    full = _run_job(footage, settings, NOTHING_SAVED)
    yield _against_decoding("whole job, nothing saved,", full, decoding, footage, None)


def _decode(footage: Footage) -> Spent:
    spent: list[Spent] = []
    with spending(spent.append):
        for _ in read_samples(footage.video):
            pass
    return spent[0]


def _least(*spent: Spent) -> Spent:
    """Of several goes at the same work, the least: others on the machine only add."""
    return Spent(min(one.wall_s for one in spent), min(one.cpu_s for one in spent))


def _run_job(footage: Footage, settings: BenchSettings, changes: Mapping[str, str]) -> Job:
    warm_up = prepare_footage(settings.folder, WARM_UP_S)
    with running(settings.folder, changes) as stack:
        enrolled = stack.run("enroll", footage.gallery)
        warmed = stack.run("submit", warm_up.video, "--wait")
        with MemoryWatch() as memory:
            work = stack.run("submit", footage.video, "--wait")
    start_up = Spent(enrolled.wall_s + warmed.wall_s, enrolled.cpu_s + warmed.cpu_s)
    return Job(start_up, work, memory.peak_mb, memory.growth_mb(SETTLED))


def _against_decoding(what: str, job: Job, decoding: Spent, footage: Footage, bar: Bar | None) -> Measurement:
    n_samples, seconds = footage.n_samples, footage.seconds
    return Measurement(
        what=f"{what} against decoding alone: clock",
        figure=job.work.wall_s / decoding.wall_s,
        unit="x",
        detail=f"{job.work.wall_s:.1f} against {decoding.wall_s:.1f} s for {seconds:.0f} s of footage "
        f"({seconds / job.work.wall_s:.0f}x realtime); CPU-ms a sample "
        f"{job.work.cpu_s / n_samples * 1e3:.1f} against {decoding.cpu_s / n_samples * 1e3:.1f}",
        bar=bar,
    )


def _against_tutorial(job: Job, decoding: Spent, footage: Footage, settings: BenchSettings) -> Measurement:
    from tests.bench.tutorial import tutorial_cpu_s_per_sample  # TensorFlow, which would count as the stack's memory

    name = AnalysisOptions().encoding.encoder
    theirs = tutorial_cpu_s_per_sample(footage, name, settings.weights) + decoding.cpu_s / footage.n_samples
    ours = job.work.cpu_s / footage.n_samples
    return Measurement(
        what="whole job against the tutorials' way: CPU time",
        figure=theirs / ours,
        unit="x less",
        detail=f"{ours * 1e3:.1f} against {theirs * 1e3:.0f} CPU-ms a sample, encoder {name} in both",
        bar=Bar(4, 15, at_least=True),
    )
