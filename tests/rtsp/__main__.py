"""`python -m tests.rtsp VIDEO --port N`: play an H.264 file as a camera until Ctrl-C, for trying things by hand."""

from __future__ import annotations

import argparse
import threading
from contextlib import suppress
from pathlib import Path

from tests.rtsp.protocol import Login
from tests.rtsp.running import RtspServer


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("--port", type=int, default=8554)
    parser.add_argument("--pace", type=float, default=1.0, help="seconds of media a second")
    parser.add_argument("--once", action="store_true", help="end the connection where the file ends")
    parser.add_argument("--login", metavar="USER:PASSWORD")
    given = parser.parse_args()
    login = Login(*given.login.split(":", 1)) if given.login else None
    server = RtspServer.of(given.video, port=given.port, login=login, loop=not given.once, pace=given.pace)
    with server, suppress(KeyboardInterrupt):
        print(server.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
