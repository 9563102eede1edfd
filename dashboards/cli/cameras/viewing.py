"""What `camera view` looks at, and with what: the source, the models, the gallery, and when to end."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.cli.cameras.choosing import choose_camera
from dashboards.cli.output import say, warn
from dashboards.cli.progress import waiting
from dashboards.cli.session import Session, adopt_encoder, open_database

if TYPE_CHECKING:
    from pipeline.encoders.registry import Encoder
    from pipeline.faces.detection import Detector
    from pipeline.identity.decision import DecisionPolicy
    from pipeline.identity.matchers.matching import Matcher
    from pipeline.options import AnalysisOptions
    from pipeline.viewing.viewer import Look, ViewedFrame

LOOK_S = 0.2
"""Between two looks at the keyboard, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """How fast it goes, and when it ends."""

    fps: float
    seconds: float | None
    """Of what is shown."""
    frames: int | None


@dataclass(frozen=True, slots=True)
class _Identities:
    """Who can be named, and from when on."""

    matcher: Matcher | None
    policy: DecisionPolicy


def open_view(
    session: Session, text: str, gallery: Path | None, ends: Ends, stop: threading.Event
) -> Iterator[ViewedFrame]:
    """The pictures of a camera or a file, until `ends` or `stop` say so; raises what reading raises."""
    from pipeline.viewing.camera import view_camera
    from pipeline.viewing.viewer import view_file

    path = Path(text)
    is_file = path.is_file()
    camera = None if is_file else choose_camera(session, text, None)
    options = session.settings.options() if camera is None else camera.options
    sampling = replace(options.sampling, fps=ends.fps)
    look = _open_look(session, options, gallery)
    if camera is None:
        return _until(view_file(path, sampling, look), ends, stop)
    return _until(view_camera(camera.address, camera.name, sampling, look, stop), ends, stop)


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that q, Ctrl-C and SIGTERM set while the block lasts; a second Ctrl-C ends at once."""
    stop, is_over = threading.Event(), threading.Event()

    def end(_number: int, _frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    keys = threading.Thread(target=_await_q, args=(stop, is_over), name="keys", daemon=True)
    keys.start()
    try:
        yield stop
    finally:
        is_over.set()
        keys.join()
        for number, handler in before.items():
            signal.signal(number, handler)


def _await_q(stop: threading.Event, is_over: threading.Event) -> None:
    """Set `stop` at q; does nothing where there is no keyboard."""
    if not sys.stdin.isatty():
        return
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    with suppress(termios.error):
        before = termios.tcgetattr(descriptor)
        tty.setcbreak(descriptor)
        try:
            while not (is_over.is_set() or stop.is_set()):
                if select.select([descriptor], [], [], LOOK_S)[0] and os.read(descriptor, 1) in {b"q", b"Q", b""}:
                    stop.set()
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _until(frames: Iterator[ViewedFrame], ends: Ends, stop: threading.Event) -> Iterator[ViewedFrame]:
    n_shown = 0
    for frame in frames:
        if stop.is_set() or (ends.seconds is not None and frame.media_s >= ends.seconds):
            return
        yield frame
        n_shown += frame.problem is None
        if n_shown == ends.frames:
            return


def _open_look(session: Session, options: AnalysisOptions, gallery: Path | None) -> Look:
    from dashboards.cli.quiet import start_tensorflow

    with waiting("loading the models"):
        start_tensorflow()
        from pipeline.encoders.embedding import FaceEmbedder
        from pipeline.encoders.registry import load_encoder
        from pipeline.faces.detectors.choice import load_detector
        from pipeline.faces.finding import FaceFinder
        from pipeline.viewing.naming import Naming
        from pipeline.viewing.viewer import Look

        session, options = _with_encoder_of_folder(session, options)
        detector = load_detector(options.detection, session.weights_dir)
        encoder = load_encoder(options.encoding.encoder, session.weights_dir)
    if gallery is not None:
        identities = _identities_of_pictures(session, gallery, detector, encoder)
    else:
        identities = _identities_of_folder(session, encoder)
    naming = Naming(identities.matcher, identities.policy, options.tracking)
    return Look(FaceFinder(detector, encoder.alignment, options.encoding), FaceEmbedder(encoder), naming)


def _with_encoder_of_folder(session: Session, options: AnalysisOptions) -> tuple[Session, AnalysisOptions]:
    """The data folder's encoder, where there is a data folder and no other was asked for."""
    if not session.has_database:
        return session, options
    with open_database(session) as control:
        adopted = adopt_encoder(session, control)
    fitting = adopted.settings.options()
    return adopted, replace(options, encoding=fitting.encoding, tracking=fitting.tracking)


def _identities_of_folder(session: Session, encoder: Encoder) -> _Identities:
    from dashboards.cli.policies import policy_of
    from pipeline.control.gallery.people import People
    from pipeline.identity.matchers.choice import index_dir, matcher_for

    if not session.has_database:
        say("there is no data folder and no --gallery, so that nobody is named")
        return _Identities(None, _shipped_policy(session, encoder))
    with open_database(session) as control:
        gallery = People(control).gallery(encoder.name)
        policy = policy_of(session, control, encoder.name)
    if not gallery.person_ids:
        say("nobody is enrolled, so that nobody is named: --gallery DIR, or `facetrail enroll`")
    return _Identities(matcher_for(gallery, session.settings.identity, index_dir(session.data_dir)), policy)


def _identities_of_pictures(session: Session, folder: Path, detector: Detector, encoder: Encoder) -> _Identities:
    from pipeline.encoders.manifest import encoder_entry
    from pipeline.identity.enrolment import ReferenceStatus, examine_gallery
    from pipeline.identity.matchers.matching import MeanMatcher
    from pipeline.viewing.galleries import gallery_of_pictures

    same_picture = encoder_entry(encoder.name, session.weights_dir).calibration.duplicate_cosine
    with waiting("looking at the gallery"):
        people = examine_gallery(folder, detector, encoder, same_picture)
    for person in people:
        for image in person.references:
            if image.status is not ReferenceStatus.OK:
                warn(f"{person.name}/{image.label} is not used: {image.message}")
    gallery = gallery_of_pictures(people, encoder)
    say(f"gallery: {len(gallery.person_ids)} people, {len(gallery.references)} pictures")
    return _Identities(MeanMatcher(gallery), _shipped_policy(session, encoder))


def _shipped_policy(session: Session, encoder: Encoder) -> DecisionPolicy:
    from pipeline.encoders.manifest import encoder_entry
    from pipeline.identity.decision import policy_for

    return policy_for(encoder_entry(encoder.name, session.weights_dir), session.settings.identity)
