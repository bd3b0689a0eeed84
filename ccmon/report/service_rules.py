"""Sentences about service: calls answered within the threshold, lost, long, what customers say, promises, problems.

Each rule has a threshold; docs/reports.md lists them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ccmon.formatting import count, plain, plural
from ccmon.metrics.confidence_interval import wilson_interval
from ccmon.metrics.percentage import percent, percent_below, shown_at_least
from ccmon.model.calls import Direction
from ccmon.model.queues import QueueFigures
from ccmon.model.stretches import StretchKind
from ccmon.report.curve import curve_of, hour_of
from ccmon.report.figures import Unit, written
from ccmon.report.insight import ENOUGH_CALLS, MUCH_MORE, Insight, Tone, is_much, than_then
from ccmon.report.parts import Narrowed
from ccmon.report.promises import is_of_stretch, late_and_open
from ccmon.report.reasons import reasons
from ccmon.views.handling import MUCH_OVER

POINTS_BELOW = 0.05
"""A service level this far below its target, in shares, is one step of severity."""
ABANDONED_MORE = 0.02
"""A change of the abandonment rate that is worth a sentence, in shares."""
SATISFIED_LESS = 0.05
"""A change of satisfied customers that is worth a sentence, if it is also outside the range of chance."""
ENOUGH_ANSWERS = 30
ON_TIME_GOOD, ON_TIME_BAD = 0.95, 0.9
ENOUGH_PROMISES = 5
MANY_LOST, LOST_BADLY, LOST_TIMES = 5, 0.2, 2
"""An hour is told that lost so many callers, so great a share of those who came, and so many times the usual share."""
MANY_LATE = 2
"""Who was late with so many promises may be named."""


def service_level(narrowed: Narrowed) -> Iterator[Insight]:
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
            yield Insight(
                "service_level",
                Tone.BAD,
                _below(missed[0], at) / POINTS_BELOW,
                f"{len(missed)} of {len(judged)} queues missed their target for the service level; "
                f"furthest: {_level_of(missed[0], at)}.",
            )
        elif judged:
            yield Insight(
                "service_level", Tone.GOOD, 1.0, f"Service level: {percent(level)}; all queues reached their targets."
            )
        return
    waiting = ", or waiting too long" if total.waiting_past_threshold(at) else ""
    counts = (
        f"{count(total.answered_in_threshold)} of {count(total.judged_visits(at))} callers "
        f"(answered or lost{waiting}) were answered within the threshold"
    )
    if not shown_at_least(level, target):
        worst = f"; furthest below is {_level_of(missed[0], at)}" if missed and len(floor.queues) > 1 else ""
        yield Insight(
            "service_level",
            Tone.BAD,
            (target - level) / POINTS_BELOW,
            f"The service level was {percent_below(level, target)}, below its target of {percent(target)}: "
            f"{counts}{worst}.",
        )
        return
    yield Insight(
        "service_level",
        Tone.GOOD,
        1 + (level - target) / POINTS_BELOW,
        f"The service level was {percent(level)} and reached its target of {percent(target)}: {counts}.",
    )
    if missed and len(floor.queues) > 1:
        others = f"; {plural(len(missed) - 1, '{n} other queue', '{n} other queues')} too" if missed[1:] else ""
        yield Insight(
            "service_level",
            Tone.BAD,
            _below(missed[0], at) / POINTS_BELOW / 2,  # a part weighs less than the whole
            f"One queue missed its target for the service level: {_level_of(missed[0], at)}{others}.",
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


def abandonment(narrowed: Narrowed) -> Iterator[Insight]:
    """The abandonment rate against the earlier stretch."""
    earlier, total = narrowed.compared, narrowed.covered.floor.total
    if earlier is None or total.finished < ENOUGH_CALLS or earlier.floor.total.finished < ENOUGH_CALLS:
        return
    rate, before = total.abandonment_rate, earlier.floor.total.abandonment_rate
    if rate is None or before is None or abs(rate - before) < ABANDONED_MORE:
        return
    is_bad = rate > before
    where = _where_most_were_lost(narrowed) if is_bad else ""
    yield Insight(
        "abandonment",
        Tone.BAD if is_bad else Tone.GOOD,
        abs(rate - before) / ABANDONED_MORE,
        f"{percent(rate, 1)} of the callers abandoned, {'more' if is_bad else 'fewer'} than "
        f"{than_then(narrowed, earlier)} ({percent(before, 1)}): {count(total.lost)} were lost, "
        f"{count(earlier.floor.total.lost)} then{where}.",
    )


def _where_most_were_lost(narrowed: Narrowed) -> str:
    """The queue that lost more callers than any other, as the end of a sentence; empty where there is none."""
    return _the_most({queue.name: queue.lost for queue in narrowed.covered.floor.queues})


def _the_most(lost: Mapping[str, int]) -> str:
    ordered = sorted(lost, key=lost.__getitem__, reverse=True)
    if len(ordered) < 2 or lost[ordered[0]] == lost[ordered[1]]:
        return ""
    return f"; the most in {plain(ordered[0])} ({count(lost[ordered[0]])})"


def worst_time(narrowed: Narrowed) -> Iterator[Insight]:
    """The hour or, of more than a day, the day in which the greatest share of the callers was lost."""
    curve, total = curve_of(narrowed), narrowed.covered.floor.total
    points = [each for each in curve.coarse if each.calls.lost >= MANY_LOST]
    worst = max(points, key=lambda each: each.calls.lost / each.calls.offered, default=None)
    if worst is None or len(curve.coarse) < 2 or not total.offered:
        return
    lost, offered = worst.calls.lost, worst.calls.offered
    share, usual = lost / offered, total.lost / total.offered
    if share < LOST_BADLY or share < LOST_TIMES * usual:
        return
    when = f"In the hour from {worst.label}" if curve.is_of_day else f"On {worst.label}"
    where = _where_in_hour(narrowed, worst.label) if curve.is_of_day else ""
    yield Insight(
        "worst_time",
        Tone.BAD,
        share / LOST_BADLY,
        f"{when}, {count(lost)} of {count(offered)} callers were lost ({percent(share)}; {percent(usual)} in the whole "
        f"{'day' if curve.is_of_day else 'time'}){where}.",
    )


def _where_in_hour(narrowed: Narrowed, label: str) -> str:
    """The queue that lost the most in an hour, as `_where_most_were_lost`."""
    lost = {
        queue.name: sum(each.lost for each in queue.quarters if hour_of(each.starts_at, narrowed) == label)
        for queue in narrowed.covered.floor.queues
    }
    return _the_most(lost)


def handling_time(narrowed: Narrowed) -> Iterator[Insight]:
    """AHT against the queues' targets, and against what is usual."""
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
        more = f"; {plural(others, '{n} other queue', '{n} other queues')} too" if others else ""
        yield Insight(
            "handling_time",
            Tone.BAD,
            (ratio - 1) / MUCH_MORE,
            f"Calls of {plain(queue.name)} took {written(queue.aht_ms, Unit.LENGTH)} on average, "
            f"{percent(ratio - 1)} over the target of {written(queue.handling_target_ms, Unit.LENGTH)}{more}.",
        )
        return
    if over and worst is not None and worst[0] <= 1:
        yield Insight(
            "handling_time",
            Tone.GOOD,
            (1 - worst[0]) / MUCH_MORE,
            f"AHT was within its target in {_all_queues(len(over))}; nearest: {plain(worst[1].name)} with "
            f"{written(worst[1].aht_ms, Unit.LENGTH)} of {written(worst[1].handling_target_ms, Unit.LENGTH)}.",
        )
        return
    yield from _handling_as_usual(narrowed)


def _all_queues(number: int) -> str:
    return "the queue that has one" if number == 1 else f"all {number} queues that have one"


def _handling_as_usual(narrowed: Narrowed) -> Iterator[Insight]:
    """AHT against the usual of the day's weekday, else against the earlier stretch."""
    handling, earlier = narrowed.covered.handling(Direction.INBOUND), narrowed.compared
    if handling is None or handling.aht_ms is None or handling.handled < ENOUGH_CALLS:
        return
    usual, than = handling.usual_aht_ms, "usual on this weekday"
    if narrowed.stretch.kind is not StretchKind.DAY or usual is None:
        before = None if earlier is None else earlier.handling(Direction.INBOUND)
        if earlier is None or before is None:
            return
        usual, than = before.aht_ms, than_then(narrowed, earlier)
    if not usual or not is_much(handling.aht_ms / usual):
        return
    is_bad = handling.aht_ms > usual
    yield Insight(
        "handling_time",
        Tone.BAD if is_bad else Tone.GOOD,
        abs(handling.aht_ms / usual - 1) / MUCH_MORE,
        f"Inbound calls took {written(handling.aht_ms, Unit.LENGTH)} on average, {'longer' if is_bad else 'shorter'} "
        f"than {than} ({written(usual, Unit.LENGTH)}).",
    )


def satisfaction(narrowed: Narrowed) -> Iterator[Insight]:
    """Answers about these calls against those of the last 28 days, where the difference is no chance."""
    said = narrowed.covered.satisfaction
    lately = narrowed.at_end.satisfaction
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
    which = "after these calls" if narrowed.recorded.calls else "in this time"
    yield Insight(
        "satisfaction",
        Tone.BAD if is_bad else Tone.GOOD,
        abs(share - usual) / SATISFIED_LESS,
        f"{percent(share)} of {count(said.answers)} customers asked {which} were satisfied, "
        f"{'fewer' if is_bad else 'more'} than the {percent(usual)} of the last 28 days.",
    )


def promises(narrowed: Narrowed) -> Iterator[Insight]:
    """Promises that were kept or late."""
    follow_ups, rate = narrowed.covered.floor.follow_ups, narrowed.covered.on_time_rate
    if rate is None or follow_ups.on_time_of < ENOUGH_PROMISES:
        return
    late, earlier = follow_ups.on_time_of - follow_ups.on_time, narrowed.compared
    before = None if earlier is None else earlier.on_time_rate
    then = "" if earlier is None or before is None else f", {percent(before)} {than_then(narrowed, earlier)}"
    if rate < ON_TIME_BAD:
        yield Insight(
            "promises",
            Tone.BAD,
            (1 - rate) / MUCH_MORE / 2,
            f"{count(late)} of {count(follow_ups.on_time_of)} promises were not kept on time "
            f"({percent(rate)} were{then}){_by_whom(narrowed)}{_still_open(narrowed)}.",
        )
    elif rate >= ON_TIME_GOOD:
        yield Insight(
            "promises",
            Tone.GOOD,
            1.0,
            f"{count(follow_ups.on_time)} of {count(follow_ups.on_time_of)} promises were kept on time "
            f"({percent(rate)}{then}).",
        )


def _still_open(narrowed: Narrowed) -> str:
    """How many of the late ones are still open, and how many of before, as the end of a sentence."""
    overdue = late_and_open(narrowed)
    if not overdue:
        return ""
    late = [each for each in overdue if is_of_stretch(each, narrowed)]
    others = [each for each in overdue if not is_of_stretch(each, narrowed)]
    parts = [f"{count(len(late))} of these"] if late else []
    if others:
        is_before = all(each.promise_due_at < narrowed.stretch.starts_at for each in others)
        when = "before" if is_before else "at another time"
        parts.append(f"{count(len(others))} that {'was' if len(others) == 1 else 'were'} due {when}")
    verb = "was" if len(overdue) == 1 else "were"
    return f"; {' and '.join(parts)} {verb} still open {narrowed.as_of}"


def _by_whom(narrowed: Narrowed) -> str:
    """Who was late with the most promises, as a part of a sentence; empty where more than two were late as often."""
    owners = [owner for owner in narrowed.covered.floor.follow_ups.owners or () if owner.agent_id is not None]
    late = [owner.kept.decided - owner.kept.on_time for owner in owners]
    most = max(late, default=0)
    found = [owner for owner, number in zip(owners, late, strict=True) if number == most]
    if most < MANY_LATE or len(found) > 2 or len(found) == len(owners):
        return ""
    named = sorted(f"{plain(owner.name)} ({count(most)} of {count(owner.kept.decided)})" for owner in found)
    return f", the most by {' and '.join(named)}"


def problems(narrowed: Narrowed) -> Iterator[Insight]:
    """Reasons that rise."""
    table = reasons(narrowed)
    if table is None:
        return
    keys = [column.key for column in table.columns]
    risen = [each for each in table.rows if "rising" in keys and each.cells[keys.index("rising")].value == "rising"]
    if not risen:
        return
    values = {key: cell.value for key, cell in zip(keys, risen[0].cells, strict=True)}
    others = "" if len(risen) == 1 else f"; {plural(len(risen) - 1, '{n} other reason', '{n} other reasons')} rose, too"
    ratio, usual, product = values.get("ratio"), values.get("usual"), values.get("product")
    about = f" ({plain(product)})" if isinstance(product, str) else ""
    times = f"{written(ratio, Unit.NUMBER)} times as many as usual" if ratio is not None else "more than usual"
    yield Insight(
        "problems",
        Tone.BAD,
        float(ratio) - 0.5 if isinstance(ratio, (int, float)) else 1.0,
        f"More customers called about {plain(risen[0].name)}{about}: {written(values.get('calls'), Unit.COUNT)} calls, "
        f"{times} ({written(usual, Unit.COUNT)}){others}.",
    )
