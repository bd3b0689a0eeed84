"""What customers had bought before the first day of the data: who is loyal, who lapsed, who can be won back.

Orders without calls, as a shop imports them when it starts to use ccmon. They depend only on seed, customer and first
day. Some belong to people who call in the simulated weeks, some to people on the campaigns' lists, most to people who
never contact the centre again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import log
from random import Random

from ccmon.model.queues import Purpose
from ccmon.simulator.customers import Customers
from ccmon.simulator.random_streams import log_normal_number, stream, weighted
from ccmon.simulator.table_rows import Values
from ccmon.time_units import MINUTE_MS

KNOWN_DAYS = 480
"""How many days before the first day of the data the known orders begin."""
GAP_LOG, GAP_SPREAD = log(46), 0.65
"""Logarithm of the median days between two orders of one customer, and the spread of logarithms."""
OLD_CUSTOMERS = 1500
"""Number of customers of a floor of 40 who never contact the centre again."""
LISTED = {Purpose.SALES: 500, Purpose.RETENTION: 700}
"""How many on a campaign's list have bought before."""
SILENT_DAYS = {Purpose.SALES: (20, 160), Purpose.RETENTION: (100, 450)}
"""Days between the last order of somebody on a campaign's list and the first day of the data."""
CALLS_AGAIN = 0.3
"""Share of first-time callers in these weeks who have bought before."""
LARGEST = 4.0
"""At this multiple of the usual floor, the number of these customers stops growing: they are only for show."""
ORDERS = weighted({1: 0.52, 2: 0.22, 3: 0.12, 4: 0.08, 6: 0.06})


def prior_orders(customers: Customers, midnight: int, first_day: date, last_day: date) -> Iterator[Values]:
    """Orders before the first day, which begins at ``midnight``; includes first-time callers up to the last day."""
    prices = {queue.client: queue.order_cents for queue in customers.centre.queues if queue.purpose is Purpose.SALES}
    for number, client, last_before, rng in _buyers(customers, first_day, last_day):
        before = last_before
        for _ in range(ORDERS.draw(rng)):
            if before > KNOWN_DAYS:
                break
            # In the middle of a day, whatever clock changes there were.
            at = midnight - round((int(before) + 1) * 24 * 60 + rng.uniform(-180, 180) - 14 * 60) * MINUTE_MS
            amount = max(990, round(prices[client] * log_normal_number(rng, -0.1, 0.4) / 10) * 10)
            yield {"customer_id": number, "sold_at": at, "amount_cents": amount}
            before += log_normal_number(rng, GAP_LOG, GAP_SPREAD)


def _buyers(customers: Customers, first_day: date, last_day: date) -> Iterator[tuple[int, str, float, Random]]:
    """Each buyer with client, days from the last order to the first day, and the stream to draw the orders from."""
    centre, seed = customers.centre, customers.seed
    size = min(LARGEST, centre.volume)
    rng = stream(seed, "earlier")
    for place in range(round(OLD_CUSTOMERS * size)):
        yield customers.old(place), centre.clients[place % len(centre.clients)], rng.uniform(1, KNOWN_DAYS), rng
    for campaign in centre.campaigns:
        rng = stream(seed, "earlier", campaign.name)
        shortest, longest = SILENT_DAYS[campaign.purpose]
        for place in range(round(LISTED[campaign.purpose] * size)):
            yield customers.lead(campaign.name, place), campaign.client, rng.uniform(shortest, longest), rng
    for days in range((last_day - first_day).days + 1):
        day = first_day + timedelta(days=days)
        rng = stream(seed, "earlier", day)
        for number, client in customers.first_calls(day):
            if rng.random() < CALLS_AGAIN:
                yield number, client, log_normal_number(rng, GAP_LOG, GAP_SPREAD), rng
