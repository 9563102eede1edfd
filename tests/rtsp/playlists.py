"""A video as an HLS playlist, and a folder served over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import av


def write_playlist(clip: Path, playlist: Path, *, begin_s: int = 0) -> None:
    """Segments of a second beside `playlist`, with the packets of the H.264 file at `clip`, the first at `begin_s`."""
    options = {"hls_time": "1", "hls_list_size": "0"}
    with av.open(str(clip)) as source, av.open(str(playlist), "w", format="hls", options=options) as output:
        stream = source.streams.video[0]
        copy = output.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None and packet.pts is not None:
                shift = round(begin_s / stream.time_base) if stream.time_base else 0
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                packet.stream = copy
                output.mux(packet)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving_folder(folder: Path) -> Iterator[str]:
    """The address of a server of the files in `folder`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, name="files", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
