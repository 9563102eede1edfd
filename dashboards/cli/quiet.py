"""Starting TensorFlow in the command's own process without its words on stderr; FACETRAIL_DEBUG=1 lets them through."""

from __future__ import annotations

import os

from dashboards.cli.guard import is_debug

STDERR = 2


def start_tensorflow() -> None:
    """Import TensorFlow and prepare its devices; what it says about its build as it starts is thrown away."""
    from pipeline.encoders.devices import prepare_devices

    if is_debug():
        prepare_devices()
        return
    kept, nowhere = os.dup(STDERR), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STDERR)
    try:
        prepare_devices()
    finally:
        os.dup2(kept, STDERR)
        os.close(kept)
        os.close(nowhere)
