"""A form with a file in it, as a browser without scripts sends it: read as it comes, however long the file is.

Hides python-multipart; FastAPI's own forms would keep the whole file in the system's folder for temporary files first.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from pipeline.errors import InputError

MOST_FIELD_BYTES = 10_000
NO_FORM = "this is no form with a file"


class SentForm:
    """A form (RFC 7578) whose last field is a file: the others are known once the file begins."""

    def __init__(self, content_type: str) -> None:
        """Raises `InputError` for what is no form."""
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or b"boundary" not in options:
            raise InputError(NO_FORM)
        self.fields: dict[str, str] = {}
        self.file_name: str | None = None
        """As its sender gives it; None as long as there is no file."""
        self._disposition = bytearray()
        self._header = bytearray()
        self._name = ""
        self._value = bytearray()
        self._parts: list[bytes] = []
        self._parser = MultipartParser(options[b"boundary"], self._callbacks())

    async def file(self, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The content of the file as it comes; raises `InputError` for what is no form, or without a file."""
        async for sent in stream:
            self._feed(sent)
            for part in self._parts:
                yield part
            self._parts.clear()
        if self.file_name is None:
            raise InputError("choose a file first")

    def _feed(self, sent: bytes) -> None:
        try:
            self._parser.write(sent)
        except FormParserError as error:
            raise InputError(NO_FORM) from error

    def _callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda sent, start, end: self._header.extend(sent[start:end]),
            "on_header_value": self._take_header,
            "on_header_end": self._header.clear,
            "on_headers_finished": self._take_disposition,
            "on_part_data": self._take,
            "on_part_end": self._end,
        }

    def _begin(self) -> None:
        if self.file_name is not None:
            raise InputError("one file at a time, and as the last field")
        self._disposition.clear()
        self._value.clear()

    def _take_header(self, sent: bytes, start: int, end: int) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition.extend(sent[start:end])

    def _take_disposition(self) -> None:
        _, options = parse_options_header(bytes(self._disposition))
        self._name = options.get(b"name", b"").decode(errors="replace")
        if b"filename" in options:
            self.file_name = options[b"filename"].decode(errors="replace")

    def _take(self, sent: bytes, start: int, end: int) -> None:
        if self.file_name is not None:
            self._parts.append(sent[start:end])
            return
        self._value.extend(sent[start:end])
        if len(self._value) > MOST_FIELD_BYTES:
            raise InputError(f"the field {self._name!r} is too long")

    def _end(self) -> None:
        if self.file_name is None:
            self.fields[self._name] = self._value.decode(errors="replace")
