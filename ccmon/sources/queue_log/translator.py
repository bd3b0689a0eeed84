"""Translate the lines of a queue log: one function an event, from a line to a call event.

Lengths of time are whole seconds but for ring times, which are milliseconds. Nothing here remembers anything: what an
event changes is decided by the state machine.
"""

from __future__ import annotations

from collections.abc import Callable

from ccmon import events, limits
from ccmon.events import CallEvent
from ccmon.model.calls import Outcome
from ccmon.sources.agents import AgentKeys
from ccmon.sources.queue_log.lines import QueueLogLine, RejectedRecordError

Translator = Callable[[QueueLogLine], CallEvent | None]
"""The call event of a line; None where it has no effect."""


class ImpossibleNumberError(ValueError):
    """A record's number that cannot be. The text says why; the record goes in as if the field were empty."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.number = number
        """Of the datum, as in `QueueLogLine.datum`."""


_NOTHING = ("", "NONE")
_agents = AgentKeys()
_SECONDS = {str(seconds): seconds * 1000 for seconds in range(7200)}


def _seconds(line: QueueLogLine, number: int) -> int | None:
    """A datum in seconds, as milliseconds; None where it is missing or empty."""
    if number > len(line.data):
        return None
    known = _SECONDS.get(line.data[number - 1])
    return known if known is not None else _length(line, number, 1000)


def _length(line: QueueLogLine, number: int, unit_ms: int) -> int | None:
    length, error = limits.length_ms(line.datum(number), unit_ms)
    if error is not None:
        raise ImpossibleNumberError(number, error)
    return length


def _call(line: QueueLogLine) -> str:
    if line.call_id in _NOTHING:
        raise RejectedRecordError(f"{line.event} names no call")
    return line.call_id


def _queue(line: QueueLogLine) -> str:
    if line.queue in _NOTHING:
        raise RejectedRecordError(f"{line.event} names no queue")
    return line.queue


def _queue_if_any(line: QueueLogLine) -> str | None:
    return None if line.queue in _NOTHING else line.queue


def _agent(line: QueueLogLine) -> str:
    """The agent. A member may well be called NONE."""
    agent = line.agent
    if not agent or agent.isspace():
        raise RejectedRecordError(f"{line.event} names no agent")
    return _agents[agent]


def _text(line: QueueLogLine) -> str | None:
    """All data as one text: nothing is escaped, so a reason may have held a ``|``."""
    if len(line.data) == 1:
        return line.data[0] or None
    return "|".join(line.data).rstrip("|") or None


def _call_entered(line: QueueLogLine) -> CallEvent:
    return events.CallEntered(line.at, _call(line), _queue(line), line.datum(2) or None, line.datum(4) or None)


def _call_answered(line: QueueLogLine) -> CallEvent:
    return events.CallAnswered(line.at, _call(line), _queue(line), _agent(line), _seconds(line, 1))


def _answered_call_ended(ended_by: str, *, hold: int, talk: int) -> Translator:
    """Translator of the end of an answered call, with the numbers of the data that hold waiting and talking."""

    def translate(line: QueueLogLine) -> CallEvent:
        return events.CallEnded(
            line.at,
            _call(line),
            _queue(line),
            Outcome.ANSWERED,
            ended_by,
            _agent(line),
            _seconds(line, hold),
            _seconds(line, talk),
        )

    return translate


_transferred = _answered_call_ended("transfer", hold=3, talk=4)
_transferred_by_link = _answered_call_ended("transfer", hold=4, talk=5)


def _transferred_attended(line: QueueLogLine) -> CallEvent | None:
    """``BRIDGE|id|hold|talk|position``, ``APP`` likewise, ``LINK|channel|channel|hold|talk|position``."""
    return (_transferred_by_link if line.datum(1) == "LINK" else _transferred)(line)


def _waiting_call_ended(outcome: Outcome, ended_by: str, *, wait: int | None) -> Translator:
    """Translator of the end of a call that nobody answered, with the number of the datum that holds its wait."""

    def translate(line: QueueLogLine) -> CallEvent:
        waited_ms = None if wait is None else _seconds(line, wait)
        return events.CallEnded(line.at, _call(line), _queue(line), outcome, ended_by, None, waited_ms)

    return translate


def _call_missed(line: QueueLogLine) -> CallEvent:
    ring_ms = _length(line, 1, 1) or 0
    return events.CallMissed(line.at, _call(line), _queue(line), _agent(line), ring_ms)


def _offer_withdrawn(line: QueueLogLine) -> CallEvent:
    return events.OfferWithdrawn(line.at, _call(line), _queue(line), _agent(line))


def _member_added(line: QueueLogLine) -> CallEvent:
    """ADDMEMBER is written of somebody who was no member; whoever still seems one left unseen (metrics.md 6.3)."""
    return events.MemberJoined(line.at, _queue(line), _agent(line), line.datum(1) == "PAUSED", anew=True)


def _member_removed(line: QueueLogLine) -> CallEvent:
    return events.MemberLeft(line.at, _queue(line), _agent(line))


def _paused(line: QueueLogLine) -> CallEvent:
    return events.AgentPaused(line.at, _agent(line), _queue_if_any(line), _text(line))


def _unpaused(line: QueueLogLine) -> CallEvent:
    return events.AgentUnpaused(line.at, _agent(line), _queue_if_any(line))


def _paused_everywhere(line: QueueLogLine) -> CallEvent:
    return events.AgentPaused(line.at, _agent(line), None, _text(line))


def _unpaused_everywhere(line: QueueLogLine) -> CallEvent:
    return events.AgentUnpaused(line.at, _agent(line), None)


def _logged_in(line: QueueLogLine) -> CallEvent:
    return events.AgentLoggedIn(line.at, _agent(line))


def _logged_out(line: QueueLogLine) -> CallEvent:
    return events.AgentLoggedOut(line.at, _agent(line))


def _restarted(line: QueueLogLine) -> CallEvent:
    return events.FloorRestarted(line.at)


def _call_dialled(line: QueueLogLine) -> CallEvent:
    agent = None if line.agent in _NOTHING else _agent(line)
    return events.CallDialled(line.at, _call(line), agent, _queue(line), line.datum(2) or None)


def _call_held(line: QueueLogLine) -> CallEvent:
    return events.CallHeld(line.at, _call(line), _agent(line))


def _call_resumed(line: QueueLogLine) -> CallEvent:
    return events.CallResumed(line.at, _call(line), _agent(line))


def _call_disposed(line: QueueLogLine) -> CallEvent | None:
    """CALLSTATUS: the code that the agent chose, up to half an hour after the call."""
    code = _text(line)
    return events.CallDisposed(line.at, _call(line), _queue_if_any(line), code) if code else None


def _logged_in_at_a_desk(line: QueueLogLine) -> CallEvent:
    """ADDMEMBER2: the telephone of an agent who works at any desk; with a queue, also a log-in there."""
    queue = _queue_if_any(line)
    if queue is None:
        return events.AgentLoggedIn(line.at, _agent(line))
    return events.MemberJoined(line.at, queue, _agent(line))


def _no_effect(line: QueueLogLine) -> None:
    return None


TRANSLATORS: dict[str, Translator] = {
    "ENTERQUEUE": _call_entered,
    "CONNECT": _call_answered,
    "COMPLETEAGENT": _answered_call_ended("agent", hold=1, talk=2),
    "COMPLETECALLER": _answered_call_ended("caller", hold=1, talk=2),
    "TRANSFER": _transferred,
    "BLINDTRANSFER": _transferred,
    "ATTENDEDTRANSFER": _transferred_attended,
    "ABANDON": _waiting_call_ended(Outcome.ABANDONED, "caller", wait=3),
    "EXITEMPTY": _waiting_call_ended(Outcome.NO_AGENTS, "system", wait=3),
    "EXITWITHTIMEOUT": _waiting_call_ended(Outcome.TIMEOUT, "system", wait=3),
    "EXITWITHKEY": _waiting_call_ended(Outcome.EXIT_KEY, "caller", wait=4),
    "WITHDRAW": _waiting_call_ended(Outcome.WITHDRAWN, "system", wait=3),
    "SYSCOMPAT": _waiting_call_ended(Outcome.INCOMPATIBLE, "system", wait=None),
    "RINGNOANSWER": _call_missed,
    "RINGCANCELED": _offer_withdrawn,
    "ADDMEMBER": _member_added,
    "REMOVEMEMBER": _member_removed,
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
    "CALLOUTBOUND": _call_dialled,
    "CALLERONHOLD": _call_held,
    "CALLEROFFHOLD": _call_resumed,
    "PAUSEREASON": _paused_everywhere,
    "CALLSTATUS": _call_disposed,
    "ADDMEMBER2": _logged_in_at_a_desk,
    # Known, and of no effect on the floor. AGENTDUMP ends nothing: the caller goes on waiting.
    "AGENTDUMP": _no_effect,
    "CONFIGRELOAD": _no_effect,
    "PENALTY": _no_effect,
    "RINGINUSE": _no_effect,
    "DID": _no_effect,
    "INFO": _no_effect,
    "AGENTATTEMPT": _no_effect,
    "HOTDESK": _no_effect,
    "OUTCALL": _no_effect,
}
"""The translator of every event that ccmon knows. Any other is counted as unknown."""
