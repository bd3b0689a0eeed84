"""Follow-ups due on a day and promised on an earlier one.

They are planned by the day on which they are due, for callers of the earlier day, so that each day can be made on its
own. The day of the promise adds the call that led to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.simulator.centre import Centre
from ccmon.simulator.customers import Customers
from ccmon.simulator.random_streams import Distribution, stream, weighted
from ccmon.simulator.shifts import SimulatedAgent, moment
from ccmon.time_units import HOUR_MS, MINUTE_MS

NOTES = {
    "call back": (
        "Result of the line test",
        "Technician's new date",
        "Credit note checked",
        "Parcel found?",
        None,
        None,
    ),
    "offer": ("Sends the contract first", "Asks partner", "Wants the lower rate", "After payday", None),
    "win back": ("Offer of 3 months at half price", "Manager's decision", "Complaint answered?", None),
}
SHARES = (0.065, 0.03, 0.015, 0.008)
"""Shares of callers one, two, three and four open days earlier who were promised a call on this day."""
REMEMBERED_DAYS = 6
"""Days within which a forgotten promise is found."""


class SimulatedPromise(NamedTuple):
    """A promise of an earlier day."""

    id: int
    promised_at: int
    customer: int
    agent: SimulatedAgent
    kind: str
    note: str | None
    due_at: int
    acts_at: int | None
    """The moment from which the owner, when free, makes the call; None: forgotten on this day."""
    moved_to: int | None
    """The moment to which the agent moves it in advance; None: it is not moved."""
    settled_at: int | None
    """When it is settled at the latest, by somebody who clears up; None: it stays open."""
    settled_as: str


class Promises(Struct, frozen=True):
    """All promises across days of one seed."""

    centre: Centre
    agents: tuple[SimulatedAgent, ...]
    customers: Customers
    seed: int
    zone: ZoneInfo
    _planned: dict[tuple[date, int], tuple[SimulatedPromise, ...]] = {}

    def due(self, day: date) -> tuple[SimulatedPromise, ...]:
        """Promises due on a day."""
        if not self.centre.is_open(day):
            return ()
        return tuple(promise for back in range(len(SHARES)) for promise in self._promised_before(day, back))

    def made(self, day: date) -> dict[int | None, SimulatedPromise]:
        """Promises made on a day, by customer."""
        promises: dict[int | None, SimulatedPromise] = {}
        coming = day
        for back in range(len(SHARES)):
            coming += timedelta(days=1)
            while not self.centre.is_open(coming):
                coming += timedelta(days=1)
            promises.update((promise.customer, promise) for promise in self._promised_before(coming, back))
        return promises

    def left_over(self, day: date) -> list[SimulatedPromise]:
        """Forgotten promises due before a day and still open when it begins."""
        before = self.open_days_before(day, REMEMBERED_DAYS)
        starts_at = moment(self.zone, day, 0)
        return [
            promise
            for earlier in before
            for promise in self.due(earlier)
            if promise.acts_at is None and (promise.settled_at is None or promise.settled_at >= starts_at)
        ]

    def open_days_before(self, day: date, count: int) -> list[date]:
        """The last open days before a day, the latest first."""
        days: list[date] = []
        while len(days) < count:
            day -= timedelta(days=1)
            if self.centre.is_open(day):
                days.append(day)
        return days

    def _promised_before(self, day: date, back: int) -> tuple[SimulatedPromise, ...]:
        """Promises due on a day and made ``back`` + 1 open days before."""
        if (day, back) not in self._planned:
            self._planned[day, back] = tuple(self._plan(day, back))
        return self._planned[day, back]

    def _plan(self, day: date, back: int) -> Iterator[SimulatedPromise]:
        earlier = self.open_days_before(day, back + 1)[back]
        rng = stream(self.seed, day, "promises", back)
        number = day.year % 100 * 10**8 + day.month * 10**6 + day.day * 10**4 + 1000 * back
        for name, contacts in self.customers.contacts(earlier).items():
            owners = [agent for agent in self.agents if (name, 0) in agent.queues and not agent.leads]
            wanted = round(len(contacts) * SHARES[back] * self.centre.weekdays[day.weekday()])
            for contact in contacts[: wanted if owners else 0]:
                number += 1
                yield self._one(number, day, earlier, contact.customer, rng.choice(owners), rng=rng)

    def _one(
        self, number: int, day: date, earlier: date, customer: int, owner: SimulatedAgent, *, rng: Random
    ) -> SimulatedPromise:
        opens, closes = self.centre.opening[day.weekday()] or (0, 0)
        pattern = owner.pattern
        begins = max(opens, pattern.starts) + 20
        ends = min(closes, pattern.ends) - 25
        quarters = max(1, (ends - begins) // 15)
        due = pattern.outside_breaks(begins // 15 * 15 + 15 * rng.randrange(quarters))
        due_at = moment(self.zone, day, due)
        kind = self.centre.queue(owner.queues[0][0]).promise
        fate = _fates(owner.diligence).draw(rng)
        acts_at = {
            "on time": due_at + round(rng.gauss(-9, 6) * MINUTE_MS),
            "late": due_at + round(rng.uniform(20, 150) * MINUTE_MS),
            "moved": due_at + 2 * HOUR_MS,
        }.get(fate)
        return SimulatedPromise(
            id=number,
            promised_at=moment(self.zone, earlier, rng.uniform(9.5, 17) * 60),
            customer=customer,
            agent=owner,
            kind=kind,
            note=rng.choice(NOTES[kind]),
            due_at=due_at,
            acts_at=acts_at,
            moved_to=due_at + 2 * HOUR_MS if fate == "moved" else None,
            settled_at=self._settled_at(day, fate, rng.random(), rng.random()),
            settled_as="reached" if rng.random() < 0.85 else "voicemail",
        )

    def _settled_at(self, day: date, fate: str, random_number: float, hour: float) -> int | None:
        """When a promise not kept is settled: on the next open day; if forgotten, some days later or never."""
        days = 1
        if fate == "forgotten":
            if random_number < 0.012:
                return None
            days = 2 + int(random_number * 4)
        while days:
            day += timedelta(days=1)
            days -= self.centre.is_open(day)
        opens, _ = self.centre.opening[day.weekday()] or (8 * 60, 0)
        return moment(self.zone, day, opens + 25 + 220 * hour)


@lru_cache
def _fates(diligence: float) -> Distribution[str]:
    """What becomes of the promises of an agent."""
    undone = (1 - diligence) / 0.16
    late, forgotten = 0.05 * undone, 0.04 * undone
    return weighted({"on time": 0.87, "late": late, "moved": 0.02, "next day": late, "forgotten": forgotten})
