"""States of agents from a table: what goes in, what is refused; they count as those that are written by SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import database_file
from ccmon.database.table_specs import KINDS
from ccmon.model.agents import AgentState
from ccmon.sources.table.import_report import ImportReport
from ccmon.sources.table.mapping import parse
from ccmon.sources.table.site_table_import import import_table
from tests.databases import new_database, open_copy, rows
from tests.floors import moment

NOW = moment("2026-11-24T18:00:00+01:00")
HEAD = "agent,state,reason,started_at,ended_at\n"
READY = "eva,ready,,2026-11-23T09:00,2026-11-23T09:30\n"
OPEN = "eva,talking,,2026-11-23T09:30,\n"


class Floor:
    """A database with two agents, and two sources that have a call of the same id."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def take(self, text: str, head: str = HEAD, *, dry_run: bool = False) -> ImportReport:
        file = self.path.with_name("states.csv")
        file.write_text(head + text, encoding="utf-8")
        return import_table(self.path, "agent-states", file, now=NOW, dry_run=dry_run)

    @property
    def states(self) -> list[tuple[object, ...]]:
        return rows(self.path, """
            SELECT login, state, reason, strftime('%H:%M', started_at / 1000 + 3600, 'unixepoch'),
                strftime('%H:%M', ended_at / 1000 + 3600, 'unixepoch'), source
            FROM agent_states JOIN agents ON agents.id = agent_id ORDER BY login, started_at
        """)  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = new_database(tmp_path_factory.mktemp("states") / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    connection = database_file.open_writer(path)
    with closing(connection):
        connection.execute("INSERT INTO agents (id, login, name) VALUES (1, 'eva', 'Eva'), (2, 'omar', 'Omar')")
        entered_at = moment("2026-11-23T09:29:00+01:00")
        connection.execute(
            "INSERT INTO calls (id, source, call_id, visit, entered_at) VALUES (1, 'a', 'c1', 1, ?1), "
            "(2, 'a', 'c1', 2, ?1), (3, 'b', 'c1', 1, ?1), (4, 'b', 'c2', 1, ?1)",
            (entered_at,),
        )
    return path


@pytest.fixture
def floor(filled: Path) -> Iterator[Floor]:
    with open_copy(filled) as (path, _):
        yield Floor(path)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.same, report.rejected_count


def test_the_states_are_those_that_ccmon_knows() -> None:
    (words,) = (column.words for column in KINDS["agent-states"].columns if column.name == "state")
    assert set(words) == set(AgentState) - {AgentState.UNKNOWN}


def test_states_go_in_once(floor: Floor) -> None:
    paused = "Omar,Paused,lunch,2026-11-23T12:00,2026-11-23T12:30\n"
    assert counts(floor.take(READY + OPEN + paused, dry_run=True)) == (3, 0, 0, 0)
    assert floor.states == []
    assert counts(floor.take(READY + OPEN + paused)) == (3, 0, 0, 0)
    assert counts(floor.take(READY + OPEN + paused)) == (0, 0, 3, 0)
    assert floor.states == [
        ("eva", "ready", None, "09:00", "09:30", None),
        ("eva", "talking", None, "09:30", None, None),
        ("omar", "paused", "lunch", "12:00", "12:30", None),
    ]


def test_a_growing_table_gives_the_open_state_its_end(floor: Floor) -> None:
    floor.take(READY + OPEN)
    ended = OPEN.replace(",\n", ",2026-11-23T09:40\n")
    assert counts(floor.take(READY + ended + "eva,wrap_up,,2026-11-23T09:40,\n")) == (1, 1, 1, 0)
    assert [state[1:2] + state[3:5] for state in floor.states] == [
        ("ready", "09:00", "09:30"), ("talking", "09:30", "09:40"), ("wrap_up", "09:40", None),
    ]  # fmt: skip


def test_the_order_of_the_rows_does_not_matter_where_each_has_its_end(floor: Floor) -> None:
    later = "eva,talking,,2026-11-23T09:30,2026-11-23T09:40\n"
    between = "eva,hold,,2026-11-23T09:40,2026-11-23T09:41\n"
    last = "eva,ready,,2026-11-23T09:41,\n"
    assert counts(floor.take(last + later + between + READY)) == (4, 0, 0, 0)


REFUSED = [
    ("eva,lunching,,2026-11-23T10:00,2026-11-23T10:30",
     "state is 'lunching', and must be one of: ready, ringing, dialling, talking, hold, wrap_up, paused, unavailable, "
     "logged_out"),
    ("eva,ready,,2026-11-23T10:00,2026-11-23T09:59", "ended_at (2026-11-23 09:59) lies before started_at (2026-11-23 "
     "10:00)"),
    ("nobody,ready,,2026-11-23T10:00,", "there is no agent 'nobody'; import the agent first"),
    ("eva,,,2026-11-23T10:00,", "state is missing"),
    ("eva,ready,,2026-11-23T10:00,2031-11-23T10:00", "ended_at is '2031-11-23T10:00': it has a time more "
     "than a day ahead"),
    ("eva,paused,,2026-11-23T08:30,2026-11-23T09:00:01", "the agent is 'ready' from 2026-11-23 09:00:00 to 2026-11-23 "
     "09:30:00"),
    ("eva,paused,,2026-11-23T09:29:59,2026-11-23T09:45", "the agent is 'ready' from 2026-11-23 09:00:00 to 2026-11-23 "
     "09:30:00"),
    ("eva,paused,,2026-11-23T09:10,2026-11-23T09:20", "the agent is 'ready' from 2026-11-23 09:00:00 to 2026-11-23 "
     "09:30:00"),
    ("eva,paused,,2026-11-23T08:00,2026-11-23T18:00", "the agent is 'ready' from 2026-11-23 09:00:00 to 2026-11-23 "
     "09:30:00"),
    ("eva,paused,,2026-11-23T08:00,", "it has no end, and the agent is 'ready' from 2026-11-23 09:00:00 on: give "
     "ended_at"),
    ("omar,paused,,2026-11-23T09:00,2026-11-23T09:20", "the agent is 'ready' from 2026-11-23 08:00:00 on, without an "
     "end: give that one first"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "reason"), REFUSED, ids=[reason[:40] for _, reason in REFUSED])
def test_what_cannot_be_is_refused_and_nothing_else(floor: Floor, row: str, reason: str) -> None:
    before = READY + "omar,ready,,2026-11-23T08:00,\n"
    report = floor.take(before + row + "\n")
    ((line, said),) = report.rejected
    assert (report.added, line) == (2, 4)
    assert said.startswith(reason)


@pytest.mark.parametrize(
    "row",
    [
        "eva,paused,,2026-11-23T08:30,2026-11-23T09:00",
        "eva,paused,,2026-11-23T09:30,2026-11-23T09:45",
        "eva,paused,,2026-11-23T09:30,",
        "omar,paused,,2026-11-23T09:10,2026-11-23T09:20",
        "eva,ringing,,2026-11-23T09:30,2026-11-23T09:30",
    ],
)
def test_states_that_touch_go_in(floor: Floor, row: str) -> None:
    assert counts(floor.take(READY + row + "\n")) == (2, 0, 0, 0)


def test_a_state_that_lasted_no_time_is_in_nobodys_way(floor: Floor) -> None:
    floor.take("eva,ringing,,2026-11-23T09:10,2026-11-23T09:10\n")
    assert counts(floor.take(READY)) == (1, 0, 0, 0)


SOURCED = HEAD.replace("\n", ",source\n")


def test_what_a_source_has_reported_no_other_table_changes(floor: Floor) -> None:
    floor.take(READY.replace("\n", ",pbx\n"), SOURCED)
    assert counts(floor.take(READY)) == (0, 0, 1, 0), "the same needs no source"
    assert counts(floor.take(READY.replace("\n", ",\n"), SOURCED)) == (0, 0, 1, 0), (
        "nor does an empty cell take it away"
    )
    paused = READY.replace("ready", "paused")
    (refused,) = floor.take(paused).rejected
    assert refused.reason == (
        "the agent is 'ready' from that moment on, as pbx has reported; a table without the column source cannot "
        "change it"
    )
    (refused,) = floor.take(paused.replace("\n", ",old\n"), SOURCED).rejected
    assert refused.reason.endswith("as pbx has reported; old cannot change it")
    assert counts(floor.take(paused.replace("\n", ",pbx\n"), SOURCED)) == (0, 1, 0, 0)
    assert floor.states == [("eva", "paused", None, "09:00", "09:30", "pbx")]


def test_a_state_is_of_the_visit_of_its_call(floor: Floor) -> None:
    head = HEAD.replace("\n", ",call,visit,call_source,source\n")
    each = [
        "eva,talking,,2026-11-23T09:30,2026-11-23T09:31,c1,1,a,x\n",
        "eva,talking,,2026-11-23T09:31,2026-11-23T09:32,c1,,a,x\n",
        "eva,talking,,2026-11-23T09:32,2026-11-23T09:33,c2,,,x\n",
        "eva,talking,,2026-11-23T09:33,2026-11-23T09:34,c1,,,x\n",
        "eva,talking,,2026-11-23T09:34,2026-11-23T09:35,c9,,,x\n",
        "eva,talking,,2026-11-20T09:34,2026-11-20T09:35,c2,,,x\n",
    ]
    report = floor.take("".join(each), head)
    assert report.rejected == [
        (5, "the call 'c1' is known from 2 sources; add the column call_source"),
        (6, "there is no call 'c9'"),
        (7, "started_at lies more than a day before its call began"),
    ]
    assert rows(floor.path, "SELECT call_id, source FROM agent_states ORDER BY started_at") == [
        (1, "x"), (2, "x"), (4, "x"),
    ]  # fmt: skip


DAY = [
    ("logged_out", "08:00", "08:59"), ("ready", "08:59", "09:20"), ("ringing", "09:20", "09:21"),
    ("talking", "09:21", "09:40"), ("hold", "09:40", "09:42"), ("wrap_up", "09:42", "09:45"),
    ("paused", "09:45", "10:15"), ("unavailable", "10:15", "10:16"), ("ready", "23:30", None),
]  # fmt: skip


def test_imported_states_count_as_those_that_another_program_writes(floor: Floor) -> None:
    figures = "SELECT ready_ms, paused_ms, talking_ms, other_ms, hold_ms, wrap_up_ms FROM agent_days"
    written = [
        (state, *(end and moment(f"2026-11-23T{end}:00+01:00") for end in (start, end))) for state, start, end in DAY
    ]
    with closing(database_file.open_writer(floor.path)) as connection:
        statement = "INSERT INTO agent_states (agent_id, state, started_at, ended_at) VALUES (1, ?, ?, ?)"
        connection.executemany(statement, written)
        counted = rows(floor.path, figures)
        connection.execute("DELETE FROM agent_states")
    floor.take(
        "".join(f"eva,{state},,2026-11-23T{start},{f'2026-11-23T{end}' if end else ''}\n" for state, start, end in DAY)
    )
    minute = 60_000
    assert rows(floor.path, figures) == counted
    with closing(database_file.open_writer(floor.path)) as connection:
        connection.execute("DELETE FROM agent_states WHERE source IS NULL")
    assert {figure for row in rows(floor.path, figures) for figure in row} <= {0}
    assert counted == [(21 * minute, 30 * minute, 21 * minute, 5 * minute, 2 * minute, 3 * minute)]


def test_a_mapping_can_give_the_end_by_a_length(floor: Floor) -> None:
    file = floor.path.with_name("states.csv")
    file.write_text("Who;What;Since;Seconds\neva;In gesprek;1795422600;90\n", encoding="utf-8")
    rules = {
        "kind": "agent-states",
        "columns": {
            "agent": "Who",
            "state": {"column": "What", "words": {"In gesprek": "talking"}},
            "started_at": {"column": "Since", "format": "epoch"},
            "ended_at": {"after": "started_at", "column": "Seconds"},
        },
    }
    report = import_table(floor.path, "agent-states", file, mapping=parse(rules, "M.toml"), now=NOW)
    assert report.rejected == []
    assert rows(floor.path, "SELECT state, started_at, ended_at FROM agent_states") == [
        ("talking", 1795422600000, 1795422690000)
    ]


def test_the_example_of_the_document_goes_in(floor: Floor) -> None:
    page = (Path(__file__).parents[3] / "docs" / "tables.md").read_text(encoding="utf-8")
    _, _, section = page.partition("\n## States of agents\n")
    example = re.findall(r"```csv\n(.*?)```", section, re.DOTALL)[0]
    assert counts(floor.take(example, head="")) == (4, 0, 0, 0)
