"""Writes a report as one HTML page: for paper, for mail, for a telephone. No script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.etree.ElementTree import Element

from ccmon import __version__
from ccmon.formatting import count
from ccmon.metrics.percentage import percent
from ccmon.report import glossary, words
from ccmon.report.charts import curve_chart
from ccmon.report.content import Report
from ccmon.report.curve import Curve, CurvePoint
from ccmon.report.elements import Child, element, page
from ccmon.report.figures import SAME, Better, Figure, Mark, Unit, Value, written
from ccmon.report.goals import Goal
from ccmon.report.insight import Insight
from ccmon.report.tables import Cell, ReportColumn, Table

SCREEN_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #ffffff; color: #1c2530; font: 15px/1.45 "Helvetica Neue", Helvetica, Arial,
  "Noto Sans", "Noto Sans CJK SC", system-ui, sans-serif;
  -webkit-text-size-adjust: 100%; }
.page { max-width: 820px; margin: 0 auto; padding: 24px 20px 40px; }
h1 { font-size: 26px; line-height: 1.2; margin: 2px 0 4px; }
h2 { font-size: 17px; margin: 30px 0 8px; padding-bottom: 4px; border-bottom: 2px solid #1f5fa8; break-after: avoid; }
p { margin: 4px 0; }
.site { color: #1f5fa8; font-weight: bold; }
.quiet { color: #5b6673; font-size: 13px; }
.warn { border-left: 4px solid #a35a00; padding: 2px 10px; margin: 8px 0; }
.insights { list-style: none; margin: 18px 0 0; padding: 0; }
.insights li { margin: 0 0 6px; padding: 6px 10px; border-left: 4px solid #8a96a3; background: #f5f7f9;
  break-inside: avoid; }
.insights li.bad { border-left-color: #b3261e; background: #fcf1f0; }
.insights li.good { border-left-color: #1a7f4b; background: #eef7f2; }
.bad .sign, .worse, .missed .sign, .late .sign, .rising .sign { color: #b3261e; }
.good .sign, .better, .reached .sign { color: #1a7f4b; }
.cards { margin: 16px -5px 0; font-size: 0; }
.card { display: inline-block; vertical-align: top; width: 25%; padding: 5px; font-size: 15px; break-inside: avoid; }
.card div { border: 1px solid #d8dee5; border-radius: 6px; padding: 10px 12px; min-height: 136px; }
.card .label { font-size: 12px; color: #5b6673; text-transform: uppercase; letter-spacing: .03em; }
.card .value { font-size: 25px; font-weight: bold; line-height: 1.25; }
.card .note { font-size: 12px; color: #5b6673; }
.card .change { white-space: normal; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #5b6673; font-size: 13px; padding-bottom: 4px; }
th, td { padding: 4px 6px; text-align: right; vertical-align: top; border-bottom: 1px solid #e6eaee; }
th { font-size: 12px; color: #5b6673; font-weight: bold; vertical-align: bottom; }
th.text, td.text { text-align: left; }
td.text, th.row { overflow-wrap: break-word; }
th.row { color: inherit; font-weight: normal; font-size: inherit; vertical-align: top; }
td.value { font-weight: bold; white-space: nowrap; }
td.number { white-space: nowrap; }
tr { break-inside: avoid; }
tr.total th, tr.total td { font-weight: bold; border-top: 2px solid #8a96a3; }
thead { display: table-header-group; }
.earlier { white-space: nowrap; }
.change { font-size: 12px; color: #5b6673; white-space: nowrap; }
.change.worse { color: #b3261e; } .change.better { color: #1a7f4b; }
.goals { table-layout: fixed; margin-bottom: 14px; }
.goals thead th { background: #eaf0f7; color: #1c2530; border-bottom: 0; }
.course { max-width: 520px; }
.dense { font-size: 12.5px; } .dense th { font-size: 11px; } .dense th.row { font-size: inherit; }
.dense th, .dense td { padding: 3px 5px; }
tr.rest th, tr.rest td { border-top: 2px solid #e6eaee; }
tr.group th { font-weight: bold; padding-top: 8px; break-after: avoid; }
tr.group { break-after: avoid; }
.keep { break-inside: avoid; }
.chart { display: block; width: 100%; height: auto; font-family: Helvetica, Arial, sans-serif; }
ul.remarks { padding-left: 18px; margin: 6px 0; }
details summary { cursor: pointer; color: #1f5fa8; font-size: 13px; margin: 8px 0; }
@media (max-width: 600px) {
  .page { padding: 14px 12px 28px; }
  h1 { font-size: 22px; }
  .card { width: 50%; }
  th, td { padding: 4px 3px; }
  .goals { font-size: 13px; } .goals th { font-size: 11px; } .goals th.row { font-size: inherit; }
  .goals { table-layout: auto; } .goals col { width: auto !important; }
  .goals .apart { display: none; }
  .goals .change { display: block; font-size: 11px; white-space: normal; }
  .more { display: none; }
  .chart text { font-size: 18px; } .chart text.minor { display: none; }
}
"""
PRINT_STYLE = """
@page { size: A4; margin: 13mm 12mm; }
@media print {
  body { font-size: 12.5px; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .page { max-width: none; padding: 0; }
  .wide { overflow-x: visible; }
  .dense { font-size: 11px; } .dense th { font-size: 10px; } .dense th.row { font-size: inherit; }
  .dense th, .dense td { padding: 2.5px 4px; }
  h2 { margin-top: 18px; }
  .goals th, .goals td { padding: 1.5px 6px; }
  .goals { margin-bottom: 10px; }
  .insights li { padding: 4px 10px; margin-bottom: 4px; }
  .card div { min-height: 112px; padding: 7px 10px; }
  .chart { width: 80%; }
  details { display: none; }
}
"""
"""Apart, as mail programs that stumble over it drop a whole style sheet."""
PAGE_RANK, EXTRA_RANK = 4, 2
"""Columns of a higher rank are left out, and from the second on hidden on a telephone."""
KEPT_TOGETHER = 15
"""A table of so many rows is not broken between pages."""
CARDS = {
    "revenue": ("pace", "attainment", "revenue_cents", "sales"),
    "service": ("service_level_live", "offered"),
    "retention": ("on_time_rate", "overdue"),
    "resources": ("cost_per_contact_cents", "aht_inbound_ms", "handled"),
}
"""By goal, the figure that its card shows: the first that is known."""
CARD_BESIDE = {"revenue": "revenue_attainment", "retention": "churn"}
"""By goal, the figure that its card names in a line below, if that is known."""


def as_html(report: Report) -> str:
    """The report as one page."""
    about = report.about
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="generator", content=f"ccmon {__version__}"),
        element("title", f"{about.site}: {about.title}"),
        _style(SCREEN_STYLE),
        _style(PRINT_STYLE),
    )
    body = element("body", element("div", *_parts(report), class_="page"))
    return page(element("html", head, body, lang="en"))


def _style(text: str) -> Element:
    made = element("style")
    made.text = text
    return made


def _parts(report: Report) -> Iterator[Element]:
    yield from _head(report)
    if report.is_empty:
        yield element("p", words.empty_text(report), class_="warn")
    yield element("ul", *map(_insight, report.insights), class_="insights") if report.insights else element("div")
    yield _cards(report)
    yield element("h2", "The four goals" if len(report.shown_goals) == len(report.goals) else "The goals")
    if legend := words.legend(report):
        yield element("p", legend, class_="quiet")
    yield from _goals(report)
    if report.curve.points:
        yield from _course(report)
    for table in report.shown_tables:
        yield from _table(table, report)
    if report.remarks:
        yield element("h2", "Remarks")
        yield element("ul", *(element("li", remark) for remark in report.remarks), class_="remarks quiet")
    terms = glossary.glossary(report)
    if terms:
        yield element("h2", "Terms")
        yield element(
            "ul",
            *(element("li", element("b", f"{term}: "), meaning) for term, meaning in terms),
            class_="remarks quiet terms",
        )


def _head(report: Report) -> Iterator[Element]:
    about = report.about
    yield element("p", about.site, class_="site")
    yield element("h1", about.title)
    extent, made = f"{about.extent[0].upper()}{about.extent[1:]}", words.made_text(report)
    yield element("p", f"{extent}. Shown: ", element("b", about.shown), f". Made {made}.", class_="quiet")
    yield element("p", about.completeness, class_="quiet" if about.is_complete else "warn")


def _insight(insight: Insight) -> Element:
    sign = element("b", f"{words.TONE_SIGNS[insight.tone]} {words.TONES[insight.tone]}: ", class_="sign")
    return element("li", sign, insight.sentence, class_=insight.tone.value)


def _cards(report: Report) -> Element:
    cards = []
    for goal in report.shown_goals:
        by_key = {figure.key: figure for figure in goal.figures}
        chosen = [by_key[key] for key in CARDS[goal.key] if key in by_key and by_key[key].value is not None]
        if chosen:
            cards.append(_card(goal, chosen[0], report))
    return element("div", *cards, class_="cards")


def _card(goal: Goal, figure: Figure, report: Report) -> Element:
    notes: list[Child] = []
    if figure.target is not None:
        notes.append(_target_note(figure))
    elif figure.better is not Better.NEITHER:
        notes.append("no target is set")
    for earlier in reversed(report.about.earlier):
        changed = earlier.change(figure)
        if changed is not None:
            than = "as" if changed.text == SAME else "than"
            word = f" ({changed.word})" if changed.word else ""
            said = f"{changed.text} {than} {earlier.name}{word}"
            notes.append(element("span", said, class_=f"change {changed.word}".strip()))
            break
    beside = next((each for each in goal.figures if each.key == CARD_BESIDE.get(goal.key)), None)
    if beside is not None and beside.value is not None:
        value = element("span", written(beside.value, beside.unit), _sign(beside.mark), class_="earlier")
        notes.append(element("span", f"{beside.label}: ", value, class_=beside.mark.value or None))
    elif goal.key == "retention" and goal.reason is not None:
        notes.append(f"Churn: {goal.reason[0].lower()}{goal.reason[1:].rstrip('.')}")
    lines = [element("div", note, class_="note", style="border:0;padding:0;min-height:0") for note in notes]
    mark = Mark.NONE if figure.target is None else figure.mark
    sign = element("span", f"{words.MARK_SIGNS[mark]} ", class_="sign value") if mark else None
    # A mail program that takes no style sheet still shows them one below the other.
    return element(
        "div",
        element(
            "div",
            element("span", goal.title, class_="label", title=glossary.GOAL_MEANINGS.get(goal.key)),
            element("br"),
            element("span", sign, class_=mark.value) if sign is not None else None,
            element("span", written(figure.value, figure.unit), class_="value"),
            element("br"),
            element("span", words.label_of(figure, report.currency)),
            *lines,
        ),
        class_="card",
    )


def _target_note(figure: Figure) -> Element:
    word = words.MARK_WORDS.get(figure.mark, "target")
    return element("span", f"{word}: {written(figure.target, figure.unit)}", class_=figure.mark.value)


def _goals(report: Report) -> Iterator[Element]:
    """A table for each goal, with the same widths of columns: none is broken between two pages of paper."""
    earlier = report.about.earlier
    widths = [28, 11, 12, *([49 // max(1, len(earlier))] * len(earlier))]
    for goal in report.shown_goals:
        heads = [element("th", goal.title, class_="text", scope="col"), element("th", "", scope="col")]
        heads += [element("th", name, scope="col") for name in ("Target", *(each.name for each in earlier))]
        yield element(
            "table",
            element("colgroup", *(element("col", style=f"width:{width}%") for width in widths)),
            element("thead", element("tr", *heads)),
            element("tbody", *(_goal_row(figure, report) for figure in goal.known)),
            class_="goals keep",
        )
        if said := words.left_out(goal):
            yield element("p", said, class_="quiet")


def _goal_row(figure: Figure, report: Report) -> Element:
    target = written(figure.target, figure.unit) if figure.target is not None else ""
    cells = [
        element(
            "th",
            words.label_of(figure, report.currency),
            class_="row text",
            scope="row",
            title=glossary.meaning_of(figure.key),
        ),
        element("td", written(figure.value, figure.unit), class_="value"),
        element("td", target, _sign(figure.mark), class_=f"number {figure.mark}".strip()),
    ]
    for earlier in report.about.earlier:
        changed = earlier.change(figure)
        difference = None
        if changed is not None:
            difference = element("span", changed.in_words, class_=f"change {changed.word}".strip())
        then = element("span", written(earlier.value(figure), figure.unit), class_="earlier")
        cells.append(
            element("td", then, None if difference is None else element("span", "; ", class_="apart"), difference)
        )
    return element("tr", *cells)


def _sign(mark: Mark) -> Element | None:
    if not mark:
        return None
    return element("span", f" {words.MARK_SIGNS[mark]}", class_="sign", title=words.MARK_WORDS[mark])


def _course(report: Report) -> Iterator[Element]:
    curve = report.curve
    yield element("h2", "The course of the day" if curve.is_of_day else "Day by day")
    yield element("div", curve_chart(curve), class_="keep")
    yield _curve_table(curve.coarse_title, curve.coarse, curve)
    if curve.is_of_day:
        summary = element("summary", "By quarters of an hour")
        yield element("details", summary, _curve_table("By quarters of an hour", curve.points, curve))


def _curve_table(caption: str, points: Iterable[CurvePoint], curve: Curve) -> Element:
    heads = ("", "Offered", "Answered", "Lost", "Service level")
    rows = []
    for point in points:
        calls, mark = point.calls, curve.mark(point)
        cells = [element("td", count(each), class_="number") for each in (calls.offered, calls.answered, calls.lost)]
        cells.append(element("td", percent(calls.service_level), _sign(mark), class_=f"number {mark}".strip()))
        rows.append(element("tr", element("th", point.label, class_="row text", scope="row"), *cells))
    head = element("tr", *(element("th", name, scope="col", class_=None if name else "text") for name in heads))
    return element(
        "table",
        element("caption", caption),
        element("thead", head),
        element("tbody", *rows),
        class_="dense keep course",
    )


def _table(table: Table, report: Report) -> Iterator[Element]:
    """A table with the columns that matter most: paper and telephone have no room for all of them."""
    yield element("h2", table.title)
    if not table.rows:
        yield element("p", table.empty, class_="quiet")
        return
    places = [place for place, column in enumerate(table.columns) if column.rank <= PAGE_RANK]
    columns = [table.columns[place] for place in places]
    heads = [
        element(
            "th",
            words.title_of(column, report.currency),
            scope="col",
            class_=f"{'text' if column.unit is Unit.TEXT else ''} {_extra(column)}".strip() or None,
            title=column.meaning or glossary.meaning_of(column.key),
        )
        for column in columns
    ]
    made = element(
        "table",
        element("caption", table.order) if table.order else None,
        element("thead", element("tr", *heads)),
        element("tbody", *_rows(table, places)),
        class_="dense",
    )
    yield element("div", made, class_="wide keep" if len(table.rows) <= KEPT_TOGETHER else "wide")


def _rows(table: Table, places: Sequence[int]) -> Iterator[Element]:
    """The rows; agents under the name of their team, instead of a column of it."""
    columns = [table.columns[place] for place in places]
    team_at = next((place for place, column in enumerate(table.columns) if column.key == "team"), None)
    above: Value = None
    for row in table.rows:
        if table.key == "agents" and team_at is not None and not (row.is_total or row.is_rest):
            team = row.cells[team_at].value or "No team"
            if team != above:
                name = element("th", str(team), colspan=len(places), scope="rowgroup", class_="row text")
                yield element("tr", name, class_="group")
            above = team
        cells = [_cell(row.cells[place], column) for place, column in zip(places, columns, strict=True)]
        yield element("tr", *cells, class_="total" if row.is_total else "rest" if row.is_rest else None)


def _extra(column: ReportColumn) -> str:
    """The class of a column that a telephone has no room for."""
    return "more" if column.rank >= EXTRA_RANK else ""


def _cell(cell: Cell, column: ReportColumn) -> Element:
    text = written(cell.value, column.unit)
    if column.key == "name":
        return element("th", text, class_="row text", scope="row")
    kind = "text" if column.unit is Unit.TEXT else "number"
    return element("td", text, _sign(cell.mark), class_=" ".join(f"{kind} {cell.mark} {_extra(column)}".split()))
