"""Where a camera is: one checked value that never shows a password."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, quote, urlsplit

from pipeline.errors import SettingsError
from pipeline.options import check_range

KNOWN = "rtsp://, rtsps://, http://, https://, device:0 or file:PATH"
HIDDEN = "***"
LOGIN = re.compile(r"(://[^:/]*):.*@", re.DOTALL)
"""A user and a password, up to the last @, for a password with an unwritten / or @ in it."""


class CameraKind(StrEnum):
    """How pictures come from a camera."""

    RTSP = "rtsp"
    HTTP = "http"  # MJPEG, HLS, MPEG-TS
    DEVICE = "device"  # a webcam of this machine
    FILE = "file"  # footage played at its own pace, for tests and demonstrations


class RtspTransport(StrEnum):
    """How the pictures of an RTSP camera travel."""

    TCP = "tcp"
    UDP = "udp"


KIND_OF_SCHEME = {
    "rtsp": CameraKind.RTSP,
    "rtsps": CameraKind.RTSP,
    "http": CameraKind.HTTP,
    "https": CameraKind.HTTP,
    "device": CameraKind.DEVICE,
    "file": CameraKind.FILE,
}
"""What may be opened at all; FFmpeg knows many more, with which an address could read files or other servers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraAddress:
    """One camera, as it is opened; `str` and `repr` show neither user's password nor the values of a query."""

    kind: CameraKind
    target: str = field(repr=False)
    """What is opened, password included: a URL, a path, or the number of a device. Never shown."""
    shown: str
    """The address as people may read it."""
    rtsp_transport: RtspTransport = RtspTransport.TCP
    open_timeout_s: float = 10.0
    read_timeout_s: float = 10.0

    def __post_init__(self) -> None:
        check_range("open_timeout_s", self.open_timeout_s, 0.1, 300)
        check_range("read_timeout_s", self.read_timeout_s, 0.1, 300)

    def __str__(self) -> str:
        return self.shown


def parse_address(
    text: str,
    *,
    password: str | None = None,
    rtsp_transport: RtspTransport = RtspTransport.TCP,
    open_timeout_s: float = 10.0,
    read_timeout_s: float = 10.0,
) -> CameraAddress:
    """The address that `text` writes: a URL, `device:0` or `file:PATH`.

    A `password` goes in place of the URL's own, whose user it belongs to. Raises `SettingsError`, which shows the text
    without what may be secret in it.
    """
    scheme, _, rest = text.partition(":")
    kind = KIND_OF_SCHEME.get(scheme.lower())
    if kind is None:
        raise SettingsError(f"a camera's address must begin with {KNOWN}, not with {_safe_scheme(scheme)!r}")
    if kind in {CameraKind.DEVICE, CameraKind.FILE}:
        target, shown = _local_target(kind, rest), text
    else:
        parts = _split_url(text)
        target, shown = _with_password(parts, password).geturl(), hide_secrets(text)
    return CameraAddress(
        kind=kind,
        target=target,
        shown=shown,
        rtsp_transport=rtsp_transport,
        open_timeout_s=open_timeout_s,
        read_timeout_s=read_timeout_s,
    )


def hide_secrets(url: str) -> str:
    """`url` with stars for its password and for the values of its query, however wrong it is written."""
    shown = LOGIN.sub(rf"\1:{HIDDEN}@", url)
    place, mark, query = shown.partition("#")[0].partition("?")
    return place + mark + re.sub(r"=[^&]*", f"={HIDDEN}", query)


def _split_url(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # checks it
    except ValueError:  # whose text may show a part of the password
        raise SettingsError(
            f"{hide_secrets(text)}: this is no URL; signs like / and @ in a password are written %2F and %40"
        ) from None
    if not parts.hostname or re.search(r"[\s\x00-\x1f]", text):
        raise SettingsError(f"{hide_secrets(text)}: a camera's address needs a host, and has no spaces")
    return parts


def _with_password(parts: SplitResult, password: str | None) -> SplitResult:
    if password is None:
        return parts
    login, _, place = parts.netloc.rpartition("@")
    user = login.partition(":")[0]
    if not user:
        raise SettingsError(f"{hide_secrets(parts.geturl())}: a password needs a user in the address: //USER@HOST")
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{place}")


def _local_target(kind: CameraKind, rest: str) -> str:
    if kind is CameraKind.DEVICE and not rest.isdecimal():
        raise SettingsError(f"device:{rest}: a webcam is named by its number, such as device:0")
    target = rest.removeprefix("//")
    if not target:
        raise SettingsError("file: a file played as a camera needs a path, such as file:/videos/door.mp4")
    return target


def _safe_scheme(scheme: str) -> str:
    return scheme if re.fullmatch(r"[A-Za-z0-9+.-]{1,20}", scheme) else "something else"
