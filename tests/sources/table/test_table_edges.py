"""Titles above the head and totals at the foot are left out and told; rows never are."""

from __future__ import annotations

import string
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.errors import CcmonError
from ccmon.sources.table.row import Row
from ccmon.sources.table.row_reader import find_format, open_rows
from ccmon.sources.table.table_edges import TotalLines, find_head, lines_of, quoted_lines
from tests.examples import examples

SALES = ("reference", "sold_at", "amount", "customer")
HEAD = "reference;sold_at;amount\n"


def numbered(rows: list[list[str]]) -> list[Row]:
    return [Row(line, cells) for line, cells in enumerate(rows, 1)]


def read(path: Path, text: str, **options: object) -> tuple[list[int], list[str]]:
    """The lines of the rows, the head first, and what is said about others."""
    path.write_text(text, encoding="utf-8")
    form = find_format(path, separator=";", **{"columns": SALES, **options})  # type: ignore[arg-type]
    with open_rows(path, form) as (rows, _):
        return [row.line for row in rows], rows.notes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.csv"


def test_titles_above_the_head(path: Path) -> None:
    lines, notes = read(path, f"Orders of November\nMade on;2026-11-29\n\n{HEAD}A;2026-11-01;1\n")
    assert lines == [4, 5]
    assert notes == [
        "Line 4 was taken as the head ('reference sold_at amount'). Lines 1 and 2 above it were left out: 'Orders of "
        "November', 'Made on 2026-11-29'."
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}A;2026-11-01;1\n",
        "Sold At;Reference;Naam\nreference;sold_at;amount\n",  # a row may have the names of columns
        "reference\nA\n",
        "Referentie;Datum;Bedrag\nA;2026-11-01;1\n",
    ],
)
def test_the_first_line_is_the_head_where_nothing_says_otherwise(path: Path, text: str) -> None:
    lines, notes = read(path, text)
    assert (lines, notes) == ([1, 2], [])


def test_a_head_in_another_language_is_known_by_its_form(path: Path) -> None:
    rows = "".join(f"A{number};2026-11-01;{number}\n" for number in range(5))
    lines, _ = read(path, f"Omzet\nWeek 48\nOrdernr;Datum;Bedrag\n{rows}", columns=())
    assert lines[0] == 3
    # Without names there is no head to look for: a line of figures is not one.
    assert read(path, f"Omzet\n{rows}", columns=())[0][0] == 1
    assert read(path, f"Omzet;;\nA;B;C\n{rows}", header=False)[0][0] == 1


def head_of(*lines: str, known: Sequence[str] = ()) -> int:
    return find_head(numbered([line.split(";") for line in lines]), known)


def test_a_head_names_two_known_columns() -> None:
    assert head_of("Report;Amount;by day", "reference;x;sold_at", known=SALES) == 1
    assert head_of("reference;x;sold_at", "reference;sold_at;amount", known=SALES) == 0
    assert head_of("Report;Amount;by day", "reference;x;y", known=SALES) == 0
    assert head_of("name", "a;b;c", "d;e;f", known=["name"]) == 0
    assert head_of("Sold-At;AMOUNT", known=SALES) == 0
    assert head_of("x", " Sold-At ;AMOUNT", known=SALES) == 1
    assert head_of(known=SALES) == head_of() == 0


@pytest.mark.parametrize("known", [SALES, ()])
def test_no_head_lies_below_thirty_titles(known: Sequence[str]) -> None:
    table = ["reference;sold_at;amount", *["A;2026-11-01;1"] * 50]
    assert head_of(*["title"] * 30, *table, known=known) == 30
    assert head_of(*["title"] * 31, *table, known=known) == 0


def test_titles_are_much_narrower_than_the_head() -> None:
    table = ["a;b;c;d", "1;2;3;4", "1;2;3;4", "1;2;3;4"]
    assert head_of("x;y", *table) == 1
    assert head_of("x;y;z", *table) == 0
    assert head_of("x", "x;y;z", *table) == head_of("x;y;z", "x", *table) == 0
    assert head_of("x", ";;;page 1", *table) == 2, "as wide as the rows, and nearly empty"
    assert head_of("x", "a;b;c;", *table[1:]) == 0, "not as wide as the rows"
    assert head_of("x", "a;b;;d", *table[1:]) == 1, "three of four columns have a name"
    assert head_of("x", "a;;;d", *table[1:]) == 0
    assert head_of("x", "a;b;c;d") == 0, "no row below"
    assert head_of("x", "a;b;a;d", *table[1:]) == head_of("x", "1;2;3;4", *table[1:]) == 0, "no names"


def test_a_head_is_where_a_person_says(path: Path) -> None:
    text = f"a;b;c\n\n{HEAD}A;2026-11-01;1\n"
    assert read(path, text, columns=(), head_line=3)[0] == [3, 4]
    with pytest.raises(CcmonError, match=r"Line 2 of .* is empty or not there; correct head_line"):
        read(path, text, head_line=2)


ROWS = "A;2026-11-01;1.234,50 €\nB;2026-11-02;20\nC;2026-11-02;0,55\n"


@pytest.mark.parametrize(
    "foot",
    [
        "Totaal;;1.255,05 €\n",
        "Total:;;1255,05\n",
        ";;1.255,05\n",  # without a word
        "Summe;;1.255,05\n;;\n",
        "Gesamt;;€ 1.255,05\n",
        "Total général;;1 255,05\n",
        "Totaal;;1255\n",  # rounded
        "Totaal 3 orders;;1.255,05;418,35\n",
    ],
)
def test_a_total_at_the_foot(path: Path, foot: str) -> None:
    lines, notes = read(path, HEAD + ROWS + foot)
    assert lines == [1, 2, 3, 4]
    assert notes[0].startswith("Line 5 was left out, as a total of the rows above: ")


@pytest.mark.parametrize(
    "foot",
    [
        "Eindstand;;1.255,05 €\n",  # no word for a total
        "Totaal;2026-11-03;1.255,05\n",  # nothing is missing
        "D;;1.255,05\n",  # a row without a day
        ";;1.255,06\n",
        ";;125505\n",
        "Totaal;;\n",
        "Totaal\n",
        "D;2026-11-03;\n",
    ],
)
def test_what_may_be_a_row_is_one(path: Path, foot: str) -> None:
    assert read(path, HEAD + ROWS + foot) == ([1, 2, 3, 4, 5], [])


def test_a_line_that_only_looks_like_a_total_is_a_row_and_told(path: Path) -> None:
    lines, notes = read(path, f"{HEAD}{ROWS}Totaal;;1.255,06 €\n")
    assert lines == [1, 2, 3, 4, 5]
    assert notes == [
        "Line 5 begins like a total ('Totaal 1.255,06 €'), but its figures are not the sums of those above: it counts "
        "as a row. If it is none, say so in a mapping: totals in [file]."
    ]


def test_rows_that_stand_twice_count_once_in_a_total(path: Path) -> None:
    first = ROWS.splitlines()[0]
    lines, notes = read(path, f"{HEAD}{ROWS}{first}\nTotaal;;1.255,05 €\n")
    assert lines == [1, 2, 3, 4, 5]
    assert notes == [
        "Line 6 was left out, as a total of the rows above: 'Totaal 1.255,05 €'; rows that stand twice count once in "
        "it."
    ]
    assert read(path, f"{HEAD}{ROWS}{first}\nTotaal;;1.255,06 €\n")[0] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("foot", [";Totaal;99,00 €\n", ";Summe:;3\n", ";Total;1;2\n", ";Totaal;1\nMade by CRM\n"])
def test_a_total_without_an_id_is_one_whatever_its_figures(path: Path, foot: str) -> None:
    lines, notes = read(path, HEAD + ROWS + foot)
    assert lines == [1, 2, 3, 4]
    assert notes[0].startswith("Line 5 was left out, as a total of the rows above: '")
    if "3" not in foot:
        assert notes[0].endswith("; its figures are not the sums of these: see whether rows are missing.")


@pytest.mark.parametrize("foot", [";Totaal;niets\n", ";Eindstand;99,00 €\n", ";Totaal;99,00 €;betaald\n", ";Totaal;\n"])
def test_a_row_without_an_id_and_with_other_words_is_a_row(path: Path, foot: str) -> None:
    assert read(path, HEAD + ROWS + foot)[0] == [1, 2, 3, 4, 5]


def test_amounts_that_are_written_in_two_ways_have_one_sum(path: Path) -> None:
    rows = (
        "A;2026-11-01;1.234,50 €\nB;2026-11-01;1234.5\nC;2026-11-01;1,234.5\nD;2026-11-01;0.125\nE;2026-11-01;1.234\n"
    )
    thousands, decimals = "4.937,63", "3.704,86"
    assert read(path, f"{HEAD}{rows}Totaal;;{thousands}\n")[0] == [1, 2, 3, 4, 5, 6]
    assert read(path, f"{HEAD}{rows}Totaal;;{decimals}\n")[0] == [1, 2, 3, 4, 5, 6]
    assert read(path, f"{HEAD}{rows}Totaal;;4.937,64\n")[0][-1] == 7


def test_lengths_of_time_are_summed_up_as_well(path: Path) -> None:
    head = "call;queue;talk\n"
    rows = "1;sales;59:59\n2;sales;0:00:02\n3;sales;1:00:00\n"
    assert read(path, f"{head}{rows}Total;;2:00:01\n", columns=())[0] == [1, 2, 3, 4]
    assert read(path, f"{head}{rows}Total;;2:00:02\n", columns=())[0] == [1, 2, 3, 4, 5]


def test_several_totals_and_what_stands_below_them(path: Path) -> None:
    lines, notes = read(path, f"{HEAD}{ROWS}\nTotaal;;1255,05\nAantal;;3\nTotal orders;3\n\nMade by CRM\n")
    assert lines == [1, 2, 3, 4]
    assert notes == [
        "Lines 6 and 8 were left out, as totals of the rows above: 'Totaal 1255,05', 'Total orders 3'.",
        "Lines 7 and 10 below the totals were left out: 'Aantal 3', 'Made by CRM'.",
    ]


def test_a_table_without_a_head_has_only_the_totals_that_a_person_names(path: Path) -> None:
    text = f"Title\n{ROWS}Totaal;;1255,05\n"
    assert read(path, text, header=False) == ([1, 2, 3, 4, 5], [])
    assert read(path, text, header=False, totals=["totaal"])[0] == [1, 2, 3, 4]


def test_a_row_below_a_total_is_a_row(path: Path) -> None:
    assert read(path, f"{HEAD}{ROWS}Totaal;;1255,05\nD;2026-11-03;5\n")[0] == [1, 2, 3, 4, 5, 6]


def test_a_head_that_is_repeated_is_no_row(path: Path) -> None:
    """As in a report of several pages, or where two files have become one."""
    lines, notes = read(path, f"{HEAD}{ROWS}{HEAD}D;2026-11-03;5\n\n{HEAD}E;2026-11-03;5\nTotaal;;1265,05\n")
    assert lines == [1, 2, 3, 4, 6, 9]
    assert notes == [
        "Lines 5 and 8 repeat the head, and were left out.",
        "Line 10 was left out, as a total of the rows above: 'Totaal 1265,05'.",
    ]
    assert read(path, "reference\nreference\n")[0] == [1, 2]


def test_totals_that_a_person_names_are_left_out_everywhere(path: Path) -> None:
    text = f"{HEAD}A;2026-11-01;1\nSubtotaal:;;1\nB;2026-11-01;2\nSUBTOTAAL;;2\nTotaal;;4\nTotaal B.V.;2026-11-01;5\n"
    lines, notes = read(path, text, totals=["subtotaal", "Totaal"])
    assert lines == [1, 2, 4, 7]
    assert notes == [
        "Lines 3, 5 and 6 were left out, as the mapping's totals: 'Subtotaal: 1', 'SUBTOTAAL 2', 'Totaal 4'."
    ]


def test_lines_that_are_left_out_are_named_and_cut() -> None:
    rows = numbered([["a", "", f"b{number}"] for number in range(14)])
    assert lines_of(rows[:1]) == "Line 1"
    assert lines_of(rows[:2]) == "Lines 1 and 2"
    assert lines_of(rows[:12]) == "Lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 12"
    assert lines_of(rows) == "Lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 2 more"
    assert quoted_lines(rows[:3]) == "'a b0', 'a b1', 'a b2'"
    assert quoted_lines(rows) == "'a b0', 'a b1', 'a b2' and 11 more"
    assert quoted_lines(numbered([["x" * 40]])) == repr("x" * 40)
    assert quoted_lines(numbered([["x" * 41]])) == repr("x" * 40 + "…")


def test_only_the_last_eight_lines_are_looked_at(path: Path) -> None:
    remarks = "Made by CRM\n"
    assert read(path, f"{HEAD}{ROWS}Totaal;;1255,05\n{remarks * 7}")[0] == [1, 2, 3, 4]
    assert len(read(path, f"{HEAD}{ROWS}Totaal;;1255,05\n{remarks * 8}")[0]) == 13


def test_many_named_totals_are_counted(path: Path) -> None:
    lines, notes = read(path, HEAD + "A;2026-11-01;1\nTotaal;;1\n" * 20, totals=["Totaal"])
    assert len(lines) == 21
    assert notes[0].startswith(
        "Lines 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25 and 8 more were left out, as the mapping's"
    )


texts = st.text(string.ascii_letters + " .,-", min_size=1, max_size=6).filter(str.strip)
figures = st.decimals(0, 10_000, places=2).map(str)
words = st.sampled_from(["Total", "Totaal", "Summe", "Total SA", "A-1"])
optional = st.one_of(st.just(""), figures, texts)
a_row = st.tuples(st.one_of(texts, words), st.one_of(texts, figures), optional, optional).map(list)


@given(st.lists(a_row, min_size=1, max_size=12))
def test_no_row_that_has_all_it_must_have_is_left_out(rows: list[list[str]]) -> None:
    """Rows whose first two cells are filled, whatever they are: also where sums come true by chance."""
    body = numbered([["A-0", "1", "", ""], *rows])
    assert list(TotalLines().without(iter(body), lambda: iter(body))) == body


@given(st.lists(a_row, min_size=1, max_size=12))
def test_no_row_below_a_head_of_names_is_taken_for_one(rows: list[list[str]]) -> None:
    assert find_head(numbered([list(SALES), *rows]), SALES) == 0


@given(
    st.lists(st.decimals(Decimal("0.01"), 10_000, places=2), min_size=2, max_size=examples(30)),
    st.integers(0, 3),
    st.booleans(),
)
def test_a_total_is_left_out_if_and_only_if_it_is_the_sum(amounts: list[Decimal], off: int, comma: bool) -> None:
    def text(amount: Decimal) -> str:
        grouped = f"{amount:,.2f}"
        return grouped.translate(str.maketrans(",.", ".,")) if comma else grouped

    rows = [[f"A-{number}", "2026-11-01", text(amount)] for number, amount in enumerate(amounts)]
    total = sum(amounts, Decimal(off) / 100)
    body = numbered([*rows, ["", "", text(total)]])
    kept = list(TotalLines().without(iter(body), lambda: iter(body)))
    assert len(kept) == len(rows) + (off != 0)
