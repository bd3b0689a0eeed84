"""A report in each of its formats, read again by what others read it with; no name does any harm in it."""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from msgspec.structs import replace

from ccmon.database import database_file
from ccmon.database.report_reader import read_report
from ccmon.formatting import UNKNOWN, width_of
from ccmon.metrics.percentage import shown_at_least
from ccmon.model.stretches import StretchKind
from ccmon.report.asked import asked_stretch
from ccmon.report.content import Report, report_of
from ccmon.report.data import CSV_HEAD, as_csv, as_json
from ccmon.report.figures import Better, Unit, change, written
from ccmon.report.glossary import glossary
from ccmon.report.html import as_html
from ccmon.report.markdown import as_markdown
from ccmon.report.plain_text import as_plain_text
from ccmon.report.words import MARK_SIGNS, legend
from ccmon.snapshot.narrow import NO_FILTER, Filters
from tests.databases import shared
from tests.report.reports import FRIDAY, PRESENT, report
from tests.snapshot.seeded_floor import NOW, still_floor

ROOT = Path(__file__).parents[2]
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></table></svg>",
    '=HYPERLINK("http://x","y")',
    "| a | **b** [c](javascript:d) `e`",
    "&lt;b&gt; &amp;",
    "\x1b[2J\u202e\n\r\tend",
)
VOID = {"meta", "br", "col"}
REPORTS = [("day", FRIDAY), ("day", None), ("week", "2026-11-22"), ("month", None), ("since", "09:07")]

each_report = pytest.mark.parametrize(("kind", "text"), REPORTS)


def hostile_report() -> Report:
    """Friday's, of a floor in which every name is a trap."""

    def fill(folder: Path) -> None:
        with closing(database_file.open_writer(still_floor(folder / "calls.db"))) as connection:
            for table, column in (
                ("agents", "name"),
                ("teams", "name"),
                ("queues", "name"),
                ("clients", "name"),
                ("customers", "name"),
                ("contact_reasons", "name"),
                ("follow_ups", "kind"),
            ):
                for number, name in enumerate(HOSTILE):
                    connection.execute(
                        f"UPDATE {table} SET {column} = ? || id WHERE id % ? = ?",
                        (name, len(HOSTILE), number),
                    )
            connection.execute("UPDATE site SET name = ?", ("<script>site</script>",))

    path = shared("floor of hostile names", fill) / "calls.db"
    return report_of(read_report(path, asked_stretch(StretchKind.DAY, FRIDAY, PRESENT), {}), NO_FILTER, NOW)


class Page(HTMLParser):
    """The elements and texts of a page, whose tags must all be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All that a reader sees."""
        return " ".join(" ".join(self.texts).split())


@each_report
def test_html_is_one_page_that_loads_nothing(kind: str, text: str | None) -> None:
    html = as_html(report(kind, text))
    page = Page(html)
    tags = {tag for tag, _ in page.elements}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "base", "form", "a"})
    for _, attributes in page.elements:
        assert attributes.keys().isdisjoint({"src", "href", "action"})
        assert not any(name.startswith("on") for name in attributes)
    assert set(re.findall(r"https?://[^\"' ]+", html)) == {"http://www.w3.org/2000/svg"}
    assert set(re.findall(r"url\(([^)]*)\)", html)) <= {"#lost"}
    assert "@import" not in html
    assert html.startswith("<!DOCTYPE html>")
    assert ("viewport" in html, "@page { size: A4" in html) == (True, True)


@each_report
def test_no_line_of_html_is_too_long_for_mail(kind: str, text: str | None) -> None:
    assert max(len(line.encode()) for line in as_html(report(kind, text)).splitlines()) <= 998


@each_report
def test_the_chart_is_xml_and_has_a_point_for_each_step(kind: str, text: str | None) -> None:
    found = report(kind, text)
    (svg,) = re.findall(r"<svg.*?</svg>", as_html(found), re.DOTALL)
    root = ElementTree.fromstring(svg)
    name = "{http://www.w3.org/2000/svg}"
    bars = [bar for bar in root.iter(f"{name}rect") if bar.find(f"{name}title") is not None]
    assert len(bars) == sum(point.calls.offered > 0 for point in found.curve.points)
    tallest = max(float(bar.get("height", 0)) for bar in bars)
    offered = [point.calls.offered for point in found.curve.points if point.calls.offered]
    for bar, number in zip(bars, offered, strict=True):
        assert float(bar.get("height", 0)) == pytest.approx(tallest * number / max(offered), abs=0.11)
    known = [point.calls.service_level for point in found.curve.points if point.calls.service_level is not None]
    below = sum(not shown_at_least(level, 0.8) for level in known)
    assert len(list(root.iter(f"{name}polygon"))) == below > 0
    assert len(list(root.iter(f"{name}circle"))) == len(known) - below
    assert root.get("role") == "img"
    assert (root.find(f"{name}title"), root.find(f"{name}desc")) != (None, None)


def test_each_style_sheet_is_short_enough_for_mail() -> None:
    """Gmail takes no style sheet of more than 8,192 characters, and drops one with an at-rule that it does not know."""
    sheets = re.findall("<style>(.*?)</style>", as_html(report("day", FRIDAY)), re.DOTALL)
    assert [len(sheet) < 8192 for sheet in sheets] == [True, True]
    assert ["@page" in sheet for sheet in sheets] == [False, True]


def test_html_says_all_that_the_report_says() -> None:
    found = report("day", FRIDAY)
    text = Page(as_html(found)).text
    assert found.about.title in text
    assert all(" ".join(each.sentence.split()) in text for each in found.insights)
    assert all(figure.label in text for goal in found.goals for figure in goal.known)
    assert all(meaning in text for _, meaning in glossary(found))
    assert all(row.name in text for table in found.tables for row in table.rows)
    assert all(remark in text for remark in found.remarks)


def test_each_colour_of_html_has_a_sign_or_a_word_with_it() -> None:
    html = as_html(report("day", FRIDAY))
    for kind, seen in (("worse", "worse"), ("better", "better"), ("missed", "✗"), ("reached", "✓"), ("late", "▲")):
        marked = re.findall(rf'class="[^"]*\b{kind}\b[^"]*"[^>]*>(.*?)</(?:td|div|span>\s*</td)', html, re.DOTALL)
        assert marked, kind
        assert all(seen in each for each in marked), kind


def card_of(found: Report, title: str) -> str:
    """What a card of the page says."""
    (card,) = re.findall(rf'<span class="label">{title}</span>(.*?)<span>', as_html(found), re.DOTALL)
    return Page(card.replace("<br>", "")).text


def test_a_card_says_at_once_whether_its_target_is_reached() -> None:
    found = report("day", FRIDAY)
    figures = {each.key: each for goal in found.goals for each in goal.figures}
    sign = MARK_SIGNS[figures["service_level_live"].mark]
    assert card_of(found, "Service").startswith(sign)
    assert card_of(found, "Retention")[0].isdigit(), "without a target, none is missed"
    assert "no target is set" in Page(as_html(found)).text


def test_the_card_of_retention_says_what_is_known_of_customers_lost() -> None:
    found = report("day", FRIDAY)
    churn = next(each for goal in found.goals for each in goal.figures if each.key == "churn")
    assert f"{churn.label}: {written(churn.value, churn.unit)}" in Page(as_html(found)).text
    client = next(queue.client for queue in found.narrowed.floor.queues if queue.client)
    alone = Page(as_html(report("day", FRIDAY, Filters(client=client)))).text
    assert "Churn: not known for one client" in alone


def test_figures_that_are_not_known_are_left_out_and_named() -> None:
    name = report("day", FRIDAY).narrowed.floor.queues[0].name
    found = report("day", FRIDAY, Filters(queue=name))
    said = "Not known for one queue, and left out: sales, revenue, "
    for text in (Page(as_html(found)).text, as_markdown(found), as_plain_text(found, 200)):
        assert said in text
        assert "Sales calls" not in text
    assert '"figure": "sales_calls"' in as_json(found)


def test_signs_and_terms_are_explained_where_they_are_used_alone() -> None:
    today, friday = report("day"), report("day", FRIDAY)
    assert ", ▲ rising or late" in legend(today)
    assert ", ▲ late" in legend(replace(today, problems=None))
    assert "pt: percentage points" in legend(friday)
    assert "pt:" not in legend(replace(friday, goals=()))
    nothing = replace(friday, goals=(), curve=replace(friday.curve, points=()), problems=None)
    tables = {table.key: replace(table, rows=()) for table in nothing.tables}
    assert legend(replace(nothing, **tables)) == ""
    assert glossary(replace(nothing, **tables)) == ()
    name = friday.narrowed.floor.queues[0].name
    assert "Conversion" in dict(glossary(friday))
    assert "Conversion" not in dict(glossary(report("day", FRIDAY, Filters(queue=name))))


def test_a_page_has_room_for_the_columns_that_matter() -> None:
    found = report("day", FRIDAY)
    html = as_html(found)
    titles = re.findall(r"<th scope=\"col\"[^>]*>([^<]*)</th>", html)
    assert {"Agent", "Quota", "Occupancy"} <= set(titles)
    assert titles.count("Conversion") == 2, "of teams and of agents"
    assert {"Paused", "Logged in", "Outbound"}.isdisjoint(titles)
    assert re.search(r'<th scope="col" class="more"[^>]*>ASA</th>', html)
    assert not re.search(r'<th scope="col" class="more"[^>]*>AHT</th>', html)
    teams = [row.cells[1].value for row in found.agents.rows if not (row.is_total or row.is_rest)]
    assert re.findall(r'<tr class="group">\s*<th[^>]*>([^<]*)</th>', html) == list(dict.fromkeys(teams))


def test_no_name_gets_out_of_its_place_in_html() -> None:
    found = hostile_report()
    html = as_html(found)
    page, harmless = Page(html), Page(as_html(report("day", FRIDAY)))
    assert {tag for tag, _ in page.elements} == {tag for tag, _ in harmless.elements}
    assert {name for _, attributes in page.elements for name in attributes} == {
        name for _, attributes in harmless.elements for name in attributes
    }
    assert "<script>alert(1)</script>" in page.text
    assert "<script>site</script>" in page.text
    assert not set(html) & {"\x1b", "\u202e", "\r"}


def test_no_name_gets_out_of_its_place_in_markdown() -> None:
    text = as_markdown(hostile_report())
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    page = Page(rendered.replace("<hr />", ""))
    tags = {tag for tag, _ in page.elements}
    assert tags <= {"h1", "h2", "p", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td"}
    assert "<script>alert(1)</script>" in page.text
    assert "| a | **b** [c](javascript:d) `e`" in page.text


def test_a_difference_stands_apart_from_the_value_before_it() -> None:
    found = report("day", FRIDAY)
    orders, earlier = found.goals[0].figures[0], found.about.earlier[-1]
    changed = earlier.change(orders)
    assert changed is not None
    said = f"{written(earlier.value(orders), orders.unit)}; {changed.in_words}"
    assert f"| {said} |" in as_markdown(found)
    assert said in re.sub(r"<[^>]*>", "", as_html(found))
    assert f"  {changed.in_words}\n" in as_plain_text(found, 200)


@each_report
def test_markdown_has_the_rows_of_the_tables(kind: str, text: str | None) -> None:
    found = report(kind, text)
    rendered = MarkdownIt("commonmark").enable("table").render(as_markdown(found))
    tables = re.findall(r"<table>.*?</table>", rendered, re.DOTALL)
    rows = [len(re.findall("<tr>", table)) - 1 for table in tables]
    assert rows == [
        *(len(goal.known) for goal in found.goals),
        len(found.curve.coarse),
        *(len(table.rows) for table in found.tables if table.rows),
    ]


@each_report
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_of_the_text_is_wider_than_it_may_be(kind: str, text: str | None, width: int) -> None:
    said = as_plain_text(report(kind, text), width)
    assert max(map(width_of, said.splitlines())) <= width
    assert all(line == line.rstrip() for line in said.splitlines())


def test_a_wide_text_has_all_columns_and_a_narrow_one_those_that_matter() -> None:
    wide, narrow = (as_plain_text(report("day", FRIDAY), width) for width in (200, 80))
    assert "AHT target" in wide
    assert "AHT target" not in narrow
    for title in ("Queue ", "Offered", "Lost", "Service level", "Attainment"):
        assert title in narrow


def test_text_in_ascii_is_ascii() -> None:
    said = as_plain_text(report("day", FRIDAY), 80, ascii_alone=True)
    assert said.isascii()
    assert "! Badly:" in said or "ok Well:" in said


def test_no_name_moves_the_cursor_in_text() -> None:
    assert not set(as_plain_text(hostile_report(), 120)) & {"\x1b", "\u202e", "\r", "\t"}


@each_report
def test_csv_has_the_values_of_the_json(kind: str, text: str | None) -> None:
    found = report(kind, text)
    head, *rows = csv.reader(io.StringIO(as_csv(found)))
    assert tuple(head) == CSV_HEAD
    assert {len(row) for row in rows} == {6}
    document = json.loads(as_json(found))
    known = {(section, figure, comparison): value for section, _, figure, value, comparison, _ in rows}
    for section, figures in document["goals"].items():
        for figure in figures:
            value = known[section, figure["figure"], ""]
            assert value == ("" if figure["value"] is None else str(figure["value"]))
            if figure["target"] is not None:
                assert known[section, figure["figure"], "target"] == str(figure["target"])
    queues = {(name, figure): value for section, name, figure, value, _, _ in rows if section == "queues"}
    for queue in document["queues"]:
        assert queues[queue["name"], "offered"] == str(queue["offered"])
    assert len([row for row in rows if row[0] == "curve"]) == 4 * len(document["curve"])


def test_no_text_of_csv_is_a_formula() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(hostile_report()))))
    assert [cell for row in rows for cell in row if cell.startswith("'=HYPERLINK")]
    assert not any(cell[:1] in "=@\t\r" for row in rows for cell in row if cell)
    assert "\x1b" not in as_csv(hostile_report())


@each_report
def test_each_key_of_the_json_is_documented(kind: str, text: str | None) -> None:
    document = json.loads(as_json(report(kind, text)))
    told = set(re.findall(r"`([a-z_0-9]+)`", (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")))
    figures = {figure["figure"] for goal in document["goals"].values() for figure in goal}
    assert document.keys() | document["goals"].keys() | figures <= told
    assert {key for figure in document["goals"]["service"] for key in figure} <= told
    assert {key for point in document["curve"] for key in point} <= told
    assert {insight["rule"] for insight in document["insights"]} - {"volume"} <= told


def test_json_is_all_ascii_and_unknown_is_null() -> None:
    text = as_json(report("month"))
    assert text.isascii()
    document = json.loads(text)
    assert all(figure["before"] is None for goal in document["goals"].values() for figure in goal)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, Unit.COUNT, UNKNOWN),
        (1498, Unit.COUNT, "1,498"),
        (0.845, Unit.SHARE, "85 %"),
        (0.0682, Unit.SMALL_SHARE, "6.8 %"),
        (316_400, Unit.LENGTH, "5:16"),
        (5_400_000, Unit.HOURS, "1.5 h"),
        (212_400_000, Unit.DAYS, "2 days 11 h"),
        (86_400_000, Unit.DAYS, "1 day"),
        (86_369_999, Unit.DAYS, "23 h 59 min"),
        (3_600_000, Unit.DAYS, "1 h"),
        (3_570_000, Unit.DAYS, "1 h"),
        (3_569_999, Unit.DAYS, "59 min"),
        (308, Unit.MONEY, "3.08"),
        (4_310_060, Unit.MONEY, "43,101"),
        (-16.4, Unit.POINTS, "\N{MINUS SIGN}16"),
        (6.85, Unit.NUMBER, "6.9"),
        ("text", Unit.TEXT, "text"),
    ],
)
def test_values_as_they_are_written(value: float | str | None, unit: Unit, text: str) -> None:
    assert written(value, unit) == text


@pytest.mark.parametrize(
    ("value", "earlier", "unit", "text"),
    [
        (110, 100, Unit.COUNT, "10 % more"),
        (90, 100, Unit.COUNT, "10 % fewer"),
        (300, 100, Unit.COUNT, "3.0\N{MULTIPLICATION SIGN}"),
        (299, 100, Unit.COUNT, "199 % more"),
        (25, 19, Unit.COUNT, "6 more"),
        (25, 20, Unit.COUNT, "25 % more"),
        (7, 0, Unit.COUNT, "7 more"),
        (1001, 1000, Unit.COUNT, "same"),
        (1000.4, 1000, Unit.MONEY, "same"),
        (500, 0, Unit.MONEY, None),
        (99_950, 99_900, Unit.MONEY, "same"),
        (12_000_000, 10_000_000, Unit.MONEY, "20 % more"),
        (0.784, 0.8349, Unit.SHARE, "5 pt lower"),
        (0.784, 0.7841, Unit.SHARE, "same"),
        (0.0682, 0.0559, Unit.SMALL_SHARE, "1.2 pt higher"),
        (16_000, 12_000, Unit.LENGTH, "0:04 longer"),
        (16_000, 16_400, Unit.LENGTH, "same"),
        (11_400, 9_600, Unit.LENGTH, "0:01 longer"),
        (10_600, 9_400, Unit.LENGTH, "0:02 longer"),
        (11_499, 10_500, Unit.LENGTH, "same"),
        (618_480_000, 648_000_000, Unit.HOURS, "5 % less"),
        (16, -3, Unit.POINTS, "19 higher"),
        (-16.4, -3.2, Unit.POINTS, "13 lower"),
    ],
)
def test_differences_as_they_are_written(value: float, earlier: float, unit: Unit, text: str | None) -> None:
    found = change(value, earlier, unit, Better.MORE)
    assert (None if found is None else found.text) == text
    if found is not None:
        assert found.word == ("" if text == "same" else "better" if value > earlier else "worse")
        opposite = change(value, earlier, unit, Better.LESS)
        assert opposite is not None
        assert opposite.word == {"better": "worse", "worse": "better", "": ""}[found.word]


def test_what_is_not_known_has_no_difference() -> None:
    assert change(None, 1, Unit.COUNT, Better.MORE) is None
    assert change(1, None, Unit.COUNT, Better.MORE) is None


def test_every_mark_has_a_sign_of_its_own() -> None:
    assert len(MARK_SIGNS) == 5
    assert {mark for mark, sign in MARK_SIGNS.items() if sign == "▲"} == {"rising", "late"}
