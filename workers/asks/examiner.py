"""The stage `asks`: pictures that somebody asks about, examined by a process that has the models anyway."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from pipeline.encoders.registry import Encoder
from pipeline.errors import InputError, MessageError, TransportLost, WeightsError
from pipeline.faces.detection import Detector
from pipeline.identity.enrolment import examine_image
from pipeline.identity.picture_faces import examine_picture
from pipeline.options import DetectionOptions
from workers.asks.ask_streams import Ask, RedisAsks
from workers.metrics.counting import UNCOUNTED, Metrics
from workers.pulse import Pulse
from workers.stages.stepping import step_until
from workers.wire.asks import (
    Answer,
    Question,
    Refusal,
    Wanted,
    answer_of_picture,
    answer_of_report,
    decode_question,
    encode_message,
)
from workers.wire.headers import MAX_REASON

logger = logging.getLogger(__name__)

NAME = "asks"
WAIT_S = 0.5
"""Longest wait for a question, and so for the end after SIGTERM."""
IDLE_S = 3.0
"""A question in the hands of somebody for longer goes to another: it takes a tenth of that, and askers wait thrice."""
HAIL_S = 0.5
"""Between two words to askers that models are being loaded, in seconds; what is quicker needs none."""
MOST_TRIES = 2
"""A picture that ended its examiners so often is not looked at again."""


class ExaminingModels(Protocol):
    """The models that pictures are examined with; made once, and remembered."""

    def detector_for(self, options: DetectionOptions) -> Detector:
        """The detector with these options."""

    def encoder_for(self, name: str) -> Encoder:
        """The encoder of that name."""


class Examiner:
    """Answers questions about pictures, one at a time; `run` returns after `stop` is set."""

    def __init__(
        self,
        asks: RedisAsks,
        models: ExaminingModels,
        consumer: str,
        stop: threading.Event,
        metrics: Metrics = UNCOUNTED,
        idle_s: float = IDLE_S,
    ) -> None:
        self._asks = asks
        self._models = models
        self._consumer = consumer
        self._stop = stop
        self._metrics = metrics
        self._idle_s = idle_s

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Let askers know, while the block lasts, that models are being loaded, so that they wait."""
        with Pulse("models being loaded", HAIL_S, self._asks.announce):
            yield

    def run(self) -> None:
        """Answer until `stop` is set; a lost server is waited for."""
        step_until(self._stop, NAME, self.step, self._metrics)
        self._leave()

    def step(self) -> None:
        """Take a question, if there is one, and answer it."""
        self._metrics.beat(NAME)
        ask = self._asks.take(self._consumer, WAIT_S, self._idle_s)
        if ask is None:
            return
        if not ask.picture:
            self._asks.drop(ask)
            return
        begun = time.monotonic()
        self._asks.answer(ask, encode_message(self._answer(ask)))
        logger.debug("%s answered in %.0f ms", NAME, 1000 * (time.monotonic() - begun))

    def _answer(self, ask: Ask) -> Answer:
        if ask.tries > MOST_TRIES:
            logger.error("%s gives up on a picture of %s bytes: its examiners ended each time", NAME, len(ask.picture))
            return Refusal(reason="this picture ended the processes that looked at it; save it anew, or take another")
        try:
            return self._examined(decode_question(ask.question), ask.picture)
        except (InputError, MessageError, WeightsError) as error:
            logger.warning("%s refuses: %s", NAME, error)
            return Refusal(reason=str(error)[:MAX_REASON])

    def _examined(self, question: Question, picture: bytes) -> Answer:
        with self.loading():
            detector = self._models.detector_for(question.detection)
            encoder = self._models.encoder_for(question.encoder)
        if question.wanted is Wanted.REFERENCE:
            return answer_of_report(examine_image(picture, detector, encoder))
        return answer_of_picture(examine_picture(picture, detector, encoder))

    def _leave(self) -> None:
        try:
            self._asks.leave(self._consumer)
        except TransportLost as error:  # it forgets us by itself
            logger.info("%s leaves without a word: %s", NAME, error)
        self._asks.close()
