"""Queues: visits of the business day by quarter of an hour, and who waits now (metrics.md 3 to 5)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Struct

from ccmon.metrics import handling, means, service_level, wait_times
from ccmon.number_types import Count, Ratio, one_of

USUAL_THRESHOLD_MS = 20_000
"""The threshold of the service level of a queue that says none."""
USUAL_SHORT_ABANDON_MS = 5_000
"""Callers of such a queue who hang up within this time are short abandons."""


class Purpose(StrEnum):
    """What a queue or campaign is for."""

    SALES = "sales"
    SERVICE = "service"
    RETENTION = "retention"


class Quarter(Struct, frozen=True):
    """A queue's calls that entered in one quarter of an hour, for curves."""

    starts_at: int
    offered: int
    answered: int
    answered_in_threshold: int
    lost: int
    """Abandoned, less short abandons, plus callers the system gave up on."""
    answered_without_wait: int = 0
    """Of the answered: see `QueueFigures`."""

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
    """The queue; in a total, what is added up."""
    purpose: Annotated[str, one_of(*Purpose)] | None
    """What the queue is for; in a total, the purpose that all its queues share."""
    client: str | None
    """The client company it works for; in a total, the one that all its queues share."""
    service_level_threshold_ms: int | None
    """None in a total over queues with different thresholds."""
    service_level_target: Ratio | None
    """Service level to be reached."""
    handling_target_ms: int | None
    """Target for the average handling time."""

    waiting: Count
    """Callers who wait now, also while a telephone rings for them."""
    longest_wait_since: int | None
    """Entry of the caller who waits longest; None when nobody waits."""
    talking: Count
    """Callers of the queue in conversation now."""
    agents_ready: Count
    """Members who could take a call now: ready, and not paused in this queue."""
    agents_on_phones: Count
    """Members at work on calls or ready for one, and not paused in this queue (metrics.md 11.8)."""
    agents_needed: Count | None
    """How many should be on the phones to meet the target with the calls of the last 15 minutes (metrics.md 11.8); None
    where too few calls show it."""

    offered: Count
    """Visits that entered the queue today."""
    answered: Count
    """Of them, visits connected to an agent."""
    answered_in_threshold: Count
    """Of the answered, those connected within the queue's threshold."""
    abandoned: Count
    """The caller hung up while waiting."""
    short_abandoned: Count
    """Of the abandoned, those so soon that nobody could have answered (metrics.md 3)."""
    timed_out: Count
    """Waited too long: the system moved the caller on."""
    no_agents: Count
    """Removed because nobody could serve, incompatible channels included."""
    diverted: Count
    """The caller chose another way, or an application took the call out."""
    unknown: Count
    """Visits that had not been answered and whose end nobody saw (metrics.md 1.5): in no ratio."""
    cut_off: Count
    """Of the answered: nobody saw their end, so that their length is unknown (metrics.md 1.5)."""
    answered_without_wait: Count
    """Of the answered: nobody knows when, so that they are in neither part of the service level and of ASA."""
    open: Count
    """Visits still waiting, of those offered today."""
    open_since: int | None
    """Entry of the first of the open visits; None without any."""
    misses_from: tuple[int, ...]
    """Of each open visit, the moment from which on its wait is past the threshold: a miss in the live service level."""
    answered_wait_ms: int
    """Waits of the answered, added up."""
    abandoned_wait_ms: int
    """Waits of those who abandoned, short abandons left out."""
    longest_finished_wait_ms: int | None
    """The longest wait of the visits of today that wait no more; None without any."""
    handled: Count
    """Answered visits that have ended, wrap-up included, and whose length is known."""
    talk_ms: int
    """Time in conversation of the handled ones, added up; hold is not in it."""
    hold_ms: int
    """Time on hold of the handled ones, added up."""
    wrap_up_ms: int
    """Wrap-up of the handled ones, added up."""
    quarters: tuple[Quarter, ...] = ()
    """By quarter of an hour, the earliest first."""
    agents_allotted: Count | None = None
    """Of those on the phones, the queue's part: an agent who serves several queues is counted in one (metrics.md 11.8).
    In a total that is short, those of them who are needed. None where no members or no needs
    are known."""

    agents_known: bool = True
    """Whether any source tells who serves the queue; if not, how many agents are there is not known, and not 0."""

    def longest_wait_ms(self, at: int) -> int | None:
        """How long the caller who waits longest has waited at a moment, in whole seconds; None when nobody waits."""
        return None if self.longest_wait_since is None else wait_times.wait_ms(self.longest_wait_since, at)

    @property
    def agents_gap(self) -> int | None:
        """Agents allotted less agents needed: negative where the queue is short; None where either is unknown."""
        if self.agents_allotted is None or self.agents_needed is None:
            return None
        return self.agents_allotted - self.agents_needed

    @property
    def short_of_agents(self) -> bool:
        """Whether more agents are needed than are allotted."""
        return (self.agents_gap or 0) < 0

    @property
    def answered_after_wait(self) -> int:
        """Answered visits whose wait is known: what the service level and ASA are made of (metrics.md 1.5)."""
        return self.answered - self.answered_without_wait

    @property
    def service_level(self) -> Ratio | None:
        """Share answered within the threshold, ccmon's default formula (metrics.md 4)."""
        return service_level.service_level(
            answered_in_threshold=self.answered_in_threshold, answered=self.answered_after_wait, lost=self.lost
        )

    def waiting_past_threshold(self, at: int) -> Count:
        """Open visits that have waited past the threshold at a moment."""
        return sum(moment <= at for moment in self.misses_from)

    def service_level_live(self, at: int) -> Ratio | None:
        """The service level with those who wait past the threshold at a moment counted as misses (metrics.md 4)."""
        return service_level.service_level(
            answered_in_threshold=self.answered_in_threshold,
            answered=self.answered_after_wait,
            lost=self.lost,
            waiting_past_threshold=self.waiting_past_threshold(at),
        )

    def judged_visits(self, at: int) -> Count:
        """Visits that the live service level is a share of."""
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
        """Mean wait of those who abandoned, short abandons left out (metrics.md 5)."""
        return means.average(self.abandoned_wait_ms, self.abandoned - self.short_abandoned)

    @property
    def abandonment_rate(self) -> Ratio | None:
        """Share of finished visits abandoned, short abandons left out (metrics.md 3)."""
        return service_level.abandonment_rate(
            abandoned=self.abandoned,
            short_abandoned=self.short_abandoned,
            finished=self.finished,
        )

    @property
    def lost(self) -> Count:
        """Callers who were not served: abandoned, short abandons left out, and given up on (metrics.md 3)."""
        return service_level.lost(
            abandoned=self.abandoned, short_abandoned=self.short_abandoned, gave_up=self.timed_out + self.no_agents
        )

    @property
    def finished(self) -> Count:
        """Visits whose wait has ended in a known way: answered, abandoned, given up on or diverted."""
        return self.answered + self.abandoned + self.timed_out + self.no_agents + self.diverted

    @property
    def aht_ms(self) -> float | None:
        """Average handling time: talk, hold and wrap-up over handled calls (metrics.md 7)."""
        return handling.average_handling(self.talk_ms, self.hold_ms, self.wrap_up_ms, self.handled)


class WaitingCall(Struct, frozen=True):
    """A caller who waits now."""

    queue_id: int
    queue: str
    position: int
    """From 1, by time of entry within the queue."""
    caller: str | None
    customer: str | None
    entered_at: int
