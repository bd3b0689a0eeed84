"""Contact reasons of today, with all customers who called with each."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ccmon.model.contact_reasons import ConcernedCustomer
from ccmon.snapshot.contact_reasons import problem_figures
from ccmon.snapshot.periodic_rows import ContactReasonRow, ReasonCount
from ccmon.views.promisees import customers_listed, promisees_of
from ccmon.views.view_context import ViewContext
from tests import floors


def test_as_many_customers_are_listed_as_are_counted() -> None:
    """A call is promised to each of them, not to the first fifty."""
    floor = floors.floor(24)
    rows = [ConcernedCustomer(3, number, None, f"+31 {number}", 1, floor.at - number, None) for number in range(91)]
    data: Any = SimpleNamespace(
        contact_reasons=[ContactReasonRow(3, "Router restarts", None, 1)],
        reasons=[ReasonCount(20, 3, 100)],
        concerned=rows,
        at=floor.at,
        day=floor.day,
        site=SimpleNamespace(time_zone=floor.time_zone),
        finished=None,
    )
    figures = problem_figures(data)
    assert figures is not None
    [reason] = figures.reasons
    assert reason.customers == len(reason.concerned) == 91
    promisees = promisees_of(reason, ViewContext.of(floor))
    assert len({each.argument for each in promisees}) == customers_listed(reason) == 91
