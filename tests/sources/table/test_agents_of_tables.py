"""A table of calls tells nothing of agents: nobody is logged out, and no queue without agents, for want of a word."""

from __future__ import annotations

import shutil
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ccmon.database import database_file
from ccmon.database.reader import snapshot
from ccmon.formatting import UNKNOWN
from ccmon.model.agents import AgentState
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.text import status_lines
from ccmon.sources.table.call_import import import_calls
from ccmon.sources.table.mapping import parse
from ccmon.views.agents import COLUMNS as AGENT_COLUMNS
from ccmon.views.agents import AgentsPanel
from ccmon.views.glyphs import UNICODE
from ccmon.views.queues import COLUMNS as QUEUE_COLUMNS
from ccmon.views.view_context import ViewContext
from tests.alarm_lines import with_sentences
from tests.databases import new_database
from tests.status_json import snapshot_object

AT = round(datetime(2026, 11, 23, 10, 1, tzinfo=UTC).timestamp() * 1000)
MAPPING = """
source = "old"
[call]
call_id = "id"
queue = { value = "support" }
agent = "agent"
entered_at = "in"
answered_at = "answer"
ended_at = "out"
"""
TABLE = """id,agent,in,answer,out
1,eva,2026-11-23T09:00,2026-11-23T09:01,2026-11-23T09:05
2,,2026-11-23T10:00,,2026-11-23T10:03
"""


@pytest.fixture
def path(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(filled, tmp_path / "calls.db"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A call of Eva's, and a caller who waits at AT."""
    path = new_database(tmp_path_factory.mktemp("filled") / "calls.db", time_zone="UTC")
    file = path.with_name("calls.csv")
    file.write_text(TABLE, encoding="utf-8")
    mapping = parse(tomllib.loads(MAPPING), "m.toml")
    assert import_calls(path, file, mapping, now=AT + 3_600_000).added == 2
    return path


def tell(path: Path, *statements: str) -> None:
    connection = database_file.open_writer(path)
    for statement in statements:
        connection.execute(statement)
    connection.close()


MEMBER = f"INSERT INTO queue_members (queue_id, agent_id, started_at) VALUES (1, 1, {AT})"
STATE = f"INSERT INTO agent_states (agent_id, state, started_at, ended_at) VALUES (1, 'ready', {AT - 1}, {AT})"
CALL = (
    "INSERT INTO calls (source, call_id, queue_id, entered_at, ended_at, outcome) "
    "VALUES ('asterisk', 'a', 1, {entered}, {ended}, 'abandoned')"
)
SWITCH = "INSERT INTO sources (name, kind, started_at) VALUES ('asterisk', 'queue-log', 0)"


def test_an_agent_of_whom_only_a_switch_could_tell_is_logged_out(path: Path) -> None:
    """Not yet logged in, and no table knows the agent."""
    tell(path, SWITCH, "INSERT INTO agents (login) VALUES ('new')")
    states = {agent.name: agent.state for agent in snapshot(path, AT).agents}
    assert states == {"eva": AgentState.UNKNOWN, "new": AgentState.LOGGED_OUT}


@pytest.mark.parametrize(
    ("entered_at", "known"),
    [("2026-11-23T10:00:00.001", True), ("2026-11-23T10:14:59.999", True), ("2026-11-23T09:59:59", False)],
)
def test_a_queue_is_of_the_source_of_its_newest_call(path: Path, entered_at: str, known: bool) -> None:
    """Calls of before the switch came from a table; or calls of after it."""
    entered = round(datetime.fromisoformat(f"{entered_at}+00:00").timestamp() * 1000)
    tell(path, SWITCH, CALL.format(entered=entered, ended=entered + 1000))
    later = round(datetime(2026, 11, 24, 10, tzinfo=UTC).timestamp() * 1000)
    floor = snapshot(path, later)
    assert floor.queues[0].agents_known == known


@pytest.mark.parametrize(("entered_at", "known"), [("2026-11-23T10:30:00", True), ("2026-08-01T10:30:00", False)])
def test_a_call_that_nobody_ended_is_no_newer_than_its_entry(path: Path, entered_at: str, known: bool) -> None:
    """An open call of the switch: of after the table's newest, or one that was forgotten long ago."""
    entered = round(datetime.fromisoformat(f"{entered_at}+00:00").timestamp() * 1000)
    tell(path, SWITCH, CALL.format(entered=entered, ended="NULL"))
    assert (
        snapshot(path, round(datetime(2026, 11, 23, 11, tzinfo=UTC).timestamp() * 1000)).queues[0].agents_known == known
    )


def test_a_queue_without_calls_or_members_beside_a_switch_has_nobody(path: Path) -> None:
    tell(path, SWITCH, "INSERT INTO queues (name) VALUES ('new')")
    floor = snapshot(path, AT)
    assert {queue.name: queue.agents_known for queue in floor.queues} == {"support": False, "new": True}


def test_each_kind_of_switch_tells_states(path: Path) -> None:
    tell(path, "INSERT INTO queues (name) VALUES ('new')")
    for kind, known in (
        ("table", False),
        ("queue-log", True),
        ("ami", True),
        ("freeswitch", True),
        ("simulator", True),
    ):
        tell(path, "DELETE FROM sources WHERE name = 'asterisk'", SWITCH.replace("queue-log", kind))
        assert snapshot(path, AT).queues[1].agents_known == known, kind


def rules(floor: FloorSnapshot) -> set[str]:
    return {alarm.rule for alarm in floor.alarms}


def cell(columns: object, key: str, row: object, context: ViewContext) -> str:
    (column,) = [each for each in columns if each.key == key]  # type: ignore[attr-defined]
    return str(column.cell(row, context, 20).text).strip()


def test_where_no_source_tells_states_they_are_unknown(path: Path) -> None:
    floor = snapshot(path, AT)
    assert (floor.queues[0].waiting, floor.agents[0].name) == (1, "eva")
    assert "nobody_on_phones" not in rules(floor)
    assert not any("staffed" in alarm.text for alarm in with_sentences(floor, floor.alarms))
    told = snapshot_object(floor)
    assert [told["agents"][0][key] for key in ("state", "since", "seconds_in_state")] == [None, None, None]
    for queue in (told["queues"][0], told["total"]):
        assert (queue["waiting"], queue["agents_ready"], queue["agents_on_phones"]) == (1, None, None)
    context = ViewContext.of(floor, AT, UNICODE)
    assert cell(QUEUE_COLUMNS, "ready", floor.queues[0], context) == UNKNOWN
    assert cell(AGENT_COLUMNS, "state", floor.agents[0], context) == UNKNOWN
    lines = ["".join(span.text for span in line) for line in status_lines(context, 200)]
    counts, _, agent = lines[lines.index("Agents") + 1 :][:3]
    assert "state unknown 1" in counts
    assert f"logged out {UNKNOWN}" in counts
    assert floor.agents[0].name in agent
    assert "0:00" not in agent
    details = {each.label: each.value for each in AgentsPanel().details(floor.agents[0], context)}
    assert {details[label] for label in ("state", "logged in", "ready", "paused")} == {UNKNOWN}


@pytest.mark.parametrize(
    ("statements", "agent", "queue"),
    [
        ((MEMBER,), AgentState.UNKNOWN, True),
        ((STATE,), AgentState.LOGGED_OUT, False),
        # A switch beside the table says nothing of a queue that it does not have.
        ((SWITCH,), AgentState.UNKNOWN, False),
        ((SWITCH, CALL.format(entered=AT, ended="NULL").replace("'abandoned'", "NULL")), AgentState.UNKNOWN, True),
        ((SWITCH, CALL.format(entered=AT + 1, ended=AT + 2)), AgentState.UNKNOWN, False),
        ((MEMBER.replace(str(AT), str(AT + 1)),), AgentState.UNKNOWN, False),
        ((STATE.replace(str(AT - 1), str(AT + 1)).replace(f"{AT})", f"{AT + 2})"),), AgentState.UNKNOWN, False),
        ((SWITCH.replace("queue-log", "table"),), AgentState.UNKNOWN, False),
    ],
)
def test_what_a_source_has_told_by_then_is_known(
    path: Path, statements: tuple[str, ...], agent: AgentState, queue: bool
) -> None:
    tell(path, *statements)
    floor = snapshot(path, AT)
    assert floor.agents[0].state is agent
    assert (floor.queues[0].agents_known, floor.total.agents_known) == (queue, queue)
    assert ("nobody_on_phones" in rules(floor)) == queue
    assert (snapshot_object(floor)["total"]["agents_on_phones"] == 0) == queue
