"""Tables of other programs, taken in by a mapping: the database holds what the file says, counted by other means."""

from __future__ import annotations

import csv
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccmon.database import database_file
from ccmon.errors import CcmonError
from ccmon.sources.table.call_import import import_calls
from ccmon.sources.table.doubled_rows import DoubledRowsError
from ccmon.sources.table.import_report import ImportReport
from ccmon.sources.table.infer_kind import infer_any_mapping
from ccmon.sources.table.mapping import parse, read
from ccmon.sources.table.site_table_import import import_table
from tests.databases import new_database, open_copy, rows

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = round(datetime(2026, 11, 30, 12, tzinfo=ZONE).timestamp() * 1000)
MAPPINGS = Path(__file__).parents[3] / "sample_data" / "mappings"
EXPORTS = Path(__file__).parent / "exports"
SITE = [
    "INSERT INTO teams (id, name) VALUES (1, 'Acquisition'), (2, 'Service')",
    "INSERT INTO agents (id, login, name) VALUES (1, 'eva', 'Eva'), (2, 'omar', 'Omar')",
    "INSERT INTO customers (id, reference) VALUES (1, 'K-1'), (2, 'K-2')",
]


class Site:
    """A database, and files beside it that are taken in."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def written(self, text: str, name: str = "export.csv") -> Path:
        file = self.path.parent / name
        file.write_text(text, encoding="utf-8")
        return file

    def take(self, kind: str, text: str, mapping: str = "", name: str = "export.csv", **options: Any) -> ImportReport:
        rules = parse(tomllib.loads(mapping), "M.toml", kind) if mapping else None
        return import_table(self.path, kind, self.written(text, name), mapping=rules, now=NOW, **options)

    def guessed(self, kind: str, text: str, name: str = "export.csv") -> ImportReport:
        return self.take(kind, text, infer_any_mapping(self.written(text, name), None), name)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return rows(self.path, statement)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = new_database(tmp_path_factory.mktemp("furnished") / "calls.db", time_zone=ZONE.key, currency="EUR")
    connection = database_file.open_writer(path)
    for statement in SITE:
        connection.execute(statement)
    connection.close()
    return path


@pytest.fixture
def site(furnished: Path) -> Iterator[Site]:
    with open_copy(furnished) as (path, _):
        yield Site(path)


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


def awk(program: str, file: Path) -> list[str]:
    """What awk counts in a file."""
    done = subprocess.run(["awk", "-F;", program, str(file)], capture_output=True, text=True, check=True)
    return done.stdout.split()


DUTCH = """Bestelnummer;Besteldatum;Bedrag;Medewerker;Klantnummer;Opmerking
B-1;2026-11-03;99.00;eva;K-1;
B-2;03-11-2026;1.234,50 €;eva;K-2;spoed
B-3;04-11-2026 14:05;€ 12,-;omar;;
B-4;2026-11-05;1.234;omar;K-1;
B-5;13-11-2026;EUR 1.000.000,05;eva;;
B-6;2026-11-06T09:30;0,99;eva;;
B-7;07-11-2026;250;eva;K-1;
"""


def test_dutch_sales_go_in_whole_by_their_guess(site: Site) -> None:
    alone = site.take("sales", DUTCH.replace("Bestelnummer;Besteldatum;Bedrag", "reference;sold_at;amount"))
    assert (alone.added, alone.rejected_count) == (2, 5), "without a mapping"
    assert any("--guess" in note for note in alone.notes)
    report = site.guessed("sales", DUTCH)
    assert (report.added + report.changed + report.same, report.rejected) == (7, [])
    program = r'NR > 1 { gsub(/[^0-9,.]/, "", $3); if ($3 ~ /\.[0-9][0-9]$/) sub(/\./, ","); gsub(/\./, "", $3); '
    program += r'split($3, part, ","); cents += part[1] * 100 + part[2] } END { print cents }'
    assert [str(total) for (total,) in site.rows("SELECT sum(amount_cents) FROM sales")] == awk(
        program, site.path.parent / "export.csv"
    )
    assert site.rows("SELECT reference, sold_at FROM sales WHERE reference IN ('B-2', 'B-3', 'B-6') ORDER BY 1") == [
        ("B-2", at("2026-11-03")), ("B-3", at("2026-11-04T14:05")), ("B-6", at("2026-11-06T09:30")),
    ]  # fmt: skip
    assert site.rows("SELECT login, count(*) FROM sales JOIN agents ON agents.id = agent_id GROUP BY 1") == [
        ("eva", 5),
        ("omar", 2),
    ]


def test_german_marks_are_turned_round(site: Site) -> None:
    head = "Umfrage-Nr;Anruf-ID;Agent;Beantwortet am;Note;Bemerkung\n"
    marks = [1, 6, 3, 2, 2, 1, 4, 5, 1, 6]
    text = head + "".join(
        f"U{number};;eva;{number + 5:02}.11.2026 14:0{number};{mark};gut\n" for number, mark in enumerate(marks)
    )
    report = site.guessed("surveys", text)
    assert (report.added, report.rejected) == (10, [])
    file = site.path.parent / "export.csv"
    assert [str(score) for (score,) in site.rows("SELECT sum(score) FROM surveys")] == awk(
        "NR > 1 { total += 7 - $5 } END { print total }", file
    )
    assert site.rows("SELECT DISTINCT scale FROM surveys") == [(6,)]
    assert site.rows("SELECT score FROM surveys WHERE reference = 'U0'") == [(6,)], "1 is the best mark"
    assert site.rows("SELECT answered_at FROM surveys WHERE reference = 'U9'") == [(at("2026-11-14T14:09"),)]
    outside = site.take("surveys", head + "V;;eva;06.11.2026;7;\nW;;eva;06.11.2026;0;\n", mapping_of_marks())
    assert [row.reason for row in outside.rejected] == [
        f"score (Note) is '{mark}', and must be a whole number from 1 to 6" for mark in (7, 0)
    ]


def mapping_of_marks() -> str:
    return (
        '[file]\ndate = "%d.%m.%Y"\n[columns]\nreference = "Umfrage-Nr"\nanswered_at = "Beantwortet am"\n'
        'score = { column = "Note", best = 1, worst = 6 }\n'
    )


def test_french_quotas(site: Site) -> None:
    text = (
        "Équipe;Mois;Ventes;Chiffre d'affaires;Taux de conversion\n"
        "Acquisition;01/10/2026;1 200;12 345,50 €;15,5 %\nService;01/10/2026;80;8\u202f000,25 €;12 %\n"
        "Acquisition;15/11/2026;-;1 000 €;85 %\n"
    )
    report = site.guessed("quotas", text)
    assert (report.added, report.rejected) == (3, [])
    with (site.path.parent / "export.csv").open(encoding="utf-8", newline="") as file:
        body = list(csv.reader(file, delimiter=";"))[1:]
    plain = [[cell.translate(dict.fromkeys(map(ord, " \u202f€%"))).replace(",", ".") for cell in row] for row in body]
    assert site.rows("SELECT sum(sales), sum(revenue_cents), round(sum(conversion), 6) FROM quotas") == [
        (
            sum(int(row[2]) for row in plain if row[2] != "-"),
            sum(Decimal(row[3]) * 100 for row in plain),
            float(sum(Decimal(row[4]) / 100 for row in plain)),
        )
    ]
    assert site.rows("SELECT DISTINCT scope, period FROM quotas") == [("team", "month")]
    assert site.rows("SELECT starts_on FROM quotas WHERE sales IS NULL") == [("2026-11-15",)]


def test_spanish_shifts_of_which_one_ends_after_midnight(site: Site) -> None:
    body = [
        ("eva", date(2026, 11, 3), 510, 510),
        ("omar", date(2026, 11, 13), 1320, 480),
        ("eva", date(2026, 11, 14), 720, 30),
    ]
    text = "Agente,Fecha,Hora de inicio,Hora de fin,Actividad\n" + "".join(
        f"{agent},{day:%d/%m/%Y},{clock(start)},{clock(start + length)},{'descanso' if length < 60 else 'trabajo'}\n"
        for agent, day, start, length in body
    )
    report = site.guessed("shifts", text)
    assert (report.added, report.rejected) == (3, [])
    found = site.rows(
        "SELECT login, starts_at, ends_at - starts_at, activity FROM shifts JOIN agents ON agents.id = agent_id"
    )
    assert sorted(found) == sorted(
        (agent, at(f"{day}T{clock(start)}"), length * 60_000, "break" if length < 60 else "work")
        for agent, day, start, length in body
    )


def clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


ORDERS = (
    '[file]\ndate = "%d-%m-%Y"\ndecimal = ","\n[columns]\nsold_at = "Datum"\namount = "Bedrag"\ncustomer = "Klant"\n'
)
MADE = ORDERS + 'reference = { made_of = ["Datum", "Klant", "Bedrag"] }\n'
BY_ROW = ORDERS + "reference = { row = true }\n"


def test_rows_without_a_number_are_known_by_their_content(site: Site) -> None:
    same = "Datum;Klant;Bedrag\n01-11-2026;K-1;5,00\n01-11-2026;K-1;5,00\n01-11-2026;K-2;5,00\n"
    report = site.take("sales", same, MADE)
    assert (report.added, report.rejected) == (3, []), "equal rows are two sales"
    assert "1 row like an earlier one" in report.notes[0]
    grown = same + "02-11-2026;K-1;5,00\n01-11-2026;K-1;5,00\n"
    again = site.take("sales", grown, MADE, "elsewhere.csv")
    assert (again.added, again.same) == (2, 3)
    header, *body = grown.splitlines()
    turned = site.take("sales", "\n".join([header, *reversed(body)]), MADE)
    assert (turned.added, turned.same) == (0, 5), "the order of the rows does not matter"
    named = site.rows("SELECT reference FROM sales ORDER BY length(reference), reference")
    assert [len(reference.partition("-")[0]) for (reference,) in named] == [16] * 5
    assert {reference.partition("-")[2] for (reference,) in named} == {"", "2", "3"}
    with_source = site.take("sales", same, 'source = "shop"\n' + MADE)
    assert with_source.added == 3
    assert site.rows("SELECT count(*) FROM sales WHERE reference LIKE 'shop:%'") == [(3,)]


def test_rows_that_would_count_twice_change_nothing(site: Site) -> None:
    text = "Datum;Klant;Bedrag\n" + "".join(f"{day:02}-11-2026;K-1;{day},50\n" for day in range(1, 21))
    assert site.take("sales", text, BY_ROW).added == 20
    assert site.take("sales", text, BY_ROW).same == 20
    with pytest.raises(DoubledRowsError, match="already under another reference, which was made up"):
        site.take("sales", text, BY_ROW, "renamed.csv")
    with pytest.raises(DoubledRowsError):
        site.take("sales", text, MADE)
    assert site.rows("SELECT count(*) FROM sales") == [(20,)]
    tried = site.take("sales", text, MADE, dry_run=True)
    assert tried.added == 20
    assert any("would count twice" in note for note in tried.notes)
    assert site.take("sales", text, MADE, may_double=True).added == 20


@pytest.mark.parametrize("before", [MADE, BY_ROW, 'source = "shop"\n' + MADE])
def test_rows_that_get_a_number_of_their_own_would_count_twice(site: Site, before: str) -> None:
    def text(head: str, first: int) -> str:
        return head + "".join(f"{day:02}-11-2026;K-1;{day},50;B-{first + day}\n" for day in range(1, 21))

    head = "Datum;Klant;Bedrag;Nr\n"
    assert site.take("sales", text(head, 0), before).added == 20
    numbered = ORDERS + 'reference = "Nr"\n'
    with pytest.raises(DoubledRowsError):
        site.take("sales", text(head, 0), numbered)
    assert site.take("sales", text(head, 0), numbered, may_double=True).added == 20
    others = text(head, 100).replace("-11-2026", "-10-2026")
    assert site.take("sales", others, numbered).added == 20
    assert site.take("sales", text(head, 300).replace("-11-2026", "-10-2026"), numbered).added == 20, (
        "sales with numbers of their own may be alike"
    )


def test_rows_that_are_merely_new_are_not_asked_about(site: Site) -> None:
    def text(month: int, rows: int = 20) -> str:
        return "Datum;Klant;Bedrag\n" + "".join(f"{day + 1:02}-{month}-2026;K-1;5,50\n" for day in range(rows))

    assert site.take("sales", text(10), MADE).added == 20
    assert site.take("sales", text(11), MADE).added == 20
    few = "".join(f"{day:02}-11-2026;K-1;5,50\n" for day in range(1, 10))
    assert site.take("sales", "Datum;Klant;Bedrag\n" + few, BY_ROW).added == 9, "nine rows may be alike by chance"


SOLD, CANCELLED = "amount = 1\nsold_at = ", "amount = 1\ncancelled_at = "
RULES: list[tuple[str, str, str, Any]] = [
    ('amount = ["a", "b"]', "a;b\n;2.50\n", "amount_cents", 250),
    ('amount = { column = "a", decimal = "," }', "a\n1.250\n", "amount_cents", 125000),
    ('amount = { column = "a", decimal = "." }', "a\n1.250\n", "amount_cents", 125),
    ('amount = { column = "a", decimal = "." }', "a\n1.255\n", "",
     "amount (a) is '1.255', and has more than 2 decimals"),
    ('amount = { column = "a", pattern = "=(.*)" }', "a\nx=7\n", "amount_cents", 700),
    ('amount = { value = "49.90" }', "a\nx\n", "amount_cents", 4990),
    ("amount = { value = 12 }", "a\nx\n", "amount_cents", 1200),
    ('amount = 1\nagent = { columns = ["b", "c"], join = "" }', "1;b;c\n1;ev;a\n", "agent_id", 1),
    ('amount = 1\nagent = { column = "b", words = { Evi = "eva" } }', "1;b\n1;evi\n", "agent_id", 1),
    ('amount = 1\nagent = { column = "b", otherwise = "omar" }', "1;b\n1;anyone\n", "agent_id", 2),
    ('amount = 1\nagent = { column = "b", nothing = ["-"] }', "1;b\n1;-\n", "agent_id", None),
    ("amount = 1\nagent = false", "1\n1\n", "agent_id", None),
    (SOLD + "{ value = 2026-11-23 }", "1\n1\n", "sold_at", at("2026-11-23")),
    (SOLD + '{ column = "d", format = "epoch" }', "1;d\n1;1795440600\n", "sold_at", 1_795_440_600_000),
    (SOLD + '{ column = "d", format = "epoch_ms" }', "1;d\n1;1795440600500\n", "sold_at", 1_795_440_600_500),
    (SOLD + '{ column = "d", format = "%d %B %Y" }', "1;d\n1;3 März 2026\n", "sold_at", at("2026-03-03")),
    (SOLD + '{ column = "d", format = "%d %b. %Y" }', "1;d\n1;3 févr. 2026\n", "sold_at", at("2026-02-03")),
    (SOLD + '{ column = "d", format = "%d/%m/%Y" }', "1;d\n1;2026-03-04T10:00:00\n", "sold_at", at("2026-03-04T10:00")),
    (SOLD + '{ column = "d", format = "%d/%m/%Y" }', "1;d\n1;4/3/2026 10h05\n", "sold_at", at("2026-03-04T10:05")),
    (SOLD + '{ date = "d", time = "t" }', "1;d;t\n1;2026-03-04;9.05\n", "sold_at", at("2026-03-04T09:05")),
    (SOLD + '{ date = "d", time = "t" }', "1;d;t\n1;2026-03-04;\n", "sold_at", at("2026-03-04")),
    (SOLD + '{ date = "d", time = "t" }', "1;d;t\n1;2026-03-04;25:00\n", "",
     "sold_at (d, t) is '25:00', and must be a time such as 14:30"),
    (CANCELLED + '{ after = "sold_at", column = "n", unit = "h" }', "1;n\n1;36\n", "cancelled_at",
     at("2026-11-24T22:00")),
    (CANCELLED + '{ after = "sold_at", value = "0:30" }', "1\n1\n", "cancelled_at", at("2026-11-23T10:00:30")),
    (CANCELLED + '{ after = "sold_at", column = "n" }', "1;n\n1;soon\n", "",
     "cancelled_at (n) is 'soon', and must be a length of time"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "text", "field", "expected"), RULES, ids=[f"{each[0]} {each[1]!r}" for each in RULES]
)
def test_each_rule(site: Site, rules: str, text: str, field: str, expected: Any) -> None:
    sold = "" if "sold_at =" in rules else 'sold_at = { value = "2026-11-23T10:00" }\n'
    mapping = f'[columns]\nreference = {{ value = "S" }}\n{sold}{rules}\n'.replace("amount = 1", 'amount = "1"')
    report = site.take("sales", text, mapping)
    if not field:
        assert str(expected) in report.rejected[0].reason
    else:
        assert report.rejected == []
        assert site.rows(f"SELECT {field} FROM sales") == [(expected,)]


def test_shares_lengths_and_days_by_their_units(site: Site) -> None:
    text = "wie;ab;quote;schwelle\nLinie 1;01.12.2026;80;20\nLinie 2;01.12.2026;82,5 %;0:30\n"
    mapping = (
        '[columns]\nname = "wie"\nservice_level_target = { column = "quote", unit = "%" }\n'
        'service_level_threshold = { column = "schwelle", unit = "s" }\nwrap_up_limit = { value = "2 min" }\n'
    )
    assert site.take("queues", text, mapping).rejected == []
    found = site.rows("SELECT name, service_level_target, service_level_threshold_ms, wrap_up_limit_ms FROM queues")
    assert found == [("Linie 1", 0.8, 20_000, 120_000), ("Linie 2", 0.825, 30_000, 120_000)]
    dated = '[file]\ndate = "%d.%m.%Y"\n[columns]\nname = "wie"\nstarts_on = "ab"\n'
    assert site.take("campaigns", text, dated).rejected == []
    assert site.rows("SELECT DISTINCT starts_on FROM campaigns") == [("2026-12-01",)]


def test_rows_that_are_left_out_and_rows_with_other_rules(site: Site) -> None:
    text = "Nr;Datum;Status\n1;2026-11-01;ok\n2;2026-11-02;test\n3;2026-11-03;retour\n4;2026-11-04;open\n"
    mapping = (
        '[only]\nStatus = ["ok", "test", "retour"]\n[columns]\nreference = "Nr"\nsold_at = "Datum"\n'
        'amount = { value = 1 }\n[[except]]\nwhen = { Status = "test" }\nskip = true\n'
        '[[except]]\nwhen = { Status = "retour" }\ncancelled_at = "Datum"\n'
    )
    report = site.take("sales", text, mapping)
    assert (report.added, report.left_out, report.rejected) == (2, 2, [])
    assert site.rows("SELECT reference, cancelled_at IS NULL FROM sales ORDER BY 1") == [("1", 1), ("3", 0)]


def test_a_file_without_heads(site: Site) -> None:
    mapping = "[file]\nheader = false\n[columns]\nreference = 1\nsold_at = 2\namount = 3\n"
    assert site.take("sales", "a;2026-11-01;1.50\nb;2026-11-02;2.50\n", mapping).added == 2


def test_clock_times_are_those_of_the_mapping_and_days_those_of_the_site(site: Site) -> None:
    mapping = '[file]\ntime_zone = "UTC"\n[columns]\nreference = "n"\nsold_at = "d"\namount = { value = 1 }\n'
    site.take("sales", "n,d\na,2026-11-01 10:00\nb,2026-11-01\n", mapping)
    assert site.rows("SELECT sold_at FROM sales ORDER BY reference") == [(at("2026-11-01T11:00"),), (at("2026-11-01"),)]


WRONG: list[tuple[str, str, str]] = [
    ("sales", '[columns]\nreference = "Nr"\nsold_on = "Datum"\n', "'sold_on' in .columns. .*did you mean sold_at"),
    ("sales", '[columns]\nreference = "Nmr"\nsold_at = "Datum"\n', "names the column 'Nmr'; .*did you mean 'Nr'"),
    ("sales", '[columns]\nreference = "Nr"\n', "no rule for the column 'sold_at' of sales"),
    ("sales", '[call]\nentered_at = "Datum"\n', "has .call., so it is for calls, and not for sales"),
    ("sales", 'kind = "surveys"\n[columns]\nscore = "Nr"\n', "is for surveys, and the table is said to be of sales"),
    ("sales", 'kind = "sale"\n[columns]\nscore = "Nr"\n', "'sale' .* is not a kind of table; did you mean sales"),
    ("sales", "", "lacks .columns."),
    ("sales", '[file]\ndecimal = ";"\n[columns]\nreference = "Nr"\n', "decimal in .file. .* must be ',' or '.'"),
    ("sales", '[file]\ntolerance = "1:00"\n[columns]\nreference = "Nr"\n', "'tolerance' in .file."),
    ("sales", '[columns]\nsold_at = { column = "Datum", format = "%Q" }\n', "'%Q' means nothing"),
    ("sales", '[columns]\ncancelled_at = { after = "reference", value = 1 }\n', "after of .* must be one of: sold_at"),
    (
        "sales",
        '[columns]\nsold_at = { after = "cancelled_at", value = 1 }\n',
        "hangs on cancelled_at",
    ),
    ("sales", "[columns]\namount = { row = true }\n", "'row' in amount"),
    ("sales", '[columns]\nreference = { made_of = "Nr" }\n', "made_of of .* must be a list of columns' names"),
    ("surveys", '[columns]\nscore = { column = "Nr", best = 1 }\n', "needs both best and worst"),
    ("surveys", '[columns]\nscore = { column = "Nr", best = 1, worst = 1 }\n', "needs both best and worst"),
    ("quotas", '[columns]\nperiod = { value = "weekly" }\n', "'weekly' in period .* there can be: day, month, week"),
    ("queues", '[columns]\nservice_level_target = { column = "Nr", unit = "s" }\n', "unit of .* must be %"),
    ("sales", '[file]\nhead_line = 0\n[columns]\nreference = "Nr"\n', "head_line in .* must be the number of a line"),
]


@pytest.mark.parametrize(("kind", "mapping", "sentence"), WRONG, ids=[each[2] for each in WRONG])
def test_a_mapping_that_means_nothing_says_so(site: Site, kind: str, mapping: str, sentence: str) -> None:
    with pytest.raises(CcmonError, match=sentence):
        site.take(kind, "Nr;Datum\n1;2026-11-01\n", mapping or 'source = "x"\n')


@pytest.mark.parametrize(("rows", "stops"), [(99, False), (100, False), (101, True), (300, True)])
def test_a_format_that_fits_no_row_stops_the_import(site: Site, rows: int, stops: bool) -> None:
    text = "Nr;Datum\n" + "".join(f"{row};03/11/2026\n" for row in range(rows))
    mapping = '[file]\ndate = "%d-%m-%Y"\n[columns]\nreference = "Nr"\nsold_at = "Datum"\namount = { value = 1 }\n'
    if not stops:
        assert site.take("sales", text, mapping).rejected_count == rows
        return
    with pytest.raises(CcmonError, match="of the first 100 rows none is written as %d-%m-%Y, such as '03/11/2026'"):
        site.take("sales", text, mapping)
    one_fits = text.replace("7;03/11/2026", "7;03-11-2026", 1)
    assert site.take("sales", one_fits, mapping).added == 1


def test_a_format_of_a_column_that_is_seldom_filled_stops_nothing(site: Site) -> None:
    text = "Nr;Datum;Weg\n" + "".join(f"{row};03-11-2026;{'?' if row == 7 else ''}\n" for row in range(150))
    cancelled = 'cancelled_at = { column = "Weg", format = "%d.%m.%Y" }\n'
    columns = '[columns]\nreference = "Nr"\nsold_at = "Datum"\namount = { value = 1 }\n'
    report = site.take("sales", text, '[file]\ndate = "%d-%m-%Y"\n' + columns + cancelled)
    assert (report.added, report.rejected_count) == (149, 1)


def test_a_format_that_fits_no_call_stops_the_import(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    file = tmp_path / "calls.csv"
    file.write_text("t\n" + "11/23/2026 10:00\n" * 100, encoding="utf-8")
    rules = parse({"source": "x", "call": {"entered_at": {"column": "t", "format": "%d/%m/%Y %H:%M"}}}, "M.toml")
    with pytest.raises(CcmonError, match="none is written as %d/%m/%Y %H:%M, such as '11/23/2026 10:00'"):
        import_calls(path, file, rules)
    assert rows(path, "SELECT count(*) FROM calls") == [(0,)]


def test_calls_that_are_known_by_their_content(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    file = tmp_path / "calls.csv"
    head, first, other = "t,n\n", "2026-11-23 10:00,0612\n", "2026-11-23 10:01,0612\n"
    rules = parse({"source": "x", "call": {"entered_at": "t", "call_id": {"made_of": ["t", "n"]}}}, "M.toml")
    file.write_text(head + first + first + other, "utf-8")
    assert import_calls(path, file, rules).added == 3
    grown = tmp_path / "grown.csv"
    grown.write_text(head + other + first + first + "2026-11-23 10:02,0612\n", "utf-8")
    report = import_calls(path, grown, rules)
    assert (report.added, report.same) == (1, 3)
    assert rows(path, "SELECT count(DISTINCT call_id), count(*) FROM calls") == [(3, 4)], "equal rows are two visits"


def test_marks_of_calls_are_turned_round_as_well(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    file = tmp_path / "calls.csv"
    file.write_text("t,m\n2026-11-23 10:00,1\n2026-11-23 10:01,6\n2026-11-23 10:02,\n2026-11-23 10:03,9\n", "utf-8")
    score = {"column": "m", "best": 1, "worst": 6}
    report = import_calls(path, file, parse({"source": "x", "columns": {"entered_at": "t", "score": score}}, "M"))
    assert [row.line for row in report.rejected] == [5]
    assert rows(path, "SELECT score, scale FROM surveys ORDER BY score") == [(1, 6), (6, 6)]


@pytest.mark.parametrize(
    ("kind", "amount", "reason"),
    [
        ("sales", "$5.00", "amount is '$5.00', in $, and not in EUR: amounts in two currencies have no sum"),
        ("sales", "5 GBP", "amount is '5 GBP', in GBP, and not in EUR: amounts in two currencies have no sum"),
        ("sales", "5 apples", "amount is '5 apples', and must be an amount such as 1234.50"),
        ("sales", "- €5", "amount is '- €5', and no sale is below 0"),
        ("sales", "€ -", "amount is missing"),
    ],
)
def test_amounts_that_are_not_taken(site: Site, kind: str, amount: str, reason: str) -> None:
    report = site.take(kind, f"reference;sold_at;amount\nS;2026-11-23;{amount}\n")
    assert reason in report.rejected[0].reason


def test_the_sign_of_the_first_amount_sets_the_currency_of_a_new_site(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    place = Site(path)
    report = place.take("sales", "reference;sold_at;amount\nA;2026-11-23;5,00 €\nB;2026-11-23;£5\nC;2026-11-23;7\n")
    assert (report.added, [row.line for row in report.rejected]) == (2, [3])
    assert place.rows("SELECT currency FROM site") == [("EUR",)]
    other = Site(new_database(tmp_path / "other.db", time_zone="UTC"))
    unclear = other.take("sales", "reference;sold_at;amount\nA;2026-11-23;$5\n")
    assert "it is not known what this site counts in: ccmon config set site.currency USD" in unclear.rejected[0].reason


@pytest.mark.parametrize(
    ("name", "left_out", "total", "cancelled"),
    [("shopify-orders", 3, "349.85", 1), ("woocommerce-orders", 1, "123.45", 0)],
)
def test_known_exports_go_in(site: Site, name: str, left_out: int, total: str, cancelled: int) -> None:
    report = import_table(site.path, "sales", EXPORTS / f"{name}.csv", mapping=read(MAPPINGS / f"{name}.toml"), now=NOW)
    assert (report.left_out, report.rejected) == (left_out, [])
    assert site.rows("SELECT sum(amount_cents) / 100.0, count(cancelled_at) FROM sales") == [(float(total), cancelled)]


def test_many_rows_are_counted_as_awk_counts_them(site: Site) -> None:
    """A month of orders in which each hundredth stands twice, and is one sale."""
    days = [date(2026, 10, 1) + timedelta(days=number % 31) for number in range(3_000)]
    lines = [
        f"B-{number};{day:%d-%m-%Y};{number % 2_000:,}".replace(",", ".") + f",{number % 100:02} €"
        for number, day in enumerate(days)
    ]
    lines += lines[::100]
    report = site.guessed("sales", "Bestelnummer;Besteldatum;Bedrag\n" + "\n".join(lines) + "\n")
    assert (report.added, report.same, report.rejected_count) == (3_000, 30, 0)
    program = (
        r'NR > 1 && !seen[$1]++ { gsub(/[ €.]/, "", $3); sub(/,/, "", $3); total += $3 } END { printf "%d", total }'
    )
    assert [str(total) for (total,) in site.rows("SELECT sum(amount_cents) FROM sales")] == awk(
        program, site.path.parent / "export.csv"
    )
