"""Which sentences a report has: each rule on both sides of its threshold."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ccmon.metrics.follow_ups import OnTimeCount
from ccmon.metrics.satisfaction import Satisfaction
from ccmon.model.calls import Direction
from ccmon.model.follow_ups import FollowUp, FollowUpFigures
from ccmon.model.queues import Quarter, QueueFigures
from ccmon.model.sales import Period
from ccmon.model.stretches import ReasonName
from ccmon.report import money_rules, service_rules
from ccmon.report.insight import Insight, Tone
from ccmon.report.insights import MOST, MOST_BAD, insights
from ccmon.report.parts import Narrowed, ReportPart
from ccmon.time_units import HOUR_MS, QUARTER_MS
from tests.report.reports import FRIDAY, at, report


def friday() -> Narrowed:
    """A finished day, with its comparisons."""
    return report("day", FRIDAY).narrowed


def with_floor(part: ReportPart, **fields: Any) -> ReportPart:
    return replace(part, floor=replace(part.floor, **fields))


def covering(narrowed: Narrowed, **fields: Any) -> Narrowed:
    """The same report with other figures of the day."""
    return replace(narrowed, covered=with_floor(narrowed.covered, **fields))


def after(narrowed: Narrowed, **fields: Any) -> Narrowed:
    """The same report with other figures of a week before."""
    assert narrowed.week_before is not None
    return replace(narrowed, week_before=with_floor(narrowed.week_before, **fields))


def counted(queue: QueueFigures, **counts: Any) -> QueueFigures:
    """A queue with these counts and no others."""
    zeros = dict.fromkeys(
        ("answered", "answered_in_threshold", "abandoned", "short_abandoned", "timed_out", "no_agents", "diverted"), 0
    )
    return replace(queue, answered_without_wait=0, threshold_passed_at=(), **{**zeros, **counts})


def only(rule: Any, narrowed: Narrowed) -> Insight | None:
    """The one sentence of a rule, if it has any."""
    found = list(rule(narrowed))
    assert len(found) <= 1
    return found[0] if found else None


def tone(rule: Any, narrowed: Narrowed) -> Tone | None:
    found = only(rule, narrowed)
    return None if found is None else found.tone


@pytest.mark.parametrize(
    ("in_time", "of", "expected"),
    [
        (80, 100, Tone.GOOD),
        (79, 100, Tone.BAD),
        (796, 1000, Tone.GOOD),
        (794, 1000, Tone.BAD),
        (7, 9, None),
        (7, 10, Tone.BAD),
    ],
)
def test_the_service_level_is_judged_as_shown_from_ten_calls_on(in_time: int, of: int, expected: Tone | None) -> None:
    day = friday()
    total = counted(day.covered.floor.total, answered=of, answered_in_threshold=in_time)
    assert total.service_level_target == 0.8
    assert tone(service_rules.service_level, covering(day, total=total, queues=())) is expected


def test_the_sentence_about_the_service_level_has_figures_target_and_the_worst_queue() -> None:
    day = friday()
    queues = day.covered.floor.queues
    worst = counted(queues[0], answered=100, answered_in_threshold=40)
    others = [counted(queue, answered=100, answered_in_threshold=90) for queue in queues[1:]]
    total = counted(day.covered.floor.total, answered=1000, answered_in_threshold=700)
    found = only(service_rules.service_level, covering(day, total=total, queues=(worst, *others)))
    assert found is not None
    assert found.sentence == (
        "The service level was 70 %, below its target of 80 %: 700 of 1,000 callers (answered or lost) were answered "
        f"within the threshold; furthest below is {worst.name} with 40 % of 80 %."
    )
    assert found.severity == pytest.approx(2)


def test_queues_with_several_targets_are_judged_each_by_its_own() -> None:
    day = friday()
    first, second, *_ = day.covered.floor.queues
    queues = (
        counted(replace(first, service_level_target=0.9), answered=100, answered_in_threshold=85),
        counted(replace(second, service_level_target=0.7), answered=100, answered_in_threshold=75),
    )
    total = counted(
        replace(day.covered.floor.total, service_level_target=None), answered=200, answered_in_threshold=160
    )
    found = only(service_rules.service_level, covering(day, total=total, queues=queues))
    assert found is not None
    assert found.sentence == (
        f"1 of 2 queues missed their target for the service level; furthest: {first.name} with 85 % of 90 %."
    )
    well = (queues[1], counted(replace(first, service_level_target=0.8), answered=100, answered_in_threshold=85))
    found = only(service_rules.service_level, covering(day, total=total, queues=well))
    assert found is not None
    assert (found.tone, found.sentence) == (Tone.GOOD, "Service level: 80 %; all queues reached their targets.")


@pytest.mark.parametrize(
    ("lost", "before", "expected"),
    [(70, 50, Tone.BAD), (69, 50, None), (30, 50, Tone.GOOD), (31, 50, None)],
)
def test_abandonment_against_a_week_before(lost: int, before: int, expected: Tone | None) -> None:
    day = friday()
    total = counted(day.covered.floor.total, answered=1000 - lost, abandoned=lost)
    then = counted(day.covered.floor.total, answered=1000 - before, abandoned=before)
    assert tone(service_rules.abandonment, after(covering(day, total=total), total=then)) is expected


def test_abandonment_of_few_calls_or_without_a_comparison_says_nothing() -> None:
    day = friday()
    many, few = (counted(day.covered.floor.total, answered=number, abandoned=number) for number in (10, 9))
    none = counted(day.covered.floor.total, answered=1000)
    assert tone(service_rules.abandonment, after(covering(day, total=many), total=none)) is Tone.BAD
    assert tone(service_rules.abandonment, after(covering(day, total=few), total=none)) is None
    assert tone(service_rules.abandonment, replace(covering(day, total=many), before=None, week_before=None)) is None


def quota_of(day: Narrowed, period: Period = Period.DAY, **fields: Any) -> Narrowed:
    """The same report with another quota of the day, or of another period."""
    line = day.floor.sales[0]
    quotas = tuple(replace(each, **fields) if each.period is period else each for each in line.quotas)
    return replace(day, floor=replace(day.floor, sales=(replace(line, quotas=quotas), *list(day.floor.sales)[1:])))


def without_teams(day: Narrowed) -> Narrowed:
    """The same report without the quotas of parts."""
    return replace(day, floor=replace(day.floor, sales=day.floor.sales[:1]))


def teams_with(day: Narrowed, **quotas: tuple[int, int, float]) -> Narrowed:
    """The same report with teams: the orders of each, its quota, and what share of it should be there by now."""
    line = day.floor.sales[0]
    (quota,) = [each for each in line.quotas if each.period is Period.DAY]
    lines = [
        replace(line, kind="team", name=name, quotas=(replace(quota, sales=sales, quota_sales=asked, share=share),))
        for name, (sales, asked, share) in quotas.items()
    ]
    return replace(day, floor=replace(day.floor, sales=(line, *lines)))


@pytest.mark.parametrize(
    ("text", "teams", "said"),
    [
        (FRIDAY, {"Care": (9, 10, 1.0), "Sales": (40, 50, 1.0)}, "; furthest behind: Sales with 40 of 50."),
        (FRIDAY, {"Care": (10, 10, 1.0), "Sales": (50, 50, 1.0)}, "too few."),
        (FRIDAY, {"Sales": (40, 50, 1.0)}, "too few."),
        (None, {"Care": (4, 10, 0.5), "Sales": (15, 50, 0.3)}, "; furthest behind: Care with 4 of 10."),
        (None, {"Care": (5, 10, 0.5), "Sales": (15, 50, 0.3)}, "quota: < 1 %."),
    ],
)
def test_the_team_that_is_furthest_behind_is_named(
    text: str | None, teams: dict[str, tuple[int, int, float]], said: str
) -> None:
    """At the end by what it attained, before by its pace."""
    day = quota_of(report("day", text).narrowed, sales=40, quota_sales=100, share=0.5)
    found = only(money_rules.quota, teams_with(day, **teams))
    assert found is not None
    assert found.sentence.endswith(said)


@pytest.mark.parametrize(("lost", "said"), [((3, 60, 7), "; the most in {1} (60)."), ((60, 60, 7), "then.")])
def test_the_queue_that_lost_the_most_is_named(lost: tuple[int, ...], said: str) -> None:
    day = friday()
    queues = tuple(
        counted(queue, answered=100, abandoned=each)
        for queue, each in zip(day.covered.floor.queues, lost, strict=False)
    )
    total = counted(day.covered.floor.total, answered=930, abandoned=70)
    then = counted(day.covered.floor.total, answered=1000)
    found = only(service_rules.abandonment, after(covering(day, total=total, queues=queues), total=then))
    assert found is not None
    assert found.sentence.endswith(said.format(*(queue.name for queue in queues)))
    alone = only(service_rules.abandonment, after(covering(day, total=total, queues=queues[1:2]), total=then))
    assert alone is not None
    assert alone.sentence.endswith("then.")


@pytest.mark.parametrize(
    ("late", "said"),
    [
        ((1, 4, 2, 0), "(75 % were), the most by {1} (4 of 5)."),
        ((4, 4, 2, 0), "(75 % were), the most by {0} (4 of 5) and {1} (4 of 5)."),
        ((4, 4, 4, 0), "(75 % were)."),
        ((2, 2), "(75 % were)."),
        ((2, 0, 0), "(75 % were), the most by {0} (2 of 5)."),
        ((1, 0, 0), "(75 % were)."),
    ],
)
def test_who_made_the_most_promised_calls_late_is_named(late: tuple[int, ...], said: str) -> None:
    day = promises(friday(), 60, 80)
    known = friday().covered.floor.follow_ups.owners
    assert known is not None
    owners = tuple(
        replace(owner, name=f"{place} Owner", kept=OnTimeCount(5 - each, 5))
        for place, (owner, each) in enumerate(zip(known, late, strict=False))
    )
    nobody = replace(owners[0], agent_id=None, kept=OnTimeCount(0, 9))
    follow_ups = replace(day.covered.floor.follow_ups, owners=(*owners, nobody))
    found = only(service_rules.promises, covering(day, follow_ups=follow_ups))
    assert found is not None
    assert found.sentence.endswith(said.format(*(owner.name for owner in owners)))


@pytest.mark.parametrize(
    ("sales", "expected", "said"),
    [
        (100, Tone.GOOD, "The quota was reached: 100 of 100 sales (100 %)."),
        (99, Tone.BAD, "The quota was missed: 99 of 100 sales (99 %), 1 too few."),
        (60, Tone.BAD, "The quota was missed: 60 of 100 sales (60 %), 40 too few."),
    ],
)
def test_a_quota_at_its_end(sales: int, expected: Tone, said: str) -> None:
    found = only(money_rules.quota, without_teams(quota_of(friday(), sales=sales, quota_sales=100)))
    assert found is not None
    assert (found.tone, found.sentence) == (expected, said)


@pytest.mark.parametrize(("sales", "expected"), [(94, Tone.BAD), (95, None), (99, None), (100, Tone.GOOD)])
def test_a_quota_before_its_end_is_judged_by_its_pace(sales: int, expected: Tone | None) -> None:
    today = quota_of(report("day").narrowed, sales=sales, quota_sales=200, share=0.5, remaining=None)
    assert tone(money_rules.quota, today) is expected


def test_a_quota_that_is_unlikely_is_told_even_at_nearly_full_pace() -> None:
    today = report("day").narrowed
    remaining = today.quota.remaining if today.quota else None
    assert remaining is not None
    few = replace(remaining, mean=1.0)
    found = only(money_rules.quota, without_teams(quota_of(today, sales=96, quota_sales=200, share=0.5, remaining=few)))
    assert found is not None
    assert found.tone is Tone.BAD
    assert found.sentence.endswith("; chance of reaching the quota: < 1 %.")


@pytest.mark.parametrize(
    ("cents", "expected"), [(110_000, Tone.GOOD), (109_900, None), (90_000, Tone.BAD), (90_100, None)]
)
def test_revenue_without_a_quota_against_a_week_before(cents: int, expected: Tone | None) -> None:
    day = quota_of(friday(), quota_revenue_cents=None)
    now, then = (replace(day.covered.floor.sales[0], revenue_cents=each) for each in (cents, 100_000))
    assert tone(money_rules.revenue, after(covering(day, sales=(now,)), sales=(then,))) is expected


def test_revenue_below_its_quota_is_told_at_the_end() -> None:
    day = quota_of(friday(), quota_revenue_cents=200_000, revenue_cents=150_000)
    found = only(
        money_rules.revenue, covering(day, sales=(replace(day.covered.floor.sales[0], revenue_cents=150_000),))
    )
    assert found is not None
    assert found.sentence == "Revenue missed its quota: 1,500 EUR of 2,000 (75 %)."


@pytest.mark.parametrize(("converted", "expected"), [(150, Tone.BAD), (200, None), (260, Tone.GOOD)])
def test_conversion_is_told_where_it_is_sure(converted: int, expected: Tone | None) -> None:
    day = quota_of(friday(), quota_conversion=0.2, converted=converted, sales_calls=1000)
    assert tone(money_rules.quota_conversion, day) is expected


def handled_within(queue: QueueFigures, share: float, calls: int = 20) -> QueueFigures:
    """A queue with a target of 100 seconds and calls that took a share of it."""
    return replace(
        queue,
        handling_target_ms=100_000,
        handled=calls,
        talk_ms=round(100_000 * share * calls),
        hold_ms=0,
        wrap_up_ms=0,
    )


@pytest.mark.parametrize(
    ("share", "calls", "expected"),
    [(1.11, 20, Tone.BAD), (1.1, 20, None), (1.0, 20, Tone.GOOD), (1.01, 20, None), (2.0, 19, None)],
)
def test_handling_time_against_the_targets_of_queues(share: float, calls: int, expected: Tone | None) -> None:
    day = friday()
    queue = handled_within(day.covered.floor.queues[0], share, calls)
    usual = tuple(
        replace(line, usual_aht_ms=line.aht_ms) if line.kind == "centre" else line
        for line in day.covered.floor.handling
    )
    assert tone(service_rules.handling_time, covering(day, queues=(queue,), handling=usual)) is expected


@pytest.mark.parametrize(("ratio", "expected"), [(1.1, Tone.BAD), (1.09, None), (0.9, Tone.GOOD), (0.91, None)])
def test_handling_time_without_targets_against_what_is_usual(ratio: float, expected: Tone | None) -> None:
    day = friday()
    queues = tuple(replace(queue, handling_target_ms=None) for queue in day.covered.floor.queues)
    handling = tuple(
        replace(
            line, handled=100, talk_ms=round(100 * 100_000 * ratio), hold_ms=0, wrap_up_ms=0, usual_aht_ms=100_000.0
        )
        if line.kind == "centre" and line.direction is Direction.INBOUND
        else line
        for line in day.covered.floor.handling
    )
    assert tone(service_rules.handling_time, covering(day, queues=queues, handling=handling)) is expected


def answers(day: Narrowed, satisfied: int, of: int, usual: int) -> Narrowed:
    """The same report with other answers about its calls, and of a hundred thousand in 28 days."""
    said = day.covered.satisfaction
    assert said is not None
    line = replace(said, scales=(Satisfaction(5, of, satisfied, 4 * of),))
    lately = replace(said, scales=(Satisfaction(5, 100_000, usual * 1000, 400_000),))
    changed = covering(day, satisfaction=(line,))
    return replace(changed, floor=replace(day.floor, satisfaction=(lately,)))


@pytest.mark.parametrize(
    ("satisfied", "of", "expected"),
    [
        (600, 1000, Tone.BAD),
        (660, 1000, None),  # a difference that is no chance, but small
        (800, 1000, Tone.GOOD),
        (18, 30, None),  # it may be chance
        (10, 30, Tone.BAD),
        (9, 29, None),
    ],
)
def test_satisfaction_against_the_last_weeks(satisfied: int, of: int, expected: Tone | None) -> None:
    assert tone(service_rules.satisfaction, answers(friday(), satisfied, of, 70)) is expected


def promises(day: Narrowed, kept: int, of: int, items: tuple[FollowUp, ...] = ()) -> Narrowed:
    figures = FollowUpFigures(due_today=0, overdue=len(items), done_today=0, on_time=kept, on_time_of=of, items=items)
    changed = replace(covering(day, follow_ups=figures), week_before=None, before=None)
    return replace(changed, floor=replace(day.floor, follow_ups=figures))


def late_call(day: Narrowed, *, promised: str, due: str, owner_id: int | None = None) -> FollowUp:
    """A promised call with a quarter of an hour of grace, of which both moments are times of Friday or of before."""
    item, due_at = day.floor.follow_ups.items[0], at(due)
    return replace(
        item, promise_due_at=at(promised), due_at=due_at, grace_ends_at=due_at + QUARTER_MS, owner_id=owner_id
    )


@pytest.mark.parametrize(
    ("kept", "of", "expected"),
    [(89, 100, Tone.BAD), (90, 100, None), (94, 100, None), (95, 100, Tone.GOOD), (0, 5, Tone.BAD), (0, 4, None)],
)
def test_promises(kept: int, of: int, expected: Tone | None) -> None:
    assert tone(service_rules.promises, promises(friday(), kept, of)) is expected


NOON, EVE, NIGHT = f"{FRIDAY}T12:00", "2026-11-19T17:00", f"{FRIDAY}T23:44:59.999"
"""Of Friday; of the day before; and so late on Friday that the promise is not late when the day ends."""


@pytest.mark.parametrize(
    ("late", "said"),
    [
        ([], "(75 % were)."),
        ([(NOON, NOON)], "(75 % were); 1 of these was still open at the end of the day."),
        ([(EVE, EVE)], "(75 % were); 1 that was due before was still open at the end of the day."),
        (
            [(EVE, EVE), (EVE, NOON), (NOON, NOON), (f"{FRIDAY}T00:00", NOON), (f"{FRIDAY}T23:44:59.998", EVE)],
            "(75 % were); 3 of these and 2 that were due before were still open at the end of the day.",
        ),
        (
            [(NOON, NOON), (NIGHT, NOON)],
            "(75 % were); 1 of these and 1 that was due at another time were still open at the end of the day.",
        ),
    ],
)
def test_the_sentence_about_promises(late: list[tuple[str, str]], said: str) -> None:
    """Of those still open, it tells apart which are among the late ones of the day."""
    day = friday()
    items = tuple(late_call(day, promised=promised, due=due) for promised, due in late)
    found = only(service_rules.promises, promises(day, 60, 80, items))
    assert found is not None
    assert found.sentence == f"20 of 80 promises were not kept on time {said}"


def test_a_queue_that_missed_its_target_is_told_apart_from_the_whole_that_reached_it() -> None:
    day = friday()
    first, second, third, *_ = day.covered.floor.queues
    total = counted(day.covered.floor.total, answered=100, answered_in_threshold=90)
    well, badly, worse = (
        counted(replace(queue, service_level_target=0.8), answered=100, answered_in_threshold=number)
        for queue, number in ((first, 90), (second, 76), (third, 72))
    )
    for queues, said in (
        ((well, badly), f"{second.name} with 76 % of 80 %."),
        ((well, badly, worse), f"{third.name} with 72 % of 80 %; 1 other queue too."),
    ):
        good, bad = service_rules.service_level(covering(day, total=total, queues=queues))
        assert (good.tone, bad.tone) == (Tone.GOOD, Tone.BAD)
        assert good.sentence.endswith("90 of 100 callers (answered or lost) were answered within the threshold.")
        assert bad.sentence == f"One queue missed its target for the service level: {said}"
    assert tone(service_rules.service_level, covering(day, total=total, queues=(well,))) is Tone.GOOD
    assert tone(service_rules.service_level, covering(day, total=total, queues=(badly,))) is Tone.GOOD


def by_hours(day: Narrowed, *hours: tuple[int, int], of_first: int = 0) -> Narrowed:
    """The same report with so many callers, and so many of them lost, from ten o'clock on."""
    ten = at(f"{FRIDAY}T10:00")
    quarters = tuple(
        Quarter(ten + place * HOUR_MS, offered, offered - lost, offered - lost, lost)
        for place, (offered, lost) in enumerate(hours)
    )
    offered, lost = (sum(each) for each in zip(*hours, strict=True))
    total = counted(day.covered.floor.total, answered=offered - lost, abandoned=lost)
    one, other, *_ = day.covered.floor.queues
    queues = (
        replace(one, quarters=tuple(replace(each, lost=of_first) for each in quarters)),
        replace(other, quarters=tuple(replace(each, lost=max(0, each.lost - of_first)) for each in quarters)),
    )
    return covering(day, total=replace(total, offered=offered, quarters=quarters), queues=queues)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (((100, 0), (25, 5)), "In the hour from 11:00, 5 of 25 callers were lost (20 %; 4 % in the whole day)"),
        (((100, 0), (26, 5)), None),  # less than a fifth
        (((100, 0), (8, 4)), None),  # few
        (((30, 15), (30, 7)), None),  # not twice as many as in the whole day
        (
            ((90, 0), (30, 6), (30, 15)),
            "In the hour from 12:00, 15 of 30 callers were lost (50 %; 14 % in the whole day)",
        ),
        (((25, 0), (25, 10)), "In the hour from 11:00, 10 of 25 callers were lost (40 %; 20 % in the whole day)"),
        (((30, 15),), None),
    ],
)
def test_the_worst_hour_is_told_if_it_is_bad_enough(hours: tuple[tuple[int, int], ...], said: str | None) -> None:
    found = only(service_rules.worst_time, by_hours(friday(), *hours))
    assert (None if found is None else found.sentence.split("; the most")[0].rstrip(".")) == said


def test_of_a_week_the_worst_day_is_told() -> None:
    week = report("week", "2026-11-22").narrowed
    quarters = tuple(
        Quarter(at(f"2026-11-{day}T10:00"), 100, 100 - lost, 100 - lost, lost)
        for day, lost in ((16, 5), (18, 40), (19, 3))
    )
    total = counted(week.covered.floor.total, answered=252, abandoned=48)
    found = only(service_rules.worst_time, covering(week, total=replace(total, offered=300, quarters=quarters)))
    assert found is not None
    assert found.sentence == "On Wed 18, 40 of 100 callers were lost (40 %; 16 % in the whole time)."


def test_the_queue_that_lost_the_most_in_the_worst_hour_is_named() -> None:
    day = friday()
    first, second, *_ = day.covered.floor.queues
    for of_first, said in (
        (2, f"; the most in {second.name} (8)."),
        (9, f"; the most in {first.name} (9)."),
        (5, "day)."),
    ):
        found = only(service_rules.worst_time, by_hours(day, (100, 0), (25, 10), of_first=of_first))
        assert found is not None
        assert found.sentence.endswith(said)


def test_a_rising_reason_is_told_with_what_is_usual() -> None:
    found = only(service_rules.problems, report("day").narrowed)
    assert found is not None
    assert found.sentence.startswith("More customers called about Router restarts after update (HomeBox 4): ")
    assert " times as many as usual (" in found.sentence


@pytest.mark.parametrize(("now", "expected"), [(150, Tone.BAD), (149, None)])
def test_in_a_week_a_reason_rises_from_half_as_much_again_on(now: int, expected: Tone | None) -> None:
    week = report("week", "2026-11-22").narrowed
    assert week.before is not None
    names = {1: ReasonName("No tone", None, is_problem=True), 2: ReasonName("Order", None, is_problem=False)}
    then = replace(week.before, reasons={1: 100, 2: 9_900})
    found = replace(
        week, reason_names=names, before=then, covered=replace(week.covered, reasons={1: now, 2: 10_000 - now})
    )
    assert tone(service_rules.problems, found) is expected


@pytest.mark.parametrize(("cents", "expected"), [(110, Tone.BAD), (109, None), (90, Tone.GOOD), (91, None)])
def test_what_a_call_costs_against_a_week_before(cents: int, expected: Tone | None) -> None:
    day = friday()
    resources = day.covered.floor.resources
    assert resources is not None
    now, then = (replace(resources, handled=1000, labour_cents=1000 * each) for each in (cents, 100))
    assert tone(money_rules.cost, after(covering(day, resources=now), resources=then)) is expected


@pytest.mark.parametrize(("calls", "is_told"), [(20, True), (19, False)])
def test_what_few_calls_cost_is_no_measure(calls: int, *, is_told: bool) -> None:
    day = friday()
    resources = day.covered.floor.resources
    assert resources is not None
    dear, cheap = (replace(resources, handled=calls, labour_cents=calls * each) for each in (200, 100))
    many = replace(resources, handled=1000, labour_cents=100_000)
    for now, then in ((dear, many), (many, dear), (dear, cheap)):
        assert (only(money_rules.cost, after(covering(day, resources=now), resources=then)) is not None) is is_told


@pytest.mark.parametrize(("orders", "is_told"), [(20, True), (19, False)])
def test_the_revenue_of_few_orders_is_no_measure(orders: int, *, is_told: bool) -> None:
    day = quota_of(friday(), quota_revenue_cents=None)
    line = day.covered.floor.sales[0]
    now, then = replace(line, revenue_cents=200), replace(line, sales=orders, revenue_cents=100)
    assert (only(money_rules.revenue, after(covering(day, sales=(now,)), sales=(then,))) is not None) is is_told


@pytest.mark.parametrize(
    ("kind", "text"), [("day", FRIDAY), ("day", None), ("week", "2026-11-22"), ("month", None), ("since", "09:00")]
)
def test_a_report_has_three_to_six_sentences_the_bad_ones_first(kind: str, text: str | None) -> None:
    found = report(kind, text).insights
    assert 3 <= len(found) <= MOST
    tones = [each.tone for each in found]
    assert tones == sorted(tones, key=[Tone.BAD, Tone.GOOD, Tone.NEUTRAL].index)
    for some in (Tone.BAD, Tone.GOOD):
        severities = [each.severity for each in found if each.tone is some]
        assert severities == sorted(severities, reverse=True)
    if Tone.GOOD in tones:
        assert tones.count(Tone.BAD) <= max(MOST_BAD, MOST - tones.count(Tone.GOOD))
    for each in found:
        assert any(letter.isdigit() for letter in each.sentence)
        assert each.sentence.endswith(".")
        assert "None" not in each.sentence


def test_with_few_sentences_the_number_of_calls_is_told() -> None:
    day = friday()
    plain_day = replace(
        promises(covering(day, queues=(), resources=None, satisfaction=None, handling=(), sales=()), 93, 100),
        floor=replace(day.floor, sales=(), problems=None),
        week_before=day.week_before,
    )
    said = [each.sentence for each in insights(plain_day)]
    assert said[-1].startswith(f"{day.covered.floor.total.offered:,} calls were offered")
    assert "than on Friday a week before (" in said[-1]
