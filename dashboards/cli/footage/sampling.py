"""The flags that say how footage is looked at: given to every command that takes footage in, and read as settings."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from dashboards.cli.flags import (
    DetectorFlag,
    FpsFlag,
    KeyframesFlag,
    MinFaceFlag,
    NoGateFlag,
    RotationFlag,
    TiltFlag,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookFlags:
    """How footage is looked at; what was not given is left to the environment, the file and the defaults."""

    fps: FpsFlag = None
    keyframes_only: KeyframesFlag = False
    no_gate: NoGateFlag = False
    min_face: MinFaceFlag = None
    rotation: RotationFlag = None
    detector: DetectorFlag = None
    tilt: TiltFlag = None

    def sections(self, *, encoder: str | None = None) -> dict[str, Any]:
        """As sections of the settings.

        Raises `InputError` for an `--fps` that is no number and not `every`, and for a `--rotation` that is none.
        """
        from pipeline.intake.sections import parse_fps, parse_rotation

        sampling: dict[str, Any] = {} if self.fps is None else {"fps": parse_fps(self.fps)}
        if self.keyframes_only:
            sampling["keyframes_only"] = True
        if self.no_gate:
            sampling["gate"] = False
        if self.rotation is not None:
            sampling["rotation"] = parse_rotation(self.rotation)
        detection = _given(min_face_size=self.min_face, detector=self.detector, tilt=self.tilt)
        given = {"sampling": sampling, "detection": detection, "encoding": _given(encoder=encoder)}
        return {name: values for name, values in given.items() if values}


AS_SET = LookFlags()
"""None of them given."""


def with_look_flags(command: Callable[..., None]) -> Callable[..., None]:
    """The command as Typer sees it: the fields of `LookFlags` are options of their own, in the place of its `look`."""
    ours = inspect.signature(LookFlags, eval_str=True).parameters
    theirs = inspect.signature(command, eval_str=True).parameters

    @wraps(command)
    def spread(**given: Any) -> None:
        look = LookFlags(**{name: given.pop(name) for name in ours})
        command(**given, look=look)

    shown = [each for name, one in theirs.items() for each in (ours.values() if name == "look" else (one,))]
    parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in shown]
    setattr(spread, "__signature__", inspect.Signature(parameters))  # noqa: B010 # functions declare no such attribute
    spread.__annotations__ = {one.name: one.annotation for one in parameters}
    return spread


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
