"""Figures of the control database: who is enrolled today, not who ever was."""

from __future__ import annotations

from pathlib import Path

from pipeline.control.database import open_control
from pipeline.control.gallery.people import People
from pipeline.control.overview import read_overview
from tests.builders import START


def test_people_who_were_removed_are_not_counted(tmp_path: Path) -> None:
    control = open_control(tmp_path)
    People(control).enrol_all({"Ada": [], "Grace": []})
    People(control).rename("Grace", "Grace Hopper")
    People(control).remove("Ada")

    assert read_overview(control, START).n_people == 1
    control.close()
