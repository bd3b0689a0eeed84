"""Why a call that rang at an agent was not answered there (metrics.md 6.5)."""

from __future__ import annotations

from enum import StrEnum

COUNTS_FROM_MS = 1000
"""A call that rang for less is not counted as missed: the telephone was busy or could not be reached."""
SAME_MOMENT_MS = 1500
"""How far apart a source may report the end of the ringing and what ended it: it has whole seconds."""


class MissedCause(StrEnum):
    """What ended the ringing."""

    NO_ANSWER = "rang out"
    CALLER_GAVE_UP = "caller gave up"
    ANSWERED_BY_ANOTHER = "another answered"
    TOO_SHORT = "under 1 s"
    UNKNOWN = "unknown"


def missed_cause(
    missed_at: int, ring_ms: int, *, answered_at: int | None, abandoned_at: int | None, is_call_known: bool
) -> MissedCause:
    """What ended the ringing at one telephone.

    Args:
        missed_at: when the ringing stopped.
        ring_ms: how long it rang.
        answered_at: when anybody answered the call; None: nobody did.
        abandoned_at: when the caller hung up unanswered; None: the caller did not.
        is_call_known: whether it is known which call it was.
    """
    if ring_ms < COUNTS_FROM_MS:
        return MissedCause.TOO_SHORT
    if not is_call_known:
        return MissedCause.UNKNOWN
    if answered_at is not None:
        another = abs(answered_at - missed_at) <= SAME_MOMENT_MS
        return MissedCause.ANSWERED_BY_ANOTHER if another else MissedCause.NO_ANSWER
    gave_up = abandoned_at is not None and abs(abandoned_at - missed_at) <= SAME_MOMENT_MS
    return MissedCause.CALLER_GAVE_UP if gave_up else MissedCause.NO_ANSWER
