"""What the change log shows: which rows must be read again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct, field

from ccmon.database.driver import Database
from ccmon.model.business_day import BusinessDay
from ccmon.time_units import QUARTER_MS

MOST_ROWS = 2048
"""With more changes, reading everything costs less."""


class ChangeLogEdges(Struct, frozen=True, gc=False):
    """The first and the last row of the change log. A row of ``change_log_edges``."""

    first: int
    last: int


class ChangeLogRow(Struct, frozen=True, gc=False):
    """A row of the change log. A row of ``change_log``."""

    subject: str
    subject_id: int | None
    agent_id: int | None
    queue_id: int | None
    campaign_id: int | None
    at: int | None


class NumberedChangeLogRow(ChangeLogRow, frozen=True, gc=False):
    """A row of the change log with its number. A row of ``change_log_from``."""

    id: int


class Touched(Struct):
    """What rows of the change log touch, from the point of view of a business day."""

    agents: set[int]
    """Agent ids; 0: no known agent."""
    queues: set[int]
    quarters: dict[int, int]
    """By queue, the first touched quarter of an hour of the day."""
    calls: set[int]
    calls_of_queues: defaultdict[int, set[int]]
    members: set[int]
    """``agents.id``."""
    customers: set[int]
    subjects: set[str]
    past_moments: set[int]
    """Moments of calls before the day."""
    campaigns: bool = False
    states: list[ChangeLogRow] = field(default_factory=list)
    """The rows about states of agents."""
    members_changed_at: dict[int, int] = field(default_factory=dict)
    """By queue that somebody joined, left or paused in, since when that is otherwise than before."""
    queue_of_call: dict[int, int | None] = field(default_factory=dict)
    requeued_calls: set[int] = field(default_factory=set)
    """Those that are in another queue than before."""

    @classmethod
    def of(cls, rows: Iterable[ChangeLogRow], day: BusinessDay) -> Touched:
        """What must be read again for a business day."""
        touched = cls(set(), set(), {}, set(), defaultdict(set), set(), set(), set(), set())
        for row in rows:
            touched._add(row, day)
        return touched

    def _add(self, row: ChangeLogRow, day: BusinessDay) -> None:
        self.subjects.add(row.subject)
        match row.subject:
            case "call" | "outbound_call":
                self._add_call(row, day)
            case "state" | "missed_call" | "sale":
                self.agents.add(row.agent_id or 0)
                self.campaigns = self.campaigns or row.campaign_id is not None
                if row.subject == "state":
                    self.states.append(row)
            case "member":
                self.members.add(row.agent_id or 0)
                self.queues.add(row.queue_id or 0)
                at, queue = row.at or 0, row.queue_id or 0
                self.members_changed_at[queue] = min(at, self.members_changed_at.get(queue, at))
            case "customer":
                self.customers.add(row.subject_id or 0)
            case "targets":
                self.queues.add(row.queue_id or 0)
                self.quarters[row.queue_id or 0] = day.starts_at

    def _add_call(self, row: ChangeLogRow, day: BusinessDay) -> None:
        at = row.at or 0
        self.agents |= {row.agent_id or 0, 0}
        self.calls.add(row.subject_id or 0)
        if self.queue_of_call.setdefault(row.subject_id or 0, row.queue_id) != row.queue_id:
            self.requeued_calls.add(row.subject_id or 0)
        self.campaigns = self.campaigns or row.campaign_id is not None
        if row.queue_id is not None:
            self.queues.add(row.queue_id)
            self.calls_of_queues[row.queue_id].add(row.subject_id or 0)
            if day.starts_at <= at < day.ends_at:
                quarter = at - at % QUARTER_MS
                self.quarters[row.queue_id] = min(quarter, self.quarters.get(row.queue_id, quarter))
        if at < day.starts_at:
            self.past_moments.add(at)


PARTS_OF_ORDERS = frozenset({"orders_of_day", "histories_of_day", "kept_customers_of_day"})
"""Parts of today that rest on orders."""
PARTS_OF_TODAY = PARTS_OF_ORDERS | {
    "calls_of_day",
    "concerned_customers",
    "shifts_of_day",
    "lost_callers",
    "promises_to_callers",
    "orders_of_callers",
}
ALL_PARTS = PARTS_OF_TODAY | {
    "calls_and_orders",
    "totals",
    "sales",
    "kept_customers",
    "promises",
    "closing_customers",
    "planned_time",
    "unreached",
    "unresolved",
    "surveys",
}
"""Parts of the periodic rows that are cached from one reading to the next in a `ReadingCache`."""
_OF_PAST = {
    "call": {"calls_and_orders", "totals", "sales", "kept_customers", "unreached", "unresolved"},
    "outbound_call": {"calls_and_orders", "totals", "sales", "kept_customers", "unreached", "unresolved"},
    "sale": {
        "calls_and_orders",
        "totals",
        "sales",
        "closing_customers",
        "unreached",
        "unresolved",
        "orders_of_callers",
    },
    "state": {"totals", "sales"},
    "missed_call": {"totals", "sales"},
    "shift": {"calls_and_orders", "promises"},
    "call_reason": {"calls_and_orders", "unreached", "unresolved"},
    "answer": {"surveys"},
    "invitation": {"surveys"},
}
"""What a row of the change log touches if it is of a finished day."""
_OF_ANY_DAY = {
    "sale": {"kept_customers", *PARTS_OF_ORDERS},
    "follow_up": {"promises", "promises_to_callers"},
    "customer": {"closing_customers", "concerned_customers", "promises_to_callers"},
    "targets": {"lost_callers"},
    "shift": {"planned_time", "shifts_of_day"},
}
"""What a row of the change log touches, whatever its day: an order of today may belong to a past call."""


class TouchedParts(Struct, frozen=True):
    """Parts of the periodic rows that must be read again, according to the change log up to a row."""

    parts: frozenset[str]
    read_to: int
    calls: frozenset[int] = frozenset()
    """Calls that must be counted again, unless all are."""
    named_again: frozenset[int] = frozenset()
    """Those that the next look at the change log may name again, although nothing has touched them since."""
    customers: frozenset[int] = frozenset()
    """Customers who have been written, unless all parts are touched."""


def touched_parts(rows: Iterable[ChangeLogRow], day: BusinessDay) -> set[str]:
    """The parts of the periodic rows that rows of the change log touch, from the point of view of a business day."""
    parts: set[str] = set()
    for row in rows:
        parts |= _OF_ANY_DAY.get(row.subject, set())
        if row.at is not None and row.at < day.starts_at:
            parts |= _OF_PAST.get(row.subject, set())
    return parts


def touched_calls(rows: Iterable[ChangeLogRow]) -> set[int]:
    """The calls that rows of the change log touch."""
    return {row.subject_id or 0 for row in rows if row.subject in _OF_CALLS}


def touched_customers(rows: Iterable[ChangeLogRow]) -> set[int]:
    """The customers that rows of the change log touch."""
    return {row.subject_id or 0 for row in rows if row.subject == "customer"}


_OF_CALLS = frozenset({"call", "outbound_call", "call_reason"})
SUBJECTS_READ_WHOLE = frozenset({"everything", "directory"})


def read_change_log(
    database: Database, after: int, edges: ChangeLogEdges, at_most: int = MOST_ROWS
) -> list[ChangeLogRow] | None:
    """The rows noted since a row; None if that is not known, or there are so many that everything must be read."""
    if not edges.first <= after + 1 or not after <= edges.last <= after + at_most:
        return None
    rows = database.rows("change_log", ChangeLogRow, {"after": after}) if edges.last > after else []
    return None if any(row.subject in SUBJECTS_READ_WHOLE for row in rows) else rows


def touched_by_now(database: Database, before: TouchedParts, day: BusinessDay) -> TouchedParts:
    """The parts of the periodic rows touched in ``before``, or since."""
    edges = database.one_row("change_log_edges", ChangeLogEdges)
    log_rows = read_change_log(database, before.read_to, edges)
    if log_rows is None:
        return TouchedParts(ALL_PARTS, edges.last)
    calls, customers = frozenset(touched_calls(log_rows)), before.customers | touched_customers(log_rows)
    return TouchedParts(before.parts | touched_parts(log_rows, day), edges.last, before.calls | calls, calls, customers)
