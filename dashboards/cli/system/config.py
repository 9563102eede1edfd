"""`facetrail config show`: every effective setting and where it comes from, with secrets masked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, table
from dashboards.cli.policies import Thresholds, thresholds_of
from dashboards.cli.session import Session, adopt_encoder, open_database, open_session

if TYPE_CHECKING:
    from pipeline.config import Settings


class Format(StrEnum):
    """How the settings are shown."""

    TABLE = "table"
    YAML = "yaml"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it is in effect."""

    name: str
    value: Any
    origin: str
    """flag, environment, file or default."""
    variable: str
    """The environment variable that sets it."""


def register(app: typer.Typer, panel: str) -> None:
    """Add `config show`."""
    group = typer.Typer(help="The settings in effect.", no_args_is_help=True, rich_markup_mode="rich")
    group.callback()(lambda: None)
    group.command("show", epilog=EXAMPLES)(show)
    app.add_typer(group, name="config", rich_help_panel=panel)


EXAMPLES = examples(
    ("facetrail config show", "every setting, its value and its origin"),
    ("facetrail config show --format yaml > facetrail.yaml", "a file to edit; facetrail.yaml is read where you are"),
    ("FACETRAIL_SAMPLING__FPS=2 facetrail config show", "the environment goes above the file, flags above both"),
)


def show(
    data: DataFlag = None,
    format_: Annotated[
        Format, typer.Option("--format", help="As a table, or as YAML for facetrail.yaml.")
    ] = Format.TABLE,
    as_json: JsonFlag = False,
) -> None:
    """Show every setting in effect, and whether a flag, the environment, the YAML file or the default says so.

    Secrets are masked. Thresholds that no setting gives come from the data folder's calibration, or from the encoder.
    """
    session = open_session(data=data)
    settings, thresholds = session.settings, _thresholds(session)
    found = list_settings(settings, {} if data is None else {"data": data})
    if as_json:
        emit_json({"settings": found, "options_digest": settings.options().digest(), "thresholds": thresholds})
    elif format_ is Format.YAML:
        answers().print(_as_yaml(settings), end="", markup=False, soft_wrap=True)
    else:
        _print_table(found, settings.options().digest())
        answers().print(f"Thresholds of {thresholds}" if thresholds else "", markup=False)


def list_settings(settings: Settings, flags: dict[str, Any]) -> list[Setting]:
    """Every setting by its dotted name, those of sections included."""
    from pipeline.config import file_values

    in_file = _flat(file_values())
    shown = _flat(_plain(settings))
    return [
        Setting(name=name, value=value, origin=_origin(name, flags, in_file), variable=_variable(name))
        for name, value in shown.items()
    ]


def _thresholds(session: Session) -> Thresholds | None:
    """By what faces are judged; None without a data folder, which showing settings does not make."""
    if session.settings.database_url is None and not session.database_path.is_file():
        return None
    with open_database(session) as control:
        return thresholds_of(adopt_encoder(session, control), control)


def _print_table(found: list[Setting], digest: str) -> None:
    made = table("setting", "value", "from", "environment variable")
    for setting in found:
        style = None if setting.origin == "default" else "bold"
        made.add_row(setting.name, _shown(setting.value), setting.origin, setting.variable, style=style)
    answers().print(made)
    answers().print(f"Digest of the options that decide what a run finds: {digest}")


def _origin(name: str, flags: dict[str, Any], in_file: dict[str, Any]) -> str:
    import os

    if name in flags:
        return "flag"
    if _variable(name) in os.environ:
        return "environment"
    return "file" if name in in_file else "default"


def _variable(name: str) -> str:
    return "FACETRAIL_" + name.replace(".", "__").upper()


def _plain(settings: Settings) -> dict[str, Any]:
    """JSON values; a secret is stars."""
    values: dict[str, Any] = settings.model_dump(mode="json")
    return values


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "-"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _as_yaml(settings: Settings) -> str:
    import yaml  # type: ignore[import-untyped] # comes with pydantic-settings, its types do not

    without_secrets = {name: value for name, value in _plain(settings).items() if not name.endswith("_url")}
    return str(yaml.safe_dump(without_secrets, sort_keys=False, allow_unicode=True))
