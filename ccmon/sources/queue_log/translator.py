"""What each record of a queue log means: one function an event, from the fields of a line to call events.

A line is ``epoch|call id|queue|agent|event|data…`` (metrics.md 12.1); functions get its fields as split at every ``|``,
data from index 5 on. Durations are whole seconds but for the ring times, which are milliseconds. Nothing here remembers
anything: what an event changes is decided by the state machine.
"""

from __future__ import annotations

from collections.abc import Callable

from ccmon import events, limits
from ccmon.events import CallEvent
from ccmon.model.calls import Outcome
from ccmon.sources.agents import AgentKeys

Fields = list[str]
Meaning = CallEvent | None


class RejectedRecordError(ValueError):
    """A record that lacks what its event needs. The text says what."""


class ImpossibleNumberError(ValueError):
    """A record's number that cannot be. The text says why; the record goes in as if the field were empty."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index
        """Of the field."""


_NOTHING = ("", "NONE")
_agents = AgentKeys()
_SECONDS = {str(seconds): seconds * 1000 for seconds in range(7200)}


def _ms(fields: Fields, index: int) -> int | None:
    """Seconds at an index, as milliseconds; None where the field is missing or empty."""
    if index >= len(fields):
        return None
    known = _SECONDS.get(fields[index])
    return known if known is not None else _length(fields, index, 1000)


def _length(fields: Fields, index: int, unit_ms: int) -> int | None:
    length, error = limits.length_ms(fields[index], unit_ms)
    if error is not None:
        raise ImpossibleNumberError(index, error)
    return length


def _call(fields: Fields) -> str:
    call_id = fields[1]
    if call_id in _NOTHING:
        raise RejectedRecordError(f"{fields[4]} names no call")
    return call_id


def _queue(fields: Fields) -> str:
    queue = fields[2]
    if queue in _NOTHING:
        raise RejectedRecordError(f"{fields[4]} names no queue")
    return queue


def _agent(fields: Fields) -> str:
    """The agent. A member may well be called NONE."""
    agent = fields[3]
    if not agent or agent.isspace():
        raise RejectedRecordError(f"{fields[4]} names no agent")
    return _agents[agent]


def _text(fields: Fields) -> str | None:
    """All data as one text: nothing is escaped, so a reason may have held a ``|``."""
    if len(fields) == 6:
        return fields[5] or None
    return "|".join(fields[5:]).rstrip("|") or None


def _entered(at: int, fields: Fields) -> Meaning:
    caller = fields[6] if len(fields) > 6 else ""
    name = fields[8] if len(fields) > 8 else ""
    return events.CallEntered(at, _call(fields), _queue(fields), caller or None, name or None)


def _connected(at: int, fields: Fields) -> Meaning:
    return events.CallAnswered(at, _call(fields), _queue(fields), _agent(fields), _ms(fields, 5))


def _completed(ended_by: str, hold: int, talk: int) -> Callable[[int, Fields], Meaning]:
    def meaning(at: int, fields: Fields) -> Meaning:
        return events.CallEnded(
            at,
            _call(fields),
            _queue(fields),
            Outcome.ANSWERED,
            ended_by,
            _agent(fields),
            _ms(fields, hold),
            _ms(fields, talk),
        )

    return meaning


_transferred = _completed("transfer", 7, 8)
_transferred_by_link = _completed("transfer", 8, 9)


def _transferred_attended(at: int, fields: Fields) -> Meaning:
    """``BRIDGE|id|hold|talk|position``, ``APP`` likewise, ``LINK|channel|channel|hold|talk|position``."""
    return (_transferred_by_link if fields[5] == "LINK" else _transferred)(at, fields)


def _left(outcome: Outcome, ended_by: str, wait: int) -> Callable[[int, Fields], Meaning]:
    def meaning(at: int, fields: Fields) -> Meaning:
        return events.CallEnded(at, _call(fields), _queue(fields), outcome, ended_by, None, _ms(fields, wait))

    return meaning


def _missed(at: int, fields: Fields) -> Meaning:
    ring_ms = _length(fields, 5, 1) or 0
    return events.CallMissed(at, _call(fields), _queue(fields), _agent(fields), ring_ms)


def _ring_cancelled(at: int, fields: Fields) -> Meaning:
    return events.OfferWithdrawn(at, _call(fields), _queue(fields), _agent(fields))


def _joined(at: int, fields: Fields) -> Meaning:
    """ADDMEMBER is written of somebody who was no member; whoever still seems one left unseen (metrics.md 6.3)."""
    return events.MemberJoined(at, _queue(fields), _agent(fields), fields[5] == "PAUSED", anew=True)


def _removed(at: int, fields: Fields) -> Meaning:
    return events.MemberLeft(at, _queue(fields), _agent(fields))


def _paused(at: int, fields: Fields) -> Meaning:
    queue = fields[2]
    return events.AgentPaused(at, _agent(fields), None if queue in _NOTHING else queue, _text(fields))


def _unpaused(at: int, fields: Fields) -> Meaning:
    queue = fields[2]
    return events.AgentUnpaused(at, _agent(fields), None if queue in _NOTHING else queue)


def _paused_everywhere(at: int, fields: Fields) -> Meaning:
    return events.AgentPaused(at, _agent(fields), None, _text(fields))


def _unpaused_everywhere(at: int, fields: Fields) -> Meaning:
    return events.AgentUnpaused(at, _agent(fields), None)


def _logged_in(at: int, fields: Fields) -> Meaning:
    return events.AgentLoggedIn(at, _agent(fields))


def _logged_out(at: int, fields: Fields) -> Meaning:
    return events.AgentLoggedOut(at, _agent(fields))


def _restarted(at: int, fields: Fields) -> Meaning:
    return events.FloorRestarted(at)


def _dialled(at: int, fields: Fields) -> Meaning:
    number = fields[6] if len(fields) > 6 else ""
    agent = None if fields[3] in _NOTHING else _agent(fields)
    return events.CallDialled(at, _call(fields), agent, _queue(fields), number or None)


def _held(at: int, fields: Fields) -> Meaning:
    return events.CallHeld(at, _call(fields), _agent(fields))


def _resumed(at: int, fields: Fields) -> Meaning:
    return events.CallResumed(at, _call(fields), _agent(fields))


def _disposed(at: int, fields: Fields) -> Meaning:
    """CALLSTATUS: the code that the agent chose, up to half an hour after the call."""
    code = _text(fields)
    queue = fields[2]
    return events.CallDisposed(at, _call(fields), None if queue in _NOTHING else queue, code) if code else None


def _logged_in_at_a_desk(at: int, fields: Fields) -> Meaning:
    """ADDMEMBER2: the telephone of an agent who works at any desk; with a queue, also a log-in there."""
    if fields[2] in _NOTHING:
        return events.AgentLoggedIn(at, _agent(fields))
    return events.MemberJoined(at, fields[2], _agent(fields))


def _nothing(at: int, fields: Fields) -> Meaning:
    return None


MEANINGS: dict[str, Callable[[int, Fields], Meaning]] = {
    "ENTERQUEUE": _entered,
    "CONNECT": _connected,
    "COMPLETEAGENT": _completed("agent", 5, 6),
    "COMPLETECALLER": _completed("caller", 5, 6),
    "TRANSFER": _transferred,
    "BLINDTRANSFER": _transferred,
    "ATTENDEDTRANSFER": _transferred_attended,
    "ABANDON": _left(Outcome.ABANDONED, "caller", 7),
    "EXITEMPTY": _left(Outcome.NO_AGENTS, "system", 7),
    "EXITWITHTIMEOUT": _left(Outcome.TIMEOUT, "system", 7),
    "EXITWITHKEY": _left(Outcome.EXIT_KEY, "caller", 8),
    "WITHDRAW": _left(Outcome.WITHDRAWN, "system", 7),
    "SYSCOMPAT": _left(Outcome.INCOMPATIBLE, "system", 99),
    "RINGNOANSWER": _missed,
    "RINGCANCELED": _ring_cancelled,
    "ADDMEMBER": _joined,
    "REMOVEMEMBER": _removed,
    "PAUSE": _paused,
    "UNPAUSE": _unpaused,
    "PAUSEALL": _paused_everywhere,
    "UNPAUSEALL": _unpaused_everywhere,
    "AGENTLOGIN": _logged_in,
    "AGENTLOGOFF": _logged_out,
    "AGENTCALLBACKLOGIN": _logged_in,
    "AGENTCALLBACKLOGOFF": _logged_out,
    "QUEUESTART": _restarted,
    # Of other programs that write into the same log (metrics.md 13): else their calls would look like queue calls.
    "CALLOUTBOUND": _dialled,
    "CALLERONHOLD": _held,
    "CALLEROFFHOLD": _resumed,
    "PAUSEREASON": _paused_everywhere,
    "CALLSTATUS": _disposed,
    "ADDMEMBER2": _logged_in_at_a_desk,
    # Known, and of no effect on the floor. AGENTDUMP ends nothing: the caller goes on waiting.
    "AGENTDUMP": _nothing,
    "CONFIGRELOAD": _nothing,
    "PENALTY": _nothing,
    "RINGINUSE": _nothing,
    "DID": _nothing,
    "INFO": _nothing,
    "AGENTATTEMPT": _nothing,
    "HOTDESK": _nothing,
    "OUTCALL": _nothing,
}
"""The meaning of every event that ccmon uses. Any other is counted as unknown."""
