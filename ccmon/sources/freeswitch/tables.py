"""mod_callcenter's rows: agents, tiers (which agent serves which queue) and members (callers).

The same rows come from its database and from ``callcenter_config … list``. Columns were added over the years: a missing
one has its default. Moments are whole Unix seconds by the switch's clock, 0 for what has not happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple, Self, TypeVar

from ccmon import plausibility
from ccmon.real_time import real_now

_IN_QUEUE: Final = frozenset({"Waiting", "Trying", "Answered"})


class AgentRow(NamedTuple):
    """An agent. ``status`` is what they chose, ``state`` what they do; wrap-up is neither (metrics.md 14.3)."""

    name: str
    status: str = ""
    state: str = ""
    wrap_up_time: int = 0
    last_bridge_start: int = 0
    last_bridge_end: int = 0
    last_status_change: int = 0
    no_answer_count: int = 0
    external_calls_count: int = 0


class TierRow(NamedTuple):
    """An agent's membership of a queue."""

    queue: str
    agent: str
    state: str = ""


class MemberRow(NamedTuple):
    """A caller in a queue, or what is left of one who abandoned."""

    queue: str
    uuid: str
    session_uuid: str | None = None
    """The caller's channel, '' once it is gone; None where the switch does not say."""
    cid_number: str = ""
    cid_name: str = ""
    joined_epoch: int = 0
    rejoined_epoch: int = 0
    bridge_epoch: int = 0
    abandoned_epoch: int = 0
    serving_agent: str = ""
    state: str = ""

    @property
    def in_queue(self) -> bool:
        """Whether the caller waits or is served. A row without a channel is left over, whatever its state says."""
        return self.state in _IN_QUEUE and self.session_uuid != ""

    @property
    def left_over(self) -> bool:
        """Whether the row is of a caller who has left the queue unserved."""
        return self.state == "Abandoned" or (self.state in _IN_QUEUE and not self.in_queue)


class CallCenterTables(NamedTuple):
    """One reading of all three."""

    agents: tuple[AgentRow, ...]
    tiers: tuple[TierRow, ...]
    members: tuple[MemberRow, ...]
    errors: tuple[str, ...] = ()
    """Impossible numbers, each with its place; they count as missing."""

    @classmethod
    def of(
        cls,
        agents: Iterable[Mapping[str, Any]],
        tiers: Iterable[Mapping[str, Any]],
        members: Iterable[Mapping[str, Any]],
    ) -> Self:
        """Make rows from values by column name. One without its name, or without a queue, is left out."""
        errors: list[str] = []
        return cls(
            _rows(AgentRow, agents, ("name",), errors),
            _rows(TierRow, tiers, ("queue", "agent"), errors),
            _rows(MemberRow, members, ("queue", "uuid"), errors),
            tuple(errors),
        )

    def newest(self) -> int:
        """The newest moment in any row; 0 without one."""
        agents = (max(a.last_bridge_start, a.last_bridge_end, a.last_status_change) for a in self.agents)
        members = (max(m.joined_epoch, m.rejoined_epoch, m.bridge_epoch, m.abandoned_epoch) for m in self.members)
        return max((*agents, *members), default=0)


_LARGEST_NUMBER: Final = 1 << 53
_COUNTS: Final = frozenset({"no_answer_count", "external_calls_count"})
_Row = TypeVar("_Row", AgentRow, TierRow, MemberRow)


def _rows(
    kind: type[_Row], found: Iterable[Mapping[str, Any]], known_by: tuple[str, ...], errors: list[str]
) -> tuple[_Row, ...]:
    """The rows that have all of ``known_by``, made of the columns that exist.

    An impossible number is replaced by the default and added to ``errors``.
    """
    now, rows = real_now(), []
    for columns in found:
        if not all(columns.get(name) for name in known_by):
            continue
        values: dict[str, Any] = {}
        for column in kind._fields:
            value, default = columns.get(column), kind._field_defaults.get(column)
            if value is None:
                continue
            values[column] = value = _whole(value) if isinstance(default, int) else str(value)
            error = _impossible(column, value, now) if isinstance(value, int) and value != default else None
            if error is not None:
                errors.append(f"{columns[known_by[-1]]}: {column} is {value}: {error}")
                values[column] = default
        rows.append(kind(**values))
    return tuple(rows)


def _impossible(column: str, value: int, now: int) -> str | None:
    """Why this number is impossible in a column; None where it is possible."""
    if column in _COUNTS:
        return None
    is_length = column == "wrap_up_time"
    return (
        plausibility.impossible_length(value * 1000) if is_length else plausibility.impossible_moment(value * 1000, now)
    )


def listing(text: str) -> list[dict[str, str]]:
    """The rows of a ``callcenter_config … list``: names and values separated by ``|``, then ``+OK``.

    Nothing is escaped: a line with more or fewer values than there are names is ambiguous, and left out.
    """
    lines = text.splitlines()
    names = lines[0].split("|") if lines else []
    found = [line.split("|") for line in lines[1:] if line and not line.startswith(("+OK", "-ERR"))]
    return [dict(zip(names, values, strict=True)) for values in found if len(values) == len(names)]


def _whole(value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
    return number if abs(number) < _LARGEST_NUMBER else 0
