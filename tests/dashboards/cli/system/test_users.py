"""`facetrail users`: the same accounts as on the pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.control.accounts.users import Users
from pipeline.control.audit import AuditLog
from pipeline.control.database import open_control
from tests.dashboards.cli.conftest import Run

pytestmark = pytest.mark.slow  # each runs several commands


def add(facetrail: Run, name: str, role: str) -> str:
    return str(facetrail("users", "add", name, "--role", role, "--json").json["link"])


def test_nobody_is_listed_at_first(facetrail: Run) -> None:
    assert facetrail("users", "list", "--json").json == {"users": []}


def test_first_link_is_made_until_there_is_somebody(facetrail: Run) -> None:
    first = facetrail("users", "link")
    add(facetrail, "ada", "admin")

    assert first.out.startswith("http://127.0.0.1:8321/set-up?token=")
    assert facetrail("users", "link").code == 2


def test_link_says_how_browsers_reach_the_pages(facetrail: Run) -> None:
    said = facetrail("users", "link", FACETRAIL_WEB__PUBLIC_URL="https://faces.example.org")

    assert said.out.startswith("https://faces.example.org/set-up?token=")


def test_user_is_added_changed_and_removed(facetrail: Run, tmp_path: Path) -> None:
    add(facetrail, "ada", "admin")
    add(facetrail, "grace", "viewer")

    facetrail("users", "role", "grace", "analyst")
    listed = facetrail("users", "list", "--json").json["users"]
    facetrail("users", "remove", "grace")

    assert [(user["name"], user["role"], user["state"]) for user in listed] == [
        ("ada", "admin", "link not used"),
        ("grace", "analyst", "link not used"),
    ]
    control = open_control(tmp_path / "data")
    assert [user.name for user in Users(control).list()] == ["ada"]
    assert AuditLog(control).read()[0].action == "remove user"
    control.close()


@pytest.mark.parametrize(
    "arguments",
    [["role", "nobody", "admin"], ["role", "ada", "owner"], ["remove", "nobody"], ["link", "nobody"], ["add", "ADA"]],
)
def test_what_cannot_be_is_told(facetrail: Run, arguments: list[str]) -> None:
    add(facetrail, "ada", "admin")

    assert facetrail("users", *arguments).code == 2
