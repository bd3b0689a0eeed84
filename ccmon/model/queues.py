"""Queues: visits of the business day by quarter of an hour, and who waits now (metrics.md 3 to 5)."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from ccmon.metrics import handling, service_level, wait_times


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
    service_level: float | None
    answered_without_wait: int = 0
    """Of the answered: see `QueueFigures`."""


class QueueFigures(Struct, frozen=True):
    """One queue today, or the total over several queues (``id`` is None)."""

    id: int | None
    name: str
    purpose: str | None
    client: str | None
    service_level_threshold_ms: int | None
    """None in a total over queues with different thresholds."""
    service_level_target: float | None
    handling_target_ms: int | None

    waiting: int
    longest_wait_since: int | None
    """Entry of the caller who waits longest; None when nobody waits."""
    talking: int
    agents_ready: int
    agents_on_phones: int
    agents_needed: int | None

    offered: int
    answered: int
    answered_in_threshold: int
    abandoned: int
    short_abandoned: int
    timed_out: int
    no_agents: int
    """Removed because nobody could serve, incompatible channels included."""
    diverted: int
    unknown: int
    cut_off: int
    """Of the answered: nobody saw their end, so that their length is unknown (metrics.md 1.5)."""
    answered_without_wait: int
    """Of the answered: nobody knows when, so that they are in neither part of the service level and of ASA."""
    open: int
    """Visits still waiting, of those offered today."""
    waiting_past_threshold: int
    """Of the open ones, those already past the threshold: misses in the live service level."""
    answered_wait_ms: int
    abandoned_wait_ms: int
    """Waits of those who abandoned, short abandons left out."""
    longest_wait_today_ms: int | None
    """Over finished and waiting visits."""
    handled: int
    talk_ms: int
    hold_ms: int
    wrap_up_ms: int
    quarters: tuple[Quarter, ...] = ()
    agents_allotted: int | None = None
    """Of those on the phones, the queue's part: whoever serves several queues is counted in one (metrics.md 11.8).
    In a total that is short, those of them who are needed. None where no members or no needs
    are known."""

    agents_known: bool = True
    """Whether any source tells who serves the queue; if not, how many agents are there is not known, and not 0."""

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
    def service_level(self) -> float | None:
        """Share answered within the threshold, ccmon's default formula (metrics.md 4)."""
        return service_level.service_level(
            answered_in_threshold=self.answered_in_threshold,
            answered=self.answered_after_wait,
            abandoned=self.abandoned,
            gave_up=self.timed_out + self.no_agents,
            short_abandoned=self.short_abandoned,
        )

    @property
    def service_level_live(self) -> float | None:
        """The same with callers now waiting past the threshold counted as misses (metrics.md 4, live form)."""
        return service_level.service_level_live(
            answered_in_threshold=self.answered_in_threshold,
            answered=self.answered_after_wait,
            abandoned=self.abandoned,
            gave_up=self.timed_out + self.no_agents,
            short_abandoned=self.short_abandoned,
            waiting_past_threshold=self.waiting_past_threshold,
        )

    @property
    def asa_ms(self) -> float | None:
        """Average speed of answer (metrics.md 5)."""
        return wait_times.average(self.answered_wait_ms, self.answered_after_wait)

    @property
    def average_abandon_ms(self) -> float | None:
        """Mean wait of those who abandoned, short abandons left out (metrics.md 5)."""
        return wait_times.average(self.abandoned_wait_ms, self.abandoned - self.short_abandoned)

    @property
    def abandonment_rate(self) -> float | None:
        """Share of finished visits abandoned, short abandons left out (metrics.md 3)."""
        return service_level.abandonment_rate(
            abandoned=self.abandoned,
            short_abandoned=self.short_abandoned,
            finished=self.finished,
        )

    @property
    def lost(self) -> int:
        """Callers who were not served: abandoned, short abandons left out, and given up on (metrics.md 3)."""
        return service_level.lost(
            abandoned=self.abandoned, short_abandoned=self.short_abandoned, gave_up=self.timed_out + self.no_agents
        )

    @property
    def finished(self) -> int:
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
