"""What scripts read is as the page says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import pytest

from dashboards.cli.cameras.view import Viewed
from tests.conftest import REPOSITORY
from tests.dashboards.cli.conftest import Run

PAGE = REPOSITORY / "docs" / "command-line.md"


def line_about(command: str) -> str:
    """The row of the page's table that tells of a command."""
    rows = [
        line for line in PAGE.read_text().splitlines() if f"`{command}`" in line.partition("|")[2].partition("|")[0]
    ]
    assert len(rows) == 1
    return rows[0]


def missing_keys(command: str, keys: Iterable[str]) -> list[str]:
    """Those of the keys that the page does not name."""
    return [key for key in keys if f"`{key}`" not in line_about(command)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    ["jobs", "sightings", "timeline", "attendance --from 2026-03-02", "people", "relabel", "status", "config show"],
)
def test_every_key_of_a_document_is_on_the_page(facetrail: Run, record: Path, command: str) -> None:
    name = command.split(" --", maxsplit=1)[0]

    document = facetrail(*command.split(), "--json").json

    lists = [value for value in document.values() if isinstance(value, list) and value]
    inner = set() if name in {"sightings", "people", "status"} else {key for items in lists for key in items[0]}
    assert missing_keys(name, {*document, *inner}) == []


def test_every_key_of_a_camera_is_on_the_page(facetrail: Run, tmp_path: Path) -> None:
    (tmp_path / "facetrail.yaml").write_text("cameras: {yard: {url: 'device:0', enabled: false}}")

    (camera,) = facetrail("camera", "list", "--json").json["cameras"]

    assert missing_keys("camera list", camera) == []


def test_every_key_of_a_viewed_camera_is_on_the_page() -> None:
    assert missing_keys("camera view CAMERA", [field.name for field in fields(Viewed)]) == []


def test_error_has_the_shape_of_the_page(facetrail: Run) -> None:
    assert set(facetrail("jobs", "--json").json["error"]) == {"kind", "message", "exit_code"}
