"""An event travels whole, and what is none is refused."""

from __future__ import annotations

import pytest

from pipeline.errors import MessageError
from pipeline.events.events import EVENT_VERSION, decode_event, encode_event
from tests.builders_events import make_event


def test_event_travels_whole() -> None:
    event = make_event(thumb_jpeg=b"\xff\xd8picture", person_name="Zoë")

    assert decode_event(encode_event(event)) == event


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff\xfe"])
def test_what_is_no_event_is_refused(data: bytes) -> None:
    with pytest.raises(MessageError):
        decode_event(data)


def test_event_of_another_version_is_refused() -> None:
    data = encode_event(make_event(version=EVENT_VERSION + 1))

    with pytest.raises(MessageError, match="version"):
        decode_event(data)
