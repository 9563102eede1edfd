"""What stands in front of a message's large parts: versioned structs, every length bounded.

The bounds hold before anything is made of a message, so that a bad one costs its own bytes and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from pipeline.errors import MessageError, SettingsError
from pipeline.options import DetectionOptions, EncodingOptions
from pipeline.schemas import FaceQuality, Sample
from workers.wire.pictures import Codec

VERSION = 1
"""Of the messages; those of another version are buried rather than guessed."""
MAX_HEADER_BYTES = 1 << 20
MAX_SAMPLES = 64
MAX_FACES = 1024
MAX_SIDE = 8192
MAX_CROP_SIDE = 512
MAX_THUMB_BYTES = 1 << 20
MAX_DIMENSIONS = 4096
MAX_REASON = 4096

Name = Annotated[str, Meta(min_length=1, max_length=128)]
Reason = Annotated[str, Meta(max_length=MAX_REASON)]
Number = Annotated[int, Meta(ge=0, lt=1 << 40)]
Side = Annotated[int, Meta(ge=2, le=MAX_SIDE)]
Samples = Annotated[tuple[Sample, ...], Meta(max_length=MAX_SAMPLES)]


@dataclass(frozen=True, slots=True)
class StageOptions:
    """What the stages between ingest and aggregator must know of a run's options."""

    detection: DetectionOptions
    encoding: EncodingOptions


class About(Struct, frozen=True, kw_only=True):
    """What every message says first."""

    version: int
    source_id: Name
    run_id: Name
    number: Number
    """Of the chunk; a run's end has the number of its chunks."""
    options: StageOptions


class FramesHeader(Struct, frozen=True, kw_only=True, tag_field="kind", tag="frames"):
    """Followed by one picture per decoded sample."""

    about: About
    samples: Samples
    size_wh: tuple[Side, Side]
    codec: Codec
    arrived_at: datetime | None = None


class FaceHeader(Struct, frozen=True, array_like=True):
    """One face of a `FacesHeader`, without its place and its parts."""

    sample_index: Number
    score: float
    quality: FaceQuality
    has_crop: bool
    has_thumb: bool
    has_embedding: bool


class FacesHeader(Struct, frozen=True, kw_only=True, tag_field="kind", tag="faces"):
    """Followed by the faces' places, their crops, their thumbnails and the matrix of their embeddings."""

    about: About
    samples: Samples
    size_wh: tuple[Side, Side]
    faces: Annotated[tuple[FaceHeader, ...], Meta(max_length=MAX_FACES)]
    crop_side: Annotated[int, Meta(ge=0, le=MAX_CROP_SIDE)]
    dimensions: Annotated[int, Meta(ge=0, le=MAX_DIMENSIONS)]
    arrived_at: datetime | None = None


class FailedHeader(Struct, frozen=True, kw_only=True, tag_field="kind", tag="failed"):
    """A chunk that could not be processed."""

    about: About
    samples: Samples
    stage: Name
    reason: Reason


class EndedHeader(Struct, frozen=True, kw_only=True, tag_field="kind", tag="ended"):
    """A run's end."""

    about: About
    problem: Reason | None


AnyHeader = FramesHeader | FacesHeader | FailedHeader | EndedHeader
_ENCODER = msgspec.msgpack.Encoder()
_DECODER: msgspec.msgpack.Decoder[AnyHeader] = msgspec.msgpack.Decoder(AnyHeader)


def encode_header(header: AnyHeader) -> bytes:
    """The header as msgpack."""
    return _ENCODER.encode(header)


def decode_header(data: bytes) -> AnyHeader:
    """The header that `data` holds; raises `MessageError` when it is none, or out of bounds."""
    if len(data) > MAX_HEADER_BYTES:
        raise MessageError(f"a header of {len(data)} bytes; at most {MAX_HEADER_BYTES} are taken")
    try:
        header = _DECODER.decode(data)
    except (msgspec.DecodeError, SettingsError) as error:
        raise MessageError(f"a header that cannot be read: {error}") from error
    if header.about.version != VERSION:
        raise MessageError(f"a message of version {header.about.version}; this worker speaks {VERSION}")
    return header
