"""From a face to the sightings that look like it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import InputError, NotFound
from pipeline.search.indexing import up_to_date
from pipeline.search.searching import (
    FaceQuery,
    FaceSearch,
    Likeness,
    face_of_sighting,
    find_alike,
    find_sighting,
    likeness_of,
)
from pipeline.sightings.building.building import sighting_id_for
from pipeline.sightings.record.store import RowFilter
from pipeline.sightings.rows import SightingRow
from tests.builders import START, make_vector
from tests.builders_recording import make_seen, open_world
from tests.builders_templates import ENCODER, make_templates, record_embeddings, record_templates

TEMPLATES = make_templates(40)


def always(_row: SightingRow) -> bool:
    return True


def look(data_dir: Path, query: FaceQuery, face: int = 7) -> FaceSearch:
    return find_alike(data_dir, up_to_date(data_dir, ENCODER).rank(TEMPLATES[face], query.wants_file), query, always)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Twenty tracks at the door, and twenty at the gate a day later."""
    record_templates(tmp_path, TEMPLATES[:20])
    record_templates(tmp_path, TEMPLATES[20:], source_id="gate", start=START + timedelta(days=1), first=100)
    return tmp_path


def test_sightings_come_best_first_with_their_scores(data_dir: Path) -> None:
    found = look(data_dir, FaceQuery(limit=5))

    scores = [alike.score for alike in found.alike]
    assert found.n_tracks == 40
    assert found.alike[0].track_id == "t_0000000000000007"
    np.testing.assert_allclose(scores, sorted((TEMPLATES @ TEMPLATES[7]).tolist(), reverse=True)[:5], atol=1e-6)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (FaceQuery(source_ids=frozenset({"gate"})), 20),
        (FaceQuery(source_ids=frozenset()), 0),
        (FaceQuery(start=START + timedelta(hours=12)), 20),
        (FaceQuery(end=START + timedelta(seconds=10)), 10),
        (FaceQuery(least_score=0.999), 1),
        (FaceQuery(limit=3), 3),
    ],
)
def test_search_finds_only_what_is_asked_for(data_dir: Path, query: FaceQuery, count: int) -> None:
    assert len(look(data_dir, query).alike) == count


def test_sightings_that_do_not_count_make_room_for_those_that_do(data_dir: Path) -> None:
    index = up_to_date(data_dir, ENCODER)

    found = find_alike(data_dir, index.rank(TEMPLATES[7]), FaceQuery(limit=20), lambda row: row.source_id == "gate")

    assert len(found.alike) == 20


def test_sighting_of_several_tracks_is_found_once(tmp_path: Path) -> None:
    world = open_world(tmp_path)
    world.commit(9, make_seen(1, 0, 0.0), make_seen(2, 0, 5.0), make_seen(3, 1, 20.0))
    world.recorder.refresh_sightings(world.lease, world.record.run.source_id, 0)
    world.finish()
    index = up_to_date(tmp_path, ENCODER)

    found = find_alike(tmp_path, index.rank(make_vector(0)), FaceQuery(), always)

    rows = world.store.read_sightings(RowFilter())
    assert [alike.sighting.sighting_id for alike in found.alike][:1] == [rows[0].sighting_id]
    assert len(found.alike) == len(rows)
    world.control.close()


def test_sighting_is_found_by_its_id_and_looks_like_itself(data_dir: Path) -> None:
    index = up_to_date(data_dir, ENCODER)

    row = find_sighting(data_dir, index, sighting_id_for("t_0000000000000007"))

    np.testing.assert_allclose(face_of_sighting(index, row), TEMPLATES[7], atol=1e-6)


def test_sighting_that_is_not_there_is_named(data_dir: Path) -> None:
    with pytest.raises(NotFound, match="s_nothing"):
        find_sighting(data_dir, up_to_date(data_dir, ENCODER), "s_nothing")


def test_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InputError, match="ends before it begins"):
        FaceQuery(start=START, end=START)


@pytest.mark.parametrize(
    ("score", "likeness"),
    [
        (0.6, Likeness.SAME),
        (0.5, Likeness.SAME),
        (0.45, Likeness.PERHAPS),
        (0.4, Likeness.PERHAPS),
        (0.39, Likeness.OTHER),
    ],
)
def test_score_says_what_it_would_say_of_a_track(score: float, likeness: Likeness) -> None:
    assert likeness_of(score, 0.5, 0.4) is likeness


@pytest.mark.slow
def test_search_of_many_is_exact(tmp_path: Path) -> None:
    templates = make_templates(100_000, seed=3)
    record_embeddings(tmp_path, templates)
    face = make_templates(1, seed=4)[0]

    hits = up_to_date(tmp_path, ENCODER).rank(face).best(1000)

    exact = np.argsort(-(templates @ face), kind="stable")[:1000]
    assert [hit.place.track_id for hit in hits] == [f"t_{place:016x}" for place in exact]
