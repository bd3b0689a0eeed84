"""What went well and what went badly, in sentences: each from a rule with a threshold, with figure and comparison.

docs/reports.md lists the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from ccmon.formatting import count, local_time, plain, plural
from ccmon.metrics.confidence_interval import wilson_interval
from ccmon.metrics.percentage import chance_text, percent, percent_below, shown_at_least
from ccmon.metrics.quotas import Verdict
from ccmon.metrics.sales import conversion
from ccmon.model.calls import Direction
from ccmon.model.queues import QueueFigures
from ccmon.model.stretches import StretchKind
from ccmon.report.figures import Unit, written
from ccmon.report.parts import Narrowed, Part
from ccmon.views.handling import MUCH_OVER
from ccmon.views.sales_lines import UNLIKELY

MOST, MOST_BAD = 6, 4
"""The most sentences, and the most of them about what went badly: those about what went well have some room."""
LEAST = 3
"""With fewer, it is also said how many calls came in."""
POINTS_BELOW = 0.05
"""A service level this far below its target, in shares, is one step of severity."""
ABANDONED_MORE = 0.02
"""A change of the abandonment rate that is worth a sentence, in shares."""
MUCH_MORE = 0.1
"""A change of revenue, handling time or cost that is worth a sentence."""
SATISFIED_LESS = 0.05
"""A change of satisfied customers that is worth a sentence, if it is also outside the range of chance."""
ENOUGH_ANSWERS = 30
ON_PLAN_FROM = 0.95
"""A quota with a smaller pace is behind its plan."""
ON_TIME_GOOD, ON_TIME_BAD = 0.95, 0.9
ENOUGH_PROMISES = 5
ENOUGH_CALLS = 20


class Tone(StrEnum):
    """Whether a sentence tells something bad, good, or neither."""

    BAD = "bad"
    GOOD = "good"
    NEUTRAL = "neutral"


class Finding(Struct, frozen=True):
    """A sentence about what happened."""

    rule: str
    tone: Tone
    severity: float
    """How far past its threshold, in steps of the rule: the furthest comes first."""
    sentence: str


def findings(narrowed: Narrowed) -> tuple[Finding, ...]:
    """At most six sentences: what went badly first, the worst before all; then what went well."""
    if not narrowed.covered.has_calls and not (narrowed.covered.sales and narrowed.covered.sales.sales):
        return ()
    found = sorted((each for rule in RULES for each in rule(narrowed)), key=lambda each: -each.severity)
    bad = [each for each in found if each.tone is Tone.BAD]
    good = [each for each in found if each.tone is Tone.GOOD]
    chosen = bad[: max(MOST_BAD, MOST - len(good))]
    chosen += good[: MOST - len(chosen)]
    if len(chosen) < LEAST:
        chosen += list(_volume(narrowed))
    return tuple(chosen)


def _compared_with(narrowed: Narrowed, part: Part) -> str:
    """The name of an earlier stretch within a sentence."""
    kind = narrowed.stretch.kind
    if kind in {StretchKind.WEEK, StretchKind.MONTH}:
        return f"the {kind} before"
    if kind is StretchKind.SINCE and len(part.stretch.days) > 1:
        return "the same time a week before"
    day = part.stretch.last_date
    name = f"{day:%A}" if (narrowed.stretch.last_date - day).days < 7 else f"{day:%A} a week before"
    return name if narrowed.stretch.is_over else f"{name} by this time"


def _service_level(narrowed: Narrowed) -> Iterator[Finding]:
    """The service level against its target, in all queues together or, with several targets, by queue."""
    floor = narrowed.covered.floor
    total, at = floor.total, floor.known_until
    level, target = total.service_level_live(at), total.service_level_target
    if total.judged_visits(at) < floor.alarm_limits.service_level_visits or level is None:
        return
    judged = [queue for queue in floor.queues if queue.judged_visits(at) >= floor.alarm_limits.service_level_visits]
    missed = sorted((queue for queue in judged if _below(queue, at) > 0), key=lambda queue: -_below(queue, at))
    if target is None:
        if missed:
            yield Finding(
                "service_level",
                Tone.BAD,
                _below(missed[0], at) / POINTS_BELOW,
                f"{len(missed)} of {len(judged)} queues missed their target for the service level; "
                f"furthest: {_level_of(missed[0], at)}.",
            )
        elif judged:
            yield Finding(
                "service_level", Tone.GOOD, 1.0, f"Service level: {percent(level)}; all queues reached their targets."
            )
        return
    counts = f"{count(total.answered_in_threshold)} of {count(total.judged_visits(at))} callers were answered in time"
    if not shown_at_least(level, target):
        worst = f"; furthest below is {_level_of(missed[0], at)}" if missed and len(floor.queues) > 1 else ""
        yield Finding(
            "service_level",
            Tone.BAD,
            (target - level) / POINTS_BELOW,
            f"The service level was {percent_below(level, target)}, below its target of {percent(target)}: "
            f"{counts}{worst}.",
        )
        return
    but = f", but {_level_of(missed[0], at)} missed it" if missed and len(floor.queues) > 1 else ""
    yield Finding(
        "service_level",
        Tone.GOOD,
        1 + (level - target) / POINTS_BELOW,
        f"The service level was {percent(level)} and reached its target of {percent(target)}: {counts}{but}.",
    )


def _below(queue: QueueFigures, at: int) -> float:
    """How far a queue is below its target; 0 where it is not, as shown."""
    level, target = queue.service_level_live(at), queue.service_level_target
    if level is None or target is None or shown_at_least(level, target):
        return 0.0
    return target - level


def _level_of(queue: QueueFigures, at: int) -> str:
    level, target = queue.service_level_live(at), queue.service_level_target
    of_target = f" of {percent(target)}" if target is not None else ""
    return f"{plain(queue.name)} with {percent(level)}{of_target}"


def _abandonment(narrowed: Narrowed) -> Iterator[Finding]:
    """The abandonment rate against the earlier stretch."""
    earlier, total = narrowed.compared, narrowed.covered.floor.total
    if earlier is None or total.finished < ENOUGH_CALLS or earlier.floor.total.finished < ENOUGH_CALLS:
        return
    rate, before = total.abandonment_rate, earlier.floor.total.abandonment_rate
    if rate is None or before is None or abs(rate - before) < ABANDONED_MORE:
        return
    is_bad = rate > before
    yield Finding(
        "abandonment",
        Tone.BAD if is_bad else Tone.GOOD,
        abs(rate - before) / ABANDONED_MORE,
        f"{percent(rate, 1)} of the callers gave up, {'more' if is_bad else 'fewer'} than "
        f"{_in(narrowed, earlier)} ({percent(before, 1)}): {count(total.lost)} were lost, "
        f"{count(earlier.floor.total.lost)} then.",
    )


def _quota(narrowed: Narrowed) -> Iterator[Finding]:
    """Orders against the quota: at the end its attainment, before it the pace."""
    quota = narrowed.quota
    if quota is None or not quota.quota_sales:
        return
    orders = f"{count(quota.sales)} of {count(quota.quota_sales)} orders"
    if narrowed.stretch.is_over:
        attained = quota.attainment
        if attained is None:
            return
        if shown_at_least(attained, 1.0):
            yield Finding(
                "quota", Tone.GOOD, attained / MUCH_MORE - 9, f"The quota was reached: {orders} ({percent(attained)})."
            )
        else:
            yield Finding(
                "quota",
                Tone.BAD,
                (1 - attained) / MUCH_MORE,
                f"The quota was missed: {orders} ({percent_below(attained, 1.0)}), "
                f"{count(quota.quota_sales - quota.sales)} too few.",
            )
        return
    pace, expected = quota.pace, quota.expected_by_now
    if pace is None or expected is None:
        return
    chance = "" if quota.chance is None else f"; chance of reaching the quota: {chance_text(quota.chance)}"
    said = f"{orders} so far, {count(expected)} expected by now ({percent(pace)}){chance}."
    is_unlikely = pace < 1 and quota.chance is not None and quota.chance < UNLIKELY
    if pace < ON_PLAN_FROM or is_unlikely:
        yield Finding("quota", Tone.BAD, (1 - pace) / MUCH_MORE, f"Orders are behind plan: {said}")
    elif pace >= 1:
        yield Finding("quota", Tone.GOOD, pace / MUCH_MORE - 9, f"Orders are on plan: {said}")


def _revenue(narrowed: Narrowed) -> Iterator[Finding]:
    """Revenue against its quota, and where it has none against the earlier stretch."""
    sales, earlier, quota = narrowed.covered.sales, narrowed.compared, narrowed.quota
    if sales is None:
        return
    currency = f" {narrowed.floor.currency}" if narrowed.floor.currency else ""
    revenue = f"{written(sales.revenue_cents, Unit.MONEY)}{currency}"
    if quota is not None and quota.quota_revenue_cents and narrowed.stretch.is_over:
        attained = quota.revenue_attainment
        if attained is not None and not shown_at_least(attained, 1.0):
            yield Finding(
                "revenue",
                Tone.BAD,
                (1 - attained) / MUCH_MORE,
                f"Revenue missed its quota: {revenue} of {written(quota.quota_revenue_cents, Unit.MONEY)} "
                f"({percent_below(attained, 1.0)}).",
            )
            return
    if earlier is None or earlier.sales is None or earlier.sales.revenue_cents <= 0:
        return
    ratio = sales.revenue_cents / earlier.sales.revenue_cents
    if abs(ratio - 1) < MUCH_MORE:
        return
    yield Finding(
        "revenue",
        Tone.BAD if ratio < 1 else Tone.GOOD,
        abs(ratio - 1) / MUCH_MORE,
        f"Revenue was {revenue}, {percent(abs(ratio - 1))} {'less' if ratio < 1 else 'more'} than "
        f"{_in(narrowed, earlier)} ({written(earlier.sales.revenue_cents, Unit.MONEY)}).",
    )


def _conversion(narrowed: Narrowed) -> Iterator[Finding]:
    """The conversion against that of the quota, where its 95 % interval is to one side of it."""
    quota = narrowed.quota
    if quota is None or quota.quota_conversion is None or quota.verdict not in {Verdict.BEHIND, Verdict.AHEAD}:
        return
    share = conversion(quota.converted, quota.sales_calls)
    if share is None:
        return
    is_bad = quota.verdict is Verdict.BEHIND
    yield Finding(
        "conversion",
        Tone.BAD if is_bad else Tone.GOOD,
        abs(share / quota.quota_conversion - 1) / MUCH_MORE,
        f"Conversion was {percent(share, 1)}, {'below' if is_bad else 'above'} the "
        f"{percent(quota.quota_conversion, 1)} of the quota: "
        f"{count(quota.converted)} of {count(quota.sales_calls)} sales calls.",
    )


def _in(narrowed: Narrowed, part: Part) -> str:
    """An earlier stretch with its preposition."""
    name = _compared_with(narrowed, part)
    return f"in {name}" if name.startswith("the ") else f"on {name}"


def _handling(narrowed: Narrowed) -> Iterator[Finding]:
    """Handling time against the queues' targets, and against what is usual."""
    floor = narrowed.covered.floor
    over = [
        (queue.aht_ms / queue.handling_target_ms, queue)
        for queue in floor.queues
        if queue.aht_ms is not None and queue.handling_target_ms and queue.handled >= ENOUGH_CALLS
    ]
    worst = max(over, key=lambda each: each[0], default=None)
    if worst is not None and worst[0] > MUCH_OVER:
        ratio, queue = worst
        others = sum(each > MUCH_OVER for each, _ in over) - 1
        more = f"; {plural(others, 'other queue')} too" if others else ""
        yield Finding(
            "handling_time",
            Tone.BAD,
            (ratio - 1) / MUCH_MORE,
            f"Calls of {plain(queue.name)} took {written(queue.aht_ms, Unit.LENGTH)} on average, "
            f"{percent(ratio - 1)} over the target of {written(queue.handling_target_ms, Unit.LENGTH)}{more}.",
        )
        return
    if over and worst is not None and worst[0] <= 1:
        yield Finding(
            "handling_time",
            Tone.GOOD,
            (1 - worst[0]) / MUCH_MORE,
            f"Handling time was within its target in {_all_queues(len(over))}; nearest: {plain(worst[1].name)} with "
            f"{written(worst[1].aht_ms, Unit.LENGTH)} of {written(worst[1].handling_target_ms, Unit.LENGTH)}.",
        )
        return
    yield from _handling_as_usual(narrowed)


def _all_queues(number: int) -> str:
    return "the queue that has one" if number == 1 else f"all {number} queues that have one"


def _handling_as_usual(narrowed: Narrowed) -> Iterator[Finding]:
    """Handling time against the usual of the day's weekday, else against the earlier stretch."""
    handling, earlier = narrowed.covered.handling(Direction.INBOUND), narrowed.compared
    if handling is None or handling.aht_ms is None or handling.handled < ENOUGH_CALLS:
        return
    usual, than = handling.usual_aht_ms, "usual on this weekday"
    if narrowed.stretch.kind is not StretchKind.DAY or usual is None:
        before = None if earlier is None else earlier.handling(Direction.INBOUND)
        if earlier is None or before is None:
            return
        usual, than = before.aht_ms, _in(narrowed, earlier)
    if not usual or abs(handling.aht_ms / usual - 1) < MUCH_MORE:
        return
    is_bad = handling.aht_ms > usual
    yield Finding(
        "handling_time",
        Tone.BAD if is_bad else Tone.GOOD,
        abs(handling.aht_ms / usual - 1) / MUCH_MORE,
        f"Inbound calls took {written(handling.aht_ms, Unit.LENGTH)} on average, {'longer' if is_bad else 'shorter'} "
        f"than {than} ({written(usual, Unit.LENGTH)}).",
    )


def _satisfaction(narrowed: Narrowed) -> Iterator[Finding]:
    """Answers about these calls against those of the last 28 days, where the difference is no chance."""
    said = narrowed.covered.satisfaction
    lately = Part(narrowed.stretch, narrowed.floor, None, None).satisfaction
    if said is None or lately is None or said.answers < ENOUGH_ANSWERS:
        return
    share, usual = said.top_two_box, lately.top_two_box
    interval = wilson_interval(said.satisfied, said.answers)
    if share is None or usual is None or interval is None or abs(share - usual) < SATISFIED_LESS:
        return
    low, high = interval
    if low <= usual <= high:
        return
    is_bad = share < usual
    yield Finding(
        "satisfaction",
        Tone.BAD if is_bad else Tone.GOOD,
        abs(share - usual) / SATISFIED_LESS,
        f"{percent(share)} of {count(said.answers)} customers asked after these calls were satisfied, "
        f"{'fewer' if is_bad else 'more'} than the {percent(usual)} of the last 28 days.",
    )


def _promises(narrowed: Narrowed) -> Iterator[Finding]:
    """Promised calls that were kept or late."""
    follow_ups, rate = narrowed.covered.floor.follow_ups, narrowed.covered.on_time_rate
    if rate is None or follow_ups.on_time_of < ENOUGH_PROMISES:
        return
    late, earlier = follow_ups.on_time_of - follow_ups.on_time, narrowed.compared
    before = None if earlier is None else earlier.on_time_rate
    then = "" if earlier is None or before is None else f", {percent(before)} {_in(narrowed, earlier)}"
    if rate < ON_TIME_BAD:
        still = follow_ups.overdue
        still_open = f"; {count(still)} late ones are still to be made" if still else ""
        yield Finding(
            "promises",
            Tone.BAD,
            (1 - rate) / MUCH_MORE / 2,
            f"{count(late)} of {count(follow_ups.on_time_of)} promised calls were not made on time "
            f"({percent(rate)} kept{then}){still_open}.",
        )
    elif rate >= ON_TIME_GOOD:
        yield Finding(
            "promises",
            Tone.GOOD,
            1.0,
            f"{count(follow_ups.on_time)} of {count(follow_ups.on_time_of)} promised calls were made on time "
            f"({percent(rate)}{then}).",
        )


def _problems(narrowed: Narrowed) -> Iterator[Finding]:
    """Reasons that rise."""
    from ccmon.report.listings import reasons  # noqa: PLC0415 (listings are made of the same parts)

    table = reasons(narrowed)
    if table is None:
        return
    keys = [column.key for column in table.columns]
    risen = [each for each in table.rows if "rising" in keys and each.cells[keys.index("rising")].value == "rising"]
    if not risen:
        return
    values = {key: cell.value for key, cell in zip(keys, risen[0].cells, strict=True)}
    others = "" if len(risen) == 1 else f"; {plural(len(risen) - 1, 'other reason')} rose, too"
    ratio, usual, product = values.get("ratio"), values.get("usual"), values.get("product")
    about = f" ({plain(product)})" if isinstance(product, str) else ""
    times = f"{written(ratio, Unit.NUMBER)} times as many as usual" if ratio is not None else "more than usual"
    yield Finding(
        "problems",
        Tone.BAD,
        float(ratio) - 0.5 if isinstance(ratio, (int, float)) else 1.0,
        f"More customers called about {plain(risen[0].name)}{about}: {written(values.get('calls'), Unit.COUNT)} calls, "
        f"{times} ({written(usual, Unit.COUNT)}){others}.",
    )


def _cost(narrowed: Narrowed) -> Iterator[Finding]:
    """What a call costs, against the earlier stretch."""
    resources, earlier = narrowed.covered.resources, narrowed.compared
    if resources is None or earlier is None or earlier.resources is None:
        return
    cost, before = resources.cost_per_contact_cents, earlier.resources.cost_per_contact_cents
    if cost is None or not before or abs(cost / before - 1) < MUCH_MORE:
        return
    currency = f" {narrowed.floor.currency}" if narrowed.floor.currency else ""
    is_bad = cost > before
    yield Finding(
        "cost",
        Tone.BAD if is_bad else Tone.GOOD,
        abs(cost / before - 1) / MUCH_MORE,
        f"A call cost {written(cost, Unit.MONEY)}{currency} in wages, {percent(abs(cost / before - 1))} "
        f"{'more' if is_bad else 'less'} than {_in(narrowed, earlier)} ({written(before, Unit.MONEY)}).",
    )


def _volume(narrowed: Narrowed) -> Iterator[Finding]:
    """How many calls came in."""
    total, earlier = narrowed.covered.floor.total, narrowed.compared
    if not total.offered:
        yield Finding("volume", Tone.NEUTRAL, 0.0, f"{plural(narrowed.covered.handled, 'call')} were handled.")
        return
    then = ""
    if earlier is not None and earlier.floor.total.offered:
        before = earlier.floor.total.offered
        share = percent(abs(total.offered / before - 1))
        direction = "as many as" if share == "0 %" else f"{share} {'more' if total.offered > before else 'fewer'} than"
        then = f", {direction} {_in(narrowed, earlier)} ({count(before)})"
    verb = "has come in" if total.offered == 1 else "came in"
    yield Finding(
        "volume",
        Tone.NEUTRAL,
        0.0,
        f"{plural(total.offered, 'call')} {verb}{then}; {count(total.answered)} were answered.",
    )


RULES: Sequence[Callable[[Narrowed], Iterator[Finding]]] = (
    _service_level,
    _abandonment,
    _quota,
    _revenue,
    _conversion,
    _handling,
    _satisfaction,
    _promises,
    _problems,
    _cost,
)


def silence_text(since: int, until: int, narrowed: Narrowed) -> str:
    """That no call came in for a long time."""
    first, last = (f"{local_time(at, narrowed.zone):%H:%M}" for at in (since, until))
    return f"No call came in between {first} and {last}: nobody called, or nothing was recorded."
