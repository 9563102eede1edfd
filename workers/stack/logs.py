"""Where a worker's log goes, and what a line looks like."""

from __future__ import annotations

import logging
import sys
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path

MOST_BYTES = 5 * 1024 * 1024
KEPT_FILES = 3
FORMAT = "%(asctime)sZ %(levelname)s %(name)s[%(process)d] %(message)s"


def log_to(path: Path | None, level: int = logging.INFO) -> None:
    """Send the log of this process to `path`, a file that is rotated, or to the terminal."""
    handler = _file_handler(path) if path else logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter(FORMAT)
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.raiseExceptions = False  # a log that cannot be written must not hide what is wrong
    logging.getLogger("rq").setLevel(logging.WARNING)


def _file_handler(path: Path) -> logging.Handler:
    path.parent.mkdir(parents=True, exist_ok=True)
    return RotatingFileHandler(path, maxBytes=MOST_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
