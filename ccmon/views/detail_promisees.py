"""Customers in the details of a row to whom a call can be promised: of the chosen line, the subject, or all lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ccmon.formatting import dated
from ccmon.metrics.first_contact import who_called
from ccmon.model.contact_reasons import ConcernedCustomer
from ccmon.model.details import (
    AgentMissedCall,
    CallVisit,
    CustomerSubject,
    DetailSubject,
    ListedAnswer,
    ListedCall,
)
from ccmon.views.detail_lines import DetailLine
from ccmon.views.keys import PROMISE_TO_ALL, Key
from ccmon.views.promisees import Promisee, is_still_to_be_called, promisee_of, promisees_of
from ccmon.views.view_context import ViewContext
from ccmon.views.waiting_callers import CallerInQueue


def promisees_in(
    lines: Sequence[DetailLine],
    chosen: DetailLine | None,
    subject: DetailSubject | None,
    row: object,
    context: ViewContext,
    *,
    to_all: bool,
) -> list[Promisee]:
    """Whom a key that promises a call is about in the details; empty: there is nobody.

    Args:
        lines: those of the view in front.
        chosen: the one with the cursor.
        subject: whom or what the details are about.
        row: the row of the panel, where its own details are in front; else None.
        context: what is drawn behind them.
        to_all: whether all customers of the view are meant, not that of the chosen line, else the subject.
    """
    of_row = promisees_of(row, context)
    known = {each.argument: each for each in of_row}
    """With a note that says what the row is about."""
    if to_all:
        to_be_called = (line for line in lines if is_still_to_be_called(line.row))
        found = _distinct(each for line in to_be_called for each in _of_line(line, context))
        return [known.get(each.argument, each) for each in found] or of_row
    of_line = [] if chosen is None else _of_line(chosen, context)
    if of_line:
        return [known.get(each.argument, each) for each in of_line]
    if not of_row and isinstance(subject, CustomerSubject):
        of_row = _of(subject, context)
    # A call is about one customer, whom one of its lines names.
    return of_row or _distinct(each for line in lines for each in _of(line.opens, context))[:1]


def promise_words(keys: Sequence[Key], one: Sequence[Promisee], many: Sequence[Promisee]) -> dict[str, str]:
    """The keys that promise a call to one customer, or to all where there are several, in words, with their ids."""
    words = {key.id: key.short or f"all {len(many)}" for key in keys}
    return {
        f"{key.first} {words[key.id]}": key.id for key in keys if (len(many) > 1 if key.id == PROMISE_TO_ALL else one)
    }


def _distinct(promisees: Iterable[Promisee]) -> list[Promisee]:
    return [*{each.argument: each for each in promisees}.values()]


def _of_line(line: DetailLine, context: ViewContext) -> list[Promisee]:
    return _of(line.row, context) or _of(line.opens, context)


def _of(row: object, context: ViewContext) -> list[Promisee]:
    """The customer of a row of a list, or of what a line opens."""

    def at(moment: int) -> str:
        return dated(moment, context.zone, context.rows_at)

    note, customer_id, phone = "", getattr(row, "customer_id", None), getattr(row, "phone", None)
    name, agent, queue = (getattr(row, field, None) for field in ("customer", "agent", "queue"))
    match row:
        case CustomerSubject():
            customer_id, name = row.id, row.name
        case CallerInQueue():
            note = f"Waited since {at(row.entered_at)}"
        case AgentMissedCall():
            note = f"Rang at {at(row.missed_at)} and was not answered"
        case ListedCall() | CallVisit():
            note = f"{'Called' if row.inbound else 'Was called'} at {at(row.entered_at)}"
        case ListedAnswer():
            note = f"Answered {row.score} of {row.scale}" + (f": {row.comment}" if row.comment else "")
        case ConcernedCustomer():
            note = f"Called at {at(row.last_at)}"
        case _:
            return promisees_of(row, context)
    if who_called(customer_id, phone) is None:
        return []
    return promisee_of(customer_id, phone, name, note, context, agent=agent, queue=queue)
