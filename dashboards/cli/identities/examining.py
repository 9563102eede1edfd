"""Examining pictures in a process of its own: its memory is free again when the workers start.

It hides what TensorFlow tells about itself on stderr, which FACETRAIL_DEBUG=1 lets through.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.cli.guard import DEBUG_VARIABLE, is_debug
from pipeline.errors import PipelineError, WeightsError
from pipeline.options import DetectionOptions

if TYPE_CHECKING:
    from pipeline.identity.enrolment import ReferenceReport

STDERR = 2
PATIENCE_S = 5.0
"""How long the process may take to leave, in seconds, once it has nothing left to do."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture to be examined, and whose it is said to be."""

    person: str
    path: Path


@dataclass(frozen=True, slots=True)
class Models:
    """Which models examine, and where their files are kept."""

    encoder: str
    detection: DetectionOptions
    weights_dir: Path


def examine_photos(photos: tuple[Photo, ...], models: Models) -> Iterator[ReferenceReport]:
    """What each picture shows, in order; raises `WeightsError` when the models cannot be had.

    A picture nearly the same as an earlier one of the same person is reported as that.
    """
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_examine_all, args=(there, photos, models), daemon=True)
    process.start()
    there.close()
    try:
        for _ in photos:
            yield _receive(here)
    finally:
        here.close()
        process.join(PATIENCE_S)
        process.kill()


def _receive(connection: Connection) -> ReferenceReport:
    try:
        answer: ReferenceReport | PipelineError = connection.recv()
    except EOFError as error:
        raise WeightsError(
            f"the process that examines pictures ended; is there enough memory? {DEBUG_VARIABLE}=1 shows its last words"
        ) from error
    if isinstance(answer, PipelineError):
        raise answer
    return answer


def _examine_all(connection: Connection, photos: tuple[Photo, ...], models: Models) -> None:
    """The whole of the process: Ctrl-C is its parent's to handle, and an unread answer ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not is_debug():
        os.dup2(os.open(os.devnull, os.O_WRONLY), STDERR)
    try:
        for report in _reports(photos, models):
            connection.send(report)
    except PipelineError as error:
        connection.send(error)
    except BrokenPipeError:
        return


def _reports(photos: tuple[Photo, ...], models: Models) -> Iterator[ReferenceReport]:
    from pipeline.encoders.manifest import encoder_entry
    from pipeline.encoders.registry import load_encoder
    from pipeline.faces.detectors import load_detector
    from pipeline.identity.enrolment import examine_image, flag_near_duplicate

    same_picture = encoder_entry(models.encoder, models.weights_dir).calibration.duplicate_cosine
    detector = load_detector(models.detection, models.weights_dir)
    encoder = load_encoder(models.encoder, models.weights_dir)
    earlier: dict[str, list[ReferenceReport]] = {}
    for photo in photos:
        of_person = earlier.setdefault(photo.person, [])
        report = flag_near_duplicate(examine_image(photo.path, detector, encoder), of_person, same_picture)
        of_person.append(report)
        yield report
