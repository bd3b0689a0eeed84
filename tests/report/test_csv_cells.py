"""Cells of exports: what is written is read again as the same value, and no spreadsheet takes a text for a formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccmon import plausibility
from ccmon.database.cell_types import CellType
from ccmon.database.table_specs import KINDS, ColumnSpec
from ccmon.report.csv_cells import (
    moment_writer,
    row_writer,
    written_amount,
    written_length,
    written_share,
    written_text,
)
from ccmon.sources.table import cells
from ccmon.sources.table.cells import CellContext
from ccmon.sources.table.local_time import LocalClock
from ccmon.sources.table.row_reader import FileFormat, open_rows
from tests.examples import examples

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = 1_795_867_200_000
CONTEXT = CellContext(ZONE, currency="EUR", now=NOW)
few = settings(max_examples=examples(200))
moments = st.integers(plausibility.EARLIEST_IN_TABLES_MS, NOW)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+2", "'=1+2"),
        ('=HYPERLINK("http://x","y")', '\'=HYPERLINK("http://x","y")'),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("- call after nine", "'- call after nine"),
        ("+A1", "'+A1"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("'=1", "''=1"),
        ("''+31", "'''+31"),
        ("+31201234567", "+31201234567"),
        ("+31 20 123 4567", "+31 20 123 4567"),
        ("-5", "-5"),
        ("-5.50", "-5.50"),
        ("+31-20-1234567", "'+31-20-1234567"),
        ("+", "'+"),
        ("a=b", "a=b"),
        ("'t Hart", "'t Hart"),
        ("", ""),
    ],
)
def test_a_text_that_would_be_computed_gets_an_apostrophe(text: str, cell: str) -> None:
    assert written_text(text) == cell


def rows_of(folder: Path, text: str) -> list[list[str]]:
    file = folder / "table.csv"
    file.write_text(text, encoding="utf-8", newline="")
    with open_rows(file, FileFormat("utf-8", ",")) as (rows, _):
        return [row.cells for row in rows]


@few
@given(texts=st.lists(st.text("'=+-@\t\r\n\",; 1a\u00e9", min_size=1, max_size=8), min_size=2, max_size=4))
def test_an_import_takes_the_apostrophe_away_and_no_other(tmp_path_factory: Any, texts: list[str]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(["x", *map(written_text, texts)])
    assert rows_of(tmp_path_factory.getbasetemp(), written.getvalue()) == [["x", *texts]]


@few
@given(at=moments, zone=st.sampled_from([ZONE, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu")]))
def test_moments_are_read_again_as_they_were(at: int, zone: ZoneInfo) -> None:
    cell = moment_writer(zone)(at)
    assert cells.PARSERS[CellType.HAPPENED](cell, CONTEXT) == at
    assert LocalClock(ZoneInfo("UTC")).moment(cell, None) == at


@pytest.mark.parametrize(
    ("at", "cell"),
    [
        (1_795_422_600_000, "2026-11-23T09:30:00+01:00"),
        (1_795_422_600_070, "2026-11-23T09:30:00.070+01:00"),
        (1_792_888_200_000, "2026-10-25T02:30:00+02:00"),
        (1_792_891_800_000, "2026-10-25T02:30:00+01:00"),
        (1_792_895_400_000 * 1000, "1792895400000000"),
    ],
)
def test_a_moment_has_its_offset(at: int, cell: str) -> None:
    assert moment_writer(ZONE)(at) == cell


@few
@given(length=st.integers(0, plausibility.LONGEST_MS))
def test_lengths_are_read_again_as_they_were(length: int) -> None:
    assert cells.duration(written_length(length), CONTEXT) == length


def test_lengths_are_seconds() -> None:
    assert [written_length(ms) for ms in (0, 5, 20_000, 322_550, 0.6)] == ["0", "0.005", "20", "322.55", "0.001"]


@few
@given(share=st.integers(0, 10**9))
def test_shares_are_read_again_as_they_were(share: int) -> None:
    assert cells.ratio(written_share(share / 10**9), CONTEXT) == share / 10**9


def test_shares_have_no_more_decimals_than_are_read() -> None:
    assert [written_share(share) for share in (0, 1, 0.8, 1 / 3)] == ["0", "1", "0.8", "0.333333333333333"]


@few
@given(cents=st.integers(0, cells.MOST_CENTS), currency=st.sampled_from(["EUR", "JPY", "KWD", None]))
def test_amounts_are_read_again_as_they_were(cents: int, currency: str | None) -> None:
    assert cells.money(written_amount(cents, currency), CellContext(ZONE, currency=currency)) == cents


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert [written_amount(4990, currency) for currency in ("EUR", "JPY", "KWD")] == ["49.90", "4990", "4.990"]
    assert written_amount(-5, "EUR") == "-0.05"


def test_an_amount_is_in_the_currency_of_its_row() -> None:
    columns = [column for column in KINDS["sales"].columns if column.name in {"amount", "currency"}]
    written = row_writer(columns, ZONE, "EUR", for_terminal=False)
    assert [written(row) for row in ((4990, "JPY"), (4990, None), (None, None))] == [
        ["4990", "JPY"], ["49.90", ""], ["", ""],
    ]  # fmt: skip


def test_a_terminal_is_not_moved() -> None:
    written = row_writer([ColumnSpec("x", CellType.TEXT, "", "x")], ZONE, None, for_terminal=True)
    assert written(["a\x1b[2Jb\n=c"]) == ["a␛[2Jb␊=c"]
