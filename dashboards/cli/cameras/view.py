"""`facetrail camera view`: a camera or a file with the faces drawn in, on a page, in pictures or in a video."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, DetectorFlag, EncoderFlag, JsonFlag, MinFaceFlag
from dashboards.cli.footage.sampling import LookFlags
from dashboards.cli.output import answers, emit_json, say, warn
from dashboards.cli.session import open_session
from pipeline.errors import SourceLost

if TYPE_CHECKING:
    from pipeline.viewing.viewer import ViewedFrame

EXAMPLES = examples(
    (
        "facetrail camera view device:0 --gallery people/",
        "the webcam, and whom it sees: people/Ada Lovelace/*.jpg, ...",
    ),
    ("facetrail camera view front_door", "a camera of the settings, named by the data folder's gallery"),
    ("facetrail camera view rtsp://viewer@192.0.2.10/stream1 --port 9000", "an address, on a port of your choice"),
    ("facetrail camera view party.mp4 --gallery people/ --out named.mp4", "a file, as a video with names"),
    ("facetrail camera view device:0 --out-dir frames --seconds 10 --json", "pictures, for a script"),
)


@dataclass(frozen=True, slots=True)
class Viewed:
    """What `camera view` did."""

    camera: str
    n_frames: int
    n_faces: int
    n_losses: int
    """How often the camera went away."""
    people: tuple[str, ...]
    """Names of those who were known in at least one picture, in order of appearance."""
    fps: float | None
    """Pictures a second that were looked at in the end."""
    delay_s: float | None
    """Of the last picture, behind the camera; null for a file that is not played as a camera."""
    out: Path | None
    out_dir: Path | None


def register(group: typer.Typer) -> None:
    """Add `camera view`."""
    group.command("view", epilog=EXAMPLES)(view)


def view(
    camera: Annotated[
        str, typer.Argument(help="A camera of the settings, device:0, rtsp://..., http://..., or a video file.")
    ],
    gallery: Annotated[
        Path | None,
        typer.Option(help="Whom to recognise, instead of the data folder's gallery: a folder for each person."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The page's port; 0 takes a free one.")] = 0,
    host: Annotated[
        str, typer.Option(help="The page's address; by default only this machine reaches it.")
    ] = "127.0.0.1",
    out: Annotated[Path | None, typer.Option(help="No page: write a video.", metavar="FILE.mp4")] = None,
    out_dir: Annotated[Path | None, typer.Option(help="No page: write each picture as a JPEG.", metavar="DIR")] = None,
    fps: Annotated[float, typer.Option(min=0.1, max=60, help="Pictures a second to look at, at most.")] = 10.0,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="End after so many seconds of what it shows.")] = None,
    frames: Annotated[int | None, typer.Option(min=1, help="End after so many pictures.")] = None,
    detector: DetectorFlag = None,
    encoder: EncoderFlag = None,
    min_face: MinFaceFlag = None,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Look through a camera, with a box and a name on every face. Nothing is recorded, and no server is needed.

    By default the pictures are on a page of this machine, whose address is printed; it opens nothing by itself. q or
    Ctrl-C ends it. With --out or --out-dir a file is read as fast as it goes, a camera as it comes. A camera that goes
    away is tried again, and its last picture, in grey, says so meanwhile; --out-dir waits.
    """
    from dashboards.cli.cameras.view_sinks import Target, sink_for
    from dashboards.cli.cameras.viewing import Ends, open_view, stopping

    target = Target(out=out, out_dir=out_dir, host=host, port=port)
    target.check()
    look = LookFlags(detector=detector, min_face=min_face)
    session = open_session(data=data, **look.sections(encoder=encoder))
    with stopping() as stop:
        frames_shown = open_view(session, camera, gallery, Ends(fps=fps, seconds=seconds, frames=frames), stop)
        tally = Tally(camera)
        if not stop.is_set():
            sink_for(target)(tally.count(frames_shown))
    if tally.is_empty and stop.is_set():
        raise typer.Exit(ExitCode.INTERRUPTED)
    viewed = tally.viewed(target.out, target.out_dir)
    if as_json:
        emit_json(viewed)
    else:
        _print(viewed)


class Tally:
    """Counts what passes."""

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._n_frames = self._n_faces = self._n_losses = 0
        self._people: dict[str, None] = {}
        self._last: ViewedFrame | None = None
        self._problem: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing passed yet."""
        return self._last is None

    def count(self, frames: Iterator[ViewedFrame]) -> Iterator[ViewedFrame]:
        """The same pictures; whoever looks is told when the camera goes away and comes back."""
        for frame in frames:
            self._tell(frame.problem)
            if frame.problem is None:
                self._note(frame)
            yield frame

    def _tell(self, problem: str | None) -> None:
        if problem == self._problem:
            return
        self._n_losses += self._problem is None
        self._problem = problem
        if problem is None:
            say(f"{self._camera} is back")
        else:
            warn(f"{problem}; trying again")

    def _note(self, frame: ViewedFrame) -> None:
        self._n_frames += 1
        self._n_faces += len(frame.faces)
        self._people |= dict.fromkeys(
            face.person_name for face in frame.faces if face.status == "known" and face.person_name
        )
        self._last = frame

    def viewed(self, out: Path | None, out_dir: Path | None) -> Viewed:
        """What came of it; raises `SourceLost` when there was no picture at all."""
        if self._last is None:
            raise SourceLost(f"{self._camera} showed no picture")
        return Viewed(
            camera=self._camera,
            n_frames=self._n_frames,
            n_faces=self._n_faces,
            n_losses=self._n_losses,
            people=tuple(self._people),
            fps=self._last.fps,
            delay_s=self._last.delay_s,
            out=out,
            out_dir=out_dir,
        )


def _print(viewed: Viewed) -> None:
    who = ", ".join(viewed.people) or "nobody known"
    answers().print(f"{viewed.n_frames} pictures, {viewed.n_faces} faces: {who}", markup=False)
    for place in (viewed.out, viewed.out_dir):
        if place is not None:
            answers().print(f"written to {place}", markup=False, soft_wrap=True)
