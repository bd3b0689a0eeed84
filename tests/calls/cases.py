"""What events make of a floor: one event, one case. Each expectation names every record there is afterwards."""

from __future__ import annotations

from typing import Any

from ccmon.events import (
    AgentAvailable,
    AgentKnownAs,
    AgentLoggedIn,
    AgentLoggedOut,
    AgentPaused,
    AgentUnavailable,
    AgentUnpaused,
    AnswerUndone,
    CallAnswered,
    CallDialled,
    CallEnded,
    CallEntered,
    CallHeld,
    CallMissed,
    CallOffered,
    CallResumed,
    DispositionChosen,
    FloorEvent,
    MemberJoined,
    MemberLeft,
    OfferWithdrawn,
    OtherCallEnded,
    OtherCallStarted,
    SwitchRestarted,
    WrapUpEnded,
)
from ccmon.model.calls import Outcome
from tests.calls.changes_as_text import s

ABANDONED, ANSWERED, INCOMPATIBLE = Outcome.ABANDONED, Outcome.ANSWERED, Outcome.INCOMPATIBLE
TIMEOUT, UNKNOWN = Outcome.TIMEOUT, Outcome.UNKNOWN


def entered(at: float, call: str, queue: str) -> CallEntered:
    return CallEntered(s(at), call, queue)


def answered(at: float, call: str, queue: str | None, agent: str, waited: float | None = None) -> CallAnswered:
    return CallAnswered(s(at), call, queue, agent, None if waited is None else s(waited))


def offered(at: float, call: str, queue: str, agent: str) -> CallOffered:
    return CallOffered(s(at), call, queue, agent)


def joined(at: float, queue: str, agent: str) -> MemberJoined:
    return MemberJoined(s(at), queue, agent)


def ended(
    at: float,
    call: str,
    queue: str | None,
    outcome: Outcome,
    by: str | None = None,
    *,
    waited: float | None = None,
    talked: float | None = None,
    **rest: Any,
) -> CallEnded:
    waited_ms, talked_ms = (None if length is None else s(length) for length in (waited, talked))
    return CallEnded(s(at), call, queue, outcome, by, waited_ms=waited_ms, talked_ms=talked_ms, **rest)


wrapping_up: list[FloorEvent] = [
    entered(0, "c", "q"),
    answered(5, "c", "q", "Ann"),
    ended(9, "c", "q", ANSWERED, "caller", wraps_up=True),
]

CALLS: dict[str, tuple[list[FloorEvent], list[str]]] = {
    "a caller who is answered": (
        [entered(0, "c", "q"), answered(5, "c", "q", "Ann"), ended(9, "c", "q", ANSWERED, "caller")],
        [
            "in c/1 q 0-9 answered 5 Ann = answered by caller",
            "Ann ready 5-5",
            "Ann talking 5-9 c/1",
            "Ann ready 9-",
            "member Ann q 5- static",
        ],
    ),
    "a caller's number and name": ([CallEntered(s(0), "c", "q", "0612", "Bo")], ["in c/1 q 0- from 0612 Bo"]),
    "a caller who gives up": (
        [entered(0, "c", "q"), ended(7, "c", "q", ABANDONED, "caller")],
        ["in c/1 q 0-7 = abandoned by caller"],
    ),
    "two spellings of a queue are one": (
        [
            entered(0, "c", "Sales"),
            answered(5, "c", "SALES", "Ann"),
            ended(9, "c", "sales", ANSWERED, "agent"),
            entered(9, "d", "sales"),
        ],
        [
            "in c/1 Sales 0-9 answered 5 Ann = answered by agent",
            "in d/1 Sales 9-",
            "Ann ready 5-5",
            "Ann talking 5-9 c/1",
            "Ann ready 9-",
            "member Ann Sales 5- static",
        ],
    ),
    "an entry while the call waits ends the first visit as unknown": (
        [entered(0, "c", "q"), entered(4, "c", "r")],
        ["in c/1 q 0-4 = unknown", "in c/2 r 4-"],
    ),
    "an entry while the call talks is a second visit": (
        [
            entered(0, "c", "q"),
            answered(5, "c", "q", "Ann"),
            entered(8, "c", "q"),
            ended(8, "c", "q", ANSWERED, "transfer"),
            ended(9, "c", "q", ABANDONED, "caller"),
        ],
        [
            "in c/1 q 0-8 answered 5 Ann = answered by transfer",
            "in c/2 q 8-9 = abandoned by caller",
            "Ann ready 5-5",
            "Ann talking 5-8 c/1",
            "Ann ready 8-",
            "member Ann q 5- static",
        ],
    ),
    "the end of the talk names the visit that talks": (
        [
            entered(0, "c", "q"),
            answered(2, "c", "q", "Ann"),
            entered(3, "c", "r"),
            answered(4, "c", "r", "Bob"),
            ended(6, "c", "q", ANSWERED, "caller"),
        ],
        [
            "in c/1 q 0-6 answered 2 Ann = answered by caller",
            "in c/2 r 3- answered 4 Bob",
            "Ann ready 2-2",
            "Ann talking 2-6 c/1",
            "Ann ready 6-",
            "Bob ready 4-4",
            "Bob talking 4- c/2",
            "member Ann q 2- static",
            "member Bob r 4- static",
        ],
    ),
    "a second end is ignored": (
        [entered(0, "c", "q"), ended(7, "c", "q", INCOMPATIBLE, "system"), ended(7, "c", "q", ABANDONED, "caller")],
        ["in c/1 q 0-7 = incompatible by system", "1 ignored"],
    ),
    "a second answer is ignored": (
        [entered(0, "c", "q"), answered(5, "c", "q", "Ann"), answered(6, "c", "q", "Ann")],
        ["in c/1 q 0- answered 5 Ann", "Ann ready 5-5", "Ann talking 5- c/1", "member Ann q 5- static", "1 ignored"],
    ),
    "an answer without an entry enters when it waited": (
        [answered(50, "c", "q", "Ann", waited=7)],
        ["in c/1 q 43- answered 50 Ann", "Ann ready 50-50", "Ann talking 50- c/1", "member Ann q 50- static"],
    ),
    "an answer without an entry or a wait enters at once": (
        [answered(50, "c", "q", "Ann")],
        ["in c/1 q 50- answered 50 Ann", "Ann ready 50-50", "Ann talking 50- c/1", "member Ann q 50- static"],
    ),
    "an answer that comes after the end is too late": (
        [entered(0, "c", "q"), ended(7, "c", "q", ABANDONED, "caller"), answered(8, "c", "q", "Ann", waited=5)],
        ["in c/1 q 0-7 = abandoned by caller", "1 ignored"],
    ),
    "an answer that waited since after the end is a new visit": (
        [entered(0, "c", "q"), ended(7, "c", "q", ABANDONED, "caller"), answered(20, "c", "q", "Ann", waited=12)],
        [
            "in c/1 q 0-7 = abandoned by caller",
            "in c/2 q 8- answered 20 Ann",
            "Ann ready 20-20",
            "Ann talking 20- c/2",
            "member Ann q 20- static",
        ],
    ),
    "an answer that waited since the very end is too late": (
        [entered(0, "c", "q"), ended(7, "c", "q", ABANDONED, "caller"), answered(20, "c", "q", "Ann", waited=13)],
        ["in c/1 q 0-7 = abandoned by caller", "1 ignored"],
    ),
    "an answer for another queue is a visit of its own": (
        [entered(0, "c", "q"), ended(7, "c", "q", ABANDONED, "caller"), answered(8, "c", "r", "Ann", waited=5)],
        [
            "in c/1 q 0-7 = abandoned by caller",
            "in c/2 r 3- answered 8 Ann",
            "Ann ready 8-8",
            "Ann talking 8- c/2",
            "member Ann r 8- static",
        ],
    ),
    "an end of talking without its beginning": (
        [ended(60, "c", "q", ANSWERED, "agent", agent="Ann", waited=7, talked=20)],
        ["in c/1 q 33-60 answered 40 Ann = answered by agent", "Ann ready 60-", "member Ann q 60- static"],
    ),
    "an end of talking with no length is answered then": (
        [ended(60, "c", "q", ANSWERED, "agent")],
        ["in c/1 q 60-60 answered 60 = answered by agent"],
    ),
    "an end of waiting without its beginning": (
        [ended(60, "c", "q", ABANDONED, "caller", waited=7)],
        ["in c/1 q 53-60 = abandoned by caller"],
    ),
    "an end of talking for a call that waits answers it": (
        [entered(30, "c", "q"), ended(60, "c", "q", ANSWERED, "agent", agent="Ann", waited=7, talked=20)],
        ["in c/1 q 30-60 answered 40 Ann = answered by agent", "Ann ready 60-", "member Ann q 60- static"],
    ),
    "talked for longer than the visit is old": (
        [entered(30, "c", "q"), ended(60, "c", "q", ANSWERED, "agent", agent="Ann", talked=40)],
        ["in c/1 q 30-60 answered 30 Ann = answered by agent", "Ann ready 60-", "member Ann q 60- static"],
    ),
    "an end of waiting for a call that talks is ignored": (
        [entered(0, "c", "q"), answered(5, "c", "q", "Ann"), ended(9, "c", "q", TIMEOUT, "system")],
        ["in c/1 q 0- answered 5 Ann", "Ann ready 5-5", "Ann talking 5- c/1", "member Ann q 5- static", "1 ignored"],
    ),
    "nobody saw the end of one that waits": (
        [entered(0, "c", "q"), ended(9, "c", "q", UNKNOWN)],
        ["in c/1 q 0-9 = unknown"],
    ),
    "an end too late for a visit that is over": (
        [
            entered(0, "c", "q"),
            answered(5, "c", "q", "Ann"),
            ended(9, "c", "q", ANSWERED, "caller"),
            ended(9, "c", "q", ANSWERED, "agent", agent="Ann", waited=5, talked=4),
        ],
        [
            "in c/1 q 0-9 answered 5 Ann = answered by caller",
            "Ann ready 5-5",
            "Ann talking 5-9 c/1",
            "Ann ready 9-",
            "member Ann q 5- static",
            "1 ignored",
        ],
    ),
    "an outbound attempt": (
        [
            CallDialled(s(0), "c", "Ann", "Winback", "0699"),
            answered(4, "c", None, "Ann"),
            ended(9, "c", None, ANSWERED, "agent", disposition="sold", right_party=True),
        ],
        [
            "out c/1 Winback 0-9 answered 4 Ann = answered by agent (sold) right party 1 from 0699 None",
            "Ann dialling 0-4 c/1",
            "Ann talking 4-9 c/1",
        ],
    ),
    "an outbound attempt that nobody takes": (
        [CallDialled(s(0), "c", "Ann", "Winback"), ended(9, "c", None, TIMEOUT, "system", right_party=False)],
        ["out c/1 Winback 0-9 Ann = timeout by system right party 0", "Ann dialling 0-9 c/1"],
    ),
    "a dialler's attempt finds its agent when answered": (
        [CallDialled(s(0), "c", None, "Winback", "0699"), answered(4, "c", None, "Ann")],
        ["out c/1 Winback 0- answered 4 Ann from 0699 None", "Ann talking 4- c/1"],
    ),
    "dialling ends the work after the last call": (
        [*wrapping_up, CallDialled(s(20), "d", "Ann", None)],
        [
            "in c/1 q 0-9 answered 5 Ann = answered by caller wrapped up 20",
            "out d/1 20- Ann",
            "Ann ready 5-5",
            "Ann talking 5-9 c/1",
            "Ann wrap_up 9-20 c/1",
            "Ann dialling 20- d/1",
            "member Ann q 5- static",
        ],
    ),
    "a telephone rings": (
        [entered(0, "c", "q"), offered(2, "c", "q", "Ann"), offered(3, "c", "q", "Ann")],
        ["in c/1 q 0- rings Ann", "Ann ready 2-2", "Ann ringing 2- c/1", "member Ann q 2- static"],
    ),
    "a ring for a call that nobody saw enter": (
        [offered(2, "c", "q", "Ann")],
        ["Ann ready 2-", "member Ann q 2- static", "1 ignored"],
    ),
    "a missed call": (
        [entered(0, "c", "q"), offered(2, "c", "q", "Ann"), CallMissed(s(12), "c", "q", "Ann", s(10))],
        [
            "in c/1 q 0-",
            "Ann ready 2-2",
            "Ann ringing 2-12 c/1",
            "Ann ready 12-",
            "member Ann q 2- static",
            "missed Ann q 12 rang 10 c/1",
        ],
    ),
    "a missed call of a visit that nobody saw": (
        [CallMissed(s(12), "c", "q", "Ann", s(-1))],
        ["Ann ready 12-", "member Ann q 12- static", "missed Ann q 12 rang 0"],
    ),
    "one of two telephones is missed": (
        [
            entered(0, "c", "q"),
            offered(2, "c", "q", "Ann"),
            offered(2, "c", "q", "Bob"),
            CallMissed(s(12), "c", "q", "Ann", s(10)),
        ],
        [
            "in c/1 q 0- rings Bob",
            "Ann ready 2-2",
            "Ann ringing 2-12 c/1",
            "Ann ready 12-",
            "Bob ready 2-2",
            "Bob ringing 2- c/1",
            "member Ann q 2- static",
            "member Bob q 2- static",
            "missed Ann q 12 rang 10 c/1",
        ],
    ),
    "missed by somebody else than it rings at": (
        [entered(0, "c", "q"), offered(2, "c", "q", "Ann"), CallMissed(s(12), "c", "q", "Bob", s(10))],
        [
            "in c/1 q 0- rings Ann",
            "Ann ready 2-2",
            "Ann ringing 2- c/1",
            "Bob ready 12-",
            "member Ann q 2- static",
            "member Bob q 12- static",
            "missed Bob q 12 rang 10 c/1",
        ],
    ),
    "an offer withdrawn": (
        [
            entered(0, "c", "q"),
            offered(2, "c", "q", "Ann"),
            OfferWithdrawn(s(6), "c", "q", "Ann"),
            OfferWithdrawn(s(7), "d", "q", "Ann"),
        ],
        ["in c/1 q 0-", "Ann ready 2-2", "Ann ringing 2-6 c/1", "Ann ready 6-", "member Ann q 2- static"],
    ),
    "who answers stops the others' ringing": (
        [entered(0, "c", "q"), offered(2, "c", "q", "Ann"), offered(2, "c", "q", "Bob"), answered(5, "c", "q", "Bob")],
        [
            "in c/1 q 0- answered 5 Bob",
            "Ann ready 2-2",
            "Ann ringing 2-5 c/1",
            "Ann ready 5-",
            "Bob ready 2-2",
            "Bob ringing 2-5 c/1",
            "Bob talking 5- c/1",
            "member Ann q 2- static",
            "member Bob q 2- static",
        ],
    ),
    "the end of waiting stops the ringing": (
        [entered(0, "c", "q"), offered(2, "c", "q", "Ann"), ended(5, "c", "q", ABANDONED, "caller")],
        [
            "in c/1 q 0-5 = abandoned by caller",
            "Ann ready 2-2",
            "Ann ringing 2-5 c/1",
            "Ann ready 5-",
            "member Ann q 2- static",
        ],
    ),
    "an answer undone waits again": (
        [
            entered(0, "c", "q"),
            answered(5, "c", "q", "Ann"),
            CallHeld(s(6), "c", "Ann"),
            AnswerUndone(s(7), "c", "q", "Ann"),
            answered(9, "c", "q", "Bob"),
        ],
        [
            "in c/1 q 0- answered 9 Bob",
            "Ann ready 5-5",
            "Ann talking 5-6 c/1",
            "Ann hold 6-7 c/1",
            "Ann ready 7-",
            "Bob ready 9-9",
            "Bob talking 9- c/1",
            "member Ann q 5- static",
            "member Bob q 9- static",
        ],
    ),
    "an answer undone that was none is ignored": (
        [entered(0, "c", "q"), AnswerUndone(s(7), "c", "q", "Ann")],
        ["in c/1 q 0-", "1 ignored"],
    ),
    "an answer undone of another agent is ignored": (
        [
            entered(0, "c", "q"),
            answered(5, "c", "q", "Ann"),
            entered(0, "d", "q"),
            answered(5, "d", "q", "Bob"),
            AnswerUndone(s(7), "c", "q", "Bob"),
        ],
        [
            "in c/1 q 0- answered 5 Ann",
            "in d/1 q 0- answered 5 Bob",
            "Ann ready 5-5",
            "Ann talking 5- c/1",
            "Bob ready 5-5",
            "Bob talking 5- d/1",
            "member Ann q 5- static",
            "member Bob q 5- static",
            "1 ignored",
        ],
    ),
    "two holds add up": (
        [
            entered(0, "c", "q"),
            answered(5, "c", "q", "Ann"),
            CallHeld(s(6), "c", "Ann"),
            CallResumed(s(8), "c", "Ann"),
            CallHeld(s(10), "c", "Ann"),
            CallResumed(s(13), "c", "Ann"),
            ended(20, "c", "q", ANSWERED, "caller"),
        ],
        [
            "in c/1 q 0-20 answered 5 Ann = answered by caller hold 5",
            "Ann ready 5-5",
            "Ann talking 5-6 c/1",
            "Ann hold 6-8 c/1",
            "Ann talking 8-10 c/1",
            "Ann hold 10-13 c/1",
            "Ann talking 13-20 c/1",
            "Ann ready 20-",
            "member Ann q 5- static",
        ],
    ),
    "a hold lasts until the end": (
        [
            entered(0, "c", "q"),
            answered(5, "c", "q", "Ann"),
            CallHeld(s(6), "c", "Ann"),
            ended(20, "c", "q", ANSWERED, "caller"),
        ],
        [
            "in c/1 q 0-20 answered 5 Ann = answered by caller hold 14",
            "Ann ready 5-5",
            "Ann talking 5-6 c/1",
            "Ann hold 6-20 c/1",
            "Ann ready 20-",
            "member Ann q 5- static",
        ],
    ),
    "a second hold, a second resumption and others' are ignored": (
        [
            entered(0, "c", "q"),
            answered(5, "c", "q", "Ann"),
            CallHeld(s(6), "c", "Ann"),
            CallHeld(s(7), "c", "Ann"),
            CallResumed(s(8), "c", "Ann"),
            CallResumed(s(9), "c", "Ann"),
            CallHeld(s(9), "x", "Ann"),
            CallResumed(s(9), "x", "Ann"),
        ],
        [
            "in c/1 q 0- answered 5 Ann hold 2",
            "Ann ready 5-5",
            "Ann talking 5-6 c/1",
            "Ann hold 6-8 c/1",
            "Ann talking 8- c/1",
            "member Ann q 5- static",
            "4 ignored",
        ],
    ),
    "a hold whose clock goes back lasts nothing": (
        [entered(0, "c", "q"), answered(5, "c", "q", "Ann"), CallHeld(s(6), "c", "Ann"), CallResumed(s(4), "c", "Ann")],
        [
            "in c/1 q 0- answered 5 Ann hold 0",
            "Ann ready 5-5",
            "Ann talking 5-6 c/1",
            "Ann hold 6-6 c/1",
            "Ann talking 6- c/1",
            "member Ann q 5- static",
            "2 clock steps",
        ],
    ),
    "the work after the call": (
        [*wrapping_up, WrapUpEnded(s(14), "Ann")],
        [
            "in c/1 q 0-9 answered 5 Ann = answered by caller wrapped up 14",
            "Ann ready 5-5",
            "Ann talking 5-9 c/1",
            "Ann wrap_up 9-14 c/1",
            "Ann ready 14-",
            "member Ann q 5- static",
        ],
    ),
    "the next answer ends the work after the call": (
        [*wrapping_up, entered(11, "d", "q"), answered(12, "d", "q", "Ann")],
        [
            "in c/1 q 0-9 answered 5 Ann = answered by caller wrapped up 12",
            "in d/1 q 11- answered 12 Ann",
            "Ann ready 5-5",
            "Ann talking 5-9 c/1",
            "Ann wrap_up 9-12 c/1",
            "Ann talking 12- d/1",
            "member Ann q 5- static",
        ],
    ),
    "no work after a call that nobody answered": (
        [entered(0, "c", "q"), ended(9, "c", "q", ABANDONED, "caller", wraps_up=True)],
        ["in c/1 q 0-9 = abandoned by caller"],
    ),
    "what came of a call, after its end": (
        [entered(0, "c", "q"), ended(9, "c", "q", ABANDONED, "caller"), DispositionChosen(s(11), "c", "q", "sold")],
        ["in c/1 q 0-9 = abandoned by caller (sold)"],
    ),
    "what came of a call, of the latest visit to that queue": (
        [
            entered(0, "c", "q"),
            ended(9, "c", "q", TIMEOUT, "system"),
            entered(9, "c", "r"),
            ended(12, "c", "r", ABANDONED, "caller"),
            DispositionChosen(s(11), "c", "q", "sold"),
            DispositionChosen(s(11), "c", None, "gone"),
            DispositionChosen(s(11), "x", None, "gone"),
        ],
        ["in c/1 q 0-9 = timeout by system (sold)", "in c/2 r 9-12 = abandoned by caller (gone)", "1 ignored"],
    ),
    "a clock set back": (
        [entered(50, "c", "q"), answered(40, "c", "q", "Ann"), ended(45, "c", "q", ANSWERED, "agent")],
        [
            "in c/1 q 50-50 answered 50 Ann = answered by agent",
            "Ann ready 40-40",
            "Ann talking 40-50 c/1",
            "Ann ready 50-",
            "member Ann q 40- static",
            "2 clock steps",
        ],
    ),
    "a call of the longest time there is": (
        [entered(0, "c", "q"), entered(14399.999, "d", "q")],
        ["in c/1 q 0-", "in d/1 q 14399.999-"],
    ),
    "a call forgotten": (
        [entered(0, "c", "q"), entered(60, "d", "q"), entered(14400, "e", "q")],
        ["in c/1 q 0-14400 = unknown", "in d/1 q 60-", "in e/1 q 14400-"],
    ),
    "calls forgotten one after the other": (
        [entered(0, "c", "q"), entered(60, "d", "q"), entered(14460, "e", "q")],
        ["in c/1 q 0-14400 = unknown", "in d/1 q 60-14460 = unknown", "in e/1 q 14460-"],
    ),
    "a waiting call at a restart": (
        [entered(0, "c", "q"), SwitchRestarted(s(9)), ended(12, "c", "q", ABANDONED, "caller")],
        ["in c/1 q 0-9 = unknown", "in c/2 q 12-12 = abandoned by caller"],
    ),
    "an alias of an agent who is known by it alone": (
        [
            entered(0, "c", "q"),
            offered(1, "c", "q", "SIP/1"),
            answered(2, "c", "q", "SIP/1"),
            AgentKnownAs(s(5), "Ann", "SIP/1"),
            entered(6, "d", "q"),
            answered(7, "d", "q", "SIP/1"),
        ],
        [
            "in c/1 q 0-5 answered 2 SIP/1 = unknown",
            "in d/1 q 6- answered 7 Ann",
            "Ann ready 7-7",
            "Ann talking 7- d/1",
            "SIP/1 ready 1-1",
            "SIP/1 ringing 1-2 c/1",
            "SIP/1 talking 2-5 c/1",
            "SIP/1 ready 5-5",
            "member SIP/1 q 1-5 static",
            "member Ann q 7- static",
            "alias SIP/1 = Ann",
        ],
    ),
    "an alias told again is nothing new": (
        [AgentKnownAs(s(5), "Ann", "SIP/1"), AgentKnownAs(s(6), "Ann", "SIP/1")],
        ["alias SIP/1 = Ann"],
    ),
    "an alias goes over to another agent, who keeps the calls": (
        [
            AgentKnownAs(s(0), "Ann", "SIP/1"),
            entered(0, "c", "q"),
            answered(2, "c", "q", "SIP/1"),
            AgentKnownAs(s(5), "Bob", "SIP/1"),
            entered(6, "d", "q"),
            answered(7, "d", "q", "SIP/1"),
        ],
        [
            "in c/1 q 0- answered 2 Ann",
            "in d/1 q 6- answered 7 Bob",
            "Ann ready 2-2",
            "Ann talking 2- c/1",
            "Bob ready 7-7",
            "Bob talking 7- d/1",
            "member Ann q 2- static",
            "member Bob q 7- static",
            "alias SIP/1 = Ann",
            "alias SIP/1 = Bob",
        ],
    ),
    "an alias that dialled and rang": (
        [
            CallDialled(s(0), "o", "SIP/1", None),
            entered(0, "c", "q"),
            offered(1, "c", "q", "SIP/1"),
            AgentKnownAs(s(5), "Ann", "SIP/1"),
        ],
        [
            "out o/1 0-5 SIP/1 = unknown",
            "in c/1 q 0-",
            "SIP/1 dialling 0-5 o/1",
            "SIP/1 ringing 5-5 c/1",
            "SIP/1 ready 5-5",
            "member SIP/1 q 1-5 static",
            "alias SIP/1 = Ann",
        ],
    ),
    "a ring for a call that waits in another queue": (
        [entered(0, "c", "q"), offered(2, "c", "r", "Ann"), offered(3, "c", "r", "Ann")],
        ["in c/1 q 0-", "Ann ready 2-", "member Ann r 2- static", "2 ignored"],
    ),
    "a missed call in another queue than it waits in": (
        [entered(0, "c", "q"), offered(1, "c", "q", "Ann"), CallMissed(s(12), "c", "r", "Ann", s(10))],
        [
            "in c/1 q 0- rings Ann",
            "Ann ready 1-1",
            "Ann ringing 1- c/1",
            "member Ann q 1- static",
            "member Ann r 12- static",
            "missed Ann r 12 rang 10",
        ],
    ),
    "an offer withdrawn in another queue than it waits in": (
        [entered(0, "c", "q"), offered(1, "c", "q", "Ann"), OfferWithdrawn(s(6), "c", "r", "Ann")],
        [
            "in c/1 q 0- rings Ann",
            "Ann ready 1-1",
            "Ann ringing 1- c/1",
            "member Ann q 1- static",
            "member Ann r 6- static",
        ],
    ),
    "an answer in another queue than it waits in": (
        [entered(0, "c", "q"), answered(5, "c", "r", "Ann", waited=2)],
        ["in c/1 q 0-", "in c/2 r 3- answered 5 Ann", "Ann ready 5-5", "Ann talking 5- c/2", "member Ann r 5- static"],
    ),
    "an answer in another queue than it talks in": (
        [entered(0, "c", "q"), answered(5, "c", "q", "Ann"), answered(8, "c", "r", "Bob", waited=2)],
        [
            "in c/1 q 0- answered 5 Ann",
            "in c/2 r 6- answered 8 Bob",
            "Ann ready 5-5",
            "Ann talking 5- c/1",
            "Bob ready 8-8",
            "Bob talking 8- c/2",
            "member Ann q 5- static",
            "member Bob r 8- static",
        ],
    ),
    "two answers too many": (
        [
            entered(0, "c", "q"),
            answered(5, "c", "q", "Ann"),
            answered(6, "c", "q", "Ann"),
            answered(7, "c", "q", "Bob"),
        ],
        ["in c/1 q 0- answered 5 Ann", "Ann ready 5-5", "Ann talking 5- c/1", "member Ann q 5- static", "2 ignored"],
    ),
    "two ends too many": (
        [
            entered(0, "c", "q"),
            ended(7, "c", "q", ABANDONED, "caller"),
            ended(8, "c", "q", ABANDONED, "caller", waited=7),
            ended(9, "c", "q", TIMEOUT, "system", waited=8),
        ],
        ["in c/1 q 0-7 = abandoned by caller", "2 ignored"],
    ),
    "answers undone that were none": (
        [AnswerUndone(s(7), "c", "q", "Ann"), AnswerUndone(s(8), "c", "q", "Ann")],
        ["2 ignored"],
    ),
    "what came of calls that nobody knows": (
        [DispositionChosen(s(1), "x", None, "gone"), DispositionChosen(s(2), "x", None, "gone")],
        ["2 ignored"],
    ),
    "an answer while dialling another": (
        [
            CallDialled(s(0), "o", "Ann", None),
            entered(1, "c", "q"),
            answered(2, "c", "q", "Ann"),
            ended(5, "c", "q", ANSWERED, "caller"),
        ],
        [
            "out o/1 0- Ann",
            "in c/1 q 1-5 answered 2 Ann = answered by caller",
            "Ann dialling 0-2 o/1",
            "Ann talking 2-5 c/1",
            "Ann dialling 5- o/1",
            "member Ann q 2- static",
        ],
    ),
    "nobody saw the end of one that talks": (
        [
            entered(0, "c", "q"),
            answered(5, "c", "q", "Ann"),
            entered(0, "d", "r"),
            answered(6, "d", "r", "Bob"),
            ended(9, "c", "q", UNKNOWN),
        ],
        [
            "in c/1 q 0-9 answered 5 Ann = unknown",
            "in d/1 r 0- answered 6 Bob",
            "Ann ready 5-5",
            "Ann talking 5-9 c/1",
            "Ann ready 9-",
            "Bob ready 6-6",
            "Bob talking 6- d/1",
            "member Ann q 5- static",
            "member Bob r 6- static",
        ],
    ),
    "nobody saw the end of one that talks in another queue": (
        [entered(0, "c", "q"), answered(5, "c", "q", "Ann"), ended(9, "c", "r", UNKNOWN)],
        [
            "in c/1 q 0- answered 5 Ann",
            "in c/2 r 9-9 = unknown",
            "Ann ready 5-5",
            "Ann talking 5- c/1",
            "member Ann q 5- static",
        ],
    ),
    "an end of waiting in another queue than the visit that is over": (
        [
            entered(0, "c", "q"),
            ended(7, "c", "q", TIMEOUT, "system"),
            ended(12, "c", "r", ABANDONED, "caller", waited=6),
        ],
        ["in c/1 q 0-7 = timeout by system", "in c/2 r 6-12 = abandoned by caller"],
    ),
    "an end of talking in another queue than it waits in": (
        [entered(0, "c", "q"), ended(12, "c", "r", ANSWERED, "caller", agent="Ann", waited=2, talked=3)],
        [
            "in c/1 q 0-",
            "in c/2 r 7-12 answered 9 Ann = answered by caller",
            "Ann ready 12-",
            "member Ann r 12- static",
        ],
    ),
    "a late end that names no queue": (
        [
            entered(0, "c", "q"),
            ended(7, "c", "q", TIMEOUT, "system"),
            ended(8, "c", None, ABANDONED, "caller", waited=6),
        ],
        ["in c/1 q 0-7 = timeout by system", "1 ignored"],
    ),
    "a length of talk does not move the end of waiting": (
        [ended(60, "c", "q", ABANDONED, "caller", waited=7, talked=5)],
        ["in c/1 q 53-60 = abandoned by caller"],
    ),
    "an end before the answer": (
        [entered(0, "c", "q"), answered(10, "c", "q", "Ann"), ended(5, "c", "q", ANSWERED, "caller")],
        [
            "in c/1 q 0-10 answered 10 Ann = answered by caller",
            "Ann ready 10-10",
            "Ann talking 10-10 c/1",
            "Ann ready 10-",
            "member Ann q 10- static",
            "1 clock steps",
        ],
    ),
    "work after a call that ends before the call did": (
        [*wrapping_up, WrapUpEnded(s(8), "Ann")],
        [
            "in c/1 q 0-9 answered 5 Ann = answered by caller wrapped up 9",
            "Ann ready 5-5",
            "Ann talking 5-9 c/1",
            "Ann wrap_up 9-9 c/1",
            "Ann ready 9-",
            "member Ann q 5- static",
            "2 clock steps",
        ],
    ),
    "work after one call, then after another": (
        [
            entered(0, "c", "q"),
            answered(1, "c", "q", "Ann"),
            CallHeld(s(2), "c", "Ann"),
            entered(2, "d", "q"),
            answered(3, "d", "q", "Ann"),
            ended(6, "d", "q", ANSWERED, "caller", wraps_up=True),
            ended(8, "c", "q", ANSWERED, "caller", wraps_up=True),
        ],
        [
            "in c/1 q 0-8 answered 1 Ann = answered by caller hold 6 wrapping up",
            "in d/1 q 2-6 answered 3 Ann = answered by caller wrapped up 8",
            "Ann ready 1-1",
            "Ann talking 1-2 c/1",
            "Ann hold 2-3 c/1",
            "Ann talking 3-6 d/1",
            "Ann hold 6-8 c/1",
            "Ann wrap_up 8- c/1",
            "member Ann q 1- static",
        ],
    ),
    "two calls at once, the one answered last counts": (
        [
            entered(0, "c", "q"),
            entered(0, "d", "q"),
            answered(1, "d", "q", "Ann"),
            answered(2, "c", "q", "Ann"),
            joined(3, "r", "Ann"),
        ],
        [
            "in c/1 q 0- answered 2 Ann",
            "in d/1 q 0- answered 1 Ann",
            "Ann ready 1-1",
            "Ann talking 1-2 d/1",
            "Ann talking 2- c/1",
            "member Ann q 1- static",
            "member Ann r 3-",
        ],
    ),
    "an alias in the work after a call": (
        [
            entered(0, "c", "q"),
            answered(2, "c", "q", "SIP/1"),
            ended(4, "c", "q", ANSWERED, "caller", wraps_up=True),
            AgentKnownAs(s(5), "Ann", "SIP/1"),
        ],
        [
            "in c/1 q 0-4 answered 2 SIP/1 = answered by caller wrapped up 5",
            "SIP/1 ready 2-2",
            "SIP/1 talking 2-4 c/1",
            "SIP/1 wrap_up 4-5 c/1",
            "member SIP/1 q 2-5 static",
            "alias SIP/1 = Ann",
        ],
    ),
}

AGENTS: dict[str, tuple[list[FloorEvent], list[str]]] = {
    "a member joins and leaves": (
        [joined(0, "q", "Ann"), MemberLeft(s(9), "q", "Ann")],
        ["Ann ready 0-9", "Ann logged_out 9-", "member Ann q 0-9"],
    ),
    "a member of two queues who leaves one": (
        [joined(0, "q", "Ann"), joined(0, "r", "Ann"), MemberLeft(s(9), "q", "Ann")],
        ["Ann ready 0-", "member Ann q 0-9", "member Ann r 0-"],
    ),
    "a member told of again": ([joined(0, "q", "Ann"), joined(5, "q", "Ann")], ["Ann ready 0-", "member Ann q 0-"]),
    "a member who joins anew has left unseen": (
        [joined(0, "q", "Ann"), MemberJoined(s(5), "q", "Ann", anew=True)],
        ["Ann ready 0-", "member Ann q 0-5", "member Ann q 5-"],
    ),
    "a member who leaves was one until then": (
        [MemberLeft(s(9), "q", "Ann"), MemberLeft(s(10), "q", "Ann")],
        ["Ann logged_out 9-", "member Ann q 9-9"],
    ),
    "a static member seen at work": (
        [answered(5, "c", "q", "Ann")],
        ["in c/1 q 5- answered 5 Ann", "Ann ready 5-5", "Ann talking 5- c/1", "member Ann q 5- static"],
    ),
    "a static member who leaves logs out by themselves from then on": (
        [
            answered(5, "c", "q", "Ann"),
            ended(6, "c", "q", ANSWERED, "caller"),
            MemberLeft(s(9), "q", "Ann"),
            answered(12, "d", "q", "Ann"),
        ],
        [
            "in c/1 q 5-6 answered 5 Ann = answered by caller",
            "in d/1 q 12- answered 12 Ann",
            "Ann ready 5-5",
            "Ann talking 5-6 c/1",
            "Ann ready 6-9",
            "Ann logged_out 9-12",
            "Ann talking 12- d/1",
            "member Ann q 5-9",
        ],
    ),
    "a member who joins paused": (
        [MemberJoined(s(0), "q", "Ann", paused=True), AgentUnpaused(s(4), "Ann", "q")],
        ["Ann paused 0-4", "Ann ready 4-", "member Ann q 0-", "pause Ann q 0-4"],
    ),
    "a member who joins paused is not paused twice": (
        [joined(0, "q", "Ann"), AgentPaused(s(2), "Ann", "q", "Lunch"), MemberJoined(s(4), "q", "Ann", paused=True)],
        ["Ann ready 0-2", "Ann paused Lunch 2-", "member Ann q 0-", "pause Ann q Lunch 2-"],
    ),
    "a pause in one of two queues": (
        [
            joined(0, "q", "Ann"),
            joined(0, "r", "Ann"),
            AgentPaused(s(2), "Ann", "q", "Lunch"),
            AgentPaused(s(3), "Ann", "r", "Tea"),
            AgentUnpaused(s(5), "Ann", "q"),
        ],
        [
            "Ann ready 0-3",
            "Ann paused Tea 3-5",
            "Ann ready 5-",
            "member Ann q 0-",
            "member Ann r 0-",
            "pause Ann q Lunch 2-5",
            "pause Ann r Tea 3-",
        ],
    ),
    "a pause everywhere": (
        [
            joined(0, "q", "Ann"),
            joined(0, "r", "Ann"),
            AgentPaused(s(2), "Ann", None, "Lunch"),
            AgentUnpaused(s(5), "Ann", None),
        ],
        [
            "Ann ready 0-2",
            "Ann paused Lunch 2-5",
            "Ann ready 5-",
            "member Ann q 0-",
            "member Ann r 0-",
            "pause Ann q Lunch 2-5",
            "pause Ann r Lunch 2-5",
        ],
    ),
    "another reason is another pause": (
        [
            joined(0, "q", "Ann"),
            AgentPaused(s(2), "Ann", "q", "Lunch"),
            AgentPaused(s(4), "Ann", "q", "Tea"),
            AgentPaused(s(6), "Ann", "q", "Tea"),
        ],
        [
            "Ann ready 0-2",
            "Ann paused Lunch 2-4",
            "Ann paused Tea 4-",
            "member Ann q 0-",
            "pause Ann q Lunch 2-4",
            "pause Ann q Tea 4-",
        ],
    ),
    "another reason told before the first one began": (
        [joined(0, "q", "Ann"), AgentPaused(s(4), "Ann", "q", "Lunch"), AgentPaused(s(2), "Ann", "q", "Tea")],
        [
            "Ann ready 0-4",
            "Ann paused Lunch 4-4",
            "Ann paused Tea 4-",
            "member Ann q 0-",
            "pause Ann q Lunch 4-4",
            "pause Ann q Tea 4-",
            "2 clock steps",
        ],
    ),
    "only a member can be paused": (
        [AgentPaused(s(2), "Ann", "q", "Lunch")],
        ["Ann paused Lunch 2-", "member Ann q 2- static", "pause Ann q Lunch 2-"],
    ),
    "only a member can be paused; who logged out is one anew": (
        [joined(0, "q", "Ann"), MemberLeft(s(1), "q", "Ann"), AgentPaused(s(2), "Ann", "q", "Lunch")],
        [
            "Ann ready 0-1",
            "Ann logged_out 1-2",
            "Ann paused Lunch 2-",
            "member Ann q 0-1",
            "member Ann q 2-",
            "pause Ann q Lunch 2-",
        ],
    ),
    "an unpause of who is not paused": (
        [joined(0, "q", "Ann"), AgentUnpaused(s(2), "Ann", "q")],
        ["Ann ready 0-", "member Ann q 0-"],
    ),
    "leaving ends the pause": (
        [joined(0, "q", "Ann"), AgentPaused(s(2), "Ann", "q", "Lunch"), MemberLeft(s(9), "q", "Ann")],
        ["Ann ready 0-2", "Ann paused Lunch 2-9", "Ann logged_out 9-", "member Ann q 0-9", "pause Ann q Lunch 2-9"],
    ),
    "a pause waits for the end of the call": (
        [answered(5, "c", "q", "Ann"), AgentPaused(s(6), "Ann", "q", "Lunch"), ended(9, "c", "q", ANSWERED, "caller")],
        [
            "in c/1 q 5-9 answered 5 Ann = answered by caller",
            "Ann ready 5-5",
            "Ann talking 5-9 c/1",
            "Ann paused Lunch 9-",
            "member Ann q 5- static",
            "pause Ann q Lunch 6-",
        ],
    ),
    "a log-in without a queue": (
        [
            AgentLoggedIn(s(0), "Ann"),
            AgentPaused(s(2), "Ann", None, "Lunch"),
            AgentUnpaused(s(4), "Ann", None),
            AgentLoggedOut(s(9), "Ann"),
        ],
        ["Ann ready 0-2", "Ann paused Lunch 2-4", "Ann ready 4-9", "Ann logged_out 9-"],
    ),
    "a log-out leaves every queue and pause": (
        [
            AgentLoggedIn(s(0), "Ann"),
            joined(0, "q", "Ann"),
            AgentPaused(s(2), "Ann", "q", "Lunch"),
            AgentLoggedOut(s(9), "Ann"),
        ],
        ["Ann ready 0-2", "Ann paused Lunch 2-9", "Ann logged_out 9-", "member Ann q 0-9", "pause Ann q Lunch 2-9"],
    ),
    "leaving the last queue while logged in": (
        [AgentLoggedIn(s(0), "Ann"), joined(0, "q", "Ann"), MemberLeft(s(9), "q", "Ann")],
        ["Ann ready 0-", "member Ann q 0-9"],
    ),
    "logging out forgets a pause everywhere": (
        [
            AgentLoggedIn(s(0), "Ann"),
            AgentPaused(s(2), "Ann", None, "Lunch"),
            AgentLoggedOut(s(9), "Ann"),
            AgentLoggedIn(s(12), "Ann"),
        ],
        ["Ann ready 0-2", "Ann paused Lunch 2-9", "Ann logged_out 9-12", "Ann ready 12-"],
    ),
    "logging out ends the work after a call": (
        [*wrapping_up, AgentLoggedOut(s(14), "Ann")],
        [
            "in c/1 q 0-9 answered 5 Ann = answered by caller wrapped up 14",
            "Ann ready 5-5",
            "Ann talking 5-9 c/1",
            "Ann wrap_up 9-14 c/1",
            "Ann logged_out 14-",
            "member Ann q 5-14 static",
        ],
    ),
    "a call of no queue's": (
        [joined(0, "q", "Ann"), OtherCallStarted(s(2), "Ann"), OtherCallEnded(s(4), "Ann")],
        ["Ann ready 0-2", "Ann talking 2-4", "Ann ready 4-", "member Ann q 0-"],
    ),
    "on hold, and on another call": (
        [
            answered(5, "c", "q", "Ann"),
            CallHeld(s(6), "c", "Ann"),
            OtherCallStarted(s(8), "Ann"),
            OtherCallEnded(s(9), "Ann"),
        ],
        [
            "in c/1 q 5- answered 5 Ann held since 6",
            "Ann ready 5-5",
            "Ann talking 5-6 c/1",
            "Ann hold 6-8 c/1",
            "Ann talking 8-9",
            "Ann hold 9- c/1",
            "member Ann q 5- static",
        ],
    ),
    "one call held, another talks": (
        [
            answered(5, "c", "q", "Ann"),
            CallHeld(s(6), "c", "Ann"),
            answered(7, "d", "q", "Ann"),
            ended(9, "d", "q", ANSWERED, "caller"),
        ],
        [
            "in c/1 q 5- answered 5 Ann held since 6",
            "in d/1 q 7-9 answered 7 Ann = answered by caller",
            "Ann ready 5-5",
            "Ann talking 5-6 c/1",
            "Ann hold 6-7 c/1",
            "Ann talking 7-9 d/1",
            "Ann hold 9- c/1",
            "member Ann q 5- static",
        ],
    ),
    "a telephone that cannot be reached": (
        [joined(0, "q", "Ann"), AgentUnavailable(s(2), "Ann"), AgentAvailable(s(4), "Ann")],
        ["Ann ready 0-2", "Ann unavailable 2-4", "Ann ready 4-", "member Ann q 0-"],
    ),
    "paused counts before unavailable": (
        [joined(0, "q", "Ann"), AgentUnavailable(s(2), "Ann"), AgentPaused(s(3), "Ann", "q", "Lunch")],
        ["Ann ready 0-2", "Ann unavailable 2-3", "Ann paused Lunch 3-", "member Ann q 0-", "pause Ann q Lunch 3-"],
    ),
    "ringing counts before paused": (
        [
            joined(0, "q", "Ann"),
            AgentPaused(s(1), "Ann", "q", "Lunch"),
            entered(2, "c", "q"),
            offered(3, "c", "q", "Ann"),
        ],
        [
            "in c/1 q 2- rings Ann",
            "Ann ready 0-1",
            "Ann paused Lunch 1-3",
            "Ann ringing 3- c/1",
            "member Ann q 0-",
            "pause Ann q Lunch 1-",
        ],
    ),
    "dialling counts before ringing": (
        [joined(0, "q", "Ann"), entered(2, "c", "q"), offered(3, "c", "q", "Ann"), CallDialled(s(4), "d", "Ann", None)],
        [
            "in c/1 q 2- rings Ann",
            "out d/1 4- Ann",
            "Ann ready 0-3",
            "Ann ringing 3-4 c/1",
            "Ann dialling 4- d/1",
            "member Ann q 0-",
        ],
    ),
    "nothing is known of who dials only, afterwards": (
        [CallDialled(s(4), "d", "Ann", None), ended(6, "d", None, TIMEOUT, "system")],
        ["out d/1 4-6 Ann = timeout by system", "Ann dialling 4-6 d/1"],
    ),
    "a restart ends log-ins, calls of the telephone and pauses of static members": (
        [
            AgentLoggedIn(s(0), "Ann"),
            OtherCallStarted(s(1), "Ann"),
            answered(1, "c", "q", "Bob"),
            ended(2, "c", "q", ANSWERED, "caller"),
            AgentPaused(s(3), "Bob", "q", "Lunch"),
            joined(3, "q", "Cy"),
            AgentPaused(s(4), "Cy", "q", "Tea"),
            AgentUnavailable(s(4), "Cy"),
            SwitchRestarted(s(9)),
        ],
        [
            "in c/1 q 1-2 answered 1 Bob = answered by caller",
            "Ann ready 0-1",
            "Ann talking 1-9",
            "Ann logged_out 9-",
            "Bob ready 1-1",
            "Bob talking 1-2 c/1",
            "Bob ready 2-3",
            "Bob paused Lunch 3-9",
            "Bob ready 9-",
            "Cy ready 3-4",
            "Cy paused Tea 4-",
            "member Bob q 1- static",
            "member Cy q 3-",
            "pause Bob q Lunch 3-9",
            "pause Cy q Tea 4-",
        ],
    ),
    "a restart ends the pause of a static member, told of as one": (
        [MemberJoined(s(0), "q", "Ann", static=True), AgentPaused(s(3), "Ann", "q", "Lunch"), SwitchRestarted(s(9))],
        [
            "Ann ready 0-3",
            "Ann paused Lunch 3-9",
            "Ann ready 9-",
            "member Ann q 0- static",
            "pause Ann q Lunch 3-9",
        ],
    ),
    "a restart ends the work after a call and a pause everywhere": (
        [
            *wrapping_up,
            AgentLoggedIn(s(10), "Bob"),
            AgentPaused(s(11), "Bob", None, "Lunch"),
            SwitchRestarted(s(14)),
            AgentLoggedIn(s(15), "Bob"),
        ],
        [
            "in c/1 q 0-9 answered 5 Ann = answered by caller wrapped up 14",
            "Ann ready 5-5",
            "Ann talking 5-9 c/1",
            "Ann wrap_up 9-14 c/1",
            "Ann ready 14-",
            "Bob ready 10-11",
            "Bob paused Lunch 11-14",
            "Bob logged_out 14-15",
            "Bob ready 15-",
            "member Ann q 5- static",
        ],
    ),
    "a call of no queue's, while joining another queue": (
        [joined(0, "q", "Ann"), OtherCallStarted(s(2), "Ann"), joined(3, "r", "Ann")],
        ["Ann ready 0-2", "Ann talking 2-", "member Ann q 0-", "member Ann r 3-"],
    ),
    "a telephone that cannot be reached, while joining another queue": (
        [joined(0, "q", "Ann"), AgentUnavailable(s(2), "Ann"), joined(3, "r", "Ann")],
        ["Ann ready 0-2", "Ann unavailable 2-", "member Ann q 0-", "member Ann r 3-"],
    ),
    "a pause everywhere without a queue, and a log-in again": (
        [AgentLoggedIn(s(0), "Ann"), AgentPaused(s(2), "Ann", None, "Lunch"), AgentLoggedIn(s(3), "Ann")],
        ["Ann ready 0-2", "Ann paused Lunch 2-"],
    ),
    "logged out, and on a call of no queue's": (
        [MemberLeft(s(1), "q", "Ann"), OtherCallStarted(s(2), "Ann"), OtherCallEnded(s(3), "Ann")],
        ["Ann logged_out 1-2", "Ann talking 2-3", "Ann logged_out 3-", "member Ann q 1-1"],
    ),
    "nothing is known of who was on a call of no queue's": (
        [OtherCallStarted(s(2), "Ann"), OtherCallEnded(s(3), "Ann")],
        ["Ann talking 2-3"],
    ),
}

DESKS: dict[str, tuple[list[FloorEvent], list[str]]] = {
    "a member's name at the desk of the same number": (
        [joined(0, "q", "SIP/79"), entered(2, "c", "q"), offered(3, "c", "q", "Floater 79")],
        [
            "in c/1 q 2- rings Floater 79",
            "Floater 79 ready 3-3",
            "Floater 79 ringing 3- c/1",
            "SIP/79 ready 0-3",
            "SIP/79 logged_out 3-",
            "member SIP/79 q 0-3",
            "member Floater 79 q 3-",
        ],
    ),
    "one digit is no number": (
        [joined(0, "q", "SIP/7"), entered(2, "c", "q"), offered(3, "c", "q", "Floater 7")],
        [
            "in c/1 q 2- rings Floater 7",
            "Floater 7 ready 3-3",
            "Floater 7 ringing 3- c/1",
            "SIP/7 ready 0-",
            "member SIP/7 q 0-",
            "member Floater 7 q 3- static",
        ],
    ),
    "a desk whose telephone is busy": (
        [
            joined(0, "q", "SIP/79"),
            OtherCallStarted(s(1), "SIP/79"),
            entered(2, "c", "q"),
            offered(3, "c", "q", "Floater 79"),
        ],
        [
            "in c/1 q 2- rings Floater 79",
            "Floater 79 ready 3-3",
            "Floater 79 ringing 3- c/1",
            "SIP/79 ready 0-1",
            "SIP/79 talking 1-",
            "member SIP/79 q 0-3",
            "member Floater 79 q 3-",
        ],
    ),
    "a static member's place is no desk": (
        [MemberJoined(s(0), "q", "SIP/79", static=True), entered(2, "c", "q"), offered(3, "c", "q", "Floater 79")],
        [
            "in c/1 q 2- rings Floater 79",
            "Floater 79 ready 3-3",
            "Floater 79 ringing 3- c/1",
            "SIP/79 ready 0-",
            "member SIP/79 q 0- static",
            "member Floater 79 q 3- static",
        ],
    ),
    "no desk of that number": (
        [joined(0, "q", "SIP/78"), entered(2, "c", "q"), offered(3, "c", "q", "Floater 79")],
        [
            "in c/1 q 2- rings Floater 79",
            "Floater 79 ready 3-3",
            "Floater 79 ringing 3- c/1",
            "SIP/78 ready 0-",
            "member SIP/78 q 0-",
            "member Floater 79 q 3- static",
        ],
    ),
    "two desks of that number": (
        [joined(0, "q", "SIP/79"), joined(0, "q", "IAX/79"), entered(2, "c", "q"), offered(3, "c", "q", "Floater 79")],
        [
            "in c/1 q 2- rings Floater 79",
            "Floater 79 ready 3-3",
            "Floater 79 ringing 3- c/1",
            "IAX/79 ready 0-",
            "SIP/79 ready 0-",
            "member SIP/79 q 0-",
            "member IAX/79 q 0-",
            "member Floater 79 q 3- static",
        ],
    ),
    "a desk where somebody was seen at work under its own name": (
        [joined(0, "q", "SIP/79"), answered(2, "c", "q", "SIP/79"), answered(3, "d", "q", "Floater 79")],
        [
            "in c/1 q 2- answered 2 SIP/79",
            "in d/1 q 3- answered 3 Floater 79",
            "Floater 79 ready 3-3",
            "Floater 79 talking 3- d/1",
            "SIP/79 ready 0-2",
            "SIP/79 talking 2- c/1",
            "member SIP/79 q 0-",
            "member Floater 79 q 3- static",
        ],
    ),
    "a pause of the desk goes over": (
        [joined(0, "q", "SIP/79"), AgentPaused(s(1), "SIP/79", "q", "Lunch"), AgentUnpaused(s(5), "Floater 79", "q")],
        [
            "Floater 79 ready 5-",
            "SIP/79 ready 0-1",
            "SIP/79 paused Lunch 1-5",
            "SIP/79 logged_out 5-",
            "member SIP/79 q 0-5",
            "member Floater 79 q 5-",
            "pause SIP/79 q Lunch 1-5",
            "pause Floater 79 q Lunch 5-5",
        ],
    ),
    "a pause of who sits there without a call yet": (
        [joined(0, "q", "SIP/79"), AgentPaused(s(1), "Floater 79", "q", "Lunch")],
        [
            "Floater 79 paused Lunch 1-",
            "SIP/79 ready 0-1",
            "SIP/79 logged_out 1-",
            "member SIP/79 q 0-1",
            "member Floater 79 q 1-",
            "pause Floater 79 q Lunch 1-",
        ],
    ),
    "a paused desk, whose agent sits down by a call": (
        [
            joined(0, "q", "SIP/79"),
            AgentPaused(s(1), "SIP/79", "q", "Lunch"),
            entered(2, "c", "q"),
            answered(3, "c", "q", "Floater 79"),
            ended(5, "c", "q", ANSWERED, "caller"),
        ],
        [
            "in c/1 q 2-5 answered 3 Floater 79 = answered by caller",
            "Floater 79 paused Lunch 3-3",
            "Floater 79 talking 3-5 c/1",
            "Floater 79 paused Lunch 5-",
            "SIP/79 ready 0-1",
            "SIP/79 paused Lunch 1-3",
            "SIP/79 logged_out 3-",
            "member SIP/79 q 0-3",
            "member Floater 79 q 3-",
            "pause SIP/79 q Lunch 1-3",
            "pause Floater 79 q Lunch 3-",
        ],
    ),
    "the desk logs out, and who sat there with it": (
        [
            joined(0, "q", "SIP/79"),
            answered(3, "c", "q", "Floater 79"),
            ended(4, "c", "q", ANSWERED, "caller"),
            MemberLeft(s(9), "q", "SIP/79"),
            answered(12, "d", "q", "Floater 79"),
        ],
        [
            "in c/1 q 3-4 answered 3 Floater 79 = answered by caller",
            "in d/1 q 12- answered 12 Floater 79",
            "Floater 79 ready 3-3",
            "Floater 79 talking 3-4 c/1",
            "Floater 79 ready 4-9",
            "Floater 79 logged_out 9-12",
            "Floater 79 talking 12- d/1",
            "SIP/79 ready 0-3",
            "SIP/79 logged_out 3-",
            "member SIP/79 q 0-3",
            "member Floater 79 q 3-9",
        ],
    ),
    "the desk logs in anew: who sat there has left": (
        [
            joined(0, "q", "SIP/79"),
            answered(3, "c", "q", "Floater 79"),
            ended(4, "c", "q", ANSWERED, "caller"),
            joined(9, "q", "SIP/79"),
        ],
        [
            "in c/1 q 3-4 answered 3 Floater 79 = answered by caller",
            "Floater 79 ready 3-3",
            "Floater 79 talking 3-4 c/1",
            "Floater 79 ready 4-9",
            "Floater 79 logged_out 9-",
            "SIP/79 ready 0-3",
            "SIP/79 logged_out 3-9",
            "SIP/79 ready 9-",
            "member SIP/79 q 0-3",
            "member Floater 79 q 3-9",
            "member SIP/79 q 9-",
        ],
    ),
}
