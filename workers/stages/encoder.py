"""The encoder stage: aligned crops in, embeddings out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from pipeline.schemas import FaceChunk, RunKey
from pipeline.sightings.ids import is_camera
from workers.messages import Item, Work
from workers.stages.loop import Stage
from workers.wire.headers import StageOptions
from workers.wire.transport import ENCODERS, FACES, FACES_LIVE, matches_stream

NAME = "encoder"


class Embedder(Protocol):
    """Gives the faces of chunks their embeddings."""

    def embed_together(self, chunks: Sequence[FaceChunk]) -> list[FaceChunk]:
        """One result per chunk, in order; a chunk alone always gives equal embeddings."""


EmbedderFor = Callable[[StageOptions], Embedder]
"""Makes the embedder for a run's options; asked for every batch, so it had better remember."""


def encoder_stage(embedder_for: EmbedderFor) -> Stage:
    """The stage between `FACES`, or `FACES_LIVE`, and the streams that the sources' owners read."""

    def embed_all(works: Sequence[Work]) -> list[Item]:
        done: dict[int, Item] = {place: work.item for place, work in enumerate(works)}
        for batch in face_batches(works):
            embedder = embedder_for(works[batch[0]].options)
            done.update(zip(batch, embedder.embed_together([_faces(works[place]) for place in batch]), strict=True))
        return list(done.values())

    return Stage(NAME, (FACES_LIVE, FACES), ENCODERS, embed_all, _matches_stream, live_inputs=(FACES_LIVE,))


def _matches_stream(run: RunKey) -> str:
    return matches_stream(run.source_id)


def face_batches(works: Sequence[Work]) -> list[list[int]]:
    """Places of the works whose faces go through the network together; what has no faces to embed is in none.

    A chunk of footage is always alone. Chunks of live cameras with equal options are together.
    """
    alone: list[list[int]] = []
    together: dict[StageOptions, list[int]] = {}
    for place, work in enumerate(works):
        if not isinstance(work.item, FaceChunk):
            continue
        if is_camera(work.item.run.source_id):
            together.setdefault(work.options, []).append(place)
        else:
            alone.append([place])
    return [*together.values(), *alone]


def _faces(work: Work) -> FaceChunk:
    if not isinstance(work.item, FaceChunk):
        raise TypeError(f"expected a chunk of faces, got {type(work.item).__name__}")
    return work.item
