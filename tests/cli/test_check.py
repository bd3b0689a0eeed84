"""``ccmon status --check`` as a monitoring system runs it: one line, performance data, exit status 0 to 3."""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest
from msgspec.structs import replace

from ccmon.cli import run_check
from ccmon.cli.run_check import FIGURES, Check, State, parse
from ccmon.database import database_file
from ccmon.errors import UsageError
from ccmon.model.queues import QueueFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.json import renamed_keys
from ccmon.report.schema import schema
from tests.busy_floor import busy_floor
from tests.commands import ccmon
from tests.databases import new_database
from tests.floors import empty_floor, floor, moment
from tests.status_json import snapshot_object

PERFORMANCE = re.compile(
    r"(?P<label>[a-z_]+)=(?P<value>-?\d+(\.\d+)?)(?P<unit>s|%|c|[kMGT]?B)?"
    r"(;(?P<warning>[\d.]*:?))?(;(?P<critical>[\d.]*:?))?(;(?P<least>[\d.]*))?(;(?P<most>[\d.]*))?"
)
"""Performance data by the guidelines of the Monitoring Plugins, without quotes and inverted ranges."""


def in_range(value: float, text: str) -> bool:
    """Whether a value is in a range of the guidelines: 10 is 0 to 10, 10: is 10 and more."""
    start, colon, end = text.partition(":") if ":" in text else ("0", ":", text)
    assert colon
    return value >= float(start) and (not end or value <= float(end))


def run(*checks: str, on: FloorSnapshot | None = None, more: tuple[str, ...] = ()) -> tuple[int, str, str]:
    """The exit status, the text and the performance data of a check of a floor; without one, of no database."""
    words = [word for check in checks for word in ("--check", check)]
    if on is None:
        found = ccmon("status", *words, "--db", "absent.db", *more)
    else:
        with patch.object(run_check, "read_once", return_value=(on, False)):
            found = ccmon("status", *words, "--db", "absent.db", *more)
    assert found.stderr == ""
    (line,) = found.stdout.splitlines()
    said, _, performance = line.partition(" | ")
    assert said.startswith(f"CCMON {State(found.returncode).name} - ")
    return found.returncode, said.partition(" - ")[2], performance


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("service_level<0.8,0.6", Check("service_level", True, 0.8, 0.6)),
        ("service_level<80 %,60%", Check("service_level", True, 0.8, 0.6)),
        (" service_level < 80 % , 60 % ", Check("service_level", True, 0.8, 0.6)),
        ("abandonment_rate>.05", Check("abandonment_rate", False, 0.05, None)),
        ("longest_wait_s>1:30,3:00", Check("longest_wait_s", False, 90, 180)),
        ("longest_wait_s>90 s,2 min", Check("longest_wait_s", False, 90, 120)),
        ("data_age_s>60,300", Check("data_age_s", False, 60, 300)),
        ("waiting>5,10", Check("waiting", False, 5, 10)),
        ("waiting>,10", Check("waiting", False, None, 10)),
        ("waiting>5,", Check("waiting", False, 5, None)),
        ("agents_ready<2,2", Check("agents_ready", True, 2, 2)),
        ("waiting>0", Check("waiting", False, 0, None)),
    ],
)
def test_a_text_is_a_check(text: str, check: Check) -> None:
    assert parse(text) == check


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not FIGURE<WARNING,CRITICAL"),
        ("service_level", "is not FIGURE<WARNING,CRITICAL"),
        ("service_level<", "is not FIGURE<WARNING,CRITICAL"),
        ("service_level<,", "is not FIGURE<WARNING,CRITICAL"),
        ("service_level=0.8", "is not FIGURE<WARNING,CRITICAL"),
        ("service_level<=0.8", "is not FIGURE<WARNING,CRITICAL"),
        ("waiting>1,2,3", "is not FIGURE<WARNING,CRITICAL"),
        ("servicelevel<0.8", 'there is no figure "servicelevel"; did you mean service_level?'),
        ("name>1", 'there is no figure "name"; the figures are waiting, longest_wait_s'),
        ("service_level<80,60", "the limit of service_level is '80', and must be a share: 0.8 or 80 %"),
        ("service_level<1.5", "must be a share from 0 to 1"),
        ("longest_wait_s>soon", "the limit of longest_wait_s is 'soon', and must be a length of time"),
        ("waiting>five", "the limit of waiting is 'five', and must be a number such as 5"),
        ("waiting>-1", "must be a number such as 5"),
        ("waiting>nan", "must be a number such as 5"),
        ("service_level<0.6,0.8", "the warning comes first"),
        ("waiting>10,5", "the warning comes first"),
    ],
)
def test_wrong_usage_is_unknown_in_one_line(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        parse(text)
    status, said, performance = run(text or " ")
    assert (status, performance) == (State.UNKNOWN, "")
    assert says in said


@pytest.mark.parametrize(
    "more", [("--json",), ("--watch",), ("--at", "14:30"), ("--only", "queues"), ("--every", "5"), ("--bla",), ("x",)]
)
def test_other_wrong_usage_beside_a_check_is_unknown_too(more: tuple[str, ...]) -> None:
    assert run("waiting>5", more=more)[0] == State.UNKNOWN


def test_without_a_check_wrong_usage_is_2() -> None:
    assert ccmon("status", "--bla").returncode == 2


def test_every_number_of_the_total_can_be_checked() -> None:
    properties = schema()["$defs"]["QueueFigures"]["properties"]
    found = {
        key
        for key, part in properties.items()
        if {"integer", "number"} & {each.get("type") for each in (part, *part.get("anyOf", ()))}
    }
    assert set(FIGURES) == (found - renamed_keys(QueueFigures).keys()) | {"data_age_s", "alarms"}
    every = [(key, each) for key in found for each in (properties[key], *properties[key].get("anyOf", ()))]
    assert {key for key, part in every if "maximum" in part} == run_check._SHARES


@pytest.mark.parametrize(
    ("waiting", "state"), [(4, "OK"), (5, "OK"), (6, "WARNING"), (10, "WARNING"), (11, "CRITICAL")]
)
def test_above_its_limits_a_value_is_wrong(waiting: int, state: str) -> None:
    whole = floor(24)
    whole = replace(whole, total=replace(whole.total, waiting=waiting))
    status, said, performance = run("waiting>5,10", on=whole)
    assert (State(status).name, performance) == (state, f"waiting={waiting};5;10;0")
    side = {"OK": "", "WARNING": " is over 5", "CRITICAL": " is over 10"}[state]
    assert said == f"waiting {waiting}{side}"


@pytest.mark.parametrize(
    ("answered", "state", "said"),
    [
        (80, "OK", "service level 80 %"),
        (79, "WARNING", "service level 79 % is below 80 %"),
        (60, "WARNING", "service level 60 % is below 80 %"),
        (59, "CRITICAL", "service level 59 % is below 60 %"),
    ],
)
def test_below_its_limits_a_value_is_wrong(answered: int, state: str, said: str) -> None:
    whole = floor(24)
    counts = {"answered": 100, "answered_in_threshold": answered, "answered_without_wait": 0, "abandoned": 0}
    total = replace(whole.total, **counts, short_abandoned=0, timed_out=0, no_agents=0)
    status, text, performance = run("service_level<0.8,60 %", on=replace(whole, total=total))
    assert (State(status).name, text) == (state, said)
    assert performance == f"service_level={f'{answered / 100:.2f}'.rstrip('0')};0.8:;0.6:;0;1"


def test_a_value_that_is_nearly_its_limit_has_the_decimals_that_show_it() -> None:
    whole = floor(24)
    counts = {"answered": 10_000, "answered_in_threshold": 7_996, "answered_without_wait": 0, "abandoned": 0}
    total = replace(whole.total, **counts, short_abandoned=0, timed_out=0, no_agents=0)
    said = run("service_level<0.8", on=replace(whole, total=total))[1]
    assert said == "service level 79.96 % is below 80.00 %"
    aged = replace(whole, data_at=whole.at - 60_400)
    assert run("data_age_s>60", on=aged)[1] == "data age 60.4 s is over 60.0 s"


def test_performance_data_is_as_the_guidelines_have_it_and_says_the_same() -> None:
    whole = floor(24)
    checks = [f"{figure}>0.3,0.7" if figure in run_check._SHARES else f"{figure}>3,50" for figure in FIGURES]
    json = {**snapshot_object(whole)["total"], "data_age_s": snapshot_object(whole)["data_age_s"]}
    json["alarms"] = json["alerts"] = len(snapshot_object(whole)["alarms"])
    status, _, performance = run(*checks, on=whole)
    known = [figure for figure in FIGURES if json[figure] is not None]
    found = {match["label"]: match for match in map(PERFORMANCE.fullmatch, performance.split(" ")) if match}
    assert len(performance.split(" ")) == len(found)
    assert set(found) == set(known)
    worst = 0
    for figure, match in found.items():
        assert float(match["value"]) == pytest.approx(json[figure], abs=1e-4)
        assert match["unit"] == ("s" if figure.endswith("_s") else None)
        assert (match["least"], match["most"]) == ("0", "1" if figure in run_check._SHARES else None)
        wrong = [not in_range(float(match["value"]), match[limit]) for limit in ("warning", "critical")]
        worst = max(worst, 2 if wrong[1] else int(wrong[0]))
    assert worst == status == State.CRITICAL


def test_what_is_not_known_is_unknown_and_has_no_performance_data() -> None:
    status, said, performance = run("service_level<0.8,0.6", on=empty_floor())
    assert (status, said, performance) == (State.UNKNOWN, "service level not known", "")
    assert run("data_age_s>60", on=empty_floor())[:2] == (State.UNKNOWN, "data age not known")


def test_that_nobody_waits_is_no_long_wait() -> None:
    assert run("longest_wait_s>60,180", on=empty_floor()) == (State.OK, "longest wait none: nobody waits", "")


def test_figures_of_old_data_are_not_known_and_its_age_is() -> None:
    whole = floor(24)
    old = replace(whole, data_at=whole.at - 600_000, data_ends_at=whole.at - 600_000)
    assert run("waiting>0", on=old)[:2] == (State.UNKNOWN, "waiting not known: the data ends 10 min ago")
    status, said, performance = run("waiting>0", "data_age_s>60,300", on=old)
    assert status == State.CRITICAL
    assert said == "data age 10:00 is over 5:00, waiting not known: the data ends 10 min ago"
    assert performance == "data_age_s=600s;60;300;0"


def test_of_alerts_the_worst_is_said_also_of_old_data() -> None:
    whole = busy_floor(24)
    number = len(whole.alarms)
    status, said, performance = run("alerts>0", on=whole)
    assert (status, performance) == (State.WARNING, f"alerts={number};0;;0")
    assert said == f"alerts {number} is over 0 ({snapshot_object(whole)['alerts'][0]['text'].rstrip('.')})"
    assert run(f"alerts>{number}", on=whole) == (State.OK, f"alerts {number}", f"alerts={number};{number};;0")
    assert run("alerts>0,0", on=replace(whole, data_ends_at=whole.data_at))[0] == State.CRITICAL
    assert run("alerts<1", on=replace(whole, alarms=()))[:2] == (State.WARNING, "alerts 0 is below 1")


def test_the_worst_counts_and_what_is_known_to_be_wrong_is_worse_than_unknown() -> None:
    whole = floor(24)
    whole = replace(whole, total=replace(whole.total, waiting=7, agents_needed=None))
    for checks, state in (
        (("waiting>10", "agents_needed>100"), State.UNKNOWN),
        (("agents_needed>100", "waiting>5"), State.WARNING),
        (("waiting>10", "waiting>5", "waiting>1,5"), State.CRITICAL),
        (("waiting>10", "talking>100000"), State.OK),
    ):
        status, said, _ = run(*checks, on=whole)
        assert status == state
        assert len(said.split(", ")) == len(checks)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A floor where one caller waits in one of two queues."""
    path = new_database(tmp_path / "a|b.db", time_zone="Europe/Amsterdam")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO clock VALUES (1, 0, ?, 1e-12)", (moment(),))
        connection.execute("INSERT INTO queues (name) VALUES ('sa|les\nx'), ('care')")
        connection.execute("INSERT INTO sources (name, kind, started_at) VALUES ('test', 'queue-log', 0)")
        connection.execute(
            "INSERT INTO calls (source, call_id, queue_id, entered_at) VALUES ('test', '1', 1, ?)", (moment() - 60_000,)
        )
    return path


def test_a_database_is_checked_whole_or_one_queue_and_bars_are_left_to_performance_data(path: Path) -> None:
    def checked(*words: str) -> tuple[int, str]:
        found = ccmon("status", "--check", "waiting>0,5", "--db", path, *words)
        return found.returncode, found.stdout

    assert checked() == (State.WARNING, "CCMON WARNING - waiting 1 is over 0 | waiting=1;0;5;0\n")
    assert checked("--queue", "CARE") == (State.OK, "CCMON OK - queue care: waiting 0 | waiting=0;0;5;0\n")
    status, said = checked("--queue", "sa|les\nx")
    assert status == State.WARNING
    assert said.startswith("CCMON WARNING - queue sa/les x: waiting 1")
    assert said.count("|") == said.count("\n") == 1
    assert checked("--queue", "car")[0] == State.UNKNOWN
    shutil.move(path, path.with_suffix(".away"))
    status, said = checked()
    assert (status, said.count("\n"), "|" in said) == (State.UNKNOWN, 1, False)
    assert "There is no database" in said
