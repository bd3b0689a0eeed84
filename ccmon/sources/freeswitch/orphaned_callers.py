"""Finds callers whose end the switch does not report, by its own list of members.

After a bridge that failed because its caller was gone, the member's row becomes Abandoned and no event is sent (seen on
a running 1.10). So the list is asked for soon after every failed bridge, and now and then while there are callers.
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
"""Wait after a failed bridge, and again before a caller counts as orphaned: an event may still be on its way."""


class MemberList(NamedTuple):
    """One answer of the switch: who is in the queues."""

    queues: Collection[str]
    """The queues that it covers."""
    rows: Iterable[MemberRow]
    text: str = ""
    """The raw answer: a row that could not be cut into columns still holds its member's uuid."""


def can_be_asked_for(queue: str) -> bool:
    """Whether the name survives in a command, which the switch splits at spaces and quotes."""
    return queue.isprintable() and not set(queue) & set(" '\"\\")


class OrphanedCallers:
    """Compares the event socket's callers with the switch's own list."""

    def __init__(self, translator: EventTranslator) -> None:
        """``translator``: keeps the callers."""
        self._translator = translator
        self._asked_at = 0
        self._missing: dict[str, Caller] = {}
        """Callers missing from the last list."""

    def should_ask(self, at: int) -> bool:
        """Whether to ask for the list now. A clock that was set back makes it due as well."""
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
        """The ends of callers whom two lists in a row do not show in the queue.

        ``members``: None where the switch did not give the list.
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
