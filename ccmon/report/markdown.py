"""Writes a report as Markdown, with tables as GitHub and most other readers draw them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ccmon.formatting import count, plain
from ccmon.report import words
from ccmon.report.content import Report
from ccmon.report.figures import Unit, written
from ccmon.report.glossary import glossary
from ccmon.report.goals import Goal
from ccmon.report.tables import Table

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$])")


def as_markdown(report: Report) -> str:
    """The report as Markdown."""
    return "\n".join(_lines(report)) + "\n"


def escaped(text: str) -> str:
    """A text that Markdown shows as it is, whatever characters it has."""
    return _SPECIAL.sub(r"\\\1", plain(text))


def _lines(report: Report) -> Iterator[str]:
    about, made = report.about, words.made_text(report)
    yield f"# {escaped(about.title)}"
    yield ""
    yield f"**{escaped(about.site)}**, {escaped(about.extent)}. Shown: {escaped(about.shown)}. Made {made}."
    yield escaped(about.completeness)
    yield ""
    if report.is_empty:
        yield words.empty_text(report)
        yield ""
    for insight in report.insights:
        yield f"- {words.TONE_SIGNS[insight.tone]} **{words.TONES[insight.tone]}:** {escaped(insight.sentence)}"
    if legend := words.legend(report):
        yield from ("", escaped(legend))
    for goal in report.shown_goals:
        yield from _goal(goal, report)
    yield from _curve(report)
    for table in report.shown_tables:
        yield from _table(table, report)
    if report.remarks:
        yield from ("", "## Remarks", "")
        yield from (f"- {escaped(remark)}" for remark in report.remarks)
    if terms := glossary(report):
        yield from ("", "## Terms", "")
        yield from (f"- **{escaped(term)}:** {escaped(meaning)}" for term, meaning in terms)


def _goal(goal: Goal, report: Report) -> Iterator[str]:
    yield from ("", f"## {goal.title}", "")
    rows = []
    for figure in goal.known:
        texts = [
            escaped(words.label_of(figure, report.currency)),
            f"**{written(figure.value, figure.unit)}**",
            words.target_text(figure),
        ]
        for earlier in report.about.earlier:
            changed = earlier.change(figure)
            difference = "" if changed is None else f"; {changed.in_words}"
            texts.append(f"{written(earlier.value(figure), figure.unit)}{difference}")
        rows.append(texts)
    heads = ["", "value", "target", *(earlier.name for earlier in report.about.earlier)]
    yield from _grid(heads, rows, {0})
    if said := words.left_out(goal):
        yield from ("", escaped(said))


def _curve(report: Report) -> Iterator[str]:
    curve = report.curve
    if not curve.coarse:
        return
    yield from ("", f"## {curve.coarse_title}", "")
    rows = []
    for point in curve.coarse:
        calls = point.calls
        counts = map(count, (calls.offered, calls.answered, calls.lost))
        rows.append([point.label, *counts, words.level_text(curve, point)])
    yield from _grid(["", "offered", "answered", "lost", "service level"], rows, {0})


def _table(table: Table, report: Report) -> Iterator[str]:
    yield from ("", f"## {table.title}", "")
    if not table.rows:
        yield escaped(table.empty)
        return
    rows = []
    for row in table.rows:
        texts = [escaped(words.cell_text(cell, column)) for cell, column in zip(row.cells, table.columns, strict=True)]
        rows.append([f"**{text}**" for text in texts] if row.is_total else texts)
    left = {place for place, column in enumerate(table.columns) if column.unit is Unit.TEXT}
    yield from _grid([escaped(words.title_of(column, report.currency)) for column in table.columns], rows, left)
    if table.order:
        yield from ("", escaped(table.order))


def _grid(heads: Sequence[str], rows: Iterable[Sequence[str]], left: set[int]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join('---' if place in left else '--:' for place in range(len(heads)))}|"
    for texts in rows:
        yield f"| {' | '.join(texts)} |"
