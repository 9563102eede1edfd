"""Matching with large galleries: exactly against the bare matrix product, and through FAISS with what that misses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from pipeline.identity.matchers.faiss_index import FaissMatcher, flat_matcher, has_faiss, hnsw_matcher
from pipeline.identity.matchers.matching import Gallery, Matcher, MeanMatcher, match_templates
from tests.bench.galleries import DrawnGallery, draw_gallery
from tests.bench.measurement import Bar, Measurement
from tests.bench.settings import BenchSettings

BATCH = 32
BARRED = (100_000, 1_000_000)
"""Sizes with a bar."""
SIZES = (1_000, 10_000, 100_000, 1_000_000)
SHORT_MOST = 100_000
"""The largest gallery of a short bench; the graph of a million people takes minutes to build."""
PICTURES_EACH = 3
ROUNDS = 12
"""At least so many."""
MOST_ROUNDS = 1000
ROUNDS_S = 3.0
"""Seconds that rounds go on for, as long as they are not so many."""
TEMPLATES = 1000
"""Of which recall is the share."""


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """One reference a person, which leaves nothing to save; and three."""
    for size in SIZES:
        if size > SHORT_MOST and settings.short:
            return
        drawn = draw_gallery(size, 1, TEMPLATES)
        if size in BARRED:
            yield _against_bare(drawn)
        yield from _by_every_index(drawn, settings.folder)
        if size == SHORT_MOST:
            yield from _by_every_index(draw_gallery(size, PICTURES_EACH, TEMPLATES), settings.folder)


def _against_bare(drawn: DrawnGallery) -> Measurement:
    templates, gallery = drawn.templates[:BATCH], drawn.gallery
    ours, bare = _least_s(
        partial(match_templates, templates, gallery),
        partial(np.matmul, templates, gallery.references.T),
    )
    return Measurement(
        what=f"matching, {BATCH} against {len(gallery.references):,} of 128: clock",
        figure=ours / bare,
        unit="x",
        detail=f"{ours * 1e3:.1f} ms against {bare * 1e3:.1f} ms of bare product",
        bar=Bar(1.3, 1.05),
    )


def _by_every_index(drawn: DrawnGallery, folder: Path) -> Iterator[Measurement]:
    gallery = drawn.gallery
    yield _timed("exact", MeanMatcher(gallery), drawn, f"{_mb(gallery.means.nbytes)} MB of means")
    if not has_faiss():
        return
    yield _timed("flat", flat_matcher(gallery), drawn, f"{_mb(gallery.means.nbytes)} MB more")
    with TemporaryDirectory(dir=folder) as scratch:
        begin = time.perf_counter()
        graph = hnsw_matcher(gallery, Path(scratch))
        seconds = time.perf_counter() - begin
        size = sum(path.stat().st_size for path in Path(scratch).glob("*.hnsw"))
        yield _timed("hnsw", graph, drawn, f"{_mb(size)} MB more, {_width(graph)}, built in {seconds:.1f} s")


def _timed(name: str, matcher: Matcher, drawn: DrawnGallery, detail: str) -> Measurement:
    batch, single = _least_s(
        partial(matcher.match, drawn.templates[:BATCH]), partial(matcher.match, drawn.templates[:1])
    )
    first, second = _recall(matcher, drawn)
    return Measurement(
        what=f"identity.index {name}, {_size(drawn.gallery)}: batch of {BATCH}",
        figure=batch * 1e3,
        unit="ms",
        detail=f"one {single * 1e3:.2f} ms; recall of the best {first:.3f}, of the second {second:.3f}; {detail}",
    )


def _recall(matcher: Matcher, drawn: DrawnGallery) -> tuple[float, float]:
    """The shares of templates whose best, and whose second person are those of the exact search."""
    found, right = matcher.match(drawn.templates), match_templates(drawn.templates, drawn.gallery)
    pairs = [(one, other) for one, other in zip(found, right, strict=True) if one and other]
    first = np.mean([one.person_id == other.person_id for one, other in pairs])
    return float(first), float(np.mean([one.second_person_id == other.second_person_id for one, other in pairs]))


def _size(gallery: Gallery) -> str:
    each = len(gallery.references) // len(gallery.means)
    return f"{len(gallery.means):,} people" + ("" if each == 1 else f" of {each} references")


def _width(graph: FaissMatcher) -> str:
    return f"width {graph.index.hnsw.efSearch}"


def _mb(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.3g}"


def _least_s(*works: Callable[[], object]) -> list[float]:
    """The least seconds of each work, taken in turns so that a busy moment hits all of them.

    Short works are done more often: the threads of a product wait for one another, and so for whoever else works.
    """
    least = [np.inf] * len(works)
    begun = time.perf_counter()
    for done in range(MOST_ROUNDS):
        for place, work in enumerate(works):
            begin = time.perf_counter()
            work()
            least[place] = min(least[place], time.perf_counter() - begin)
        if done + 1 >= ROUNDS and time.perf_counter() - begun > ROUNDS_S:
            break
    return least
