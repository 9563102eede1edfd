"""From the identity settings to the matcher: who chooses the candidate, and how everybody enrolled is searched."""

from __future__ import annotations

import logging
from pathlib import Path

from pipeline.control.database import Control
from pipeline.control.gallery_versions import count_references
from pipeline.identity.faiss_index import RECALL_WANTED, check_faiss, flat_matcher, has_faiss, hnsw_matcher
from pipeline.identity.heads import Head, HeadMatcher, NearestReferences
from pipeline.identity.heads_svm import check_classifiers, train_classifiers
from pipeline.identity.matching import Gallery, Matcher, MeanMatcher
from pipeline.options import IdentityOptions, check_choice

logger = logging.getLogger(__name__)

HNSW_FROM = 2_000_000
"""People from which `auto` takes the graph. Up to a million, the most that was measured, the exact search answers a
batch of 32 in 43 ms and one template in 8, where a graph of the recall wanted is no faster with batches; the flat index
of FAISS takes four times as long as numpy at every size, so that `auto` never takes it (docs/performance.md)."""


def index_dir(data_dir: Path) -> Path:
    """Where a data folder keeps its indexes."""
    return data_dir / "index"


def matcher_for(gallery: Gallery, options: IdentityOptions, folder: Path) -> Matcher:
    """The matcher that the options name; `folder` keeps the index when one is built.

    Trains `linear-svm`, and builds or reads `hnsw`: to be done once for a gallery's version. Raises `SettingsError` for
    an unknown name, for a missing extra, and for a gallery too large for a method.
    """
    means = _means_matcher(gallery, options.index, folder)
    if options.method == "mean":
        return means
    return HeadMatcher(means, _head(gallery, options))


def check_identity(control: Control, encoder: str, options: IdentityOptions) -> None:
    """Raise `SettingsError` when `matcher_for` would, for the gallery of today: before work is taken on with `options`.

    A worker that finds out when it names people could only stop.
    """
    if options.method == "linear-svm":
        with control.reading() as transaction:
            check_classifiers(len(count_references(transaction, encoder)))
    if options.index in {"flat", "hnsw"}:
        check_faiss()


def _head(gallery: Gallery, options: IdentityOptions) -> Head:
    check_choice("identity.method", options.method, ("knn", "linear-svm"))
    return NearestReferences(gallery, options.k) if options.method == "knn" else train_classifiers(gallery)


def _means_matcher(gallery: Gallery, index: str, folder: Path) -> Matcher:
    check_choice("identity.index", index, ("auto", "exact", "flat", "hnsw"))
    if index == "flat":
        return flat_matcher(gallery)
    if index == "hnsw":
        return hnsw_matcher(gallery, folder)
    return MeanMatcher(gallery) if index == "exact" or len(gallery.means) < HNSW_FROM else _automatic(gallery, folder)


def _automatic(gallery: Gallery, folder: Path) -> Matcher:
    """The graph where it finds almost everybody; whoever wants it at any price sets it."""
    if not has_faiss():
        logger.info("%s people are searched one by one; facetrail[faiss] may be faster", len(gallery.means))
        return MeanMatcher(gallery)
    found = hnsw_matcher(gallery, folder)
    return found if found.recall >= RECALL_WANTED else MeanMatcher(gallery)
