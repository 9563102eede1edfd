"""The catalogue says what the files say, follows them as they change, and pages without gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import NotFound
from pipeline.sightings.catalogue.catalogue import Catalogue
from pipeline.sightings.catalogue.queries import CatalogueQuery, Cursor, parse_cursor
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import SightingRow, Status
from tests.builders import START, make_sighting
from tests.builders_catalogue import FIRST_DAY, BusySite, write_busy_site

ADA = CatalogueQuery(person_ids=frozenset({"p_ada"}))


def at(sighting_id: str, start_s: float = 0.0, end_s: float = 4.0, **changes: Any) -> SightingRow:
    """A sighting of Ada in the hall, so many seconds after `START`."""
    row = make_sighting(sighting_id, start=START + timedelta(seconds=start_s), seconds=end_s - start_s)
    return replace(row, **{"source_id": "hall", "person_id": "p_ada", **changes})


def write(data_dir: Path, source_id: str, rows: Sequence[SightingRow]) -> None:
    """Let these be the source's sightings."""
    store = Store(data_dir)
    with store.staging() as staging:
        store.stage_sightings(staging, rows, RowFilter(source_id=source_id))
        staging.publish()


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3,000 sightings of 40 people and 60 unknown ones, over three days at two cameras."""
    folder = tmp_path_factory.mktemp("busy")
    site = BusySite(n_sightings=3000, n_days=3, n_sources=2, n_people=40, n_unknowns=60)
    write_busy_site(folder, site)
    return folder


def test_empty_folder_has_nothing(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path)

    assert catalogue.find().sightings == ()
    assert catalogue.people() == []
    assert catalogue.span() is None
    assert catalogue.state().is_reading is False


def test_rows_are_those_of_the_store_newest_first(busy: Path) -> None:
    stored = Store(busy).read_sightings(RowFilter())

    found = Catalogue(busy).find(limit=5000).sightings

    assert list(found) == sorted(stored, key=lambda row: (-row.start_ts.timestamp(), row.sighting_id))


def test_pages_follow_each_other_without_gap_or_repeat(busy: Path) -> None:
    catalogue = Catalogue(busy)
    query = CatalogueQuery(statuses=frozenset({Status.KNOWN}), source_ids=frozenset({"camera_01"}))
    whole = catalogue.find(query, limit=5000).sightings

    pages: list[SightingRow] = []
    after = None
    while True:
        page = catalogue.find(query, limit=97, after=after)
        pages.extend(page.sightings)
        after = page.after
        if after is None:
            break

    assert tuple(pages) == whole


def test_sightings_that_start_together_are_paged_by_id(tmp_path: Path) -> None:
    write(tmp_path, "hall", [at(f"s_{n}") for n in (3, 1, 2)])
    catalogue = Catalogue(tmp_path)

    first = catalogue.find(limit=1)
    second = catalogue.find(limit=5, after=first.after)

    assert [row.sighting_id for row in (*first.sightings, *second.sightings)] == ["s_1", "s_2", "s_3"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "is_wanted"),
    [
        (CatalogueQuery(person_ids=frozenset()), lambda _: False),
        (CatalogueQuery(person_ids=frozenset({"nobody"})), lambda _: False),
        (CatalogueQuery(person_ids=frozenset({"unknown-0007"})), lambda row: row.person_id == "unknown-0007"),
        (CatalogueQuery(candidate_ids=frozenset({f"p_{5:012x}"})), lambda row: row.candidate_id == f"p_{5:012x}"),
        (CatalogueQuery(least_score=0.8), lambda row: row.best_score >= 0.8),
        (CatalogueQuery(has_person=False), lambda row: row.person_id is None),
        (CatalogueQuery(has_face=False), lambda row: row.thumb_ref is None),
        (
            CatalogueQuery(since=FIRST_DAY + timedelta(hours=20), until=FIRST_DAY + timedelta(hours=30)),
            lambda row: row.end_ts > FIRST_DAY + timedelta(hours=20) and row.start_ts < FIRST_DAY + timedelta(hours=30),
        ),
    ],
)
def test_filters(busy: Path, query: CatalogueQuery, is_wanted) -> None:  # type: ignore[no-untyped-def] # a table of lambdas
    catalogue = Catalogue(busy)

    found = catalogue.find(query, limit=5000).sightings

    assert found == tuple(row for row in catalogue.find(limit=5000).sightings if is_wanted(row))
    assert catalogue.count(query) == len(found)


@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_newest_of_each_are_those_that_are_found_one_by_one(busy: Path, limit: int) -> None:
    catalogue, with_face = Catalogue(busy), CatalogueQuery(has_face=True)
    people = frozenset({"unknown-0003", "unknown-0007", f"p_{5:012x}", "nobody"})

    found = catalogue.newest_of_each(people, limit, with_face)

    alone = {one: catalogue.find(replace(with_face, person_ids=frozenset({one})), limit).sightings for one in people}
    assert found == alone
    assert catalogue.newest_of_each(frozenset(), limit) == {}


def test_sighting_is_found_by_its_id(busy: Path) -> None:
    catalogue = Catalogue(busy)
    row = catalogue.find(limit=100).sightings[-1]

    assert catalogue.get(row.sighting_id) == row
    with pytest.raises(NotFound, match="s_gone"):
        catalogue.get("s_gone")


def test_changed_file_is_read_anew_and_the_others_stay(tmp_path: Path) -> None:
    write(tmp_path, "hall", [at("s_1"), at("s_2")])
    write(tmp_path, "door", [at("s_3", source_id="door")])
    catalogue = Catalogue(tmp_path)
    catalogue.refresh()

    write(tmp_path, "hall", [at("s_2", person_name="Ada L")])

    assert catalogue.refresh() is True
    assert {row.sighting_id: row.person_name for row in catalogue.find().sightings} == {"s_2": "Ada L", "s_3": "Ada"}
    assert catalogue.refresh() is False


def test_damaged_file_is_named_and_the_rest_is_shown(tmp_path: Path) -> None:
    write(tmp_path, "door", [at("s_3", source_id="door")])
    damaged = tmp_path / "sightings" / "date=2026-03-02" / "source=hall" / "sightings.parquet"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"not Parquet")
    catalogue = Catalogue(tmp_path)

    catalogue.refresh()

    assert [row.sighting_id for row in catalogue.find().sightings] == ["s_3"]
    assert str(damaged) in catalogue.state().unreadable[0]


def test_people_are_counted_and_uncertain_sightings_go_by_their_candidate(tmp_path: Path) -> None:
    ada = [
        at("s_1", person_name="Ada before"),
        at("s_2", start_s=60, end_s=63, presence_s=2.5, person_name="Ada"),
    ]
    unsure = at("s_3", status=Status.UNCERTAIN, person_id=None, person_name=None, candidate_id="p_ada")
    nobody = at("s_4", status=Status.UNKNOWN, person_id=None, person_name=None, candidate_id=None)
    write(tmp_path, "hall", [*ada, unsure, nobody])

    found = {one.subject.status: one for one in Catalogue(tmp_path).people()}

    known = found[Status.KNOWN]
    assert (known.subject.person_id, known.person_name, known.n_sightings) == ("p_ada", "Ada", 2)
    assert (known.first_seen, known.last_seen) == (START, START + timedelta(seconds=63))
    assert known.presence_s == pytest.approx(ada[0].presence_s + 2.5)
    assert (found[Status.UNCERTAIN].subject.person_id, found[Status.UNCERTAIN].subject.candidate_id) == (None, "p_ada")
    assert found[Status.UNKNOWN].subject.person_id is None
    assert found[Status.UNKNOWN].subject.candidate_id is None


def test_days_are_counted_between_the_edges_given(tmp_path: Path) -> None:
    night = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    rows = [
        at(
            f"s_{n}",
            start_s=(night - START).total_seconds() + 3600 * n,
            end_s=(night - START).total_seconds() + 3600 * n,
        )
        for n in range(3)
    ]
    write(tmp_path, "hall", rows)
    midnight = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)  # in Berlin
    edges = [(date(2026, 3, 2) + timedelta(days=n), midnight + timedelta(days=n - 1)) for n in range(3)]

    found = Catalogue(tmp_path).days(edges)

    assert [(one.day, one.source_id, one.n_sightings) for one in found] == [
        (date(2026, 3, 2), "hall", 1),
        (date(2026, 3, 3), "hall", 2),
    ]


def test_activity_counts_the_sightings_that_touch_each_stretch(tmp_path: Path) -> None:
    write(
        tmp_path,
        "hall",
        [
            at("s_1", start_s=5, end_s=25),
            at("s_2", start_s=22, end_s=24),
        ],
    )

    (found,) = Catalogue(tmp_path).activity(ADA, START, START + timedelta(seconds=40), 4)

    assert found.counts.tolist() == [1, 1, 2, 0]


def test_cursor_reads_back() -> None:
    assert parse_cursor(str(Cursor(12, "s_1"))) == Cursor(12, "s_1")
