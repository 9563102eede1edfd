"""Sources: known by their content, found by id or label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.control.work.sources import Sources
from pipeline.errors import InputError, NotFound
from tests.builders import START
from tests.builders_recording import make_new_source
from tests.control_databases import open_database


@pytest.fixture
def sources(tmp_path: Path) -> Iterator[Sources]:
    control = open_database(tmp_path)
    yield Sources(control)
    control.close()


def test_no_sources_at_first(sources: Sources) -> None:
    assert sources.list() == []


def test_known_source_takes_a_new_label_and_keeps_its_start(sources: Sources) -> None:
    sources.upsert(make_new_source("f_1"))

    again = sources.upsert(replace(make_new_source("f_1", label="gate.mp4"), start_ts=START + timedelta(days=1)))

    assert (again.label, again.path, again.start_ts) == ("gate.mp4", "/footage/gate.mp4", START)


def test_source_is_found_by_id_or_label(sources: Sources) -> None:
    sources.upsert(make_new_source("f_1", label="gate.mp4"))

    assert sources.find("f_1") == sources.find("gate.mp4") == sources.get("f_1")


def test_unknown_source_lists_those_there_are(sources: Sources) -> None:
    sources.upsert(make_new_source("f_1", label="gate.mp4"))

    with pytest.raises(NotFound, match=r"no source 'door'; there are: gate\.mp4"):
        sources.find("door")


def test_label_of_several_sources_is_not_enough(sources: Sources) -> None:
    sources.upsert(make_new_source("f_1"))
    sources.upsert(make_new_source("f_2"))

    with pytest.raises(InputError, match="f_1, f_2"):
        sources.find("door.mp4")
