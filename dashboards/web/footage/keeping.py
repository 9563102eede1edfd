"""What the pages of one application remember of runs between two looks."""

from __future__ import annotations

import threading

from fastapi import Request

from pipeline.intake.progress import ProgressKeeper

_LOCK = threading.Lock()


def keeper_of(request: Request) -> ProgressKeeper:
    """The application's memory of how far runs were."""
    state = request.app.state
    with _LOCK:
        if not hasattr(state, "footage_progress"):
            state.footage_progress = ProgressKeeper()
    keeper: ProgressKeeper = state.footage_progress
    return keeper
