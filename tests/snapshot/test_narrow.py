"""A part of a floor: which names there are, and whose follow-ups are in it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ccmon.snapshot.narrow import Filters, narrow, near_names
from tests.busy_floor import busy_floor


def test_a_queues_follow_ups_are_those_of_the_agents_who_serve_it_whatever_others_are_called() -> None:
    whole = busy_floor()
    queue = whole.queues[0].name
    serving = {agent.id for agent in narrow(whole, Filters(queue=queue)).agents}
    item = next(item for item in whole.follow_ups.items if item.owner_id in serving)
    other = next(agent.id for agent in whole.agents if agent.id not in serving)
    theirs = replace(item, id=9_999, owner_id=other)
    follow_ups = replace(whole.follow_ups, items=(*whole.follow_ups.items, theirs))
    shown = narrow(replace(whole, follow_ups=follow_ups), Filters(queue=queue)).follow_ups.items
    assert item in shown
    assert theirs not in shown
    assert {each.owner_id for each in shown} <= serving


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("Noordlicht salse", "Noordlicht sales"),
        ("noordlicht SALES ", "Noordlicht sales"),
        ("retention", "Bloem retention"),
        ("Noordlicht  service", "Noordlicht service"),
    ],
)
def test_near_names(text: str, near: str) -> None:
    assert near_names(busy_floor(), "queue", text)[0] == near


def test_what_is_near_to_nothing() -> None:
    whole = busy_floor()
    assert near_names(whole, "queue", "xyzzy") == []
    assert near_names(whole, "queue", "") == []
    many = tuple(replace(whole.queues[0], id=number, name=f"queue {number}") for number in range(40))
    assert len(near_names(replace(whole, queues=many), "queue", "queue")) == 5
