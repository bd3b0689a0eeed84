"""Who gave up before anybody answered, and whether they have been spoken to since (metrics.md 2.1).

A visit is lost as the queue's figure counts it: abandoned past the short-abandon limit, timed out, or sent away because
nobody could serve. If somebody answered the same phone call later, in another queue, the caller has not given up.
Moments are Unix milliseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

from msgspec import Struct


class CallOfCaller(Struct, frozen=True, gc=False, array_like=True):
    """A visit to a queue or an outbound attempt of one customer or number.

    A row of ``lost_calls_of_day``, ``calls_of_callers`` and ``calls_to_place``.
    """

    id: int
    customer_id: int | None
    """The customer noted with the call, else the only one with its number."""
    caller: str | None
    is_by_number: int
    """Whether no customer is noted with the call."""
    inbound: int
    queue_id: int | None
    kind: str
    """The class of the visit once it has ended (metrics.md 2)."""
    entered_at: int
    served_at: int | None
    ended_at: int | None
    is_wrong_person: int
    """Outbound: whether somebody else than the person sought was reached."""
    is_lost: int
    """Whether it counts as lost once it has ended."""
    went_on_at: int | None
    """When the phone call of a lost one was answered after all, in another visit."""
    went_on_id: int | None
    """That visit."""


class Promise(Struct, frozen=True, gc=False):
    """A call promised to a customer, open or settled today. A row of ``promises_to_callers``."""

    customer_id: int | None
    caller: str | None
    agent_id: int | None
    created_at: int
    due_at: int
    done_at: int | None


class CallerState(StrEnum):
    """What has become of a caller who gave up."""

    TO_CALL_BACK = "to call back"
    """Nobody has talked with the caller since, and no call is promised."""
    PROMISED = "call promised"
    """A promise is open."""
    WAITING = "waiting again"
    """The caller has called again and waits now."""
    CALLED_AGAIN = "called again"
    """The caller has called again and was answered."""
    CALLED_BACK = "called back"
    """A call to the caller was answered, or a promised one has been settled."""
    WITHHELD = "number withheld"
    """Nobody knows who it was."""

    @property
    def is_open(self) -> bool:
        """Whether the caller may still need a call."""
        return self in {CallerState.TO_CALL_BACK, CallerState.PROMISED, CallerState.WAITING}


class LostCallerResult(Struct, frozen=True, gc=False):
    """What became of a caller who gave up."""

    last: CallOfCaller
    """The last lost visit."""
    times: int
    """Lost visits of the day."""
    state: CallerState
    since: int | None
    """When the caller was answered, called back or called again, or when the promise is due."""
    promise: Promise | None
    """The promise that is open."""


def lost_caller(
    calls: Sequence[CallOfCaller], promises: Iterable[Promise], at: int, *, is_known: bool = True
) -> LostCallerResult | None:
    """What has become of a caller by a moment; None if the caller did not give up.

    Args:
        calls: the day's calls from and to one caller, in any order; those after the moment are not looked at.
        promises: what the caller has been promised.
        at: the moment.
        is_known: whether anybody knows who called: else nothing else can be theirs.
    """
    last, times = None, 0
    for call in calls:
        if call.is_lost and _has_given_up(call, at):
            times += 1
            if last is None or _gave_up_at(last) < _gave_up_at(call):
                last = call
    if last is None:
        return None
    made = [promise for promise in promises if promise.created_at <= at] if is_known else []
    if not is_known or (not made and len(calls) == 1):  # most: there is nothing else to look at
        state = CallerState.TO_CALL_BACK if is_known else CallerState.WITHHELD
        return LostCallerResult(last, times, state, None, None)
    known = [call for call in calls if call.entered_at <= at]
    spoken = [
        (call.served_at, CallerState.CALLED_AGAIN if call.inbound else CallerState.CALLED_BACK)
        for call in known
        if call.served_at is not None and last.entered_at <= call.served_at <= at and not call.is_wrong_person
    ]
    ended_at = last.ended_at or 0
    spoken += [
        (promise.done_at, CallerState.CALLED_BACK)
        for promise in made
        if promise.done_at is not None and ended_at <= promise.done_at <= at
    ]
    if spoken:
        since, state = min(spoken)
        return LostCallerResult(last, times, state, since, None)
    waiting = [call.entered_at for call in known if call.inbound and _is_waiting(call, at)]
    still_open = [promise for promise in made if promise.done_at is None or promise.done_at > at]
    promise = min(still_open, key=lambda promise: (promise.due_at, promise.agent_id or 0), default=None)
    if waiting:
        return LostCallerResult(last, times, CallerState.WAITING, max(waiting), promise)
    if promise is not None:
        return LostCallerResult(last, times, CallerState.PROMISED, promise.due_at, promise)
    return LostCallerResult(last, times, CallerState.TO_CALL_BACK, None, None)


def has_moment_after(calls: Iterable[CallOfCaller], promises: Collection[Promise], at: int) -> bool:
    """Whether passing of time alone may change what has become of a caller."""
    for call in calls:
        if call.entered_at > at or (call.served_at or 0) > at or (call.ended_at or 0) > at:
            return True
        if call.went_on_at is not None and call.went_on_at > at:
            return True
    return bool(promises) and any(promise.created_at > at or (promise.done_at or 0) > at for promise in promises)


def _has_given_up(call: CallOfCaller, at: int) -> bool:
    """Whether a call that counts as lost once it has ended was lost by a moment."""
    return (
        call.ended_at is not None
        and call.entered_at <= at
        and call.ended_at <= at
        and (call.went_on_at is None or call.went_on_at > at)
    )


def _gave_up_at(call: CallOfCaller) -> tuple[int, int, int]:
    return call.ended_at or 0, call.entered_at, call.id


def _is_waiting(call: CallOfCaller, at: int) -> bool:
    return (call.served_at is None or call.served_at > at) and (call.ended_at is None or call.ended_at > at)
