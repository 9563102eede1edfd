"""What people upload: known by its content, bounded while it comes in, and never named by its sender.

await read_picture(upload, settings) -> bytes           a photograph that may be examined
await keep_footage(request.stream(), folder, settings) -> KeptFootage
shown_name(file_name) -> str                            a sender's name for a file, to show and for nothing else
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Protocol

from starlette.concurrency import run_in_threadpool

from dashboards.web.failures import TooMuch
from dashboards.web.security.incoming.inflow import READ_BYTES, Bound, Inflow, RunningDigest, batched
from dashboards.web.security.incoming.limits import MB
from pipeline.config import WebSettings
from pipeline.errors import ImageUnreadable, SourceUnreadable
from pipeline.identity.photos.reading import NO_PICTURE
from pipeline.identity.photos.sizes import photo_size
from pipeline.intake.unfinished import PART_PREFIX
from pipeline.video.files.probing import footage_suffix

LONGEST_NAME = 120


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
        return await run_in_threadpool(put_in_place, part / "upload", folder, digest, n_bytes)
    except SourceUnreadable as error:
        raise without_path(error, part / "upload") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def without_path(error: SourceUnreadable, path: Path) -> SourceUnreadable:
    """The same refusal for the sender of the file at `path`, whose text begins with that path of ours."""
    return SourceUnreadable(f"the upload {str(error).removeprefix(f'{path}: ')}")


def shown_name(file_name: str | None) -> str:
    """A sender's name for a file, without folders and signs that do harm: to show it, and for nothing else."""
    bare = PureWindowsPath(PurePosixPath(file_name or "").name).name
    printable = "".join(sign for sign in bare if sign.isprintable()).strip()
    return printable[:LONGEST_NAME] or "footage"


async def _write(stream: AsyncIterator[bytes], path: Path, settings: WebSettings) -> tuple[str, int]:
    bound = Bound(settings.most_upload_mb * MB, f"footage may have {settings.most_upload_mb:,} MB at most")
    digest = RunningDigest()
    with Inflow(path, bound, digest) as inflow:
        async for part in batched(stream):
            await run_in_threadpool(inflow.add, part)
        return digest.of(path), inflow.n_bytes


def put_in_place(part: Path, folder: Path, digest: str, n_bytes: int) -> KeptFootage:
    """Move a file that has come whole into `folder`, named by its content; raises `SourceUnreadable` for no video."""
    path = folder / f"{digest}{footage_suffix(part)}"
    was_there = path.is_file()
    if not was_there:
        part.replace(path)
    return KeptFootage(path, digest, n_bytes, was_there)
