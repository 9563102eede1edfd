"""Large galleries through FAISS: a flat index, and a graph (HNSW) that is built once for a gallery and kept as a file.

It hides FAISS (extra `faiss`). An index only proposes candidates: their scores are computed again, exactly, so that
they, the margin and the thresholds mean the same as without one. The file holds face data; it and its description are
readable by their owner only, and those of earlier galleries of the encoder go when one is written.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from pipeline.errors import SettingsError
from pipeline.fetching.carriers import file_sha256
from pipeline.identity.matchers.matching import Gallery, IndexArray, MeanMatcher, match_candidates
from pipeline.schemas import Match, VectorF32

logger = logging.getLogger(__name__)

CANDIDATES = 8
"""People whom an index proposes: the best two and some that rounding may put before them."""
LINKS = 32
"""M: neighbours that a node of the graph keeps; 16 left recall at 0.91 where 32 had 0.998 (100,000 people)."""
BUILD_WIDTH = 64
"""efConstruction; 200 built half as long again as 100 and found no more."""
SEARCH_WIDTHS = (64, 128, 256, 512, 1024)
"""efSearch: the first that reaches the recall wanted is kept with the graph, and the last where none does."""
RECALL_WANTED = 0.99
QUERIES = 1000
"""Templates that recall is measured with."""
STRAYING = 2 / 3
"""How far these lie from their person, as a share of the difference of two others: at a cosine of about 0.73, where a
template lies from the mean of three references."""
SEED = 0


class IndexNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a graph; it lies beside it."""

    sha256: str
    search_width: int
    recall: float
    """Share of templates whose best person is the same as with an exact search."""
    n_people: int


@dataclass(frozen=True, slots=True, eq=False)
class FaissMatcher:
    """A matcher whose candidates come from an index over the means of a gallery."""

    gallery: Gallery
    index: Any
    """A FAISS index over `gallery.means`, by inner product."""
    recall: float = 1.0
    """As measured when the index was built."""

    def match(self, templates: VectorF32) -> list[Match | None]:
        """One candidate for each template; None where nobody is enrolled."""
        if not len(templates) or not len(self.gallery.means):
            return [None] * len(templates)
        return match_candidates(templates, _search(self.index, templates, self.gallery), self.gallery)


def has_faiss() -> bool:
    """Whether FAISS is installed; does not import it."""
    return find_spec("faiss") is not None


def check_faiss() -> None:
    """Raise `SettingsError` unless FAISS is installed."""
    if not has_faiss():
        raise SettingsError("identity.index 'flat' and 'hnsw' need FAISS: pip install 'facetrail[faiss]'")


def flat_matcher(gallery: Gallery) -> FaissMatcher:
    """An index that compares with everybody; raises `SettingsError` without FAISS."""
    index = _faiss().IndexFlatIP(gallery.means.shape[1])
    index.add(gallery.means)
    return FaissMatcher(gallery, index)


def hnsw_matcher(gallery: Gallery, folder: Path) -> FaissMatcher:
    """The gallery's graph, from its file in `folder`, or built and kept there when that is missing or damaged.

    Building is done by one thread, so that the same gallery gives the same graph; a million people take minutes.
    Raises `SettingsError` without FAISS.
    """
    if not len(gallery.means):
        return flat_matcher(gallery)  # a graph of nobody has nothing to measure, nor to keep
    path = folder / f"{gallery.encoder}-{gallery.digest()[:16]}.hnsw"
    kept = _read(path, gallery)
    return _build(path, gallery) if kept is None else kept


def _build(path: Path, gallery: Gallery) -> FaissMatcher:
    index, faiss = _empty_graph(gallery), _faiss()
    logger.info("building the index of %s people", len(gallery.means))
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        index.add(gallery.means)
    finally:
        faiss.omp_set_num_threads(threads)
    recall = _tune(index, gallery)
    _keep(path, index, recall, len(gallery.means))
    logger.info("index of %s people: recall@1 %.3f at a width of %s", len(gallery.means), recall, index.hnsw.efSearch)
    if recall < RECALL_WANTED:
        logger.warning(
            "the index misses %.1f %% of the best matches; identity.index: exact misses none", 100 - 100 * recall
        )
    return FaissMatcher(gallery, index, recall)


def _empty_graph(gallery: Gallery) -> Any:
    faiss = _faiss()
    index = faiss.IndexHNSWFlat(gallery.means.shape[1], LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = BUILD_WIDTH
    return index


def _tune(index: Any, gallery: Gallery) -> float:
    """Set the narrowest search that reaches the recall wanted; returns the recall reached."""
    queries = _queries(gallery)
    right = [match.person_id for match in MeanMatcher(gallery).match(queries) if match]
    recall = 1.0
    for width in SEARCH_WIDTHS:
        index.hnsw.efSearch = width
        matches = match_candidates(queries, _search(index, queries, gallery), gallery)
        found = [match.person_id if match else None for match in matches]
        recall = float(np.mean([one == other for one, other in zip(found, right, strict=True)])) if right else 1.0
        if recall >= RECALL_WANTED:
            break
    return recall


def _queries(gallery: Gallery) -> VectorF32:
    """`(N, D)` float32 of unit length: templates of people of the gallery, off their means as real ones are."""
    rng = np.random.default_rng(SEED)
    own, one, other = rng.integers(0, len(gallery.means), (3, min(QUERIES, len(gallery.means))))
    queries = gallery.means[own] + np.float32(STRAYING) * (gallery.means[one] - gallery.means[other])
    lengths = np.linalg.norm(queries, axis=1, keepdims=True)
    return np.asarray(queries / np.maximum(lengths, np.float32(1e-12)), np.float32)


def _search(index: Any, templates: VectorF32, gallery: Gallery) -> IndexArray:
    _, places = index.search(np.ascontiguousarray(templates), min(CANDIDATES, len(gallery.means)))
    return np.asarray(places, np.intp)


def _keep(path: Path, index: Any, recall: float, n_people: int) -> None:
    """Write the graph, then its description; a reader takes neither without the other."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    temporary.touch(mode=0o600)
    try:
        _faiss().write_index(index, str(temporary))
        note = IndexNote(file_sha256(temporary), index.hnsw.efSearch, recall, n_people)
        _forget_earlier(path)
        temporary.replace(path)
        temporary.touch(mode=0o600)
        temporary.write_bytes(msgspec.json.encode(note))
        temporary.replace(_note_path(path))
    except (OSError, RuntimeError) as error:
        logger.warning("the index could not be kept in %s, and is built anew next time: %s", path.parent, error)
    finally:
        temporary.unlink(missing_ok=True)


def _forget_earlier(path: Path) -> None:
    """Remove the indexes of this encoder's earlier galleries, and descriptions without an index."""
    encoder = path.stem.rpartition("-")[0]
    for old in path.parent.glob(f"{encoder}-*.hnsw*"):
        old.unlink(missing_ok=True)


def _read(path: Path, gallery: Gallery) -> FaissMatcher | None:
    """The kept graph; None unless it is there and whole."""
    faiss = _faiss()
    try:
        note = msgspec.json.decode(_note_path(path).read_bytes(), type=IndexNote)
        if note.n_people != len(gallery.means) or file_sha256(path) != note.sha256:
            logger.warning("%s is damaged, and is built anew", path)
            return None
        index = faiss.read_index(str(path))
    except FileNotFoundError:
        return None
    except (OSError, RuntimeError, msgspec.DecodeError) as error:
        logger.warning("%s cannot be read, and is built anew: %s", path, error)
        return None
    index.hnsw.efSearch = note.search_width
    return FaissMatcher(gallery, index, note.recall)


def _note_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _faiss() -> Any:
    check_faiss()
    import faiss

    return faiss
