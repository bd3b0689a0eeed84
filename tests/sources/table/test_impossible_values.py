"""What a row says and cannot be: its own moment refuses it, a number inside it counts as not said and is noted."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ccmon.database import database_file
from ccmon.errors import CcmonError
from ccmon.sources.table import call_import, site_table_import
from ccmon.sources.table.import_report import ImportReport
from ccmon.sources.table.mapping import parse
from tests.databases import new_database, open_copy, rows

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
AHEAD = "it has a time more than a day ahead of this machine's clock"
DAY_MS = 86_400_000


def ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = new_database(tmp_path_factory.mktemp("site") / "calls.db", time_zone="UTC", currency="EUR")
    connection = database_file.open_writer(path)
    connection.execute("INSERT INTO agents (id, login) VALUES (1, 'eva')")
    connection.close()
    return path


@pytest.fixture
def path(template: Path) -> Iterator[Path]:
    with open_copy(template) as (path, _):
        yield path


def take(path: Path, kind: str, header: str, *lines: str) -> ImportReport:
    file = path.with_name(f"{kind}.csv")
    file.write_text("\n".join([header, *lines]), encoding="utf-8")
    return site_table_import.import_table(path, kind, file, now=ms(NOW))


def unsaid(report: ImportReport) -> list[tuple[int, str]]:
    return [(reason.line, reason.text) for reason in report.impossible.most_common()]


@pytest.mark.parametrize(
    ("kind", "header", "line", "column"),
    [
        ("sales", "reference,amount,sold_at", "S,1,{}", "sold_at"),
        ("sales", "reference,amount,sold_at,cancelled_at", "S,1,2026-11-27,{}", "cancelled_at"),
        ("surveys", "reference,score,scale,answered_at", "R,1,5,{}", "answered_at"),
        ("survey-invitations", "reference,sent_at", "I,{}", "sent_at"),
        ("follow-ups", "reference,due_at,done_at", "F,2026-11-27,{}", "done_at"),
    ],
)
def test_what_has_happened_lies_at_most_a_day_ahead(path: Path, kind: str, header: str, line: str, column: str) -> None:
    assert take(path, kind, header, line.format("2026-11-29T12:00:00")).rejected == []
    late, early = "2026-11-29T12:00:00.001", "1989-12-31T23:59:59.999"
    assert take(path, kind, header, line.format(late)).rejected == [(2, f"{column} is '{late}': {AHEAD}")]
    assert take(path, kind, header, line.format(early)).rejected == [
        (2, f"{column} is '{early}': it has a time before 1990")
    ]


@pytest.mark.parametrize(
    ("kind", "table", "last", "beyond"),
    [
        ("follow-ups", ("reference,due_at", "F,{}", "due_at"), "2036-11-27T12:00", "2036-11-30T12:00"),
        ("shifts", ("agent,activity,starts_at,ends_at", "eva,leave,{},2036-11-28T00:00", "starts_at"), "2036-11-26",
         "2036-12-01"),
        ("quotas", ("scope,period,sales,starts_on", "centre,day,5,{}", "starts_on"), "2036-11-27", "2036-12-01"),
        ("investments", ("name,goal,cost,starts_on", "TV,service,5,{}", "starts_on"), "2036-11-27", "2036-12-01"),
    ],
)  # fmt: skip
def test_what_is_planned_may_lie_years_ahead(
    path: Path, kind: str, table: tuple[str, str, str], last: str, beyond: str
) -> None:
    header, line, column = table
    assert take(path, kind, header, line.format(last)).rejected == []
    assert take(path, kind, header, line.format(beyond)).rejected == [
        (2, f"{column} is '{beyond}': it has a time more than 10 years ahead")
    ]
    assert take(path, kind, header, line.format("1989-12-31")).rejected == [
        (2, f"{column} is '1989-12-31': it has a time before 1990")
    ]


@pytest.mark.parametrize("last", ["9999-12-31", "2099-01-01"])
def test_an_end_that_never_comes_is_none(path: Path, last: str) -> None:
    report = take(path, "campaigns", "name,starts_on,ends_on", f"Autumn,2026-11-01,{last}")
    assert report.rejected == []
    assert rows(path, "SELECT starts_on, ends_on FROM campaigns") == [("2026-11-01", None)]
    assert [line for line, _ in unsaid(report)] == [2]


@pytest.mark.parametrize(
    ("text", "said"),
    [("604800", 604_800_000), ("168:00:00", 604_800_000), ("604800.001", None), ("-1", None), ("-0:01", None),
     ("99999999999999999999", None), ("9" * 400, None), ("0", 0), ("99999:00", None)],
)  # fmt: skip
def test_a_length_that_cannot_be_counts_as_not_said(path: Path, text: str, said: int | None) -> None:
    take(path, "queues", "name,handling_target", "sales,300")
    report = take(path, "queues", "name,client,handling_target", f"sales,,{text}", "support,,20")
    assert (report.went_in, report.rejected) == (2, [])
    kept = 300_000 if said is None else said
    assert rows(path, "SELECT handling_target_ms FROM queues ORDER BY name") == [(kept,), (20_000,)], "as it was"
    assert [line for line, _ in unsaid(report)] == ([2] if said is None else [])


def test_what_the_row_cannot_be_made_without_refuses_it(path: Path) -> None:
    large = "9" * 20
    report = take(path, "sales", "reference,sold_at,amount", f"S1,2026-11-27,{large}", "S2,2026-11-27,100000000000.00")
    assert report.rejected == [
        (
            2,
            f"amount is missing: give amount or amount_cents; amount is '{large}': no amount is so large; "
            "at most 10,000,000,000,000 cents",
        )
    ]
    assert rows(path, "SELECT amount_cents FROM sales") == [(10**13,)]
    report = take(
        path, "surveys", "reference,answered_at,score,scale", f"R1,2026-11-27,{large},5", "R2,2026-11-27,-1,5"
    )
    assert [row.line for row in report.rejected] == [2, 3]


def test_a_week_of_work_without_an_end_is_no_shift_and_a_leave_may_be_longer(path: Path) -> None:
    header = "agent,starts_at,ends_at,activity"
    assert take(path, "shifts", header, "eva,2026-12-01,2026-12-08,work").rejected == []
    assert take(path, "shifts", header, "eva,2026-12-01,2026-12-08T00:01,work").rejected == [
        (2, "it is work of over 7 days without an end")
    ]
    assert take(path, "shifts", header, "eva,2027-01-01,2027-01-31,leave").rejected == []
    assert take(path, "shifts", header, "eva,2027-01-01,2028-01-03,leave").rejected == [(2, "it is longer than a year")]


def test_a_cell_that_is_too_large_sets_its_lines_aside(path: Path) -> None:
    """An unclosed quote takes what follows with it, and ended the import."""
    report = take(path, "customers", "reference,name", "K-1,Ada", '"K-2,' + "x" * 140_000, "K-3,Cleo")
    assert report.added == 2
    ((line, reason),) = report.rejected
    assert (line, reason.startswith("line 3 cannot be read: field larger than field limit")) == (3, True)
    with pytest.raises(CcmonError, match="line 1 cannot be read"):
        take(path, "customers", '"' + "x" * 140_000, "K-1")


# Calls

MAPPING = parse(
    tomllib.loads(
        """
        source = "table"
        [call]
        call_id = "Id"
        queue = { value = "sales" }
        agent = "Agent"
        entered_at = "In"
        answered_at = { after = "entered_at", column = "Wait" }
        ended_at = "Out"
        hold = "Hold"
        score = "Score"
        scale = { value = 5 }
        """
    ),
    "m.toml",
)
HEADER = "Id,Agent,In,Wait,Out,Hold,Score"


def take_calls(path: Path, *lines: str, batch: int = call_import.BATCH) -> ImportReport:
    file = path.with_name("calls.csv")
    file.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    return call_import.import_calls(path, file, MAPPING, now=ms(NOW), batch=batch)


FOUND = "SELECT entered_at, answered_at - entered_at, ended_at, hold_ms, outcome FROM calls"


@pytest.mark.parametrize(
    ("entered", "reason"),
    [
        ("2026-11-29T12:00:00", None),
        ("2026-11-29T12:00:01", "entered_at has a time more than a day ahead of this machine's clock"),
        ("1990-01-01T00:00:00", None),
        ("1989-12-31T23:59:59", "entered_at has a time before 1990"),
        ("99999999999", "entered_at has a time more than a day ahead of this machine's clock"),
    ],
)
def test_a_call_of_a_moment_that_cannot_be_is_refused(path: Path, entered: str, reason: str | None) -> None:
    report = take_calls(path, f"1,eva,{entered},10,,,", "2,eva,2026-11-27T10:00,10,2026-11-27T10:05,,")
    hint = ": is the date written as the mapping says?"
    assert report.rejected == ([] if reason is None else [(2, reason + hint)])
    assert report.added == (2 if reason is None else 1)


@pytest.mark.parametrize("wait", ["31536000000", "-5", "9" * 30, "604801"])
def test_a_wait_that_cannot_be_does_not_throw_the_end_away(path: Path, wait: str) -> None:
    report = take_calls(path, f"1,eva,2026-11-27T10:00,{wait},2026-11-27T10:05,,")
    assert (report.added, report.rejected) == (1, [])
    entered = ms(datetime(2026, 11, 27, 10, tzinfo=UTC))
    assert rows(path, FOUND) == [(entered, None, entered + 300_000, None, "unknown")]
    ((line, reason),) = unsaid(report)
    assert line == 2
    assert rows(path, "SELECT line, reason, taken_in FROM rejected_lines") == [(2, reason, 1)]
    assert rows(path, "SELECT rejected, incomplete_records FROM sources") == [(0, 1)]


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("2026-11-27T10:00", True),
        ("2026-11-27T10:00:01", False),
        ("9999-12-31T23:59", False),
        ("1970-01-01T00:00", False),
    ],
)
def test_an_end_over_a_week_after_the_beginning_is_not_said(path: Path, out: str, said: bool) -> None:
    report = take_calls(path, f"1,eva,2026-11-20T10:00,10,{out},,")
    assert report.added == 1
    ((_, _, ended_at, _, outcome),) = rows(path, FOUND)
    entered = ms(datetime(2026, 11, 20, 10, tzinfo=UTC))
    assert (ended_at, outcome) == ((entered + 7 * DAY_MS, "answered") if said else (entered + 10_000, "unknown"))
    assert len(unsaid(report)) == (not said)


@pytest.mark.parametrize(("hold", "score"), [("-1", "9" * 12), ("9" * 12, "-3")])
def test_a_hold_and_a_score_that_cannot_be_are_not_said(path: Path, hold: str, score: str) -> None:
    report = take_calls(path, f"1,eva,2026-11-27T10:00,10,2026-11-27T10:05,{hold},{score}")
    assert (report.added, report.rejected) == (1, [])
    assert rows(path, "SELECT hold_ms, outcome FROM calls") == [(None, "answered")]
    assert rows(path, "SELECT count(*) FROM surveys") == [(0,)]
    assert len(unsaid(report)) == 2


@pytest.mark.parametrize("batch", [1, 2, 50])
def test_what_the_database_does_not_take_is_refused_alone(path: Path, batch: int) -> None:
    connection = database_file.open_writer(path)
    connection.execute(
        "CREATE TRIGGER too_large BEFORE INSERT ON calls WHEN NEW.call_id = '2' "
        "BEGIN SELECT abs(-9223372036854775808); END"
    )
    connection.close()
    lines = [f"{number},agent {number},2026-11-27T10:00,10,2026-11-27T10:05,," for number in (1, 2, 3)]
    report = take_calls(path, *lines, batch=batch)
    assert (report.added, report.same) == (2, 0)
    assert report.rejected == [(3, "could not be taken in (OperationalError: integer overflow)")]
    assert rows(path, "SELECT call_id FROM calls ORDER BY 1") == [("1",), ("3",)]
    assert rows(path, "SELECT login FROM agents ORDER BY 1") == [("agent 1",), ("agent 3",), ("eva",)]
    assert rows(path, "SELECT line, taken_in FROM rejected_lines") == [(3, 0)]


SENTENCES = [
    ({"file": {"tolerance": "soon"}}, "tolerance in .* must be a length of time"),
    ({"file": {"encoding": 5}}, "encoding in .* must be a text"),
    ({"file": {"encoding": "klingon"}}, "no encoding 'klingon'"),
    ({"file": {"encoding": "hex"}}, "no encoding 'hex'"),
    ({"file": {"separator": ",,"}}, "separator in .* must be one character"),
    ({"file": {"separator": '"'}}, "separator in .* must be one character"),
    ({"file": {"header": "no"}}, "header in .* must be true or false"),
    ({"file": {"nothing": "-"}}, "nothing in .* must be a list of cells"),
    ({"except": {"when": {"a": "b"}}}, r"must be tables: \[\[except\]\]"),
    ({"except": [{"when": {"a": "b"}, "skip": "no"}]}, "skip in .* must be true or false"),
    ({"except": [{"when": {"a": "b"}, "entered_at": False}]}, "has no rule for entered_at"),
    ({"call": {"entered_at": False}}, "has no rule for entered_at"),
    ({"call": {"entered_at": {"date": "Day", "time": "Time", "after": "ended_at"}}}, "needs a length of time beside"),
    ({"call": {"entered_at": "In", "ended_at": {"after": "entered_at", "value": "soon"}}}, "must be a length of time"),
    ({"call": {"entered_at": "In", "queue": {"column": "Q", "pattern": "("}}}, "is no regular expression"),
    ({"call": {"entered_at": "In", "queue": {"column": "Q", "pattern": "a{99999999999}"}}}, "no regular expression"),
    ({"call": {"entered_at": "In", "queue": {"column": ["Q"]}}}, "column of .* must be a column's name"),
    ({"call": {"entered_at": "In", "queue": {"columns": "Q"}}}, "columns of .* must be a list"),
    ({"call": {"entered_at": "In", "queue": {"column": "Q", "join": 5}}}, "join of .* must be a text"),
    ({"call": {"entered_at": "In", "hold": {"column": "H", "unit": []}}}, "unit of .* must be a text"),
    ({"call": {"entered_at": {"column": "In", "format": []}}}, "format of .* must be a text"),
    ({"source": "a\0b"}, "lacks source"),
]


@pytest.mark.parametrize(("said", "sentence"), SENTENCES)
def test_a_mapping_that_says_what_cannot_be_is_refused_in_one_sentence(said: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CcmonError, match=sentence) as error:
        parse({"source": "x", "call": {"entered_at": "In"}, **said}, "m.toml")
    assert "\n" not in str(error.value)
