"""The text of ``ccmon status``: fits its width, needs no colour, and no name is a command."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from ccmon.database import database_file, reader
from ccmon.formatting import UNKNOWN
from ccmon.model.agents import AgentState
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.text import first_lines, output_width, print_status, status_lines
from ccmon.snapshot.alarms import find_alarms
from ccmon.snapshot.narrow import NO_FILTER, Filters
from ccmon.snapshot.queues import summed
from ccmon.snapshot.staffing import StaffingCount
from ccmon.views.agents import AgentsPanel, agent_attention_order
from ccmon.views.all_panels import panels
from ccmon.views.chrome import alarm_counts, alarm_line
from ccmon.views.glyphs import ASCII, UNICODE
from ccmon.views.queues import QueuesPanel
from ccmon.views.styled_text import TextStyle
from ccmon.views.view_context import ViewContext
from tests import floors
from tests.alarm_lines import list_lines
from tests.busy_floor import busy_floor
from tests.databases import new_database
from tests.floors import known
from tests.titles import full_titles

FULL = full_titles()


class Terminal(io.TextIOWrapper):
    """An output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def shown(snapshot: FloorSnapshot, width: int = 80, filters: Filters = NO_FILTER, *, ascii_only: bool = False) -> str:
    context = ViewContext.of(snapshot, glyphs=ASCII if ascii_only else UNICODE, filters=filters)
    return "".join("".join(span.text for span in line) + "\n" for line in status_lines(context, width))


def printed(snapshot: FloorSnapshot, *, terminal: bool = False, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    output = (Terminal if terminal else io.TextIOWrapper)(raw, encoding=encoding)
    print_status(snapshot, output=output)
    output.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [40, 80, 100, 130, 200, 300])
@pytest.mark.parametrize("agents", [1, 24, 200])
def test_fits(width: int, agents: int) -> None:
    for floor in (floors.floor(agents), busy_floor(agents)):
        lines = shown(floor, width).splitlines()
        assert all(cell_len(line) <= width for line in lines)
        assert all(line == line.rstrip() for line in lines)


def test_each_view_is_in_the_text() -> None:
    lines = [line.partition("   ")[0] for line in shown(busy_floor(), 130).splitlines()]
    for panel in panels():
        for tab in panel.tabs:
            assert (f"{tab.name}: {tab.tab}" if tab.tab else tab.name) in lines


@pytest.mark.parametrize("width", [80, 120, 200])
def test_the_head_of_a_panel_is_whole(width: int) -> None:
    floor = busy_floor()
    text = " ".join(shown(floor, width).split())
    for panel in panels():
        for tab in panel.tabs:
            for fact in tab.summary(ViewContext.of(floor)).facts:
                assert f"{fact.label} {UNICODE.signed(fact.value, fact.style)}" in text


def test_what_several_views_say_is_said_once() -> None:
    text = shown(busy_floor(), 120)
    assert text.count("Assumed: Wages alone") == 1
    assert text.count("26,206 contribution") == 1


def test_says_what_matters() -> None:
    text = shown(floors.floor(24))
    for words in (
        "Utrecht · everything   Mon 23 Nov 2026 14:32:07   ● data 0 s old",
        "Noordlicht sales",
        "All queues",
        "talking 9",
        "due now",
    ):
        assert words in text
    assert "\x1b" not in text


def test_lost_is_one_number_on_the_screen_and_in_status() -> None:
    floor = floors.floor(24)
    queues = tuple(replace(queue, short_abandoned=queue.abandoned // 2) for queue in floor.queues)
    floor = replace(floor, queues=queues, total=summed(queues, "All queues", StaffingCount(0, 0)))
    on_screen = {fact.label: fact.value for fact in QueuesPanel().summary(ViewContext.of(floor)).facts}["lost"]
    lines = shown(floor).splitlines()
    titles = next(line for line in lines if line.strip().startswith("longest"))
    in_status = next(line for line in lines if "All queues" in line)[titles.index(" lost") :].split()[0]
    lost = sum(q.abandoned - q.short_abandoned + q.timed_out + q.no_agents for q in queues)
    assert on_screen == in_status == f"{lost:,}"
    assert any(queue.short_abandoned for queue in queues)


def test_status_puts_agents_first_who_need_a_person() -> None:
    floor = floors.floor(24)
    lines = shown(floor, 200).splitlines()
    first = lines.index("Agents") + 3
    context = ViewContext.of(floor)
    agents = [agent for agent in AgentsPanel().rows(context) if agent.state is not AgentState.LOGGED_OUT]
    agents.sort(key=lambda agent: agent_attention_order(agent, context.severity(agent)))
    panel = [agent.name for agent in agents]
    assert len(panel) > AgentsPanel.printed_limit
    for line, name in zip(lines[first:], panel[: AgentsPanel.printed_limit], strict=False):
        assert f"  {name}  " in line
    rest = len(panel) - AgentsPanel.printed_limit
    assert lines[first + AgentsPanel.printed_limit] == f"and {rest} more: see --json"


def test_those_who_are_out_are_counted_and_not_listed() -> None:
    floor = floors.floor(24)
    out = [agent.name for agent in floor.agents if agent.state is AgentState.LOGGED_OUT]
    agents = shown(floor, 200).partition("\nAgents\n")[2].partition("\n\n")[0]
    assert out
    assert f"logged out {len(out)}" in agents
    assert not any(name in agents for name in out)


def test_more_width_takes_no_figure_away() -> None:
    def titles(width: int) -> list[set[str]]:
        lines = shown(busy_floor(), width).splitlines()
        heads = (line for line in lines if line.lstrip().startswith(("longest  ", "team, agent", "queue, team")))
        return [{FULL.get(head.strip(), head.strip()) for head in line.split("  ")} for line in heads]

    assert len(titles(80)) > 2
    for narrow, wide in zip(titles(80), titles(200), strict=True):
        assert narrow <= wide | {""}


def test_a_part_that_is_not_known_of_a_team_says_why() -> None:
    text = shown(busy_floor(), 120, Filters(team="noordlicht a"))
    lines = text.splitlines()
    assert lines[0].startswith("team Noordlicht A · Utrecht")
    assert "Queue: live   all teams" in lines
    for name in ("Customers", "Problems"):
        assert lines.count(f"{name}   {UNKNOWN} Not known for one team.") == 1
    assert f"Value   EUR  {UNKNOWN} Not known for one team." in lines
    assert "Noordlicht B" not in text


def test_where_no_queue_and_no_agent_is_shown_nobody_says_that_all_is_well() -> None:
    filters = Filters(queue="Bloem sales", team="Noordlicht A")
    floor = replace(busy_floor(), progress=(), incomplete=None)
    context = ViewContext.of(floor, filters=filters)
    assert not context.snapshot.queues
    lines = [alarm_line(context, 100, UNICODE, None), *list_lines(context, 100)]
    for text in (shown(floor, 100, filters), *("".join(span.text for span in line.spans) for line in lines)):
        assert "Alarms are not known: no queue or agent of queue Bloem sales and team Noordlicht A." in text
        assert "Nothing needs attention" not in text
    assert alarm_counts(context) == []
    assert alarm_counts(ViewContext.of(replace(floor, alarms=())))[0].text.strip().endswith("no alarm")


@pytest.mark.parametrize("filters", [Filters(team="Noordlicht A"), Filters(client="Noordlicht Energie")])
def test_a_part_is_not_a_row_and_its_total_as_well(filters: Filters) -> None:
    text = shown(busy_floor(), 160, filters)
    ((_, name),) = filters.in_force
    for tab in ("day", "week", "month"):
        lines = text.partition(f"\nConversion: {tab}\n")[2].partition("\n\n")[0].splitlines()
        assert sum(line.startswith(name) for line in lines) == 1, lines


def test_colour_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "COLORFGBG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "120")
    floor = busy_floor()
    plain = printed(floor)
    assert plain == shown(floor, 120)
    colored = printed(floor, terminal=True)
    assert "\x1b[1;31m▲\x1b[0m" in colored
    assert "\x1b[1;36mQueue: live\x1b[0m" in colored
    assert "\x1b[33m" in colored
    monkeypatch.setenv("COLORFGBG", "0;15")
    light = printed(floor, terminal=True)
    assert "\x1b[33m" not in light
    assert "\x1b[1;34mQueue: live\x1b[0m" in light
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        with monkeypatch.context() as changed:
            changed.setenv(name, value)
            assert printed(floor, terminal=True) == plain


def test_the_width_is_that_of_the_terminal_at_any_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    sizes: dict[int, int] = {}

    def size(number: int) -> os.terminal_size:
        if number not in sizes:
            raise OSError
        return os.terminal_size((sizes[number], 24))

    monkeypatch.setattr(os, "get_terminal_size", size)
    with Path(os.devnull).open("w", encoding="utf-8") as pipe:
        assert output_width(pipe) == 80
        assert output_width(io.StringIO()) == 80
        sizes[2] = 150  # such as: ccmon status | less
        assert output_width(pipe) == 150
        sizes[pipe.fileno()] = 132
        assert output_width(pipe) == 132
        sizes[pipe.fileno()] = 8
        assert output_width(pipe) == 40
        monkeypatch.setenv("COLUMNS", "99")
        assert output_width(pipe) == 99
        monkeypatch.setenv("COLUMNS", "wide")
        assert output_width(pipe) == 40


@pytest.mark.parametrize(("later", "wait", "style"), [(999, "0:20", TextStyle.TEXT), (1_000, "△0:21", TextStyle.WATCH)])
def test_a_wait_is_late_by_whole_seconds(later: int, wait: str, style: TextStyle) -> None:
    whole = floors.floor(1)
    since = whole.at - whole.at % 1000 - 20_000
    queue = replace(whole.queues[0], service_level_threshold_ms=20_000, longest_wait_since=since, waiting=1)
    floor = replace(whole, queues=(queue,), alarms=(), at=since + 20_000 + later)
    line = next(
        line for line in status_lines(ViewContext.of(floor), 80) if any(span.text == queue.name for span in line)
    )
    assert next(span for span in line if span.text.strip() == wait).style is style


def test_empty_database_says_what_to_do() -> None:
    assert "ccmon demo" in shown(floors.empty_floor())


@pytest.mark.parametrize("locale", ["C", "en_US.ISO-8859-1"])
def test_ascii_locales_get_ascii(monkeypatch: pytest.MonkeyPatch, locale: str) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    text = printed(busy_floor())
    assert text.isascii()
    assert "Noordlicht" in text
    assert "* 1 h 9 min ago" in text


def test_an_output_that_takes_ascii_alone_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert not printed(floors.floor(24)).isascii()
    assert printed(floors.floor(24), encoding="ascii") == shown(floors.floor(24), ascii_only=True)


@pytest.mark.parametrize("name", ["\x1b]0;x\x07", "[bold red]Bob[/]", "x" * 4000, "\u202eevil", "a\nb", "\u0007"])
def test_names_are_harmless(name: str) -> None:
    floor = floors.floor(12)
    queue = replace(floor.queues[0], name=name)
    agents = tuple(replace(agent, name=name, reason=name, queue=name, team=name) for agent in floor.agents)
    items = tuple(replace(item, customer=name, owner=name, kind=name) for item in floor.follow_ups.items)
    floor = replace(
        floor,
        site=name,
        queues=(queue, *floor.queues[1:]),
        agents=agents,
        follow_ups=replace(floor.follow_ups, items=items),
    )
    floor = replace(floor, alarms=find_alarms(floor))
    text = shown(floor, 130)
    assert all(character == "\n" or character.isprintable() for character in text)
    assert all(cell_len(line) <= 130 for line in text.splitlines())


@pytest.mark.parametrize("name", ["\x1b]0;x\x07", "[bold red]Bob[/]", "a\nb", "\u202eevil"])
def test_names_of_customers_are_harmless(name: str) -> None:
    floor = busy_floor()
    floor = replace(
        floor,
        low_scores=tuple(replace(low, customer=name) for low in known(floor.low_scores)),
        unresolved_customers=tuple(replace(stuck, customer=name) for stuck in known(floor.unresolved_customers)),
        second_purchases=tuple(replace(buyer, customer=name) for buyer in known(floor.second_purchases)),
    )
    text = shown(floor, 120)
    assert all(letter not in text for letter in "\x1b\x07\u202e")
    assert "[bold red]Bob[/]" in text or not name.startswith("[")


def test_text_needs_neither_a_loop_nor_textual(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    new_database(path, time_zone="Europe/Amsterdam")
    look = (
        "import sys; sys.argv = ['ccmon', 'status', '--db', sys.argv[1]]\n"
        "from ccmon.cli import _run\n"
        "status = _run()\n"
        "heavy = {'textual', 'asyncio', 'aiosqlite', 'rich.console', 'ccmon.monitor'} & set(sys.modules)\n"
        "sys.exit(f'{status} {heavy}' if status or heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", look, path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "ccmon demo" in done.stdout


def test_where_all_rows_of_conversion_are_agents_its_head_is_printed(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC", currency="EUR")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO agents (login) VALUES ('anna')")
        assert "\nConversion" not in shown(reader.snapshot(path))
        now = time.time_ns() // 1_000_000
        connection.execute(f"INSERT INTO sales (agent_id, sold_at, amount_cents) VALUES (1, {now}, 3000)")
    text = shown(reader.snapshot(path))
    assert "\nConversion\n" in text
    assert "revenue 30 EUR" in text


def test_the_first_panels_are_shown_in_short() -> None:
    """Setup ends with them, and they leave room for what it says besides."""
    context = ViewContext.of(busy_floor())
    lines = ["".join(span.text for span in line) for line in first_lines(context, 80, 1)]
    whole = ["".join(span.text for span in line) for line in status_lines(context, 80)]
    assert "Queue: live" in lines
    assert [line for line in whole if line.startswith("Queue: ")][1:] == ["Queue: lost"], "there is more of it"
    assert "Queue: lost" not in lines
    assert "Conversion: day" not in lines
