"""Fixtures that the whole suite shares: the open test data, and folders to work in."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.encoders.local.terms import accept_terms
from pipeline.encoders.manifest import shipped_entries
from pipeline.errors import WeightsError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

    from pipeline.sample.making import Sample

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def open_data() -> Path:
    """The folder of real test data beside the repository; tests that need it skip without it, and say so."""
    folder = Path(os.environ.get("FACETRAIL_OPEN_DATA", REPOSITORY.parent / "shared" / "data" / "open"))
    if not (folder / "MANIFEST.md").is_file():
        pytest.skip(f"no open test data at {folder} (set FACETRAIL_OPEN_DATA to its folder)")
    return folder


@pytest.fixture(scope="session")
def sample(request: pytest.FixtureRequest) -> Sample:
    """The sample clip with its gallery and truth, made once and kept in pytest's cache; no other data is needed."""
    from pipeline.sample.making import make_sample  # brings in the video writer, which most tests do without

    folder = kept_folder(request, "sample")
    try:
        return make_sample(folder, folder / ".pictures")
    except WeightsError as error:
        pytest.skip(f"the sample's photographs cannot be had: {error}")


@pytest.fixture(scope="session")
def weights_cache(request: pytest.FixtureRequest) -> Path:
    """Where models that no installed package carries are fetched to, once for all sessions.

    Whoever runs the tests uses the weights with terms (research only) for research: for testing this software.
    """
    folder = kept_folder(request, "weights")
    for entry in shipped_entries():
        accept_terms(entry, folder, by="the tests", at=datetime.now(UTC))
    return folder


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; there can be one only, and it keeps a loop of asyncio in the tests' thread."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The program of a real Chromium; tests that need one skip without it, and say so."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium here (Debian: apt install chromium)")
    return path


@pytest.fixture(scope="session")
def chromium(chromium_path: str, playwright: Playwright) -> Iterator[Browser]:
    """A real Chromium without a window."""
    browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"])
    yield browser
    browser.close()


def kept_folder(request: pytest.FixtureRequest, name: str) -> Path:
    """A folder that the next session finds again, in pytest's cache; skips when that is switched off."""
    if not request.config.pluginmanager.hasplugin("cacheprovider"):
        pytest.skip("what was fetched is kept in pytest's cache, which is switched off (-p no:cacheprovider)")
    return Path(request.config.cache.mkdir(name))


def pytest_collection_finish() -> None:
    """Keep what was collected, thousands of tests and their modules, out of each later look for garbage."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Let what was kept go, so that libraries find nothing of theirs left at the end."""
    gc.unfreeze()
