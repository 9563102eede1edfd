"""Where the open test data lies."""

from __future__ import annotations

import os
from pathlib import Path


def find_open_data() -> Path | None:
    """Its folder, beside the repository or at $FACETRAIL_OPEN_DATA; None when it is not there."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data" / "open"
    folder = Path(os.environ.get("FACETRAIL_OPEN_DATA", beside))
    return folder if (folder / "MANIFEST.md").is_file() else None
