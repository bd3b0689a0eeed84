"""The details of a customer: contacts, orders, promises, survey answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ccmon.language import N_
from ccmon.language import gettext as _
from ccmon.model.details import DetailPage, ReadDetails
from ccmon.views.call_lists import ANSWERS_OF_CUSTOMER, CONTACTS, ORDERS, PROMISES
from ccmon.views.columns import Column
from ccmon.views.detail_lines import DetailLine, DetailTab, call_of, listed_call_of, table_or
from ccmon.views.view_context import ViewContext


def customer_tabs() -> list[DetailTab]:
    """The views of a customer."""
    return [
        DetailTab(N_("contacts"), DetailPage.CUSTOMER_CONTACTS, _contacts),
        DetailTab(
            N_("orders"), DetailPage.CUSTOMER_ORDERS, _list(N_("No order is known."), ORDERS, lambda row: row.sold_at)
        ),
        DetailTab(
            N_("promises"),
            DetailPage.CUSTOMER_PROMISES,
            _list(N_("Nothing has been promised."), PROMISES, lambda row: row.created_at),
        ),
        DetailTab(
            N_("answers"),
            DetailPage.CUSTOMER_ANSWERS,
            _list(N_("No answer to a survey."), ANSWERS_OF_CUSTOMER, lambda row: row.answered_at),
        ),
    ]


def _contacts(read: ReadDetails, context: ViewContext, width: int) -> list[DetailLine]:
    return table_or(
        _("No call is known."),
        CONTACTS,
        read.rows,
        width,
        context,
        opens=lambda call: listed_call_of(call, context),
        key=lambda call: call.id,
    )


def _list(
    empty: str, columns: Sequence[Column[Any]], moment: Callable[[Any], int]
) -> Callable[[ReadDetails, ViewContext, int], list[DetailLine]]:
    """A list whose rows open the call of which they came."""

    def draw(read: ReadDetails, context: ViewContext, width: int) -> list[DetailLine]:
        return table_or(
            _(empty),
            columns,
            read.rows,
            width,
            context,
            opens=lambda row: call_of(row.call_id, moment(row), getattr(row, "queue", None), context),
            key=lambda row: f"{moment(row)} {row.call_id}",
        )

    return draw
