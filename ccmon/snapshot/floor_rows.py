"""Rows that are read at each poll, as the database reader returns them.

Each record is a row of the query that its docstring names: its fields are the query's columns, in their order. Moments
are Unix milliseconds.
"""

from operator import attrgetter

from msgspec import Struct


class OpenCallRow(Struct, frozen=True, gc=False):
    """A call in a queue that has not ended: waiting, or talking. A row of ``open_calls`` or ``as_of_calls``."""

    queue_id: int
    entered_at: int
    answered_at: int | None
    caller: str | None
    customer: str | None
    id: int
    customer_id: int | None


class StateRow(Struct, frozen=True, gc=False):
    """What an agent does now. A row of ``open_states`` or ``as_of_states``."""

    agent_id: int
    state: str
    reason: str | None = None
    started_at: int | None = None
    queue_id: int | None = None
    campaign_id: int | None = None
    entered_at: int | None = None
    """When the call entered."""
    call_id: int | None = None
    """``calls.id``."""


class TrackedSubject(Struct, frozen=True, gc=False):
    """An agent whose states are reported by some source, or a queue whose members are. A row of ``tracked``."""

    what: str
    """``agent`` or ``queue``."""
    id: int


class QueueTotals(Struct, frozen=True, gc=False):
    """A queue's sums over the business day or a quarter of an hour, by entry.

    A row of ``queue_totals`` or ``quarter_totals``.
    """

    queue_id: int
    starts_at: int
    """When the day or the quarter starts."""
    offered: int
    answered: int
    answered_in_threshold: int
    abandoned: int
    short_abandoned: int
    timed_out: int
    no_agents: int
    diverted: int
    unknown: int
    answered_wait_ms: int
    abandoned_wait_ms: int
    handled: int
    talk_ms: int
    hold_ms: int
    wrap_up_ms: int
    cut_off: int
    answered_without_wait: int


QUEUE_COUNTS = QueueTotals.__struct_fields__[2:]
"""What is counted of a queue's calls, by its name in the rows and in the figures."""
queue_counts = attrgetter(*QUEUE_COUNTS)
"""The counts of a `QueueTotals`, in their order."""


class QueueTargets(Struct, frozen=True, gc=False):
    """What a queue's calls are measured by on the business day (metrics.md 1.9). A row of ``queue_targets``."""

    queue_id: int
    threshold_ms: int
    target: float
    short_abandon_ms: int


class AgentTotals(Struct, frozen=True, gc=False):
    """An agent's totals of the business day, of intervals that have ended. A row of ``agent_totals``."""

    agent_id: int
    inbound: int
    outbound: int
    inbound_talk_ms: int
    inbound_hold_ms: int
    inbound_wrap_up_ms: int
    outbound_talk_ms: int
    outbound_hold_ms: int
    outbound_wrap_up_ms: int
    sales_calls: int
    missed: int
    ready_ms: int
    paused_ms: int
    talking_ms: int
    """Time in the states of conversation and hold; ``hold_ms`` is part of it."""
    other_ms: int
    hold_ms: int
    wrap_up_ms: int
    converted: int
    sales: int
    revenue_cents: int


class CampaignTotals(Struct, frozen=True, gc=False):
    """A campaign's totals of the business day. A row of ``campaign_totals``."""

    campaign_id: int
    attempts: int
    contacts: int
    sales_calls: int
    converted: int
    sales: int
    revenue_cents: int


class EarlierCall(Struct, frozen=True, gc=False):
    """A call that entered before the business day and was handled in it. A row of ``earlier_calls_handled_today``."""

    agent_id: int
    answered_at: int
    ended_at: int
    wrapped_up_at: int
    hold_ms: int


class OtherClientsSales(Struct, frozen=True, gc=False):
    """Sales by agents of one client's teams for another's campaigns. A row of ``sales_for_other_clients``."""

    team_client_id: int | None
    client_id: int
    sales_calls: int
    converted: int
    sales: int
    revenue_cents: int


class OpenFollowUpRow(Struct, frozen=True, gc=False):
    """A follow-up that is open and due by the end of the business day. A row of ``open_follow_ups_due``."""

    id: int
    customer: str | None
    agent_id: int | None
    kind: str
    due_at: int
    promised_at: int
    note: str | None
    customer_id: int | None
    phone: str | None
    call_id: int | None
    """``calls.id``."""


class PromiseRow(Struct, frozen=True, gc=False):
    """A follow-up promised for the business day. A row of ``promises_of_day``."""

    promised_at: int
    done_at: int | None
    agent_id: int | None


class PastQuarter(Struct, frozen=True, gc=False):
    """A queue's calls in a quarter of an hour of a past day. A row of ``past_day_quarters``."""

    queue_id: int
    quarter_at: int
    offered: int
    answered: int
    handled: int
    handling_ms: int


class DayEdges(Struct, frozen=True, gc=False):
    """The first and the last quarter of an hour of a past day that has calls, or first start and last end of shifts.

    A row of ``past_day_edges`` or of ``shift_edges``.
    """

    first_at: int
    last_at: int
