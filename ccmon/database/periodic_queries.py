"""What to ask the database for the business at one moment: the same way of asking as `ccmon.database.live_queries`.

Every question says ``:at`` and leaves out what came later, so that the same questions tell of now and of an earlier
moment. Exceptions are totals of finished days, which are taken as they stand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import groupby
from json import dumps
from operator import itemgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ccmon.database.live_queries import Answer, Question
from ccmon.database.past_sales_calls import past_sales_calls
from ccmon.database.poll_cache import PollCache
from ccmon.metrics import retention
from ccmon.metrics.first_contact import DAY_MS, WEEK_MS, Contact, FirstContact, Resolution, resolutions, who_called
from ccmon.model.business_day import BusinessDay
from ccmon.model.sales import Period
from ccmon.snapshot.live_rows import Directory, Row, Rows, Site
from ccmon.snapshot.periodic_rows import BaselineDay, Credit, FinishedDays, PeriodicRows, PeriodRows
from ccmon.snapshot.purchase_tally import tally_purchases

Window = Mapping[str, object]

DAYS = 28
"""Business days that satisfaction, contacts and money are looked at over."""
STUCK_DAYS = 14
LATELY_DAYS = 2
"""Of customers with several problems, those whose last one lies no further back."""
STUCK_EVERY_MS = 300_000
"""Two weeks of calls are looked through for customers nobody reached once in so long."""
HISTORY_DAYS = 56
SAME_WEEKDAYS = 8
CONTACTS_AT_MOST = 10_000
"""Above this many contacts in five weeks only those of some customers are looked at."""
CUSTOMERS_A_PAGE = 20_000
CLOSING_WITHIN_DAYS = 7
QUARTER_MINUTES = 15
HOUR_MS = 3_600_000


class DateRange(NamedTuple):
    """What the questions of one reading have in common."""

    site: Site
    day: BusinessDay
    directory: Directory
    today: date
    days: tuple[BusinessDay, ...]
    """Business days before today, the latest first."""
    parameters: Mapping[str, object]

    def since(self, days: int) -> int:
        """Start of the business day that lies so many before today; of the first one known."""
        return self.days[min(days, len(self.days)) - 1].starts_at if self.days else self.day.starts_at

    def since_day(self, first: date) -> int:
        """Start of the first known business day from a date on."""
        inside = [day for day in self.days if date.fromisoformat(day.date) >= first]
        return inside[-1].starts_at if inside else self.day.starts_at


def read_periodic(
    at: int, site: Site, day: BusinessDay, directory: Directory, known: PollCache
) -> Generator[tuple[Question, ...], list[Answer], PeriodicRows]:
    """The business at a moment of a business day.

    Args:
        at: the moment.
        site: the site.
        day: the business day that holds it.
        directory: names and quotas.
        known: what an earlier reading of the same database has found; this one adds to it.
    """
    day_rows, filling = yield ("previous_business_days", {"day_starts_at": day.starts_at}), ("progress", {})
    about = DateRange(
        site,
        day,
        directory,
        date.fromisoformat(day.date),
        tuple(BusinessDay(*row) for row in day_rows),
        {"at": at, "day_starts_at": day.starts_at, "day_ends_at": day.ends_at},
    )
    if filling:
        return (yield from _running(about, at, None, [[], []]))
    sign: tuple[object, ...] = day.date, at // HOUR_MS
    finished: FinishedDays | None = known.get("finished", sign)
    if finished is None:
        finished = yield from _finished(about, at)
        known.keep("finished", sign, finished)
    sign = day.date, at // STUCK_EVERY_MS
    stuck: list[Answer] | None = known.get("stuck", sign)
    if stuck is None:
        weeks_ago = {**about.parameters, "since": about.since(STUCK_DAYS), "lately": about.since(LATELY_DAYS)}
        stuck = yield ("customers_never_reached", weeks_ago), ("customers_with_repeated_problems", weeks_ago)
        known.keep("stuck", sign, stuck)
    return (yield from _running(about, at, finished, stuck))


def _running(
    about: DateRange, at: int, finished: FinishedDays | None, stuck: list[Answer]
) -> Generator[tuple[Question, ...], list[Answer], PeriodicRows]:
    parameters, day = about.parameters, about.day
    not_reached, two_problems = stuck
    month_ago = {**parameters, "since": about.since(DAYS - 1)}
    today = {
        **parameters,
        "since": day.starts_at,
        "until": day.ends_at,
        "one_in": finished.one_customer_in if finished else 1,
    }
    contacts_by = finished.contacts_by if finished else "contacts"
    (
        [(margin, incrementality)], sales, funnel, [(kept, _)], reached_customers, surveys, invitations, low_scores,
        contacts, reasons, concerned, contact_reasons, last_talks, investments, costs, planned,
        planned_work,
    ) = yield (
        ("site_margins", {}),
        ("day_sales", parameters),
        ("sales_funnel", parameters),
        ("kept_customers", today),
        ("retention_customers_reached", today),
        ("survey_answers", month_ago),
        ("survey_invitations", month_ago),
        ("low_scores", parameters),
        (contacts_by, today),
        ("reason_counts", today),
        ("customers_by_reason", parameters),
        ("contact_reasons", {}),
        ("last_talks", parameters),
        ("investments", {"date": day.date}),
        ("hourly_costs", {}),
        ("planned_time", today),
        ("planned_work", {"days": dumps([day.starts_at])}),
    )  # fmt: skip
    reached = frozenset(row[0] for row in reached_customers)
    buyers = {row[4] for row in sales if row[4] is not None and not row[7]}
    (histories,) = yield (("past_purchases", {**parameters, "customers": dumps(sorted(buyers | reached))}),)
    dates = Dates(about.site)
    bought: defaultdict[int, set[date]] = defaultdict(set)
    for customer, sold_at in histories:
        bought[customer].add(dates.of(sold_at // 60_000))
    periods = (yield from _periods(about, finished)) if finished else {}
    return PeriodicRows(
        at=at,
        site=about.site,
        day=day,
        directory=about.directory,
        margin=margin,
        incrementality=incrementality,
        finished=finished,
        periods=periods,
        planned={row[0]: row for row in planned},
        planned_work=planned_work,
        costs=dict(costs),
        sales=sales,
        funnel=funnel,
        kept=kept,
        surveys=surveys,
        invitations=invitations,
        low_scores=low_scores,
        contacts=list(_contacts(contacts)),
        histories={customer: sorted(days) for customer, days in bought.items()},
        reached_today=reached,
        reasons=reasons,
        concerned=concerned,
        contact_reasons=contact_reasons,
        not_reached=not_reached,
        two_problems=two_problems,
        last_talks=dict(last_talks),
        investments=investments,
    )


class Dates:
    """The business day of a moment, by the clock of the site."""

    def __init__(self, site: Site) -> None:
        self._zone = ZoneInfo(site.time_zone)
        self._starts_ms = site.day_starts_ms
        self._known: dict[int, date] = {}

    def of(self, minute: int) -> date:
        """The date; days begin at whole quarters of an hour, so that a quarter lies in one."""
        quarter = minute // QUARTER_MINUTES
        found = self._known.get(quarter)
        if found is None:
            local = datetime.fromtimestamp(quarter * QUARTER_MINUTES * 60, self._zone).replace(tzinfo=None)
            found = self._known[quarter] = (local - timedelta(milliseconds=self._starts_ms)).date()
        return found

    def start(self, day: date) -> int:
        """The moment at which a business day starts."""
        local = datetime.combine(day, time()) + timedelta(milliseconds=self._starts_ms)
        return round(local.replace(tzinfo=self._zone).timestamp() * 1000)


def _contacts(rows: Rows) -> Iterator[tuple[Contact, Credit]]:
    """Phone calls from their visits: the queue and agent are those of the last answered visit, or of the last.

    The customer, else the number, is what any of the visits tells; a call of which none tells either is left out.
    """
    for _, group in groupby(rows, key=itemgetter(0, 1)):
        visits = list(group)
        first = last = visits[0]
        _, _, customer, caller, started_at, ended_at, answered, reason, *_ = first
        if len(visits) > 1:
            customer, caller, reason = (_known(visits, place) for place in (2, 3, 7))
            last = next((visit for visit in reversed(visits) if visit[6]), visits[-1])
            answered = last[6]
            ended_at = None if any(visit[5] is None for visit in visits) else max(visit[5] for visit in visits)
        who = who_called(customer, caller)
        if who is not None:
            yield Contact(who, started_at, ended_at, bool(answered), reason), (last[8], last[9])


def _known(visits: Rows, place: int) -> Any:
    """What the visits of a phone call tell: the first customer and number, the last reason."""
    found = [visit[place] for visit in visits if visit[place] is not None]
    return found[-1 if place == 7 else 0] if found else None


def _finished(about: DateRange, at: int) -> Generator[tuple[Question, ...], list[Answer], FinishedDays]:
    parameters = about.parameters
    history = {**parameters, "since": about.since(HISTORY_DAYS)}
    window = {**parameters, "since": about.since(DAYS), "until": about.day.starts_at}
    (
        [(has_reasons, first_sale_at)], totals, agents, campaigns, reached_customers, [kept], sold, called, contacted,
        handling, [new_customers], campaigns_sold, lent_lately, promises,
    ) = yield (
        ("past_records", {}),
        ("day_totals", history),
        ("agent_weekday_totals", history),
        ("campaign_weekday_totals", history),
        ("retention_customers_reached", window),
        ("kept_customers", window),
        ("sales_by_agent", window),
        ("sales_calls_by_agent", window),
        ("sales_calls_by_campaign", window),
        ("handling_by_queue", window),
        ("new_customers", window),
        ("sales_by_campaign", window),
        ("sales_for_other_clients", window),
        ("promise_outcomes", {**window, "grace_ms": about.site.follow_up_grace_ms}),
    )  # fmt: skip
    first_contact, recent, contacts_by, one_in = yield from _first_contact(about, at, totals)
    dates = Dates(about.site)
    purchases = yield from _purchases(about, dates)
    limits = retention.churn_limits(retention.gaps(purchases.values()))
    reached: defaultdict[int, list[date]] = defaultdict(list)
    for customer, entered_at in reached_customers:
        reached[customer].append(dates.of(entered_at // 60_000))
    closing = retention.second_purchase_closing(
        purchases, about.today, about.today + timedelta(days=CLOSING_WITHIN_DAYS - 1)
    )
    (customers,) = yield (
        ("customers_with_first_seller", {**parameters, "customers": dumps([customer for customer, _ in closing])}),
    )
    further = (Period.WEEK, Period.MONTH)
    starts = [about.since_day(period_edges(period, about.today)[0]) for period in further]
    until = about.day.starts_at
    lent = yield tuple(("sales_for_other_clients", {"at": at, "since": since, "until": until}) for since in starts)
    baseline = (yield from _baseline(about)) if has_reasons else ()
    alike, one_call_in, (sales_calls, planned_work) = yield from past_sales_calls(about.today, about.days, totals)
    finished_days = about.days[:DAYS]
    return FinishedDays(
        days=about.days,
        day_totals=totals,
        agent_weekdays=agents,
        campaign_weekdays=campaigns,
        first_contact=first_contact,
        recent_contacts=recent,
        contacts_by=contacts_by,
        one_customer_in=one_in,
        tally=tally_purchases(purchases, about.today, limits, reached),
        limits=limits,
        closing=tuple((c, purchases[c][0], closes) for c, closes in closing),
        closing_customers={row[0]: row for row in customers},
        history_since=None if first_sale_at is None else dates.of(first_sale_at // 60_000),
        reached=dict(reached),
        kept=kept,
        baseline=baseline,
        lent=dict(zip(further, lent, strict=True)),
        window=(
            date.fromisoformat(finished_days[-1].date) if finished_days else about.today,
            date.fromisoformat(finished_days[0].date) if finished_days else about.today,
            len(finished_days),
        ),
        sold={row[0]: row for row in sold},
        called={row[0]: row for row in called},
        contacts={row[0]: row for row in contacted},
        handling_by_queue={row[0]: row for row in handling},
        new_customers=new_customers,
        campaigns_sold={row[0]: row for row in campaigns_sold},
        lent_lately=lent_lately,
        alike=alike,
        sales_calls=sales_calls,
        one_sales_call_in=one_call_in,
        planned_work=planned_work,
        promises=promises,
    )


def _purchases(about: DateRange, dates: Dates) -> Generator[tuple[Question, ...], list[Answer], dict[int, list[date]]]:
    """Days of every customer's orders before today, page by page."""
    purchases: dict[int, list[date]] = {}
    after = -1
    while True:
        (rows,) = yield (("purchases_page", {**about.parameters, "after": after, "page": CUSTOMERS_A_PAGE}),)
        for customer, minutes in rows:
            purchases[customer] = sorted({dates.of(int(minute)) for minute in minutes.split(",")})
        if len(rows) < CUSTOMERS_A_PAGE:
            return purchases
        after = rows[-1][0]


FirstContacts = tuple[dict[Credit, tuple[FirstContact, FirstContact]], tuple[Contact, ...], str, int]


def _first_contact(
    about: DateRange, at: int, totals: Rows
) -> Generator[tuple[Question, ...], list[Answer], FirstContacts]:
    """First-contact resolution by queue and agent, over 28 days whose window has passed."""
    days = about.days
    span = DAYS + WEEK_MS // DAY_MS
    first = (about.today - timedelta(days=span)).isoformat()
    calls = sum(row[3] for row in totals if row[0] >= first)
    one_in = max(1, -(-calls // CONTACTS_AT_MOST))
    until = about.day.starts_at
    since = days[min(span, len(days)) - 1].starts_at if days else until
    window = {**about.parameters, "since": since, "until": until, "one_in": one_in}
    query = "contacts" if one_in == 1 else "sampled_contacts"
    (rows,) = yield ((query, window),)
    if not rows:  # nobody is known by more than a number
        query = "contacts"
        (rows,) = yield ((query, window),)
    found = list(_contacts(rows))
    rows.clear()  # some megabytes
    contacts = [contact for contact, _ in found]
    day_since = days[min(DAYS, len(days)) - 1].starts_at if days else until
    week: defaultdict[Credit, Counter[Resolution]] = defaultdict(Counter)
    quick: defaultdict[Credit, Counter[Resolution]] = defaultdict(Counter)
    # Judged at the start of today: what happened since then would count for failures alone.
    for (contact, credit), resolution in zip(found, resolutions(contacts, until, WEEK_MS), strict=True):
        if contact.started_at < until - WEEK_MS:
            week[credit][resolution] += 1
    for (contact, credit), resolution in zip(found, resolutions(contacts, until, DAY_MS), strict=True):
        if contact.started_at >= day_since:
            quick[credit][resolution] += 1
    figures = {credit: (_settled(week[credit]), _settled(quick[credit])) for credit in (*week, *quick)}
    recent = tuple(contact for contact in contacts if (contact.ended_at or at) >= until - WEEK_MS)
    return figures, recent, query, one_in


def _settled(counts: Counter[Resolution]) -> FirstContact:
    return FirstContact(counts[Resolution.RESOLVED], counts[Resolution.REPEATED], counts[Resolution.PENDING])


def _baseline(about: DateRange) -> Generator[tuple[Question, ...], list[Answer], tuple[BaselineDay, ...]]:
    weekday = about.today.weekday()
    same = [day for day in about.days if date.fromisoformat(day.date).weekday() == weekday][:SAME_WEEKDAYS]
    answers = yield tuple(
        ("reason_counts", {**about.parameters, "since": day.starts_at, "until": day.ends_at}) for day in same
    )
    return tuple(BaselineDay(day, rows) for day, rows in zip(same, answers, strict=True) if rows)


def _periods(
    about: DateRange, finished: FinishedDays
) -> Generator[tuple[Question, ...], list[Answer], dict[Period, PeriodRows]]:
    """What came before today in the week and month, where quotas are set for them."""
    wanted = {Period(period) for period, _, _ in about.directory.quotas} - {Period.DAY}
    periods = {}
    for period in sorted(wanted):
        starts_on, ends_on = period_edges(period, about.today)
        dates = Dates(about.site)
        since = about.since_day(starts_on)
        window: Window = {**about.parameters, "since": since, "until": dates.start(ends_on + timedelta(days=1))}
        sold, sold_by_campaign, called, called_by_campaign, planned = yield (
            ("sales_by_agent", window),
            ("sales_by_campaign", window),
            ("sales_calls_by_agent", window),
            ("sales_calls_by_campaign", window),
            ("planned_time", window),
        )
        periods[period] = PeriodRows(
            starts_on,
            ends_on,
            _by_first(sold),
            _by_first(sold_by_campaign),
            _by_first(called),
            _by_first(called_by_campaign),
            {row[0]: row[1] for row in planned},
            finished.lent[period],
        )
    return periods


def period_edges(period: Period, today: date) -> tuple[date, date]:
    """First and last day of the period that holds a day; a week begins on Monday."""
    if period is Period.DAY:
        return today, today
    if period is Period.WEEK:
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=6)
    first = today.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _by_first(rows: Iterable[Row]) -> dict[int, Row]:
    return {row[0]: row for row in rows}
