"""What customers had bought before the first day of the data: who is loyal, who lapsed, who can be won back.

Orders without calls, as a shop brings them along when it begins with ccmon. They depend on seed, customer and first day
alone. Some belong to people who call in the weeks that are simulated, some to those on the campaigns' lists, most to
people who are not heard of again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import log
from random import Random

from ccmon.model.queues import Purpose
from ccmon.simulator.centre import Centre
from ccmon.simulator.customers import Customers
from ccmon.simulator.random_streams import stream, weighted
from ccmon.simulator.shifts import MINUTE
from ccmon.simulator.table_rows import TableRow

KNOWN_DAYS = 480
"""Orders are known for so many days before the first day of the data."""
GAP_DAYS, GAP_SPREAD = 46, 0.65
"""Median days between two orders of one customer, and the spread of their logarithm."""
OLD_CUSTOMERS = 1500
"""Customers of a floor of 40 who are not heard of again."""
LISTED = {Purpose.SALES: 500, Purpose.RETENTION: 700}
"""Of a campaign's list, those who have bought before."""
SILENT_DAYS = {Purpose.SALES: (20, 160), Purpose.RETENTION: (100, 450)}
"""Days between the last order of somebody on a campaign's list and the first day of the data."""
CALLS_AGAIN = 0.3
"""Share of the customers who call for the first time in these weeks that have bought before."""
LARGEST = 4.0
"""On floors more than so many times as large there are no more of them: they are there to be looked at."""
ORDERS = weighted({1: 0.52, 2: 0.22, 3: 0.12, 4: 0.08, 6: 0.06})
BATCH = 500


class PriorOrders:
    """Orders before the first day of a centre's data."""

    def __init__(self, centre: Centre, customers: Customers, seed: int, first_day: date, midnight: int) -> None:
        self._centre = centre
        self._customers = customers
        self._seed = seed
        self._midnight = midnight
        self._first_day = first_day
        self._prices = {queue.client: queue.order_cents for queue in centre.queues if queue.purpose is Purpose.SALES}

    def batches(self, last_day: date) -> Iterator[list[TableRow]]:
        """All of them, some hundreds at a time: those of the people who call up to a day last."""
        batch: list[TableRow] = []
        for order in self._all(last_day):
            batch.append(order)
            if len(batch) >= BATCH:
                yield batch
                batch = []
        yield batch

    def _all(self, last_day: date) -> Iterator[TableRow]:
        size = min(LARGEST, self._centre.volume)
        clients = self._centre.clients
        for place in range(round(OLD_CUSTOMERS * size)):
            number = self._customers.old(place)
            chance = stream(self._seed, "earlier", number)
            yield from self._orders(number, clients[place % len(clients)], chance.uniform(1, KNOWN_DAYS), chance)
        for campaign in self._centre.campaigns:
            shortest, longest = SILENT_DAYS[campaign.purpose]
            for place in range(round(LISTED[campaign.purpose] * size)):
                number = self._customers.lead(campaign.name, place)
                chance = stream(self._seed, "earlier", number)
                yield from self._orders(number, campaign.client, chance.uniform(shortest, longest), chance)
        day = self._first_day
        while day <= last_day:
            for number, client in self._customers.first_calls(day):
                chance = stream(self._seed, "earlier", number)
                if chance.random() < CALLS_AGAIN:
                    yield from self._orders(number, client, chance.lognormvariate(log(GAP_DAYS), GAP_SPREAD), chance)
            day += timedelta(days=1)

    def _orders(self, number: int, client: str, last_before: float, chance: Random) -> Iterator[TableRow]:
        """Somebody's orders, the last one so many days before the first day of the data."""
        person = self._customers.person(number)
        before = last_before
        for order in range(ORDERS.draw(chance)):
            if before > KNOWN_DAYS:
                return
            if not order:
                yield TableRow(self._midnight, "customers", person._asdict())
            # In the middle of a day, whatever clocks have done since.
            at = self._midnight - round((int(before) + 1) * 24 * 60 + chance.uniform(-180, 180) - 14 * 60) * MINUTE
            amount = max(990, round(self._prices[client] * chance.lognormvariate(-0.1, 0.4) / 10) * 10)
            yield TableRow(at, "sales", {"customer_id": number, "sold_at": at, "amount_cents": amount})
            before += chance.lognormvariate(log(GAP_DAYS), GAP_SPREAD)
