"""Questions about pictures and their answers on Redis; what speaks to the server is `workers.streams`.

A question is an entry of the stream `ft:asks`; its picture is a key of its own, which goes away with the time limit, so
that what nobody answers takes no room for longer. An answer is a list of one, and short-lived, too. Bounds in pictures
and bytes hold before a question is taken in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from workers.streams import ALIVE_S, connect, errors_translated

ASKS = "ft:asks"
EXAMINERS = "examiners"
MOST_WAITING = 32
"""Questions that wait or are being answered; a further one is refused rather than answered too late."""
MOST_WAITING_BYTES = 96 << 20
"""Of their pictures together."""
ANSWER_KEPT_S = 30
"""An answer that nobody fetches goes away after this."""
COMING = "ft:examiners-coming"
COMING_S = 6.0
"""Whoever loads models is believed to be at it for so long after saying so."""

POST_SCRIPT = """
-- KEYS: questions, picture
-- ARGV: id, question, picture, limit in ms, most waiting, most bytes
local now = redis.call('TIME')
local limit = tonumber(ARGV[4])
redis.call('XTRIM', KEYS[1], 'MINID', now[1] * 1000 + math.floor(now[2] / 1000) - limit)
local waiting = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', ARGV[5])
local bytes = #ARGV[3]
for _, entry in ipairs(waiting) do bytes = bytes + tonumber(entry[2][6]) end
if #waiting >= tonumber(ARGV[5]) or bytes > tonumber(ARGV[6]) then return false end
redis.call('SET', KEYS[2], ARGV[3], 'PX', limit)
return redis.call('XADD', KEYS[1], '*', 'id', ARGV[1], 'question', ARGV[2], 'bytes', #ARGV[3])
"""


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """A question in an examiner's hands, until it is answered."""

    entry_id: str
    ask_id: str
    question: bytes
    picture: bytes
    """Empty when the time limit has passed, and nobody waits any more."""
    tries: int
    """How often it was handed out, this time included."""


Entry = tuple[bytes, dict[bytes, bytes], int]
"""An entry's id, its fields, and how often it was handed out."""


class RedisAsks:
    """Questions about pictures over one server; safe to share between threads. Opens nothing before it is used."""

    def __init__(self, url: str) -> None:
        self._redis = connect(url)
        self._post = self._redis.register_script(POST_SCRIPT)

    def post(self, ask_id: str, question: bytes, picture: bytes, limit_s: float) -> str | None:
        """Ask, for `limit_s` seconds; returns the question's entry, or None when too many wait already."""
        arguments: list[Any] = [ask_id, question, picture, round(limit_s * 1000), MOST_WAITING, MOST_WAITING_BYTES]
        with errors_translated():
            entry_id = cast("bytes | None", self._post(keys=[ASKS, _picture_key(ask_id)], args=arguments))
        return None if entry_id is None else entry_id.decode()

    def wait_for_answer(self, ask_id: str, wait_s: float) -> bytes | None:
        """The answer, once; None when there is none within `wait_s` seconds."""
        with errors_translated():
            answer = cast("Any", self._redis.blpop([_answer_key(ask_id)], timeout=max(0.01, wait_s)))
        return None if answer is None else bytes(answer[1])

    def withdraw(self, ask_id: str, entry_id: str) -> None:
        """Wait no more: nobody takes the question now, and who has it finds it without a picture."""
        with errors_translated(), self._redis.pipeline(transaction=True) as transaction:
            transaction.xdel(ASKS, entry_id)
            transaction.delete(_picture_key(ask_id))
            transaction.execute()

    def n_examiners(self) -> int:
        """How many processes asked for questions within the last seconds."""
        redis = self._redis
        with errors_translated():
            if not redis.exists(ASKS):
                return 0
            groups = [group["name"] for group in redis.xinfo_groups(ASKS)]
            readers = redis.xinfo_consumers(ASKS, EXAMINERS) if EXAMINERS.encode() in groups else []
        return sum(reader["idle"] < ALIVE_S * 1000 for reader in readers)

    def announce(self) -> None:
        """Say that an examiner is on its way: it loads models. Believed for `COMING_S`."""
        with errors_translated():
            self._redis.set(COMING, b"1", px=round(COMING_S * 1000))

    def is_examiner_coming(self) -> bool:
        """Whether somebody said lately that models are being loaded."""
        with errors_translated():
            return bool(self._redis.exists(COMING))

    def take(self, examiner: str, wait_s: float, min_idle_s: float) -> Ask | None:
        """One question: one that lay untouched in dead hands for `min_idle_s` seconds, else a new one."""
        with errors_translated():
            entry = self._claimed(examiner, min_idle_s) or self._new(examiner, wait_s)
            if entry is None:
                return None
            entry_id, fields, tries = entry
            ask_id = fields[b"id"].decode()
            picture = cast("bytes | None", self._redis.get(_picture_key(ask_id)))
        return Ask(entry_id.decode(), ask_id, fields[b"question"], picture or b"", tries)

    def answer(self, ask: Ask, answer: bytes) -> None:
        """Answer a question, and forget it."""
        with errors_translated(), self._redis.pipeline(transaction=True) as transaction:
            transaction.rpush(_answer_key(ask.ask_id), answer)
            transaction.expire(_answer_key(ask.ask_id), ANSWER_KEPT_S)
            transaction.xack(ASKS, EXAMINERS, ask.entry_id)
            transaction.xdel(ASKS, ask.entry_id)
            transaction.delete(_picture_key(ask.ask_id))
            transaction.execute()

    def drop(self, ask: Ask) -> None:
        """Forget a question for whose answer nobody waits."""
        with errors_translated(), self._redis.pipeline(transaction=True) as transaction:
            transaction.xack(ASKS, EXAMINERS, ask.entry_id)
            transaction.xdel(ASKS, ask.entry_id)
            transaction.execute()

    def leave(self, examiner: str) -> None:
        """Take an examiner out of the group."""
        with errors_translated():
            self._redis.xgroup_delconsumer(ASKS, EXAMINERS, examiner)

    def close(self) -> None:
        """Give back what is held; of no use afterwards."""
        self._redis.close()

    def _claimed(self, examiner: str, min_idle_s: float) -> Entry | None:
        """What a dead examiner held. The group is made on the way where a new server does not know it yet."""
        commands = self._redis.pipeline(transaction=False)
        commands.xgroup_create(ASKS, EXAMINERS, "0", mkstream=True)
        commands.xautoclaim(ASKS, EXAMINERS, examiner, round(min_idle_s * 1000), "0-0", 1)
        _is_there, answer = commands.execute(raise_on_error=False)
        for entry_id, fields in _readable(answer, ["", []])[1]:
            if fields:  # Redis 6.2 hands out a deleted entry once more, empty
                rows = self._redis.xpending_range(ASKS, EXAMINERS, entry_id, entry_id, 1)
                return entry_id, fields, int(rows[0]["times_delivered"]) if rows else 1
        return None

    def _new(self, examiner: str, wait_s: float) -> Entry | None:
        commands = self._redis.pipeline(transaction=False)
        commands.xreadgroup(EXAMINERS, examiner, {ASKS: ">"}, 1, max(1, round(wait_s * 1000)))
        (answer,) = commands.execute(raise_on_error=False)
        for _, entries in _readable(answer, []) or []:
            for entry_id, fields in entries:
                return entry_id, fields, 1
        return None


def _readable(answer: Any, otherwise: Any) -> Any:
    """What a command of a pipeline gave; `otherwise` while the group is not there."""
    if not isinstance(answer, Exception):
        return answer
    if "NOGROUP" in str(answer) or "no such key" in str(answer):
        return otherwise
    raise answer


def _picture_key(ask_id: str) -> str:
    return f"ft:ask:{ask_id}"


def _answer_key(ask_id: str) -> str:
    return f"ft:answer:{ask_id}"
