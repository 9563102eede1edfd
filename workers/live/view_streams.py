"""What cameras show, on a Redis server: a short stream for each that is looked at. Beside it `workers.streams`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, cast

from pipeline.errors import MessageError
from workers.streams import connect, errors_translated
from workers.wire.views import (
    KEPT,
    KEPT_S,
    LAST_S,
    LOOK_S,
    Picture,
    Shown,
    decode_shown,
    encode_shown,
)

logger = logging.getLogger(__name__)

NOTE, JPEG = b"note", b"jpeg"


class RedisViews:
    """`Views` over one server; safe to share between threads."""

    def __init__(self, url: str) -> None:
        self._redis = connect(url)

    def look(self, camera: str, width: int) -> None:
        with errors_translated():
            self._redis.set(_look_key(camera), width, px=round(LOOK_S * 1000))

    def wanted_width(self, camera: str) -> int:
        with errors_translated():
            width = cast("bytes | None", self._redis.get(_look_key(camera)))
        return int(width) if width and width.isdigit() else 0

    def show(self, shown: Shown) -> None:
        note, jpeg = encode_shown(shown)
        key = _view_key(shown.note.source_id if isinstance(shown, Picture) else shown.source_id)
        fields: dict[Any, Any] = {NOTE: note, JPEG: jpeg}
        with errors_translated(), self._redis.pipeline(transaction=False) as commands:
            commands.xadd(key, fields, maxlen=KEPT, approximate=False)
            commands.expire(key, KEPT_S)
            commands.execute()

    def read(self, after: Mapping[str, str], wait_s: float) -> Mapping[str, tuple[str, tuple[Shown, ...]]]:
        streams: dict[Any, Any] = {_view_key(camera): entry_id for camera, entry_id in after.items()}
        block = max(1, round(wait_s * 1000)) if wait_s else None
        with errors_translated():
            answer = cast("list[Any]", self._redis.xread(streams, block=block) or [])
        return {
            stream.decode().removeprefix(_view_key("")): (entries[-1][0].decode(), _read(entries))
            for stream, entries in answer
        }

    def keep_last(self, picture: Picture) -> None:
        note, jpeg = encode_shown(picture)
        key = _last_key(picture.note.source_id)
        fields: dict[Any, Any] = {NOTE: note, JPEG: jpeg}
        with errors_translated(), self._redis.pipeline(transaction=False) as commands:
            commands.hset(key, mapping=fields)
            commands.expire(key, LAST_S)
            commands.execute()

    def last(self, camera: str) -> Picture | None:
        with errors_translated():
            fields = cast("dict[bytes, bytes]", self._redis.hgetall(_last_key(camera)))
        found = _read([(b"", fields)]) if fields else ()
        return next((shown for shown in found if isinstance(shown, Picture)), None)

    def close(self) -> None:
        self._redis.close()


def _read(entries: list[Any]) -> tuple[Shown, ...]:
    shown: list[Shown] = []
    for _, fields in entries:
        try:
            shown.append(decode_shown(fields.get(NOTE, b""), fields.get(JPEG, b"")))
        except MessageError as error:
            logger.warning("%s", error)
    return tuple(shown)


def _look_key(camera: str) -> str:
    return f"ft:look:{camera}"


def _view_key(camera: str) -> str:
    return f"ft:view:{camera}"


def _last_key(camera: str) -> str:
    return f"ft:last-view:{camera}"
