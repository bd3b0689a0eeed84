"""The table of contact reasons."""

from __future__ import annotations

from ccmon.metrics.contact_reasons import Occurrences, pareto, rising
from ccmon.model.stretches import ReasonName, StretchKind
from ccmon.report.figures import Mark, Unit
from ccmon.report.parts import Narrowed
from ccmon.report.tables import ReportColumn, ReportRow, Table, row, without_unknown
from ccmon.spelling import folded

REASONS_SHOWN = 12
NOT_NOTED = ReasonName("no reason noted", None, is_problem=False)
REASON_COLUMNS = (
    ReportColumn("name", "Reason", Unit.TEXT),
    ReportColumn("product", "Product", Unit.TEXT, rank=3),
    ReportColumn("calls", "Calls", Unit.COUNT, "Answered calls with this reason."),
    ReportColumn("per_100_calls", "Per 100", Unit.NUMBER, "Per 100 answered calls.", rank=2),
    ReportColumn("usual", "Usual", Unit.NUMBER, "How many calls there would have been at the usual rate.", rank=1),
    ReportColumn("ratio", "vs usual", Unit.NUMBER),
    ReportColumn("rising", "Trend", Unit.TEXT),
)
_Ordered = list[tuple[tuple[int, int, float, str], ReportRow]]
"""Rows, each with its place in the order."""


def reasons(narrowed: Narrowed) -> Table | None:
    """Why customers called, the rising first; None where no reasons are kept, or they are not known for the part."""
    part, counts = narrowed.covered, narrowed.covered.reasons
    if counts is None or not narrowed.reason_names:
        return None
    found, compared = _reason_rows(narrowed)
    if not any(each.name != NOT_NOTED.name for _, each in found):
        return None
    found.sort(key=lambda each: each[0])
    usual = "on the same weekdays of past weeks" if part.stretch.kind is StretchKind.DAY else compared
    order = f"Rising ones first, then the most frequent. Usual: {usual}." if usual else "The most frequent first."
    return without_unknown(
        Table(
            key="problems",
            title="Why customers called",
            columns=REASON_COLUMNS,
            rows=tuple(made for _, made in found[:REASONS_SHOWN]),
            order=order,
        )
    )


def _reason_rows(narrowed: Narrowed) -> tuple[_Ordered, str]:
    problems = narrowed.floor.problems
    if narrowed.stretch.kind is StretchKind.DAY and problems is not None:
        return [
            _reason_row(
                ReasonName(each.name, each.product, each.is_problem),
                each.calls,
                each.per_100_calls,
                each.usual,
                each.ratio,
                is_noted=each.id is not None,
                is_rising=bool(each.rising),
                is_new=bool(each.is_new) and each.is_problem,
            )
            for each in problems.reasons
        ], ""
    counts = narrowed.covered.reasons or {}
    answered = sum(counts.values())
    earlier = narrowed.compared
    before = earlier.reasons if earlier is not None and earlier.reasons is not None else {}
    answered_before = sum(before.values())
    occurrences = {
        reason: Occurrences(number, answered, before.get(reason, 0), answered_before)
        for reason, number in counts.items()
        if reason is not None
    }
    flagged = rising(occurrences) if answered_before else set()
    rows = []
    for bar in pareto(counts, answered):
        found = occurrences.get(bar.reason) if answered_before and bar.reason is not None else None
        rows.append(
            _reason_row(
                narrowed.reason_names.get(bar.reason, NOT_NOTED),
                round(bar.count),
                bar.per_100_calls,
                None if found is None else found.usual,
                None if found is None else found.ratio,
                is_noted=bar.reason is not None,
                is_rising=bar.reason in flagged,
                is_new=found is not None and found.is_new,
            )
        )
    kind = narrowed.stretch.kind
    compared = "a week before" if kind is StretchKind.SINCE else f"by the {kind} before"
    return rows, compared if answered_before else ""


def _reason_row(
    name: ReasonName,
    calls: int,
    per_100_calls: float | None,
    usual: float | None,
    ratio: float | None,
    *,
    is_noted: bool,
    is_rising: bool,
    is_new: bool,
) -> tuple[tuple[int, int, float, str], ReportRow]:
    mark = Mark.RISING if is_rising else Mark.NEW if is_new else Mark.NONE
    made = row(name.name, name.product, calls, per_100_calls, usual, ratio, (mark.value or None, mark))
    return (not is_noted, 0 if is_rising else 1, -calls, folded(name.name)), made
