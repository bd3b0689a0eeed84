"""Translate the lines of a queue log: one function an event, from a line to a floor event.

Lengths of time are whole seconds but for ring times, which are milliseconds. Nothing here remembers anything: what an
event changes is decided by the state machine.
"""

from __future__ import annotations

from collections.abc import Callable

from ccmon import events, plausibility
from ccmon.events import FloorEvent
from ccmon.model.calls import Outcome
from ccmon.sources.agent_key import agent_key
from ccmon.sources.queue_log.lines import QueueLogLine, RejectedRecordError

Translator = Callable[[QueueLogLine], FloorEvent | None]
"""The floor event of a line; None where it has no effect."""


class ImpossibleNumberError(ValueError):
    """A record's number that cannot be. The text says why; the record goes in as if the field were empty."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.number = number
        """Of the datum, as in `QueueLogLine.datum`."""


_NOTHING = ("", "NONE")
_SECONDS = {str(seconds): seconds * 1000 for seconds in range(7200)}


def _seconds(line: QueueLogLine, number: int) -> int | None:
    """A datum in seconds, as milliseconds; None where it is missing or empty."""
    if number > len(line.data):
        return None
    known = _SECONDS.get(line.data[number - 1])
    return known if known is not None else _length(line, number, 1000)


def _length(line: QueueLogLine, number: int, unit_ms: int) -> int | None:
    length, error = plausibility.length_ms(line.datum(number), unit_ms)
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
    return agent_key(agent)


def _text(line: QueueLogLine) -> str | None:
    """All data as one text: nothing is escaped, so a reason may have held a ``|``."""
    if len(line.data) == 1:
        return line.data[0] or None
    return "|".join(line.data).rstrip("|") or None


def _answered_call_ended(ended_by: str, *, wait: int, talk: int) -> Translator:
    """Translator of the end of an answered call, with the numbers of the data for wait and talk."""
    return lambda line: events.CallEnded(
        line.at,
        _call(line),
        _queue(line),
        Outcome.ANSWERED,
        ended_by,
        _agent(line),
        _seconds(line, wait),
        _seconds(line, talk),
    )


_transferred = _answered_call_ended("transfer", wait=3, talk=4)
_transferred_by_link = _answered_call_ended("transfer", wait=4, talk=5)


def _waiting_call_ended(outcome: Outcome, ended_by: str, *, wait: int | None) -> Translator:
    """Translator of the end of a call that nobody answered, with the number of the datum that holds its wait."""

    def translate(line: QueueLogLine) -> FloorEvent:
        waited_ms = None if wait is None else _seconds(line, wait)
        return events.CallEnded(line.at, _call(line), _queue(line), outcome, ended_by, None, waited_ms)

    return translate


def _call_dialled(line: QueueLogLine) -> FloorEvent:
    agent = None if line.agent in _NOTHING else _agent(line)
    return events.CallDialled(line.at, _call(line), agent, _queue(line), line.datum(2) or None)


def _call_disposed(line: QueueLogLine) -> FloorEvent | None:
    """CALLSTATUS: the code that the agent chose, up to half an hour after the call."""
    code = _text(line)
    return events.CallDisposed(line.at, _call(line), _queue_if_any(line), code) if code else None


def _logged_in_at_a_desk(line: QueueLogLine) -> FloorEvent:
    """ADDMEMBER2: the telephone of an agent who works at any desk; with a queue, also a log-in there."""
    queue = _queue_if_any(line)
    if queue is None:
        return events.AgentLoggedIn(line.at, _agent(line))
    return events.MemberJoined(line.at, queue, _agent(line))


_IGNORED = ["AGENTDUMP", "CONFIGRELOAD", "PENALTY", "RINGINUSE", "DID", "INFO", "AGENTATTEMPT", "HOTDESK", "OUTCALL"]
"""Known events of no effect on the floor. AGENTDUMP ends nothing: the caller goes on waiting."""

TRANSLATORS: dict[str, Translator] = {
    "ENTERQUEUE": lambda line: events.CallEntered(
        line.at, _call(line), _queue(line), line.datum(2) or None, line.datum(4) or None
    ),
    "CONNECT": lambda line: events.CallAnswered(line.at, _call(line), _queue(line), _agent(line), _seconds(line, 1)),
    "COMPLETEAGENT": _answered_call_ended("agent", wait=1, talk=2),
    "COMPLETECALLER": _answered_call_ended("caller", wait=1, talk=2),
    "TRANSFER": _transferred,
    "BLINDTRANSFER": _transferred,
    # BRIDGE|id|hold|talk|position, APP likewise, LINK|channel|channel|hold|talk|position
    "ATTENDEDTRANSFER": lambda line: (_transferred_by_link if line.datum(1) == "LINK" else _transferred)(line),
    "ABANDON": _waiting_call_ended(Outcome.ABANDONED, "caller", wait=3),
    "EXITEMPTY": _waiting_call_ended(Outcome.NO_AGENTS, "system", wait=3),
    "EXITWITHTIMEOUT": _waiting_call_ended(Outcome.TIMEOUT, "system", wait=3),
    "EXITWITHKEY": _waiting_call_ended(Outcome.EXIT_KEY, "caller", wait=4),
    "WITHDRAW": _waiting_call_ended(Outcome.WITHDRAWN, "system", wait=3),
    "SYSCOMPAT": _waiting_call_ended(Outcome.INCOMPATIBLE, "system", wait=None),
    "RINGNOANSWER": lambda line: events.CallMissed(
        line.at, _call(line), _queue(line), _agent(line), _length(line, 1, 1) or 0
    ),
    "RINGCANCELED": lambda line: events.OfferWithdrawn(line.at, _call(line), _queue(line), _agent(line)),
    # Written of somebody who was no member; whoever still seems one left unseen (metrics.md 6.3).
    "ADDMEMBER": lambda line: events.MemberJoined(
        line.at, _queue(line), _agent(line), line.datum(1) == "PAUSED", anew=True
    ),
    "REMOVEMEMBER": lambda line: events.MemberLeft(line.at, _queue(line), _agent(line)),
    "PAUSE": lambda line: events.AgentPaused(line.at, _agent(line), _queue_if_any(line), _text(line)),
    "UNPAUSE": lambda line: events.AgentUnpaused(line.at, _agent(line), _queue_if_any(line)),
    **dict.fromkeys(
        ("PAUSEALL", "PAUSEREASON"), lambda line: events.AgentPaused(line.at, _agent(line), None, _text(line))
    ),
    "UNPAUSEALL": lambda line: events.AgentUnpaused(line.at, _agent(line), None),
    **dict.fromkeys(("AGENTLOGIN", "AGENTCALLBACKLOGIN"), lambda line: events.AgentLoggedIn(line.at, _agent(line))),
    **dict.fromkeys(("AGENTLOGOFF", "AGENTCALLBACKLOGOFF"), lambda line: events.AgentLoggedOut(line.at, _agent(line))),
    "QUEUESTART": lambda line: events.SwitchRestarted(line.at),
    # Of other programs that write into the same log (metrics.md 13): else their calls would look like queue calls.
    "CALLOUTBOUND": _call_dialled,
    "CALLERONHOLD": lambda line: events.CallHeld(line.at, _call(line), _agent(line)),
    "CALLEROFFHOLD": lambda line: events.CallResumed(line.at, _call(line), _agent(line)),
    "CALLSTATUS": _call_disposed,
    "ADDMEMBER2": _logged_in_at_a_desk,
    **dict.fromkeys(_IGNORED, lambda line: None),
}
"""The translator of every event that ccmon knows. Any other is counted as unknown."""
