"""A worker process, with its settings from the environment: `python -m workers STAGE... | camera NAME | intake`.

Exit codes: 0 after SIGTERM, 2 wrong settings or input, 3 a server is away, 4 the record cannot be written, 1 anything
else.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from pipeline.config import load_settings
from pipeline.errors import InputError, PipelineError, StoreDamaged, StoreFull, TransportLost, WeightsError
from workers.main import run_stages, server_url
from workers.stack.children import SERVER_AWAY
from workers.stack.intake import INTAKE
from workers.stack.logs import log_to

CAMERA = "camera"
WRONG_INPUT = 2
STORAGE_TROUBLE = 4


def main() -> None:
    """Run the stages named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument(
        "stages", nargs="+", metavar="STAGE", help="the stages; `camera` and the name of one; or `intake`"
    )
    parser.add_argument("--log", type=Path, help="write the log here, and not to the terminal")
    arguments = parser.parse_args()
    log_to(arguments.log)
    try:
        _run(arguments.stages)
    except PipelineError as error:
        with contextlib.suppress(OSError):  # on a full disk the exit code must do
            print(error, file=sys.stderr)
        sys.exit(exit_code(error))


def _run(stages: list[str]) -> None:
    settings = load_settings()
    if stages[0] == CAMERA:
        from workers.live.camera_main import run_camera

        run_camera(stages[-1], settings)
    elif stages == [INTAKE]:
        from workers.footage.intake import run_intake

        run_intake(settings, server_url(settings))
    else:
        run_stages(stages, settings)


def exit_code(error: PipelineError) -> int:
    """What a supervisor is told: whether starting again can help."""
    if isinstance(error, StoreFull | StoreDamaged):
        return STORAGE_TROUBLE
    if isinstance(error, TransportLost):
        return SERVER_AWAY
    return WRONG_INPUT if isinstance(error, InputError | WeightsError) else 1


if __name__ == "__main__":
    main()
