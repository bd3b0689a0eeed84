"""Follows one switch by both its manager and its queue log, counting each call once.

The rule: what a log can hold comes from the log; the manager adds the rest. So live figures equal those of a later
import of the same log, and nothing is counted twice. Both feed one writer, in one process, under one source name.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from ccmon.errors import CcmonError
from ccmon.events import (
    AgentPaused,
    AgentUnpaused,
    CallAnswered,
    CallEnded,
    CallEntered,
    CallMissed,
    FloorEvent,
    MemberJoined,
    MemberLeft,
    OfferWithdrawn,
    SwitchRestarted,
    WrapUpEnded,
)
from ccmon.real_time import real_now
from ccmon.sources.ami.connection import Manager, Status
from ccmon.sources.ami.follow import CHECK_S, misses_events, no_events_sentence, record_of, status_events
from ccmon.sources.ami.protocol import Packet
from ccmon.sources.ami.translator import ManagerTranslator
from ccmon.sources.connection import Backoff, ConnectionLostError, Login
from ccmon.sources.queue_log.follow import Follower
from ccmon.sources.stop import Stop

_TICK_MS: Final = 250


def beyond_queue_log(events: Iterable[FloorEvent], *, status: bool = False) -> Iterator[FloorEvent]:
    """The manager's events that the log lacks: ringing, hold, calls outside queues, telephones, second names.

    The end of a ringing is kept, but as no missed call: the log counts those.

    ``status``: the events come from a QueueStatus; its members and pauses, which may be older than the log, are kept.
    """
    for event in events:
        match event:
            case CallMissed(at, call_id, of_queue, agent):
                yield OfferWithdrawn(at, call_id, of_queue, agent)
            case CallEntered() | CallAnswered() | CallEnded() | WrapUpEnded() | SwitchRestarted():
                pass
            case MemberJoined() | MemberLeft() | AgentPaused() | AgentUnpaused() if not status:
                pass
            case _:
                yield event


class LogAndManager(Follower):
    """Follows a queue log and ingests the manager's news after every reading of the log.

    A thread of its own listens to the manager, which may be away, or slow to answer, without holding up the log. Its
    moments are converted to the log's clock and whole seconds, so that the two agree on what came first. While the
    manager does not answer, nothing counts as heard: the log of a switch that is down looks like a quiet night's.
    """

    _kind = "ami"

    def __init__(
        self, database_path: Path, log: Path, login: Login, *, source: str, say: Callable[[str], object]
    ) -> None:
        """As in `Follower`; ``login`` says where the manager is."""
        super().__init__(database_path, log, source=source, say=say)
        self._translator = ManagerTranslator()
        self._listener = _Listener(login, say)
        self._ticked_at = 0

    def run(self) -> None:
        """See `Follower.run`."""
        self._listener.start()
        try:
            super().run()
        finally:
            self._listener.stop.ask()
            self._listener.join()

    def _complete_until(self) -> int:
        """When the manager was last heard; see `Follower._complete_until`."""
        return self._listener.heard_at

    def _poll(self) -> bool:
        news = super()._poll()
        return self._ingest_manager() or news

    def _ingest_manager(self) -> bool:
        offset = self._listener.clock_offset_ms
        now = real_now()
        events: list[FloorEvent] = []
        news = False
        writer, address = self._writer, self._listener.login.address
        heard_until = self._listener.heard_until  # read first: the queue emptied below holds all until then
        while (heard := self._listener.next()) is not None:
            if isinstance(heard, Status):
                if heard.is_check and not misses_events(heard, self._translator):
                    continue
                if heard.is_check:
                    self._say(no_events_sentence(self._listener.login))
                reported = status_events(writer, self._translator, self._on_log_clock(now, offset), heard, address)
                events += beyond_queue_log(reported, status=True)
            else:
                at, packet = heard
                record = record_of(writer, self._translator, self._on_log_clock(at, offset), packet, address)
                if record is not None:
                    writer.apply(events)  # in order of arrival
                    writer.ingest([replace(record, events=tuple(beyond_queue_log(record.events)))])
                    events, news = [], True
        if now - self._ticked_at >= _TICK_MS:
            self._ticked_at = now
            until = self._on_log_clock(heard_until, offset)
            events += beyond_queue_log(self._translator.expire(self._on_log_clock(now, offset), until))
        if events or news:
            writer.apply(events)
            writer.commit()
        return bool(events or news)

    @staticmethod
    def _on_log_clock(at: int, offset_ms: int) -> int:
        return (at - offset_ms) // 1000 * 1000


class _Listener(threading.Thread):
    """Keeps a connection to the manager up, and queues what it says in order."""

    def __init__(self, login: Login, say: Callable[[str], object]) -> None:
        super().__init__(name="manager", daemon=True)
        self.stop = Stop()
        self.clock_offset_ms = 0
        self.heard_at = real_now()
        """The last moment at which the connection was known to be alive."""
        self.heard_until = self.heard_at
        """See `Manager.heard_until`: all news until then is in the queue of `next` or has been taken from it."""
        self.login = login
        self._say = say
        self._heard: queue.SimpleQueue[Status | tuple[int, Packet]] = queue.SimpleQueue()

    def next(self) -> Status | tuple[int, Packet] | None:
        """The next news; None if there is no more."""
        try:
            return self._heard.get_nowait()
        except queue.Empty:
            return None

    def run(self) -> None:
        waits = Backoff()
        while not self.stop.asked:
            try:
                with Manager(self.login) as manager:
                    status = manager.status()
                    self.clock_offset_ms = status.clock_offset_ms
                    self._heard.put(status)
                    self._say(f"connected to the manager at {self.login.address}.")
                    waits.reset()
                    checked_at = time.monotonic()
                    while not self.stop.asked:
                        for heard in manager.receive():
                            self._heard.put(heard)
                        self.heard_until = manager.heard_until
                        self.heard_at = real_now()
                        if time.monotonic() - checked_at >= CHECK_S:
                            checked_at = time.monotonic()
                            self._heard.put(manager.status()._replace(is_check=True))
            except (ConnectionLostError, CcmonError) as error:
                wait_s = waits.next_wait_s(error)
                self._say(
                    f"{str(error).removesuffix('.')}; the queue log is followed without it; "
                    f"trying again in {wait_s:.0f} s."
                )
                self.stop.wait(wait_s)
