"""Whether an interval of an agent may be written: they follow each other, and each belongs to the source of it.

An agent is in one state at a time, and serves a queue once at a time.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.database.driver import Database
from ccmon.database.row_checks import Fields, RejectedRowError
from ccmon.formatting import iso_second
from ccmon.time_units import NEVER


class _Other(Struct, frozen=True, gc=False):
    """Another interval of the agent."""

    state: str | None
    """None: the agent serves a queue."""
    started_at: int
    ended_at: int | None


def check_turn(database: Database, row: Fields, *, known: Fields | None, source: str | None, zone: ZoneInfo) -> None:
    """Check a state, or a membership of a queue, that is new or that is to change.

    Args:
        database: the call database.
        row: the row by column of its table; with a queue, a membership of it.
        known: the row with its key as it is; None: there is none.
        source: who reports it, as its row says.
        zone: of the moments in sentences.

    Raises:
        RejectedRowError: it overlaps another one, has no end though others follow, or another source has reported it.
    """
    if known is not None and known["source"] != source:
        raise RejectedRowError(
            f"{_does(known.get('state'))} from that moment on, as {known['source'] or 'another program'} has "
            f"reported; {source or 'a table without the column source'} cannot change it"
        )
    end = NEVER if row["ended_at"] is None else row["ended_at"]
    bounds = {"agent_id": row["agent_id"], "id": row.get("id"), "before": end, "queue_id": row.get("queue_id")}
    if "queue_id" in row:
        last = database.row("last_membership_before", _Other, bounds)
    else:
        last = database.row("last_state_before", _Other, bounds)
    if last is None or (last.ended_at is not None and last.ended_at <= row["started_at"]):
        return
    said = f"{_does(last.state)} from {iso_second(last.started_at, zone)}"
    if row["ended_at"] is None and last.started_at >= row["started_at"]:
        raise RejectedRowError(f"it has no end, and {said} on: give ended_at")
    if last.ended_at is None:
        raise RejectedRowError(f"{said} on, without an end: give that one first")
    raise RejectedRowError(f"{said} to {iso_second(last.ended_at, zone)}")


def _does(state: str | None) -> str:
    return "the agent serves the queue" if state is None else f"the agent is {state!r}"
