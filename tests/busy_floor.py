"""A floor built by hand that fills every panel: quotas, satisfaction, customers, promises, problems and money."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from random import Random

from msgspec.structs import replace

from ccmon.metrics.first_contact import FirstContact, RepeatContacts
from ccmon.metrics.follow_ups import FollowUpLoad, OnTimeCount
from ccmon.metrics.forecast import OrderValue, RemainingSales
from ccmon.metrics.lost_callers import CallerState
from ccmon.metrics.net_promoter_score import NetPromoterScore
from ccmon.metrics.pace import Basis
from ccmon.metrics.retention import ChurnLimits, Cohort, Segment, WinBack
from ccmon.metrics.satisfaction import Satisfaction
from ccmon.model.calls import Direction
from ccmon.model.contact_reasons import ConcernedCustomer, ProblemFigures, ReasonFigures
from ccmon.model.costs import ResourceFigures, Spending, ValueFigures, WorkFigures
from ccmon.model.follow_ups import AgentFollowUps, FollowUpFigures
from ccmon.model.lost_callers import LostCaller, LostCallers
from ccmon.model.retention import Move, RetentionFigures, SecondPurchase, UnresolvedCustomer, UnresolvedReason
from ccmon.model.sales import OtherCurrency, Period, QuotaFigures, SalesDetail, SalesFigures
from ccmon.model.satisfaction import LowScore, SatisfactionFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.alarms import find_alarms
from ccmon.snapshot.lost_callers import in_order
from tests.floors import CLIENTS, MINUTE, floor

HOUR = 60 * MINUTE


@cache
def busy_floor(agents: int = 24) -> FloorSnapshot:
    """The floor of `tests.floors` with its periodic figures."""
    return with_periodic_figures(floor(agents))


def with_periodic_figures(whole: FloorSnapshot) -> FloorSnapshot:
    """The same floor, with what the panels of periodic figures show."""
    rng = Random(7)
    found = replace(
        whole,
        periodic_at=whole.at - 9_000,
        incomplete=None,
        sales=_sales(whole),
        follow_ups=_follow_ups(whole),
        satisfaction=_satisfaction(rng, whole),
        low_scores=_low_scores(whole),
        lost_callers=_lost_callers(whole),
        retention=_retention(),
        unresolved_customers=_unresolved(whole),
        second_purchases=_second_purchases(whole),
        problems=_problems(whole),
        resources=_resources(whole),
        value=_value(whole),
    )
    return replace(found, alarms=find_alarms(found))


def _quota(line: SalesFigures, period: Period, times: int, day: date) -> QuotaFigures:
    quota = (line.quota_sales or 1) * times
    starts = {Period.DAY: day, Period.WEEK: day, Period.MONTH: day.replace(day=1)}[period]
    days = {Period.DAY: 0, Period.WEEK: 6, Period.MONTH: 29}[period]
    past = {Period.DAY: 0, Period.WEEK: 0, Period.MONTH: 13}[period]
    share = (past + 0.64) / times
    return QuotaFigures(
        period=period,
        starts_on=starts.isoformat(),
        ends_on=(starts + timedelta(days=days)).isoformat(),
        sales_calls=line.sales_calls * (past + 1),
        converted=line.converted * (past + 1),
        sales=line.sales * (past + 1),
        revenue_cents=line.revenue_cents * (past + 1),
        quota_sales=quota,
        quota_revenue_cents=quota * 12_500,
        quota_conversion=line.quota_conversion,
        share=share,
        basis=Basis.USUAL_DAY if period is Period.DAY else Basis.LINEAR,
        rests_on="5 Mondays" if period is Period.DAY else "linear",
        open_ms_left=round(12 * HOUR * times * (1 - share)),
        calls_left=line.sales_calls / 0.64 * 0.36,
        remaining=RemainingSales(line.sales / 0.64 * (times - past - 0.64), 0.002),
        order_value=OrderValue(12_500.0, 0.2, 0.001),
        is_spread=line.kind == "agent",
    )


def _sales(whole: FloorSnapshot) -> tuple[SalesFigures, ...]:
    day = date.fromisoformat(whole.day.date)
    teams = [line for line in whole.sales if line.kind == "team"]
    centre, *others = whole.sales
    clients = [
        replace(
            centre,
            kind="client",
            id=number + 1,
            name=client,
            client=client,
            **{
                field: sum(getattr(line, field) for line in teams if line.client == client)
                for field in ("sales_calls", "converted", "sales", "revenue_cents", "quota_sales", "expected_by_now")
            },
        )
        for number, client in enumerate(CLIENTS)
    ]
    periods = ((Period.DAY, 1), (Period.WEEK, 6), (Period.MONTH, 26))
    return tuple(
        replace(
            line,
            quotas=tuple(_quota(line, period, times, day) for period, times in periods if line.kind != "campaign"),
            detail=_detail(line),
            worked_ms=None if line.kind == "campaign" else 5 * HOUR,
        )
        for line in (centre, *clients, *others)
    )


def _detail(line: SalesFigures) -> SalesDetail:
    inbound = line.sales_calls * 2 // 3
    return SalesDetail(
        inbound_calls=inbound,
        inbound_converted=min(inbound, line.converted * 2 // 3),
        attempts=line.sales_calls * 2,
        contacts=line.sales_calls // 2,
        right_party=line.sales_calls - inbound,
        outbound_converted=line.converted - line.converted * 2 // 3,
        orders=line.sales + 1,
        gross_cents=line.revenue_cents + 9_900,
        cancelled_orders=1,
        cancelled_cents=9_900,
        new_customers=line.sales // 3,
        other_currencies=(OtherCurrency("CHF", 2, 18_000, 18_000),) if line.kind == "centre" else (),
    )


def _follow_ups(whole: FloorSnapshot) -> FollowUpFigures:
    ids = {agent.name: agent.id for agent in whole.agents}
    items = tuple(
        replace(
            item,
            owner_id=ids.get(item.owner or ""),
            phone=f"+31 6 {item.id:08}",
            late_chance=1.0 if item.grace_ends_at < whole.at else 0.95 if item.id % 5 == 2 else 0.1,
        )
        for item in whole.follow_ups.items
    )
    owners = []
    for name in dict.fromkeys(item.owner for item in items):
        owed = [item for item in items if item.owner == name]
        overdue = sum(item.grace_ends_at < whole.at for item in owed)
        late = tuple(item.id for item in owed if item.grace_ends_at < whole.at or item.id % 5 == 2)
        owners.append(
            AgentFollowUps(
                agent_id=ids.get(name or ""),
                name=name or "nobody",
                team=owed[0].team,
                client=owed[0].client,
                due_today=len(owed),
                overdue=overdue,
                done_today=2,
                kept=OnTimeCount(1, 2),
                shift_ends_at=whole.at + 2 * HOUR,
                handling_ms=8 * MINUTE,
                handling_is_own=len(owed) > 1,
                load=FollowUpLoad(len(owed), len(owed) * 8 * MINUTE, 35 * MINUTE, late),
                late_chances=tuple(item.late_chance or 0.0 for item in owed if item.grace_ends_at >= whole.at),
                open_count=len(owed),
            )
        )
    return replace(whole.follow_ups, items=items, owners=tuple(owners))


def _figures(
    rng: Random, kind: str, identity: int | None, name: str, *, client: str | None, answers: int, share: float
) -> SatisfactionFigures:
    satisfied = round(answers * share)
    return SatisfactionFigures(
        kind=kind,
        id=identity,
        name=name,
        client=client,
        scales=(Satisfaction(5, answers, satisfied, satisfied * 5 + (answers - satisfied) * 2),) if answers else (),
        promoters=NetPromoterScore(answers // 2, answers // 4, answers // 8),
        invited=answers * 6,
        responded=answers,
        said_resolved=answers // 2,
        said_resolved_of=answers * 2 // 3,
        first_contact=FirstContact(answers * 7, answers * 2, answers),
        first_contact_day=FirstContact(answers * 8, answers, 0),
        repeats=RepeatContacts(rng.randrange(1, 9), 60),
    )


def _satisfaction(rng: Random, whole: FloorSnapshot) -> tuple[SatisfactionFigures, ...]:
    lines = [_figures(rng, "centre", None, whole.site or "", client=None, answers=1200, share=0.8)]
    for queue in whole.queues:
        share = 0.62 if queue.id == 2 else 0.82
        lines.append(_figures(rng, "queue", queue.id, queue.name, client=queue.client, answers=240, share=share))
    for number, team in enumerate(sorted({agent.team or "" for agent in whole.agents})):
        client = next(agent.client for agent in whole.agents if agent.team == team)
        lines.append(_figures(rng, "team", number + 1, team, client=client, answers=150, share=0.81))
    for agent in whole.agents:
        answers = (4, 18, 52, 0)[agent.id % 4]
        share = 0.4 if agent.id == 6 else 0.83
        line = _figures(rng, "agent", agent.id, agent.name, client=agent.client, answers=answers, share=share)
        lines.append(line)
    return tuple(lines)


def _low_scores(whole: FloorSnapshot) -> tuple[LowScore, ...]:
    said = ("Third call about the same thing!", None, "Waited far too long.")
    return tuple(
        LowScore(
            customer_id=900 + number,
            customer=("Sanne Kok", "Wim Bos", None)[number],
            phone=f"+31 6 5550000{number}",
            queue=whole.queues[number].name if whole.queues else None,
            agent_id=whole.agents[number % len(whole.agents)].id,
            agent=whole.agents[number % len(whole.agents)].name,
            client=whole.queues[number].client if whole.queues else CLIENTS[number % 2],
            score=1,
            scale=5,
            comment=comment,
            answered_at=whole.at - (number + 1) * 17 * MINUTE,
        )
        for number, comment in enumerate(said)
    )


def _lost_callers(whole: FloorSnapshot) -> LostCallers:
    """Some in each state, in each queue."""
    names = ("Sanne Kok", None, "Wim Bos", "Mohammed El Amrani", None, "Ada van den Heuvel-Oosterhuis")
    segments = (Segment.LOYAL, None, Segment.ONE_TIME, Segment.REPEAT, None, Segment.LAPSED)
    found = []
    for number in range(18):
        who, queue = number % 6, whole.queues[number % len(whole.queues)] if whole.queues else None
        state = list(CallerState)[0 if number < 9 else number % 6]
        withheld = state is CallerState.WITHHELD
        lost_at = whole.at - (number + 1) * 7 * MINUTE
        has_moment = state not in {CallerState.TO_CALL_BACK, CallerState.WITHHELD}
        found.append(
            LostCaller(
                id=f"call {number}" if withheld else f"customer {600 + number}",
                customer_id=None if withheld or names[who] is None else 600 + number,
                customer=None if withheld else names[who],
                phone=None if withheld else f"+31 6 555100{number:02}",
                customer_reference=None if withheld or names[who] is None else f"K-{600 + number}",
                segment=None if withheld else segments[who],
                purchases=0 if withheld or segments[who] is None else 1 + who,
                queue_id=queue.id if queue else None,
                queue=queue.name if queue else None,
                client=queue.client if queue else None,
                kind=("abandoned", "timed_out", "no_agents")[number % 3],
                entered_at=lost_at - (20 + 11 * number) * 1000,
                lost_at=lost_at,
                waited_ms=(20 + 11 * number) * 1000,
                times=1 + (number % 5 == 0),
                state=state,
                state_at=lost_at + 5 * MINUTE if has_moment else None,
                owner=whole.agents[number % len(whole.agents)].name if state is CallerState.PROMISED else None,
            )
        )
    return in_order(found)


def _retention() -> RetentionFigures:
    return RetentionFigures(
        one_time=4210,
        repeat=1320,
        loyal=860,
        lapsed=95,
        moves=(
            Move(None, Segment.ONE_TIME, 31),
            Move(Segment.ONE_TIME, Segment.REPEAT, 12),
            Move(Segment.REPEAT, Segment.LOYAL, 5),
        ),
        active=3900,
        at_risk=1600,
        churned=985,
        limits=ChurnLimits(21, 64, 2210),
        churn=0.043,
        won_back=WinBack(140, 23, 9),
        won_back_today=2,
        cohorts=(
            Cohort("2026-06", 410, 131, complete=True),
            Cohort("2026-07", 395, 122, complete=True),
            Cohort("2026-10", 420, 60, complete=False),
            Cohort("2026-11", 290, 18, complete=False),
        ),
        first_order_day="2025-01-06",
    )


def _unresolved(whole: FloorSnapshot) -> tuple[UnresolvedCustomer, ...]:
    return tuple(
        UnresolvedCustomer(
            customer_id=700 + number,
            customer=f"Customer {number}",
            phone=f"+31 20 55500{number:02}",
            why=why,
            times=number + 2,
            last_at=whole.at - number * 11 * HOUR,
            agent_id=whole.agents[number % len(whole.agents)].id if number else None,
            owner=whole.agents[number % len(whole.agents)].name if number else None,
            client=CLIENTS[number % 2],
        )
        for number, why in enumerate((UnresolvedReason.SILENT, UnresolvedReason.NOT_REACHED, UnresolvedReason.PROBLEMS))
    )


def _second_purchases(whole: FloorSnapshot) -> tuple[SecondPurchase, ...]:
    today = date.fromisoformat(whole.day.date)
    return tuple(
        SecondPurchase(
            customer_id=800 + days,
            customer=f"Buyer {days}",
            phone=None,
            bought_on=(today - timedelta(days=34 - days)).isoformat(),
            closes_on=(today + timedelta(days=days)).isoformat(),
            agent_id=whole.agents[0].id,
            agent=whole.agents[0].name,
            client=CLIENTS[days % 2],
        )
        for days in range(5)
    )


def _problems(whole: FloorSnapshot) -> ProblemFigures:
    named = (
        (1, "Invoice question", None, False, 212, 1.02, False),
        (2, "Router restarts after update", "HomeBox 4", True, 96, 3.4, True),
        (3, "No connection", "Fibre", True, 91, 0.9, False),
        (None, "no reason noted", None, False, 40, None, False),
        (4, "Refund", None, False, 12, None, False),
    )
    total = sum(calls for *_, calls, _, _ in named)
    reasons, so_far = [], 0
    for identity, name, product, is_problem, calls, ratio, rising in named:
        vital, so_far = so_far < 0.8 * total, so_far + calls
        reasons.append(
            ReasonFigures(
                id=identity,
                name=name,
                product=product,
                is_problem=is_problem,
                calls=calls,
                per_100_calls=100 * calls / total,
                share=calls / total,
                cumulative=so_far / total,
                vital=vital,
                customers=calls - calls // 9,
                usual=None if ratio is None else calls / ratio,
                ratio=ratio,
                is_new=identity == 4,
                rising=rising,
                concerned=tuple(
                    ConcernedCustomer(
                        identity or 0,
                        600 + place,
                        f"Concerned {place}",
                        f"+31 6 444{place:05}",
                        1 + place % 2,
                        whole.at - place * 7 * MINUTE,
                        whole.agents[place % len(whole.agents)].name,
                    )
                    for place in range(calls - calls // 9)
                ),
            )
        )
    return ProblemFigures(total, total - 40, tuple(reasons), whole.at - 2 * MINUTE, 5)


ASSUMPTIONS = (
    "Wages alone are counted, at each agent's hourly cost.",
    "Wages are shared out to sales and retention by handling time.",
    "No margin is set: the whole revenue is counted as earned.",
)


def _resources(whole: FloorSnapshot) -> ResourceFigures:
    return ResourceFigures(
        work=(
            WorkFigures(Direction.INBOUND, 1320, 36, 312_000.0, 305_000.0, 51.5),
            WorkFigures(Direction.OUTBOUND, 210, 6, 205_000.0, 171_000.0, 60.0),
        ),
        logged_in_ms=240 * HOUR,
        costed_ms=236 * HOUR,
        labour_cents=499_800,
        agents_without_cost=1,
        handled=1530,
        orders=210,
        revenue_cents=3_120_400,
        new_customers=64,
        kept_customers=41,
        sales_cost_cents=180_400.0,
        retention_cost_cents=61_700.0,
        margin=None,
        assumptions=ASSUMPTIONS,
    )


def _value(whole: FloorSnapshot) -> ValueFigures:
    def spent(
        name: str, goal: str, *, cost: int, customers: int | None, revenue: int | None, even: float | None
    ) -> Spending:
        return Spending(
            name=name,
            goal=goal,
            is_centre=name == whole.site,
            starts_on="2026-10-26",
            ends_on=None,
            cost_cents=cost,
            customers=customers,
            revenue_cents=revenue,
            months=1.0,
            earned_cents=revenue,
            break_even_conversion=even,
        )

    site = whole.site or ""
    return ValueFigures(
        starts_on="2026-10-26",
        ends_on="2026-11-22",
        days=28,
        sales_calls=14_200,
        conversion=0.24,
        retention_calls=2_100,
        won_per_call=0.11,
        kept_per_call=0.38,
        margin=None,
        incrementality=1.0,
        rows=(
            spent(site, "acquisition", cost=4_100_000, customers=1562, revenue=9_400_000, even=None),
            spent("Catalogue mailing", "acquisition", cost=960_000, customers=571, revenue=1_540_000, even=0.17),
            spent("Search advertising", "acquisition", cost=1_850_000, customers=142, revenue=4_120_000, even=0.022),
            spent(site, "retention", cost=1_300_000, customers=798, revenue=2_000_000, even=None),
            spent("Loyalty card", "retention", cost=640_000, customers=118, revenue=1_310_000, even=0.11),
            spent(site, "service", cost=6_000_000, customers=None, revenue=None, even=None),
            spent("Help pages and chat", "service", cost=420_000, customers=None, revenue=None, even=None),
        ),
        assumptions=ASSUMPTIONS,
    )
