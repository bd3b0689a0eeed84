"""The words and signs of a report that do not depend on what it is written as."""

from __future__ import annotations

from ccmon.formatting import date_and_time
from ccmon.metrics.percentage import percent
from ccmon.report.content import Report
from ccmon.report.curve import Curve, CurvePoint
from ccmon.report.figures import Figure, Mark, Unit, written
from ccmon.report.goals import Goal
from ccmon.report.insight import Tone
from ccmon.report.tables import Cell, ReportColumn

TONES = {Tone.BAD: "Badly", Tone.GOOD: "Well", Tone.NEUTRAL: "Also"}
TONE_SIGNS = {Tone.BAD: "✗", Tone.GOOD: "✓", Tone.NEUTRAL: "·"}
MARK_SIGNS = {Mark.REACHED: "✓", Mark.MISSED: "✗", Mark.RISING: "▲", Mark.NEW: "△", Mark.LATE: "▲"}
MARK_WORDS = {
    Mark.REACHED: "target reached",
    Mark.MISSED: "target missed",
    Mark.RISING: "rising",
    Mark.NEW: "new",
    Mark.LATE: "late",
}
NOTHING = "There are no calls and no sales in this time."
CLOSED = "The site was closed on this day: there are no calls and no sales."


def legend(report: Report) -> str:
    """The signs and abbreviations that stand in a report, each with its meaning; empty where there are none."""
    marks = {figure.mark for goal in report.shown_goals for figure in goal.known}
    marks |= {report.curve.mark(point) for point in report.curve.points}
    marks |= {cell.mark for table in report.shown_tables for row in table.rows for cell in row.cells}
    meanings: dict[str, list[str]] = {}
    for mark, sign in MARK_SIGNS.items():
        if mark in marks:
            meanings.setdefault(sign, []).append(MARK_WORDS[mark])
    said = [f"{sign} {' or '.join(words)}" for sign, words in meanings.items()]
    changes = [
        each.change(figure) for goal in report.shown_goals for figure in goal.known for each in report.about.earlier
    ]
    if any(each is not None and each.text.split()[1:2] == ["pt"] for each in changes):
        said.append("pt: percentage points")
    return f"{', '.join(said)}." if said else ""


def made_text(report: Report) -> str:
    """When a report was made, to the minute."""
    return date_and_time(report.about.made_at, report.narrowed.zone).rpartition(":")[0]


def empty_text(report: Report) -> str:
    """The sentence of a report on a time in which nothing happened."""
    return CLOSED if report.narrowed.was_closed else NOTHING


def label_of(figure: Figure, currency: str | None) -> str:
    """The label of a figure with the currency, if it is money."""
    return f"{figure.label}, {currency}" if figure.unit is Unit.MONEY and currency else figure.label


def title_of(column: ReportColumn, currency: str | None) -> str:
    """The title of a column with the currency, if it holds money."""
    return f"{column.title}, {currency}" if column.unit is Unit.MONEY and currency else column.title


def cell_text(cell: Cell, column: ReportColumn) -> str:
    """A cell with the sign of its mark behind it."""
    text, sign = written(cell.value, column.unit), MARK_SIGNS.get(cell.mark)
    return text if sign is None else f"{text} {sign}"


def left_out(goal: Goal) -> str:
    """The sentence about the figures of a goal that are not known; empty where all are."""
    names = [
        f"{each.label[0].lower()}{each.label[1:]}"
        for each in goal.figures
        if not each.is_known and each.key not in goal.unknowable
    ]
    reason = "Not known" if goal.reason is None else goal.reason.removesuffix(".")
    return f"{reason}, and left out: {', '.join(names)}." if names else ""


def level_text(curve: Curve, point: CurvePoint) -> str:
    """The service level of a point, with a sign where it misses the target."""
    text = percent(point.calls.service_level)
    return f"{text} {MARK_SIGNS[Mark.MISSED]}" if curve.mark(point) is Mark.MISSED else text


def target_text(figure: Figure) -> str:
    """The target of a figure with the sign that says whether it is reached; empty without one."""
    if figure.target is None:
        return ""
    sign = MARK_SIGNS.get(figure.mark)
    text = written(figure.target, figure.unit)
    return text if sign is None else f"{text} {sign}"
