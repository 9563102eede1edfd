"""`facetrail up` for a new user who has a browser and nothing else: its printed link, and the pages by their names."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from tests.end_to_end.commands import Folder

STOP_S = 30
PASSWORD = "a long walk by the sea"  # noqa: S105 # of no one


@dataclass(frozen=True, slots=True)
class Walker:
    """A person in front of a browser window."""

    page: Page

    def opens(self, title: str) -> None:
        """Go to a page by the navigation at the side."""
        self.page.locator(".side-nav").get_by_role("link", name=title, exact=True).click()
        expect(self.page.get_by_role("heading", level=1, name=title)).to_be_visible()
        self.page.wait_for_load_state()  # a file that is chosen before scripts are there is sent nowhere

    def presses(self, name: str) -> None:
        """Press the first button of that name which can be seen, outside the navigation."""
        self._in_content("button", name).click()

    def follows(self, name: str) -> None:
        """Follow the first link of that name which can be seen, outside the navigation."""
        self._in_content("link", name).click()

    def fills(self, label: str, text: str) -> None:
        """Write into the first field of that label which can be seen."""
        self.page.get_by_label(label, exact=False).locator("visible=true").first.fill(text)

    def signs_out(self) -> None:
        """Press the button in the navigation, and be at the door again."""
        self.page.wait_for_load_state()
        self.page.locator(".side-nav").get_by_role("button", name="Sign out").click()
        self.page.wait_for_url("**/sign-in*")

    def _in_content(self, role: Literal["button", "link"], name: str) -> Locator:
        self.page.wait_for_load_state()  # with its scripts, without which a button does nothing
        return self.page.locator("#content").get_by_role(role, name=name, exact=True).locator("visible=true").first


@contextmanager
def started(folder: Folder) -> Iterator[str]:
    """The one-time link that `facetrail up` prints; at the end it is stopped as Ctrl-C stops it."""
    process = folder.start("up", "--port", "0")
    try:
        yield printed_link(process)
    finally:
        process.terminate()
        process.communicate(timeout=STOP_S)


def printed_link(process: subprocess.Popen[str]) -> str:
    """The link for the first account among the lines of a started process, which go on being read afterwards."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if line.startswith("http"):
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return line.strip()
    raise AssertionError(f"no link was printed: {''.join(said)}")
