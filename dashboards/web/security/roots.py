"""Which files and cameras may be named from the pages: only what lies below the folders that were set for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dashboards.web.failures import Forbidden
from pipeline.errors import PipelineError
from pipeline.video.live.connecting.address import CameraAddress, CameraKind, parse_address

OUTSIDE = "only files and folders below web.footage_roots of the settings can be named here"


def footage_below(roots: Sequence[Path], path: str | Path) -> Path:
    """The real place of a file or folder below one of `roots`, with no link and no `..` left in it.

    Raises `Forbidden` for everything else, in the same words whether it is there or not.
    """
    try:
        real = Path(path).resolve(strict=True)
        is_below = any(real.is_relative_to(root.resolve(strict=True)) for root in roots)
    except (OSError, ValueError, RuntimeError):  # no such file, a NUL in it, links in a circle
        raise Forbidden(OUTSIDE) from None
    if not Path(path).is_absolute() or not is_below:
        raise Forbidden(OUTSIDE)
    return real


def camera_from_page(url: str, roots: Sequence[Path], *, password: str | None = None) -> CameraAddress:
    """The address that somebody enters on a page or sends to the API.

    Raises `SettingsError` for what is no address, and `Forbidden` for a file outside `roots`; FFmpeg is kept from files
    and from other protocols by `pipeline.video.live.connecting.opening`, whatever the camera answers.
    """
    address = parse_address(url, password=password)
    if address.kind is not CameraKind.FILE:
        return address
    return parse_address(f"file:{footage_below(roots, address.target)}")


def is_below(roots: Sequence[Path], path: Path) -> bool:
    """Whether `footage_below` takes the path."""
    try:
        footage_below(roots, path)
    except PipelineError:
        return False
    return True
