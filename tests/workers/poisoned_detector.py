"""A detector and an encoder without models, as a process that a certain chunk ends: `... CHUNK`."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence

from pipeline.config import load_settings
from pipeline.schemas import FrameChunk
from tests.builders_workers import FakeDetector, FakeEncoder
from workers.messages import Item, Work
from workers.stages.detector import NAME
from workers.stages.loop import LoopOptions, Stage, StageLoop
from workers.streams import RedisTransport
from workers.together import run_together
from workers.wire.transport import DETECTORS, ENCODERS, FACES, FRAMES, matches_stream


def main() -> None:
    """Serve until killed, or until the chunk comes."""
    poison = int(sys.argv[1])
    settings = load_settings()
    assert settings.redis_url is not None
    transport = RedisTransport(settings.redis_url.get_secret_value())
    stop = threading.Event()
    options = LoopOptions(min_idle_s=settings.idle_s)

    def find(works: Sequence[Work]) -> list[Item]:
        if any(isinstance(work.item, FrameChunk) and work.item.number == poison for work in works):
            os._exit(1)
        return FakeDetector().handle(works)

    detector = Stage(NAME, (FRAMES,), DETECTORS, find, lambda _run: FACES)
    encoder = Stage("encoder", (FACES,), ENCODERS, FakeEncoder().handle, lambda run: matches_stream(run.source_id))
    loops = [StageLoop(stage, transport, f"{stage.name}-{os.getpid()}", stop, options) for stage in (detector, encoder)]
    run_together([loop.run for loop in loops], stop)


if __name__ == "__main__":
    main()
