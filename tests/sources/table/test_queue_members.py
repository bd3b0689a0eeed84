"""Which queues agents serve, from a table: what goes in, what is refused, and the staffing that is known by it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ccmon.database import database_file
from ccmon.real_time import real_now
from ccmon.sources.table.import_report import ImportReport
from ccmon.sources.table.site_table_import import import_table
from tests.commands import ccmon, done, one_line, status
from tests.databases import new_database, open_copy, rows
from tests.floors import moment

NOW = moment("2026-11-24T18:00:00+01:00")
HEAD = "queue,agent,started_at,ended_at\n"
SOURCED = HEAD.replace("\n", ",source\n")
MORNING = "sales,eva,2026-11-23T09:00,2026-11-23T12:00\n"
STILL = "support,eva,2026-11-23T09:00,\n"


class Floor:
    """A database with two queues and two agents."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def take(self, text: str, head: str = HEAD, *, kind: str = "queue-members", dry_run: bool = False) -> ImportReport:
        file = self.path.with_name(f"{kind}.csv")
        file.write_text(head + text, encoding="utf-8")
        return import_table(self.path, kind, file, now=NOW, dry_run=dry_run)

    def sources(self) -> dict[str, tuple[Any, ...]]:
        found = rows(self.path, "SELECT name, kind, path, following, last_record_at, records FROM sources")
        return {name: tuple(others) for name, *others in found}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = new_database(tmp_path_factory.mktemp("members") / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO agents (id, login, name) VALUES (1, 'eva', 'Eva'), (2, 'omar', 'Omar')")
        connection.execute("INSERT INTO queues (id, name, purpose) VALUES (1, 'sales', 'sales'), (2, 'support', NULL)")
        connection.execute("INSERT INTO clock (id, floor_at, real_at, speed) VALUES (1, ?, ?, 0)", (NOW, real_now()))
    return path


@pytest.fixture
def floor(filled: Path) -> Iterator[Floor]:
    with open_copy(filled) as (path, _):
        yield Floor(path)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.same, report.rejected_count


def test_memberships_go_in_once_and_a_growing_table_ends_them(floor: Floor) -> None:
    assert counts(floor.take(MORNING + STILL, dry_run=True)) == (2, 0, 0, 0)
    assert counts(floor.take(MORNING + STILL)) == (2, 0, 0, 0)
    assert counts(floor.take(MORNING + STILL)) == (0, 0, 2, 0)
    assert counts(floor.take(MORNING + STILL.replace(",\n", ",2026-11-23T17:00\n"))) == (0, 1, 1, 0)
    assert rows(floor.path, "SELECT queue_id, agent_id, static, started_at, ended_at, source FROM queue_members") == [
        (1, 1, 0, moment("2026-11-23T09:00:00+01:00"), moment("2026-11-23T12:00:00+01:00"), None),
        (2, 1, 0, moment("2026-11-23T09:00:00+01:00"), moment("2026-11-23T17:00:00+01:00"), None),
    ]


SERVES = "the agent serves the queue from 2026-11-23 09:00:00 "
REFUSED = [
    ("sales,eva,2026-11-23T11:59:59,2026-11-23T13:00", f"{SERVES}to 2026-11-23 12:00:00"),
    ("sales,eva,2026-11-23T08:00,2026-11-23T09:00:01", f"{SERVES}to 2026-11-23 12:00:00"),
    ("sales,eva,2026-11-23T08:00,", f"it has no end, and {SERVES}on: give ended_at"),
    ("support,eva,2026-11-23T10:00,2026-11-23T11:00", f"{SERVES}on, without an end: give that one first"),
    ("sales,omar,2026-11-23T10:00,2026-11-23T09:59", "ended_at (2026-11-23 09:59) lies before started_at"),
    ("ventas,omar,2026-11-23T10:00,", "there is no queue 'ventas'; import the queue first"),
    ("sale,nobody,2026-11-23T10:00,", "there is no queue 'sale'; did you mean 'sales'?; there is no agent 'nobody'"),
    (",omar,2026-11-23T10:00,", "queue is missing"),
]


@pytest.mark.parametrize(("row", "reason"), REFUSED, ids=[row for row, _ in REFUSED])
def test_what_cannot_be_is_refused_and_nothing_else(floor: Floor, row: str, reason: str) -> None:
    report = floor.take(MORNING + STILL + row + "\n")
    ((line, said),) = report.rejected
    assert (report.added, line) == (2, 4)
    assert said.startswith(reason)


@pytest.mark.parametrize(
    "row",
    [
        "sales,eva,2026-11-23T12:00,",
        "sales,eva,2026-11-23T08:00,2026-11-23T09:00",
        "sales,omar,2026-11-23T10:00,2026-11-23T11:00",
        "support,omar,2026-11-23T09:00,",
    ],
)
def test_what_touches_and_what_others_do_is_in_nobodys_way(floor: Floor, row: str) -> None:
    assert counts(floor.take(MORNING + STILL + row + "\n")) == (3, 0, 0, 0)


def test_what_a_source_has_reported_no_other_table_changes(floor: Floor) -> None:
    floor.take(MORNING.replace("\n", ",pbx\n"), SOURCED)
    assert counts(floor.take(MORNING)) == (0, 0, 1, 0), "the same needs no source"
    (refused,) = floor.take(MORNING.replace("T12:00", "T13:00")).rejected
    assert refused.reason == (
        "the agent serves the queue from that moment on, as pbx has reported; a table without the column source "
        "cannot change it"
    )


def test_staffing_of_a_queue_is_known_by_its_members(filled: Path, tmp_path: Path) -> None:
    floor = Floor(Path(shutil.copy(filled, tmp_path)))
    states = "eva,ready,2026-11-23T09:00,2026-11-23T17:00\nomar,talking,2026-11-23T09:00,2026-11-23T17:00\n"
    assert counts(floor.take(states, "agent,state,started_at,ended_at\n", kind="agent-states")) == (2, 0, 0, 0)

    def staffing() -> dict[str, tuple[Any, Any]]:
        found = status(floor.path, "--at", "2026-11-23T10:00")["queues"]
        return {queue["name"]: (queue["agents_ready"], queue["agents_on_phones"]) for queue in found}

    assert staffing() == {"sales": (None, None), "support": (None, None)}
    floor.take(MORNING + STILL + "support,omar,2026-11-23T09:00,2026-11-23T17:00\n")
    assert staffing() == {"sales": (1, 1), "support": (1, 2)}


def test_a_source_that_only_intervals_name_is_listed_and_forgotten(floor: Floor) -> None:
    states = "eva,ready,2026-11-23T09:00,2026-11-23T17:00,pbx\nomar,ready,2026-11-23T08:00,2026-11-23T09:00,\n"
    head = "agent,state,started_at,ended_at,source\n"
    floor.take(states, head, kind="agent-states", dry_run=True)
    assert floor.sources() == {}
    floor.take(states, head, kind="agent-states")
    began = moment("2026-11-23T09:00:00+01:00")
    file = floor.path.with_name("agent-states.csv")
    assert floor.sources() == {"pbx": ("table", str(file), 0, began, 1)}
    floor.take(states, head, kind="agent-states")
    later = "sales,omar,2026-11-23T08:00,2026-11-23T12:00,pbx\nsales,eva,2026-11-23T08:00,2026-11-23T12:00,old\n"
    floor.take(later, SOURCED)
    members = str(floor.path.with_name("queue-members.csv"))
    assert floor.sources() == {
        "pbx": ("table", members, 0, began, 2),
        "old": ("table", members, 0, began - 3_600_000, 1),
    }
    shown = ccmon("sources", "pbx", "--db", str(floor.path)).stdout
    assert re.match(rf"- pbx \(table, {re.escape(members)}\): not followed\n.*2 records", shown)
    said = one_line(ccmon("sources", "--forget", "pbx", "--db", str(floor.path)))
    assert said.endswith('1 agent state and 1 queue membership of "pbx" would be deleted for good; add --yes to do it.')
    done("sources", "--forget", "pbx", "--yes", "--db", str(floor.path))
    assert floor.sources().keys() == {"old"}
    assert rows(floor.path, "SELECT agent_id, source FROM agent_states") == [(2, None)]
    assert rows(floor.path, "SELECT agent_id, source FROM queue_members") == [(1, "old")]
    assert "no source" in one_line(ccmon("sources", "--forget", "pbx", "--db", str(floor.path)))


def test_a_switch_that_is_followed_stays_as_it_is(floor: Floor) -> None:
    with closing(database_file.open_writer(floor.path)) as connection:
        connection.execute(
            "INSERT INTO sources (name, kind, path, following, records) VALUES ('pbx', 'ami', 'x', 1, 7)"
        )
    floor.take(MORNING.replace("\n", ",pbx\n"), SOURCED)
    assert floor.sources() == {"pbx": ("ami", "x", 1, None, 7)}


def test_the_example_of_the_document_goes_in(floor: Floor) -> None:
    page = (Path(__file__).parents[3] / "docs" / "tables.md").read_text(encoding="utf-8")
    _, _, section = page.partition("\n## Which queues agents serve\n")
    example = re.findall(r"```csv\n(.*?)```", section, re.DOTALL)[0]
    assert counts(floor.take(example, head="")) == (2, 0, 0, 0)
