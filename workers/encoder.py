"""The encoder stage: aligned crops in, embeddings out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from pipeline.schemas import FaceChunk, RunKey
from workers.loop import Stage
from workers.messages import Item, Work
from workers.wire.headers import StageOptions
from workers.wire.transport import ENCODERS, FACES, matches_stream

NAME = "encoder"


class Embedder(Protocol):
    """Gives the faces of chunks their embeddings."""

    def embed_together(self, chunks: Sequence[FaceChunk]) -> list[FaceChunk]:
        """One result per chunk, in order; a chunk alone always gives equal embeddings."""


EmbedderFor = Callable[[StageOptions], Embedder]
"""Makes the embedder for a run's options; asked for every batch, so it had better remember."""


def encoder_stage(embedder_for: EmbedderFor, is_live: Callable[[RunKey], bool] = lambda _run: False) -> Stage:
    """The stage between `FACES` and the streams that the sources' owners read; `is_live` tells cameras from footage."""

    def embed_all(works: Sequence[Work]) -> list[Item]:
        done: dict[int, Item] = {place: work.item for place, work in enumerate(works)}
        for batch in face_batches(works, is_live):
            embedder = embedder_for(works[batch[0]].options)
            done.update(zip(batch, embedder.embed_together([_faces(works[place]) for place in batch]), strict=True))
        return list(done.values())

    return Stage(NAME, (FACES,), ENCODERS, embed_all, lambda run: matches_stream(run.source_id))


def face_batches(works: Sequence[Work], is_live: Callable[[RunKey], bool]) -> list[list[int]]:
    """Places of the works whose faces go through the network together; what has no faces to embed is in none.

    A chunk of footage is always alone. Chunks of live cameras with equal options are together.
    """
    alone: list[list[int]] = []
    together: dict[StageOptions, list[int]] = {}
    for place, work in enumerate(works):
        if not isinstance(work.item, FaceChunk):
            continue
        if is_live(work.item.run):
            together.setdefault(work.options, []).append(place)
        else:
            alone.append([place])
    return [*together.values(), *alone]


def _faces(work: Work) -> FaceChunk:
    if not isinstance(work.item, FaceChunk):
        raise TypeError(f"expected a chunk of faces, got {type(work.item).__name__}")
    return work.item
