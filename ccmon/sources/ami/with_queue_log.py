"""One switch followed by both its manager and its queue log: each call once.

The rule: what the log tells, the log tells; the manager adds what no log holds. So live figures are those of a later
import of the same log, and nothing is told twice. Both feed one writer, in one process, under one source name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ccmon.events import (
    AgentPaused,
    AgentUnpaused,
    CallAnswered,
    CallEnded,
    CallEntered,
    CallEvent,
    CallMissed,
    FloorRestarted,
    MemberJoined,
    MemberLeft,
    OfferWithdrawn,
    WrapUpEnded,
)


def beyond_queue_log(events: Iterable[CallEvent], *, status: bool = False) -> Iterator[CallEvent]:
    """Of the manager's events, those that the log does not tell: ringing, hold, other calls, telephones, second names.

    What ends a ringing is kept, but counts nothing: the log counts missed calls.

    Args:
        events: as the translator or `status.reconcile` gives them.
        status: they come of a QueueStatus, and so tell members and pauses from before the log began as well.
    """
    for event in events:
        match event:
            case CallMissed(at, call_id, queue, agent):
                yield OfferWithdrawn(at, call_id, queue, agent)
            case CallEntered() | CallAnswered() | CallEnded() | WrapUpEnded() | FloorRestarted():
                pass
            case MemberJoined() | MemberLeft() | AgentPaused() | AgentUnpaused() if not status:
                pass
            case _:
                yield event
