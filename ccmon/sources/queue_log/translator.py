"""Translate the lines of a queue log: one function per event, from a line to a floor event.

Lengths of time are whole seconds, except for ring times, which are milliseconds. Nothing here has state: the state
machine decides what an event changes.
"""

from __future__ import annotations

from collections.abc import Callable

from ccmon import events, plausibility
from ccmon.events import FloorEvent
from ccmon.model.calls import Outcome
from ccmon.sources.agent_key import agent_key
from ccmon.sources.queue_log.lines import EVENT, Fields, RejectedRecordError, datum

Translator = Callable[[int, Fields], FloorEvent | None]
"""Returns the floor event of a line, given its moment (Unix milliseconds) and fields; None if it has no effect."""


class ImpossibleNumberError(ValueError):
    """An impossible number in a record. The text says why; the record is ingested as if the field were empty."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.number = number
        """The number of the datum, as in `datum`."""


_NOTHING = ("", "NONE")
_SECONDS = {str(seconds): seconds * 1000 for seconds in range(7200)}


def _seconds(fields: Fields, number: int) -> int | None:
    """A datum given in seconds, in milliseconds; None if it is missing or empty."""
    if EVENT + number >= len(fields):
        return None
    known = _SECONDS.get(fields[EVENT + number])
    return known if known is not None else _length(fields, number, 1000)


def _length(fields: Fields, number: int, unit_ms: int) -> int | None:
    length, error = plausibility.length_ms(datum(fields, number), unit_ms)
    if error is not None:
        raise ImpossibleNumberError(number, error)
    return length


def _call(fields: Fields) -> str:
    call_id = fields[1]
    if call_id in _NOTHING:
        raise RejectedRecordError(f"{fields[EVENT]} names no call")
    return call_id


def _queue(fields: Fields) -> str:
    queue = fields[2]
    if queue in _NOTHING:
        raise RejectedRecordError(f"{fields[EVENT]} names no queue")
    return queue


def _queue_if_any(fields: Fields) -> str | None:
    return None if fields[2] in _NOTHING else fields[2]


def _agent(fields: Fields) -> str:
    """The agent of a line. A member may really be called NONE."""
    agent = fields[3]
    if not agent or agent.isspace():
        raise RejectedRecordError(f"{fields[EVENT]} names no agent")
    return agent_key(agent)


def _text(fields: Fields) -> str | None:
    """All data as one text: nothing is escaped, so a reason may contain a ``|``."""
    return "|".join(fields[EVENT + 1 :]).rstrip("|") or None


def _answered_call_ended(ended_by: str, *, wait: int, talk: int) -> Translator:
    """A translator for the end of an answered call, given the numbers of the data with wait and talk."""
    return lambda at, fields: events.CallEnded(
        at,
        _call(fields),
        _queue(fields),
        Outcome.ANSWERED,
        ended_by,
        _agent(fields),
        _seconds(fields, wait),
        _seconds(fields, talk),
    )


_transferred = _answered_call_ended("transfer", wait=3, talk=4)
_transferred_by_link = _answered_call_ended("transfer", wait=4, talk=5)


def _waiting_call_ended(outcome: Outcome, ended_by: str, *, wait: int | None) -> Translator:
    """A translator for the end of an unanswered call, given the number of the datum with its wait."""

    def translate(at: int, fields: Fields) -> FloorEvent:
        waited_ms = None if wait is None else _seconds(fields, wait)
        return events.CallEnded(at, _call(fields), _queue(fields), outcome, ended_by, None, waited_ms)

    return translate


def _call_dialled(at: int, fields: Fields) -> FloorEvent:
    agent = None if fields[3] in _NOTHING else _agent(fields)
    return events.CallDialled(at, _call(fields), agent, _queue(fields), datum(fields, 2) or None)


def _call_disposed(at: int, fields: Fields) -> FloorEvent | None:
    """CALLSTATUS: the disposition that the agent chose, up to an hour after the call."""
    code = _text(fields)
    return events.DispositionChosen(at, _call(fields), _queue_if_any(fields), code) if code else None


def _logged_in_at_a_desk(at: int, fields: Fields) -> FloorEvent:
    """ADDMEMBER2: the telephone of an agent who may work at any desk; with a queue, also a login there."""
    queue = _queue_if_any(fields)
    if queue is None:
        return events.AgentLoggedIn(at, _agent(fields))
    return events.MemberJoined(at, queue, _agent(fields))


_IGNORED = ["AGENTDUMP", "CONFIGRELOAD", "PENALTY", "RINGINUSE", "DID", "INFO", "AGENTATTEMPT", "HOTDESK", "OUTCALL"]
"""Known events without effect on the floor. AGENTDUMP ends nothing: the caller goes on waiting."""

TRANSLATORS: dict[str, Translator] = {
    "ENTERQUEUE": lambda at, fields: events.CallEntered(
        at, _call(fields), _queue(fields), datum(fields, 2) or None, datum(fields, 4) or None
    ),
    "CONNECT": lambda at, fields: events.CallAnswered(
        at, _call(fields), _queue(fields), _agent(fields), _seconds(fields, 1)
    ),
    "COMPLETEAGENT": _answered_call_ended("agent", wait=1, talk=2),
    "COMPLETECALLER": _answered_call_ended("caller", wait=1, talk=2),
    "TRANSFER": _transferred,
    "BLINDTRANSFER": _transferred,
    # BRIDGE|id|hold|talk|position, APP likewise, LINK|channel|channel|hold|talk|position
    "ATTENDEDTRANSFER": lambda at, fields: (_transferred_by_link if datum(fields, 1) == "LINK" else _transferred)(
        at, fields
    ),
    "ABANDON": _waiting_call_ended(Outcome.ABANDONED, "caller", wait=3),
    "EXITEMPTY": _waiting_call_ended(Outcome.NO_AGENTS, "system", wait=3),
    "EXITWITHTIMEOUT": _waiting_call_ended(Outcome.TIMEOUT, "system", wait=3),
    "EXITWITHKEY": _waiting_call_ended(Outcome.EXIT_KEY, "caller", wait=4),
    "WITHDRAW": _waiting_call_ended(Outcome.WITHDRAWN, "system", wait=3),
    "SYSCOMPAT": _waiting_call_ended(Outcome.INCOMPATIBLE, "system", wait=None),
    "RINGNOANSWER": lambda at, fields: events.CallMissed(
        at, _call(fields), _queue(fields), _agent(fields), _length(fields, 1, 1) or 0
    ),
    "RINGCANCELED": lambda at, fields: events.OfferWithdrawn(at, _call(fields), _queue(fields), _agent(fields)),
    # Written for an agent who was no member; one who still seems to be has left unnoticed (metrics.md 6.3).
    "ADDMEMBER": lambda at, fields: events.MemberJoined(
        at, _queue(fields), _agent(fields), datum(fields, 1) == "PAUSED", anew=True
    ),
    "REMOVEMEMBER": lambda at, fields: events.MemberLeft(at, _queue(fields), _agent(fields)),
    "PAUSE": lambda at, fields: events.AgentPaused(at, _agent(fields), _queue_if_any(fields), _text(fields)),
    "UNPAUSE": lambda at, fields: events.AgentUnpaused(at, _agent(fields), _queue_if_any(fields)),
    **dict.fromkeys(
        ("PAUSEALL", "PAUSEREASON"), lambda at, fields: events.AgentPaused(at, _agent(fields), None, _text(fields))
    ),
    "UNPAUSEALL": lambda at, fields: events.AgentUnpaused(at, _agent(fields), None),
    **dict.fromkeys(("AGENTLOGIN", "AGENTCALLBACKLOGIN"), lambda at, fields: events.AgentLoggedIn(at, _agent(fields))),
    **dict.fromkeys(
        ("AGENTLOGOFF", "AGENTCALLBACKLOGOFF"), lambda at, fields: events.AgentLoggedOut(at, _agent(fields))
    ),
    "QUEUESTART": lambda at, fields: events.SwitchRestarted(at),
    # Events of other programs in the same log (metrics.md 13): else their calls would look like queue calls.
    "CALLOUTBOUND": _call_dialled,
    "CALLERONHOLD": lambda at, fields: events.CallHeld(at, _call(fields), _agent(fields)),
    "CALLEROFFHOLD": lambda at, fields: events.CallResumed(at, _call(fields), _agent(fields)),
    "CALLSTATUS": _call_disposed,
    "ADDMEMBER2": _logged_in_at_a_desk,
    **dict.fromkeys(_IGNORED, lambda _at, _fields: None),
}
"""The translator of every event that ccmon knows. Any other is counted as unknown."""
