"""Calls that have not ended: who waits in which queue, and how many talk (metrics.md 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import StrEnum
from operator import attrgetter

from msgspec import Struct

from ccmon.metrics.next_change import NextChange
from ccmon.metrics.open_calls import orphaned_at
from ccmon.model.queues import WaitingCall
from ccmon.snapshot.directory import Queue
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import OpenCallRow
from ccmon.snapshot.incremental import IncrementalValues, RowsByKey


class CallsOfQueue(Struct, frozen=True):
    """A queue's calls that have not ended."""

    waiting: tuple[OpenCallRow, ...] = ()
    talking: int = 0
    orphaned: tuple[OpenCallRow, ...] = ()
    """Today's calls only: those of yesterday are in no figure of today."""


NO_OPEN_CALLS = CallsOfQueue()


class _State(StrEnum):
    WAITING = "waiting"
    TALKING = "talking"
    ORPHANED = "orphaned"
    ORPHANED_OF_YESTERDAY = "orphaned of yesterday"


_in_order = attrgetter("entered_at", "id")


class OpenCalls:
    """Open calls by queue, updated from one snapshot to the next.

    A call open for longer than the site allows is orphaned (metrics.md 1.5).
    """

    def __init__(self) -> None:
        self._rows = RowsByKey[OpenCallRow](attrgetter("id"))
        self._states = IncrementalValues[tuple[_State, OpenCallRow]]()
        self._calls: defaultdict[tuple[int, _State], dict[int, OpenCallRow]] = defaultdict(dict)
        """By queue and state, calls by id."""
        self.by_queue: Mapping[int, CallsOfQueue] = {}
        """The same object while nothing in it has changed, as are those of a queue."""
        self._waiting: tuple[Mapping[int, CallsOfQueue] | None, tuple[WaitingCall, ...]] = None, ()

    def update(self, data: FloorData, when: NextChange) -> None:
        """Take the rows of another moment.

        Args:
            data: the rows.
            when: the moment; collects when a call will be orphaned.
        """
        changes = self._rows.update(data.calls)
        if not changes and self._states.nothing_due(when):
            return

        def state_of(call_id: int, own: NextChange) -> tuple[_State, OpenCallRow] | None:
            call = self._rows.by_key.get(call_id)
            if call is None:
                return None
            if own.reached(orphaned_at(call.entered_at, data.site.max_open_ms)):
                is_of_today = call.entered_at >= data.day.starts_at
                return _State.ORPHANED if is_of_today else _State.ORPHANED_OF_YESTERDAY, call
            return _State.WAITING if call.answered_at is None else _State.TALKING, call

        queues = set()
        for call_id, (before, now) in self._states.update(changes, when, state_of).items():
            if before is not None:
                state, call = before
                del self._calls[call.queue_id, state][call_id]
                queues.add(call.queue_id)
            if now is None:
                self._states.forget(call_id)
            else:
                state, call = now
                self._calls[call.queue_id, state][call_id] = call
                queues.add(call.queue_id)
        if queues:
            self.by_queue = {**self.by_queue, **{queue_id: self._of_queue(queue_id) for queue_id in queues}}

    def _of_queue(self, queue_id: int) -> CallsOfQueue:
        calls = self._calls
        return CallsOfQueue(
            tuple(sorted(calls[queue_id, _State.WAITING].values(), key=_in_order)),
            len(calls[queue_id, _State.TALKING]),
            tuple(calls[queue_id, _State.ORPHANED].values()),
        )

    def waiting(self, queues: Mapping[int, Queue]) -> tuple[WaitingCall, ...]:
        """Everybody who waits, by queue and time of entry; the same object while nothing has changed."""
        of, found = self._waiting
        if of is not self.by_queue:
            now = tuple(_waiting(self.by_queue, queues))
            found = found if found == now else now
            self._waiting = self.by_queue, found
        return found


def _waiting(calls: Mapping[int, CallsOfQueue], queues: Mapping[int, Queue]) -> Iterator[WaitingCall]:
    for queue_id in sorted(calls):
        for position, call in enumerate(calls[queue_id].waiting, start=1):
            yield WaitingCall(
                queue_id=queue_id,
                queue=queues[queue_id].name,
                position=position,
                caller=call.caller,
                customer=call.customer,
                entered_at=call.entered_at,
                call_id=call.id,
            )
