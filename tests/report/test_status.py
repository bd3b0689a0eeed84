"""The text of ``ccmon status``: fits its width, needs no colour, and no name is a command."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from ccmon.model.agents import AgentState
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.status import AGENTS_SHOWN, print_status
from ccmon.snapshot.queues import StaffingCount, summed
from ccmon.views.agents import AgentsPanel
from ccmon.views.queues import QueuesPanel
from ccmon.views.view import View
from tests import floors


def shown(snapshot: FloorSnapshot, width: int = 80, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    print_status(snapshot, Console(file=file, width=width, highlight=False, markup=False, emoji=False))
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [80, 100, 130, 200])
@pytest.mark.parametrize("agents", [1, 24, 200])
def test_fits(width: int, agents: int) -> None:
    assert all(cell_len(line) <= width for line in shown(floors.floor(agents), width).splitlines())


def test_says_what_matters() -> None:
    text = shown(floors.floor(24))
    for words in (
        "Utrecht  Mon 23 Nov 2026 14:32:07",
        "Noordlicht sales",
        "All queues",
        "overdue",
        "Agents: 9 talking",
    ):
        assert words in text
    assert "\x1b" not in text
    assert "▼" in text


def test_lost_is_one_number_on_the_screen_and_in_status() -> None:
    floor = floors.floor(24)
    queues = tuple(replace(queue, short_abandoned=queue.abandoned // 2) for queue in floor.queues)
    floor = replace(floor, queues=queues, total=summed(queues, "All queues", StaffingCount(0, 0)))
    on_screen = {fact.label: fact.value for fact in QueuesPanel().headline(View.of(floor)).facts}["lost"]
    in_status = next(line for line in shown(floor).splitlines() if line.strip().startswith("All queues")).split()[-1]
    lost = sum(q.abandoned - q.short_abandoned + q.timed_out + q.no_agents for q in queues)
    assert on_screen == in_status == f"{lost:,}"
    assert any(queue.short_abandoned for queue in queues)


def test_status_and_the_panel_put_the_same_agents_first() -> None:
    floor = floors.floor(24)
    lines = shown(floor, 200).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("Agents: ")) + 2
    panel = [agent.name for agent in AgentsPanel().rows(View.of(floor)) if agent.state is not AgentState.LOGGED_OUT]
    assert len(panel) >= AGENTS_SHOWN
    for line, name in zip(lines[first : first + AGENTS_SHOWN], panel, strict=False):
        assert line.strip().startswith(name)


@pytest.mark.parametrize(("later", "wait"), [(999, " 0:20"), (1_000, "▲0:21")])
def test_a_wait_is_late_by_whole_seconds(later: int, wait: str) -> None:
    whole = floors.floor(1)
    since = whole.at - whole.at % 1000 - 20_000
    queue = replace(whole.queues[0], service_level_threshold_ms=20_000, longest_wait_since=since, waiting=1)
    assert wait in shown(replace(whole, queues=(queue,), alerts=(), at=since + 20_000 + later))


def test_narrow_tables_are_whole() -> None:
    heads = [line for line in shown(floors.floor(24)).splitlines() if "longest" in line or "attained" in line]
    assert [head.split()[-1] for head in heads] == ["lost", "revenue"]


def test_empty_database_says_what_to_do() -> None:
    assert "ccmon demo" in shown(floors.empty_floor())


def test_ascii_terminals_get_ascii() -> None:
    text = shown(floors.floor(24), encoding="ascii")
    assert text.isascii()
    assert "Noordlicht" in text


@pytest.mark.parametrize("name", ["\x1b]0;x\x07", "[bold red]Bob[/]", "x" * 4000, "\u202eevil", "a\nb", "\u0007"])
def test_names_are_harmless(name: str) -> None:
    floor = floors.floor(12)
    queue = replace(floor.queues[0], name=name)
    agents = tuple(agent._replace(name=name, reason=name, queue=name, team=name) for agent in floor.agents)
    items = tuple(item._replace(customer=name, owner=name, kind=name) for item in floor.follow_ups.items)
    alerts = tuple(replace(alert, text=f"{name} waits") for alert in floor.alerts)
    floor = replace(
        floor,
        site=name,
        queues=(queue, *floor.queues[1:]),
        agents=agents,
        alerts=alerts,
        follow_ups=replace(floor.follow_ups, items=items),
    )
    text = shown(floor, 130)
    assert all(character == "\n" or character.isprintable() for character in text)
    assert all(cell_len(line) <= 130 for line in text.splitlines())
