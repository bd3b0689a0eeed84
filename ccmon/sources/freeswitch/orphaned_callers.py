"""Callers of whose end the switch sends no event, found in its own list of members.

After a bridge that failed because its caller was gone, the row of the member becomes Abandoned and nothing is sent
(seen running, 1.10). So the list is asked for soon after every failed bridge, and now and then while there are callers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from ccmon.events import FloorEvent
from ccmon.sources.freeswitch.tables import MemberRow
from ccmon.sources.freeswitch.translator import Caller, EventTranslator

ASK_MS: Final = 30_000
"""How often the list is asked for while there are callers."""
CONFIRM_MS: Final = 3_000
"""After a failed bridge, and once more before a caller counts as orphaned: an event of it may still be on its way."""


class MemberList(NamedTuple):
    """One answer to the question who is in the queues."""

    queues: Collection[str]
    """Those that it tells of."""
    rows: Iterable[MemberRow]
    text: str = ""
    """The answer as it came: a row that could not be cut into columns still holds its member's uuid."""


def can_be_asked_for(queue: str) -> bool:
    """Whether the name survives the way into a command, which the switch cuts at spaces and quotes."""
    return queue.isprintable() and not set(queue) & set(" '\"\\")


class OrphanedCallers:
    """The event socket's callers, held against the switch's own list."""

    def __init__(self, translator: EventTranslator) -> None:
        """``translator``: whose callers they are."""
        self._translator = translator
        self._asked_at = 0
        self._missing: dict[str, Caller] = {}
        """Those whom the last list did not have."""

    def due(self, at: int) -> bool:
        """Whether the list should be asked for now. A clock that was set back makes it due as well."""
        callers = self._translator.callers
        asked_ms = abs(at - self._asked_at)
        soon = bool(self._missing) or any(
            caller.put_back_at is not None and at - caller.put_back_at >= CONFIRM_MS for caller in callers.values()
        )
        return bool(callers) and asked_ms >= (CONFIRM_MS if soon else ASK_MS)

    def queues(self) -> list[str]:
        """The queues to ask for."""
        return sorted({caller.queue for caller in self._translator.callers.values()})

    def compare(self, at: int, members: MemberList | None, *, clock_offset_ms: int = 0) -> Iterator[FloorEvent]:
        """The ends of those whom two lists, one after the other, do not have in the queue.

        ``members`` is None where the list was asked for and not given.
        """
        self._asked_at = at
        if members is None:
            return
        rows = {row.uuid: row for row in members.rows}
        missing: dict[str, Caller] = {}
        for uuid, caller in list(self._translator.callers.items()):
            row = rows.get(uuid)
            if caller.queue not in members.queues:
                continue
            if row.in_queue if row else uuid in members.text:
                caller.put_back_at = None
            elif self._missing.get(uuid) is caller:
                left = row.abandoned_epoch * 1000 + clock_offset_ms if row and row.abandoned_epoch else None
                yield from self._translator.end_orphaned(at, uuid, left)
            else:
                missing[uuid] = caller
        self._missing = missing
