"""Fuzz test of imports: no mutated row ends one, whatever the kind of table, and nothing impossible goes in.

`CORPUS` is tried in every column of every kind, always. What hypothesis adds is little unless CCMON_TEST_PROFILE=long.
"""

from __future__ import annotations

import csv
import io
import itertools
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccmon import plausibility
from ccmon.database import database_file
from ccmon.database.reader import snapshot
from ccmon.database.table_specs import KINDS
from ccmon.sources.table.call_import import import_calls
from ccmon.sources.table.mapping import Mapping, parse
from ccmon.sources.table.site_table_import import import_table
from tests.databases import held_open, new_database
from tests.examples import examples

TEMPLATES = Path(__file__).parents[3] / "sample_data" / "templates"
NOW = 1_795_867_200_000  # 2026-11-28 12:00 UTC
ROWS = 25
"""Mutated rows of one table: 10,000 of them in the long profile, of tables of records and of calls each."""
few = settings(
    max_examples=examples(4, 400),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

CORPUS = (
    "", " ", "0", "-0", "-1", "+1", "1.0", "1e400", "nan", "inf", "-inf", "9" * 11, "99999999999999999999",
    "-99999999999999999999", "9" * 400, "9223372036854775808", "-9223372036854775809", "1" * 5000, "0001-01-01",
    "0001-01-01T00:00+14:00", "1969-12-31", "1989-12-31T23:59:59", "2036-11-30", "2099-01-01", "9999-12-31",
    "9999-12-31T23:59:59", "9999-12-31T23:59:59-14:00", "2026-11-23T24:00", "2026-W48-1", "20261123",
    "2026-11-23T10:05+99:00", "2026-02-30", "1763888700", "4102444800", "253402300800", "604800", "604801", "-5",
    "-1:00", "168:00:01", "999999:00:00", "1:99:99:99", "::", "9999999999:59", "1,234.50", "1.234,50", "1.2.3",
    "10000000000000.01", "99999999999999999", "150 %", "NaN %", "\u0661\u0662\u0663", "\u00b2", "\u00bd", "\x00",
    "a\x00b", "\ud800", "\udcff", "'); DROP TABLE sales; --", "a" * 70_000, '"', "a\nb", "\u202e", "\U0001f642", "eva",
    "K-1001", "1795422965.1", "centre", "Acquisition", "recommend", "yes", "work", "cancelled", "USD", "EUR",
)  # fmt: skip
cell = st.one_of(
    st.sampled_from(CORPUS), st.text(max_size=12), st.integers().map(str), st.from_regex(r"[-0-9:T.,]{1,20}")
)


def template(kind: str) -> tuple[list[str], list[list[str]]]:
    header, *rows = csv.reader(io.StringIO((TEMPLATES / f"{kind}.csv").read_text(encoding="utf-8")))
    if kind == "sales":
        header, rows = [*header, "amount_cents"], [[*row, ""] for row in rows]
    return header, rows


def written(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    path.write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))
    return path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = filled(tmp_path_factory.mktemp("mutated") / "calls.db")
    with held_open(path):
        yield path


def filled(path: Path) -> Path:
    """A database that holds what the templates say."""
    new_database(path, time_zone="Europe/Amsterdam", currency="EUR")
    connection = database_file.open_writer(path)
    connection.execute(
        "INSERT INTO calls (source, call_id, entered_at) VALUES ('queue-log', '1795422965.1', 1795422965000)"
    )
    connection.close()
    for kind in KINDS:
        assert import_table(path, kind, TEMPLATES / f"{kind}.csv", now=NOW).rejected == []
    return path


def take(site: Path, kind: str, rows: list[list[str]]) -> None:
    """Import rows after an intact one; what must be so of every table is so."""
    header, (intact, *_) = template(kind)
    file = written(site.with_name(f"{kind}.csv"), header, [intact, *rows])
    report = import_table(site, kind, file, now=NOW)
    blank = sum(not any(map(str.strip, row)) for row in rows)
    assert report.went_in + report.rejected_count + report.unanswered == 1 + len(rows) - blank
    assert 2 not in {row.line for row in report.rejected}, report.rejected
    assert all(row.reason for row in report.rejected)
    assert not [each for each in report.rejected if "could not be taken in" in each.reason], "ccmon knows each reason"
    assert list(impossible(site)) == []


HAPPENED = {"sales": ("sold_at", "cancelled_at"), "surveys": ("answered_at",), "survey_invitations": ("sent_at",),
            "follow_ups": ("created_at", "done_at"), "agent_states": ("started_at", "ended_at"),
            "queue_members": ("started_at", "ended_at"),
            "calls": ("entered_at", "answered_at", "ended_at", "wrapped_up_at")}  # fmt: skip
PLANNED = {"follow_ups": ("due_at", "promised_at"), "shifts": ("starts_at", "ends_at")}
LENGTHS = {"queues": ("service_level_threshold_ms", "short_abandon_ms", "handling_target_ms"),
           "calls": ("hold_ms", "wait_ms", "talk_ms", "wrap_up_ms")}  # fmt: skip
SPANS = (
    *((HAPPENED, plausibility.EARLIEST_IN_TABLES_MS, NOW + plausibility.AHEAD_MS),),
    *((PLANNED, plausibility.EARLIEST_IN_TABLES_MS, NOW + plausibility.PLANNED_AHEAD_MS),),
    *((LENGTHS, 0, plausibility.LONGEST_MS),),
)


def impossible(site: Path) -> Iterator[tuple[str, str, int]]:
    """Each value in the database that cannot be."""
    connection = database_file.open_reader(site)
    try:
        for columns_of, least, most in SPANS:
            for table, columns in columns_of.items():
                for column in columns:
                    statement = f"SELECT {column} FROM {table} WHERE {column} NOT BETWEEN ? AND ? LIMIT 1"
                    for (value,) in connection.execute(statement, (least, most)):
                        yield table, column, value
    finally:
        connection.close()


@pytest.mark.parametrize("kind", KINDS)
def test_every_cell_of_the_corpus_in_every_column(site: Path, kind: str) -> None:
    header, rows = template(kind)
    mutated = [[*rows[-1][:place], text, *rows[-1][place + 1 :]] for place in range(len(header)) for text in CORPUS]
    take(site, kind, mutated)
    assert snapshot(site, NOW).at == NOW, "and whoever looks can look"


mutations = st.lists(
    st.tuples(st.integers(0, 99), st.lists(st.tuples(st.integers(0, 99), cell), min_size=1, max_size=4)),
    min_size=ROWS,
    max_size=ROWS,
)
"""Which row, and which of its cells become what; places count on from the beginning where there are fewer."""


def mutated(rows: list[list[str]], which: int, cells: list[tuple[int, str]]) -> list[str]:
    row = list(rows[which % len(rows)])
    for place, text in cells:
        row[place % len(row)] = text
    return row


@few
@given(kind=st.sampled_from(list(KINDS)), changes=mutations)
def test_mutated_rows_of_every_kind(site: Path, kind: str, changes: list[tuple[int, list[tuple[int, str]]]]) -> None:
    _, rows = template(kind)
    take(site, kind, [mutated(rows, which, cells) for which, cells in changes])


# Calls

MAPPING = """
source = "mutated"
[file]
nothing = ["-"]
[call]
call_id = "Id"
visit = "Visit"
queue = "Queue"
agent = "Agent"
caller = { columns = ["Area", "Number"], join = "" }
entered_at = [{ column = "In" }, { date = "Day", time = "Time" }]
answered_at = [{ after = "entered_at", column = "Wait" }, { date = "Day", time = "Time" }]
ended_at = [{ column = "End", format = "%Y-%m-%d %H:%M:%S" }, { after = "answered_at", column = "Talk", unit = "min" }]
wrapped_up_at = { after = "ended_at", column = "Wrap", unit = "ms" }
hold = { column = "Hold" }
outcome = { column = "Result", words = { OK = "answered", Lost = "abandoned" } }
score = "Score"
scale = { value = 5 }
right_party = "Right"

[[except]]
when = { Result = "Away" }
answered_at = false
entered_at = { before = "ended_at", column = "Wait" }
ended_at = { column = "End", format = "%Y-%m-%d %H:%M:%S" }
outcome = { value = "abandoned" }
"""
HEADER = ["Id", "Visit", "Queue", "Agent", "Area", "Number", "In", "Wait", "Day", "Time", "End", "Talk", "Wrap",
          "Hold", "Result", "Score", "Right"]  # fmt: skip
INTACT = ["i", "1", "sales", "eva", "020", "555", "2026-11-23T10:00:00", "12", "", "", "2026-11-23 10:05:00", "",
          "5000", "10", "OK", "4", "yes"]  # fmt: skip
LOST = ["l", "", "sales", "", "", "", "", "40", "", "", "2026-11-23 10:05:00", "", "", "", "Away", "", ""]
TIMED = ["t", "", "sales", "eva", "", "", "2026-11-23T10:00:00", "", "2026-11-23", "10:00:12", "", "3", "", "", "OK",
         "", ""]  # fmt: skip
numbers = itertools.count()


def take_calls(site: Path, mapping: Mapping, rows: list[list[str]]) -> None:
    intact = [f"intact {next(numbers)}", *INTACT[1:]]
    file = written(site.with_name("mutated_calls.csv"), HEADER, [intact, *rows])
    report = import_calls(site, file, mapping, now=NOW, may_double=True)  # all rows are of the same few moments
    blank = sum(not any(map(str.strip, row)) for row in rows)
    assert report.went_in + report.rejected_count + report.unanswered == 1 + len(rows) - blank
    assert 2 not in {row.line for row in report.rejected}
    assert not [each for each in report.rejected if "could not be taken in" in each.reason], "ccmon knows each reason"
    assert list(impossible(site)) == []


@pytest.mark.parametrize("row", [INTACT, LOST, TIMED], ids=["answered", "lost", "timed"])
def test_every_cell_of_the_corpus_in_every_column_of_a_call(site: Path, row: list[str]) -> None:
    rows = [
        [f"{row[0]}{place}-{number}" if place else text, *row[1:place], *([text] if place else []), *row[place + 1 :]]
        for place in range(len(HEADER))
        for number, text in enumerate(CORPUS)
    ]
    take_calls(site, parse(tomllib.loads(MAPPING), "mutated.toml"), rows)
    assert snapshot(site, NOW).at == NOW, "and whoever looks can look"


@few
@given(changes=mutations)
def test_mutated_rows_of_calls(site: Path, changes: list[tuple[int, list[tuple[int, str]]]]) -> None:
    rows = [
        mutated([[f"c{next(numbers)}", *row[1:]] for row in (INTACT, LOST, TIMED)], which, cells)
        for which, cells in changes
    ]
    take_calls(site, parse(tomllib.loads(MAPPING), "mutated.toml"), rows)
