"""TOML is written as the standard library reads it."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.encoders.local.toml_format import to_toml, write_toml

MOMENT = datetime(2026, 5, 1, 9, 30, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"text": 'quotes " and \\ and\nlines\x7f\x00 and ünïcode 🙂'},
        {"yes": True, "no": False, "many": -3, "small": 1e-05, "part": 0.44},
        {"at": MOMENT},
        {"points": [[0.1, 0.2], [0.3, 0.4]], "none": []},
        {"encoders": {"sface": {"summary": "a", "calibration": {"threshold": 0.4}}, "empty": {}}},
        {"a key": {"dotted.key": {"x": 1}}, "": "no name"},
    ],
)
def test_what_is_written_is_read_back_equal(document: dict[str, object]):
    assert tomllib.loads(to_toml(document)) == document


def test_a_value_of_another_kind_is_refused():
    with pytest.raises(TypeError, match="no TOML for NoneType"):
        to_toml({"nothing": None})


def test_a_file_is_replaced_whole_and_nothing_else_is_left(tmp_path: Path):
    path = tmp_path / "new" / "models.toml"

    write_toml(path, {"x": 1}, "who wrote it")
    write_toml(path, {"x": 2}, "who wrote it")

    assert path.read_text() == "# who wrote it\n\nx = 2\n"
    assert list(path.parent.iterdir()) == [path]
