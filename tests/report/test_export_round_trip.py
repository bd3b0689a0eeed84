"""What is exported and imported into an empty database gives the same figures, and the same export byte for byte."""

from __future__ import annotations

import csv
import io
import json
import string
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ccmon.cli.templates import import_order
from ccmon.database import database_file
from ccmon.database.exports import Asked, kinds, open_export
from ccmon.database.table_specs import KINDS
from ccmon.model.alarms import Rule
from ccmon.real_time import real_now
from ccmon.report.csv_export import write_csv
from ccmon.snapshot.queue_alarms import RULES as QUEUE_RULES
from ccmon.sources.table import mapping
from ccmon.sources.table.call_import import import_calls
from ccmon.sources.table.import_report import ImportReport
from ccmon.sources.table.site_table_import import import_table
from tests.commands import status
from tests.databases import new_database
from tests.examples import examples
from tests.floors import moment
from tests.goldens.moments import MOMENTS, database_of

MAPPING = Path(__file__).parents[2] / "sample_data" / "mappings" / "exported-calls.toml"
NOW = moment("2026-11-24T18:00:00+01:00")
DAY = moment("2026-11-23T09:00:00+01:00")
HOURS_MS = 6 * 3_600_000
OF_SOURCES = {"sources", "data_at", "data_age_s"}
"""Of the status: what is said of the sources, and the age of that. A database that another program has written names no
sources; an import notes its own, with the last moment of its calls."""
ALARMS_OF_SOURCES = {Rule.DATA_AGE, Rule.QUIET_SOURCE, *QUEUE_RULES}
"""Of queues, too: they stand as they stood when the data of the sources ended, not cleared since."""

WORDS_OF = {column.name: column.words for column in KINDS["agent-states"].columns if column.words}


def exported(path: Path, kind: str, asked: Asked | None = None) -> str:
    output = io.StringIO(newline="")
    with open_export(path, kinds()[kind], asked or Asked()) as rows:
        write_csv(rows, output)
    return output.getvalue()


def every_export(path: Path) -> dict[str, str]:
    return {kind: exported(path, kind) for kind in import_order()}


def take_in(path: Path, folder: Path, tables: Mapping[str, str]) -> Mapping[str, ImportReport]:
    """Import exports, calls source by source."""
    reports = {}
    for kind, text in tables.items():
        file = folder / f"{kind}.csv"
        file.write_text(text, encoding="utf-8", newline="")
        if kind != "calls":
            reports[kind] = import_table(path, kind, file, now=NOW)
    return reports


def copy(origin: Path, target: Path, folder: Path, sources: tuple[str, ...]) -> None:
    """Export all of a database, and import it into another one."""
    tables = every_export(origin)
    order = list(tables)
    before = {kind: tables[kind] for kind in order[: order.index("calls")]}
    after = {kind: tables[kind] for kind in order[order.index("calls") + 1 :]}
    reports = dict(take_in(target, folder, before))
    for source in sources:
        file = folder / f"calls of {source}.csv"
        file.write_text(exported(origin, "calls", Asked(source=source)), encoding="utf-8", newline="")
        rules = MAPPING.read_text(encoding="utf-8").replace('source = "calls"', f"source = {json.dumps(source)}")
        (folder / "mapping.toml").write_text(rules, encoding="utf-8")
        if file.read_text(encoding="utf-8").count("\n") > 1:
            report = import_calls(target, file, mapping.read(folder / "mapping.toml"), now=NOW, may_double=True)
            reports[source] = report
    reports |= take_in(target, folder, after)
    assert not [(kind, report.rejected) for kind, report in reports.items() if report.rejected_count]


letters = string.ascii_letters + "0123456789 =+-@'\",;|éß李.#"
words = st.text(letters, min_size=1, max_size=12).map(str.strip).filter(bool)
notes = st.text(string.ascii_letters + "=+-@'\",;\r\n\té", min_size=1, max_size=12).map(str.strip).filter(bool)
lengths = st.integers(0, 600_000)
maybe = st.sampled_from([True, False])


@dataclass
class Centre:
    """Rows of a centre, as another program might have written them."""

    statements: list[tuple[str, tuple[Any, ...]]]
    cut_off: bool = False
    """Whether the end of a call was not seen: it is not exported, and who calls again within a time depends on it."""

    def add(self, table: str, **values: Any) -> None:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self.statements.append((f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values())))


@st.composite
def centres(draw: st.DrawFn) -> Centre:
    centre = Centre([])
    names = draw(st.lists(words, min_size=8, max_size=8, unique_by=str.casefold))
    for number in (1, 2):
        centre.add("clients", id=number, name=names[number - 1])
        centre.add("teams", id=number, name=names[number + 1], client_id=number, pause_limit_ms=draw(lengths) + 1)
        centre.add("campaigns", id=number, name=names[number + 3], client_id=number, starts_on="2026-11-01")
        purpose = draw(st.sampled_from(["sales", "service"]))
        centre.add("queues", id=number, name=names[number + 5], client_id=number, purpose=purpose)
        # In the order of their names: of reasons that are as frequent, the first one is tested first.
        reason = f"{number} {names[number]}"
        centre.add("contact_reasons", id=number, name=reason, is_problem=number - 1, product=draw(words))
    for number in (1, 2, 3):
        centre.add("agents", id=number, login=f"agent{number}", name=draw(words), team_id=draw(st.sampled_from([1, 2])),
                   hourly_cost_cents=draw(st.none() | st.integers(0, 9999)))  # fmt: skip
        reference = draw(st.none() | st.just(f"K-{number}"))
        phone = draw(st.none() | st.just(f"+3120{number:07}"))
        centre.add("customers", id=number, reference=reference, phone=phone or "0201", name=draw(st.none() | words))
    calls = draw(st.lists(st.integers(0, HOURS_MS), min_size=4, max_size=12, unique=True))
    for number, offset in enumerate(calls, 1):
        _add_call(draw, centre, number, DAY + offset)
    _add_what_follows(draw, centre, [DAY + offset for offset in calls])
    for agent in (1, 2, 3):
        _add_states(draw, centre, agent, len(calls))
    return centre


def _add_states(draw: st.DrawFn, centre: Centre, agent: int, calls: int) -> None:
    """What an agent did, with gaps of which nobody says anything; a state without an end runs as long as data does."""
    for queue in (1, 2):
        since = DAY - 2 * HOURS_MS // 6
        for _ in range(draw(st.integers(0, 2))):
            until = draw(st.none() | st.integers(0, 2 * HOURS_MS).map(since.__add__))
            centre.add("queue_members", queue_id=queue, agent_id=agent, started_at=since, ended_at=until,
                       static=int(draw(maybe)), source=draw(st.sampled_from([None, "pbx", "old"])))  # fmt: skip
            if until is None or until >= DAY:
                break
            since = until + 1
    at = DAY + draw(lengths)
    for _ in range(draw(st.integers(0, 6))):
        state = draw(st.sampled_from(WORDS_OF["state"]))
        call_id = draw(st.integers(1, calls)) if state in {"talking", "hold", "wrap_up"} and draw(maybe) else None
        end = at + draw(lengths) + 1
        centre.add("agent_states", agent_id=agent, state=state, call_id=call_id, started_at=at, ended_at=end,
                   reason=draw(words) if state == "paused" and draw(maybe) else None,
                   source=draw(st.sampled_from([None, "pbx", "old"])))  # fmt: skip
        at = end + draw(st.sampled_from([0, 1, 60_000]))


def _add_call(draw: st.DrawFn, centre: Centre, number: int, entered_at: int) -> None:
    outbound = draw(st.integers(0, 3)) == 0
    answered_at = entered_at + draw(lengths) if draw(maybe) else None
    ended_at = (answered_at or entered_at) + draw(lengths)
    # Every third row is the second visit of the call before it.
    call, visit = (number - 1, 2) if number % 3 == 0 else (number, 1)
    outcome = (
        "answered" if answered_at else draw(st.sampled_from(["abandoned", "timeout", "exit_key", "unknown", None]))
    )
    if answered_at and draw(st.integers(0, 19)) == 0:
        outcome, centre.cut_off = "unknown", True
    talked = answered_at is not None or outbound
    centre.add(
        "calls", id=number, source="pbx" if call % 2 else "old", call_id=f"c{call}", visit=visit,
        direction="outbound" if outbound else "inbound", queue_id=None if outbound else draw(st.sampled_from([1, 2])),
        campaign_id=draw(st.sampled_from([1, 2])) if outbound else None,
        agent_id=draw(st.sampled_from([1, 2, 3])) if talked else None,
        customer_id=draw(st.none() | st.sampled_from([1, 2, 3])), caller=draw(st.none() | words | st.just("+31 20 1")),
        caller_name=draw(st.none() | words), entered_at=entered_at, answered_at=answered_at, ended_at=ended_at,
        wrapped_up_at=ended_at + draw(lengths) if talked and draw(maybe) else None,
        hold_ms=draw(st.none() | st.integers(0, 60_000)) if answered_at else None, outcome=outcome,
        ended_by=draw(st.none() | st.just("caller")), disposition=draw(st.none() | words),
        right_party=draw(st.sampled_from([None, 0, 1])) if outbound else None,
    )  # fmt: skip


def _add_what_follows(draw: st.DrawFn, centre: Centre, entered: list[int]) -> None:
    for number in range(1, draw(st.integers(2, 6))):
        # A row that names a call and nobody would get those of the call.
        whose = {"agent_id": draw(st.sampled_from([1, 2, 3])), "customer_id": draw(st.sampled_from([1, 2, 3]))}
        call_id = draw(st.none() | st.integers(1, len(entered)))
        later = DAY + HOURS_MS + draw(lengths)
        own = draw(st.none() | words)
        reference = None if own is None else f"{own} {number}"
        centre.add("sales", id=number, reference=reference, call_id=call_id, sold_at=later, campaign_id=1,
                   amount_cents=draw(st.integers(0, 10**6)), currency=draw(st.sampled_from([None, "EUR"])),
                   cancelled_at=draw(st.none() | st.just(later + 1)), **whose)  # fmt: skip
        centre.add("surveys", id=number, reference=reference, call_id=call_id, answered_at=later, scale=5,
                   score=draw(st.integers(0, 5)), comment=draw(st.none() | notes), **whose)  # fmt: skip
        centre.add("survey_invitations", reference=f"I{number}", call_id=call_id, sent_at=later, **whose)
        centre.add("follow_ups", id=number, reference=reference, call_id=call_id, kind=draw(words), created_at=later,
                   due_at=later + draw(st.integers(0, 86_400_000)), promised_at=later + draw(lengths),
                   done_at=draw(st.none() | st.just(later + 5)), note=draw(st.none() | notes), **whose)  # fmt: skip
        centre.add("shifts", agent_id=1, starts_at=later + number * 10_000_000, ends_at=later + number * 10_000_000 + 1)
        if call_id is not None:
            row = (call_id, 1 + call_id % 2, draw(st.sampled_from([0, 1])))
            centre.statements.append(("INSERT OR IGNORE INTO call_reasons VALUES (?, ?, ?)", row))
    for scope, scope_id in (("centre", 0), ("team", 2), ("agent", 1), ("campaign", 1), ("client", 2)):
        centre.add("quotas", scope=scope, scope_id=scope_id, period="day", starts_on="2026-11-01", sales=draw(lengths),
                   revenue_cents=draw(lengths), conversion=draw(st.integers(0, 1000)) / 1000)  # fmt: skip
    centre.add("investments", id=1, name=draw(words), goal="service", starts_on="2026-11-01", cost_cents=draw(lengths))
    centre.add("pause_reasons", reason=draw(words), limit_ms=draw(lengths) + 1)
    centre.add("holidays", day="2026-12-25", name=draw(words))
    for weekday in ("monday", "friday"):
        centre.add("opening_hours", weekday=weekday, hours="08:00-20:00")


def centre_of_states() -> Centre:
    """One of states with and without a call and a source; its last call ends after everything else has begun."""
    centre = Centre([])
    centre.add("queues", id=1, name="sales")
    centre.add("agents", id=1, login="agent1")
    for number, source in ((1, "pbx"), (2, "old")):
        at = DAY + number * 60_000
        centre.add("calls", id=number, source=source, call_id="c", queue_id=1, agent_id=1, entered_at=at,
                   answered_at=at + 9, ended_at=at + 50_000, outcome="answered")  # fmt: skip
    states = (("dialling", None, None), ("talking", 1, "pbx"), ("talking", None, "old"), ("ringing", None, None),
              ("talking", 2, None))  # fmt: skip
    for number, (state, call, reporter) in enumerate(states):
        at = DAY + number * 30_000
        centre.add("agent_states", agent_id=1, state=state, call_id=call, started_at=at, ended_at=at + 20_000,
                   source=reporter)  # fmt: skip
    return centre


def empty_site(path: Path) -> Path:
    new_database(path, time_zone="Europe/Amsterdam", currency="EUR")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO clock (id, floor_at, real_at, speed) VALUES (1, ?, ?, 0)", (NOW, real_now()))
    return path


def figures(path: Path) -> object:
    """What the floor was at the end of the day, but for what is said of the sources."""
    found = status(path, "--at", "2026-11-23T18:00")
    for item in found["follow_ups"]["items"]:
        del item["id"]
    for key in ("alarms", "alerts"):
        found[key] = [alarm for alarm in found[key] if alarm["rule"] not in ALARMS_OF_SOURCES]
    return in_one_order({key: value for key, value in found.items() if key not in OF_SOURCES})


def in_one_order(value: Any) -> Any:
    """A value of JSON whose lists do not depend on the order in which rows came in."""
    if isinstance(value, dict):
        return {key: in_one_order(each) for key, each in value.items()}
    return sorted(map(in_one_order, value), key=json.dumps) if isinstance(value, list) else value


@settings(
    max_examples=examples(6, 200),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@example(centre=centre_of_states())
@given(centre=centres())
def test_an_export_gives_the_same_figures_and_the_same_export(centre: Centre) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        origin, target = empty_site(folder / "origin.db"), empty_site(folder / "target.db")
        with closing(database_file.open_writer(origin)) as connection:
            for statement, values in centre.statements:
                connection.execute(statement, values)
        copy(origin, target, folder, ("pbx", "old"))
        assert every_export(target) == every_export(origin)
        assert centre.cut_off or figures(target) == figures(origin)


@pytest.mark.parametrize("recording", MOMENTS)
def test_what_a_switch_has_reported_comes_back(recording: str, tmp_path: Path) -> None:
    origin, target = database_of(recording), empty_site(tmp_path / "target.db")
    copy(origin, target, tmp_path, ("pbx",))
    before, after = every_export(origin), every_export(target)
    calls, came_back = (list(csv.DictReader(io.StringIO(each.pop("calls")))) for each in (before, after))
    assert before == after
    over = [call["ended_at"] != "" or call["outcome"] == "unknown" for call in calls]
    assert sum(over) > 10
    assert list(compress(came_back, over)) == list(compress(calls, over))
    found = [{agent["login"]: agent for agent in status(each, "--at", MOMENTS[recording])["agents"]}
             for each in (origin, target)]  # fmt: skip
    with_states, came_in = ([{**agent, "missed": None} for agent in each.values() if agent["since"]] for each in found)
    assert len(with_states) > 10
    assert in_one_order(came_in) == in_one_order(with_states)
    still_open = [call for call, is_over in zip(came_back, over, strict=True) if not is_over]
    assert {call["outcome"] for call in still_open} <= {"unknown"}


def test_what_is_imported_into_its_own_database_changes_nothing_but_references(tmp_path: Path) -> None:
    path = empty_site(tmp_path / "calls.db")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO customers (id, name, phone) VALUES (7, 'Ada', '+3120')")
        connection.execute("INSERT INTO sales (id, customer_id, sold_at, amount_cents) VALUES (9, 7, ?, 100)", (DAY,))
        connection.execute(
            "INSERT INTO follow_ups (id, customer_id, created_at, due_at, promised_at) VALUES (3, 7, ?1, ?1, ?1)",
            (DAY,),
        )
    before = every_export(path)
    reports = take_in(path, tmp_path, before)
    assert {kind: report.added for kind, report in reports.items() if report.added} == {}
    assert every_export(path) == before
    assert before["sales"].splitlines()[1].startswith("ccmon:9,2026-11-23T09:00:00+01:00,1.00,,")


def test_a_number_of_another_database_is_not_taken_for_a_row_of_this_one(tmp_path: Path) -> None:
    path = empty_site(tmp_path / "calls.db")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO sales (id, sold_at, amount_cents) VALUES (9, ?, 100)", (DAY,))
        connection.execute("INSERT INTO sales (id, sold_at, amount_cents, reference) VALUES (8, ?, 100, 'x')", (DAY,))
    file = tmp_path / "sales.csv"
    file.write_text("reference,sold_at,amount\nccmon:9,2026-11-23T09:00:01+01:00,5\nccmon:8,2026-11-23T09:00+01:00,5\n")
    assert import_table(path, "sales", file, now=NOW).added == 2


def test_a_row_names_the_visit_that_it_is_about(tmp_path: Path) -> None:
    path = empty_site(tmp_path / "calls.db")
    with closing(database_file.open_writer(path)) as connection:
        for agent in (1, 2):
            connection.execute("INSERT INTO agents (id, login) VALUES (?, ?)", (agent, f"a{agent}"))
            connection.execute(
                "INSERT INTO calls (source, call_id, visit, agent_id, entered_at, answered_at, ended_at) "
                "VALUES ('pbx', 'c', ?1, ?1, ?2, ?2, ?2)",
                (agent, DAY),
            )
    file = tmp_path / "sales.csv"
    file.write_text("reference,sold_at,amount,call,visit\nA,2026-11-23,1,c,1\nB,2026-11-23,1,c,\nC,2026-11-23,1,c,3\n")
    report = import_table(path, "sales", file, now=NOW)
    assert [row.reason for row in report.rejected] == ["the call 'c' has no visit 3"]
    lines = exported(path, "sales").splitlines()[1:]
    assert [line.split(",")[4:8] for line in lines] == [["c", "pbx", "1", "a1"], ["c", "pbx", "2", "a2"]]


@pytest.mark.parametrize("kind", kinds())
def test_what_is_exported_has_the_columns_that_an_import_knows(kind: str, tmp_path: Path) -> None:
    path = empty_site(tmp_path / "calls.db")
    header = exported(path, kind).rstrip("\n").split(",")
    assert header == [column.name for column in kinds()[kind].columns]
    if kind not in {"calls", "agent-states"}:
        known = [column.name for column in KINDS[kind].columns]
        assert header == [name for name in known if name != "amount_cents"]
