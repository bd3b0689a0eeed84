"""Whether a state of an agent may be written: an agent is in one state at a time, which one source reports."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.database.driver import Database
from ccmon.database.row_checks import Fields, RejectedRowError
from ccmon.formatting import iso_second
from ccmon.time_units import NEVER


class _Other(Struct, frozen=True, gc=False):
    """Another state of the agent."""

    state: str
    started_at: int
    ended_at: int | None


def check_turn(database: Database, row: Fields, known: Fields | None, source: str | None, zone: ZoneInfo) -> None:
    """Check a state that is new, or that is to change.

    Args:
        database: the call database.
        row: the state by column of ``agent_states``.
        known: the state with that agent and start as it is; None: there is none.
        source: who reports it, as its row says.
        zone: of the moments in sentences.

    Raises:
        RejectedRowError: it overlaps another state, has no end though others follow, or another source has reported it.
    """
    if known is not None and known["source"] != source:
        raise RejectedRowError(
            f"the agent is {known['state']!r} from that moment on, as {known['source'] or 'another program'} has "
            f"reported; {source or 'a table without the column source'} cannot change it"
        )
    end = NEVER if row["ended_at"] is None else row["ended_at"]
    bounds = {"agent_id": row["agent_id"], "id": row.get("id"), "before": end}
    last = database.row("last_state_before", _Other, bounds)
    if last is None or (last.ended_at is not None and last.ended_at <= row["started_at"]):
        return
    since = iso_second(last.started_at, zone)
    if row["ended_at"] is None and last.started_at >= row["started_at"]:
        raise RejectedRowError(f"it has no end, and the agent is {last.state!r} from {since} on: give ended_at")
    if last.ended_at is None:
        raise RejectedRowError(f"the agent is {last.state!r} from {since} on, without an end: give that one first")
    raise RejectedRowError(f"the agent is {last.state!r} from {since} to {iso_second(last.ended_at, zone)}")
