"""From the identity settings to the matcher: who chooses the candidate, and how everybody enrolled is searched."""

from __future__ import annotations

import logging
from pathlib import Path

from pipeline.control.database import Control
from pipeline.control.gallery.versions import count_references
from pipeline.identity.matchers.faiss_index import check_faiss, flat_matcher, hnsw_matcher
from pipeline.identity.matchers.heads import Head, HeadMatcher, NearestReferences
from pipeline.identity.matchers.heads_svm import check_classifiers, train_classifiers
from pipeline.identity.matchers.matching import Gallery, Matcher, MeanMatcher
from pipeline.options import INDEXES, METHODS, IdentityOptions, check_choice

logger = logging.getLogger(__name__)

LARGEST_MEASURED = 1_000_000
"""People up to which the exact search was measured: 41 ms for a batch of 32 and 8 for one template. FAISS's flat index
takes four times as long with batches at that size, and its graph as long as the exact search once it finds 97.5 % of
what that finds; so `auto` takes neither (docs/performance.md)."""


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
    check_choice("identity.method", options.method, METHODS)
    return NearestReferences(gallery, options.k) if options.method == "knn" else train_classifiers(gallery)


def _means_matcher(gallery: Gallery, index: str, folder: Path) -> Matcher:
    check_choice("identity.index", index, INDEXES)
    if index == "flat":
        return flat_matcher(gallery)
    if index == "hnsw":
        return hnsw_matcher(gallery, folder)
    if index == "auto" and len(gallery.means) > LARGEST_MEASURED:
        logger.info("%s people are searched exactly; the index hnsw may be faster, and misses some", len(gallery.means))
    return MeanMatcher(gallery)
