"""Asking the processes that have the models about a picture, and waiting for the answer.

    Asker(url, models).reference(picture) -> ReferenceReport     judged as `facetrail enroll` judges it
    Asker(url, models).faces(picture) -> ExaminedPicture         every face, as `facetrail identify` judges one

Whoever asks needs neither TensorFlow nor a model. The questions are answered by the stage `asks` (`workers.examiner`).
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.errors import ImageUnreadable, MessageError, TransportLost, WeightsError
from pipeline.identity.enrolment import ReferenceReport
from pipeline.identity.picture_faces import ExaminedPicture
from pipeline.options import DetectionOptions
from workers.ask_streams import RedisAsks
from workers.wire.asks import (
    Answer,
    FacesAnswer,
    Question,
    ReferenceAnswer,
    Refusal,
    Wanted,
    decode_answer,
    encode_message,
    picture_of_answer,
    report_of_answer,
)

MOST_PICTURE_BYTES = 20 << 20
"""A picture lies in the server's memory while it is asked about."""
LIMIT_S = 10.0
"""Longest wait for an answer, in seconds; a process that has just started needs some to get ready."""
LOOK_S = 1.0
"""How often a waiting asker looks whether anybody is there to answer, in seconds."""
NOBODY = (
    "nobody here examines pictures: `facetrail up` starts what does, or `facetrail worker asks` on its own; "
    "right after the start it takes some seconds"
)


@dataclass(frozen=True, slots=True)
class AskedModels:
    """The models that are to look at a picture."""

    detection: DetectionOptions
    encoder: str
    """The data folder's."""


class Asker:
    """Asks over one server, with the models of the moment; safe to share between threads."""

    def __init__(self, url: str, models: Callable[[], AskedModels], limit_s: float = LIMIT_S) -> None:
        """Opens nothing yet; `models` is asked for each picture, and `limit_s` is the longest wait in seconds."""
        self._asks = RedisAsks(url)
        self._models = models
        self._limit_s = limit_s

    def reference(self, picture: bytes, label: str = "picture") -> ReferenceReport:
        """A picture, as its file's bytes, examined as a reference image; `label` is what the user calls it.

        Raises `ImageUnreadable` for one that is too large to be asked about, `WeightsError` when the models cannot be
        had, and `TransportLost` when nobody answers. What else is wrong with the picture is in the report.
        """
        answer = self._ask(Wanted.REFERENCE, picture)
        if not isinstance(answer, ReferenceAnswer):
            raise TransportLost(f"asked for a reference image, and got {type(answer).__name__}")
        return report_of_answer(answer, label)

    def faces(self, picture: bytes) -> ExaminedPicture:
        """A picture, as its file's bytes, with all its faces; raises as `reference` does."""
        answer = self._ask(Wanted.FACES, picture)
        if not isinstance(answer, FacesAnswer):
            raise TransportLost(f"asked for faces, and got {type(answer).__name__}")
        return picture_of_answer(answer)

    def close(self) -> None:
        """Give back what is held."""
        self._asks.close()

    def _ask(self, wanted: Wanted, picture: bytes) -> Answer:
        if len(picture) > MOST_PICTURE_BYTES:
            raise ImageUnreadable(
                f"the picture has {len(picture) / 1e6:.0f} MB; at most {MOST_PICTURE_BYTES >> 20} can be examined"
            )
        if not self._asks.n_examiners():
            raise TransportLost(NOBODY)
        models, ask_id = self._models(), uuid.uuid4().hex
        question = Question(wanted=wanted, detection=models.detection, encoder=models.encoder)
        if not self._asks.post(ask_id, encode_message(question), picture, self._limit_s):
            raise TransportLost("too many pictures wait to be examined; try again in a moment")
        return _understood(self._wait(ask_id))

    def _wait(self, ask_id: str) -> bytes:
        give_up_at = time.monotonic() + self._limit_s
        while (left_s := give_up_at - time.monotonic()) > 0:
            answer = self._asks.wait_for_answer(ask_id, min(LOOK_S, left_s))
            if answer is not None:
                return answer
            if not self._asks.n_examiners():
                break
        self._asks.withdraw(ask_id)
        raise TransportLost(
            f"no answer within {self._limit_s:.0f} s: the processes that examine pictures are busy, or have ended; "
            "try again, and look at the system page if it stays so"
            if left_s <= 0
            else NOBODY
        )


def _understood(data: bytes) -> Answer:
    try:
        answer = decode_answer(data)
    except MessageError as error:
        raise TransportLost(f"an answer of another version of Facetrail: {error}") from error
    if isinstance(answer, Refusal):
        raise WeightsError(answer.reason)
    return answer
