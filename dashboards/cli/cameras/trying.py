"""`facetrail camera test`: connect to a camera, and say what it sends and whom the detector finds in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli.cameras.choosing import choose_camera
from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, warn
from dashboards.cli.progress import waiting
from dashboards.cli.session import Session, open_session
from pipeline.errors import InputError
from pipeline.video.live.connecting.address import RtspTransport
from pipeline.video.live.connecting.trial_facts import TrialFacts

if TYPE_CHECKING:
    from pipeline.cameras.configured import Camera
    from pipeline.schemas import Frame
    from pipeline.video.live.connecting.trial import CameraTrial

EXAMPLES = examples(
    ("facetrail camera test front_door", "a camera of the settings: does it answer, what does it send?"),
    ("facetrail camera test rtsp://viewer@192.0.2.10/stream1 --snapshot door.jpg", "an address, and a picture of it"),
    ("facetrail camera test device:0", "the first webcam"),
    ("facetrail camera test file:clip.mp4 --seconds 1", "a file, as if it were a camera"),
)
JPEG_QUALITY = 92


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face in the last picture."""

    box: tuple[float, float, float, float]
    """Left, top, width and height in pixels of the frame."""
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(TrialFacts):
    """What `camera test` says."""

    camera: str
    address: str
    frame_width: int
    frame_height: int
    detector: str | None
    faces: Sequence[SeenFace] | None
    snapshot: Path | None


def register(group: typer.Typer) -> None:
    """Add `camera test`."""
    group.command("test", epilog=EXAMPLES)(try_out)


def try_out(
    camera: Annotated[
        str,
        typer.Argument(help="A camera of the settings, or an address: rtsp://..., http://..., device:0, file:PATH."),
    ],
    seconds: Annotated[float, typer.Option("--seconds", min=0.2, max=600, help="How long to watch it.")] = 3.0,
    snapshot: Annotated[
        Path | None, typer.Option("--snapshot", help="Write its last picture to this .jpg or .png.", metavar="FILE")
    ] = None,
    rtsp_transport: Annotated[
        RtspTransport | None, typer.Option("--rtsp-transport", help="How an RTSP camera's pictures travel.")
    ] = None,
    no_detect: Annotated[bool, typer.Option("--no-detect", help="Do not look for faces.")] = False,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Connect to a camera: resolution, codec, rate, how unevenly pictures come, and the faces in the last one.

    The exit code is 4 when the camera cannot be read, and 3 when it went away before the time was over.
    """
    from pipeline.video.live.connecting.trial import try_camera

    _check_snapshot(snapshot)
    session = open_session(data=data)
    chosen = choose_camera(session, camera, rtsp_transport)
    with waiting(f"watching {chosen.address}"):
        trial = try_camera(chosen.address, seconds, chosen.options.sampling.largest_side)
    faces = None if no_detect else _find_faces(session, chosen, trial.frame)
    if snapshot is not None:
        _write_picture(snapshot, trial.frame)
    outcome = _outcome(chosen, trial, faces, snapshot)
    if as_json:
        emit_json(outcome)
    else:
        _print(outcome)
    if trial.facts.problem is not None:
        warn(trial.facts.problem)
        raise typer.Exit(ExitCode.PARTIAL)


def _check_snapshot(path: Path | None) -> None:
    if path is not None and path.suffix.lower() not in {".jpg", ".jpeg", ".png"}:
        raise InputError(f"{path}: a snapshot is a .jpg or a .png")
    if path is not None and not path.absolute().parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.absolute().parent}")


def _find_faces(session: Session, camera: Camera, frame: Frame) -> list[SeenFace]:
    with waiting("looking for faces"):
        from dashboards.cli.quiet import start_tensorflow
        from pipeline.faces.detectors.choice import load_detector

        start_tensorflow()
        (found,) = load_detector(camera.options.detection, session.weights_dir).detect([_to_bgr(frame)])
    return [
        SeenFace((float(left), float(top), float(right - left), float(bottom - top)), float(score))
        for (left, top, right, bottom), score in zip(found.boxes_xyxy, found.scores, strict=True)
    ]


def _to_bgr(frame: Frame) -> Any:
    import cv2

    return cv2.cvtColor(frame.i420, cv2.COLOR_YUV2BGR_I420)


def _write_picture(path: Path, frame: Frame) -> None:
    import cv2

    kind = path.suffix.lower()
    how = [] if kind == ".png" else [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    _, coded = cv2.imencode(kind, _to_bgr(frame), how)
    path.write_bytes(coded.tobytes())


def _outcome(camera: Camera, trial: CameraTrial, faces: list[SeenFace] | None, snapshot: Path | None) -> Outcome:
    return Outcome(
        **asdict(trial.facts),
        camera=camera.name,
        address=str(camera.address),
        frame_width=trial.frame.size_wh[0],
        frame_height=trial.frame.size_wh[1],
        detector=None if faces is None else camera.options.detection.detector,
        faces=faces,
        snapshot=snapshot,
    )


def _print(seen: Outcome) -> None:
    from rich.markup import escape

    lines = [
        f"[bold]{escape(seen.camera)}[/] at {escape(seen.address)}",
        f"  picture   {seen.width}x{seen.height} {seen.codec}, read as {seen.frame_width}x{seen.frame_height}",
        f"  rate      {_fps(seen.measured_fps)} measured, {_fps(seen.declared_fps)} declared",
        f"  first     after {seen.first_picture_s:.2f} s",
        f"  lateness  {_lateness(seen)}, after the quickest picture",
        f"  pictures  {seen.n_pictures}, and {seen.n_damaged} damaged",
    ]
    if seen.faces is not None:
        lines.append(f"  faces     {_faces(seen.faces)} in the last picture, by {seen.detector}")
    if seen.snapshot is not None:
        lines.append(f"  snapshot  {escape(str(seen.snapshot))}")
    answers().print("\n".join(lines))


def _lateness(seen: Outcome) -> str:
    parts = {"median": seen.late_median_s, "p95": seen.late_p95_s, "at most": seen.late_max_s}
    return ", ".join(f"{seconds * 1000:.0f} ms {name}" for name, seconds in parts.items())


def _fps(rate: float | None) -> str:
    return "no rate" if rate is None else f"{rate:.2f} pictures/s"


def _faces(faces: Sequence[SeenFace]) -> str:
    if not faces:
        return "none"
    return f"{len(faces)} (" + ", ".join(f"{face.box[2]:.0f} px wide, {face.score:.2f}" for face in faces) + ")"
