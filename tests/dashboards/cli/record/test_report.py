"""A report is written where it is asked for."""

from __future__ import annotations

from pathlib import Path

from tests.dashboards.cli.conftest import Run


def test_report_of_everything_goes_to_the_data_folder(facetrail: Run, record: Path) -> None:
    said = facetrail("report", "--json").json

    page = Path(said["report"])
    assert page == record / "reports" / "report.html"
    assert said["n_sightings"] == 3
    assert "Ada" in page.read_text()


def test_report_shows_the_pictures_of_the_record(facetrail: Run, record: Path) -> None:
    page = Path(facetrail("report", "--source", "door.mp4", "--out", "door.html", "--json").json["report"])

    assert page.read_text().count("data:image/jpeg;base64,") >= 3


def test_report_of_a_time_without_footage_has_no_source(facetrail: Run, record: Path) -> None:
    facetrail("report", "--from", "2027-01-01", "--out", "empty.html")

    assert "Nothing has been analysed yet" in Path("empty.html").read_text()


def test_report_that_cannot_be_written_is_named(facetrail: Run, record: Path) -> None:
    Path("file").touch()

    said = facetrail("report", "--out", "file/report.html")

    assert said.code == 2
    assert "file/report.html" in said.err
