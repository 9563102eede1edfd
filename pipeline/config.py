"""Settings: loaded once, frozen, and handed down in parts.

Precedence: flag > environment (`FACETRAIL_SAMPLING__FPS=2`) > YAML (`facetrail.yaml`) > default.
Hides pydantic-settings.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_serializer
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from pipeline.attendance.rules.settings import AttendanceSettings
from pipeline.config_faults import in_words
from pipeline.config_file import read_settings_file
from pipeline.encoders.manifest import encoder_entry, weights_dir
from pipeline.errors import SettingsError
from pipeline.events.delivery.settings import DeliverySettings, MqttSettings, WatchSettings, WebhookSettings
from pipeline.options import (
    AnalysisOptions,
    DetectionOptions,
    EncodingOptions,
    IdentityOptions,
    SamplingOptions,
    TrackingOptions,
)
from pipeline.video.live.connecting.address import RtspTransport, hide_secrets

CONFIG_VARIABLE = "FACETRAIL_CONFIG"
DEFAULT_CONFIG = Path("facetrail.yaml")


class CameraSettings(BaseModel):
    """One camera, as `cameras:` of the settings names it; `pipeline.cameras.configured` makes it complete."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: SecretStr
    """rtsp://, rtsps://, http://, https://, device:0 or file:PATH; shown without its password."""
    enabled: bool = True
    rtsp_transport: RtspTransport = RtspTransport.TCP
    open_timeout_s: float = 10.0
    read_timeout_s: float = 10.0
    absence_timeout_s: float = 10.0
    """A sighting ends when its person stays unseen for longer than this, in seconds."""
    sampling: dict[str, Any] = {}
    """What this camera samples otherwise than the others."""
    detection: dict[str, Any] = {}

    @classmethod
    def of(cls, url: str, *, enabled: bool = True, rtsp_transport: RtspTransport = RtspTransport.TCP) -> Self:
        """Those of a camera that was entered by hand."""
        return cls(url=SecretStr(url), enabled=enabled, rtsp_transport=rtsp_transport)

    @field_serializer("url")
    def _show_url(self, url: SecretStr) -> str:
        return hide_secrets(url.get_secret_value())


class WatchFolderSettings(BaseModel):
    """A folder from which footage is submitted as it comes, as `watch_folders:` of the settings names it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path
    recursive: bool = False
    """Whether folders below it are watched, too."""
    settle_s: float = Field(default=10.0, ge=0, le=86400)
    """A file that has not changed for so long is whole, in seconds."""
    new_only: bool = False
    """Leave out what was there when it was watched for the first time."""
    move_to: Path | None = None
    """Where files go before they are analysed; otherwise they stay."""


class WebSettings(BaseModel):
    """The pages and the API, as `web:` of the settings sets them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = True
    """Whether `facetrail up` shows pages."""
    host: str = "127.0.0.1"
    """The address to listen at; 0.0.0.0 is all, behind a reverse proxy with TLS."""
    port: int = Field(default=8321, ge=0, le=65535)
    """0 takes a free one."""
    public_url: str = Field(default="", pattern=r"^(https?://[^/\s]+)?$")
    """How browsers reach the pages when a reverse proxy stands before them, such as https://faces.example.org."""
    trusted_proxies: str = ""
    """Addresses, with commas between, whose word on who asks, and by TLS or not, is taken; empty: 127.0.0.1 where
    `public_url` says that there is a proxy, else nobody's."""
    session_hours: float = Field(default=12.0, gt=0, le=24 * 365)
    """A sign-in ends after this, in hours."""
    footage_roots: tuple[Path, ...] = ()
    """Folders below which footage may be submitted from the pages and the API; uploads need none."""
    most_upload_mb: int = Field(default=8192, ge=1)
    """The largest footage file that may be uploaded, in megabytes."""
    most_picture_mb: int = Field(default=20, ge=1)
    """The largest picture that may be uploaded, in megabytes."""
    most_picture_megapixels: int = Field(default=50, ge=1)
    """A picture of more pixels is refused before it is decoded."""
    face_sign_in: bool = False
    """Whether users may choose their face as a second factor, after their password."""


class Settings(BaseSettings):
    """Everything that can be set; see `facetrail config show`."""

    model_config = SettingsConfigDict(
        env_prefix="FACETRAIL_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    data: Path = Field(default=Path("data"), description="The data folder; the only thing to back up.")
    redis_url: SecretStr | None = Field(
        default=None, description="A Redis server; without one an embedded server starts."
    )
    database_url: SecretStr | None = Field(
        default=None, description="A Postgres URL; SQLite in the data folder otherwise."
    )
    time_zone: str = Field(
        default="", description="IANA name for days and times shown, such as Europe/Berlin; the system's otherwise."
    )
    detectors: int = Field(default=1, ge=1, le=64, description="Detector processes that the supervisor starts.")
    encoders: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Encoder processes of their own; 0 hosts the encoder in each detector process.",
    )
    gpus: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9-]*(,[A-Za-z0-9-]+)*$",
        description="Graphics cards as CUDA numbers them, such as 0,1: each process that runs models gets one, by "
        "turns; otherwise those that CUDA_VISIBLE_DEVICES names, or all that the machine has.",
    )
    xla: bool = Field(default=False, description="Let XLA compile the encoders, for GPUs; on processors it is slower.")
    ingests: int = Field(default=2, ge=1, le=64, description="Footage files read at the same time.")
    credit_mb: int = Field(default=96, ge=8, le=65536, description="Most megabytes of frames in flight for one source.")
    idle_s: float = Field(
        default=6.0, ge=0.5, le=3600, description="A chunk in the hands of a dead worker goes to another after this."
    )
    lease_s: float = Field(
        default=10.0, ge=1, le=3600, description="A source whose aggregator is dead goes to another after this."
    )
    metrics_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="A port for Prometheus, at which /metrics and /health answer; 0 takes a free one, none is off.",
    )
    metrics_host: str = Field(default="127.0.0.1", description="The address to answer Prometheus at; 0.0.0.0 is all.")
    cameras: dict[str, CameraSettings] = Field(default={}, description="Live cameras by their names.")
    sampling: SamplingOptions = SamplingOptions()
    detection: DetectionOptions = DetectionOptions()
    encoding: EncodingOptions = EncodingOptions()
    tracking: TrackingOptions = TrackingOptions()
    identity: IdentityOptions = IdentityOptions()
    webhooks: dict[str, WebhookSettings] = Field(default={}, description="Addresses that events are posted to.")
    mqtt: MqttSettings = MqttSettings()
    watch: dict[str, WatchSettings] = Field(default={}, description="Whom to raise an alert for, where, when.")
    web: WebSettings = WebSettings()
    attendance: AttendanceSettings = AttendanceSettings()
    watch_folders: tuple[WatchFolderSettings, ...] = Field(
        default=(), description="Folders from which `facetrail up` submits footage as it comes."
    )

    @field_serializer("webhooks", when_used="json")
    def _show_webhooks(self, webhooks: dict[str, WebhookSettings]) -> dict[str, Any]:
        return {name: {**asdict(hook), "url": hide_secrets(hook.url)} for name, hook in webhooks.items()}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags first, then the environment, then the YAML file."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, file_values())

    def options(self) -> AnalysisOptions:
        """The part that decides what a run finds, for an encoder that ships or one of the data folder's own."""
        entry = encoder_entry(self.encoding.encoder, weights_dir(self.data))
        return AnalysisOptions(
            sampling=self.sampling,
            detection=self.detection,
            encoding=self.encoding,
            tracking=self.tracking.completed(entry.tracking, self.encoding.min_quality),
            identity=self.identity,
        )

    def delivery(self) -> DeliverySettings:
        """The part that says who is told of events."""
        return DeliverySettings(webhooks=self.webhooks, mqtt=self.mqtt, watch=self.watch)

    def environment(self) -> dict[str, str]:
        """These settings as environment variables, for a process of ours; secrets are in plain text there."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {f"FACETRAIL_{name.upper()}": _as_text(value) for name, value in values.items() if value is not None}


def load_settings(**flags: Any) -> Settings:
    """Load the settings, with `flags` above everything; flags that are None count as not given.

    Raises `SettingsError` naming each wrong setting, what it is and what it may be.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = [in_words(fault["loc"], fault["type"], fault["msg"], Settings) for fault in error.errors()]
        raise SettingsError("wrong settings: " + "; ".join(lines)) from error


def file_values() -> dict[str, Any]:
    """What the YAML file says, as it stands there; empty without a file. Raises `SettingsError`."""
    return read_settings_file(_config_file())


def is_given(section: str, name: str) -> bool:
    """Whether the environment or the YAML file sets `name` of `section`, such as the encoder of encoding."""
    variable = f"FACETRAIL_{section}__{name}".upper()
    return variable in os.environ or name in (file_values().get(section) or {})


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if is_dataclass(value) and not isinstance(value, type):
        return json.dumps(asdict(value), default=str)  # days as ISO 8601
    if isinstance(value, BaseModel):
        return value.model_dump_json()
    if isinstance(value, tuple):
        return json.dumps([entry.model_dump(mode="json") for entry in value])
    if isinstance(value, dict):
        return json.dumps({name: _in_plain(entry) for name, entry in value.items()})
    return str(value)


def _in_plain(entry: Any) -> dict[str, Any]:
    """A camera, a webhook or a watch list, with what is hidden elsewhere."""
    if isinstance(entry, CameraSettings):
        return {**entry.model_dump(mode="json"), "url": entry.url.get_secret_value()}
    return asdict(entry)


def _config_file() -> Path:
    named = os.environ.get(CONFIG_VARIABLE)
    if named and not Path(named).is_file():
        raise SettingsError(f"{CONFIG_VARIABLE} names {named}, and there is no such file")
    return Path(named) if named else DEFAULT_CONFIG
