"""The customers of the centre and their histories: who buys once, who comes again, who stays and who drifts away.

Each open day brings new customers, each with a life planned from the first call on: later orders, calls about problems
and the same call again if a problem was not solved, and for some the day on which they want to leave. The callers of a
day follow from these lives. A life depends only on the seed and the first day, so the days of a history can be made in
any order and still fit together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from zlib import crc32

from msgspec import Struct

from ccmon.model.queues import Purpose
from ccmon.simulator.centre import Centre
from ccmon.simulator.names import customer_name_and_telephone
from ccmon.simulator.random_streams import log_normal_number, stream, weighted

REMEMBERED_DAYS = 45
"""Lives are planned for this many days."""
CACHED_CUSTOMERS = 20_000
"""How many customers are kept in memory."""
BUYER_KINDS = weighted({"once": 0.42, "again": 0.26, "loyal": 0.18, "drifting": 0.14})
OFTEN_BUYS, SELDOM_BUYS = 1.25, 0.8
"""Factors on the chance of a sale: customers who come again know what they want."""


class Customer(Struct, frozen=True, gc=False):
    """Somebody known to the centre, as a row of its table."""

    id: int
    reference: str
    name: str
    phone: str


class CustomerContact(Struct, frozen=True, gc=False):
    """A call planned by a customer for a day."""

    customer: int
    queue: str
    reason: str | None
    """None: any reason of the queue."""
    buys: float
    """Factor on the chance of a sale."""


class Customers:
    """All customers of a centre of one seed."""

    def __init__(self, centre: Centre, seed: int) -> None:
        self.centre = centre
        self.seed = seed
        self._queues = {(queue.client, queue.purpose): queue.name for queue in centre.queues}
        self.reasons = {
            queue.name: weighted({reason.name: reason.share for reason in queue.reasons}) for queue in centre.queues
        }
        self._leads = {setting.name: 1_000_000 * place for place, setting in enumerate(centre.campaigns, start=1)}
        self.person = lru_cache(maxsize=CACHED_CUSTOMERS)(self._make_person)
        """The customer of a number."""
        # A day's cohort is asked for by each of the days that remember it.
        self._cohort = lru_cache(maxsize=REMEMBERED_DAYS + 50)(self._make_cohort)
        self.contacts = lru_cache(maxsize=16)(self._gather)
        """The planned contacts of each queue on a day."""

    def _make_person(self, number: int) -> Customer:
        name, telephone = customer_name_and_telephone(crc32(b"%d/%d" % (self.seed, number)))
        return Customer(number, f"C{number}", name, telephone)

    def newcomer(self, day: date, place: int) -> int:
        """The number of a first-time caller beyond the planned cohort."""
        return _first_number(day) + 5000 * max(1, round(self.centre.scale)) + place

    def lead(self, campaign: str, place: int) -> int:
        """The number of somebody on a campaign's list."""
        return self._leads[campaign] + place

    def old(self, place: int) -> int:
        """The number of somebody who bought before the first day and never contacts the centre again."""
        return 50_000_000 + place

    def first_calls(self, day: date) -> list[tuple[int, str]]:
        """The planned first-time callers of a day, each with the client they call."""
        clients = {queue.name: queue.client for queue in self.centre.queues}
        return [(contact.customer, clients[contact.queue]) for contact in self._cohort(day).get(0, ())]

    def _gather(self, day: date) -> dict[str, list[CustomerContact]]:
        contacts: dict[str, list[CustomerContact]] = {queue.name: [] for queue in self.centre.queues}
        for age in range(REMEMBERED_DAYS):
            for contact in self._cohort(day - timedelta(days=age)).get(age, ()):
                contacts[contact.queue].append(contact)
        rng = stream(self.seed, day, "contacts")
        for planned in contacts.values():
            rng.shuffle(planned)
        return contacts

    def _make_cohort(self, day: date) -> dict[int, list[CustomerContact]]:
        """The lives that begin on a day: contacts by age in days."""
        cohort: dict[int, list[CustomerContact]] = {}
        rng = stream(self.seed, day, "cohort")
        weight = self.centre.weekdays[day.weekday()] * self.centre.volume
        open_ages = [self._open_age(day, age) for age in range(REMEMBERED_DAYS)]
        room = 2500 * max(1, round(self.centre.scale))
        for index, client in enumerate(self.centre.clients):
            number = _first_number(day) + index * room
            queues = [self._queues[client, purpose] for purpose in (Purpose.SALES, Purpose.SERVICE, Purpose.RETENTION)]
            volume = sum(queue.calls_per_hour for queue in self.centre.queues if queue.client == client)
            for place in range(round(volume * 1.2 * weight)):
                for age, contact in self._life(number + place, queues, rng):
                    if age < REMEMBERED_DAYS and (open_age := open_ages[age]) < REMEMBERED_DAYS:
                        cohort.setdefault(open_age, []).append(contact)
        return cohort

    def _life(self, number: int, queues: Sequence[str], rng: Random) -> list[tuple[int, CustomerContact]]:
        """The contacts of one life by age in days, in the client's queues for sales, service and retention."""
        sales, service, retention = queues
        kind = BUYER_KINDS.draw(rng)
        order = CustomerContact(number, sales, None, SELDOM_BUYS if kind == "once" else OFTEN_BUYS)
        life = [(0, order)]
        if kind == "again":
            life.append((1 + round(log_normal_number(rng, 2.3, 0.6)), order))
        elif kind == "loyal":
            age = 0.0
            while (age := age + log_normal_number(rng, 2.5, 0.4)) < REMEMBERED_DAYS:
                life.append((round(age), order))
        elif kind == "drifting":
            life.append((1 + round(log_normal_number(rng, 1.5, 0.5)), order))
            if rng.random() < 0.5:
                leaves = 8 + round(log_normal_number(rng, 2.3, 0.6))
                life.append((leaves, CustomerContact(number, retention, None, 1.0)))
        for bought, _ in tuple(life):
            if rng.random() < 0.62:
                # A call for service some days after an order, and the same again while it is not solved.
                call = CustomerContact(number, service, self.reasons[service].draw(rng), 1.0)
                called = bought + round(log_normal_number(rng, 1.2, 0.8))
                life.append((called, call))
                while rng.random() < 0.2:
                    called += rng.randint(1, 4)
                    life.append((called, call))
        return life

    def _open_age(self, day: date, age: int) -> int:
        """The age on the first open day from this one on."""
        while not self.centre.is_open(day + timedelta(days=age)):
            age += 1
        return age


def _first_number(day: date) -> int:
    """The first number of a day's customers, with room for the cohorts of a very large floor."""
    return (day.toordinal() - date(2020, 1, 1).toordinal()) * 1_000_000 + 100_000_000
