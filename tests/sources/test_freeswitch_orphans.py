"""Callers whom FreeSWITCH loses without a word: whoever is in its list of members no more waits here no more."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace

from ccmon.calls.state_machine import CallStateMachine
from ccmon.events import AnswerUndone, CallAnswered, CallEnded, CallEntered, CallOffered, FloorEvent, OfferWithdrawn
from ccmon.model.calls import Outcome
from ccmon.sources.freeswitch.member_table import MemberTableComparison
from ccmon.sources.freeswitch.orphaned_callers import ASK_MS, CONFIRM_MS, MemberList, OrphanedCallers, can_be_asked_for
from ccmon.sources.freeswitch.reported_agents import ReportedAgents
from ccmon.sources.freeswitch.tables import AgentRow, CallCenterTables, MemberRow, TierRow
from ccmon.sources.freeswitch.translator import ORPHANED_AFTER_MS, EventTranslator
from tests.sources.event_socket_server import event
from tests.sources.freeswitch_recording import events, moments

AT = 1_790_000_000_000
SALES = frozenset({"sales"})
COLUMNS = "queue|uuid|session_uuid|cid_name|joined_epoch|abandoned_epoch|state"


def call(uuid: str, action: str, **headers: str) -> dict[str, str]:
    told = {"CC-Action": action, "CC-Member-UUID": uuid, "CC-Queue": "sales"}
    return told | {name.replace("_", "-"): value for name, value in headers.items()}


def failed_bridge(uuid: str = "m1") -> list[dict[str, str]]:
    return [
        call(uuid, "member-queue-start"),
        call(uuid, "bridge-agent-start", CC_Agent="ann"),
        call(uuid, "bridge-agent-end", CC_Agent="ann", CC_Agent_Bridged="false"),
    ]


def sent(told: list[dict[str, str]]) -> bytes:
    return b"".join(event(**{name.replace("-", "_"): value for name, value in one.items()}) for one in told)


def translator_after(*told: dict[str, str], at: int = AT) -> EventTranslator:
    translator = EventTranslator(ReportedAgents())
    for one in told:
        translator.translate(at, one)
    return translator


def abandoned(uuid: str, *, at: int) -> MemberRow:
    return MemberRow("sales", uuid, session_uuid="", abandoned_epoch=at // 1000, state="Abandoned")


def waiting(uuid: str) -> MemberRow:
    return MemberRow("sales", uuid, session_uuid="s", state="Waiting")


def looks(translator: EventTranslator, *lists: MemberList, since: int = AT) -> list[list[FloorEvent]]:
    """What each list tells, one every three seconds."""
    orphans = OrphanedCallers(translator)
    return [list(orphans.compare(since + CONFIRM_MS * (i + 1), members)) for i, members in enumerate(lists)]


def test_the_database_alone_tells_of_a_caller_whose_channel_is_gone(tmp_path: Path) -> None:
    """A failed bridge may set the row back to Waiting after the hang-up has emptied it."""
    comparison, floor = MemberTableComparison(ReportedAgents(), {}), CallStateMachine()
    agents, tiers = (AgentRow("ann", "Available", "Waiting"),), (TierRow("sales", "ann", "Offering"),)
    floor.apply(comparison.compare(AT, CallCenterTables(agents, tiers, (waiting("m1"),)), floor.calls.__contains__))
    assert [visit.ended_at for visit in floor.calls["m1"]] == [None]
    for later, state in ((5_000, "Waiting"), (6_000, "Trying"), (7_000, "Answered"), (8_000, "Abandoned")):
        row = abandoned("m1", at=AT + 4_000)._replace(state=state, serving_agent="ann")
        floor.apply(comparison.compare(AT + later, CallCenterTables(agents, tiers, (row,)), floor.calls.__contains__))
        assert [(visit.ended_at, visit.outcome) for visit in floor.calls["m1"]] == [(AT + 4_000, Outcome.ABANDONED)]


def test_a_database_without_the_channels_column_loses_nobody() -> None:
    assert MemberRow("sales", "m1", state="Waiting").in_queue


@pytest.mark.parametrize(
    ("state", "session_uuid", "in_queue", "left_over"),
    [
        ("Waiting", "s", True, False),
        ("Trying", "s", True, False),
        ("Answered", "s", True, False),
        ("Waiting", None, True, False),
        ("Waiting", "", False, True),
        ("Abandoned", "", False, True),
        ("Abandoned", "s", False, True),
        ("Unknown", "s", False, False),
    ],
)
def test_who_is_in_the_queue(state: str, session_uuid: str | None, in_queue: bool, left_over: bool) -> None:
    row = MemberRow("sales", "m1", session_uuid=session_uuid, state=state)
    assert (row.in_queue, row.left_over) == (in_queue, left_over)


GONE = MemberList(SALES, [])
LEFT = MemberList(SALES, [abandoned("m1", at=AT + 2_000)])
HERE = MemberList(SALES, [waiting("m1")])
UNREADABLE = MemberList(SALES, [], "sales|m1|s|Ann|Bo|Waiting\n+OK")
NOT_ASKED = MemberList((), [])
ABANDONED = CallEnded(AT + 2_000, "m1", "sales", Outcome.ABANDONED, "caller")
AT_THE_BRIDGE = CallEnded(AT, "m1", "sales", Outcome.ABANDONED, "caller")
NOBODY_KNOWS = CallEnded(AT + 6_000, "m1", "sales", Outcome.UNKNOWN)


@pytest.mark.parametrize(
    ("lists", "ends"),
    [
        ([GONE], []),
        ([GONE, GONE], [AT_THE_BRIDGE]),
        ([LEFT, LEFT], [ABANDONED]),
        ([GONE, HERE, GONE], []),
        ([HERE, HERE], []),
        ([UNREADABLE, UNREADABLE], []),
        ([NOT_ASKED, NOT_ASKED], []),
        ([GONE, NOT_ASKED, GONE], []),
    ],
)
def test_two_lists_without_the_caller_end_the_wait(lists: list[MemberList], ends: list[FloorEvent]) -> None:
    found = looks(translator_after(*failed_bridge()), *lists)
    assert [end for told in found for end in told] == ends
    assert not any(found[:-1])


def test_nobody_knows_how_a_wait_without_a_failed_bridge_ended() -> None:
    assert looks(translator_after(call("m1", "member-queue-start")), GONE, GONE) == [[], [NOBODY_KNOWS]]


def test_a_caller_who_came_back_between_two_lists_is_another() -> None:
    translator = translator_after(call("m1", "member-queue-start"))
    orphans = OrphanedCallers(translator)
    assert not list(orphans.compare(AT, GONE))
    translator.translate(AT + 1, call("m1", "member-queue-end", CC_Cause="Cancel"))
    translator.translate(AT + 2, call("m1", "member-queue-resume"))
    assert not list(orphans.compare(AT + 3_000, GONE))


def test_a_ringing_stops_and_a_talk_whose_end_was_not_told_is_cut_off() -> None:
    ringing = call("m1", "member-queue-start"), call("m1", "agent-offering", CC_Agent="ann")
    assert looks(translator_after(*ringing), GONE, GONE)[1] == [
        OfferWithdrawn(AT + 6_000, "m1", "sales", "ann"),
        NOBODY_KNOWS,
    ]
    talking = failed_bridge()[:2]
    assert looks(translator_after(*talking), GONE, GONE)[1] == [replace(NOBODY_KNOWS, agent="ann")]
    assert looks(translator_after(*talking), LEFT, LEFT)[1] == [
        AnswerUndone(AT + 6_000, "m1", "sales", "ann"),
        ABANDONED,
    ]


def test_moments_of_the_list_are_the_switchs_and_never_ahead_of_now() -> None:
    translator = translator_after(*failed_bridge())
    orphans = OrphanedCallers(translator)
    list(orphans.compare(AT, LEFT, clock_offset_ms=-1_000))
    assert list(orphans.compare(AT + 3_000, LEFT, clock_offset_ms=-1_000)) == [replace(ABANDONED, at=AT + 1_000)]
    translator = translator_after(*failed_bridge())
    orphans = OrphanedCallers(translator)
    list(orphans.compare(AT, LEFT))
    assert list(orphans.compare(AT + 500, LEFT)) == [replace(ABANDONED, at=AT + 500)]


def test_an_end_told_late_counts_once_and_who_was_not_gone_is_taken_in_again() -> None:
    def lost() -> EventTranslator:
        translator = translator_after(*failed_bridge())
        assert looks(translator, GONE, GONE)[1]
        return translator

    for cause in ("Cancel", "Terminated"):
        assert not lost().translate(AT + 9_000, call("m1", "member-queue-end", CC_Cause=cause))
    back = lost()
    assert back.translate(AT + 9_000, call("m1", "agent-offering", CC_Agent="ann")) == [
        CallEntered(AT + 9_000, "m1", "sales"),
        CallOffered(AT + 9_000, "m1", "sales", "ann"),
    ]
    assert [type(one) for one in back.translate(AT + 9_001, call("m1", "member-queue-end"))] == [
        OfferWithdrawn,
        CallEnded,
    ]
    answered = lost()
    assert answered.translate(AT + 9_000, call("m1", "bridge-agent-start", CC_Agent="ann")) == [
        CallAnswered(AT + 9_000, "m1", "sales", "ann")
    ]
    assert answered.translate(AT + 9_001, call("m1", "member-queue-end", CC_Cause="Terminated"))


@pytest.mark.parametrize(
    ("later", "heard", "ends"),
    [
        (ORPHANED_AFTER_MS - 1, [], []),
        (ORPHANED_AFTER_MS, [], [AT_THE_BRIDGE]),
        (ORPHANED_AFTER_MS, [call("m1", "agent-offering", CC_Agent="ann")], []),
        (ORPHANED_AFTER_MS, [call("m1", "bridge-agent-start", CC_Agent="ann")], []),
    ],
)
def test_where_nobody_can_be_asked_the_wait_is_bounded(
    later: int, heard: list[dict[str, str]], ends: list[FloorEvent]
) -> None:
    translator = translator_after(*failed_bridge(), *heard)
    assert translator.expire(AT + later) == ends


def test_who_is_in_the_list_after_a_failed_bridge_may_wait_for_long() -> None:
    translator = translator_after(*failed_bridge())
    looks(translator, HERE)
    assert not translator.expire(AT + 10 * ORPHANED_AFTER_MS)


def test_the_list_is_asked_for_soon_after_a_failed_bridge_and_now_and_then() -> None:
    nobody = OrphanedCallers(translator_after())
    assert not nobody.should_ask(AT)
    translator = translator_after(call("m1", "member-queue-start"))
    orphans = OrphanedCallers(translator)
    assert orphans.should_ask(AT)
    list(orphans.compare(AT, None))
    assert not orphans.should_ask(AT + ASK_MS - 1)
    assert orphans.should_ask(AT + ASK_MS)
    assert orphans.should_ask(AT - ASK_MS)
    list(orphans.compare(AT, GONE))
    assert not orphans.should_ask(AT + CONFIRM_MS - 1)
    assert orphans.should_ask(AT + CONFIRM_MS)
    list(orphans.compare(AT, HERE))
    assert not orphans.should_ask(AT + CONFIRM_MS)
    for one in failed_bridge()[1:]:
        translator.translate(AT + 1_000, one)
    assert not orphans.should_ask(AT + CONFIRM_MS)
    assert orphans.should_ask(AT + 1_000 + CONFIRM_MS)


def test_queues_are_asked_for_by_names_that_a_command_can_hold() -> None:
    assert OrphanedCallers(translator_after(*failed_bridge(), *failed_bridge("m2"))).queues() == ["sales"]
    assert can_be_asked_for("sales@default")
    assert not any(map(can_be_asked_for, ["sales team", "it's", 'a"b', "a\\b", "a\nb", "a\tb"]))


def test_the_recorded_floor_without_one_word_of_who_gave_up_ends_as_the_switch_says() -> None:
    """Every Cancel is kept back: the lists of the 45 moments, some 10 s apart, tell when each of them left."""
    translator, floor = EventTranslator(ReportedAgents()), CallStateMachine()
    orphans = OrphanedCallers(translator)
    queues = {row.queue for moment in moments() for row in moment.tables.members}
    left, told, left_at = moments(), list[FloorEvent](), dict[str, set[int]]()
    for at, one in events():
        while left and at > left[0].until:
            told += orphans.compare(left[0].until, MemberList(queues, left[0].tables.members))
            left = left[1:]
        if one.get("CC-Cause") == "Cancel":
            left_at.setdefault(one["CC-Member-UUID"], set()).add(int(one["CC-Member-Leaving-Time"]) * 1000)
        else:
            told += translator.translate(at, one)
    floor.apply(told)
    ends = [end for end in told if isinstance(end, CallEnded)]
    outcomes = Counter(end.outcome for end in ends)
    assert outcomes[Outcome.ANSWERED] == 129
    by_list = [end for end in ends if end.outcome is Outcome.ABANDONED]
    assert len(by_list) > 40
    assert all(end.at in left_at[end.call_id] for end in by_list)
    assert all(end.call_id in left_at for end in ends if end.outcome is Outcome.UNKNOWN)
