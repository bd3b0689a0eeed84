"""``ccmon import table`` with files as other programs write them, as the command is typed."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ccmon.cli.templates import import_order
from tests.commands import ccmon, done, one_line
from tests.databases import new_database, rows

SAMPLES = Path(__file__).parents[2] / "sample_data"
TEMPLATES = SAMPLES / "templates"
TABLES = (
    "clients", "teams", "queues", "campaigns", "agents", "pause_reasons", "opening_hours", "holidays", "customers",
    "calls", "sales", "surveys", "survey_invitations", "quotas", "follow_ups", "contact_reasons", "call_reasons",
    "shifts", "investments",
)  # fmt: skip


def as_it_is(template: Path, into: Path) -> Path:
    return template


def compressed(template: Path, into: Path) -> Path:
    file = into / template.name
    file.write_bytes(gzip.compress(template.read_bytes()))
    return file


def as_workbook(template: Path, into: Path) -> Path:
    """The cells as a spreadsheet program keeps them: numbers, days and moments as such."""
    book = openpyxl.Workbook()
    with template.open(encoding="utf-8", newline="") as text:
        for row in csv.reader(text):
            book.active.append([typed(cell) for cell in row])
    book.save(into / f"{template.stem}.xlsx")
    return into / f"{template.stem}.xlsx"


def typed(cell: str) -> Any:
    for read in (date.fromisoformat, datetime.fromisoformat, float):
        try:
            value: Any = read(cell)
        except ValueError:
            continue
        # A workbook knows no time zones, and a number has no 0 at its beginning or its end.
        exact = (
            str(value).removesuffix(".0") == cell if isinstance(value, float) else getattr(value, "tzinfo", 0) is None
        )
        return value if exact or (isinstance(value, date) and not isinstance(value, datetime)) else cell
    return cell or None


def imported(into: Path, form: Any) -> dict[str, list[tuple[Any, ...]]]:
    path = new_database(into / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    for kind in import_order():
        template = TEMPLATES / f"{kind}.csv"
        rules = ("--mapping", SAMPLES / "mappings" / "calls.toml") if kind == "calls" else ()
        said = done("import", "table", kind, form(template, into), *rules, "--db", path)
        number = len(template.read_text(encoding="utf-8").splitlines()) - 1
        (added, changed) = re.search(
            rf"^{kind}: (\d+) rows? added, (\d+) changed, 0 as before, 0 refused", said, re.MULTILINE
        ).groups()  # type: ignore[union-attr]
        assert int(added) + int(changed) == number, (kind, said)
    return {table: rows(path, f"SELECT * FROM {table}") for table in TABLES}


def test_all_templates_go_in_one_after_the_other_in_each_form(tmp_path: Path) -> None:
    found = []
    for form in (as_it_is, compressed, as_workbook):
        into = tmp_path / form.__name__
        into.mkdir()
        found.append(imported(into, form))
    assert all(found[0].values())
    assert found[0] == found[1] == found[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")


def test_a_workbook_as_a_shop_exports_it(path: Path, tmp_path: Path) -> None:
    """Titles, a day of two sorts, empty lines, one order twice, a total at the foot: the sums are those of the file."""
    cents = [Decimal(19_99 + 7 * number % 100_000) / 100 for number in range(300)]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Orders of the shop"])
    sheet.append(["Exported", datetime(2026, 11, 29, 8)])
    sheet.append([])
    sheet.append(["Reference", "Sold at", "Amount", "Remark"])
    for number, amount in enumerate(cents):
        day = datetime(2026, 1, 1) + timedelta(days=number)
        sheet.append(
            [f"O-{number}", day if number % 2 else f"{day:%Y-%m-%d}", float(amount), "#N/A" if number == 5 else None]
        )
        if number % 50 == 0:
            sheet.append([])
    sheet.append(["O-7", "2026-01-08", 1])
    sheet.append([])
    sheet.append(["Total", None, float(sum(cents) + 1)])
    book.save(tmp_path / "orders.xlsx")
    run = ccmon("import", "table", "sales", tmp_path / "orders.xlsx", "--db", path)
    assert run.returncode == 3
    assert run.stdout == "sales: 300 rows added, 0 changed, 0 as before, 1 refused\n"
    assert run.stderr.splitlines() == [
        f"{tmp_path}/orders.xlsx line 311: the same sale stands on line 13 already, with another amount; only that one "
        "goes in",
        "1 cell shows an error (#N/A), first on line 11: it counts as empty.",
        "Line 4 was taken as the head ('Reference Sold at Amount Remark'). Lines 1 and 2 above it were left out: "
        "'Orders of the shop', 'Exported 2026-11-29T08:00:00'.",
        f"Line 313 was left out, as a total of the rows above: 'Total {float(sum(cents) + 1)}'.",
        "The column 'Remark' is not used.",
    ]
    assert rows(path, "SELECT count(*), sum(amount_cents) FROM sales") == [(300, sum(cents) * 100)]
    assert rows(path, "SELECT date(sold_at / 1000, 'unixepoch', '+1 hour') FROM sales WHERE reference = 'O-1'") == [
        ("2026-01-02",)
    ]


CUSTOMERS = "reference,name\nK-1,Ada\nK-2,Bea\n"


def test_standard_input_is_a_file_without_a_name(path: Path) -> None:
    words = ("import", "table", "customers", "-", "--db", path)
    run = ccmon(*words, stdin=f"{CUSTOMERS},Cas\n")
    assert (run.returncode, run.stdout) == (3, "customers: 2 rows added, 0 changed, 0 as before, 1 refused\n")
    assert run.stderr == "standard input line 4: a customer needs a reference or a phone number to be known by\n"
    assert one_line(ccmon(*words)) == "ccmon: standard input is empty; name a file that has rows."


def test_a_workbook_of_a_dutch_shop_by_a_guessed_mapping(path: Path, tmp_path: Path) -> None:
    """Days of two sorts, amounts as texts with their sign: the mapping is guessed, and the sum is that of the file."""
    cents = [100 + 12_345 * number % 400_000 for number in range(301)]
    written = [f"{euros // 100:,}".replace(",", ".") + f",{euros % 100:02} €" for euros in [*cents, sum(cents)]]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Bestellingen webwinkel"])
    sheet.append(["Periode", "2026"])
    sheet.append(["Bestelnummer", "Besteldatum", "Bedrag"])
    for number, amount in enumerate(written[:-1]):
        day = datetime(2026, 1, 1) + timedelta(days=number)
        sheet.append([f"B-{number}", day if number % 2 else f"{day:%d-%m-%Y}", amount])
    sheet.append([])
    sheet.append(["Totaal", None, written[-1]])
    book.save(tmp_path / "bestellingen.xlsx")
    mapping = tmp_path / "m.toml"
    mapping.write_text(done("import", "table", tmp_path / "bestellingen.xlsx", "--guess"))
    words = ("import", "table", "sales", tmp_path / "bestellingen.xlsx", "--mapping", mapping, "--db", path)
    assert done(*words, "--dry-run").splitlines()[:3] == [
        "The first rows as they would be stored:",
        "line  reference  sold_at              amount",
        "   4  B-0        2026-01-01 00:00:00    1.00",
    ]
    run = ccmon(*words)
    assert (run.returncode, run.stdout) == (0, "sales: 301 rows added, 0 changed, 0 as before, 0 refused\n")
    assert run.stderr.splitlines() == [
        "Line 3 was taken as the head ('Bestelnummer Besteldatum Bedrag'). Lines 1 and 2 above it were left out: "
        "'Bestellingen webwinkel', 'Periode 2026'.",
        f"Line 306 was left out, as a total of the rows above: 'Totaal {written[-1]}'.",
    ]
    assert rows(path, "SELECT count(*), sum(amount_cents) FROM sales") == [(301, sum(cents))]
    days = rows(path, "SELECT DISTINCT date(sold_at / 1000, 'unixepoch', '+2 hours') FROM sales ORDER BY 1")
    assert days == [(f"{date(2026, 1, 1) + timedelta(days=number)}",) for number in range(301)]


def test_a_mapping_names_the_head_and_the_totals_of_a_table_of_sales(path: Path, tmp_path: Path) -> None:
    """The first line names two columns, too, and the lines of totals hold no sums."""
    file, mapping = tmp_path / "orders.csv", tmp_path / "m.toml"
    table = "id;day;sum\nid;day;EUR\nO-1;2026-11-03;1.50\nSubtotal;2026-11-03;9\nO-2;2026-11-04;2.50\nSubtotal;;9\n"
    file.write_text(table)
    rules = '[columns]\nreference = "id"\nsold_at = "day"\namount = "EUR"\n'
    mapping.write_text(f'[file]\nhead_line = 2\ntotals = ["Subtotal"]\n{rules}')
    run = ccmon("import", "table", "sales", file, "--mapping", mapping, "--db", path)
    assert (run.returncode, run.stdout) == (0, "sales: 2 rows added, 0 changed, 0 as before, 0 refused\n")
    assert "Lines 4 and 6 were left out, as the mapping's totals" in run.stderr
    assert rows(path, "SELECT reference, amount_cents FROM sales ORDER BY 1") == [("O-1", 150), ("O-2", 250)]


def test_rows_of_two_pipes_are_not_known_by_the_same_name(path: Path, tmp_path: Path) -> None:
    text = "Datum;Bedrag\n2026-11-03;12,50 €\n"
    mapping = tmp_path / "m.toml"
    rules = 'kind = "sales"\n[columns]\nsold_at = "Datum"\namount = "Bedrag"\n'
    mapping.write_text(f"{rules}reference = {{ row = true }}\n")
    words = ("import", "table", "-", "--mapping", mapping, "--db", path)
    assert one_line(ccmon(*words, stdin=text)) == (
        "ccmon: Sales without a reference are known by the name of their file, and standard input has none; import "
        "a file, or name the column of reference in the mapping."
    )
    mapping.write_text(f'{rules}reference = {{ made_of = ["Datum", "Bedrag"] }}\n')
    assert ccmon(*words, stdin=text).stdout.startswith("sales: 1 row added")
    assert ccmon(*words, stdin=text).stdout.startswith("sales: 0 rows added, 0 changed, 1 as before")


def test_a_command_that_is_proposed_for_a_pipe_can_be_typed(path: Path) -> None:
    text = "Datum;Bedrag\n2026-11-03;12,50 €\n"
    said = one_line(ccmon("import", "table", "sales", "-", "--db", path, stdin=text))
    assert said.endswith(
        "Where yours are called otherwise, let ccmon guess which is which: ccmon import table sales - --guess > M.toml"
    )
    said = one_line(ccmon("import", "table", "-", "--db", path, stdin=text), 2)
    assert said.startswith("ccmon: standard input looks like a table of sales: say so ")
    assert said.endswith("(ccmon import table sales -), or give its mapping with --mapping; to start one: "
                         "ccmon import table - --guess > M.toml")  # fmt: skip
    said = one_line(ccmon("import", "table", "-", "--guess", stdin="a;b\nx;y\n"), 2)
    assert said.endswith("investments, agent-states, queue-members): ccmon import table KIND - --guess")


def test_what_fits_two_kinds_alike_is_asked() -> None:
    said = one_line(ccmon("import", "table", "-", "--guess", stdin="name\nEva\n"), 2)
    assert said.startswith(
        "ccmon: The heads of standard input fit clients, teams, queues, campaigns and contact-reasons"
    )
    assert "totals are never imported" in one_line(ccmon("import", "table", "totals", "-", stdin=""), 2)


def test_calls_through_a_pipe_need_a_call_id(path: Path, tmp_path: Path) -> None:
    text = "id,queue,at\nc-1,sales,2026-11-23 10:00:00\n"
    mapping = tmp_path / "m.toml"
    words = ("import", "table", "calls", "-", "--mapping", mapping, "--db", path)
    mapping.write_text('source = "crm"\n[call]\nqueue = "queue"\nentered_at = "at"\n')
    run = ccmon(*words, stdin=text)
    assert (run.returncode, run.stdout, run.stderr) == (
        1,
        "",
        "ccmon: Calls without a call_id are known by the name of their file, and standard input has none; import "
        "a file, or name the column of call_id in the mapping.\n",
    )
    mapping.write_text('source = "crm"\n[call]\ncall_id = "id"\nqueue = "queue"\nentered_at = "at"\n')
    assert ccmon(*words, stdin=text).stdout.startswith("calls: 1 row added")
    guessed = ccmon("import", "table", "calls", "-", "--guess", stdin=text).stdout
    assert 'source = "standard-input"' in guessed


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (CUSTOMERS, 0),
        (f"{CUSTOMERS},Cas\n", 3),
        ("reference,name\n,Cas\n", 1),
        ("reference,name\n", 0),
        ("shoe\n1\n", 1),
    ],
)
@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)])
def test_the_exit_status_says_what_became_of_the_rows(
    path: Path, tmp_path: Path, text: str, status: int, dry_run: Sequence[str]
) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(text)
    words = ("import", "table", "customers", file, "--db", path, *dry_run)
    assert ccmon(*words).returncode == status
    assert ccmon(*words).returncode == status, "rows that are as before went in, too"


def test_a_table_of_a_text_is_wrong_usage(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(CUSTOMERS)
    run = ccmon("import", "table", "customers", file, "--table", "x", "--db", path)
    assert run.returncode == 2
    assert "is no workbook and no SQLite file: leave it out" in run.stderr


def test_a_dry_run_shows_the_first_rows_as_they_would_be_stored(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "quotas.csv"
    header = "scope,period,starts_on,sales,revenue,conversion\n"
    file.write_text(header + "".join(f"centre,day,2026-11-0{day},{day},1234.5,15 %\n" for day in range(1, 8)))
    run = ccmon("import", "table", "quotas", file, "--db", path, "--dry-run", COLUMNS="70")
    said = [line for line in run.stdout.splitlines() if not line.startswith("quotas.")]  # what changes of settings
    assert said == [
        "The first rows as they would be stored:",
        "line  scope   period  starts_on   sales   revenue  conversion",
        *(f"   {day + 1}  centre  day     2026-11-0{day}      {day}  1,234.50  15.0 %" for day in range(1, 6)),
        "quotas: 7 rows would be added, 0 changed, 0 as before, 0 refused",
    ]
    narrow = ccmon("import", "table", "quotas", file, "--db", path, "--dry-run", COLUMNS="30").stdout.splitlines()
    assert narrow[1:3] == ["line  scope   period", "   2  centre  day"]
    assert narrow[7:9] == ["", "line  starts_on   sales"]
    assert max(len(line) for line in narrow[1:-1] if not line.startswith("quotas.")) <= 30
    assert rows(path, "SELECT count(*) FROM quotas") == [(0,)]


def test_the_rows_of_calls_are_shown_as_well(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text("id,at,end\n" + "".join(f"c-{n},2026-11-23 10:00:0{n},2026-11-23 10:01:00\n" for n in range(9)))
    (tmp_path / "m.toml").write_text('source = "crm"\n[call]\ncall_id = "id"\nentered_at = "at"\nended_at = "end"\n')
    said = done("import", "table", "calls", file, "--mapping", tmp_path / "m.toml", "--db", path, "--dry-run")
    assert said.splitlines()[1:4] == [
        "line  call_id  direction  entered_at           ended_at             outcome",
        "   2  c-0      inbound    2026-11-23 10:00:00  2026-11-23 10:01:00  unknown",
        "   3  c-1      inbound    2026-11-23 10:00:01  2026-11-23 10:01:00  unknown",
    ]
    assert len(said.splitlines()) == 8
