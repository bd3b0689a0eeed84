"""Details on a screen narrowed to a client: nothing of another client's is shown, whatever is opened."""

from __future__ import annotations

from contextlib import closing
from sqlite3 import connect
from typing import Any

import pytest

from ccmon.database import reader
from ccmon.database.detail_reader import read_details
from ccmon.model.details import AgentSubject, DetailRequest, DetailSubject, ReadDetails
from ccmon.snapshot.narrow import Filters
from ccmon.views.all_panels import panels
from ccmon.views.detail_lines import DetailLine, DetailTab
from ccmon.views.detail_tabs import subject_of, tabs_of, tabs_of_row
from ccmon.views.view_context import ViewContext
from tests.snapshot.seeded_floor import NOW, seeded_database

WIDTH = 160


def names_of_others(client: str) -> set[str]:
    """Queues and campaigns of other clients."""
    with closing(connect(seeded_database())) as connection:
        rows = connection.execute(
            "SELECT q.name, l.name FROM queues AS q JOIN clients AS l ON l.id = q.client_id"
            " UNION SELECT m.name, l.name FROM campaigns AS m JOIN clients AS l ON l.id = m.client_id"
        ).fetchall()
    return {name for name, owner in rows if owner != client}


def clients() -> list[str]:
    with closing(connect(seeded_database())) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM clients ORDER BY id")]


def drawn(view: DetailTab, subject: DetailSubject | None, context: ViewContext) -> list[DetailLine]:
    read = ReadDetails(0, ())
    if view.page is not None:
        assert subject is not None
        client = context.filters.client
        read = read_details(seeded_database(), DetailRequest(view.page, subject, NOW, context.snapshot.day, client, 20))
    return view.draw(read, context, WIDTH)


def text_of(lines: list[DetailLine]) -> str:
    return "\n".join("".join(span.text for span in line.spans) for line in lines)


@pytest.mark.parametrize("place", [0, 1])
def test_no_queue_or_campaign_of_another_client_is_named_whatever_is_opened(place: int) -> None:
    client = clients()[place]
    others, context = (
        names_of_others(client),
        ViewContext.of(reader.snapshot(seeded_database(), NOW), filters=Filters(client=client)),
    )
    assert others
    own_agents = {agent.id for agent in context.snapshot.agents}
    opened: dict[DetailSubject, None] = {}
    for panel in panels():
        for tab in panel.tabs:
            for row in tab.rows(context)[:3]:
                for view in tabs_of_row(tab, row)[1:]:
                    lines = drawn(view, subject_of(row), context)
                    opened.update(dict.fromkeys(line.opens for line in lines[:12] if line.opens is not None))
                    assert not [name for name in others if name in text_of(lines)], view.name
    seen: set[type[Any]] = set()
    for subject in list(opened)[:60]:
        seen.add(type(subject))
        assert not isinstance(subject, AgentSubject) or subject.id in own_agents
        for view in tabs_of(subject):
            lines = drawn(view, subject, context)
            assert not [name for name in others if name in text_of(lines)], view.name
            assert all(line.opens.id in own_agents for line in lines if isinstance(line.opens, AgentSubject))
    assert len(seen) >= 2
