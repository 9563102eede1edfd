"""The exit codes of `facetrail`, which scripts can rely on."""

from __future__ import annotations

from enum import IntEnum

from pipeline.errors import InputError, PipelineError


class ExitCode(IntEnum):
    """What a command's exit code says."""

    OK = 0
    NO = 1  # a question was answered with no: not the same person, below the bar
    WRONG_INPUT = 2  # what the user gave cannot be used
    PARTIAL = 3  # there is a result, and something is missing from it
    TROUBLE = 4  # the store, the server, a worker, a camera or a model file is in trouble
    FAULT = 70  # Facetrail itself is at fault
    INTERRUPTED = 130  # Ctrl-C

    @property
    def meaning(self) -> str:
        return MEANINGS[self]


MEANINGS = {
    ExitCode.OK: "done",
    ExitCode.NO: "the answer is no (another person, nobody recognised, below the bar)",
    ExitCode.WRONG_INPUT: "what was given cannot be used",
    ExitCode.PARTIAL: "a result, with something missing that the command names",
    ExitCode.TROUBLE: "trouble with the store, the server, a worker, a camera or a model file",
    ExitCode.FAULT: "a fault of Facetrail itself",
    ExitCode.INTERRUPTED: "interrupted",
}


def exit_code_for(error: PipelineError | OSError) -> ExitCode:
    """What the user gave is 2; everything else that can go wrong outside the program is 4."""
    return ExitCode.WRONG_INPUT if isinstance(error, InputError) else ExitCode.TROUBLE
