"""The process that cuts one clip: `python -m dashboards.web.timeline.cutter`, its order as JSON on standard input.

It is apart from the pages: a hostile video, or a slow disk, cannot hold them up. First it makes sure that the footage
is still what was analysed, by its digest, which it reads once for every state of a file. What goes wrong it writes, in
words for the page, into the order's text file; the exit code is 0 then, too.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec

from dashboards.web.timeline.clip_orders import ClipOrder
from pipeline.errors import PipelineError, SourceUnreadable
from pipeline.video.clips.cutting import cut_clip
from pipeline.video.identity import footage_source_id

GENTLE = 10
"""Cutting gives way to the analysis of footage by so much."""


def main() -> None:
    """Carry out the order on standard input."""
    os.nice(GENTLE)
    carry_out(msgspec.json.decode(sys.stdin.buffer.read(), type=ClipOrder))


def carry_out(order: ClipOrder) -> None:
    """Leave the clip, or the reason why there is none, in the order's folder."""
    try:
        check_footage(order)
        cut_clip(order.wanted, order.path("mp4"), order.path("jpg"))
    except PipelineError as error:
        order.path("txt").write_text(str(error), encoding="utf-8")


def check_footage(order: ClipOrder) -> None:
    """Raise `SourceUnreadable` when the file is not, or no longer, the footage that was analysed."""
    footage = Path(order.footage)
    if not footage.is_file():
        raise SourceUnreadable("The footage is no longer where it was when it was analysed.")
    state = footage.stat()
    checked = Path(order.folder) / f"{order.source_id}-{state.st_size}-{state.st_mtime_ns}.checked"
    if checked.exists():
        return
    if footage_source_id(footage) != order.source_id:
        raise SourceUnreadable(
            f"The file {footage.name} has changed since it was analysed, so it shows something else now."
        )
    checked.touch()


if __name__ == "__main__":
    main()
