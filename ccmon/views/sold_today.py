"""What was sold today: inbound and outbound separately, gross and net, and by whom."""

from __future__ import annotations

from ccmon.formatting import amount, count, money, percent, plural
from ccmon.language import N_, ngettext
from ccmon.language import gettext as _
from ccmon.model.sales import SalesDetail, SalesFigures
from ccmon.views.panel import Detail, Fact
from ccmon.views.sales_lines import share_of, whole_units
from ccmon.views.styled_text import TextStyle


def sold_facts(sales: SalesFigures, detail: SalesDetail, unknown: str) -> list[Fact]:
    """The figures of `sold_in_full` in few words."""
    facts = [
        Fact(
            N_("inbound"),
            ngettext("{share} of {n} call", "{share} of {n} calls", detail.inbound_calls).format(
                share=percent(detail.inbound_conversion, 1, unknown), n=count(detail.inbound_calls)
            ),
        ),
        Fact(
            N_("outbound"),
            ngettext(
                "{share} of {n} right-party contact, {dialled} dialled",
                "{share} of {n} right-party contacts, {dialled} dialled",
                detail.right_party,
            ).format(
                share=percent(detail.outbound_conversion, 1, unknown),
                n=count(detail.right_party),
                dialled=count(detail.attempts),
            ),
        ),
        Fact(N_("average order"), amount(detail.average_order_cents, unknown)),
        Fact(N_("revenue per sales call"), amount(sales.revenue_per_call_cents, unknown)),
    ]
    if detail.revised:
        gross = ngettext("{gross}, {n} order cancelled", "{gross}, {n} orders cancelled", detail.cancelled_orders)
        gross = gross.format(gross=amount(detail.gross_cents, unknown), n=count(detail.cancelled_orders))
        facts.append(Fact(N_("gross"), gross))
    facts += [
        Fact(N_("other currency"), f"{amount(other.net_cents, unknown)} {other.currency}")
        for other in detail.other_currencies
    ]
    return facts


def sold_in_full(sales: SalesFigures, detail: SalesDetail, unknown: str) -> list[Detail]:
    """Inbound and outbound separately, gross and net, and who is new."""
    currency = sales.currency or _("currency unknown")
    inbound, outbound = (
        share_of(count(converted), count(calls), percent(share, 1, unknown))
        for converted, calls, share in (
            (detail.inbound_converted, detail.inbound_calls, detail.inbound_conversion),
            (detail.outbound_converted, detail.right_party, detail.outbound_conversion),
        )
    )
    details = [
        Detail(N_("Inbound and outbound, each with its own calls")),
        Detail(N_("inbound, of answered calls"), inbound),
        Detail(N_("outbound, of right parties"), outbound),
        Detail(N_("numbers dialled"), count(detail.attempts)),
        Detail(N_("answered by a person"), f"{count(detail.contacts)}: {percent(detail.contact_rate, 0, unknown)}"),
        Detail(
            N_("right-party contacts"), f"{count(detail.right_party)}: {percent(detail.right_party_rate, 0, unknown)}"
        ),
        Detail(_("Money today, {currency}").format(currency=currency)),
        Detail(N_("gross"), f"{money(detail.gross_cents)}, {plural(detail.orders, '{n} order', '{n} orders')}"),
        Detail(
            N_("cancelled"),
            f"{money(detail.cancelled_cents)}, {plural(detail.cancelled_orders, '{n} order', '{n} orders')}",
        ),
        Detail(N_("net, revised") if detail.revised else N_("net"), money(detail.net_cents), TextStyle.STRONG),
        Detail(N_("average order"), whole_units(detail.average_order_cents, unknown)),
        Detail(N_("revenue per sales call"), whole_units(sales.revenue_per_call_cents, unknown)),
        Detail(N_("sales per hour worked"), count(sales.sales_per_hour, unknown, 1)),
        Detail(N_("new customers"), count(detail.new_customers, unknown)),
    ]
    details += [
        Detail(
            _("in {currency}, not added up").format(currency=other.currency),
            ngettext("{amount} net of {n} order", "{amount} net of {n} orders", other.orders).format(
                amount=money(other.net_cents), n=count(other.orders)
            ),
        )
        for other in detail.other_currencies
    ]
    return details
