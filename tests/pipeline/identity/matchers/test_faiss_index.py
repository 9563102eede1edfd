"""Large galleries by FAISS: candidates from an index, scores as exact as without."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from pipeline.identity.matchers.faiss_index import RECALL_WANTED, flat_matcher, hnsw_matcher
from pipeline.identity.matchers.matching import Gallery, MeanMatcher
from pipeline.schemas import VectorF32

pytest.importorskip("faiss", reason="FAISS is not installed (extra `faiss`)")

N_PEOPLE = 2000


def unit_rows(n_rows: int, seed: int) -> VectorF32:
    rows = np.random.default_rng(seed).standard_normal((n_rows, 32)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    ids = tuple(map(str, range(N_PEOPLE)))
    return Gallery(1, "any", ids, ids, unit_rows(N_PEOPLE, 0), np.arange(N_PEOPLE))


def test_nobody_asked_and_nobody_enrolled(gallery: Gallery) -> None:
    assert flat_matcher(gallery).match(np.empty((0, 32), np.float32)) == []
    assert flat_matcher(Gallery.empty("any", 32)).match(unit_rows(1, 1)) == [None]


def test_graph_of_nobody_finds_nobody_and_is_not_kept(tmp_path: Path) -> None:
    assert hnsw_matcher(Gallery.empty("any", 32), tmp_path).match(unit_rows(1, 1)) == [None]
    assert list(tmp_path.iterdir()) == []


def test_a_single_person_has_no_second(tmp_path: Path) -> None:
    (match,) = hnsw_matcher(Gallery(1, "any", ("a",), ("a",), unit_rows(1, 0), [0]), tmp_path).match(unit_rows(1, 1))

    assert (match.person_id, match.second_person_id, match.margin) == ("a", None, None)


def test_flat_index_finds_what_the_exact_search_finds(gallery: Gallery) -> None:
    templates = unit_rows(40, 1)

    found, exact = flat_matcher(gallery).match(templates), MeanMatcher(gallery).match(templates)

    assert [(m.person_id, m.second_person_id) for m in found] == [(m.person_id, m.second_person_id) for m in exact]
    assert [m.score for m in found] == pytest.approx([m.score for m in exact], abs=1e-6)


def test_graph_finds_nearly_everybody_with_the_second_person(gallery: Gallery, tmp_path: Path) -> None:
    templates = unit_rows(200, 1)
    matcher = hnsw_matcher(gallery, tmp_path)

    found, exact = matcher.match(templates), MeanMatcher(gallery).match(templates)

    assert matcher.recall >= RECALL_WANTED
    assert np.mean([one.person_id == other.person_id for one, other in zip(found, exact, strict=True)]) >= 0.97
    assert np.mean([a.second_person_id == b.second_person_id for a, b in zip(found, exact, strict=True)]) >= 0.95


def test_graph_is_built_once_and_read_after_that(
    gallery: Gallery, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    built = hnsw_matcher(gallery, tmp_path)
    caplog.clear()

    read = hnsw_matcher(gallery, tmp_path)

    assert (caplog.messages, read.recall) == ([], built.recall)
    assert read.match(unit_rows(50, 1)) == built.match(unit_rows(50, 1))


def test_same_gallery_gives_the_same_graph(gallery: Gallery, tmp_path: Path) -> None:
    hnsw_matcher(gallery, tmp_path / "one")
    hnsw_matcher(gallery, tmp_path / "other")

    (one,), (other,) = ((tmp_path / name).glob("*.hnsw") for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["hnsw", "hnsw.json"])
def test_damaged_file_is_built_anew(
    gallery: Gallery, tmp_path: Path, caplog: pytest.LogCaptureFixture, suffix: str
) -> None:
    right = hnsw_matcher(gallery, tmp_path).match(unit_rows(20, 1))
    (path,) = tmp_path.glob(f"*.{suffix}")
    path.write_bytes(path.read_bytes()[:-9] + b"damaged!!")

    assert hnsw_matcher(gallery, tmp_path).match(unit_rows(20, 1)) == right
    assert "built anew" in caplog.text
    assert "damaged!!" not in path.read_bytes().decode(errors="replace")


def test_only_the_newest_gallery_keeps_files_and_they_are_private(gallery: Gallery, tmp_path: Path) -> None:
    hnsw_matcher(gallery, tmp_path)
    hnsw_matcher(Gallery(2, "any", ("a", "b"), ("a", "b"), unit_rows(2, 3), np.arange(2)), tmp_path)

    assert [path.suffix for path in sorted(tmp_path.iterdir())] == [".hnsw", ".json"]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.slow
def test_index_answers_alike_while_tensorflow_works_in_the_same_process(gallery: Gallery) -> None:
    import tensorflow as tf

    matcher, templates, answers = flat_matcher(gallery), unit_rows(64, 1), []
    multiply = tf.function(lambda square: tf.linalg.matmul(square, square))
    works = [
        Thread(target=lambda: [multiply(tf.ones((400, 400))).numpy() for _ in range(40)], daemon=True),
        *(Thread(target=lambda: answers.append(str(matcher.match(templates))), daemon=True) for _ in range(8)),
    ]
    for work in works:
        work.start()
    for work in works:
        work.join(60)

    assert not any(work.is_alive() for work in works)
    assert (len(answers), len(set(answers))) == (8, 1)
