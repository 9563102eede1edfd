"""The cameras of the settings: names, addresses with their passwords put in, and options of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from pipeline.errors import NotFound, SettingsError
from pipeline.options import AnalysisOptions
from pipeline.sightings.ids import is_camera
from pipeline.video.live.connecting.address import HIDDEN, CameraAddress, parse_address

if TYPE_CHECKING:
    from pipeline.config import CameraSettings

CAMERA_PREFIX = "FACETRAIL_CAMERA_"
NAME = re.compile(r"[a-z][a-z0-9_]*")
"""A camera's name is its source id: lower snake case, and never like a file's (`f_` and 16 hex digits)."""
VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """One camera as it is to be read."""

    name: str
    address: CameraAddress
    enabled: bool
    options: AnalysisOptions
    """The settings' own, with this camera's above them."""


def configured_cameras(
    cameras: Mapping[str, CameraSettings], options: AnalysisOptions, environment: Mapping[str, str]
) -> tuple[Camera, ...]:
    """The cameras of the settings file, in its order; raises `SettingsError` that names the camera and what is wrong.

    A camera's password comes from `FACETRAIL_CAMERA_<NAME>_PASSWORD`, from a `${VARIABLE}` in its address, or from the
    address itself.
    """
    return tuple(_make_camera(name, found, options, environment) for name, found in cameras.items())


def camera_named(cameras: Iterable[Camera], name: str) -> Camera:
    """Raises `NotFound`, listing those there are."""
    known = {camera.name: camera for camera in cameras}
    if name not in known:
        listed = ", ".join(known) or "none; add some under `cameras:` in facetrail.yaml"
        raise NotFound(f"there is no camera {name!r}; the cameras are: {listed}")
    return known[name]


def join_cameras(from_file: Iterable[Camera], from_database: Iterable[Camera]) -> tuple[Camera, ...]:
    """All cameras; raises `SettingsError` for a name in both, since nobody could say which of them is meant."""
    first, second = tuple(from_file), tuple(from_database)
    twice = sorted({camera.name for camera in first} & {camera.name for camera in second})
    if twice:
        raise SettingsError(
            f"{', '.join(twice)}: a camera of this name is in the settings file and in the database; remove one of them"
        )
    return first + second


def password_variable(name: str) -> str:
    """The environment variable of a camera's password."""
    return f"{CAMERA_PREFIX}{name.upper()}_PASSWORD"


def _make_camera(name: str, found: CameraSettings, options: AnalysisOptions, environment: Mapping[str, str]) -> Camera:
    if not NAME.fullmatch(name) or not is_camera(name):
        raise SettingsError(f"cameras.{name}: a camera's name is in lower case, with digits and _, such as front_door")
    try:
        return Camera(
            name=name,
            address=_address_of(name, found, environment),
            enabled=found.enabled,
            options=replace(
                options,
                sampling=_above("sampling", options.sampling, found.sampling),
                detection=_above("detection", options.detection, found.detection),
                identity=replace(options.identity, absence_timeout_s=found.absence_timeout_s),
            ),
        )
    except SettingsError as error:
        raise SettingsError(f"cameras.{name}: {error}") from error


def _address_of(name: str, found: CameraSettings, environment: Mapping[str, str]) -> CameraAddress:
    password = environment.get(password_variable(name))
    text = _filled_in(found.url.get_secret_value(), environment)
    if password is None and f":{HIDDEN}@" in text:
        raise SettingsError(f"its password is stars; set {password_variable(name)}")
    return parse_address(
        text,
        password=password,
        rtsp_transport=found.rtsp_transport,
        open_timeout_s=found.open_timeout_s,
        read_timeout_s=found.read_timeout_s,
    )


def _filled_in(text: str, environment: Mapping[str, str]) -> str:
    """`text` with the values of its `${VARIABLE}`s; raises `SettingsError` for one that is not set.

    What stands before the @ of a host is a user or a password, as it is: its signs are written as in a URL.
    """
    missing = [name for name in VARIABLE.findall(text) if name not in environment]
    if missing:
        raise SettingsError(f"its address names {', '.join(missing)}, which the environment does not set")
    login, at, place = text.rpartition("@")
    quoted = VARIABLE.sub(lambda match: quote(environment[match[1]], safe=""), login)
    return quoted + at + VARIABLE.sub(lambda match: environment[match[1]], place)


def _above(name: str, section: Any, own: Mapping[str, Any]) -> Any:
    """A section of options with a camera's own values above; unknown names are refused and the known ones listed."""
    known = section.__dataclass_fields__
    unknown = sorted(set(own) - set(known))
    if unknown:
        raise SettingsError(f"unknown options {', '.join(unknown)}; there are {', '.join(known)}")
    try:
        made = msgspec.convert(own, type(section), strict=False)  # numbers may be text, as in the environment
    except msgspec.ValidationError as error:
        raise SettingsError(f"{name}: {error}") from error
    return replace(section, **{option: getattr(made, option) for option in own})
