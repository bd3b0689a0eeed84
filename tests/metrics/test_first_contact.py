"""First-contact resolution: windows, chains, reasons, what is still open (metrics.md 9.5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics.first_contact import (
    Contact,
    FirstContact,
    RepeatContacts,
    Resolution,
    repeated,
    resolutions_within,
    who_called,
)
from ccmon.time_units import DAY_MS, WEEK_MS

MINUTE = 60_000


def resolutions(contacts: list[Contact], at: int, window_ms: int = WEEK_MS) -> list[Resolution]:
    """The results within one window."""
    [found] = resolutions_within(contacts, at, (window_ms,))
    return found


def first_contact(contacts: list[Contact], at: int, window_ms: int = WEEK_MS) -> FirstContact:
    found = resolutions(contacts, at, window_ms)
    return FirstContact(
        resolved=found.count(Resolution.RESOLVED),
        repeated=found.count(Resolution.REPEATED),
        pending=found.count(Resolution.PENDING),
    )


def call(
    day: float,
    customer: int | str | None = "C1",
    *,
    answered: bool = True,
    reason: int | str | None = None,
) -> Contact:
    """A call of five minutes that starts on a day counted from 0."""
    start = int(day * DAY_MS)
    return Contact(customer, start, start + 5 * MINUTE, answered, reason)


def test_a_chain_of_three_is_one_of_three() -> None:
    chain = [call(0), call(2), call(5)]
    assert first_contact(chain, at=30 * DAY_MS) == FirstContact(resolved=1, repeated=2, pending=0)
    assert first_contact(chain, at=30 * DAY_MS).rate == pytest.approx(1 / 3)


def test_the_window_runs_from_the_end_of_the_call_and_includes_its_last_moment() -> None:
    first = call(0)
    assert first.ended_at is not None
    in_time = Contact("C1", first.ended_at + WEEK_MS, first.ended_at + WEEK_MS + MINUTE, True)
    too_late = Contact("C1", first.ended_at + WEEK_MS + 1, first.ended_at + WEEK_MS + MINUTE, True)
    at = 30 * DAY_MS
    assert resolutions([first, in_time], at)[0] is Resolution.REPEATED
    assert resolutions([first, too_late], at)[0] is Resolution.RESOLVED


def test_a_young_call_is_pending_even_when_it_has_failed() -> None:
    young = [call(0), call(1)]
    assert resolutions(young, at=2 * DAY_MS) == [Resolution.PENDING, Resolution.PENDING]
    assert first_contact(young, at=2 * DAY_MS).rate is None
    quick = first_contact(young, at=int(2.5 * DAY_MS), window_ms=DAY_MS)
    assert quick == FirstContact(resolved=1, repeated=1, pending=0)


def test_what_is_not_known_yet_is_not_used() -> None:
    assert resolutions([call(0), call(9)], at=8 * DAY_MS) == [Resolution.RESOLVED, Resolution.NOT_ELIGIBLE]


def test_another_reason_is_another_matter_unless_one_is_not_coded() -> None:
    at = 30 * DAY_MS
    assert resolutions([call(0, reason="bill"), call(1, reason="delivery")], at)[0] is Resolution.RESOLVED
    assert resolutions([call(0, reason="bill"), call(1, reason="bill")], at)[0] is Resolution.REPEATED
    assert resolutions([call(0, reason="bill"), call(1)], at)[0] is Resolution.REPEATED
    found = resolutions([call(0, reason="bill"), call(1, reason="delivery"), call(2, reason="bill")], at)
    assert found == [Resolution.REPEATED, Resolution.RESOLVED, Resolution.RESOLVED]


def test_withheld_numbers_are_out() -> None:
    at = 30 * DAY_MS
    assert resolutions([call(0, None), call(1, None)], at) == [Resolution.NOT_ELIGIBLE] * 2
    assert resolutions([call(0, "C1"), call(1, "C2")], at) == [Resolution.RESOLVED] * 2


def test_abandoned_then_answered_is_no_repeat_and_answered_then_abandoned_is_one() -> None:
    at = 30 * DAY_MS
    retry = [call(0, answered=False), call(0.1)]
    assert resolutions(retry, at) == [Resolution.NOT_ELIGIBLE, Resolution.RESOLVED]
    assert repeated(retry, 0, at) == [False, False]
    after = [call(0), call(0.1, answered=False)]
    assert resolutions(after, at) == [Resolution.REPEATED, Resolution.NOT_ELIGIBLE]


def test_repeat_contacts_look_back_and_need_no_waiting() -> None:
    today = [call(0), call(2), call(2.5, "C2")]
    assert repeated(today, since=2 * DAY_MS, at=3 * DAY_MS) == [None, True, False]
    assert repeated([], 0, DAY_MS) == []
    assert RepeatContacts(repeats=1, contacts=2).rate == 0.5
    assert RepeatContacts(repeats=0, contacts=0).rate is None


moments = st.lists(st.tuples(st.integers(0, 40 * 24), st.integers(0, 3), st.booleans(), st.integers(0, 2)), max_size=25)


@given(moments, st.integers(0, 60 * 24))
def test_against_a_plain_count_of_every_pair(rows: list[tuple[int, int, bool, int]], hours: int) -> None:
    hour = 3_600_000
    contacts = [
        Contact(customer or None, start * hour, start * hour + MINUTE, answered, reason or None)
        for start, customer, answered, reason in rows
    ]
    at = hours * hour
    resolved = repeated = pending = 0
    for one in contacts:
        ended_at = one.ended_at or 0
        if one.customer is None or not one.answered or one.started_at > at or ended_at > at:
            continue
        if ended_at + WEEK_MS > at:
            pending += 1
        elif any(
            other.customer == one.customer
            and (one.reason is None or other.reason is None or one.reason == other.reason)
            and ended_at <= other.started_at <= ended_at + WEEK_MS
            for other in contacts
        ):
            repeated += 1
        else:
            resolved += 1
    assert first_contact(contacts, at) == FirstContact(resolved, repeated, pending)


def test_a_number_that_is_kept_back_matches_no_other() -> None:
    assert [who_called(None, number) for number in ("Anonymous", "<unknown>", None, "+31612345678")] == [
        None,
        None,
        None,
        "+31612345678",
    ]
    assert who_called(7, "anonymous") == 7
