"""Who is in each source: the sums of the rows themselves, and the best face that there is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.sightings.catalogue.catalogue import Catalogue
from pipeline.sightings.catalogue.queries import CatalogueQuery
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import SightingRow, Status
from tests.builders import make_sighting
from tests.builders_catalogue import BusySite, write_busy_site


def write(data_dir: Path, rows: list[SightingRow]) -> Catalogue:
    store = Store(data_dir)
    with store.staging() as staging:
        store.stage_sightings(staging, rows, RowFilter(source_id=rows[0].source_id))
        staging.publish()
    return Catalogue(data_dir)


def test_nobody_is_in_an_empty_record(tmp_path: Path) -> None:
    assert Catalogue(tmp_path).seen() == {}


def test_sums_are_those_of_the_rows_however_many(tmp_path: Path) -> None:
    write_busy_site(tmp_path, BusySite(n_sightings=80, n_days=1, n_sources=2, n_people=5, n_unknowns=5))
    rows = Store(tmp_path).read_sightings(RowFilter(source_id="camera_01"))

    found = Catalogue(tmp_path).seen(CatalogueQuery(source_ids=frozenset({"camera_01"})))

    assert set(found) == {"camera_01"}
    people = found["camera_01"].people
    assert found["camera_01"].n_uncertain == sum(row.status is Status.UNCERTAIN for row in rows)
    assert {one.person_id for one in people} == {row.person_id for row in rows} - {None}
    for one in people:
        theirs = [row for row in rows if row.person_id == one.person_id]
        best = max(theirs, key=lambda row: row.best_score or 0.0)
        assert (one.n_sightings, one.thumb_ref, one.status) == (len(theirs), best.thumb_ref, best.status)
        assert one.presence_s == pytest.approx(sum(row.presence_s for row in theirs))
        assert one.first_media_s == min(row.media_start_s for row in theirs)


def test_known_people_come_first_and_those_left_out_are_counted(tmp_path: Path) -> None:
    rows = [
        make_sighting("s_1", person="Ada", seconds=2.0),
        make_sighting("s_2", person="Grace", seconds=9.0),
        make_sighting("s_3", person="Unknown-0001", status=Status.UNKNOWN, seconds=60.0),
        make_sighting("s_4", person=None, status=Status.UNKNOWN),
    ]

    seen = write(tmp_path, rows).seen(most=2)[rows[0].source_id]

    assert [one.name for one in seen.people] == ["Grace", "Ada"]
    assert (seen.n_known, seen.n_unknown, seen.n_uncertain, seen.n_unnamed) == (2, 1, 0, 1)


def test_best_face_is_of_a_sighting_that_has_one(tmp_path: Path) -> None:
    rows = [
        replace(make_sighting("s_1"), best_score=0.9, thumb_ref=None),
        replace(make_sighting("s_2"), best_score=0.5, thumb_ref="thumbs/day/t_2_0.jpg"),
        replace(make_sighting("s_3"), best_score=None, thumb_ref="thumbs/day/t_3_0.jpg"),
    ]

    [ada] = write(tmp_path, rows).seen()[rows[0].source_id].people

    assert (ada.thumb_ref, ada.best_score, ada.name) == ("thumbs/day/t_2_0.jpg", 0.9, "Ada")
