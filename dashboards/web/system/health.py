"""Is all well? What one look says, in words, with what to do about it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dashboards.web.words import NOTHING, count, duration, size
from pipeline.cameras.listing import Standing
from workers.stack.children import ChildState

if TYPE_CHECKING:
    from dashboards.web.system.looking import SystemLook

LITTLE_FREE_BYTES = 5_000_000_000
"""Room on the disk below which somebody should act."""
NO_FREE_BYTES = 1_000_000_000
LITTLE_FREE_PART = 0.03
MUCH_DROPPED = 0.05
"""Part of a camera's pictures that is left out, from which it is worth a word."""
LATE_S = 5.0
"""Live pictures that wait for so long come too late for alerts, in seconds."""
STUCK_S = 30.0
"""Footage may wait for as long as it takes, but not without anybody there to work on it."""
LATE_DELIVERY_S = 300.0
FULL_MEMORY = 0.85

STAGE_WORDS = {
    "frames": "Search for faces",
    "frames:live": "Search for faces, live",
    "faces": "Encode faces",
    "faces:live": "Encode faces, live",
    "matches": "Write the record",
}


class Weight(StrEnum):
    """How bad a trouble is."""

    BAD = "bad"  # something does not work
    WARNING = "warning"  # it works, and somebody should look


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is not as it should be."""

    weight: Weight
    words: str
    advice: str
    """What to do about it."""
    address: str = ""
    """Where on the pages; empty when nowhere."""


def troubles(look: SystemLook) -> Sequence[Trouble]:
    """What is wrong, the worst first."""
    found = [
        *_server(look),
        *_processes(look),
        *_queues(look),
        *_cameras(look),
        *_disk(look),
        *_record(look),
        *_deliveries(look),
    ]
    return sorted(found, key=lambda trouble: trouble.weight is not Weight.BAD)


def headline(look: SystemLook, found: Sequence[Trouble]) -> str:
    """The health of all in one sentence."""
    n_bad = sum(trouble.weight is Weight.BAD for trouble in found)
    if n_bad:
        return "Something does not work" if n_bad == 1 else f"{n_bad} things do not work"
    if found:
        return "All works; one thing needs a look" if len(found) == 1 else f"All works; {len(found)} things need a look"
    return "All is well"


def doing(look: SystemLook) -> str:
    """What is being done, in one sentence."""
    n_watched = sum(camera.standing is Standing.CONNECTED for camera in look.cameras)
    n_files = len(look.active)
    parts = [
        f"{n_watched} camera{'s are' if n_watched != 1 else ' is'} watched" if look.cameras else "",
        f"{n_files} video{'s are' if n_files != 1 else ' is'} in work" if n_files else "no footage waits",
    ]
    sentence = ", ".join(part for part in parts if part)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def stage_words(name: str) -> str:
    """What a queue waits for."""
    return STAGE_WORDS.get(name, name)


def _server(look: SystemLook) -> Iterator[Trouble]:
    if look.server is None:
        yield Trouble(
            Weight.BAD,
            "Nothing is being analysed: the server that hands out the work does not answer.",
            "Start Facetrail with “facetrail up”. What is on record stays, and can be looked at meanwhile. "
            f"({look.server_problem})",
        )
        return
    state = look.server.state
    if state.most_bytes and state.n_bytes > FULL_MEMORY * state.most_bytes:
        words = f"The server's memory is nearly full: {size(state.n_bytes)} of {size(state.most_bytes)}."
        yield Trouble(Weight.WARNING, words, "Give it more (maxmemory), or lower credit_mb.")


def _processes(look: SystemLook) -> Iterator[Trouble]:
    for process in look.processes or ():
        child = process.health
        if child.state is ChildState.GIVEN_UP:
            weight = Weight.BAD if child.is_vital else Weight.WARNING
            yield Trouble(
                weight,
                f"The process {child.name} was given up: {child.problem}",
                "Mend that, and start Facetrail again.",
            )
        elif child.state is ChildState.WAITING:
            words = f"The process {child.name} ended, and is started again ({count(child.restarts + 1)} times so far)."
            yield Trouble(Weight.WARNING, words, f"If it goes on like this, logs/{child.name}.log says why.")


def _queues(look: SystemLook) -> Iterator[Trouble]:
    for queue in look.server.queues if look.server else ():
        stage = stage_words(queue.name)
        if queue.n_waiting and not queue.workers and queue.oldest_age_s > STUCK_S:
            words = (
                f"{stage}: {count(queue.n_waiting)} wait, for up to {duration(queue.oldest_age_s)}, and nobody works."
            )
            yield Trouble(
                Weight.BAD, words, "Start the processes for this stage: “facetrail up”, or “facetrail worker”."
            )
        elif queue.name.endswith(":live") and queue.oldest_age_s > LATE_S:
            words = f"{stage}: pictures wait for {duration(queue.oldest_age_s)}."
            yield Trouble(
                Weight.WARNING, words, "More detectors, fewer samples a second, or fewer cameras would let it keep up."
            )


def _cameras(look: SystemLook) -> Iterator[Trouble]:
    for camera in look.cameras:
        if camera.standing is Standing.AWAY:
            problem = (camera.state.problem if camera.state else None) or "it has not answered yet"
            words = f"The camera {camera.name} cannot be reached: {problem}"
            yield Trouble(Weight.BAD, words, "Facetrail goes on trying.", "/live")
        elif camera.standing is Standing.NOT_READ and look.server is not None:
            words = f"Nobody reads the camera {camera.name}."
            yield Trouble(
                Weight.WARNING, words, "“facetrail up” on the host that has the data folder reads it.", "/live"
            )
        elif camera.dropped_share > MUCH_DROPPED:
            words = f"{camera.dropped_share:.0%} of the pictures of {camera.name} are left out."
            yield Trouble(
                Weight.WARNING, words, "More detectors, fewer samples a second, or fewer cameras would let it keep up."
            )


def _disk(look: SystemLook) -> Iterator[Trouble]:
    room = look.room
    if room.free_bytes < NO_FREE_BYTES:
        yield Trouble(
            Weight.BAD, f"The disk is full: {size(room.free_bytes)} left.", "Nothing can be recorded: make room."
        )
    elif room.free_bytes < LITTLE_FREE_BYTES or room.free_part < LITTLE_FREE_PART:
        words = f"The disk has little room: {size(room.free_bytes)} left."
        yield Trouble(Weight.WARNING, words, f"At the pace of the last day it lasts {days_left(look) or NOTHING}.")


def days_left(look: SystemLook) -> str:
    """How long the room lasts at the pace of the last day, in words; empty when that says nothing."""
    lately = look.disk.n_bytes_lately if look.disk else 0
    if lately < 1_000_000:
        return ""
    days = look.room.free_bytes / lately
    if days > 3650:
        return "for years"
    return f"{days:.0f} days" if days >= 2 else f"{days * 24:.0f} hours"


def _record(look: SystemLook) -> Iterator[Trouble]:
    for words in look.unreadable:
        yield Trouble(Weight.BAD, f"A part of the record cannot be read: {words}", "Restore it from a backup.")
    if look.in_effect.standing.warning:
        yield Trouble(Weight.WARNING, f"{look.in_effect.standing.warning}.", "“facetrail calibrate” makes a new one.")
    n_chunks = sum(gap.n_chunks for gap in look.gaps)
    if n_chunks:
        words = f"{count(n_chunks)} stretch{'es' if n_chunks != 1 else ''} of footage could not be analysed."
        yield Trouble(Weight.WARNING, words, "See why, and try again.", "#gaps")
    if look.troubled:
        words = f"{count(len(look.troubled))} job{'s' if len(look.troubled) != 1 else ''} failed."
        yield Trouble(Weight.WARNING, words, "See why, and try again.", "#jobs")


def _deliveries(look: SystemLook) -> Iterator[Trouble]:
    if look.dead:
        words = f"{count(len(look.dead))} event{'s' if len(look.dead) != 1 else ''} could not be delivered."
        yield Trouble(Weight.WARNING, words, "See why, and try again.", "#letters")
    for waiting in look.backlog:
        age_s = (look.at - waiting.oldest_queued_at).total_seconds()
        if age_s > LATE_DELIVERY_S:
            words = f"{count(waiting.n_waiting)} events wait for {waiting.target}, the oldest for {duration(age_s)}."
            yield Trouble(Weight.WARNING, words, "Is that target there? Facetrail goes on trying.")
