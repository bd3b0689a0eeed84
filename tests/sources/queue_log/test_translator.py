"""What every event of a queue log means: one event, one case, one line."""

from __future__ import annotations

import pytest

from ccmon import events
from ccmon.model.calls import Outcome
from ccmon.sources.queue_log.lines import EVENT, RejectedRecordError
from ccmon.sources.queue_log.translator import TRANSLATORS, ImpossibleNumberError

AT = 1_790_000_000_000
ANSWERED, ABANDONED, EXIT_KEY = Outcome.ANSWERED, Outcome.ABANDONED, Outcome.EXIT_KEY


def meaning(line: str) -> events.FloorEvent | None:
    """Of a line without its moment, as the source cuts it."""
    fields = [str(AT // 1000), *line.split("|")]
    return TRANSLATORS[fields[EVENT]](AT, fields)


def ended(
    outcome: Outcome,
    by: str,
    agent: str | None = None,
    waited_s: float | None = None,
    talked_s: float | None = None,
) -> events.CallEnded:
    waited_ms, talked_ms = (None if length is None else round(length * 1000) for length in (waited_s, talked_s))
    return events.CallEnded(AT, "1.1", "q", outcome, by, agent, waited_ms, talked_ms)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("1.1|q|NONE|ENTERQUEUE||0612|1", events.CallEntered(AT, "1.1", "q", "0612")),
        ("1.1|q|NONE|ENTERQUEUE|url|0612|1|Ann", events.CallEntered(AT, "1.1", "q", "0612", "Ann")),
        ("1.1|q|NONE|ENTERQUEUE||0612|1|", events.CallEntered(AT, "1.1", "q", "0612")),
        ("1.1|q|NONE|ENTERQUEUE||0612", events.CallEntered(AT, "1.1", "q", "0612")),
        ("1.1|q|NONE|ENTERQUEUE||", events.CallEntered(AT, "1.1", "q")),
        ("1.1|q|NONE|ENTERQUEUE|", events.CallEntered(AT, "1.1", "q")),
        ("1.1|q|ann|CONNECT|7|1.2|3", events.CallAnswered(AT, "1.1", "q", "ann", 7_000)),
        ("1.1|q|PJSIP/7|CONNECT|0|1.2|3", events.CallAnswered(AT, "1.1", "q", "7", 0)),
        ("1.1|q|ann|CONNECT|", events.CallAnswered(AT, "1.1", "q", "ann")),
        ("1.1|q|NONE|CONNECT|1", events.CallAnswered(AT, "1.1", "q", "NONE", 1_000)),
        ("1.1|q|ann|COMPLETEAGENT|7|9|1", ended(ANSWERED, "agent", "ann", 7, 9)),
        ("1.1|q|ann|COMPLETECALLER|7|9|1", ended(ANSWERED, "caller", "ann", 7, 9)),
        ("1.1|q|ann|COMPLETECALLER|7", ended(ANSWERED, "caller", "ann", 7)),
        ("1.1|q|ann|COMPLETEAGENT|", ended(ANSWERED, "agent", "ann")),
        ("1.1|q|ann|TRANSFER|600|ctx|7|9|1", ended(ANSWERED, "transfer", "ann", 7, 9)),
        ("1.1|q|ann|TRANSFER|600|ctx", ended(ANSWERED, "transfer", "ann")),
        ("1.1|q|ann|BLINDTRANSFER|600|ctx|7|9|1", ended(ANSWERED, "transfer", "ann", 7, 9)),
        ("1.1|q|ann|ATTENDEDTRANSFER|BRIDGE|id|7|9|1", ended(ANSWERED, "transfer", "ann", 7, 9)),
        ("1.1|q|ann|ATTENDEDTRANSFER|APP|dial|7|9|1", ended(ANSWERED, "transfer", "ann", 7, 9)),
        ("1.1|q|ann|ATTENDEDTRANSFER|LINK|a|b|7|9|1", ended(ANSWERED, "transfer", "ann", 7, 9)),
        ("1.1|q|NONE|ABANDON|2|1|7", ended(ABANDONED, "caller", None, 7)),
        ("1.1|q|NONE|ABANDON|2|1", ended(ABANDONED, "caller")),
        ("1.1|q|NONE|EXITEMPTY|2|1|7", ended(Outcome.NO_AGENTS, "system", None, 7)),
        ("1.1|q|NONE|EXITWITHTIMEOUT|2|1|7", ended(Outcome.TIMEOUT, "system", None, 7)),
        ("1.1|q|NONE|EXITWITHKEY|5|2|1|7", ended(EXIT_KEY, "caller", None, 7)),
        ("1.1|q|NONE|EXITWITHKEY|5|2|1", ended(EXIT_KEY, "caller")),
        ("1.1|q|NONE|WITHDRAW|2|1|7|info", ended(Outcome.WITHDRAWN, "system", None, 7)),
        ("1.1|q|ann|SYSCOMPAT|", ended(Outcome.INCOMPATIBLE, "system")),
        ("1.1|q|ann|SYSCOMPAT|1|2|3|4|5", ended(Outcome.INCOMPATIBLE, "system")),
        ("1.1|q|ann|RINGNOANSWER|5000", events.CallMissed(AT, "1.1", "q", "ann", 5_000)),
        ("1.1|q|ann|RINGNOANSWER|0", events.CallMissed(AT, "1.1", "q", "ann", 0)),
        ("1.1|q|ann|RINGNOANSWER|", events.CallMissed(AT, "1.1", "q", "ann", 0)),
        ("1.1|q|ann|RINGCANCELED|5000", events.OfferWithdrawn(AT, "1.1", "q", "ann")),
        ("NONE|q|ann|ADDMEMBER|", events.MemberJoined(AT, "q", "ann", anew=True)),
        ("NONE|q|ann|ADDMEMBER|PAUSED", events.MemberJoined(AT, "q", "ann", paused=True, anew=True)),
        ("NONE|q|ann|REMOVEMEMBER|", events.MemberLeft(AT, "q", "ann")),
        ("NONE|q|ann|PAUSE|tea", events.AgentPaused(AT, "ann", "q", "tea")),
        ("NONE|q|ann|PAUSE|", events.AgentPaused(AT, "ann", "q")),
        ("NONE|q|ann|PAUSE|a|b", events.AgentPaused(AT, "ann", "q", "a|b")),
        ("NONE|q|ann|PAUSE|a||", events.AgentPaused(AT, "ann", "q", "a")),
        ("NONE|q|ann|PAUSE|MAX|", events.AgentPaused(AT, "ann", "q", "MAX")),
        ("NONE|q|ann|PAUSE||", events.AgentPaused(AT, "ann", "q")),
        ("NONE|NONE|ann|PAUSE|tea", events.AgentPaused(AT, "ann", None, "tea")),
        ("NONE||ann|PAUSE|tea", events.AgentPaused(AT, "ann", None, "tea")),
        ("NONE|q|ann|UNPAUSE|", events.AgentUnpaused(AT, "ann", "q")),
        ("NONE|NONE|ann|UNPAUSE|", events.AgentUnpaused(AT, "ann", None)),
        ("NONE|NONE|ann|PAUSEALL|tea", events.AgentPaused(AT, "ann", None, "tea")),
        ("NONE|q|ann|PAUSEALL|", events.AgentPaused(AT, "ann", None)),
        ("NONE|q|ann|UNPAUSEALL|", events.AgentUnpaused(AT, "ann", None)),
        ("NONE|NONE|ann|PAUSEREASON|tea", events.AgentPaused(AT, "ann", None, "tea")),
        ("1.1|NONE|ann|AGENTLOGIN|chan", events.AgentLoggedIn(AT, "ann")),
        ("1.1|NONE|ann|AGENTCALLBACKLOGIN|7@ctx", events.AgentLoggedIn(AT, "ann")),
        ("1.1|NONE|ann|AGENTLOGOFF|chan|60", events.AgentLoggedOut(AT, "ann")),
        ("1.1|NONE|ann|AGENTCALLBACKLOGOFF|chan|60", events.AgentLoggedOut(AT, "ann")),
        ("NONE|NONE|NONE|QUEUESTART|", events.SwitchRestarted(AT)),
        ("1.1|q|ann|CALLOUTBOUND||0612", events.CallDialled(AT, "1.1", "ann", "q", "0612")),
        ("1.1|q|NONE|CALLOUTBOUND||0612", events.CallDialled(AT, "1.1", None, "q", "0612")),
        ("1.1|q||CALLOUTBOUND||", events.CallDialled(AT, "1.1", None, "q")),
        ("1.1|q|ann|CALLOUTBOUND|", events.CallDialled(AT, "1.1", "ann", "q")),
        ("1.1|q|ann|CALLERONHOLD|moh", events.CallHeld(AT, "1.1", "ann")),
        ("1.1|q|ann|CALLEROFFHOLD|3|moh", events.CallResumed(AT, "1.1", "ann")),
        ("1.1|q|ann|CALLSTATUS|SALE", events.DispositionChosen(AT, "1.1", "q", "SALE")),
        ("1.1|NONE|ann|CALLSTATUS|SALE|x", events.DispositionChosen(AT, "1.1", None, "SALE|x")),
        ("1.1|q|ann|CALLSTATUS|", None),
        ("NONE|NONE|ann|ADDMEMBER2|PJSIP/7", events.AgentLoggedIn(AT, "ann")),
        ("NONE||ann|ADDMEMBER2|PJSIP/7", events.AgentLoggedIn(AT, "ann")),
        ("NONE|q|ann|ADDMEMBER2|PJSIP/7", events.MemberJoined(AT, "q", "ann")),
        *(
            (f"1.1|q|ann|{event}|1|2", None)
            for event in ("AGENTDUMP", "CONFIGRELOAD", "PENALTY", "RINGINUSE", "DID", "INFO", "AGENTATTEMPT", "HOTDESK")
        ),
        ("1.1|q|ann|OUTCALL|1|2", None),
    ],
)
def test_a_record_means(line: str, told: events.FloorEvent | None) -> None:
    assert repr(meaning(line)) == repr(told)  # events of two kinds may be equal as tuples


def test_every_event_has_a_case() -> None:
    cases = next(mark for mark in test_a_record_means.pytestmark if mark.name == "parametrize").args[1]  # type: ignore[attr-defined]
    assert {line.split("|")[3] for line, _ in cases} == TRANSLATORS.keys()


@pytest.mark.parametrize(
    ("wait", "waited_ms"),
    [
        ("0", 0),
        ("1", 1_000),
        ("7199", 7_199_000),
        ("7200", 7_200_000),
        ("7201", 7_201_000),
        ("07", 7_000),
        (" 7", 7_000),
        ("", None),
    ],
)
def test_lengths_are_whole_seconds(wait: str, waited_ms: int | None) -> None:
    assert repr(meaning(f"1.1|q|ann|CONNECT|{wait}|x")) == repr(events.CallAnswered(AT, "1.1", "q", "ann", waited_ms))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("|q|NONE|ENTERQUEUE||0612", "ENTERQUEUE names no call"),
        ("NONE|q|NONE|ENTERQUEUE||0612", "ENTERQUEUE names no call"),
        ("1.1||NONE|ENTERQUEUE||0612", "ENTERQUEUE names no queue"),
        ("1.1|NONE|NONE|ABANDON|1|1|7", "ABANDON names no queue"),
        ("1.1|q||CONNECT|7", "CONNECT names no agent"),
        ("1.1|q| |COMPLETEAGENT|7|9", "COMPLETEAGENT names no agent"),
        ("1.1|q||RINGNOANSWER|7", "RINGNOANSWER names no agent"),
        ("NONE|NONE|ann|ADDMEMBER|", "ADDMEMBER names no queue"),
        ("NONE|q||PAUSE|", "PAUSE names no agent"),
        ("NONE|q|ann|CALLERONHOLD|", "CALLERONHOLD names no call"),
        ("NONE|q|ann|CALLSTATUS|SALE", "CALLSTATUS names no call"),
    ],
)
def test_a_record_without_what_it_needs_is_rejected(line: str, why: str) -> None:
    with pytest.raises(RejectedRecordError) as rejected:
        meaning(line)
    assert str(rejected.value) == why


@pytest.mark.parametrize("length", ["1.5", "x", "-1", "604801", "9" * 20])
@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("1.1|q|ann|CONNECT|{}|x", 1),
        ("1.1|q|ann|COMPLETEAGENT|{}|9|1", 1),
        ("1.1|q|ann|COMPLETECALLER|7|{}|1", 2),
        ("1.1|q|ann|BLINDTRANSFER|600|ctx|7|{}|1", 4),
        ("1.1|q|ann|ATTENDEDTRANSFER|LINK|a|b|{}|9|1", 4),
        ("1.1|q|NONE|ABANDON|2|1|{}", 3),
        ("1.1|q|NONE|EXITWITHKEY|5|2|1|{}", 4),
        ("1.1|q|NONE|EXITWITHTIMEOUT|2|1|{}", 3),
        ("1.1|q|NONE|WITHDRAW|2|1|{}|info", 3),
    ],
)
def test_a_length_that_cannot_be_is_named_by_its_field(line: str, number: int, length: str) -> None:
    with pytest.raises(ImpossibleNumberError) as caught:
        meaning(line.format(length))
    assert caught.value.number == number
