"""A row that lacks a value is set aside by itself, whatever kind of table it is in: the rest of its file goes in."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccmon.database import database_file
from ccmon.database.table_specs import KINDS
from ccmon.errors import CcmonError
from ccmon.sources.table.import_report import ImportReport
from ccmon.sources.table.site_table_import import import_table
from tests.databases import new_database, open_copy

TEMPLATES = Path(__file__).parents[3] / "sample_data" / "templates"
EACH = [(kind.name, column.name) for kind in KINDS.values() for column in kind.columns]


@pytest.fixture
def path(filled: Path) -> Iterator[Path]:
    with open_copy(filled) as (path, _):
        yield path


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which the templates find what they name."""
    path = new_database(tmp_path_factory.mktemp("templates") / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    connection = database_file.open_writer(path)
    connection.execute(
        "INSERT INTO calls (source, call_id, entered_at) VALUES ('queue-log', '1795422965.1', 1795422965000)"
    )
    connection.close()
    for kind in KINDS:
        if kind not in {"sales", "surveys", "survey-invitations", "follow-ups", "shifts", "call-reasons"}:
            import_table(path, kind, TEMPLATES / f"{kind}.csv")
    return path


def template(kind: str) -> tuple[list[str], list[list[str]]]:
    header, *rows = csv.reader(io.StringIO((TEMPLATES / f"{kind}.csv").read_text(encoding="utf-8")))
    return header, rows


def take(path: Path, tmp_path: Path, kind: str, header: list[str], rows: list[list[str]]) -> ImportReport:
    file = tmp_path / f"{kind}.csv"
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([header, *rows])
    return import_table(path, kind, file, dry_run=True)


@pytest.mark.parametrize(("kind", "column"), EACH)
def test_an_empty_cell_sets_aside_its_row_alone(path: Path, tmp_path: Path, kind: str, column: str) -> None:
    header, rows = template(kind)
    if column not in header:
        header = [*header, column]
        rows = [[*row, ""] for row in rows]
    emptied = [[cell if name != column else "" for name, cell in zip(header, row, strict=True)] for row in rows[:1]]
    report = take(path, tmp_path, kind, [*header, "remark"], [[*row, "x"] for row in [*emptied, *rows[1:]]])
    assert report.went_in + report.rejected_count + report.unanswered == len(rows)
    assert {row.line for row in report.rejected} <= {2}


@pytest.mark.parametrize(("kind", "column"), EACH)
def test_a_column_that_a_file_lacks_refuses_its_rows_or_the_file(
    path: Path, tmp_path: Path, kind: str, column: str
) -> None:
    header, rows = template(kind)
    left = [name for name in header if name != column]
    if not left:
        left, rows = ["other"], [["x"]]
    kept = [[cell for name, cell in zip(header, row, strict=False) if name != column] for row in rows]
    if KINDS[kind].columns[[each.name for each in KINDS[kind].columns].index(column)].required:
        with pytest.raises(CcmonError, match=f"lacks the column '{column}'"):
            take(path, tmp_path, kind, left, kept)
        return
    report = take(path, tmp_path, kind, left, kept)
    assert report.went_in + report.rejected_count + report.unanswered == len(rows)


def test_a_new_sale_without_an_amount_is_refused_and_a_known_one_keeps_its_own(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    file = tmp_path / "sales.csv"
    file.write_text("reference,sold_at,amount\nS1,2026-11-23,10\nS2,2026-11-23,\nS3,2026-11-23,30\n", encoding="utf-8")
    report = import_table(path, "sales", file)
    assert (report.added, report.rejected) == (2, [(3, "amount is missing: give amount or amount_cents")])
    file.write_text("reference,sold_at,cancelled_at\nS1,2026-11-23,2026-11-24\nS4,2026-11-23,\n", encoding="utf-8")
    report = import_table(path, "sales", file)
    assert (report.changed, report.rejected) == (1, [(3, "amount is missing: give amount or amount_cents")])
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT reference, amount_cents, cancelled_at IS NULL FROM sales ORDER BY 1").fetchall()
    connection.close()
    assert found == [("S1", 1000, 0), ("S3", 3000, 1)]


def test_a_refused_sale_does_not_say_what_the_site_counts_in(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    file = tmp_path / "sales.csv"
    file.write_text(
        "reference,sold_at,amount,currency,cancelled_at\n"
        "S1,2026-11-23,10,USD,2026-11-20\nS2,2026-11-23,10,EUR,\nS3,2026-11-23,10,USD,\n",
        encoding="utf-8",
    )
    report = import_table(path, "sales", file)
    assert (report.added, [row.line for row in report.rejected]) == (1, [2, 4])
    assert report.notes == ["The first sale sets the currency of the site: EUR."]


def test_what_the_database_says_to_one_row_sets_aside_that_row(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    connection = database_file.open_writer(path)
    connection.execute(
        "CREATE TRIGGER too_large BEFORE INSERT ON customers WHEN NEW.name = 'Bea' "
        "BEGIN SELECT abs(-9223372036854775808); END"
    )
    file = tmp_path / "customers.csv"
    file.write_text("reference,name\nK-1,Ada\nK-2,Bea\nK-3,Cleo\n", encoding="utf-8")
    report = import_table(path, "customers", file)
    assert (report.added, report.rejected) == (2, [(3, "could not be taken in (OperationalError: integer overflow)")])
    connection.close()
