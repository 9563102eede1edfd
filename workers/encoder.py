"""The encoder stage: aligned crops in, embeddings out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from pipeline.schemas import FaceChunk
from workers.loop import Stage
from workers.messages import Item, Work
from workers.wire.headers import StageOptions
from workers.wire.transport import ENCODERS, FACES, matches_stream

NAME = "encoder"


class Embedder(Protocol):
    """Gives the faces of a chunk their embeddings; equal chunks give equal embeddings."""

    def embed(self, chunk: FaceChunk) -> FaceChunk: ...


EmbedderFor = Callable[[StageOptions], Embedder]
"""Makes the embedder for a run's options; asked for every chunk, so it had better remember."""


def encoder_stage(embedder_for: EmbedderFor) -> Stage:
    """The stage between `FACES` and the streams that the sources' owners read."""

    def embed_all(works: Sequence[Work]) -> list[Item]:
        return [_embed(embedder_for(work.options), work.item) for work in works]

    return Stage(NAME, (FACES,), ENCODERS, embed_all, lambda run: matches_stream(run.source_id))


def _embed(embedder: Embedder, item: Item) -> Item:
    return embedder.embed(item) if isinstance(item, FaceChunk) else item
