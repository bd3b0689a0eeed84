"""Queues: visits of the business day by quarter of an hour, and who is waiting now (metrics.md 3 to 5)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from msgspec import Struct

from ccmon.metrics import handling, means, service_level, wait_times
from ccmon.number_types import Count, Ratio, one_of

USUAL_THRESHOLD_MS = 20_000
"""The service level threshold of a queue for which none is set."""
USUAL_SHORT_ABANDON_MS = 5_000
"""In such a queue, callers who hang up within this time are short abandons."""


class Purpose(StrEnum):
    """What a queue or campaign is for."""

    SALES = "sales"
    SERVICE = "service"
    RETENTION = "retention"


class Quarter(Struct, frozen=True):
    """A queue's visits that began in one quarter of an hour, for curves and for figures of a part of the day.

    Beside what is explained here, what `QueueFigures` counts by the same names.
    """

    starts_at: int
    offered: int
    answered: int
    answered_in_threshold: int
    lost: int
    """Abandoned, without short abandons, plus released by the system."""
    answered_without_wait: int = 0
    abandoned: int = 0
    short_abandoned: int = 0
    timed_out: int = 0
    no_agents: int = 0
    diverted: int = 0
    unknown: int = 0
    answered_wait_ms: int = 0
    abandoned_wait_ms: int = 0
    handled: int = 0
    talk_ms: int = 0
    hold_ms: int = 0
    wrap_up_ms: int = 0
    cut_off: int = 0

    @property
    def service_level(self) -> float | None:
        """Share answered within the threshold."""
        answered = self.answered - self.answered_without_wait
        return service_level.service_level(
            answered_in_threshold=self.answered_in_threshold, answered=answered, lost=self.lost
        )


class QueueFigures(Struct, frozen=True, kw_only=True):
    """One queue today, or the total over several queues."""

    id: int | None
    """None in a total."""
    name: str
    """The queue's name; in a total, what is added up."""
    purpose: Annotated[str, one_of(*Purpose)] | None
    """What the queue is for; in a total, the purpose that all its queues share."""
    client: str | None
    """The client company that it works for; in a total, the one that all its queues share."""
    service_level_threshold_ms: int | None
    """None in a total over queues with different thresholds."""
    service_level_target: Ratio | None
    """The service level to reach."""
    handling_target_ms: int | None
    """Target for the average handling time."""

    waiting: Count
    """Callers waiting now, including those for whom a telephone rings."""
    longest_wait_since: int | None
    """When the caller who has waited longest entered; None when nobody waits."""
    talking: Count
    """Callers of the queue in conversation now."""
    agents_ready: Count
    """Members who could take a call now: ready, and not paused in this queue."""
    agents_on_phones: Count
    """Members at work on calls or ready for one, and not paused in this queue (metrics.md 11.8)."""
    agents_needed: Count | None
    """How many staffed agents are required for the target, given the calls of the last 15 minutes (metrics.md 11.8);
    None where there are too few calls to tell."""

    offered: Count
    """Visits that entered the queue today."""
    answered: Count
    """Of the offered visits, those connected to an agent."""
    answered_in_threshold: Count
    """Of the answered, those connected within the queue's threshold."""
    abandoned: Count
    """Visits in which the caller hung up while waiting."""
    short_abandoned: Count
    """Of the abandoned, those that ended so soon that nobody could have answered (metrics.md 3)."""
    timed_out: Count
    """Visits that lasted too long: the system moved the caller on."""
    no_agents: Count
    """Callers removed because nobody could serve them, incompatible channels included."""
    diverted: Count
    """Visits in which the caller left by a key, or an application took the call out."""
    unknown: Count
    """Unanswered visits whose end nobody saw (metrics.md 1.5): in no ratio."""
    cut_off: Count
    """Of the answered, those whose end nobody saw, so that their length is unknown (metrics.md 1.5)."""
    answered_without_wait: Count
    """Of the answered, those whose wait is unknown: in neither part of the service level and of ASA."""
    open: Count
    """Of the visits offered today, those still waiting."""
    open_since: int | None
    """When the first of the open visits began; None without any."""
    threshold_passed_at: tuple[int, ...]
    """For each open visit, when its wait passes the threshold and it becomes a miss in the live service level."""
    answered_wait_ms: int
    """Total wait of the answered."""
    abandoned_wait_ms: int
    """Total wait of the abandoned, without short abandons."""
    longest_finished_wait_ms: int | None
    """The longest wait of today's visits that no longer wait; None without any."""
    handled: Count
    """Answered visits that have ended, wrap-up included, and whose length is known."""
    talk_ms: int
    """Total time in conversation of the handled ones, without hold."""
    hold_ms: int
    """Total time on hold of the handled ones."""
    wrap_up_ms: int
    """Total wrap-up of the handled ones."""
    quarters: tuple[Quarter, ...] = ()
    """By quarter of an hour, the earliest first."""
    agents_allotted: Count | None = None
    """The queue's part of the staffed agents, each agent counted in one queue only (metrics.md 11.8). In a total that
    is short of agents, only those of them who are needed. None where members or needs are unknown."""

    usual_offered: Mapping[int, float] = {}
    """Mean calls offered on the last same weekdays, by the number of the quarter of an hour in the day; empty where no
    such day is known."""
    agents_known: bool = True
    """Whether any source reports who serves the queue; if not, the numbers of agents are unknown, not 0."""

    def longest_wait_ms(self, at: int) -> int | None:
        """How long the caller who waits longest has waited by a moment, in whole seconds; None when nobody waits."""
        return None if self.longest_wait_since is None else wait_times.wait_ms(self.longest_wait_since, at)

    @property
    def agents_gap(self) -> int | None:
        """Agents allotted minus agents needed: negative where the queue is short; None where either is unknown."""
        if self.agents_allotted is None or self.agents_needed is None:
            return None
        return self.agents_allotted - self.agents_needed

    @property
    def short_of_agents(self) -> bool:
        """Whether more agents are needed than are allotted."""
        return (self.agents_gap or 0) < 0

    @property
    def answered_after_wait(self) -> int:
        """Answered visits whose wait is known: those that service level and ASA rest on (metrics.md 1.5)."""
        return self.answered - self.answered_without_wait

    @property
    def service_level(self) -> Ratio | None:
        """Share answered within the threshold, ccmon's default formula (metrics.md 4)."""
        return service_level.service_level(
            answered_in_threshold=self.answered_in_threshold, answered=self.answered_after_wait, lost=self.lost
        )

    def waiting_past_threshold(self, at: int) -> Count:
        """Open visits that have waited past the threshold by a moment."""
        return sum(moment <= at for moment in self.threshold_passed_at)

    def service_level_live(self, at: int) -> Ratio | None:
        """The service level with callers who wait past the threshold at a moment counted as misses (metrics.md 4)."""
        return service_level.service_level(
            answered_in_threshold=self.answered_in_threshold,
            answered=self.answered_after_wait,
            lost=self.lost,
            waiting_past_threshold=self.waiting_past_threshold(at),
        )

    def judged_visits(self, at: int) -> Count:
        """The visits that the live service level counts: its denominator."""
        return service_level.judged_visits(
            answered=self.answered_after_wait,
            lost=self.lost,
            waiting_past_threshold=self.waiting_past_threshold(at),
        )

    def longest_wait_today_ms(self, at: int) -> int | None:
        """The longest wait of the day, finished or not, at a moment; None without any."""
        if self.open_since is None:
            return self.longest_finished_wait_ms
        return max(wait_times.wait_ms(self.open_since, at), self.longest_finished_wait_ms or 0)

    @property
    def asa_ms(self) -> float | None:
        """Average speed of answer (metrics.md 5)."""
        return means.average(self.answered_wait_ms, self.answered_after_wait)

    @property
    def average_abandon_ms(self) -> float | None:
        """Mean wait of the abandoned, without short abandons (metrics.md 5)."""
        return means.average(self.abandoned_wait_ms, self.abandoned - self.short_abandoned)

    @property
    def abandonment_rate(self) -> Ratio | None:
        """Share of finished visits abandoned, without short abandons (metrics.md 3)."""
        return service_level.abandonment_rate(
            abandoned=self.abandoned,
            short_abandoned=self.short_abandoned,
            finished=self.finished,
        )

    @property
    def lost(self) -> Count:
        """Callers who were not served: abandoned, without short abandons, or released by the system (metrics.md 3)."""
        return service_level.lost(
            abandoned=self.abandoned, short_abandoned=self.short_abandoned, released=self.timed_out + self.no_agents
        )

    @property
    def finished(self) -> Count:
        """Visits whose wait has ended in a known way: answered, abandoned, released or diverted."""
        return self.answered + self.abandoned + self.timed_out + self.no_agents + self.diverted

    @property
    def aht_ms(self) -> float | None:
        """Average handling time: talk, hold and wrap-up over handled calls (metrics.md 7)."""
        return handling.average_handling(self.talk_ms, self.hold_ms, self.wrap_up_ms, self.handled)


class WaitingCall(Struct, frozen=True):
    """A caller waiting now."""

    queue_id: int
    queue: str
    position: int
    """Place in the queue, from 1, by time of entry."""
    caller: str | None
    customer: str | None
    entered_at: int
    call_id: int | None = None
    """``calls.id``."""


class QueueWindow(Struct, frozen=True):
    """A part of the business day over which calls of queues are counted, by when they entered."""

    name: str
    """How it was asked for, such as ``30 min``."""
    starts_at: int
    """When it starts: with a quarter of an hour."""
