"""Mappings guessed for tables of any kind: the heads of five languages, the forms of cells, and what is unsure."""

from __future__ import annotations

import csv
import tomllib
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccmon.database import exports
from ccmon.database.export_columns import TOTALS, totals
from ccmon.database.exports import Asked, open_export
from ccmon.database.table_specs import KINDS
from ccmon.errors import CcmonError, UsageError
from ccmon.report.csv_export import write_csv
from ccmon.sources.queue_log.import_files import import_logs
from ccmon.sources.table import draft_columns, heads, kind_fit
from ccmon.sources.table.infer_kind import infer_any_mapping
from ccmon.sources.table.mapping import parse
from ccmon.sources.table.row import Row
from ccmon.sources.table.row_parser import RowParser
from ccmon.sources.table.sample_column import SampleColumn
from ccmon.sources.table.sample_file import read_sample
from ccmon.sources.table.site_table_import import import_table
from tests.databases import new_database, rows
from tests.goldens.moments import database_of
from tests.public_data import FOLDERS

TEMPLATES = Path(__file__).parents[3] / "sample_data" / "templates"
LANGUAGES = ("en", "nl", "de", "fr", "es")
TABLE = tomllib.loads(Path(heads.__file__).with_name("heads.toml").read_text(encoding="utf-8"))
ASK = {("clients", language) for language in LANGUAGES}
"""Tables whose only heads are those of several kinds: a name."""


def usual(kind: str, column: str, language: str, place: int) -> str:
    said: list[str] = (TABLE[kind].get(column) or TABLE["shared"][column])[language]
    return said[min(place, len(said) - 1)]


def template(kind: str) -> list[list[str]]:
    with (TEMPLATES / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def written(directory: Path, table: list[list[str]], name: str = "export.csv") -> Path:
    file = directory / name
    with file.open("w", encoding="utf-8", newline="") as content:
        csv.writer(content).writerows(table)
    return file


def guessed(file: Path, kind: str | None = None) -> dict[str, Any]:
    return tomllib.loads(infer_any_mapping(file, kind))


def text(directory: Path, content: str, kind: str | None = None, name: str = "export.csv") -> str:
    file = directory / name
    file.write_text(content, encoding="utf-8")
    return infer_any_mapping(file, kind)


def line(mapping: str, start: str) -> str:
    return next(each for each in mapping.splitlines() if each.startswith(start))


AS_THEY_COME = [
    ("Auftrags-Nr.;Datum;Kunden-Nr.;Umsatz netto;Verkäufer;Storniert am\n4711;3. November 2026;1;1,50;Max;\n",
     "sales", "reference sold_at customer amount agent cancelled_at"),
    ("Row ID;Order ID;Order Date;Customer ID;Region;Sales\n1;CA-1;11/8/2016;CG-1;South;261.96\n",
     "sales", "- reference sold_at customer - amount"),
    ("OrderId;CreatedAt;GrandTotal;CurrencyCode;SalesRep\n1;2026-11-03T10:00:00Z;12.50;EUR;eva\n",
     "sales", "reference sold_at amount currency agent"),
    ("Fecha pedido;Cliente;Total (€);Comercial\n03/11/2026;K-1;1.234,50;eva\n",
     "sales", "sold_at customer amount agent"),
    ("Klantnummer;Naam;Telefoonnummer;Terugbellen op;Medewerker;Opmerking;Status\nK;N;06;03-11-2026 14:00;eva;x;open\n",
     "follow-ups", "customer - - due_at agent note outcome"),
    ("Naam medewerker;Datum;Starttijd;Eindtijd;Pauze\nEva;03-11-2026;08:30;17:00;0:30\n",
     "shifts", "agent - starts_at ends_at -"),
    ("Mitarbeiter;Schichtbeginn;Schichtende\neva;03.11.2026 08:00;03.11.2026 16:30\n",
     "shifts", "agent starts_at ends_at"),
    ("Klantnr;Bedrijfsnaam;Tel.;Plaats\n1001;Bakker BV;020-1234567;A\n", "customers", "reference name phone -"),
    ("Personeelsnummer;Naam;Team;Uurloon;In dienst\n1;Eva;Blauw;€ 21,50;ja\n",
     "agents", "login name team hourly_cost active"),
    ("Datum;Medewerker;Rapportcijfer;Toelichting\n03-11-2026;eva;8;x\n", "surveys", "answered_at agent score comment"),
    ("Date;Jour férié\n25/12/2026;Noël\n", "holidays", "day name"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "kind", "columns"), AS_THEY_COME, ids=[each[0].split("\n")[0] for each in AS_THEY_COME]
)
def test_tables_as_they_come(tmp_path: Path, content: str, kind: str, columns: str) -> None:
    mapping = tomllib.loads(text(tmp_path, content))
    assert mapping["kind"] == kind
    found = {
        name: rule for name, rule in mapping["columns"].items() if name not in {"reference", "scale"} or rule != {}
    }
    by_head = {
        rule if isinstance(rule, str) else rule.get("column", rule.get("time")): name for name, rule in found.items()
    }
    assert [by_head.get(head, "-") for head in content.split("\n", maxsplit=1)[0].split(";")] == columns.split()


def test_every_column_has_heads_in_every_language() -> None:
    for kind, spec in KINDS.items():
        assert TABLE["kinds"][kind]
        for column in spec.columns:
            if column.name != "amount_cents":
                said = TABLE[kind].get(column.name) or TABLE["shared"][column.name]
                assert all(said[language] for language in LANGUAGES), f"{kind}: {column.name}"
        assert TABLE[kind].keys() <= {column.name for column in spec.columns}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_usual_heads_of_each_kind_tell_it_and_its_columns(tmp_path: Path, kind: str, language: str) -> None:
    own, *body = template(kind)
    names = [usual(kind, column, language, 0) for column in own]
    written(tmp_path, [names, *body])
    if (kind, language) in ASK:
        with pytest.raises(UsageError, match="name the kind"):
            guessed(tmp_path / "export.csv")
    mapping = guessed(tmp_path / "export.csv", kind if (kind, language) in ASK else None)
    assert mapping["kind"] == kind
    columns = {name: rule if isinstance(rule, str) else rule["column"] for name, rule in mapping["columns"].items()}
    assert columns == dict(zip(own, names, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_otherwise_says_the_same(tmp_path: Path, kind: str) -> None:
    """Accents, case, spaces and punctuation of heads do not count."""
    own, *body = template(kind)
    names = [usual(kind, column, "fr", 0).upper().replace("É", "E").replace(" ", "_") + ":" for column in own]
    columns = guessed(written(tmp_path, [names, *body]), kind)["columns"]
    assert {name: rule if isinstance(rule, str) else rule["column"] for name, rule in columns.items()} == dict(
        zip(own, names, strict=True)
    )


def test_templates_go_in_by_their_guess_as_without_one(tmp_path: Path) -> None:
    paths = [new_database(tmp_path / name, time_zone="Europe/Amsterdam", currency="EUR") for name in ("a.db", "b.db")]
    for path in paths:
        import_logs(path, [str(TEMPLATES.parent / "queue_log")], source="queue-log")
    for kind in KINDS:
        file = TEMPLATES / f"{kind}.csv"
        mapping = infer_any_mapping(file, None)
        refused = [said for said in mapping.splitlines() if said.startswith("# UNSURE")]
        assert refused == []
        import_table(paths[0], kind, file)
        report = import_table(paths[1], kind, file, mapping=parse(tomllib.loads(mapping), "M.toml"))
        assert report.rejected == []
        table = kind.replace("-", "_")
        fields = ", ".join(field for field in KINDS[kind].fields if field not in {"id", "created_at", "promised_at"})
        assert rows(paths[0], f"SELECT {fields} FROM {table}") == rows(paths[1], f"SELECT {fields} FROM {table}")


@pytest.mark.parametrize(
    ("days", "head", "form", "doubt"),
    [
        ("03-11-2026 04-11-2026", "Besteldatum", "%d-%m-%Y", "or %m-%d-%Y: no day is after the 12th"),
        ("03-11-2026 14-11-2026", "Besteldatum", "%d-%m-%Y", ""),
        ("11/03/2026 11/14/2026", "Order date", "%m/%d/%Y", ""),
        ("3.11.26 4.11.26 15.11.26", "Bestelldatum", "%d.%m.%y", ""),
        ("20261103 20261114", "Order date", "%Y%m%d", ""),
        ("2026-11-03 03-11-2026 13-11-2026", "Besteldatum", "%d-%m-%Y", ""),
        ("2026-11-03 2026-11-04", "Besteldatum", None, ""),
    ],
)
def test_dates(tmp_path: Path, days: str, head: str, form: str | None, doubt: str) -> None:
    body = "".join(f"B-{number};{day};5\n" for number, day in enumerate(days.split()))
    mapping = text(tmp_path, f"Order;{head};Amount\n{body}", "sales")
    assert tomllib.loads(mapping)["file"].get("date") == form
    if form is not None:
        assert line(mapping, "date = ").partition("# UNSURE: ")[2] == doubt


def test_american_amounts_put_the_month_first(tmp_path: Path) -> None:
    dated = "Order number,Order date,Total\n1,11/03/2026,{}5.00\n2,11/04/2026,{}6.00\n"
    assert line(text(tmp_path, dated.format("$", "$")), "date").startswith('date = "%m/%d/%Y"   # UNSURE: or %d/%m/%Y')
    assert line(text(tmp_path, dated.format("", "")), "date").startswith('date = "%d/%m/%Y"   # UNSURE: or %m/%d/%Y')


@pytest.mark.parametrize("form", [*draft_columns.DAY_FIRST, *draft_columns.MONTH_FIRST, *draft_columns._OTHER_DATES])
@pytest.mark.parametrize("time", ["", " %H:%M", " %H:%M:%S", " %I:%M %p", "T%H:%M"])
def test_each_form_of_a_date_is_recognized(form: str, time: str) -> None:
    moments = [
        datetime(2026, month, day, 13, 7, tzinfo=UTC) for month, day in ((1, 9), (3, 14), (5, 21), (8, 28), (12, 30))
    ]
    cells = tuple(moment.strftime(form + time) for moment in moments)
    assert form in draft_columns.DatedCells(SampleColumn("d", cells, cells)).forms


@pytest.mark.parametrize(
    ("amounts", "head", "decimal", "unsure"),
    [
        ("1.234,50 99,95", "Bedrag", ",", False),
        ("1,234.50 99.95", "Amount", None, False),
        ("1.234 1.000", "Bedrag", ",", True),
        ("1,234 1,000", "Amount", ".", True),
        ("1,234.50 1,000", "Amount", ".", False),
        ("5 6", "Bedrag", None, False),
        ("5,50 6.50 7,50", "Bedrag", ",", True),
    ],
)
def test_the_decimal_sign(tmp_path: Path, amounts: str, head: str, decimal: str | None, unsure: bool) -> None:
    date = "Besteldatum" if head == "Bedrag" else "Order date"
    body = "".join(f"B-{number};2026-11-03;{amount}\n" for number, amount in enumerate(amounts.split()))
    mapping = text(tmp_path, f"Ordernummer;{date};{head}\n{body}", "sales")
    assert tomllib.loads(mapping)["file"].get("decimal") == decimal
    assert ("UNSURE: " in mapping) is unsure


@pytest.mark.parametrize(
    ("heads_and_cells", "lines"),
    [
        ("Score;4;5;3", ['score = "Score"', "scale = { value = 5 }   # UNSURE: top of it; 5 is the highest seen"]),
        ("Cijfer;4;9;3", ['score = "Cijfer"', "scale = { value = 10 }   # UNSURE: top of it; 9 is the highest seen"]),
        ("Rating;70;95", ['score = "Rating"', "scale = { value = 100 }   # UNSURE: top of it; 95 is the highest seen"]),
        ("NPS score;7;9", ['question = { value = "recommend" }', "scale = { value = 10 }"]),
    ],
)
def test_the_scale_of_answers(tmp_path: Path, heads_and_cells: str, lines: list[str]) -> None:
    head, *cells = heads_and_cells.split(";")
    body = "".join(f"U-{number};2026-11-03;{cell}\n" for number, cell in enumerate(cells))
    name = "nps.csv" if "NPS" in head else "export.csv"
    mapping = text(tmp_path, f"Survey ID;Answered at;{head}\n{body}", "surveys", name)
    assert set(lines) <= set(mapping.splitlines())


def test_scores_that_are_words(tmp_path: Path) -> None:
    mapping = text(tmp_path, "Survey ID;Answered at;Score\n1;2026-11-03;good\n2;2026-11-03;bad\n", "surveys")
    doubt = 'what numbers its words mean: words = { "bad" = …, "good" = … }'
    assert line(mapping, "score") == f'score = "Score"   # UNSURE: {doubt}'
    assert "no number is seen" in line(mapping, "scale")
    resolved = text(tmp_path, "Survey ID;Answered at;Score\n1;2026-11-03;ja\n2;2026-11-03;nee\n", "surveys", "fcr.csv")
    assert tomllib.loads(resolved)["columns"] == {
        "reference": "Survey ID",
        "question": {"value": "resolved"},
        "answered_at": "Answered at",
        "score": {"column": "Score", "words": {"ja": 1, "nee": 0}},
        "scale": {"value": 1},
    }


def test_words_are_translated_and_unknown_ones_are_unsure(tmp_path: Path) -> None:
    hours = "Wochentag;Öffnungszeiten\nMontag;09:00-17:00\nDi;09:00-17:00\nFeiertag;closed\n"
    mapping = text(tmp_path, hours)
    weekday = 'weekday = { column = "Wochentag", words = { "Montag" = "monday", "Di" = "tuesday" } }'
    assert line(mapping, "weekday") == f'{weekday}   # UNSURE: what "Feiertag" means'
    assert line(mapping, "# UNSURE: refused: line 4: weekday (Wochentag) is 'Feiertag'")
    agents = "Inlognaam;Naam;Actief\neva;Eva;ja\nomar;Omar;X\n"
    assert (
        line(text(tmp_path, agents), "active")
        == 'active = { column = "Actief", words = { "ja" = "yes", "X" = "yes" } }'
    )
    assert line(text(tmp_path, agents.replace(";X", ";nee")), "active") == 'active = "Actief"'


def test_what_no_column_says_is_fixed_and_unsure(tmp_path: Path) -> None:
    mapping = text(tmp_path, "Medewerker;Maand;Verkoopdoel per week\neva;2026-11;5\nomar;2026-12;6\n", "quotas")
    assert line(mapping, "scope") == 'scope = { value = "agent" }   # UNSURE: no column says whose quotas they are'
    assert line(mapping, "period") == 'period = { value = "week" }   # UNSURE: no column says the period'
    assert tomllib.loads(mapping)["file"]["date"] == "%Y-%m"
    without = text(tmp_path, "Kunde;Betrag\nK-1;5\n", "sales")
    assert line(without, "# UNSURE: no column looks like sold_at, moment or day of the sale, which each row must have")
    assert line(without, "# UNSURE: this mapping has no rule for the column 'sold_at' of sales")


def test_a_column_that_numbers_the_rows_is_taken_with_a_doubt(tmp_path: Path) -> None:
    mapping = text(tmp_path, "id,order_date,total\n1,2026-11-03,5\n2,2026-11-03,5\n", "sales")
    assert line(mapping, "reference").startswith('reference = "id"   # UNSURE: if it only numbers the rows')
    repeated = text(tmp_path, "id,order_date,total\n1,2026-11-03,5\n1,2026-11-03,5\n", "sales")
    assert line(repeated, "reference").startswith('reference = { made_of = ["order_date", "total"] }')


def test_a_column_that_is_called_what_it_is_may_have_bad_cells(tmp_path: Path) -> None:
    body = "1;03-11-2026;5,00\n2;14-11-2026;onbekend\n3;?;12,-\n4;15-11-2026;1,50\n"
    mapping = text(tmp_path, "Bestelnummer;Besteldatum;Bedrag\n" + body)
    assert tomllib.loads(mapping)["file"]["date"] == "%d-%m-%Y"
    assert [said.partition(": ")[2] for said in mapping.splitlines() if said.startswith("# UNSURE")] == [
        "refused: line 3: amount (Bedrag) is 'onbekend', and must be an amount such as 1234.50",
        "refused: line 4: sold_at (Besteldatum) is '?', and must be written as %d-%m-%Y",
    ]


def test_signs_of_several_currencies_are_not_refused_by_the_trial(tmp_path: Path) -> None:
    mapping = text(tmp_path, 'Order number,Order date,Amount\n1,11/03/2026,"$1,234.50"\n2,11/13/2026,$5\n')
    assert "UNSURE: " not in mapping


def test_other_columns_that_could_be_meant_are_named(tmp_path: Path) -> None:
    head = "Ordernummer;Besteldatum;Bedrag incl. btw;Bedrag excl. btw;Datum factuur;Bedrag in woorden\n"
    mapping = text(tmp_path, head + "1;2026-11-03;12,10;10,00;2026-11-04;twaalf\n", "sales")
    assert line(mapping, "amount") == 'amount = "Bedrag incl. btw"   # UNSURE: or "Bedrag excl. btw"'
    assert line(mapping, "sold_at") == 'sold_at = "Besteldatum"   # UNSURE: or "Datum factuur"'


def test_equal_rows_are_announced(tmp_path: Path) -> None:
    mapping = text(
        tmp_path, "Datum;Uhrzeit;Betrag\n03.11.2026;10:00;5\n03.11.2026;10:00;5\n04.11.2026;10:00;5\n", "sales"
    )
    assert tomllib.loads(mapping)["columns"] == {
        "reference": {"made_of": ["Datum", "Betrag", "Uhrzeit"]},
        "sold_at": {"date": "Datum", "time": "Uhrzeit"},
        "amount": "Betrag",
    }
    assert "1 row like an earlier one in all of them, numbered" in line(mapping, "reference")


@pytest.mark.parametrize(
    ("content", "kind", "sentence"),
    [
        (
            "a;b\n1;2\n",
            None,
            r"do not tell what kind of table it is; name the kind \(calls, .*\): .* KIND .* --guess$",
        ),
        (
            "a;b\n1;2\n",
            "sales",
            "No column of .* looks like one of sales; it has: a, b. A table of sales has",
        ),
        ("Bestelnummer;Besteldatum;Bedrag\n", None, "has a header and no row below it"),
    ],
)
def test_why_no_mapping_is_guessed(tmp_path: Path, content: str, kind: str | None, sentence: str) -> None:
    with pytest.raises(CcmonError, match=sentence):
        text(tmp_path, content, kind)


CALLS = {
    "nl": "Datum;Tijd;Wachtrij;Richting;Wachttijd;Gesprekstijd;Medewerker;Resultaat Inkomend Beantwoord Opgehangen",
    "de": "Datum;Uhrzeit;Warteschlange;Richtung;Wartezeit;Gesprächszeit;Agent;Ergebnis eingehend angenommen verpasst",
    "fr": "Date;Heure;File;Sens;Attente;Durée_de_conversation;Conseiller;Résultat entrant répondu perdu",
    "es": "Fecha;Hora;Cola;Sentido;Tiempo_de_espera;Tiempo_hablado;Agente;Resultado entrante atendida perdida",
}


@pytest.mark.parametrize("language", CALLS)
def test_calls_in_each_language(tmp_path: Path, language: str) -> None:
    head, inbound, answered, lost = (word.replace("_", " ") for word in CALLS[language].split())
    mapping = text(
        tmp_path,
        f"{head}\n13-11-2026;10:00:00;Sales;{inbound};0:00:12;0:02:10;eva;{answered}\n"
        f"14-11-2026;10:05:00;Sales;{inbound};0:00:45;;;{lost}\n",
    )
    columns = head.split(";")
    assert tomllib.loads(mapping)["call"] == {
        "entered_at": {"date": columns[0], "time": columns[1]},
        "answered_at": {"after": "entered_at", "column": columns[4]},
        "ended_at": {"after": "answered_at", "column": columns[5]},
        "queue": columns[2],
        "agent": columns[6],
        "direction": {"column": columns[3], "words": {inbound: "inbound"}},
        "outcome": {"column": columns[7], "words": {answered: "answered", lost: "abandoned"}},
        "call_id": {"row": True},
    }


@pytest.mark.parametrize(
    ("name", "head", "outbound"),
    [
        ("calls.csv", "Begintijd;Medewerker;Gebeld nummer;Duur", True),
        ("calls.csv", "Start time;Agent;Dialled number;Duration", True),
        ("uitgaand.csv", "Begintijd;Medewerker;Telefoonnummer;Duur", True),
        ("calls.csv", "Begintijd;Medewerker;Telefoonnummer;Duur", False),
        ("inbound.csv", "Begintijd;Medewerker;Gebeld nummer;Duur", False),
    ],
)
def test_a_file_of_calls_that_agents_made(tmp_path: Path, name: str, head: str, outbound: bool) -> None:
    body = "2026-11-03 10:00:00;eva;0612345678;0:02:10\n2026-11-03 10:05:00;eva;0612345679;0:01:10\n"
    mapping = text(tmp_path, f"{head}\n{body}", "calls", name)
    call = tomllib.loads(mapping)["call"]
    assert (call.get("direction") == {"value": "outbound"}) is outbound
    assert ("queue" in call) is not outbound
    assert call["caller"] == head.split(";")[2]
    assert ("UNSURE" in mapping and "calls that agents made" in mapping) is outbound


def test_a_column_of_directions_that_are_all_outbound(tmp_path: Path) -> None:
    head = "Start time;Agent;From;To;Direction\n"
    body = "2026-11-03 10:00:00;eva;100;0612345678;out\n2026-11-03 10:05:00;eva;100;0612345679;out\n"
    call = tomllib.loads(text(tmp_path, head + body, "calls"))["call"]
    assert (call["caller"], call["direction"]) == ("To", {"column": "Direction", "words": {"out": "outbound"}})
    assert "queue" not in call


def test_a_long_file_is_looked_at_no_further_than_its_first_rows(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    with file.open("w", encoding="utf-8") as content:
        content.write("Order number,Order date,Total\n")
        content.writelines(f"{row},2026-11-{1 + row % 28:02},{row}.50\n" for row in range(5_000))
    with file.open(encoding="utf-8") as content:
        first = "".join(islice(content, 100))
    assert infer_any_mapping(file, None) == text(tmp_path, first, None, "orders.csv")


ORDERS = "Bestelnummer;Besteldatum;Bedrag\nB-1;13-11-2026;1,50\nB-2;14-11-2026;2,50\n"


@pytest.mark.parametrize("titles", ["Periode;2026\n", "Webwinkel\nPeriode;2026\n\n"])
def test_a_head_is_known_by_its_names_below_titles_that_are_narrower(tmp_path: Path, titles: str) -> None:
    assert text(tmp_path, titles + ORDERS, None) == text(tmp_path, ORDERS, None)


@pytest.mark.parametrize(
    ("first", "row", "columns"),
    [
        ("Afdeling;Soort\n", "Bestelnummer;Bedrag\n", ["Afdeling", "Soort"]),  # as wide as what is above it
        ("Afdeling\n", "Bedrag;1\n", ["Afdeling"]),  # one name
        ("Afdeling\n", "Bestelnummer;Bedrag;1\n", ["Afdeling"]),  # with a number
        ("Afdeling\n", "Bestelnummer;Bedrag\n", ["Bestelnummer", "Bedrag"]),
    ],
)
def test_a_row_is_no_head_for_the_words_in_it(tmp_path: Path, first: str, row: str, columns: list[str]) -> None:
    assert read_sample(written(tmp_path, [line.split(";") for line in f"{first}{row}x;y\n".split()])).names == columns


PUBLIC = {
    "pwc_phonenow/Call-Center-Dataset.csv": "calls",
    "simulated_call_centre/simulated_call_centre.csv": "calls",
    "anonymous_bank/february1999.txt": "calls",
    "asterisk_run1/cdr.db": "calls",
    "anonymous_bank/daily_february1999.csv": "do not tell what kind of table",
    "queue_log_elision2018/queue_log.csv": "is a table of Asterisk's queue log, which needs no mapping: "
    "ccmon import queue-log ",
}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("name", PUBLIC)
def test_public_tables_are_taken_for_what_they_are(folder: Path, name: str) -> None:
    if not (folder / name).exists():
        pytest.skip(f"{name} is not here")
    file = folder / name
    if " " in PUBLIC[name]:
        with pytest.raises(CcmonError, match=PUBLIC[name]):
            infer_any_mapping(file, None)
    else:
        assert infer_any_mapping(file, None) == infer_any_mapping(file, PUBLIC[name])


SHOPS = Path(__file__).with_name("exports")


@pytest.mark.parametrize("name", ["shopify-orders.csv", "woocommerce-orders.csv"])
def test_orders_of_shops_are_sales_however_many_columns_they_have(name: str) -> None:
    assert guessed(SHOPS / name)["kind"] == "sales"


CALL_HEADS = "Call Id,Agent,Date,Time,Topic,Answered (Y/N),Resolved,Speed of answer in seconds,AvgTalkDuration,Rating\n"


def test_calls_with_a_topic_and_a_rating_are_calls(tmp_path: Path) -> None:
    mapping = text(tmp_path, CALL_HEADS + "ID1,Diane,2021-01-01,9:12:58,Contract,Y,Y,109,0:02:23,3\n")
    assert tomllib.loads(mapping)["call"]["call_id"] == "Call Id"


@pytest.mark.parametrize(
    ("heads_of_file", "row"),
    [
        ("Date,Calls,Average queue time,Average talk time", "2026-11-23,100,20,180"),
        ("Date,Name,Phone number,City", "2026-11-23,Ada,0612345678,Delft"),
        ("Agent,Date,Start time,End time,Duration", "eva,2026-11-23,08:00,17:00,9:00"),
    ],
)
def test_sums_by_day_a_list_of_people_and_a_roster_are_no_calls(tmp_path: Path, heads_of_file: str, row: str) -> None:
    file = tmp_path / "export.csv"
    file.write_text(f"{heads_of_file}\n{row}\n", encoding="utf-8")
    assert kind_fit._score("calls", read_sample(file).columns) == 0


@pytest.mark.parametrize("kind", exports.kinds())
def test_each_export_is_taken_for_what_it_is(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "export.csv"
    with (
        file.open("w", encoding="utf-8", newline="") as output,
        open_export(database_of("sample_data"), exports.kinds()[kind], Asked()) as found,
    ):
        is_empty = write_csv(found, output) == 0
    if is_empty:
        file.write_bytes((TEMPLATES / f"{kind}.csv").read_bytes())
    if kind == "clients":
        with pytest.raises(UsageError, match="fit clients, teams, queues, campaigns and contact-reasons alike; name"):
            guessed(file)
    else:
        found_kind = guessed(file).get("kind", "calls")
        assert found_kind == kind
    assert guessed(file, kind).get("kind", "calls") == kind


@pytest.mark.parametrize("by", TOTALS)
def test_totals_are_known_and_not_imported(tmp_path: Path, by: str) -> None:
    names = [column.name for column in totals(by).columns]
    file = written(tmp_path, [names, ["2026-11-23", *["1"] * (len(names) - 1)]])
    with pytest.raises(CcmonError, match="holds totals, which are never imported: ccmon counts them from calls"):
        guessed(file)


STATES = {
    "en": ("Agent;Status;Reason;Start time;End time;Duration;Call ID", "Available On_call Break"),
    "nl": ("Medewerker;Status;Reden;Begintijd;Eindtijd;Duur", "Beschikbaar In_gesprek Pauze"),
    "de": ("Mitarbeiter;Status;Grund;Beginn;Ende;Dauer", "Bereit Im_Gespräch Pausiert"),
    "fr": ("Conseiller;Statut;Motif;Début;Fin;Durée", "Disponible En_appel En_pause"),
    "es": ("Agente;Estado;Motivo;Inicio;Fin;Duración", "Disponible En_llamada Pausa"),
}


@pytest.mark.parametrize("language", STATES)
def test_states_of_agents_in_each_language(tmp_path: Path, language: str) -> None:
    head, said = STATES[language]
    words = [word.replace("_", " ") for word in said.split()]
    body = "".join(
        f"eva;{word};;2026-11-23 09:0{minute}:00;2026-11-23 09:0{minute + 1}:00;60{';c1' * (language == 'en')}\n"
        for minute, word in enumerate(words)
    )
    mapping = tomllib.loads(text(tmp_path, f"{head}\n{body}"))
    columns = head.split(";")
    assert mapping["kind"] == "agent-states"
    assert mapping["columns"].pop("state") == {
        "column": columns[1],
        "words": dict(zip(words, ("ready", "talking", "paused"), strict=True)),
    }
    call = {"call": "Call ID"} if language == "en" else {}
    assert mapping["columns"] == {
        "agent": columns[0], "reason": columns[2], "started_at": columns[3], "ended_at": columns[4], **call,
    }  # fmt: skip


STATES_OF_ORDERS = {
    "en": ("Order number;Order date;Total;Status", "paid", "refunded"),
    "nl": ("Bestelnummer;Besteldatum;Bedrag;Status", "betaald", "geannuleerd"),
    "de": ("Bestellnummer;Bestelldatum;Betrag;Status", "bezahlt", "storniert"),
    "fr": ("Numéro de commande;Date de commande;Montant;Statut", "payée", "annulée"),
    "es": ("Número de pedido;Fecha de pedido;Importe;Estado", "pagado", "cancelado"),
}


@pytest.mark.parametrize("language", STATES_OF_ORDERS)
def test_orders_that_were_taken_back_are_no_sales(tmp_path: Path, language: str) -> None:
    head, sold, cancelled = STATES_OF_ORDERS[language]
    body = "".join(f"A{number};2026-11-03;5;{cancelled if number % 5 == 0 else sold}\n" for number in range(20))
    said = text(tmp_path, f"{head}\n{body}")
    mapping = tomllib.loads(said)
    status = head.split(";")[3]
    assert mapping["kind"] == "sales"
    assert mapping["except"] == [{"when": {status: [cancelled]}, "cancelled_at": mapping["columns"]["sold_at"]}]
    assert f'UNSURE: 4 rows of the first 20 were taken back, by "{status}"' in said
    path = new_database(tmp_path / "calls.db", time_zone="UTC", currency="EUR")
    report = import_table(path, "sales", tmp_path / "export.csv", mapping=parse(mapping, "M.toml"))
    assert report.rejected == []
    assert rows(path, "SELECT count(*), count(cancelled_at) FROM sales") == [(20, 4)]


def test_a_guessed_day_of_cancellation_is_never_after_the_day_of_its_sale(tmp_path: Path) -> None:
    head = "Bestelnummer;Besteldatum;Bedrag;Status;Geannuleerd op"
    said = text(tmp_path, f"{head}\nA1;2026-11-03 10:00;5;geannuleerd;2026-11-03\nA2;2026-11-03 11:00;5;betaald;\n")
    mapping = tomllib.loads(said)
    assert mapping["columns"]["cancelled_at"] == "Geannuleerd op"
    path = new_database(tmp_path / "calls.db", time_zone="UTC", currency="EUR")
    import_table(path, "sales", tmp_path / "export.csv", mapping=parse(mapping, "M.toml"))
    assert rows(path, "SELECT reference, cancelled_at - sold_at FROM sales ORDER BY 1") == [("A1", 0), ("A2", None)]


def test_what_a_column_of_states_leaves_open_is_unsure(tmp_path: Path) -> None:
    head = "Order number;Order date;Total;Status\n"
    said = text(tmp_path, f"{head}A1;2026-11-03;5;paid\nA2;2026-11-03;5;refunded\nA3;2026-11-03;5;pending\n")
    assert 'sold; whether these are sales: "pending"' in said
    said = text(tmp_path, f"{head}A1;2026-11-03;5;paid\nA2;2026-11-03;5;paid\n")
    assert '# "Status" says of no row that the order was taken back.\n' in said
    assert "# UNSURE" not in said
    said = text(tmp_path, f"{head}A1;2026-11-03;5;red\nA2;2026-11-03;5;blue\n")
    assert '# Not used: "Status"' in said


MEMBERS = {
    "en": "Queue;Agent;Joined at;Left at",
    "nl": "Wachtrij;Medewerker;Aangemeld op;Afgemeld op",
    "de": "Warteschlange;Mitarbeiter;Angemeldet am;Abgemeldet am",
    "fr": "File d'attente;Conseiller;Connecté le;Déconnecté le",
    "es": "Cola;Agente;Conectado el;Desconectado el",
}


@pytest.mark.parametrize("language", MEMBERS)
def test_members_of_queues_in_each_language(tmp_path: Path, language: str) -> None:
    row = "Sales;eva;2026-11-23 09:00:00;2026-11-23 17:00:00\n"
    mapping = tomllib.loads(text(tmp_path, f"{MEMBERS[language]}\n{row}"))
    assert mapping["kind"] == "queue-members"
    assert mapping["columns"] == dict(
        zip(("queue", "agent", "started_at", "ended_at"), MEMBERS[language].split(";"), strict=True)
    )


def test_a_queue_an_agent_and_two_moments_may_be_a_call_or_a_membership(tmp_path: Path) -> None:
    row = "Sales;eva;2026-11-23 09:00:00;2026-11-23 17:00:00"
    with pytest.raises(UsageError, match="fit calls and queue-members alike; name the kind"):
        text(tmp_path, f"Queue;Agent;Start time;End time\n{row}\n")
    calls = text(tmp_path, f"Call ID;Queue;Agent;Start time;End time\nc1;{row}\n")
    assert "kind" not in tomllib.loads(calls)
    assert tomllib.loads(calls)["call"]["call_id"] == "Call ID"


@pytest.mark.parametrize(("cells", "states"), [("Ready Won", True), ("Ready Won Lost", False), ("", True)])
def test_half_of_the_cells_must_be_states(cells: str, *, states: bool) -> None:
    words = tuple(cells.split())
    assert kind_fit.are_states(SampleColumn("Status", words, words)) is states


def test_a_status_that_is_no_state_makes_no_table_of_states(tmp_path: Path) -> None:
    text_of = "Agent;Status;Start;End\neva;{};2026-11-23 09:00;2026-11-23 10:00\n"
    assert tomllib.loads(text(tmp_path, text_of.format("Won")))["kind"] == "shifts"
    assert tomllib.loads(text(tmp_path, text_of.format("Busy")))["kind"] == "agent-states"


@pytest.mark.parametrize(
    ("cells", "form"), [("1795440600 1795440660", "epoch"), ("1795440600123 1795440660456", "epoch_ms")]
)
def test_moments_that_count_from_1970(tmp_path: Path, cells: str, form: str) -> None:
    first, second = cells.split()
    sales = text(tmp_path, f"Order number;Order date;Total\n1;{first};5\n2;{second};6\n")
    assert tomllib.loads(sales)["columns"]["sold_at"] == {"column": "Order date", "format": form}
    calls = text(tmp_path, f"Call ID;Queue;Start time;Talk time\n1;a;{first};5\n2;a;{second};6\n")
    rule = tomllib.loads(calls)["call"]["entered_at"]
    assert rule == ("Start time" if form == "epoch" else {"column": "Start time", "format": form})
    assert "refused" not in sales + calls
    heads_of_file, now = ["Call ID", "Queue", "Start time", "Talk time"], 1_800_000_000_000
    parser = RowParser(parse(tomllib.loads(calls), "M.toml"), heads_of_file, ZoneInfo("UTC"), now)
    found = parser.parse([Row(2, ["1", "a", first, "5"]), Row(3, ["2", "a", second, "6"])])
    entered_at, _ = found.calls.entered_at
    assert entered_at == int(first.ljust(13, "0"))


@pytest.mark.parametrize(
    ("head", "row", "adds"),
    [
        ("Order number;Order date;Total", "A1;2026-11-03;5", None),
        ("Order number;Order date;Total;Agent;Customer number", "A1;2026-11-03;5;eva;K1", "agents,customers"),
        ("Team;Period;From;Sales", "Blue;month;2026-11-01;5", "clients,teams,campaigns,agents"),
    ],
)
def test_the_command_above_a_draft_adds_what_rows_name(tmp_path: Path, head: str, row: str, adds: str | None) -> None:
    said = text(tmp_path, f"{head}\n{row}\n")
    kind = tomllib.loads(said)["kind"]
    command = f"# ccmon import table {kind} FILE --mapping THIS --dry-run"
    assert said.splitlines()[1] == (f"{command} --add-missing {adds}" if adds else command)
    assert ("Without --add-missing, rows are refused" in said) == (adds is not None)
