"""Opening a camera with FFmpeg; hides its options, its many protocols and its errors, which carry passwords."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av

from pipeline.errors import SourceLost, SourceRefused, SourceUnreadable
from pipeline.video.files.container import MAX_PIXELS, open_footage
from pipeline.video.live.connecting.address import CameraAddress, CameraKind

PROTOCOLS = {CameraKind.RTSP: "rtsp,rtsps,rtp,udp,tcp,tls,crypto", CameraKind.HTTP: "http,https,tcp,tls,crypto"}
"""What FFmpeg may speak to a camera; in particular nothing that reads files, pipes or other addresses in an address."""
FORMATS = {
    CameraKind.RTSP: "rtsp,sdp,rtp,h264,hevc",
    CameraKind.HTTP: "mpjpeg,mjpeg,jpeg_pipe,hls,mpegts,mov,flv,matroska",
}
"""What a camera may answer: no lists that name further sources, but for HLS, whose parts are held to PROTOCOLS too."""
ANALYSE_US = 500_000
"""Most of a stream that FFmpeg looks at before it lets us read, in microseconds."""
RATE_PICTURES = 0
"""Pictures from which FFmpeg guesses a rate that the camera does not declare. With none, the first picture comes after
0.17 s and not after 1.0 s (24 pictures a second, TCP and UDP alike)."""
DEVICE_FORMATS = {"linux": "v4l2", "darwin": "avfoundation"}
NO_ANSWER = "no answer in time; is it switched on, and is the network up?"
REASONS: tuple[tuple[tuple[type[Exception], ...], type[SourceLost], str], ...] = (
    (
        (av.HTTPUnauthorizedError, av.error.HTTPForbiddenError),
        SourceRefused,
        "the user or password is wrong",
    ),
    ((av.HTTPNotFoundError,), SourceRefused, "the camera is there, and has nothing at this address"),
    ((av.HTTPClientError,), SourceRefused, "the camera refuses ({})"),
    ((av.ProtocolNotFoundError, av.ArgumentError, PermissionError), SourceRefused, "it cannot be opened ({})"),
    ((ConnectionRefusedError,), SourceLost, "nothing listens there (connection refused)"),
    ((TimeoutError, av.ExitError), SourceLost, NO_ANSWER),
)
"""FFmpeg's errors, the more special first, and what they say about a camera."""


@contextmanager
def open_container(address: CameraAddress) -> Iterator[tuple[Any, Any]]:
    """FFmpeg's container and its video stream; raises `SourceLost` or `SourceRefused`, which say why."""
    if address.kind is CameraKind.FILE:
        with _open_file(address) as opened:
            yield opened
        return
    container = _open(address)
    try:
        yield container, _video_of(address, container)
    finally:
        container.close()


def explain(address: CameraAddress, error: av.FFmpegError, waited_s: float = 0.0) -> SourceLost:
    """Our error for FFmpeg's, which came after `waited_s` seconds: its text shows no password."""
    detail = error.strerror
    for kinds, made, reason in REASONS:
        if isinstance(error, kinds):
            return made(f"{address}: {reason.format(detail)}")
    if waited_s >= min(address.open_timeout_s, address.read_timeout_s):  # FFmpeg calls a missing answer invalid data
        return SourceLost(f"{address}: {NO_ANSWER}")
    if not _is_known_host(address):
        return SourceLost(f"{address}: there is no such host, or no name service")
    return SourceLost(f"{address}: it cannot be read ({error.strerror})")


def _open(address: CameraAddress) -> Any:
    began_s = time.monotonic()
    try:
        return av.open(
            _target(address),
            format=DEVICE_FORMATS.get(sys.platform) if address.kind is CameraKind.DEVICE else None,
            options=_options(address),
            timeout=(address.open_timeout_s, address.read_timeout_s),
            metadata_errors="replace",
        )
    except av.FFmpegError as error:
        lost = explain(address, error, time.monotonic() - began_s)
    except (OSError, ValueError) as error:  # a format that this build of FFmpeg does not have
        lost = SourceRefused(f"{address}: this machine cannot open it ({type(error).__name__})")
    raise lost  # out here, since FFmpeg's error names the address with its password


def _target(address: CameraAddress) -> str:
    is_linux_device = address.kind is CameraKind.DEVICE and sys.platform == "linux"
    return f"/dev/video{address.target}" if is_linux_device else address.target


def _options(address: CameraAddress) -> dict[str, str]:
    """`fflags=nobuffer` is left out: it throws away what was analysed, and the wait for the next keyframe is longer."""
    if address.kind is CameraKind.DEVICE:
        return {}
    options = {
        "protocol_whitelist": PROTOCOLS[address.kind],
        "format_whitelist": FORMATS[address.kind],
        "analyzeduration": str(ANALYSE_US),
        "fpsprobesize": str(RATE_PICTURES),
        "timeout": str(round(address.read_timeout_s * 1_000_000)),
    }
    if address.kind is CameraKind.RTSP:
        options |= {"rtsp_transport": address.rtsp_transport.value, "allowed_media_types": "video"}
    return options


@contextmanager
def _open_file(address: CameraAddress) -> Iterator[tuple[Any, Any]]:
    try:
        with open_footage(Path(address.target)) as footage:
            yield footage.container, footage.stream
    except SourceUnreadable as error:
        raise SourceRefused(str(error)) from error


def _video_of(address: CameraAddress, container: Any) -> Any:
    stream = container.streams.best("video")
    if stream is None or stream.codec_context is None:
        raise SourceRefused(f"{address}: there is no video in what it sends")
    if stream.codec_context.width * stream.codec_context.height > MAX_PIXELS:
        raise SourceRefused(f"{address}: its pictures are larger than {MAX_PIXELS} pixels")
    return stream


def _is_known_host(address: CameraAddress) -> bool:
    host = urlsplit(address.target).hostname if address.kind in {CameraKind.RTSP, CameraKind.HTTP} else None
    if host is None:
        return True
    try:
        return bool(socket.getaddrinfo(host, None))
    except OSError:
        return False
