"""What scripts read is as the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.dashboards.cli.conftest import Run

PAGE = REPOSITORY / "docs" / "command-line.md"


@pytest.mark.parametrize(
    "command",
    ["jobs", "sightings", "timeline", "attendance --from 2026-03-02", "people", "relabel", "status", "config show"],
)
def test_every_key_of_a_document_is_on_the_page(facetrail: Run, record: Path, command: str) -> None:
    name = command.split(" --", maxsplit=1)[0]
    (line,) = [
        line for line in PAGE.read_text().splitlines() if f"`{name}`" in line.partition("|")[2].partition("|")[0]
    ]

    document = facetrail(*command.split(), "--json").json

    lists = [value for value in document.values() if isinstance(value, list) and value]
    inner = set() if name in {"sightings", "people", "status"} else {key for items in lists for key in items[0]}
    assert [key for key in {*document, *inner} if f"`{key}`" not in line] == []


def test_error_has_the_shape_of_the_page(facetrail: Run) -> None:
    assert set(facetrail("jobs", "--json").json["error"]) == {"kind", "message", "exit_code"}
