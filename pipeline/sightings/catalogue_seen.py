"""Who is in each source, summed up over all their sightings there, with the best face of each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.sightings.catalogue_counts import Chosen, Subject, SubjectCoder
from pipeline.sightings.catalogue_rows import CatalogueRows, Floats, Ints, Order, Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCount:
    """Somebody in one source."""

    source_id: str
    subject: Subject
    person_name: str | None
    """As the best sighting has it."""
    thumb_ref: str | None
    """The face of the best sighting that has one."""
    n_sightings: int
    best_score: float | None
    presence_s: float
    """Sum over the sightings, in seconds."""
    first_media_s: float
    """When it was seen first, in seconds of media time."""


def count_seen(days: Iterable[Chosen], words: Vocabulary) -> list[SeenCount]:
    """Everybody in every source of the chosen sightings, in no particular order."""
    chosen = list(days)
    if not chosen:
        return []
    coder = SubjectCoder(words)
    codes = np.concatenate([rows.source[at] * coder.size + coder.codes(rows, at) for rows, at in chosen])
    found, group = np.unique(codes, return_inverse=True)
    best = _best_of_each(group, _column(chosen, "best_score"), _column(chosen, "thumb_folder") >= 0)
    scores, firsts = np.full(len(found), -np.inf), np.full(len(found), np.inf)
    np.fmax.at(scores, group, _column(chosen, "best_score"))
    np.minimum.at(firsts, group, _column(chosen, "media_start_s"))
    counts, presences = np.bincount(group), np.bincount(group, _column(chosen, "presence_s"))
    names, folders = _column(chosen, "name")[best], _column(chosen, "thumb_folder")[best]
    files = _column(chosen, "thumb_file")[best]
    return [
        SeenCount(
            source_id=words.sources.word(code // coder.size) or "",
            subject=coder.subject(code % coder.size),
            person_name=words.names.word(int(names[place])),
            thumb_ref=_thumb_ref(words.folders.word(int(folders[place])), files[place]),
            n_sightings=int(counts[place]),
            best_score=float(scores[place]) if np.isfinite(scores[place]) else None,
            presence_s=float(presences[place]),
            first_media_s=float(firsts[place]),
        )
        for place, code in enumerate(found.tolist())
    ]


def _best_of_each(group: Ints, score: Floats, has_face: Ints) -> Order:
    """For each group the place of its sighting with the best score, one with a face if there is any."""
    order = np.lexsort((np.nan_to_num(score, nan=-np.inf), has_face, group))
    is_last = np.append(np.diff(group[order]) > 0, True)
    return np.asarray(order[is_last])


def _column(chosen: Sequence[tuple[CatalogueRows, Order]], name: str) -> Ints:
    return np.concatenate([getattr(rows, name)[at] for rows, at in chosen])


def _thumb_ref(folder: str | None, file: bytes) -> str | None:
    return None if folder is None else f"{folder}/{file.decode()}"
