"""The encoder stage: footage goes through the network chunk by chunk, live cameras together, and the order stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.schemas import ChunkFailed, FaceChunk, RunKey
from tests.builders import make_face_chunk
from tests.builders_workers import OPTIONS
from workers.messages import Work
from workers.stages.encoder import encoder_stage, face_batches

FILE, DOOR, YARD = RunKey("f_0123456789abcdef", "r"), RunKey("door", "r"), RunKey("yard", "r")
MIXED = replace(OPTIONS, encoding=replace(OPTIONS.encoding, precision="mixed"))


@dataclass
class FakeEmbedder:
    """Remembers which sources came together."""

    batches: list[list[str]] = field(default_factory=list)

    def embed_together(self, chunks: Sequence[FaceChunk]) -> list[FaceChunk]:
        self.batches.append([chunk.run.source_id for chunk in chunks])
        return [replace(chunk, number=chunk.number + 100) for chunk in chunks]


def work(run: RunKey, number: int = 0, options=OPTIONS) -> Work:
    return Work(replace(make_face_chunk(), run=run, number=number), options)


def test_nothing_makes_no_batch() -> None:
    assert face_batches([]) == []


def test_footage_is_alone_and_cameras_of_equal_options_are_together() -> None:
    works = [work(FILE), work(DOOR), work(FILE, 1), work(YARD), work(DOOR, 1, MIXED)]

    assert face_batches(works) == [[1, 3], [4], [0], [2]]


def test_results_come_in_the_order_of_the_works_and_the_rest_passes() -> None:
    embedder = FakeEmbedder()
    stage = encoder_stage(lambda _options: embedder)
    failed = Work(ChunkFailed(FILE, 7, (), "detector", "broken"), OPTIONS)

    items = stage.handle([work(FILE, 1), failed, work(YARD, 2), work(DOOR, 3)])

    assert [getattr(item, "number") for item in items] == [101, 7, 102, 103]  # noqa: B009 - items are of two types
    assert embedder.batches == [["yard", "door"], ["f_0123456789abcdef"]]
