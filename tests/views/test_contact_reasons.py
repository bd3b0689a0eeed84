"""Reasons in the order of their Pareto chart: each begins where the more frequent ones end."""

from __future__ import annotations

from itertools import pairwise

from msgspec.structs import replace

from ccmon.model.alarms import Severity
from ccmon.views.contact_reasons import ContactReasonsPanel
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor

PANEL = ContactReasonsPanel()


def context_where_the_last_rises() -> ViewContext:
    floor = busy_floor()
    assert floor.problems is not None
    reasons = [replace(each, rising=False, is_new=False) for each in floor.problems.reasons]
    reasons[-1] = replace(reasons[-1], rising=True, is_problem=True)
    return ViewContext.of(replace(floor, problems=replace(floor.problems, reasons=tuple(reasons))))


def test_no_cumulative_share_steps_back_from_one_row_to_the_next() -> None:
    context = context_where_the_last_rises()
    for rows in (PANEL.rows(context), PANEL.printed_rows(context)):
        assert len(rows) > 3
        assert all(above.cumulative < below.cumulative for above, below in pairwise(rows))
        assert abs(rows[-1].cumulative - 1) < 1e-9


def test_what_rises_is_counted_on_the_edge_named_in_the_head_and_first_by_its_sign() -> None:
    context = context_where_the_last_rises()
    last = PANEL.rows(context)[-1]
    assert PANEL.marked(context) == {Severity.WATCH: 1}
    assert PANEL.head(context).facts[0].value.startswith(last.name)
    sign = PANEL.columns[0]
    assert sign.sort is not None
    assert min(PANEL.rows(context), key=lambda row: sign.sort(row, context)) is last  # type: ignore[misc]
