"""The index is made apart from requests, which hear how far it is."""

from __future__ import annotations

import threading

import pytest

from dashboards.web.search.readiness import Readiness
from pipeline.errors import StoreFull


class SlowFinder:
    """Has read half of the record, and waits to be let go."""

    def __init__(self) -> None:
        self.may_end = threading.Event()

    def refresh(self, progress):
        progress(1, 2)
        self.may_end.wait()


class FullDisk:
    def refresh(self, progress):
        raise StoreFull("no room left")


def test_page_hears_how_far_the_index_is_and_then_that_it_is_ready() -> None:
    finder = SlowFinder()
    readiness = Readiness(finder)

    before = readiness.part_done(patience_s=0.05)
    finder.may_end.set()

    assert (before, readiness.part_done(patience_s=10)) == (0.5, 1.0)


def test_index_that_cannot_be_made_says_why() -> None:
    with pytest.raises(StoreFull):
        Readiness(FullDisk()).part_done(patience_s=10)
