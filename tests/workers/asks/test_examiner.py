"""Pictures asked about over a real server: the same verdict as enrolment's, bounds that hold, and no worker harmed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import cv2
import numpy as np
import pytest

from pipeline.encoders.registry import Encoder
from pipeline.errors import ImageUnreadable, NotFound, TransportLost, WeightsError
from pipeline.faces.detection import Detector
from pipeline.identity.enrolment import ReferenceStatus, examine_image
from pipeline.options import DetectionOptions
from tests.builders_faces import ColourEncoder, ScriptedDetector, make_detections, make_texture
from workers.asks.ask_streams import ASKS, MOST_WAITING, RedisAsks
from workers.asks.asking import MOST_AT_ONCE, MOST_PICTURE_BYTES, AskedModels, Asker, Patience
from workers.asks.examiner import MOST_TRIES, Examiner
from workers.streams import connect
from workers.wire.asks import Refusal, decode_answer

FACE, OTHER = (100, 60, 200, 160), (10, 10, 60, 60)
CONSUMER = "the only one"


def png() -> bytes:
    return cv2.imencode(".png", make_texture())[1].tobytes()


class GivenModels:
    """A detector that finds what it is told to, and the encoder of colours; knows no other encoder."""

    def __init__(self) -> None:
        self.found = make_detections(FACE)

    def detector_for(self, options: DetectionOptions) -> Detector:
        return ScriptedDetector((self.found,))

    def encoder_for(self, name: str) -> Encoder:
        if name != "colour":
            raise NotFound(f"no encoder is called {name}")
        return ColourEncoder()


@pytest.fixture
def models() -> GivenModels:
    return GivenModels()


@pytest.fixture
def asks(redis_url: str) -> Iterator[RedisAsks]:
    opened = RedisAsks(redis_url)
    yield opened
    opened.close()


@contextmanager
def working(redis_url: str, models: GivenModels) -> Iterator[Examiner]:
    """An examiner at work in a thread."""
    stop = threading.Event()
    made = Examiner(RedisAsks(redis_url), models, CONSUMER, stop)
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    stop.set()
    thread.join()


@pytest.fixture
def examiner(redis_url: str, models: GivenModels) -> Iterator[Examiner]:
    """One that has joined, and works in a thread."""
    RedisAsks(redis_url).take(CONSUMER, 0.01, 60)
    with working(redis_url, models) as made:
        yield made


def asker(
    redis_url: str, encoder: str = "colour", answer_s: float = 5.0, models_s: float = 5.0, anybody_s: float = 0.0
) -> Asker:
    patience = Patience(answer_s=answer_s, models_s=models_s, anybody_s=anybody_s)
    return Asker(redis_url, lambda: AskedModels(DetectionOptions(), encoder), patience)


def wait_until_asked(redis_url: str, n_questions: int = 1) -> None:
    client, pause = connect(redis_url), threading.Event()
    while client.xlen(ASKS) < n_questions:
        pause.wait(0.01)
    client.close()


@pytest.mark.slow
@pytest.mark.usefixtures("examiner")
def test_a_reference_is_judged_as_enrolment_judges_it(redis_url: str, models: GivenModels) -> None:
    told = asker(redis_url).reference(png(), "ada.png")

    judged = examine_image(png(), ScriptedDetector((models.found,)), ColourEncoder())
    assert (told.label, told.status, told.message) == ("ada.png", judged.status, judged.message)
    assert (told.sha256, told.quality, told.thumb_jpeg) == (judged.sha256, judged.quality, judged.thumb_jpeg)
    assert told.embedding is not None
    assert judged.embedding is not None
    assert np.array_equal(told.embedding, judged.embedding)


@pytest.mark.slow
@pytest.mark.usefixtures("examiner")
def test_every_face_of_a_picture_is_told_the_largest_first(redis_url: str, models: GivenModels) -> None:
    models.found = make_detections(OTHER, FACE)

    picture = asker(redis_url).faces(png())

    height, width = make_texture().shape[:2]
    assert picture.size_wh == (width, height)
    assert [face.status for face in picture.faces] == [ReferenceStatus.OK, ReferenceStatus.OK]
    assert np.allclose(picture.faces[0].box_xyxy * [width, height, width, height], FACE)
    assert picture.faces[0].embedding is not None
    assert picture.message() == "2 faces"


@pytest.mark.slow
@pytest.mark.usefixtures("examiner")
@pytest.mark.parametrize("content", [b"no picture", png()[:200]])
def test_what_is_no_picture_gets_its_verdict(redis_url: str, content: bytes) -> None:
    assert asker(redis_url).reference(content).status is ReferenceStatus.UNREADABLE
    assert "picture of a kind that can be read" in asker(redis_url).faces(content).problem


@pytest.mark.usefixtures("examiner")
def test_models_that_cannot_be_had_are_named_and_the_next_is_answered(redis_url: str) -> None:
    with pytest.raises(WeightsError, match="no encoder is called nothing"):
        asker(redis_url, encoder="nothing").faces(png())

    assert asker(redis_url).faces(png()).message() == "one face"


def test_nobody_there_is_told_at_once_with_what_to_start(redis_url: str) -> None:
    with pytest.raises(TransportLost, match="facetrail worker asks"):
        asker(redis_url).faces(png())


def test_a_picture_too_large_is_not_sent(redis_url: str) -> None:
    with pytest.raises(ImageUnreadable, match="at most 20"):
        asker(redis_url).faces(bytes(MOST_PICTURE_BYTES + 1))


def test_no_more_questions_wait_than_may(asks: RedisAsks) -> None:
    posted = [asks.post(str(number), b"", b"picture", limit_s=60) for number in range(MOST_WAITING + 1)]

    assert [entry is not None for entry in posted] == [True] * MOST_WAITING + [False]


def test_pictures_that_wait_are_bounded_in_bytes(asks: RedisAsks) -> None:
    posted = [asks.post(str(number), b"", bytes(MOST_PICTURE_BYTES), limit_s=60) for number in range(5)]

    assert [entry is not None for entry in posted] == [True] * 4 + [False]


@pytest.mark.slow
def test_a_question_that_nobody_answers_in_time_is_told_and_makes_room(redis_url: str, asks: RedisAsks) -> None:
    asks.take("dead since", 0.01, 60)

    with pytest.raises(TransportLost, match=r"no answer within"):
        asker(redis_url, answer_s=0.05).faces(png())

    assert asks.take(CONSUMER, 0.01, 60) is None


@pytest.mark.slow
def test_who_asks_while_the_models_are_being_loaded_waits_for_them(
    redis_url: str, asks: RedisAsks, models: GivenModels
) -> None:
    asks.announce()
    asking = asker(redis_url, answer_s=0.1)
    assert asking.is_loading()

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(asking.faces, png())
        wait_until_asked(redis_url)
        with working(redis_url, models):
            assert answer.result().message() == "one face"


def test_models_that_take_too_long_are_told_of(redis_url: str, asks: RedisAsks) -> None:
    asks.announce()

    with pytest.raises(TransportLost, match="still being loaded"):
        asker(redis_url, answer_s=0.05, models_s=0.05).faces(png())

    assert asks.take(CONSUMER, 0.01, 60) is None


@pytest.mark.slow
def test_those_who_wait_leave_threads_to_others(redis_url: str, asks: RedisAsks) -> None:
    asks.announce()
    asking = asker(redis_url, answer_s=0.3, models_s=0.3)

    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        waiting = [pool.submit(asking.faces, png()) for _ in range(MOST_AT_ONCE)]
        wait_until_asked(redis_url, MOST_AT_ONCE)
        with pytest.raises(TransportLost, match="too many"):
            asking.faces(png())

    assert [type(each.exception()) for each in waiting] == [TransportLost] * MOST_AT_ONCE


def test_a_process_that_is_being_started_is_waited_for_longer_than_nobody(redis_url: str) -> None:
    patience = Patience(answer_s=0.05, models_s=0.1, anybody_s=0)
    asking = Asker(redis_url, lambda: AskedModels(DetectionOptions(), "colour"), patience, lambda: True)

    assert asking.is_loading()
    with pytest.raises(TransportLost, match="still being loaded"):
        asking.faces(png())


@pytest.mark.slow
def test_word_of_loading_is_spread_until_it_is_done(redis_url: str, asks: RedisAsks, models: GivenModels) -> None:
    loading = Examiner(asks, models, CONSUMER, threading.Event())
    pause = threading.Event()

    with loading.loading():
        while not asks.is_examiner_coming():
            pause.wait(0.01)

    assert asker(redis_url).is_loading()


def test_what_a_killed_examiner_held_is_answered_by_another(
    redis_url: str, asks: RedisAsks, models: GivenModels
) -> None:
    asks.take("killed", 0.01, 60)
    asks.post("1", b"no question", png(), limit_s=60)
    assert asks.take("killed", 0.5, 60) is not None

    taken = asks.take("another", 0.01, min_idle_s=0)

    assert taken is not None
    assert (taken.ask_id, taken.tries) == ("1", 2)
    asks.answer(taken, b"here")
    assert asks.wait_for_answer("1", 1) == b"here"


def test_a_picture_that_ends_its_examiners_is_given_up(redis_url: str, asks: RedisAsks, models: GivenModels) -> None:
    asks.take("killed", 0.01, 60)
    asks.post("1", b"", png(), limit_s=60)
    handed_out = [asks.take("killed", 0.5, min_idle_s=0) for _ in range(MOST_TRIES)]

    Examiner(asks, models, CONSUMER, threading.Event(), idle_s=0).step()

    assert None not in handed_out
    refused = decode_answer(asks.wait_for_answer("1", 1) or b"")
    assert isinstance(refused, Refusal)
    assert "ended the processes" in refused.reason


@pytest.mark.usefixtures("examiner")
def test_a_server_that_was_emptied_is_joined_again(redis_url: str, asks: RedisAsks) -> None:
    asker(redis_url).faces(png())
    connect(redis_url).flushall()
    pause = threading.Event()
    while not asks.n_examiners():
        pause.wait(0.01)

    assert asker(redis_url).faces(png()).message() == "one face"
