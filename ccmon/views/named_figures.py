"""Finds the figure that somebody asks for by its name: of an agent, a queue, a team, a client, or of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ccmon.model.agents import AgentFigures
from ccmon.model.queues import QueueFigures
from ccmon.spelling import folded
from ccmon.views.panel import FloorPanel
from ccmon.views.proofs import OF_HEADS, OF_ROWS, ShownFigure, figures_of_head, figures_of_row
from ccmon.views.sales_lines import SalesLine
from ccmon.views.view_context import ViewContext


def names_of_figures() -> Sequence[str]:
    """The names of all figures that can be proved, in the order of the panels."""
    known = [each.name for table in (*OF_HEADS.values(), *OF_ROWS.values()) for each in table.values()]
    return sorted(dict.fromkeys(known))


def as_name(text: str) -> str:
    """A name as it is compared: "Service level" and "service-level" are service_level."""
    return "_".join(folded(text).replace("-", " ").replace("_", " ").split())


def about(row: Any) -> Mapping[str, str]:
    """Whom a row is about, by kind: an agent by name and login, any other by name."""
    row = row.sales if isinstance(row, SalesLine) else row
    if isinstance(row, AgentFigures):
        return {"agent": row.name, "login": row.login}
    if isinstance(row, QueueFigures):
        return {"queue": row.name} if row.id is not None else {}
    kind = getattr(row, "kind", None)
    return {kind: row.name} if isinstance(kind, str) and hasattr(row, "name") else {}


def is_called(figure: ShownFigure, name: str) -> bool:
    """Whether a figure has a name: that of commands, its key, or its title on the screen."""
    return as_name(name) in {figure.counted.name, as_name(figure.key), as_name(figure.title)}


def find_figure(
    panels: Sequence[FloorPanel[Any]], context: ViewContext, name: str, *, kind: str = "", of: str = ""
) -> ShownFigure | None:
    """The figure of that name; of several, that of the first panel. None: there is none.

    Args:
        panels: where it may be.
        context: what is shown.
        name: as somebody has typed it.
        kind: agent, queue, team, client or campaign, to find it in a row about one; empty: of all that is shown.
        of: the name of that one.
    """
    tabs = [tab for panel in panels for tab in panel.tabs]
    if kind:
        found = (figure for tab in tabs for figure in _of_rows(tab, context, kind, of) if is_called(figure, name))
        figure = next(found, None)
        if figure is not None or kind == "agent":
            return figure
    return next((figure for figure in _of_all(tabs, context) if is_called(figure, name)), None)


def _of_rows(tab: FloorPanel[Any], context: ViewContext, kind: str, of: str) -> Iterator[ShownFigure]:
    kinds = (kind, "login") if kind == "agent" else (kind,)
    for row in tab.rows(context):
        found = about(row)
        if any(folded(found[each]) == folded(of) for each in kinds if each in found):
            yield from figures_of_row(tab, row, context)


def _of_all(tabs: Sequence[FloorPanel[Any]], context: ViewContext) -> Iterator[ShownFigure]:
    """The figures of heads, then those of totals."""
    for tab in tabs:
        yield from figures_of_head(tab, context)
    for tab in tabs:
        totals = (context.snapshot.total,) if tab.section == "queues" else tab.totals(context)
        for row in totals:
            yield from figures_of_row(tab, row, context)
