"""The faces of a chunk as a header and large parts, and back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipeline.errors import MessageError
from pipeline.schemas import Face, FaceChunk, ImageU8, VectorF32
from workers.wire.headers import MAX_THUMB_BYTES, FaceHeader, FacesHeader
from workers.wire.transport import Blob

PLACE = 14
"""Numbers that place one face: four of its box, ten of its landmarks."""
FLOAT_BYTES = 4


def face_headers(chunk: FaceChunk) -> tuple[FaceHeader, ...]:
    """What the header says of each face."""
    return tuple(
        FaceHeader(
            face.sample_index,
            float(face.score),
            face.quality,
            face.crop_rgb is not None,
            face.thumb_jpeg is not None,
            face.embedding is not None,
        )
        for face in chunk.faces
    )


def crop_side(chunk: FaceChunk) -> int:
    """Pixels of the side of the chunk's crops, 0 without any."""
    return max((face.crop_rgb.shape[0] for face in chunk.faces if face.crop_rgb is not None), default=0)


def dimensions(chunk: FaceChunk) -> int:
    """Length of the chunk's embeddings, 0 without any."""
    return max((len(face.embedding) for face in chunk.faces if face.embedding is not None), default=0)


def face_parts(chunk: FaceChunk) -> tuple[Blob, ...]:
    """Places, then crops, then thumbnails, then embeddings; nothing for a chunk without faces."""
    if not chunk.faces:
        return ()
    places = np.array([[*face.box_xyxy, *face.landmarks_xy.ravel()] for face in chunk.faces], np.float32)
    crops = (_bytes_of(face.crop_rgb) for face in chunk.faces if face.crop_rgb is not None)
    thumbs = (face.thumb_jpeg for face in chunk.faces if face.thumb_jpeg is not None)
    embeddings = [face.embedding for face in chunk.faces if face.embedding is not None]
    matrix = (_bytes_of(np.stack(embeddings)),) if embeddings else ()
    return (_bytes_of(places), *crops, *thumbs, *matrix)


def read_faces(header: FacesHeader, parts: tuple[Blob, ...]) -> tuple[Face, ...]:
    """The faces of a message; raises `MessageError` when a part has not the size that the header gives it."""
    if not header.faces:
        return ()
    rest = iter(parts)
    places = _floats(_next(rest, "places"), len(header.faces), PLACE, "places")
    crops = [_read_crop(rest, header.crop_side) if face.has_crop else None for face in header.faces]
    thumbs = [_read_thumb(rest) if face.has_thumb else None for face in header.faces]
    embeddings = _read_embeddings(rest, header)
    if next(rest, None) is not None:
        raise MessageError("a faces message with more parts than its header names")
    return tuple(
        Face(
            sample_index=face.sample_index,
            box_xyxy=place[:4],
            landmarks_xy=place[4:].reshape(5, 2),
            score=face.score,
            quality=face.quality,
            crop_rgb=crop,
            thumb_jpeg=thumb,
            embedding=embedding,
        )
        for face, place, crop, thumb, embedding in zip(header.faces, places, crops, thumbs, embeddings, strict=True)
    )


def _read_crop(parts: Iterator[Blob], side: int) -> ImageU8:
    part = _next(parts, "a crop")
    if len(part) != side * side * 3 or not side:
        raise MessageError(f"a crop of side {side} has {len(part)} bytes")
    return np.frombuffer(part, np.uint8).reshape(side, side, 3)


def _read_thumb(parts: Iterator[Blob]) -> bytes:
    part = _next(parts, "a thumbnail")
    if len(part) > MAX_THUMB_BYTES:
        raise MessageError(f"a thumbnail of {len(part)} bytes; at most {MAX_THUMB_BYTES} are taken")
    return bytes(part)


def _read_embeddings(parts: Iterator[Blob], header: FacesHeader) -> list[VectorF32 | None]:
    n_encoded = sum(face.has_embedding for face in header.faces)
    if not n_encoded:
        return [None] * len(header.faces)
    rows = iter(_floats(_next(parts, "embeddings"), n_encoded, header.dimensions, "embeddings"))
    return [next(rows) if face.has_embedding else None for face in header.faces]


def _floats(part: Blob, n_rows: int, n_columns: int, what: str) -> VectorF32:
    if len(part) != n_rows * n_columns * FLOAT_BYTES or not n_columns:
        raise MessageError(f"{what}: {n_rows}x{n_columns} numbers in {len(part)} bytes")
    return np.frombuffer(part, np.float32).reshape(n_rows, n_columns)


def _next(parts: Iterator[Blob], what: str) -> Blob:
    part = next(parts, None)
    if part is None:
        raise MessageError(f"a faces message ends before {what}")
    return part


def _bytes_of(array: np.ndarray) -> memoryview:
    return np.ascontiguousarray(array).data.cast("B")
