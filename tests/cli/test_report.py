"""``ccmon report`` as a person and cron call it."""

from __future__ import annotations

import json
import re
import stat
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import database_file
from tests.commands import ccmon, done, one_line
from tests.databases import new_database
from tests.floors import moment
from tests.report.reports import FRIDAY, database, goal
from tests.snapshot.seeded_floor import still_floor


def test_without_any_word_it_is_the_text_of_today() -> None:
    said = done("report", "--db", database(), COLUMNS="80")
    assert said.splitlines()[0] == "Harbour Contact Centre: Monday 23 November 2026, so far, up to 14:32"
    assert said == done("report", "day", "--date", "today", "--format", "text", "--db", database(), COLUMNS="80")


def test_words_after_the_command_say_what_it_is_about() -> None:
    said = done("report", "since", "yesterday 9:15", "--db", database(), COLUMNS="200")
    assert said.startswith(
        "Harbour Contact Centre: Since Sunday 22 November 2026 09:15, so far, up to Mon 23 Nov 14:32\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("year",), "There is no report 'year': it is one of day, week, month, since."),
        (("since",), "Since when? Name a time, as in: ccmon report since 09:00."),
        (("since", "09:00", "--date", "friday"), "With since, name the day with the time"),
        (("day", "09:00"), "Nothing can follow day, and there is: 09:00; a day is named with --date."),
        (("--date", "soon"), "'soon' is not a date; write it as 2026-11-23, yesterday or monday."),
        (("--date", "2026-11-24"), "2026-11-24 is in the future: it is 14:32:07 on 2026-11-23"),
        (("since", "15:00"), "15:00 is in the future"),
        (("since", "soon"), "'soon' is not a time"),
        (("--format", "pdf"), "There is no format 'pdf': it is one of text, markdown, html, csv, json."),
        (("--output", "report.pdf"), "report.pdf has none of the endings .txt, .md, .html, .csv, .json"),
    ],
)
def test_wrong_usage_is_one_sentence(words: tuple[str, ...], said: str) -> None:
    assert said in one_line(ccmon("report", *words, "--db", database()), status=2)


@pytest.mark.parametrize("kind", ["queue", "team", "client"])
def test_an_unknown_name_is_refused_as_by_status(kind: str) -> None:
    said = [one_line(ccmon(command, f"--{kind}", "Nowhere", "--db", database())) for command in ("report", "status")]
    assert said[0] == said[1]
    assert f'There is no {kind} named "Nowhere"' in said[0]


def test_a_name_may_be_spelt_otherwise() -> None:
    client = json.loads(done("status", "--json", "--db", database()))["queues"][0]["client"]
    found = json.loads(done("report", "--client", client.upper(), "--format", "json", "--db", database()))
    assert found["filters"] == {"client": client}


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("day.html", "<!DOCTYPE html>"),
        ("day.HTML", "<!DOCTYPE html>"),
        ("day.md", "# Friday 20 November 2026"),
        ("day.json", "{"),
    ],
)
def test_the_ending_of_a_file_says_its_format(tmp_path: Path, name: str, begins: str) -> None:
    file = tmp_path / name
    assert done("report", "--date", FRIDAY, "--output", file, "--db", database()) == f"Wrote {file}.\n"
    assert file.read_text(encoding="utf-8").startswith(begins)
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_named_format_holds_before_the_ending(tmp_path: Path) -> None:
    file = tmp_path / "day.txt"
    done("report", "--date", FRIDAY, "--output", file, "--format", "json", "--db", database())
    assert json.loads(file.read_text(encoding="utf-8"))["period"] == "day"


def test_a_file_is_what_goes_to_standard_output(tmp_path: Path) -> None:
    file = tmp_path / "day.md"
    done("report", "--date", FRIDAY, "--output", file, "--db", database())
    printed = done("report", "--date", FRIDAY, "--format", "markdown", "--db", database())
    assert file.read_text(encoding="utf-8") == printed


def test_a_file_of_yesterday_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "yesterday.html"
    file.write_text("x" * 1_000_000, encoding="utf-8")
    file.chmod(0o640)
    done("report", "--date", FRIDAY, "--output", file, "--db", database())
    assert file.read_text(encoding="utf-8").endswith("</html>\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_report_that_cannot_be_made_leaves_the_file_of_yesterday(tmp_path: Path) -> None:
    file = tmp_path / "yesterday.html"
    file.write_text("before", encoding="utf-8")
    assert "Nowhere" in one_line(ccmon("report", "--team", "Nowhere", "--output", file, "--db", database()))
    assert file.read_text(encoding="utf-8") == "before"
    assert "cannot be written" in one_line(ccmon("report", "--output", tmp_path / "no" / "a.html", "--db", database()))
    assert [each.name for each in tmp_path.iterdir()] == ["yesterday.html"]


def test_answers_alone_are_no_empty_database(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    with closing(database_file.open_writer(path)) as connection:
        for number in range(12):
            connection.execute(
                "INSERT INTO surveys (reference, answered_at, score, scale) VALUES (?, ?, ?, 5)",
                (f"A{number}", moment("2026-11-23T12:00:00+01:00"), 1 if number < 3 else 4),
            )
    words = ("report", "day", "--date", "2026-11-23", "--db", path)
    said = done(*words)
    assert "still empty" not in said
    assert "There are no calls and no sales" not in said
    assert "12 survey answers came in; 75 % of the answers were satisfied." in said
    assert re.search(r"^Satisfied, of this time +75 %$", said, re.MULTILINE)
    assert "these calls" not in said
    assert "The database has no calls and no orders" in said
    status = done("status", "--at", "2026-11-23", "--db", path)
    assert re.search(r"^Satisfaction\n75 % satisfied", status, re.MULTILINE)
    assert not re.search(r"^(Sales|Offered|Handled calls|Revenue)", said, re.MULTILINE)
    found = json.loads(done(*words, "--format", "json"))
    assert [goal(found, key) for key in ("sales", "offered", "handled", "answers")] == [None, None, None, 12]


def test_orders_alone_have_a_report_of_what_is_known(tmp_path: Path) -> None:
    """It said "Sales calls 0", "0 calls were handled", and a month by days of zeros."""
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO agents (id, login) VALUES (1, 'eva')")
        for number, (day, cents) in enumerate([("02", 900), ("20", 1000), ("20", 1000), ("27", 1200), ("27", 700)]):
            connection.execute(
                "INSERT INTO sales (reference, sold_at, amount_cents, agent_id) VALUES (?, ?, ?, 1)",
                (f"S{number}", moment(f"2026-11-{day}T12:00:00+01:00"), cents),
            )
    for form in ("text", "markdown", "html", "csv"):
        for kind in ("day", "month"):
            said = done("report", kind, "--date", "2026-11-27", "--format", form, "--db", path)
            assert "The database has no calls: " in said
            assert "No order names its customer" in said
            wrong = r"0 calls|Not known[^.]*offered|No call was offered|By (hours|days)|No agent was"
            assert not re.search(wrong, said, re.IGNORECASE)
            shown = r"Sales calls|Converted|Offered|Answered|Handled calls|New customers|Inbound"
            assert form == "csv" or not re.search(shown, said)
    month = json.loads(done("report", "month", "--date", "2026-11-27", "--format", "json", "--db", path))
    assert [goal(month, key) for key in ("sales", "revenue_cents")] == [5, 4800]
    assert [goal(month, key) for key in ("sales_calls", "converted", "new_customers", "offered")] == [None] * 4
    assert month["curve"] == month["queues"] == []
    assert "5 sales brought 48.00 EUR." in [each["sentence"] for each in month["insights"]]
    assert month["agents"] == [{"name": "eva", "sales": 5}]
    assert "AGENTS By name." in done("report", "month", "--date", "2026-11-27", "--db", path)
    day = json.loads(done("report", "day", "--date", "2026-11-27", "--format", "json", "--db", path))
    assert [goal(day, "revenue_cents", field) for field in ("value", "before", "week_before")] == [1900, None, 2000]


@pytest.mark.parametrize(("agent", "handled"), [(None, None), (1, 1)])
def test_calls_that_name_no_agent_are_not_none_handled(tmp_path: Path, agent: int | None, handled: int | None) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    at = moment("2026-11-23T12:00:00+01:00")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO queues (id, name) VALUES (1, 'sales')")
        connection.execute("INSERT INTO agents (id, login) VALUES (1, 'eva')")
        connection.execute(
            "INSERT INTO calls (source, call_id, queue_id, agent_id, entered_at, answered_at, ended_at, outcome) "
            "VALUES ('pbx', 'c', 1, ?1, ?2, ?2, ?2 + 60000, 'answered')",
            (agent, at),
        )
    words = ("report", "day", "--date", "2026-11-23", "--db", path)
    assert goal(json.loads(done(*words, "--format", "json")), "handled") == handled
    assert re.findall(r"^Handled calls +(\d+)", done(*words), re.MULTILINE) == ([] if handled is None else ["1"])
    assert "AGENTS Most calls first.\n" in done(*words)


def test_an_empty_database_has_a_report_that_says_so(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    for form in ("text", "markdown", "html", "csv", "json"):
        assert "The database is still empty." in done("report", "--format", form, "--db", path)
    assert "There are no calls and no sales in this time." in done("report", "--db", path)
    found = json.loads(done("report", "month", "--format", "json", "--db", path))
    assert found["is_complete"] is False
    assert found["insights"] == []
    assert found["compared_with"] == {}


def test_a_day_before_the_data_says_when_it_begins() -> None:
    said = done("report", "--date", "2026-09-01", "--db", database())
    assert "There was nothing on the floor yet: its data begins on 2026-10-" in said


def test_a_missing_database_is_told_in_one_sentence(tmp_path: Path) -> None:
    assert "There is no database" in one_line(ccmon("report", "--db", tmp_path / "none.db"))


def test_old_data_is_compared_with_as_much_of_earlier_days(tmp_path: Path) -> None:
    """Imported calls end at noon: last week's afternoon would not compare."""
    path = still_floor(tmp_path / "calls.db")
    noon = 1_795_431_600_000
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for table, column in (
            ("calls", "entered_at"),
            ("missed_calls", "missed_at"),
            ("agent_states", "started_at"),
            ("sales", "sold_at"),
        ):
            connection.execute(f"DELETE FROM {table} WHERE {column} >= ?", (noon,))
        connection.execute("UPDATE sources SET following = 0, last_record_at = min(last_record_at, ?)", (noon - 1,))
        connection.execute("UPDATE sources SET checked_at = NULL")
    found = json.loads(done("report", "--format", "json", "--db", path))
    assert found["is_complete"] is False
    assert "whether anything came after it is not known" in found["completeness"]
    assert found["compared_with"]["week_before"]["at"].startswith("2026-11-16T1")
    assert found["compared_with"]["week_before"]["at"] < "2026-11-16T12:00:01"
