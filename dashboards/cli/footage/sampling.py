"""The flags that say how footage is looked at, as settings."""

from __future__ import annotations

from typing import Any

from pipeline.intake.sections import parse_fps, parse_rotation


def sections(
    *,
    fps: str | None,
    keyframes_only: bool,
    no_gate: bool,
    min_face: int | None,
    rotation: str | None = None,
    detector: str | None = None,
    tilt: str | None = None,
    encoder: str | None = None,
) -> dict[str, Any]:
    """Sections of the settings; what was not given is left to the environment, the file and the defaults.

    Raises `InputError` for an `--fps` that is no number and not `every`, and for a `--rotation` that is none.
    """
    sampling: dict[str, Any] = {} if fps is None else {"fps": parse_fps(fps)}
    if keyframes_only:
        sampling["keyframes_only"] = True
    if no_gate:
        sampling["gate"] = False
    if rotation is not None:
        sampling["rotation"] = parse_rotation(rotation)
    detection = _given(min_face_size=min_face, detector=detector, tilt=tilt)
    given = {"sampling": sampling, "detection": detection, "encoding": _given(encoder=encoder)}
    return {name: values for name, values in given.items() if values}


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
