"""What people upload: known by its content, bounded while it comes in, and never named by its sender.

await read_picture(upload, settings) -> bytes           a photograph that may be examined
await keep_footage(request.stream(), folder, settings) -> KeptFootage
shown_name(file_name) -> str                            a sender's name for a file, to show and for nothing else
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Protocol

from starlette.concurrency import run_in_threadpool

from dashboards.web.failures import TooMuch
from dashboards.web.security.limits import MB
from pipeline.config import WebSettings
from pipeline.errors import ImageUnreadable, SourceUnreadable, StoreFull
from pipeline.identity.photos.reading import NO_PICTURE
from pipeline.identity.photos.sizes import photo_size
from pipeline.video.probing import check_beginning, footage_suffix

READ_BYTES = 1 << 20
HEAD_BYTES = 4 << 20
"""So much of an upload tells whether it can be footage at all."""
LEAST_FREE_BYTES = 2_000_000_000
"""What uploads leave free on the disk, for the record."""
LONGEST_NAME = 120
PART_PREFIX = ".part-"
"""Of files that are still coming in; those that nobody finished begin so, too."""


class Upload(Protocol):
    """A file in a form, as Starlette gives it."""

    async def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes more; none at the end."""


@dataclass(frozen=True, slots=True)
class KeptFootage:
    """An uploaded video file in its place."""

    path: Path
    """Named by its content."""
    sha256: str
    n_bytes: int
    was_there: bool
    """Whether the same content was uploaded before."""


async def read_picture(upload: Upload, settings: WebSettings) -> bytes:
    """The content of an uploaded photograph, as it was sent; `read_photo` turns it upright as its EXIF says.

    Raises `TooMuch` for too large a file, and `ImageUnreadable` for what is no picture, or has too many pixels: its
    header tells, and nothing is decoded here.
    """
    most_bytes = settings.most_picture_mb * MB
    content = bytearray()
    while part := await upload.read(READ_BYTES):
        content += part
        if len(content) > most_bytes:
            raise TooMuch(f"a picture may have {settings.most_picture_mb} MB at most")
    return checked_picture(bytes(content), settings)


def checked_picture(content: bytes, settings: WebSettings) -> bytes:
    """`content`, which is a picture of bounded size by its header; raises `ImageUnreadable` for anything else."""
    size = photo_size(content)
    if size is None:
        raise ImageUnreadable(NO_PICTURE)
    if size.n_pixels > settings.most_picture_megapixels * 1_000_000:
        raise ImageUnreadable(
            f"the picture has {size.width} x {size.height} pixels; "
            f"at most {settings.most_picture_megapixels} million are taken: save it smaller"
        )
    return content


async def keep_footage(stream: AsyncIterator[bytes], folder: Path, settings: WebSettings) -> KeptFootage:
    """Write an upload into `folder` as it comes in, named by its content, as soon as it has come whole.

    Raises `TooMuch`, `SourceUnreadable` for what is no video (after the first megabytes, where they tell), and
    `StoreFull` when the disk would have too little left. Nothing stays then, nor when the sender goes away.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder, prefix=PART_PREFIX))  # its own folder: whoever clears up sees who is in it
    try:
        digest, n_bytes = await _write(stream, part / "upload", settings)
        return await run_in_threadpool(_put_in_place, part / "upload", folder, digest, n_bytes)
    except SourceUnreadable as error:  # whose text begins with a path of ours
        raise SourceUnreadable(f"the upload {str(error).removeprefix(f'{part}/upload: ')}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def shown_name(file_name: str | None) -> str:
    """A sender's name for a file, without folders and signs that do harm: to show it, and for nothing else."""
    bare = PureWindowsPath(PurePosixPath(file_name or "").name).name
    printable = "".join(sign for sign in bare if sign.isprintable()).strip()
    return printable[:LONGEST_NAME] or "footage"


async def _write(stream: AsyncIterator[bytes], path: Path, settings: WebSettings) -> tuple[str, int]:
    digest, most_bytes, is_looked_at = hashlib.sha256(), settings.most_upload_mb * MB, False
    with path.open("wb") as file:
        async for part in _batched(stream):
            await run_in_threadpool(_append, file, part, digest)
            if file.tell() > most_bytes:
                raise TooMuch(f"footage may have {settings.most_upload_mb:,} MB at most")
            if not is_looked_at and file.tell() >= HEAD_BYTES:
                await run_in_threadpool(check_beginning, path)
                is_looked_at = True
        return digest.hexdigest(), file.tell()


async def _batched(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in parts of a megabyte: a thread's turn for each few kilobytes would cost more than writing."""
    waiting = bytearray()
    async for part in stream:
        waiting += part
        if len(waiting) >= READ_BYTES:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


def _append(file: IO[bytes], part: bytes, digest: hashlib._Hash) -> None:
    if shutil.disk_usage(Path(file.name).parent).free < LEAST_FREE_BYTES + len(part):
        raise StoreFull("the disk has too little room left for more footage")
    try:
        file.write(part)
        file.flush()
    except OSError as error:
        raise StoreFull(f"the upload cannot be written: {error.strerror}") from error
    digest.update(part)


def _put_in_place(part: Path, folder: Path, digest: str, n_bytes: int) -> KeptFootage:
    path = folder / f"{digest}{footage_suffix(part)}"
    was_there = path.is_file()
    if not was_there:
        part.replace(path)
    return KeptFootage(path, digest, n_bytes, was_there)
