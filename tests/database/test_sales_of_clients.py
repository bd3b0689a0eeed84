"""Whose a sale is: a client's campaigns are the client's whoever sells, and all clients' sums are the centre's."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ccmon.database import reader
from ccmon.model.sales import SalesFigures
from ccmon.model.snapshot import FloorSnapshot
from tests.database.test_periodic_moments import DAY, MINUTE, NOON, insert, writing
from tests.databases import new_database
from tests.examples import examples

TEAM_CLIENTS = (1, 2, None)
"""The client of each team; an agent of the same number works in it. The fourth agent has no team."""
CAMPAIGN_CLIENTS = (1, 2, None)


@dataclass(frozen=True)
class Contact:
    """A right-party contact, or a call of a sales queue, and the orders it led to."""

    agent: int | None
    campaign: int | None
    minutes_ago: int
    orders: int
    cancelled: bool = False
    on_the_call: bool = True
    came_in: bool = False


CONTACTS = st.lists(
    st.builds(
        Contact,
        agent=st.sampled_from([1, 2, 3, 4]),
        campaign=st.sampled_from([1, 2, 3, None]),
        minutes_ago=st.integers(1, 300),
        orders=st.integers(0, 2),
        cancelled=st.booleans(),
        on_the_call=st.booleans(),
        came_in=st.booleans(),
    ),
    max_size=12,
)
CAME_IN = [Contact(2, 1, 30, 2, came_in=True), Contact(3, 1, 20, 1, came_in=True), Contact(2, 1, 10, 0)]
MIXED = [Contact(3, 1, 40, 2), Contact(2, 1, 30, 1), Contact(1, 3, 20, 1), Contact(4, None, 10, 1), Contact(4, 2, 5, 1)]


def filled(path: Path, contacts: list[Contact]) -> None:
    new_database(path, time_zone="Europe/Amsterdam", name="Utrecht", currency="EUR")
    with writing(path) as connection:
        for name in ("Noord", "Zuid"):
            insert(connection, "clients", name=name)
        for number, client_id in enumerate(TEAM_CLIENTS, start=1):
            insert(connection, "teams", name=f"Team {number}", client_id=client_id)
        for number, client_id in enumerate(CAMPAIGN_CLIENTS, start=1):
            insert(connection, "campaigns", name=f"Campaign {number}", client_id=client_id, purpose="sales")
        for number in (1, 2, 3, 4):
            team = number if number < 4 else None
            insert(connection, "agents", login=str(number), name=f"Agent {number}", team_id=team)
        insert(connection, "queues", id=1, name="orders", purpose="sales")
        insert(connection, "quotas", scope="client", scope_id=1, period="week", starts_on="2026-11-01", sales=10)
        for number, contact in enumerate(contacts):
            at = NOON - contact.minutes_ago * MINUTE
            call_id = insert(
                connection, "calls", source="test", call_id=str(number), agent_id=contact.agent,
                direction="inbound" if contact.came_in else "outbound", queue_id=1 if contact.came_in else None,
                campaign_id=contact.campaign, entered_at=at, answered_at=at + 1000, ended_at=at + 2000,
                outcome="answered", right_party=None if contact.came_in else 1,
            )  # fmt: skip
            for order in range(contact.orders):
                insert(
                    connection, "sales", call_id=call_id if contact.on_the_call else None, agent_id=contact.agent,
                    campaign_id=contact.campaign, sold_at=at + 1500, amount_cents=100 + order,
                    cancelled_at=at + 1800 if contact.cancelled else None,
                )  # fmt: skip


def client_of(contact: Contact, *, call: bool = False) -> int | None:
    """Whose the orders are, or the call: one that came in is no campaign's."""
    own = contact.campaign if not (call and contact.came_in) else None
    campaign = None if own is None else CAMPAIGN_CLIENTS[own - 1]
    team = TEAM_CLIENTS[contact.agent - 1] if contact.agent is not None and contact.agent < 4 else None
    return team if campaign is None else campaign


def recounted(contacts: list[Contact]) -> dict[int | None, Counter[str]]:
    sums: defaultdict[int | None, Counter[str]] = defaultdict(Counter)
    for contact in contacts:
        orders = 0 if contact.cancelled else contact.orders
        converted = min(orders, 1) if contact.on_the_call else orders
        revenue = sum(100 + order for order in range(orders))
        sums[client_of(contact, call=True)].update(sales_calls=1)
        sums[client_of(contact, call=contact.on_the_call)].update(converted=converted)
        sums[client_of(contact)].update(sales=orders, revenue_cents=revenue)
    return sums


def sums_of(line: SalesFigures) -> Counter[str]:
    return Counter({name: getattr(line, name) for name in ("sales_calls", "converted", "sales", "revenue_cents")})


def clients(snapshot: FloorSnapshot) -> dict[int | None, SalesFigures]:
    return {line.id: line for line in snapshot.sales if line.kind == "client"}


@settings(max_examples=examples(5))
@given(CONTACTS)
@example(MIXED)
@example(CAME_IN)
def test_the_clients_and_what_is_no_clients_add_up_to_the_centre(contacts: list[Contact]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "calls.db"
        filled(path, contacts)
        later = NOON + MINUTE
        for at in (NOON, NOON - 100 * MINUTE):
            known = [contact for contact in contacts if NOON - contact.minutes_ago * MINUTE + 2000 <= at]
            snapshot = reader.snapshot(path, at)
            expected = recounted(known)
            found = clients(snapshot)
            for client_id in {*expected, *found}:
                shown = +sums_of(found[client_id]) if client_id in found else Counter()
                assert shown == +expected[client_id], client_id
            together: Counter[str] = Counter()
            for line in found.values():
                together += sums_of(line)
            assert together == +sums_of(snapshot.sales[0])
            assert all(line.name == "no client" and line.client is None for i, line in found.items() if i is None)
        # Looked at from the next day: the same orders in the week's quota of the client.
        week = next(
            quota
            for line in reader.snapshot(path, later + DAY).sales
            if (line.kind, line.id) == ("client", 1)
            for quota in line.quotas
        )
        of_week = {name: getattr(week, name) for name in ("sales_calls", "converted", "sales", "revenue_cents")}
        assert +Counter(of_week) == +recounted(contacts)[1]


def test_a_floor_without_clients_has_no_line_of_them(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    with writing(path) as connection:
        insert(connection, "agents", login="1", name="Anna")
        insert(connection, "sales", agent_id=1, sold_at=NOON - MINUTE, amount_cents=100)
    snapshot = reader.snapshot(path, NOON)
    assert snapshot.sales[0].sales == 1
    assert clients(snapshot) == {}


@pytest.mark.parametrize("scope", ["team", "agent", "campaign"])
def test_teams_agents_and_campaigns_keep_what_they_sold(tmp_path: Path, scope: str) -> None:
    path = tmp_path / "calls.db"
    filled(path, MIXED)
    sold = {line.id: line.sales for line in reader.snapshot(path, NOON).sales if line.kind == scope}
    assert (
        sold
        == {
            "team": {1: 1, 2: 1, 3: 2},
            "agent": {1: 1, 2: 1, 3: 2, 4: 2},
            "campaign": {1: 3, 2: 1, 3: 1},
        }[scope]
    )
