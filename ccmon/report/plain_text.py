"""Writes a report as text, for a terminal or for mail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from ccmon.formatting import ascii_only, count, fit, plain, width_of, wrapped
from ccmon.report import words
from ccmon.report.content import Report
from ccmon.report.figures import Earlier, Unit, written
from ccmon.report.glossary import glossary
from ccmon.report.goals import Goal
from ccmon.report.tables import Table

GAP = "  "
LEAST_NAME = 10
"""A column of names is not cut below this width."""
BAR, BESIDE_BARS = 24, 50
"""The longest bar, and the width of what stands beside it."""
UNMARKED = "  "
"""Stands where other values of a column have a sign, so that the digits are below each other."""
ASCII_SIGNS = {"✓": "ok", "✗": "!", "▲": "^", "△": "*", "−": "-", "×": "x", "█": "#", "·": "-"}  # noqa: RUF001 (a minus)


class _Line(Struct, frozen=True):
    """A line of a table as texts."""

    texts: tuple[str, ...]
    is_total: bool = False


def as_plain_text(report: Report, width: int, *, ascii_alone: bool = False) -> str:
    """The report as lines of at most a width, each ended by a newline."""
    lines = list(_lines(report, width))
    if ascii_alone:
        lines = [ascii_only("".join(ASCII_SIGNS.get(letter, letter) for letter in line)) for line in lines]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _lines(report: Report, width: int) -> Iterator[str]:
    about = report.about
    yield from wrapped(f"{about.site}: {about.title}, {about.extent}", width)
    yield from wrapped(f"Shown: {about.shown}. Made {words.made_text(report)}.", width)
    yield from wrapped(about.completeness, width)
    if report.is_empty:
        yield ""
        yield from wrapped(words.empty_text(report), width)
    yield ""
    for insight in report.insights:
        head = f"{words.TONE_SIGNS[insight.tone]} {words.TONES[insight.tone]}:"
        yield from wrapped(f"{head} {insight.sentence}", width, "  ")
    if legend := words.legend(report):
        yield ""
        yield from wrapped(legend, width)
    yield from _goals(report, width)
    yield from _curve(report, width)
    for table in report.shown_tables:
        yield ""
        yield from _table(table, report, width)
    if report.remarks:
        yield ""
        yield "Remarks"
        for remark in report.remarks:
            yield from wrapped(f"- {remark}", width, "  ")
    terms = glossary(report)
    if terms:
        yield from ("", "Terms")
        for term, meaning in terms:
            yield from wrapped(f"- {term}: {meaning}", width, "  ")


def _goals(report: Report, width: int) -> Iterator[str]:
    """All figures, with as much of what they are compared with as there is room for."""
    every = report.about.earlier
    for earlier in (every, every[-1:]):
        drawn = [_figures(goal, report, earlier, with_words=False) for goal in report.shown_goals]
        if all(_width(*each) <= width for each in drawn):
            break
    for goal, alone in zip(report.shown_goals, drawn, strict=True):
        with_words = _figures(goal, report, earlier, with_words=True)
        heads, lines = with_words if _width(*with_words) <= width else alone
        yield ""
        differences = {place for place, head in enumerate(heads) if place > 1 and not head}
        yield from _laid_out(heads, lines, width, {0, *differences})
        if said := words.left_out(goal):
            yield from wrapped(said, width)


def _figures(
    goal: Goal, report: Report, earlier: Sequence[Earlier], *, with_words: bool
) -> tuple[list[str], list[_Line]]:
    has_targets = any(figure.target is not None for figure in goal.known)
    heads = [goal.title.upper(), "", *(["target"] if has_targets else [])]
    for each in earlier:
        heads += [each.name, ""]
    lines = []
    for figure in goal.known:
        texts = [words.label_of(figure, report.currency), written(figure.value, figure.unit)]
        if has_targets:
            texts.append(words.target_text(figure))
        for each in earlier:
            changed = each.change(figure)
            difference = "" if changed is None else changed.in_words if with_words else changed.text
            texts += [written(each.value(figure), figure.unit), difference]
        lines.append(_Line(tuple(texts)))
    return heads, lines


def _width(heads: Sequence[str], lines: Sequence[_Line]) -> int:
    widths = _widths(heads, lines)
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _curve(report: Report, width: int) -> Iterator[str]:
    curve = report.curve
    if not curve.coarse:
        return
    most = max(point.calls.offered for point in curve.coarse)
    longest = min(BAR, max(0, width - BESIDE_BARS))
    lines = []
    for point in curve.coarse:
        calls = point.calls
        bar = "█" * round(longest * calls.offered / most) if most else ""
        counts = map(count, (calls.offered, calls.answered, calls.lost))
        lines.append(_Line((point.label, *counts, words.level_text(curve, point), bar)))
    yield ""
    heads = curve.coarse_title.upper(), "offered", "answered", "lost", "service level", ""
    yield from _laid_out(heads, lines, width, {0, 5})


def _table(table: Table, report: Report, width: int) -> Iterator[str]:
    yield from wrapped(f"{table.title.upper()}{GAP}{table.order}".rstrip(), width)
    if not table.rows:
        yield from wrapped(table.empty, width)
        return
    every = range(len(table.columns))
    heads = [words.title_of(column, report.currency) for column in table.columns]
    marked = {
        place
        for place, column in enumerate(table.columns)
        if column.unit is not Unit.TEXT and any(row.cells[place].mark for row in table.rows)
    }
    lines = [
        _Line(
            tuple(
                plain(words.cell_text(cell, column)) + ("" if cell.mark or place not in marked else UNMARKED)
                for place, (cell, column) in enumerate(zip(row.cells, table.columns, strict=True))
            ),
            is_total=row.is_total,
        )
        for row in table.rows
    ]
    shown = list(every)
    while _needed(heads, lines, shown) > width and (
        droppable := [place for place in shown if table.columns[place].rank]
    ):
        shown.remove(max(droppable, key=lambda place: table.columns[place].rank))
    left = {place for place, number in enumerate(shown) if table.columns[number].unit is Unit.TEXT}
    chosen = [_Line(tuple(line.texts[place] for place in shown), is_total=line.is_total) for line in lines]
    yield from _laid_out([heads[place] for place in shown], chosen, width, left)


def _needed(heads: Sequence[str], lines: Sequence[_Line], shown: Sequence[int]) -> int:
    """The width of a table with its names cut as far as they may be."""
    widths = _widths(heads, lines)
    names = max(LEAST_NAME, min(widths[0], 2 * LEAST_NAME))
    return names + sum(len(GAP) + widths[place] for place in shown[1:])


def _widths(heads: Sequence[str], lines: Sequence[_Line]) -> list[int]:
    return [max(map(width_of, column)) for column in zip(heads, *(line.texts for line in lines), strict=True)]


def _laid_out(heads: Sequence[str], lines: Sequence[_Line], width: int, left: set[int]) -> Iterator[str]:
    """Lines in columns; those of texts are cut where there is no room for all, the widest first."""
    widths = _widths(heads, lines)
    room = width - len(GAP) * (len(widths) - 1)
    while sum(widths) > room:
        widest = max(left, key=widths.__getitem__)
        if widths[widest] <= LEAST_NAME:
            break
        widths[widest] -= 1

    def drawn(texts: Sequence[str]) -> str:
        cells = [fit(text, widths[place], right=place not in left) for place, text in enumerate(texts)]
        return GAP.join(cells).rstrip()

    yield drawn(heads)
    for line in lines:
        if line.is_total:
            yield "-" * min(width, sum(widths) + len(GAP) * (len(widths) - 1))
        yield drawn(line.texts)
