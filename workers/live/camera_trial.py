"""A camera on trial in a process of its own, for programs that must not wait, hang or run models: the pages.

`python -m workers.live.camera_trial` reads a request from its standard input, where nobody else sees the password in
it, and writes a report to its standard output. Its settings come with its environment.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from pipeline.config import Settings, load_settings
from pipeline.encoders.manifest import weights_dir
from pipeline.errors import PipelineError, SourceLost
from pipeline.schemas import Frame
from pipeline.video.live.connecting.address import RtspTransport, parse_address
from pipeline.video.live.connecting.trial_facts import TrialFacts

logger = logging.getLogger(__name__)

SECONDS = 2.0
"""How long the camera is watched after its first picture."""
LIMIT_S = 45.0
"""Longest trial, in seconds: a camera that does not answer, and a detector that is loaded."""
SNAPSHOT_WIDTH = 960


class TrialRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which camera to try."""

    url: str
    """With its password."""
    rtsp_transport: RtspTransport = RtspTransport.TCP
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialReport(TrialFacts):
    """What a camera sent, and whom the detector found."""

    faces: tuple[tuple[float, float, float, float], ...]
    """Boxes in the last picture: left, top, width, height as parts of it, 0..1."""
    snapshot_jpeg: bytes


class _Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no report."""

    reason: str


def try_apart(request: TrialRequest, settings: Settings, limit_s: float = LIMIT_S) -> TrialReport:
    """Try a camera in another process, by these settings.

    Raises `SourceLost` with the reason when it cannot be read, or not in time.
    """
    command = (sys.executable, "-m", "workers.live.camera_trial")
    try:
        done = subprocess.run(
            command,
            input=msgspec.json.encode(request),
            env={**os.environ, **settings.environment()},
            capture_output=True,
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SourceLost(f"the camera was not tried within {limit_s:g} s, and was given up") from error
    try:
        if done.returncode == 0:
            return msgspec.json.decode(done.stdout, type=TrialReport)
        reason = msgspec.json.decode(done.stdout, type=_Refusal).reason
    except msgspec.DecodeError as error:
        logger.warning("a trial ended with %s: %s", done.returncode, done.stderr[-2000:].decode(errors="replace"))
        raise SourceLost("the trial of the camera failed; the log of the pages says more") from error
    raise SourceLost(reason)


def try_here(request: TrialRequest, settings: Settings) -> TrialReport:
    """Try a camera, and look for faces in its last picture; raises `SourceLost` or `SettingsError`."""
    from pipeline.video.live.connecting.trial import try_camera
    from workers.wire.pictures import encode_preview

    options = settings.options()
    address = parse_address(request.url, rtsp_transport=request.rtsp_transport)
    trial = try_camera(address, request.seconds, options.sampling.largest_side)
    return TrialReport(
        **asdict(trial.facts),
        faces=_faces_in(trial.frame, settings),
        snapshot_jpeg=encode_preview(trial.frame.i420, SNAPSHOT_WIDTH).jpeg,
    )


def main() -> int:
    """Answer the one request that comes; 0 with a report, 1 with the reason why there is none."""
    try:
        request = msgspec.json.decode(sys.stdin.buffer.read(), type=TrialRequest)
        answer: TrialReport | _Refusal = try_here(request, load_settings())
    except PipelineError as error:
        answer = _Refusal(reason=str(error))
    sys.stdout.buffer.write(msgspec.json.encode(answer))
    return 0 if isinstance(answer, TrialReport) else 1


def _faces_in(frame: Frame, settings: Settings) -> tuple[tuple[float, float, float, float], ...]:
    import cv2

    from pipeline.faces.detectors.choice import load_detector

    folder: Path = weights_dir(settings.data)
    picture_bgr = cv2.cvtColor(frame.i420, cv2.COLOR_YUV2BGR_I420)
    (found,) = load_detector(settings.detection, folder).detect([picture_bgr])
    width, height = frame.size_wh
    return tuple(
        (float(left) / width, float(top) / height, float(right - left) / width, float(bottom - top) / height)
        for left, top, right, bottom in found.boxes_xyxy
    )


if __name__ == "__main__":
    sys.exit(main())
