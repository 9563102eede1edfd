"""The flags that say how footage is looked at, as settings."""

from __future__ import annotations

from typing import Any

from pipeline.errors import InputError


def sections(
    *,
    fps: str | None,
    keyframes_only: bool,
    no_gate: bool,
    min_face: int | None,
    encoder: str | None = None,
) -> dict[str, Any]:
    """Sections of the settings; what was not given is left to the environment, the file and the defaults.

    Raises `InputError` for an `--fps` that is no number and not `every`.
    """
    sampling: dict[str, Any] = {} if fps is None else {"fps": parse_fps(fps)}
    if keyframes_only:
        sampling["keyframes_only"] = True
    if no_gate:
        sampling["gate"] = False
    detection = {} if min_face is None else {"min_face_size": min_face}
    encoding = {} if encoder is None else {"encoder": encoder}
    given = {"sampling": sampling, "detection": detection, "encoding": encoding}
    return {name: values for name, values in given.items() if values}


def parse_fps(text: str) -> float | None:
    """Samples a second; None for every frame."""
    if text.strip().lower() == "every":
        return None
    try:
        return float(text)
    except ValueError as error:
        raise InputError(f"--fps {text!r} is neither a number of samples a second nor 'every'") from error
