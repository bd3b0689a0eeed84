"""What went well and what went badly, in sentences: each from a rule with a threshold, with figure and comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ccmon.formatting import count, plural, regular
from ccmon.metrics.percentage import percent
from ccmon.report import money_rules, service_rules
from ccmon.report.figures import with_currency
from ccmon.report.insight import ENOUGH_CALLS, Insight, Tone, than_then
from ccmon.report.parts import Narrowed, ReportPart

MOST, MOST_BAD = 6, 4
"""The most sentences, and the most of them about what went badly: those about what went well have some room."""
LEAST = 3
"""With fewer, it is also said how many calls were offered."""
RULES: Sequence[Callable[[Narrowed], Iterator[Insight]]] = (
    service_rules.service_level,
    service_rules.abandonment,
    service_rules.worst_time,
    money_rules.quota,
    money_rules.revenue,
    money_rules.quota_conversion,
    service_rules.handling_time,
    service_rules.satisfaction,
    service_rules.promises,
    service_rules.problems,
    money_rules.cost,
)


def insights(narrowed: Narrowed) -> tuple[Insight, ...]:
    """At most six sentences: what went badly first, the worst before all; then what went well."""
    if narrowed.covered.is_empty:
        return ()
    found = sorted((each for rule in RULES for each in rule(narrowed)), key=lambda each: -each.severity)
    bad = [each for each in found if each.tone is Tone.BAD]
    good = [each for each in found if each.tone is Tone.GOOD]
    chosen = bad[: max(MOST_BAD, MOST - len(good))]
    chosen += good[: MOST - len(chosen)]
    if len(chosen) < LEAST:
        chosen += list(_volume(narrowed))
    return tuple(chosen)


def _volume(narrowed: Narrowed) -> Iterator[Insight]:
    """How many calls were offered or, without any, what else there was."""
    total, earlier = narrowed.covered.floor.total, narrowed.compared or narrowed.week_before or narrowed.before
    if not total.offered:
        yield from (Insight("volume", Tone.NEUTRAL, 0.0, said) for said in _other_volume(narrowed.covered))
        return
    then = ""
    if earlier is not None and earlier.floor.total.offered:
        before, when = earlier.floor.total.offered, than_then(narrowed, earlier)
        if before < ENOUGH_CALLS or not narrowed.is_comparable(earlier):
            then = f", {count(before)} {when}"
        else:
            share = percent(abs(total.offered / before - 1))
            more = "more" if total.offered > before else "fewer"
            then = f", {'as many as' if share == '0 %' else f'{share} {more} than'} {when} ({count(before)})"
    verb = "was offered" if total.offered == 1 else "were offered"
    were = "was" if total.answered == 1 else "were"
    yield Insight(
        "volume",
        Tone.NEUTRAL,
        0.0,
        f"{plural(total.offered, '{n} call', '{n} calls')} {verb}{then}; {count(total.answered)} {were} answered.",
    )


def _other_volume(part: ReportPart) -> Iterator[str]:
    """How many calls were handled, how much was sold, and how many answered, of each if there was any."""
    sales, said = part.sales, part.satisfaction
    if part.handled:
        yield f"{_counted(part.handled, 'call')} handled."
    if sales is not None and sales.sales:
        brought = with_currency(sales.revenue_cents, part.floor.currency)
        yield f"{plural(sales.sales, '{n} sale', '{n} sales')} brought {brought}."
    if said is not None and said.answers:
        satisfied = "" if said.top_two_box is None else f"; {percent(said.top_two_box)} of the answers were satisfied"
        yield f"{plural(said.answers, '{n} survey answer', '{n} survey answers')} came in{satisfied}."


def _counted(number: int, noun: str) -> str:
    return f"{plural(number, *regular(noun))} {'was' if number == 1 else 'were'}"
