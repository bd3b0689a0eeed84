"""Sheets of workbooks, written with openpyxl's other half, and files that are none."""

from __future__ import annotations

import gc
import gzip
import re
import sys
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import from_excel, to_excel

from ccmon.errors import CcmonError
from ccmon.sources.table import shared_texts, workbook_rows
from ccmon.sources.table.row_reader import find_format, open_rows
from ccmon.sources.table.shared_texts import SharedTexts
from ccmon.sources.table.workbook_values import written

HEAD = ["id", "at", "amount"]


def saved(path: Path, *sheets: Sequence[Sequence[Any]], change: Callable[[Any], object] = lambda _: None) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    change(book)
    book.save(path)
    return path


def read(path: Path, table: str | None = None) -> tuple[list[tuple[int, list[str]]], list[str]]:
    with open_rows(path, find_format(path, table=table)) as (rows, bytes_read):
        found = [(row.line, row.cells) for row in rows]
        assert bytes_read() == path.stat().st_size
        return found, rows.notes


def cells(path: Path, *values: Any, form: str | None = None) -> list[str]:
    """The texts of a column of values."""

    def change(book: Any) -> None:
        if form is not None:
            for row in book.worksheets[0].iter_rows(min_row=2):
                row[1].number_format = form

    rows, _ = read(saved(path, [["id", "value"], *(["x", value] for value in values)], change=change))
    return [row[1] if len(row) > 1 else "" for _, row in rows[1:]]


def test_each_sort_of_value(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    assert cells(path, 1200, 1200.0, 1234.5, 0.1 + 0.2, 31612345678.0, 1e21, -0.5, 1.5e-7) == [
        "1200", "1200", "1234.5", "0.3", "31612345678", "1000000000000000000000", "-0.5", "0.00000015",
    ]  # fmt: skip
    assert cells(path, True, False, "yes", None, " a ") == ["yes", "no", "yes", "", " a "]
    assert cells(path, "'+31 20 123 4567", "'t Hof", "''=1") == ["+31 20 123 4567", "'t Hof", "'=1"]
    assert cells(path, datetime(2026, 11, 3, 14, 30), date(2026, 11, 3), datetime(2026, 11, 3, 9, 0, 59)) == [
        "2026-11-03T14:30:00", "2026-11-03", "2026-11-03T09:00:59",
    ]  # fmt: skip
    assert cells(path, time(14, 30), timedelta(hours=30, seconds=5)) == ["14:30:00", "30:00:05"]


def test_midnight_is_a_day_or_a_time_as_its_cell_shows_it(tmp_path: Path) -> None:
    path, midnight, noon = tmp_path / "t.xlsx", datetime(2026, 11, 3), datetime(2026, 11, 3, 12)
    for form in ("dd-mm-yyyy hh:mm", "m/d/yy h:mm"):
        assert cells(path, midnight, noon, form=form)[0] == "2026-11-03T00:00:00"
    assert cells(path, midnight, noon, form="mm-dd-yy")[0] == "2026-11-03"
    assert cells(path, noon, midnight, form='[$-413]d mmmm yyyy "h"') == ["2026-11-03T12:00:00", "2026-11-03"]
    # Programs give days a format with hours: if none of a column has any, they are days.
    assert cells(path, midnight, midnight, form="dd-mm-yyyy hh:mm") == ["2026-11-03", "2026-11-03"]


def test_a_column_of_dates_and_of_texts(tmp_path: Path) -> None:
    assert cells(tmp_path / "t.xlsx", datetime(2026, 11, 3), "03-11-2026") == ["2026-11-03", "03-11-2026"]


@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_a_number_is_written_without_the_noise_of_its_fraction(digits: int, decimals: int) -> None:
    text = written(digits / 10**decimals)
    assert re.fullmatch(r"-?\d+(\.\d*[1-9])?", text)
    assert round(float(text) * 10**decimals) == digits


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))
def test_a_moment_comes_back_to_the_second(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert written(from_excel(to_excel(whole))) == whole.isoformat()


def test_formulas_errors_and_empty_lines(tmp_path: Path) -> None:
    path = saved(tmp_path / "t.xlsx", [HEAD, [1, "#N/A", 2], [], [None], [2, "#DIV/0!", "=1+1"], [3, "# of calls"]])
    rows, notes = read(path)
    assert rows == [(1, HEAD), (2, ["1", "", "2"]), (5, ["2", "", ""]), (6, ["3", "# of calls"])]
    assert notes == [
        "2 cells show an error (#DIV/0!, #N/A), first on line 2: they count as empty.",
        "1 formula without a stored value: open the workbook in a spreadsheet program and save it.",
    ]


def test_the_stored_value_of_a_formula_counts(tmp_path: Path) -> None:
    path = saved(tmp_path / "t.xlsx", [HEAD, [1, "=1+1", 2]])
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(rb"(<f>1\+1</f>)<v ?/>", rb"\1<v>2</v>", parts[sheet])
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    assert read(path) == ([(1, HEAD), (2, ["1", "2", "2"])], [])


def test_a_cell_merged_over_rows_counts_for_each_and_one_over_columns_once(tmp_path: Path) -> None:
    def merge(book: Any) -> None:
        book.worksheets[0].merge_cells("B2:B4")
        book.worksheets[0].merge_cells("A5:C5")

    rows: list[list[Any]] = [HEAD, [1, "noon", 2], [2, None, 2], [3, None, 4], ["all"], [4, "later"]]
    found, notes = read(saved(tmp_path / "t.xlsx", rows, change=merge))
    assert [row for _, row in found[1:]] == [
        ["1", "noon", "2"], ["2", "noon", "2"], ["3", "noon", "4"], ["all"], ["4", "later"],
    ]  # fmt: skip
    assert notes == ["A cell that is merged over several rows counts for each of them."]


def test_a_merged_block_counts_in_its_first_column_and_an_empty_one_nowhere(tmp_path: Path) -> None:
    def merge(book: Any) -> None:
        book.worksheets[0].merge_cells("B2:C3")
        book.worksheets[0].merge_cells("D2:D3")

    found, _ = read(saved(tmp_path / "t.xlsx", [HEAD, [1, "noon", None], [2], [3, "one", 1]], change=merge))
    texts = [" ".join(filter(None, row)) for _, row in found]
    assert texts == ["id at amount", "1 noon", "2 noon", "3 one 1"]


@pytest.mark.parametrize("block", [7, 100, 1_000])
def test_a_sheet_is_looked_through_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(workbook_rows, "_BLOCK", block)

    def merge(book: Any) -> None:
        for line in range(2, 40, 4):
            book.worksheets[0].merge_cells(f"B{line}:B{line + 1}")

    rows, notes = read(saved(tmp_path / "t.xlsx", [HEAD, *([n, "=1+1", n] for n in range(50))], change=merge))
    assert len(rows) == 51  # and all bytes are read then
    assert notes[0].startswith("40 formulas without a stored value")


def test_rows_that_have_been_read_are_not_kept(tmp_path: Path) -> None:
    def heighten(book: Any) -> None:
        for line in range(1, 6_000, 20):
            book.worksheets[0].row_dimensions[line].height = 20

    path = saved(
        tmp_path / "t.xlsx", [HEAD, *([number, 2, f"text {number}"] for number in range(6_000))], change=heighten
    )
    with open_rows(path, find_format(path)) as (rows, _):
        for row in rows:
            if row.line == 5_500:
                assert sum(type(each).__name__ == "Element" for each in gc.get_objects()) < 4_000
                (parser,) = (each for each in gc.get_objects() if type(each).__name__ == "WorkSheetParser")
                assert len(parser.row_dimensions) <= 1
                return
    raise AssertionError("the last rows are missing")


RICH = (
    '<si><r><rPr><b/></rPr><t>bold</t></r><r><t xml:space="preserve"> and not</t></r>'
    '<rPh sb="0" eb="1"><t>read so</t></rPh></si>'
    "<si/><si><t/></si><si><t>a_x005F_b</t></si><si><t xml:space='preserve'> Zoë 東京 \N{OLD ITALIC LETTER A} </t></si>"
)
_INLINE = re.compile(r't="inlineStr">\s*<is>(.*?)</is>', re.DOTALL)
_SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def share(path: Path, *more: int) -> Path:
    """Put the texts of a workbook's first sheet into a list, as spreadsheet programs do, and `RICH` after them.

    Args:
        path: the workbook; openpyxl has written each text into its cell.
        more: numbers of texts, after those, for a row of its own each.
    """
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    sheet, types = "xl/worksheets/sheet1.xml", "[Content_Types].xml"
    numbers: dict[str, int] = {}
    found = _INLINE.sub(lambda cell: f't="s"><v>{numbers.setdefault(cell[1], len(numbers))}</v>', parts[sheet])
    rows = "".join(f'<row><c t="s"><v>{len(numbers) + number}</v></c></row>' for number in more)
    parts[sheet] = found.replace("</sheetData>", f"{rows}</sheetData>")
    parts["xl/sharedStrings.xml"] = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"{''.join(f'<si>{text}</si>' for text in numbers)}{RICH}</sst>"
    )
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_SHARED}"/>'
    parts[types] = parts[types].replace("</Types>", f"{override}</Types>")
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


def test_shared_texts_are_those_that_openpyxl_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_texts, "_IN_MEMORY", 10)
    monkeypatch.setattr(shared_texts, "_CACHED", 2)
    rows: list[list[Any]] = [HEAD, *([f"x{n % 7}", n, f"text {n} é & <"] for n in range(40))]
    path = share(saved(tmp_path / "t.xlsx", rows), 0, 1, 2, 3, 4, 0)
    expected = [
        ["" if value is None else str(value) for value in row]
        for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    ]
    found = [row + [""] * (3 - len(row)) for _, row in read(path)[0]]
    assert found == [row for row in expected if any(row)]
    assert found[1] == ["x0", "0", "text 0 é & <"]
    assert [row[0] for row in found[41:]] == [
        "bold and not", "a_b", " Zoë 東京 \N{OLD ITALIC LETTER A} ", "bold and not",
    ]  # fmt: skip


@pytest.mark.parametrize("number", [5, -4])
def test_a_text_that_is_not_in_the_list_breaks_the_workbook(tmp_path: Path, number: int) -> None:
    path = share(saved(tmp_path / "t.xlsx", [HEAD]), number)
    with pytest.raises(CcmonError, match="cannot be read as a workbook"):
        read(path)


def test_the_list_of_shared_texts_is_not_kept() -> None:
    texts = "".join(f"<si><t>text {number}</t></si>" for number in range(10_000))
    source = BytesIO(f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{texts}</sst>'.encode())
    for number, text in enumerate(workbook_rows._shared_texts(source)):
        if number == 9_000:
            assert text == "text 9000"
            assert sum(type(each).__name__ == "Element" for each in gc.get_objects()) < 4_000
            return
    raise AssertionError("the last texts are missing")


def test_memory_does_not_grow_with_shared_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_texts, "_IN_MEMORY", 10_000)
    monkeypatch.setattr(shared_texts, "_CACHED", 10)
    number = 20_000
    tracemalloc.start()
    try:
        with closing(SharedTexts()) as texts:
            texts.extend(f"what customer {each} has said" for each in range(number))
            assert [texts[each] for each in (0, 7, number - 1)] == [
                f"what customer {each} has said" for each in (0, 7, number - 1)
            ]
            assert sum(len(texts[each]) for each in range(number)) > 20 * number
            with pytest.raises(IndexError):
                texts[number]
            _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # 8 bytes each, and some room to grow; as texts of Python they would be over 70 bytes each.
    assert peak < 10 * number + 50_000


def test_texts_for_which_there_is_no_room_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = share(saved(tmp_path / "t.xlsx", [HEAD]))
    full = lambda *_, **__: Path("/dev/full").open("w+b")  # noqa: E731, SIM115
    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", full)
    with pytest.raises(CcmonError, match=r"^The texts of the workbook cannot be copied to .*: No space left on device"):
        read(path)


def test_the_first_sheet_with_rows_that_is_shown_is_read(tmp_path: Path) -> None:
    def hide(book: Any) -> None:
        book.worksheets[0].sheet_state = "hidden"

    path = saved(tmp_path / "t.xlsx", [["secret", 1]], [], [HEAD, [1, 2, 3]], change=hide)
    rows, notes = read(path)
    assert rows[1] == (2, ["1", "2", "3"])
    assert notes == ["Of the workbook, the sheet Sheet 3 was read (--table names another: Sheet 1, Sheet 2)."]
    many = saved(tmp_path / "many.xlsx", *[[HEAD]] * 7)
    assert "(--table names another: Sheet 2, Sheet 3, Sheet 4, Sheet 5, Sheet 6 and 1 more)" in read(many)[1][0]
    six = saved(tmp_path / "six.xlsx", *[[HEAD]] * 6)
    assert "Sheet 5, Sheet 6)" in read(six)[1][0]
    assert read(path, "sheet 1")[0] == [(1, ["secret", "1"])]
    with pytest.raises(CcmonError, match="no sheet 'Orders'; it has: Sheet 1, Sheet 2, Sheet 3"):
        read(path, "Orders")
    with pytest.raises(CcmonError, match="no sheet with rows"):
        read(saved(tmp_path / "t.xlsx", [], []))


def test_a_sheet_that_says_it_is_smaller_than_it_is(tmp_path: Path) -> None:
    path = saved(tmp_path / "t.xlsx", [HEAD, [1, 2, 3]])
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert b'<dimension ref="A1:C2"' in parts[sheet]
    parts[sheet] = parts[sheet].replace(b'<dimension ref="A1:C2"', b'<dimension ref="A1"')
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    assert [row for _, row in read(path)[0]] == [HEAD, ["1", "2", "3"]]


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (OLD_OFFICE + bytes(70_000), "Excel before 2007 (XLS): open it in a spreadsheet program, and save it as XLSX"),
        (OLD_OFFICE + bytes(65_520) + "EncryptedPackage".encode("utf-16-le"), "is protected by a password"),
        (b"PK\x03\x04 and no more", "is broken"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\n<html><table><tr><td>1</td></tr></table>", "is a web page or XML"),
        (b'<?xml version="1.0"?><Workbook/>', "is a web page or XML"),
        (b"\x1f\x8b\x08 no more", "is compressed, and broken"),
        (gzip.compress(OLD_OFFICE, mtime=0), "XLS"),
        (gzip.compress(b"SQLite format 3\0", mtime=0), "decompress it first"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "orders.xlsx"
    path.write_bytes(content)
    with pytest.raises(CcmonError) as error:
        find_format(path)
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "OpenDocument file (ODS)"),
        ({"Index/Document.iwa": ""}, "file of Numbers"),
        ({"xl/workbook.bin": "", "[Content_Types].xml": ""}, "binary workbook (XLSB)"),
        ({"orders.csv": "a;b"}, "is a ZIP archive: unpack it"),
        ({"[Content_Types].xml": "", "word/document.xml": ""}, "is no workbook"),
        ({"[Content_Types].xml": "<Types/>"}, "cannot be read as a workbook"),
    ],
)
def test_archives_that_are_no_workbooks(tmp_path: Path, names: dict[str, str], sentence: str) -> None:
    path = tmp_path / "orders"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in names.items():
            archive.writestr(name, text)
    with pytest.raises(CcmonError) as error:
        find_format(path)
    assert sentence in str(error.value)


def test_a_sheet_that_breaks_off_says_so_in_a_sentence(tmp_path: Path) -> None:
    path = saved(tmp_path / "t.xlsx", [HEAD, *([number, 2, 3] for number in range(2_000))])
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:40_000]
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    with open_rows(path, find_format(path)) as (rows, _), pytest.raises(CcmonError, match="save it again"):
        list(rows)


def test_without_the_extra_a_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "t.xlsx", [HEAD])
    monkeypatch.setitem(sys.modules, "openpyxl.reader.excel", None)
    with pytest.raises(CcmonError) as error:
        find_format(path)
    assert str(error.value) == (
        f'{path} is a workbook: install what reads those, pip install "ccmon-floor[excel]", or save it as CSV.'
    )
