"""The figures of the day as a profit centre or a cost centre counts them, and the assumptions that they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ccmon.formatting import amount, count, mean, percent, plural
from ccmon.language import N_, ngettext
from ccmon.language import gettext as _
from ccmon.model.costs import ResourceFigures, WorkFigures
from ccmon.time_units import HOUR_MS
from ccmon.views.styled_text import TextStyle


def hours(length_ms: int) -> str:
    """The summed time of many people, as text in hours."""
    return _("{hours} h").format(hours=count(length_ms / HOUR_MS))


class Entry(NamedTuple):
    """One figure of the day."""

    name: str
    """What it is, in English: it is looked up where it is shown."""
    value: str
    basis: str
    """What the figure is computed from, short enough to be read in full on 80 columns."""
    estimate: bool = False
    style: TextStyle = TextStyle.TEXT
    is_amount: bool = True
    """Whether the figure is an amount in the site's currency; else a count or a length of time."""


def _earned(figures: ResourceFigures) -> str:
    if figures.margin is None:
        return _("all of the revenue, less wages")
    return _("{share} of the revenue, less wages").format(share=percent(figures.margin))


def left_style(left_cents: float | None) -> TextStyle:
    """The style of what is left after wages."""
    return TextStyle.TEXT if left_cents is None else TextStyle.GOOD if left_cents >= 0 else TextStyle.WATCH


def profit_entries(figures: ResourceFigures, unknown: str) -> list[Entry]:
    """What the floor earns."""
    left = figures.contribution_cents
    return [
        Entry(N_("contribution"), amount(left, unknown), _earned(figures), True,
              left_style(left)),
        Entry(N_("revenue"), amount(figures.revenue_cents, unknown), _standing(figures)),
        Entry(N_("revenue per hour worked"), amount(figures.revenue_per_hour_cents, unknown),
              _("{time} worked").format(time=hours(figures.logged_in_ms))),
        Entry(N_("wages"), amount(figures.labour_cents, unknown), _wages(figures)),
        Entry(N_("cost per sale"), amount(figures.cost_per_sale_cents, unknown),
              ngettext("sales wages {wages} over {n} order", "sales wages {wages} over {n} orders", figures.orders)
              .format(wages=amount(figures.sales_cost_cents, unknown), n=count(figures.orders)), True),
        Entry(N_("cost per new customer"), amount(figures.cost_per_new_customer_cents, unknown),
              _over_new_customers(figures, unknown), True),
        Entry(N_("cost per kept customer"), amount(figures.cost_per_kept_customer_cents, unknown),
              _("retention wages {wages} over {n} kept").format(
                  wages=amount(figures.retention_cost_cents, unknown), n=figures.kept_customers), True),
    ]  # fmt: skip


def _over_new_customers(figures: ResourceFigures, unknown: str) -> str:
    number = figures.new_customers
    if number is None:
        return _("sales wages over {unknown} new customers").format(unknown=unknown)
    return plural(number, "sales wages over {n} new customer", "sales wages over {n} new customers")


def _wages(figures: ResourceFigures) -> str:
    lacking = figures.agents_without_cost
    time = hours(figures.costed_ms)
    if not lacking:
        return _("{time} paid, labour only").format(time=time)
    text = ngettext("{time} paid; {n} agent without a cost", "{time} paid; {n} agents without a cost", lacking)
    return text.format(time=time, n=count(lacking))


def _standing(figures: ResourceFigures) -> str:
    return plural(figures.orders, "{n} order, net of cancelled ones", "{n} orders, net of cancelled ones")


PER_AGENT = {"inbound": N_("inbound calls per agent"), "outbound": N_("outbound calls per agent")}
AHT = {"inbound": N_("AHT inbound"), "outbound": N_("AHT outbound")}
"""The names of entries by direction."""


def _work(work: WorkFigures, unknown: str) -> list[Entry]:
    usual_day = count(work.usual_per_agent_day, unknown, 1)
    return [
        Entry(PER_AGENT[work.direction], count(work.per_agent, unknown, 1),
              ngettext("{calls} by {n} agent; a usual day: {usual}", "{calls} by {n} agents; a usual day: {usual}",
                       work.agents).format(calls=count(work.handled), n=count(work.agents), usual=usual_day),
              is_amount=False),
        Entry(AHT[work.direction], mean(work.aht_ms, unknown),
              _("same weekday of past weeks {length}").format(length=mean(work.usual_aht_ms, unknown)), False,
              _slower(work), is_amount=False),
    ]  # fmt: skip


def _slower(work: WorkFigures) -> TextStyle:
    slower = work.aht_ms is not None and work.usual_aht_ms is not None and work.aht_ms > 1.1 * work.usual_aht_ms
    return TextStyle.WATCH if slower else TextStyle.TEXT


def cost_entries(figures: ResourceFigures, unknown: str) -> list[Entry]:
    """What the floor costs, and how well it is used."""
    return [
        Entry(N_("cost per call"), amount(figures.cost_per_contact_cents, unknown, exact=True),
              plural(figures.handled, "wages over {n} call handled", "wages over {n} calls handled")),
        Entry(N_("wages"), amount(figures.labour_cents, unknown), _wages(figures)),
        Entry(N_("calls per hour worked"), count(figures.per_agent_hour, unknown, 1),
              ngettext("{n} call in {time}", "{n} calls in {time}", figures.handled).format(
                  n=count(figures.handled), time=hours(figures.logged_in_ms)), is_amount=False),
        *(entry for work in figures.work for entry in _work(work, unknown)),
    ]  # fmt: skip


SUPPOSED = (
    N_("Wages alone, for the time logged in, pauses included."),
    N_("Wages are split by the handling time of sales, service and retention calls."),
    N_("The margin is not set: the whole revenue is counted as earned."),
    N_("Won: whoever ordered for the first time ever. Kept: retention calls that ended as kept, or with an order."),
    N_("Outbound time is split over campaigns, and calls without one, by their contacts."),
    N_("One agent at work without a known hourly cost: the cost is too low by theirs."),
)
"""Assumptions as a snapshot has them."""
SUPPOSED_OF = (
    N_("{figure} agents at work without a known hourly cost: the cost is too low by theirs."),
    N_("{figure} of the revenue is earned (site.margin)."),
    N_("{figure} of the sales would not have come anyway (site.incrementality)."),
)
"""Those that begin with a figure."""


def assumption(text: str) -> str:
    """An assumption of a snapshot in the reader's language."""
    for form in SUPPOSED_OF:
        words = form.removeprefix("{figure}")
        if text.endswith(words):
            return _(form).format(figure=text.removesuffix(words))
    return _(text)


def assumed(assumptions: Sequence[str]) -> list[str]:
    """The assumptions that the estimates rest on."""
    return [_("Assumed: {text}").format(text=assumption(text)) for text in assumptions]
