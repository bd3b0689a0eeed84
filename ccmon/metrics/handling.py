"""Handling time (metrics.md 1.6 and 7)."""

from __future__ import annotations

from ccmon.metrics.counts import Counts
from ccmon.metrics.means import average


class Handling(Counts, frozen=True):
    """Time spent on calls, in milliseconds."""

    talk_ms: int = 0
    hold_ms: int = 0
    wrap_up_ms: int = 0


def handling_since(since: int, answered_at: int, ended_at: int, wrapped_up_at: int, hold_ms: int) -> Handling:
    """The part of a call's handling after a moment.

    When the customer was on hold is not recorded: the hold is spread over the whole conversation.
    """
    conversation_ms = max(0, ended_at - answered_at)
    part_ms = max(0, ended_at - max(answered_at, since))
    hold_part_ms = min(hold_ms, conversation_ms) * part_ms // conversation_ms if conversation_ms else 0
    wrap_up_ms = max(0, wrapped_up_at - max(ended_at, since))
    return Handling(part_ms - hold_part_ms, hold_part_ms, wrap_up_ms)


def average_handling(talk_ms: int, hold_ms: int, wrap_up_ms: int, handled: int) -> float | None:
    """Average handling time in milliseconds: ``(talk + hold + wrap-up) / handled``; None when nothing was handled."""
    return average(talk_ms + hold_ms + wrap_up_ms, handled)
