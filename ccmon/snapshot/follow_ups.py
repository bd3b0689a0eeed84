"""Follow-up calls due, overdue and done (metrics.md 10.3)."""

from __future__ import annotations

from ccmon.model import FollowUp, FollowUpFigures
from ccmon.snapshot.facts import Agent, Facts, Row


def follow_up_figures(facts: Facts, at: int) -> FollowUpFigures:
    """The follow-ups of the business day; ``items`` are open and due by its end."""
    grace_ms, day = facts.site.follow_up_grace_ms, facts.day
    items = tuple(_item(row, facts.directory.agents.get(row[2]), grace_ms) for row in facts.follow_ups)
    decided = on_time = 0
    for promised_at, done_at in facts.promises:
        until = promised_at + grace_ms
        if done_at is not None and done_at <= until:
            decided += 1
            on_time += 1
        elif done_at is not None or until < at:
            decided += 1
    return FollowUpFigures(
        due_today=sum(item.due_at >= day.starts_at for item in items),
        overdue=sum(item.overdue_since < at for item in items),
        done_today=facts.follow_ups_done,
        on_time=on_time,
        on_time_of=decided,
        items=items,
    )


def _item(row: Row, owner: Agent | None, grace_ms: int) -> FollowUp:
    identity, customer, _, kind, due_at, promised_at, note = row
    return FollowUp(
        identity,
        customer,
        owner.name if owner else None,
        owner.team if owner else None,
        owner.client if owner else None,
        kind,
        due_at,
        promised_at,
        due_at + grace_ms,
        note,
    )
