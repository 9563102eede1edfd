"""The settings file as it stands, or what keeps it from being read; hides PyYAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped] # comes with pydantic-settings, its types do not

from pipeline.errors import SettingsError

MERGE = "tag:yaml.org,2002:merge"
"""The key `<<`, which may stand several times."""


def read_settings_file(file: Path) -> dict[str, Any]:
    """The values of the YAML in `file`; none of a file that is empty, or is not there.

    Raises `SettingsError` that names the file, and the line of what is no YAML or stands there twice.
    """
    if not file.is_file():
        return {}
    try:
        values = yaml.load(file.read_text(encoding="utf-8"), _Loader)  # noqa: S506 # a SafeLoader
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: settings are written in UTF-8: {error.reason} at byte {error.start}") from error
    except yaml.MarkedYAMLError as error:
        raise SettingsError(f"{file}, {_place(error)}") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"{file}: this is no YAML: {error}") from error
    if values is not None and not isinstance(values, dict):
        raise SettingsError(f"{file}: settings are names with values, such as `detectors: 2`")
    return values or {}


class _Loader(yaml.SafeLoader):  # type: ignore[misc] # without types
    """Takes no name twice, of which YAML's own would silently drop the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.tag != MERGE]
        seen: set[str] = set()
        for name in names:
            if name.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{name.value} stands here twice", problem_mark=name.start_mark)
            seen.add(name.value)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def _place(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    said = error.problem or error.context
    return f"line {mark.line + 1}: {said}" if mark else str(said)
