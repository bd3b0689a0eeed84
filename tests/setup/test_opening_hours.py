"""The question about opening hours: its default by past calls, and what is set."""

from __future__ import annotations

import gzip
import os
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccmon import settings
from ccmon.configuration.history import entries
from ccmon.database.database_file import open_for_reading
from ccmon.errors import UsageError
from ccmon.metrics import opening_week
from ccmon.setup import asterisk_files, overview
from ccmon.setup.answering import complete
from ccmon.setup.discovery import find
from ccmon.setup.existing import look_at_database
from ccmon.setup.question import SetupContext
from ccmon.setup.questions import QUESTIONS, question
from tests.setup.machines import Run, machine

MONDAY = datetime(2026, 11, 2, tzinfo=ZoneInfo("Europe/Amsterdam"))


def lines(weeks: range, opens: float = 9, closes: float = 17) -> str:
    """A caller in each ten minutes in which a site is open from Monday to Friday."""
    moments = (
        MONDAY + timedelta(weeks=week, days=day, hours=opens, minutes=minutes)
        for week in weeks
        for day in range(5)
        for minutes in range(0, int((closes - opens) * 60), 10)
    )
    return "".join(f"{int(at.timestamp())}|{int(at.timestamp())}.1|sales|NONE|ENTERQUEUE||0612|1\n" for at in moments)


@pytest.fixture
def log(root: Path) -> Path:
    """Three weeks of calls, the last of them in the present file."""
    path = root / "var/log/asterisk/queue_log"
    path.write_text(lines(range(2, 3)))
    path.with_name("queue_log.1").write_text(lines(range(1, 2)))
    path.with_name("queue_log.2.gz").write_bytes(gzip.compress(lines(range(1)).encode()))
    for age, name in enumerate(("queue_log", "queue_log.1", "queue_log.2.gz")):
        os.utime(path.with_name(name), (1_000_000 - age, 1_000_000 - age))
    return path


def hours() -> str:
    return opening_week.written(look_at_database(settings.default_database()).opening_hours)


def test_the_log_gives_the_default_of_a_new_database(root: Path, log: Path) -> None:
    run = Run(machine(root))
    assert "Set the opening hours: mon-fri 09:00-17:00" in run.text
    assert hours() == "mon-fri 09:00-17:00"
    assert "nothing was changed" in Run(machine(root)).text


def test_a_log_is_read_from_its_end_as_far_as_it_takes_no_time(
    root: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = find(machine(root)).logs
    assert asterisk_files.calls_in_log(found).total() == 3 * 5 * 48
    monkeypatch.setattr(asterisk_files, "READ_FOR_HOURS_BYTES", log.stat().st_size + 200)
    assert 5 * 48 < asterisk_files.calls_in_log(found).total() < 5 * 48 + 10
    log.with_name("queue_log.1").write_bytes(b"garbage|ENTERQUEUE|\n" + b"\xff" * 40)
    log.with_name("queue_log.2.gz").write_bytes(b"\x1f\x8bgarbage")
    assert asterisk_files.calls_in_log(found).total() == 5 * 48


def test_too_few_calls_or_none_set_no_hours(root: Path) -> None:
    assert "opening hours" not in Run(machine(root)).text
    assert hours() == ""


def test_an_option_sets_changes_and_takes_away(root: Path) -> None:
    Run(machine(root), opening_hours="weekdays 9-17")
    assert hours() == "mon-fri 09:00-17:00"
    run = Run(machine(root), opening_hours="mon-fri 9-17:30; sat 10-14; sun unset")
    assert "mon-fri 09:00-17:00 → mon-fri 09:00-17:30; sat 10:00-14:00; sun unset" in " ".join(run.text.split())
    assert hours() == "mon-fri 09:00-17:30; sat 10:00-14:00; sun unset"
    assert "nothing was changed" in Run(machine(root)).text
    run = Run(machine(root), opening_hours="none")
    assert "→ not set" in " ".join(run.text.split())
    assert hours() == ""
    with open_for_reading(settings.default_database()) as connection:
        noted = [entry for entry in entries(connection) if entry.name == "opening_hours.saturday"]
    assert [(entry.act, entry.after) for entry in noted] == [
        ("setup", each) for each in ("closed", "10:00-14:00", None)
    ]


def test_a_database_without_hours_stays_so_and_past_calls_are_offered(root: Path, log: Path) -> None:
    Run(machine(root), opening_hours="none")
    context = SetupContext(machine(root), find(machine(root)))
    complete(context, {}, {})
    asked = question("opening_hours")
    assert asked.default(context) == ""
    assert [choice.text for choice in asked.choices(context)] == [
        "mon-fri 09:00-17:00, as nearly all calls of the past came",
        "24 h on each day: you are never closed",
        "not set yet: until you set hours, you count as never closed",
    ]
    shown = overview.lines([each for each in QUESTIONS if each.applies(context)], context, {}, {})
    assert [line.split("  ")[-1] for line in shown if "Opening hours" in line] == ["not set"]


def test_the_zone_and_the_start_of_a_day_decide_on_which_day_a_call_came(root: Path, log: Path) -> None:
    context = SetupContext(
        machine(root), find(machine(root)), {"source": str(log), "time_zone": "Asia/Tokyo", "day_starts": "05:00"}
    )
    assert question("opening_hours").default(context) == "mon-fri 17:00-01:00"
    context.answers["day_starts"] = "00:00"
    assert question("opening_hours").default(context) != "mon-fri 17:00-01:00"
    context.answers.clear()
    assert question("opening_hours").default(context) == ""


@pytest.mark.parametrize(
    ("starts", "hours"),
    [
        ("00:00", None),
        ("05:00", None),
        ("09:00", "mon-fri 09:00-17:00"),
        ("16:45", "mon-fri 09:00-17:00"),
        ("17:00", None),
    ],
)
def test_a_day_that_starts_at_the_opening_is_doubted(root: Path, log: Path, starts: str, hours: str | None) -> None:
    answers = {"source": str(log), "time_zone": "Europe/Amsterdam", "day_starts": starts}
    context = SetupContext(machine(root), find(machine(root)), answers)
    assert question("opening_hours").text(context).startswith("Careful: ") == (hours is not None)
    context.answers["source"] = "none"
    assert ("within the usual 08:00-18:00" in question("opening_hours").text(context)) == (starts > "08:00")


def test_without_questions_the_doubt_stands_in_the_plan(root: Path) -> None:
    run = Run(machine(root), source="none", day_starts="9:00")
    doubt = "Careful: days start at 09:00, within {}: calls before 09:00 count for the day before."
    assert doubt.format("the usual 08:00-18:00") in " ".join(run.text.split())
    run = Run(machine(root), source="none", day_starts="8:00", opening_hours="mon-fri 9-17")
    assert "Careful" not in run.text


def test_hours_over_midnight_or_around_the_clock_are_said_as_they_are_understood(root: Path) -> None:
    run = Run(machine(root), source="none", opening_hours="mon-tue 17:30-9; sat 0-24; sun 9-17")
    said = " ".join(run.text.split())
    meant = "Open from 17:30 to 09:00 of the next day, 15.5 h: monday, tuesday. Open around the clock, 24 h: saturday."
    assert f"sun 09:00-17:00 {meant}" in said
    run = Run(machine(root), source="none", opening_hours="mon 17:30-9")
    said = " ".join(run.text.split())
    assert "→ mon 17:30-09:00 Open from 17:30 to 09:00 of the next day, 15.5 h: monday." in said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("mon 17:30-09:00", "Open from 17:30 to 09:00 of the next day, 15.5 h: monday."),
        ("mon-fri 09:00-17:00; sat 24 h", "Open around the clock, 24 h: saturday."),
        ("mon-fri 09:00-24:00", ""),
        ("mon-sun 24 h", ""),
        ("", ""),
    ],
)
def test_what_may_be_a_slip_is_said_before_the_next_question(answer: str, said: str) -> None:
    assert question("opening_hours").meaning(answer) == said
    assert question("name").meaning(answer) == ""


def test_hours_that_make_no_sense_are_one_sentence(root: Path) -> None:
    with pytest.raises(
        UsageError, match=r"^--opening-hours: 'sometimes' cannot be understood; write the hours of a week"
    ):
        Run(machine(root), opening_hours="sometimes")


def test_hours_that_overlap_those_of_the_next_day_are_refused(root: Path) -> None:
    with pytest.raises(UsageError, match="--opening-hours: Friday is open until 02:00 of Saturday, which opens"):
        Run(machine(root), opening_hours="fri 16:00-02:00; sat 01:00-10:00")
    Run(machine(root), opening_hours="fri 01:00-03:00, 16:00-02:00; sat 10:00-14:00")
