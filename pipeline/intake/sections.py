"""What of the settings is otherwise for some footage: sections with their values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipeline.config import Settings
from pipeline.control.database import Control
from pipeline.errors import InputError, SettingsError
from pipeline.options import AnalysisOptions

Sections = Mapping[str, Mapping[str, Any]]
"""Such as `{"sampling": {"fps": 2.0}}`; what is not in it is as the settings have it."""

ROTATIONS = frozenset({"0", "90", "180", "270"})


def options_with(settings: Settings, sections: Sections, control: Control) -> AnalysisOptions:
    """The settings' options with `sections` above them, for the encoder of the data folder.

    Raises `SettingsError` for a value out of range and for an unknown name.
    """
    adopted = settings.model_copy(update={"encoding": replace(settings.encoding, encoder=_encoder(settings, control))})
    options = adopted.options()
    try:
        return replace(
            options,
            sampling=replace(options.sampling, **sections.get("sampling", {})),
            detection=replace(options.detection, **sections.get("detection", {})),
        )
    except TypeError as error:
        raise SettingsError(f"footage options: {error}") from error


def sections_as_json(sections: Sections) -> str:
    """For the control database."""
    return json.dumps(sections, sort_keys=True)


def sections_from_json(text: str) -> Sections:
    """What `sections_as_json` wrote."""
    read: Sections = json.loads(text)
    return read


def parse_fps(text: str, name: str = "--fps") -> float | None:
    """Samples a second; None for every frame. Raises `InputError` naming what is wrong."""
    if text.strip().lower() == "every":
        return None
    try:
        return float(text)
    except ValueError as error:
        raise InputError(f"{name} {text!r} is neither a number of samples a second nor 'every'") from error


def parse_rotation(text: str, name: str = "--rotation") -> int | None:
    """Degrees counter-clockwise; None to find out. Raises `InputError` naming what is wrong."""
    if text.strip().lower() == "auto":
        return None
    if text.strip() not in ROTATIONS:
        raise InputError(f"{name} {text!r} is none of 0, 90, 180, 270 and 'auto'")
    return int(text)


def _encoder(settings: Settings, control: Control) -> str:
    """The data folder's; the settings' while it has none."""
    try:
        return control.encoder(None)
    except SettingsError:
        return settings.encoding.encoder
