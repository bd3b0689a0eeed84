"""A believable floor built by hand, for tests of whatever shows one: no database, the same snapshot each time."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from ccmon.model.agents import ON_THE_PHONES, AgentFigures, AgentState, AgentTimes, Membership
from ccmon.model.business_day import BusinessDay
from ccmon.model.calls import Direction
from ccmon.model.follow_ups import FollowUp, FollowUpFigures
from ccmon.model.handling import HandlingFigures
from ccmon.model.queues import Quarter, QueueFigures, WaitingCall
from ccmon.model.sales import Period, QuotaFigures, SalesFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.model.sources import Source
from ccmon.snapshot.alarms import find_alarms
from ccmon.snapshot.queues import summed
from ccmon.snapshot.staffing import CachedAllotment, StaffingByQueue, StaffingCount

Value = TypeVar("Value")

ZONE = "Europe/Amsterdam"
MINUTE = 60_000
QUARTER = 15 * MINUTE

CLIENTS = ("Noordlicht Energie", "Bloem & Blad")
QUEUES = (
    ("Noordlicht sales", "sales", 0, 1.3),
    ("Noordlicht service", "service", 0, 2.0),
    ("Bloem sales", "sales", 1, 1.0),
    ("Bloem service", "service", 1, 1.4),
    ("Bloem retention", "retention", 1, 0.5),
)
CAMPAIGNS = (("Winter boiler offer", 0), ("Spring bulbs again", 1))
FIRST_NAMES = (
    "Anna",
    "Bram",
    "Chloé",
    "Daan",
    "Elif",
    "Femke",
    "Guus",
    "Hanna",
    "İlker",
    "Joost",
    "Karin",
    "Lars",
    "Mila",
    "Niels",
    "Olga",
    "Pim",
)
LAST_NAMES = (
    "de Boer",
    "Jansen",
    "Öztürk",
    "van der Meer",
    "Nowak",
    "Smit",
    "El Amrani",
    "Visser",
    "Peeters",
    "Kuijpers",
    "Bakker",
)
STATES = (
    (AgentState.TALKING, None, 44),
    (AgentState.READY, None, 16),
    (AgentState.WRAP_UP, None, 10),
    (AgentState.PAUSED, "lunch", 6),
    (AgentState.PAUSED, "break", 6),
    (AgentState.PAUSED, "coaching", 2),
    (AgentState.RINGING, None, 4),
    (AgentState.DIALLING, None, 3),
    (AgentState.HOLD, None, 2),
    (AgentState.UNAVAILABLE, None, 1),
    (AgentState.LOGGED_OUT, None, 6),
)


def moment(text: str = "2026-11-23T14:32:07", zone: str = ZONE) -> int:
    """A local wall-clock time as Unix milliseconds."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def business_day(at: int, zone: str = ZONE) -> BusinessDay:
    """The calendar day in `zone` that holds `at`."""
    midnight = datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    next_midnight = midnight + timedelta(days=1)
    return BusinessDay(
        midnight.date().isoformat(), round(midnight.timestamp() * 1000), round(next_midnight.timestamp() * 1000)
    )


@cache
def floor(agents: int = 24, *, at: int | None = None, seed: int = 1) -> FloorSnapshot:
    """A busy Monday afternoon: five queues, two clients, a team per twelve agents, callers waiting, alarms."""
    at = moment() if at is None else at
    rng = Random(seed)
    day = business_day(at)
    opened = day.starts_at + 8 * 60 * MINUTE
    waiting = _waiting(rng, at, max(3, agents // 6))
    people = tuple(_agent(rng, number, at, opened) for number in range(agents))
    queues = tuple(
        _queue(rng, number, agents, at=at, opened=opened, waiting=waiting, people=people)
        for number in range(len(QUEUES))
    )
    members = _memberships(people)
    shares = CachedAllotment().update(
        {queue.id or 0: queue.agents_needed for queue in queues}, StaffingByQueue(members, people)
    )
    queues = tuple(replace(queue, agents_allotted=shares.get(queue.id or 0)) for queue in queues)
    follow_ups = _follow_ups(rng, at, day, people)
    snapshot = FloorSnapshot(
        at=at,
        data_at=at - 400,
        incomplete="These figures are being read.",
        time_zone=ZONE,
        site="Utrecht",
        currency="EUR",
        day=day,
        queues=queues,
        total=_total(queues),
        waiting=waiting,
        agents=people,
        memberships=members,
        sales=_sales(rng, people),
        handling=_handling(rng, queues, people),
        follow_ups=follow_ups,
        alarms=(),
        sources=(
            Source(
                name="pbx-a",
                kind="queue-log",
                following=True,
                last_record_at=at - 2_300,
                checked_at=at - 400,
                records=48_211,
                rejected=3,
            ),
        ),
        progress=(),
    )
    return replace(snapshot, alarms=find_alarms(snapshot))


def empty_floor(*, at: int | None = None) -> FloorSnapshot:
    """The same moment in a database that holds nothing yet."""
    full = floor(1, at=at)
    nothing = FollowUpFigures(due_today=0, overdue=0, done_today=0, on_time=0, on_time_of=0, items=())
    return replace(
        full,
        data_at=None,
        site=None,
        currency=None,
        queues=(),
        total=_total(()),
        waiting=(),
        agents=(),
        memberships=(),
        sales=(),
        handling=(),
        follow_ups=nothing,
        alarms=(),
        sources=(),
    )


def _name(number: int) -> str:
    return f"{FIRST_NAMES[number * 7 % len(FIRST_NAMES)]} {LAST_NAMES[number * 3 % len(LAST_NAMES)]}"


def _queues_of(number: int) -> tuple[int, ...]:
    """Two or three queues of one client, as an agent's skills allow."""
    return ((0, 1), (1, 0), (2, 3), (3, 4, 2))[number // 12 % 4]


def _agent(rng: Random, number: int, at: int, opened: int) -> AgentFigures:
    state, reason, _ = rng.choices(STATES, [weight for *_, weight in STATES])[0]
    mean = {"paused": 14, "talking": 5, "ready": 1, "logged_out": 90, "unavailable": 25}.get(state, 1)
    since = at - round(rng.expovariate(1 / (mean * MINUTE))) - 1_000
    elapsed = at - opened
    handled = round(elapsed / MINUTE / rng.uniform(6.5, 9.5))
    outbound = handled // 4 if number % 5 == 4 else 0
    talk = handled * round(rng.lognormvariate(5.35, 0.2)) * 1000
    sales_calls = round(handled * rng.uniform(0.4, 0.6))
    converted = round(sales_calls * rng.betavariate(6, 22))
    client = CLIENTS[0 if number // 12 % 4 < 2 else 1]
    queues = _queues_of(number)
    on_a_call = state in {"talking", "hold", "ringing", "wrap_up"}
    surveys = rng.randrange(4, 60)
    hold = handled * rng.randrange(2, 14) * 1000
    wrap_up = handled * rng.randrange(18, 55) * 1000
    agent = AgentFigures(
        id=number + 1,
        login=f"PJSIP/{1001 + number}",
        name=_name(number),
        team=f"{client.split()[0]} {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number // 12 % 26]}",
        client=client,
        state=state,
        reason=reason,
        since=since,
        queue=QUEUES[queues[number % len(queues)]][0]
        if on_a_call
        else CAMPAIGNS[0][0]
        if state == "dialling"
        else None,
        is_queue=on_a_call,
        queues=() if state is AgentState.LOGGED_OUT else tuple(QUEUES[queue][0] for queue in queues),
        handled=handled,
        inbound=handled - outbound,
        outbound=outbound,
        handled_talk_ms=talk,
        handled_hold_ms=hold,
        handled_wrap_up_ms=wrap_up,
        inbound_talk_ms=talk * (handled - outbound) // max(1, handled),
        inbound_wrap_up_ms=wrap_up * (handled - outbound) // max(1, handled),
        times_before=AgentTimes(
            talk_ms=talk,
            hold_ms=hold,
            wrap_up_ms=wrap_up,
            ready_ms=round(elapsed * rng.uniform(0.08, 0.22)),
            paused_ms=rng.randrange(10, 50) * MINUTE,
            logged_in_ms=elapsed - rng.randrange(0, 9) * MINUTE,
        ),
        counts_from=since,
        times_of_calls=AgentTimes(),
        missed=rng.choices((0, 1, 2, 5), (70, 20, 8, 2))[0],
        sales_calls=sales_calls,
        converted=converted,
        sales=converted + (number % 9 == 0),
        revenue_cents=(converted + (number % 9 == 0)) * rng.randrange(6_900, 18_900),
        satisfied=round(surveys * rng.uniform(0.68, 0.95)),
        surveys=surveys,
    )
    times = agent.times_before
    known = times.talk_ms + times.hold_ms + times.wrap_up_ms + times.ready_ms + times.paused_ms
    times = replace(times, logged_in_ms=max(times.logged_in_ms, known))
    return replace(agent, times_before=times.plus(agent.state, since - at))


def _waiting(rng: Random, at: int, callers: int) -> tuple[WaitingCall, ...]:
    queue_of = sorted(rng.choices(range(len(QUEUES)), (3, 6, 1, 3, 1), k=callers))
    calls: list[WaitingCall] = []
    for number, queue in enumerate(queue_of):
        position = 1 + sum(call.queue_id == queue + 1 for call in calls)
        calls.append(
            WaitingCall(
                queue_id=queue + 1,
                queue=QUEUES[queue][0],
                position=position,
                caller=f"+31 6 {rng.randrange(10**7, 10**8)}",
                customer=_name(number * 5 + 2) if number % 3 else None,
                entered_at=at - max(3_000, 171_000 - 29_000 * (position - 1) - queue * 11_000),
            )
        )
    return tuple(calls)


def _quarters(rng: Random, rate: float, at: int, opened: int) -> tuple[Quarter, ...]:
    quarters: list[Quarter] = []
    for number, starts_at in enumerate(range(opened, at, QUARTER)):
        offered = round(rate * (1 + 0.5 * ((number % 16) / 8 - 1) * -1) * rng.uniform(0.8, 1.2))
        answered = min(offered, round(offered * rng.uniform(0.86, 1.0)))
        in_threshold = round(answered * rng.uniform(0.62, 0.98))
        lost = offered - answered
        quarters.append(Quarter(starts_at, offered, answered, in_threshold, lost))
    return tuple(quarters)


def _queue(
    rng: Random,
    number: int,
    agents: int,
    *,
    at: int,
    opened: int,
    waiting: tuple[WaitingCall, ...],
    people: tuple[AgentFigures, ...],
) -> QueueFigures:
    name, purpose, client, weight = QUEUES[number]
    quarters = _quarters(rng, weight * agents / 3, at, opened)
    here = [call.entered_at for call in waiting if call.queue_id == number + 1]
    able = [agent for agent in people if name in agent.queues and agent.state in ON_THE_PHONES]
    offered = sum(quarter.offered for quarter in quarters) + len(here)
    answered = sum(quarter.answered for quarter in quarters)
    lost = offered - answered - len(here)
    short = lost // 6
    timed_out = lost // 8
    diverted = lost // 10
    abandoned = lost - timed_out - diverted
    handled = answered - min(answered, sum(agent.queue == name for agent in people))
    threshold = 30_000 if purpose == "service" else 20_000
    return QueueFigures(
        id=number + 1,
        name=name,
        purpose=purpose,
        client=CLIENTS[client],
        service_level_threshold_ms=threshold,
        service_level_target=0.8,
        handling_target_ms=300_000,
        waiting=len(here),
        longest_wait_since=min(here, default=None),
        talking=sum(agent.queue == name and agent.state in {"talking", "hold"} for agent in people),
        agents_ready=sum(agent.state == "ready" for agent in able),
        agents_on_phones=len(able),
        agents_needed=max(1, round(len(able) * rng.uniform(0.9, 1.2))),
        offered=offered,
        answered=answered,
        answered_in_threshold=sum(quarter.answered_in_threshold for quarter in quarters),
        abandoned=abandoned,
        short_abandoned=short,
        timed_out=timed_out,
        no_agents=0,
        diverted=diverted,
        unknown=0,
        cut_off=0,
        answered_without_wait=0,
        open=len(here),
        open_since=None,
        threshold_passed_at=tuple(entered_at + threshold + 1 for entered_at in here),
        answered_wait_ms=answered * rng.randrange(9_000, 26_000),
        abandoned_wait_ms=(abandoned - short) * rng.randrange(35_000, 80_000),
        longest_finished_wait_ms=rng.randrange(240, 480) * 1000,
        handled=handled,
        talk_ms=handled * rng.randrange(180, 260) * 1000,
        hold_ms=handled * rng.randrange(2, 12) * 1000,
        wrap_up_ms=handled * rng.randrange(20, 50) * 1000,
        quarters=quarters,
    )


SUMMED = (
    "waiting",
    "talking",
    "offered",
    "answered",
    "answered_in_threshold",
    "abandoned",
    "short_abandoned",
    "timed_out",
    "no_agents",
    "diverted",
    "unknown",
    "cut_off",
    "answered_without_wait",
    "open",
    "answered_wait_ms",
    "abandoned_wait_ms",
    "handled",
    "talk_ms",
    "hold_ms",
    "wrap_up_ms",
)


def _total(queues: tuple[QueueFigures, ...]) -> QueueFigures:
    thresholds = {queue.service_level_threshold_ms for queue in queues}
    by_start = [tuple(quarters) for quarters in zip(*(queue.quarters for queue in queues), strict=False)]
    return QueueFigures(
        id=None,
        name="All queues",
        purpose=None,
        client=None,
        service_level_threshold_ms=thresholds.pop() if len(thresholds) == 1 else None,
        service_level_target=0.8 if queues else None,
        handling_target_ms=None,
        longest_wait_since=min(
            (q.longest_wait_since for q in queues if q.longest_wait_since is not None), default=None
        ),
        agents_ready=max((queue.agents_ready for queue in queues), default=0),
        agents_on_phones=max((queue.agents_on_phones for queue in queues), default=0),
        agents_needed=sum(queue.agents_needed or 0 for queue in queues) if queues else None,
        agents_allotted=summed(queues, "All queues", StaffingCount(0, 0)).agents_allotted,
        open_since=None,
        threshold_passed_at=tuple(moment for queue in queues for moment in queue.threshold_passed_at),
        longest_finished_wait_ms=max((queue.longest_finished_wait_ms or 0 for queue in queues), default=None),
        quarters=tuple(_merged(quarters) for quarters in by_start),
        **{field: sum(getattr(queue, field) for queue in queues) for field in SUMMED},
    )


def _merged(quarters: tuple[Quarter, ...]) -> Quarter:
    offered = sum(quarter.offered for quarter in quarters)
    in_threshold = sum(quarter.answered_in_threshold for quarter in quarters)
    return Quarter(
        quarters[0].starts_at,
        offered,
        sum(quarter.answered for quarter in quarters),
        in_threshold,
        sum(quarter.lost for quarter in quarters),
    )


def _memberships(people: tuple[AgentFigures, ...]) -> tuple[Membership, ...]:
    numbers = {name: number + 1 for number, (name, *_) in enumerate(QUEUES)}
    return tuple(
        Membership(
            queue_id=numbers[queue],
            queue=queue,
            agent_id=agent.id,
            agent=agent.login,
            reason=agent.reason,
            paused_since=agent.since if agent.state is AgentState.PAUSED else None,
        )
        for agent in people
        for queue in agent.queues
    )


def _sales_line(
    rng: Random, kind: str, identity: int | None, name: str, *, client: str | None, people: list[AgentFigures]
) -> SalesFigures:
    sales = sum(agent.sales for agent in people)
    quota = max(1, round(sales / rng.uniform(0.5, 0.85)))
    return SalesFigures(
        kind=kind,
        id=identity,
        name=name,
        client=client,
        sales_calls=sum(agent.sales_calls for agent in people),
        converted=sum(agent.converted for agent in people),
        sales=sales,
        revenue_cents=sum(agent.revenue_cents for agent in people),
        currency="EUR",
        quota_sales=quota,
        quota_conversion=0.22,
        expected_by_now=quota * 0.64,
        forecast_sales=sales / 0.64,
        forecast_revenue_cents=sales / 0.64 * 12_500,
    )


def _sales(rng: Random, people: tuple[AgentFigures, ...]) -> tuple[SalesFigures, ...]:
    lines = [_sales_line(rng, "centre", None, "Utrecht", client=None, people=list(people))]
    for number, team in enumerate(sorted({agent.team or "" for agent in people})):
        members = [agent for agent in people if agent.team == team]
        lines.append(_sales_line(rng, "team", number + 1, team, client=members[0].client, people=members))
    for number, (name, client) in enumerate(CAMPAIGNS):
        lines.append(
            _sales_line(rng, "campaign", number + 1, name, client=CLIENTS[client], people=list(people[number::5]))
        )
    lines += [_sales_line(rng, "agent", agent.id, agent.name, client=agent.client, people=[agent]) for agent in people]
    return tuple(lines)


def _handling_line(
    rng: Random,
    kind: str,
    identity: int | None,
    name: str,
    *,
    client: str | None,
    direction: str,
    sums: tuple[int, ...],
) -> HandlingFigures:
    handled, talk, hold, wrap_up = sums
    mean = (talk + hold + wrap_up) // handled if handled else None
    known = mean is not None and kind != "team"
    return HandlingFigures(
        kind=kind,
        id=identity,
        name=name,
        client=client,
        direction=Direction(direction),
        handled=handled,
        talk_ms=talk,
        hold_ms=hold,
        wrap_up_ms=wrap_up,
        median_ms=round((mean or 0) * rng.uniform(0.72, 0.85) / 1000) * 1000 if known else None,
        p90_ms=round((mean or 0) * rng.uniform(1.9, 2.3) / 1000) * 1000 if known and handled >= 10 else None,
        target_ms=300_000 if kind == "queue" else None,
    )


def _handling(
    rng: Random, queues: tuple[QueueFigures, ...], people: tuple[AgentFigures, ...]
) -> tuple[HandlingFigures, ...]:
    whole = tuple(
        sum(getattr(queue, field) for queue in queues) for field in ("handled", "talk_ms", "hold_ms", "wrap_up_ms")
    )
    outbound = sum(agent.outbound for agent in people)
    lines = [
        _handling_line(rng, "centre", None, "Utrecht", client=None, direction="inbound", sums=whole),
        _handling_line(
            rng,
            "centre",
            None,
            "Utrecht",
            client=None,
            direction="outbound",
            sums=(outbound, outbound * 151_000, 0, outbound * 22_000),
        ),
    ]
    lines += [
        _handling_line(
            rng,
            "queue",
            q.id,
            q.name,
            client=q.client,
            direction="inbound",
            sums=(q.handled, q.talk_ms, q.hold_ms, q.wrap_up_ms),
        )
        for q in queues
    ]
    for number, team in enumerate(sorted({agent.team or "" for agent in people})):
        members = [agent for agent in people if agent.team == team]
        handled = sum(agent.inbound for agent in members)
        lines.append(
            _handling_line(
                rng,
                "team",
                number + 1,
                team,
                client=members[0].client,
                direction="inbound",
                sums=(handled, handled * rng.randrange(190, 260) * 1000, handled * 6_000, handled * 34_000),
            )
        )
    return tuple(lines)


def _follow_ups(rng: Random, at: int, day: BusinessDay, people: tuple[AgentFigures, ...]) -> FollowUpFigures:
    items: list[FollowUp] = []
    for number in range(max(4, len(people) // 3)):
        owner = people[number * 3 % len(people)]
        due_at = at + (number - 3) * 23 * MINUTE
        if due_at >= day.ends_at:
            break
        items.append(
            FollowUp(
                id=number + 1,
                customer=_name(number * 11 + 4),
                owner=owner.name,
                owner_id=owner.id,
                team=owner.team,
                client=owner.client,
                kind=("call back", "send offer, then call", "delivery problem", "renewal")[number % 4],
                due_at=due_at,
                promised_at=(promised_at := due_at - (30 * MINUTE if number % 5 == 0 else 0)),
                promise_due_at=promised_at,
                grace_ends_at=due_at + 15 * MINUTE,
                note="Asked for a price for two boilers; call after lunch." if number % 2 == 0 else None,
            )
        )
    return FollowUpFigures(
        due_today=len(items),
        overdue=sum(item.grace_ends_at < at for item in items),
        done_today=rng.randrange(6, 20),
        on_time=14,
        on_time_of=19,
        items=tuple(items),
    )


def day_quota(line: SalesFigures) -> QuotaFigures | None:
    """The quota of the day, if there is one."""
    return next((quota for quota in line.quotas if quota.period is Period.DAY), None)


def known(value: Value | None) -> Value:
    """A figure that must be known."""
    assert value is not None
    return value
