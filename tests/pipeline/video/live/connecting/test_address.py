"""Addresses of cameras are checked, and never show a password."""

from __future__ import annotations

import re

import pytest

from pipeline.errors import SettingsError
from pipeline.video.live.connecting.address import CameraKind, hide_secrets, parse_address


@pytest.mark.parametrize(
    ("text", "kind", "target"),
    [
        ("rtsp://cam/live", CameraKind.RTSP, "rtsp://cam/live"),
        ("RTSPS://cam:322/live", CameraKind.RTSP, "rtsps://cam:322/live"),
        ("https://cam/video.m3u8", CameraKind.HTTP, "https://cam/video.m3u8"),
        ("device:0", CameraKind.DEVICE, "0"),
        ("file:/videos/door.mp4", CameraKind.FILE, "/videos/door.mp4"),
        ("file:///videos/door.mp4", CameraKind.FILE, "/videos/door.mp4"),
    ],
)
def test_address_says_how_and_what_to_open(text: str, kind: CameraKind, target: str) -> None:
    address = parse_address(text)

    assert (address.kind, address.target) == (kind, target)


@pytest.mark.parametrize("text", ["rtsp://admin:s3cret@cam/live", "http://cam/video?user=admin&pwd=s3cret"])
def test_secret_is_in_what_is_opened_and_in_nothing_that_is_shown(text: str) -> None:
    address = parse_address(text)

    assert "s3cret" in address.target
    assert "s3cret" not in f"{address} {address!r}"


def test_user_and_place_are_shown() -> None:
    assert hide_secrets("rtsp://admin:s3cret@cam:554/live?channel=1") == "rtsp://admin:***@cam:554/live?channel=***"


def test_password_given_apart_takes_the_place_of_that_in_the_address() -> None:
    address = parse_address("rtsp://admin@cam/live", password="p@ss/word")  # noqa: S106 - nobody's

    assert address.target == "rtsp://admin:p%40ss%2Fword@cam/live"
    assert str(address) == "rtsp://admin@cam/live"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "door",
        "concat:/etc/passwd|/etc/hosts",
        "subfile,,start,0,end,0,,:/etc/passwd",
        "data:video/mp4;base64,AAAA",
        "pipe:0",
        "tcp://cam:1",
        "rtsp:///live",
        "rtsp://cam:port/live",
        "rtsp://cam/live\r\nHost: x",
        "device:/dev/video0",
        "file:",
    ],
)
def test_anything_else_is_no_address(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_address(text)


@pytest.mark.parametrize("password", ["s3 cret", "s3/cret", "s3?cret", "s3#cret/", "s3@cret]"])
def test_refusal_shows_no_secret(password: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_address(f"rtsp://admin:{password}@cam:x/live y")

    assert not {"s3", "cret"} & set(re.split(r"\W", str(caught.value)))


def test_password_needs_a_user() -> None:
    with pytest.raises(SettingsError, match="USER@HOST"):
        parse_address("rtsp://cam/live", password="s3cret")  # noqa: S106 - nobody's
