"""What the benchmarks measure on is what they say: floors whose totals hold, logs that ccmon understands whole."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
import threading
import time
import tomllib
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks import (
    databases,
    document,
    first_figures,
    forecasts,
    imports,
    plain_loop,
    postgres,
    thirty,
    traffic,
)
from benchmarks.goals import ROWS, Row
from benchmarks.reliability import drawn
from benchmarks.results import Figure, as_json, print_table, read_earlier, verdict
from benchmarks.usage import usage
from benchmarks.workplace import Floor, Workplace
from ccmon.database import database_file, totals
from ccmon.database.reader import snapshot
from ccmon.real_time import real_now
from ccmon.sources.queue_log.import_files import import_logs
from ccmon.sources.table.call_import import import_calls
from ccmon.sources.table.mapping import parse
from tests.databases import new_database
from tests.processes import join

ROOT = Path(__file__).parent.parent


def test_synthetic_floor_has_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "floor.db"
    databases.build(path, agents=20, history=300, today=200)
    connection = database_file.open_reader(path)
    try:
        assert totals.check(connection) == []
    finally:
        connection.close()
    floor = snapshot(path)
    assert floor.total.offered == 200
    assert len(floor.agents) == 20
    assert all(agent.since is not None for agent in floor.agents)


def test_synthetic_log_is_understood_whole(tmp_path: Path) -> None:
    log, path = tmp_path / "queue_log", tmp_path / "calls.db"
    traffic.write_log(log, records=2_000, agents=20, starts_at_s=int(time.time()) - 3_600)
    records = [line.split("|") for line in log.read_text().splitlines()]
    new_database(path, time_zone=databases.afternoon_zone())
    import_logs(path, [str(log)], source="queue-log", encoding="utf-8", members=None)
    total = snapshot(path).total
    assert total.offered == sum(record[4] == "ENTERQUEUE" for record in records)
    assert total.answered == sum(record[4] == "CONNECT" for record in records)
    assert total.abandoned == sum(record[4] == "ABANDON" for record in records)
    assert snapshot(path).sources[0].rejected == 0
    assert plain_loop.load(log).calls == sum(record[4] in ("ABANDON", "COMPLETECALLER") for record in records)


def row(**changes: Any) -> Row:
    return Row("case", "name", "ms")._replace(**changes)


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure(row(), 2.0), None),
        (Figure(row(goal=2), 2.0), True),
        (Figure(row(goal=2), 2.1), False),
        (Figure(row(goal=2, at_least=True), 2.1), True),
        (Figure(row(compared_with="m", goal=1.5), 3.1, 2), False),
        (Figure(row(compared_with="m", goal=1.5), 3.0, 2), True),
        (Figure(row(compared_with="m", goal=1.5, at_least=True), 2.9, 2), False),
        (Figure(row(compared_with="m", goal=1.5), 3.0), None),
        (Figure(row(goal=2), 2.0, partial=True), None),
        (Figure(row(goal=2), 2.1, partial=True), False),
    ],
)
def test_goal_is_met_or_missed(figure: Figure, met: bool | None) -> None:
    assert figure.met is met


def test_an_aim_is_met_beyond_the_goal() -> None:
    assert [verdict(Figure(row(goal=2, aim=1), value)) for value in (1, 1.5, 3)] == ["aim met", "met", "MISSED"]
    assert verdict(Figure(row(compared_with="pg_activity", goal=2), 1)) == "not judged"
    assert verdict(Figure(row(goal=2), 1, partial=True)) == "met so far"
    assert not verdict(Figure(row(), 1))


def test_the_table_says_what_is_compared_and_what_was_before(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([Figure(row(compared_with="m", goal=3), 4.0, 2.0, note="quiet")], "a machine", {("case", "name"): 4.0})
    said_of_it = " ".join(capsys.readouterr().out.split())
    assert "case │ name (quiet) │ 4 ms │ │ m 2 │ 2 │ ≤ 3 times │ met │ 4 │ 0.50" in said_of_it


def test_an_earlier_run_is_read_from_its_json(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    figures = [Figure(row(name="ratio", compared_with="m"), 4.0, 2.0), Figure(row(name="value"), 3.0)]
    path.write_text(json.dumps({"figures": as_json(figures)}))
    assert read_earlier(path) == {("case", "ratio"): 2.0, ("case", "value"): 3.0}
    path.write_text("[]")
    with pytest.raises(ValueError, match="not a result of --json"):
        read_earlier(path)


def test_every_row_is_measured_and_explained() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "benchmarks").glob("*.py") if path.name != "goals.py")
    document = (ROOT / "docs" / "performance.md").read_text()
    assert [key for key in ROWS if f'"{key}"' not in sources] == []
    assert [each.name for each in ROWS.values() if each.name not in document] == []


@pytest.mark.parametrize("absent", ["server", "program"])
def test_without_pg_activity_the_rest_is_measured(absent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures that are compared with it are then not judged, and say why."""
    program = tmp_path / "pg_activity"
    if absent == "server":
        monkeypatch.setattr(postgres, "SERVERS", tmp_path)
        program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    place = Workplace(tmp_path)
    assert place.pg_activity() is None
    assert ("no PostgreSQL server" if absent == "server" else "no pg_activity") in place.without_pg_activity
    assert verdict(Figure(ROWS["idle"], 2.0, note=place.without_pg_activity)) == "not judged"


def test_a_kept_database_serves_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    floor = Floor(agents=5, history=20, today=20)
    place = Workplace(tmp_path, keep=tmp_path)
    built = place.template(floor)
    assert databases.is_current(built)
    assert place.template(floor).stat().st_ino == built.stat().st_ino
    monkeypatch.setattr(databases, "real_now", lambda: real_now() + 86_400_000)
    assert not databases.is_current(built)


def test_synthetic_table_is_imported_whole(tmp_path: Path) -> None:
    table, path = tmp_path / "calls.csv", tmp_path / "calls.db"
    traffic.write_table(table, rows=240, agents=20)
    new_database(path, time_zone="UTC")
    report = import_calls(path, table, parse(tomllib.loads(imports.MAPPING), "m.toml"))
    assert (report.added, report.rejected, report.impossible.most_common()) == (240, [], [])


def a_run(*figures: Figure, commit: str = "abc", warnings: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a run with --json prints."""
    machine = {"commit": commit, "python": "CPython", "cores": 2, "additions_ms": 60.2, "extent": "quick"}
    return {"machine": {**machine, "warnings": list(warnings)}, "figures": as_json(figures)}


def test_the_document_is_given_the_figures_of_a_run() -> None:
    before = f"What\n\n{document.BEGIN}\nold\n{document.END}\n\nWhy\n"
    figures = Figure(ROWS["idle"], 4.0, 2.0), Figure(ROWS["idle_bare"], 1.5, note="so")
    after = document.with_table(before, [a_run(*figures, warnings=("Busy.",))])
    assert after.startswith("What\n\n")
    assert after.endswith(f"{document.END}\n\nWhy\n")
    assert (
        "| idle | processor, nothing changes | 4 % of a core | pg_activity 2 | 2 | ≤ 1 times (aim 0.5) | MISSED |\n"
        in after
    )
    assert "| | the same, beside a bare program (so) | 1.5 % of a core | bare Textual not there | | | |\n" in after
    assert "| | record to screen, longest | not measured | | | ≤ 1.2 s | |\n" in after
    assert "\nidle: a run of `quick` extent, commit abc, CPython, 2 cores, m = 60 ms. Busy.\n" in after
    assert "old" not in after


def test_the_document_says_which_run_each_case_is_of() -> None:
    runs = [
        a_run(Figure(ROWS["idle"], 4.0, 2.0), Figure(ROWS["bytes"], 900.0)),
        a_run(Figure(ROWS["idle"], 6.0, 2.0), commit="def+", warnings=("Busy.",)),
    ]
    after = document.with_table(f"{document.BEGIN}{document.END}", runs)
    assert "- idle, busy: a run of `quick` extent, commit abc, CPython, 2 cores, m = 60 ms.\n" in after
    assert "- idle: a run of `quick` extent, commit def+, CPython, 2 cores, m = 60 ms. Busy.\n" in after
    assert "| idle | processor, nothing changes | 6 % of a core |" in after


def said(*cases: tuple[float, bool], scope: str = "agent", at: str = "13:00") -> list[forecasts.Case]:
    return [forecasts.Case(1, "2026-11-20", at, scope, "Eva", chance, came) for chance, came in cases]


def test_forecasts_are_judged_by_decile_and_beside_a_constant() -> None:
    judged = forecasts.judge(said(*[(0.1, False)] * 9, (0.1, True), *[(0.95, True)] * 10))
    assert [(each.cases, round(each.said, 9), each.came) for each in judged.deciles] == [
        (10, 0.1, 0.1),
        (10, 0.95, 1.0),
    ]
    assert judged.deciles[0].error == pytest.approx((0.1 * 0.9 / 10) ** 0.5)
    assert judged.brier == pytest.approx((9 * 0.01 + 0.81 + 10 * 0.0025) / 20)
    assert judged.constant_brier == pytest.approx(0.55 * 0.45)
    assert judged.ratio == pytest.approx(judged.brier / 0.2475)
    assert judged.precision == 1.0
    assert judged.recall == pytest.approx(10 / 11)
    assert forecasts.judge(said((1.0, True), (0.999, True))).deciles[0].cases == 2, "100 % is in the last decile"


def test_a_decile_is_off_only_beyond_its_sampling_error_and_with_enough_cases() -> None:
    few = forecasts.judge(said(*[(0.5, True)] * 29))
    assert few.worst == 0
    many = forecasts.judge(said(*[(0.5, True)] * 30))
    assert many.worst == pytest.approx(0.5 - 2 * (0.25 / 30) ** 0.5)


def test_cases_of_one_day_are_no_independent_cases() -> None:
    """Ten days on which all three came and ten on which none did: as twenty cases, not as sixty."""
    days = [(f"2026-11-{day:02}", day % 2 == 0) for day in range(1, 21)]
    cases = [forecasts.Case(1, day, "13:00", "agent", "Eva", 0.5, came) for day, came in days for _ in range(3)]
    assert forecasts.sampling_error(cases) == pytest.approx((0.25 / 20) ** 0.5)
    always = [replace(case, came=True) for case in cases]
    assert forecasts.sampling_error(always) == pytest.approx((0.25 / 60) ** 0.5), "what all are off is no luck of a day"


def test_goals_say_what_was_missed() -> None:
    cases = said(*[(0.9, True)] * 30, *[(0.1, False)] * 30) + said((0.9, True), (0.1, True), scope="promises")
    met = dict(forecasts.goals(forecasts.grouped(cases)))
    assert met["quotas at 13:00: Brier 0.04 of a constant's (at most 0.75)"]
    assert met["promises: precision 1.00 (at least 0.6)"]
    assert not met["promises: recall 0.50 (at least 0.6)"]


def test_ranges_of_revenue_are_judged_by_how_many_held() -> None:
    cases = said(*[(0.9, True)] * 60, *[(0.9, False)] * 40, scope=forecasts.REVENUE)
    groups = forecasts.grouped(cases)
    assert groups.keys() == {"ranges of revenue", "ranges of revenue at 13:00"}
    assert groups["ranges of revenue"].deciles[0].came == 0.6
    assert groups["ranges of revenue"].worst == pytest.approx(0.3 - 2 * (0.09 / 100) ** 0.5)
    assert not dict(forecasts.goals(groups)).popitem()[1]


def test_rows_that_another_database_has_not_are_counted(tmp_path: Path) -> None:
    one, other = tmp_path / "one.db", tmp_path / "other.db"
    databases.build(one, agents=3, history=20, today=20)
    shutil.copyfile(one, other)
    assert thirty.differing_rows(one, other) == 0
    with closing(sqlite3.connect(other, isolation_level=None)) as connection:
        connection.execute("UPDATE agents SET name = 'Somebody else' WHERE id = 1")
        connection.execute("DELETE FROM agent_states WHERE agent_id = 2 AND ended_at IS NULL")
    assert thirty.differing_rows(one, other) == 3
    assert thirty.differing_rows(other, one) == 3


@pytest.mark.parametrize(
    ("moments", "gap"),
    [((10.5, 11.0, 12.5), 1.5), ((10.5, 11.0), 2.0), ((12.9,), 2.9), ((), 3.0), ((9.9, 13.1), 3.0)],
)
def test_a_screen_that_stands_still_to_the_end_has_the_gap_of_it(moments: tuple[float, ...], gap: float) -> None:
    assert thirty.longest_gap(moments, 10.0, 13.0) == pytest.approx(gap)


def test_the_reliability_is_drawn_as_an_svg() -> None:
    deciles = forecasts.judge(said(*[(0.25, True)] * 10, *[(0.25, False)] * 30, *[(0.9, True)] * 9)).deciles
    picture = ElementTree.fromstring(drawn({"quotas <agents>": deciles}))
    circles = picture.findall("{http://www.w3.org/2000/svg}circle")
    assert [(each.get("cx"), each.get("cy")) for each in circles] == [("135.0", "241.0")], "nine cases are too few"
    assert "quotas <agents>" in "".join(picture.itertext())


def test_forecasts_are_measured_on_a_floor_made_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ten agents, three days: too few cases to judge, but every step is gone."""
    path = forecasts.build(tmp_path, 5, days=5, agents=10)
    assert forecasts.build(tmp_path, 5, days=5, agents=10) == path
    days = forecasts.open_days(path, 2)
    assert [day.date for day in days] == ["2026-11-20", "2026-11-21"]
    cases = forecasts.look(path, 5, ["13:00"], ["11:00"], days[0])
    assert {case.scope for case in cases} >= {"centre", "client", "team", "agent", forecasts.PROMISES}
    assert all(0 <= case.said <= 1 for case in cases)
    assert any(case.came for case in cases)
    forecasts.print_judged(forecasts.grouped(cases))
    assert "quotas at 13:00:" in capsys.readouterr().out


def test_the_processor_time_of_threads_that_have_ended_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def work() -> None:
        until_s = time.thread_time() + 0.05
        while time.thread_time() < until_s:
            pass

    monkeypatch.setattr("benchmarks.usage.processes_of", lambda _session: [os.getpid()])
    before = usage(0).cpu_s
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    join(thread)
    assert usage(0).cpu_s - before >= 0.05


def test_a_figure_that_was_known_must_stay_and_one_that_was_not_may_come() -> None:
    def told(calls: int | None, *texts: str) -> dict[str, Any]:
        queues = [{"name": "Sales", "calls": calls}, {"name": "Care", "calls": 3}]
        return {"queues": queues, "alarms": [{"text": text} for text in texts], "incomplete": calls and str(calls)}

    first = told(5, "Ann: at least 1 overdue promise.", "Sales is late.")
    assert first_figures.known(first) == 4
    assert first_figures.untrue(first, told(5, "Ann: 2 overdue promises.", "Sales is late.", "More.")) == []
    assert first_figures.untrue(told(None), told(5)) == []
    assert first_figures.untrue(first, told(6)) == ["/queues/Sales/calls", "Sales is late."]
    assert first_figures.untrue(first, {"queues": [], "alarms": first["alarms"]}) == [
        "/queues/Sales/name",
        "/queues/Sales/calls",
        "/queues/Care/name",
        "/queues/Care/calls",
    ]
