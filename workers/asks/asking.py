"""Asking the processes that have the models about a picture, and waiting for the answer.

    Asker(url, models).reference(picture) -> ReferenceReport     judged as `facetrail enroll` judges it
    Asker(url, models).faces(picture) -> ExaminedPicture         every face, as `facetrail identify` judges one

Whoever asks needs neither TensorFlow nor a model. The questions are answered by the stage `asks`
(`workers.asks.examiner`).
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.errors import ImageUnreadable, MessageError, TransportLost, WeightsError
from pipeline.identity.enrolment import ReferenceReport
from pipeline.identity.picture_faces import ExaminedPicture
from pipeline.options import DetectionOptions
from workers.asks.ask_streams import RedisAsks
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
MOST_AT_ONCE = 16
"""Pictures that one process asks about at a time: who waits keeps a thread, and pages have forty for everything."""
LOOK_S = 1.0
"""How often a waiting asker looks whether anybody is there to answer, in seconds."""
LOOK_FOR_ANYBODY_S = 0.1
"""The same while nobody is known to be there."""
TOO_MANY = "too many pictures wait to be examined; try again in a moment"
NOBODY = "nobody here examines pictures: `facetrail up` starts what does, or `facetrail worker asks` on its own"
LOADING = (
    "the models are still being loaded, as after every start, or fetched, as before the first one; "
    "try again in a moment"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long an asker waits for what, in seconds."""

    answer_s: float = 10.0
    """For the answer, once the models are there."""
    models_s: float = 40.0
    """For models that are being loaded: five seconds on a machine with nothing else to do."""
    anybody_s: float = 3.0
    """For word of anybody of whom no stack knows: a process that has just begun says after a moment that it loads."""

    @property
    def most_s(self) -> float:
        """In all, once a question was taken in."""
        return self.answer_s + self.models_s


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class AskedModels:
    """The models that are to look at a picture."""

    detection: DetectionOptions
    encoder: str
    """The data folder's."""


class Asker:
    """Asks over one server, with the models of the moment; safe to share between threads."""

    def __init__(
        self,
        url: str,
        models: Callable[[], AskedModels],
        patience: Patience = PATIENCE,
        expects: Callable[[], bool] = lambda: False,
    ) -> None:
        """Opens nothing yet; `models` is asked for each picture, and `expects` whether a process that examines them
        is being started, as far as is known here."""
        self._asks = RedisAsks(url)
        self._models = models
        self._patience = patience
        self._expects = expects
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)

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

    def is_loading(self) -> bool:
        """Whether nobody can answer yet, since models are being loaded; raises `TransportLost`."""
        return not self._asks.n_examiners() and self._is_coming()

    def close(self) -> None:
        """Give back what is held."""
        self._asks.close()

    def _ask(self, wanted: Wanted, picture: bytes) -> Answer:
        if len(picture) > MOST_PICTURE_BYTES:
            raise ImageUnreadable(
                f"the picture has {len(picture) / 1e6:.0f} MB; at most {MOST_PICTURE_BYTES >> 20} can be examined"
            )
        if not self._room.acquire(blocking=False):
            raise TransportLost(TOO_MANY)
        try:
            return self._answer_to(wanted, picture)
        finally:
            self._room.release()

    def _answer_to(self, wanted: Wanted, picture: bytes) -> Answer:
        self._await_anybody()
        models, ask_id = self._models(), uuid.uuid4().hex
        question = Question(wanted=wanted, detection=models.detection, encoder=models.encoder)
        entry_id = self._asks.post(ask_id, encode_message(question), picture, self._patience.most_s)
        if entry_id is None:
            raise TransportLost(TOO_MANY)
        try:
            return _understood(self._wait(ask_id))
        except TransportLost:
            self._asks.withdraw(ask_id, entry_id)
            raise

    def _is_coming(self) -> bool:
        return self._asks.is_examiner_coming() or self._expects()

    def _await_anybody(self) -> None:
        """Wait for somebody who examines pictures, or says to be loading models; raises `TransportLost`."""
        begun, pause = time.monotonic(), threading.Event()
        while not (self._asks.n_examiners() or self._asks.is_examiner_coming()):
            is_expected, waited_s = self._expects(), time.monotonic() - begun
            if waited_s >= (self._patience.models_s if is_expected else self._patience.anybody_s):
                raise TransportLost(LOADING if is_expected else NOBODY)
            pause.wait(LOOK_FOR_ANYBODY_S)

    def _wait(self, ask_id: str) -> bytes:
        """The answer; time in which models are being loaded counts apart."""
        begun = time.monotonic()
        give_up_at, is_coming = begun + self._patience.answer_s, False
        while (left_s := give_up_at - time.monotonic()) > 0:
            answer = self._asks.wait_for_answer(ask_id, min(LOOK_S, left_s))
            if answer is not None:
                return answer
            is_there = bool(self._asks.n_examiners())
            is_coming = self._asks.is_examiner_coming() or (not is_there and self._expects())
            if is_coming:
                give_up_at = min(begun + self._patience.most_s, time.monotonic() + self._patience.answer_s)
            elif not is_there:
                raise TransportLost(NOBODY)
        raise TransportLost(LOADING if is_coming else self._in_vain())

    def _in_vain(self) -> str:
        return (
            f"no answer within {self._patience.answer_s:.0f} s: the processes that examine pictures are busy, or have "
            "ended; try again, and look at the system page if it stays so"
        )


def _understood(data: bytes) -> Answer:
    try:
        answer = decode_answer(data)
    except MessageError as error:
        raise TransportLost(f"an answer of another version of Facetrail: {error}") from error
    if isinstance(answer, Refusal):
        raise WeightsError(answer.reason)
    return answer
