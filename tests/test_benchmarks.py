"""What the benchmarks measure on is what they say: floors whose totals hold, logs that ccmon understands whole."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import databases, forecasts, plain_loop, traffic
from benchmarks.reliability import drawn
from benchmarks.results import Figure
from ccmon.database import database_file, totals
from ccmon.database.reader import snapshot
from ccmon.sources.queue_log.import_files import import_logs
from tests.databases import new_database


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


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("case", "name", 2.0, "ms"), None),
        (Figure("case", "name", 2.0, "ms", goal=2), True),
        (Figure("case", "name", 2.1, "ms", goal=2), False),
        (Figure("case", "name", 2.1, "lines/s", goal=2, at_least=True), True),
        (Figure("case", "name", 3.1, "ms", beside=2, goal_ratio=1.5), False),
        (Figure("case", "name", 3.0, "ms", beside=2, goal_ratio=1.5), True),
        (Figure("case", "name", 3.0, "ms", goal_ratio=1.5), None),
    ],
)
def test_goal_is_met_or_missed(figure: Figure, met: bool | None) -> None:
    assert figure.met is met


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
