"""Mappings guessed from a file: they take it in as it is meant, and say what they are unsure about."""

from __future__ import annotations

import sqlite3
import tomllib
from contextlib import closing
from datetime import datetime
from itertools import islice, product
from pathlib import Path
from typing import Any

import pytest

from ccmon.errors import CcmonError
from ccmon.sources.table import sample_column
from ccmon.sources.table.call_import import import_calls
from ccmon.sources.table.import_report import ImportReport
from ccmon.sources.table.infer_mapping import infer_mapping
from ccmon.sources.table.mapping import parse
from ccmon.sources.table.sample_column import SampleColumn
from tests.databases import new_database, rows
from tests.public_data import FOLDERS, PUBLISHED, SHAPES


class Guessed:
    """A file taken in by the mapping that was guessed from it."""

    def __init__(self, directory: Path, file: Path) -> None:
        self.text = infer_mapping(file)
        self.mapping = tomllib.loads(self.text)
        self._path = directory / "calls.db"
        new_database(self._path, time_zone="UTC")
        self.report: ImportReport = import_calls(self._path, file, parse(self.mapping, "guessed"))

    def classes(self) -> dict[str, int]:
        return dict(self.rows("SELECT class, count(*) FROM calls GROUP BY class"))

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return rows(self._path, statement)

    def line(self, start: str) -> str:
        return next(line for line in self.text.splitlines() if line.startswith(start))


def written(directory: Path, text: str) -> Path:
    file = directory / "export.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_callers_who_were_lost_without_a_word_of_when_are_abandoned(tmp_path: Path) -> None:
    text = "Id,Date,Time,Answered (Y/N),Speed of answer,Talk duration\n" + "".join(
        f"{row},2026-11-20,10:{row:02}:00,{'N,,' if row % 5 == 0 else 'Y,20,0:02:00'}\n" for row in range(50)
    )
    guessed = Guessed(tmp_path, written(tmp_path, text))
    assert guessed.classes() == {"abandoned": 10, "answered": 40}
    assert guessed.report.notes == []
    assert 'UNSURE: whether "N" means abandoned' in guessed.line("outcome")
    assert guessed.line("# UNSURE: 20 % of the rows").endswith("A minute is")
    (special,) = guessed.mapping["except"]
    assert special["when"] == {"Answered (Y/N)": ["N"]}


def test_the_wait_of_a_lost_caller_is_believed_where_it_is_told(tmp_path: Path) -> None:
    text = "Id,Date,Time,Answered,Wait,Talk\n" + "".join(
        f"{row},2026-11-20,10:{row:02}:00,{('N,,', 'N,45,', 'Y,20,120')[row % 3]}\n" for row in range(30)
    )
    guessed = Guessed(tmp_path, written(tmp_path, text))
    assert guessed.rows("SELECT wait_ms, count(*) FROM calls WHERE class = 'abandoned' GROUP BY 1") == [
        (45_000, 10),
        (60_000, 10),
    ]
    assert guessed.classes() == {"abandoned": 20, "answered": 10}


def test_a_column_of_who_abandoned_says_the_opposite(tmp_path: Path) -> None:
    text = "id,start,answer,end,abandoned\n" + "".join(
        f"{row},2026-11-20 10:{row:02}:00,"
        + ("2026-11-20 10:50:00,2026-11-20 10:55:00,no\n" if row % 2 else ",2026-11-20 10:50:00,yes\n")
        for row in range(20)
    )
    assert Guessed(tmp_path, written(tmp_path, text)).classes() == {"abandoned": 10, "answered": 10}


def test_another_column_stands_in_where_the_moment_of_entry_is_often_not_told(tmp_path: Path) -> None:
    text = "id,date,menu,q_start,ser_start,ser_exit,q_exit\n" + "".join(
        f"{row},2026-11-20,9:{row:02}:00,"
        + ("0:00:00,9:50:00,9:55:00,0:00:00\n" if row % 2 else f"9:{row:02}:10,0:00:00,0:00:00,9:45:00\n")
        for row in range(40)
    )
    guessed = Guessed(tmp_path, written(tmp_path, text))
    assert [rule["time"] for rule in guessed.mapping["call"]["entered_at"]] == ["q_start", "menu"]
    assert 'UNSURE: "q_start" says nothing in 50 % of the rows; there, "menu" counts' in guessed.line("entered_at")
    assert [rule["time"] for rule in guessed.mapping["call"]["ended_at"]] == ["q_exit", "ser_exit"]
    assert (guessed.report.added, guessed.report.rejected_count) == (40, 0)


def test_an_empty_column_is_taken_where_no_other_is_and_is_doubted(tmp_path: Path) -> None:
    text = "Id,Entered,User field,Agent name,Account\n" + "".join(
        f"{row},2026-11-20 10:{row:02}:00,,Ann,\n" for row in range(20)
    )
    guessed = Guessed(tmp_path, written(tmp_path, text))
    assert guessed.line("agent") == 'agent = "Agent name"'
    assert guessed.line("customer") == 'customer = "Account"   # UNSURE: nothing stands in it'


def test_rows_without_a_moment_of_entry_are_announced(tmp_path: Path) -> None:
    text = "id,start,agent\n" + "".join(
        f"{row},{f'2026-11-20 10:{row:02}:00' if row % 4 else ''},eva\n" for row in range(40)
    )
    guessed = Guessed(tmp_path, written(tmp_path, text))
    assert guessed.line("entered_at").endswith("UNSURE: 25 % of the rows do not say it and are refused")
    assert guessed.report.rejected_count == 10


def test_a_column_that_is_called_what_it_is_may_have_bad_cells(tmp_path: Path) -> None:
    text = "id,entered_at,ended_at\n" + "".join(f"{row},2026-11-20 10:0{row}:00,2026-11-20 11:00\n" for row in range(7))
    guessed = Guessed(tmp_path, written(tmp_path, text + "8,20-11-2026 10:02,\n9,2026-02-30 10:00:00,\n"))
    assert guessed.line("entered_at").endswith("UNSURE: 2 of 9 cells are no such moment")
    assert (guessed.report.added, guessed.report.rejected_count) == (7, 2)
    renamed = tmp_path / "other.csv"
    renamed.write_text(text.replace("entered_at", "when") + "8,20-11-2026 10:02,\n", encoding="utf-8")
    assert tomllib.loads(infer_mapping(renamed))["call"]["entered_at"] == "when", "where nothing looks more like it"


NOTHING = [
    (b"id,entered_at\n", "has a header and no row below it"),
    (bytes(range(256)) * 20, "is no table: its bytes are no text"),
    (b"a,b\nx,y\n", "No column of .* looks like the moment at which a call came in; it has: a, b"),
    (b" \n", "is empty"),
]


@pytest.mark.parametrize(("content", "sentence"), NOTHING, ids=[sentence for _, sentence in NOTHING])
def test_why_no_mapping_is_guessed(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(content)
    with pytest.raises(CcmonError, match=sentence):
        infer_mapping(file)


def test_the_tables_of_an_sqlite_file(tmp_path: Path) -> None:
    file = tmp_path / "cdr.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE cdr (id INTEGER PRIMARY KEY AUTOINCREMENT, calldate, agent)")
        connection.execute("INSERT INTO cdr VALUES (1, '2026-11-20 10:00:00', 'eva')")
        guessed = Guessed(tmp_path, file)
        assert guessed.mapping["file"] == {"table": "cdr"}
        assert guessed.report.added == 1
        connection.execute("CREATE TABLE cel (eventtime)")
    with pytest.raises(CcmonError, match=r"several tables: cdr, cel. Name one with --table"):
        infer_mapping(file)
    assert infer_mapping(file, table="cdr") == guessed.text


PHONENOW, BANK = "pwc_phonenow/Call-Center-Dataset.csv", "anonymous_bank/february1999.txt"
CLASSES = {
    (SHAPES, PHONENOW): {"abandoned": 4, "answered": 38},
    (SHAPES, BANK): {"abandoned": 20, "answered": 33, "unknown": 1},
    (PUBLISHED, PHONENOW): {"abandoned": 946, "answered": 4054},
    (PUBLISHED, BANK): {"abandoned": 5904, "answered": 27112 + 50, "unknown": 278},
}


@pytest.mark.parametrize("name", [PHONENOW, BANK])
@pytest.mark.parametrize("folder", FOLDERS)
def test_public_tables_go_in_whole_by_their_guess(tmp_path: Path, folder: Path, name: str) -> None:
    guessed = Guessed(tmp_path, folder / name)
    assert guessed.report.rejected_count == 0
    assert guessed.classes() == CLASSES[folder, name]


def with_bad_cell(file: Path, place: int, column: int, separator: str) -> str:
    """The first 30 rows of a table, one of its cells written badly."""
    with file.open(encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split(separator) for line in islice(lines, 31)]
    if place:
        rows[place][column] = "n/a"
    return "".join(separator.join(row) + "\n" for row in rows)


@pytest.mark.parametrize(
    "table",
    [
        ("anonymous_bank/february1999.txt", "\t", (5, 6, 7, 9, 10, 13, 14)),
        ("pwc_phonenow/Call-Center-Dataset.csv", ",", (2, 3, 7, 8)),
        ("simulated_call_centre/simulated_call_centre.csv", ",", (1, 2, 3, 4, 5, 6)),
    ],
    ids=lambda table: table[0],
)
@pytest.mark.parametrize("place", [1, 15, 30])
@pytest.mark.parametrize("folder", FOLDERS)
def test_one_bad_cell_does_not_change_what_a_short_table_is_taken_for(
    tmp_path: Path, folder: Path, table: tuple[str, str, tuple[int, ...]], place: int
) -> None:
    """With 30 rows one bad cell is more than three of a hundred: a column of moments was taken for none."""
    name, separator, columns = table
    file = folder / name
    clean = tomllib.loads(infer_mapping(written(tmp_path, with_bad_cell(file, 0, 0, separator))))
    for column in columns:
        dirty = infer_mapping(written(tmp_path, with_bad_cell(file, place, column, separator)))
        assert tomllib.loads(dirty) == clean, column


@pytest.mark.parametrize(("rows", "taken"), [(4, False), (5, True)])
def test_from_how_many_cells_on_one_may_be_bad(tmp_path: Path, rows: int, taken: bool) -> None:
    body = "".join(
        f"2026-11-20T10:{row:02}:00Z,{'?' if row == 1 else f'2026-11-20T11:{row:02}:00Z'}\n" for row in range(rows)
    )
    text = infer_mapping(written(tmp_path, "begun,over_hang\n" + body))
    assert ('ended_at = "over_hang"' in text) is taken


def test_each_form_of_a_moment_is_recognized() -> None:
    moments = [datetime(2026, 11, day, 13 + day % 3, 7, day) for day in (9, 14, 21, 28, 30)]
    for day, gap, time in product(sample_column._DATES, " T", sample_column._TIMES):
        form = f"{day}{gap}{time}"
        written = tuple(moment.strftime(form) for moment in moments)
        assert form in SampleColumn("when", written, written).moment_formats
        dates = tuple(moment.strftime(day) for moment in moments)
        assert day in SampleColumn("day", dates, dates).date_formats


def test_a_row_with_a_bad_moment_is_rejected_and_counted(tmp_path: Path) -> None:
    text = "id,start,end\n" + "".join(
        f"{row},{'n/a' if row == 3 else f'2026-11-20 10:{row:02}:00'},2026-11-20 10:50:00\n" for row in range(8)
    )
    guessed = Guessed(tmp_path, written(tmp_path, text))
    assert "UNSURE: 1 of 8 cells is no such moment" in guessed.line("entered_at")
    assert (guessed.report.added, guessed.report.rejected_count) == (7, 1)
    [(line, reason)] = guessed.rows("SELECT line, reason FROM rejected_lines")
    assert (line, "n/a" in reason) == (5, True)


@pytest.mark.parametrize(
    ("days", "form"),
    [
        (("01/02", "02/02", "03/02", "04/02", "05/02", "13/02"), "%d/%m/%Y"),
        (("02/01", "02/02", "02/03", "02/04", "02/05", "02/13"), "%m/%d/%Y"),
        (("02/01", "02/02", "02/03", "02/04", "n/a", "02/13", "02/14"), "%m/%d/%Y"),
    ],
)
def test_one_day_after_the_twelfth_says_which_number_is_the_month(
    tmp_path: Path, days: tuple[str, ...], form: str
) -> None:
    """It is no bad cell, though it is the only one that is unlike the others."""
    text = "id,day,time\n" + "".join(f"{row},{day}/2026,10:{row:02}\n" for row, day in enumerate(days))
    mapping = tomllib.loads(infer_mapping(written(tmp_path, text)))
    assert mapping["file"]["date"] == form


@pytest.mark.parametrize(
    ("inbound", "outbound"),
    [
        ("In", "Out"),
        ("Inbound", "Outbound"),
        ("in", "OUT-BOUND"),
        ("Inkomend", "uitgaand"),
        ("Eingehend", "ausgehend"),
        ("Appel entrant", "Appel sortant"),
        ("Entrée", "Émis"),
        ("entrante", "Saliente"),
    ],
)
def test_a_call_has_the_direction_that_its_word_names(tmp_path: Path, inbound: str, outbound: str) -> None:
    head = "Call,Queue,Agent,Start,Answered at,End,Direction\n"
    text = "".join(
        f"{row},Sales,anna,2026-11-23T10:{row:02}:00,2026-11-23T10:{row:02}:10,2026-11-23T10:{row:02}:50,"
        f"{inbound if row % 2 else outbound}\n"
        for row in range(20)
    )
    guessed = Guessed(tmp_path, written(tmp_path, head + text))
    assert guessed.rows("SELECT direction, count(*) FROM calls GROUP BY 1") == [("inbound", 10), ("outbound", 10)]
    assert guessed.report.rejected_count == 0
    assert "UNSURE" not in guessed.line("direction")


def test_a_word_that_names_no_direction_is_unsure_and_refuses_no_row(tmp_path: Path) -> None:
    text = "id,start,end,direction\n" + "".join(
        f"{row},2026-11-20 10:{row:02}:00,2026-11-20 10:50:00,{('In', 'Internal', 'in/out')[row % 3]}\n"
        for row in range(30)
    )
    guessed = Guessed(tmp_path, written(tmp_path, text))
    assert (guessed.report.added, guessed.report.rejected_count) == (30, 0)
    line = guessed.line("direction")
    assert line.endswith('# UNSURE: what "Internal", "in/out" means; taken as inbound')


def test_what_the_guess_itself_refuses_is_unsure(tmp_path: Path) -> None:
    text = "id,start,end,rating\n" + "".join(
        f"{row},2026-11-20 10:{row:02}:00,2026-11-20 10:50:00,{'4.5' if row in {3, 4} else 5}\n" for row in range(30)
    )
    guessed = Guessed(tmp_path, written(tmp_path, text))
    assert guessed.report.rejected_count == 2
    said = "refused: 2 rows, lines 5-6: score (rating) is '4.5', and must be a whole number"
    assert guessed.line("# UNSURE: refused") == f"# UNSURE: {said}"
