"""What customers say: by the centre, queues, teams and agents (metrics.md 9)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from msgspec import Struct, field

from ccmon.metrics.first_contact import FirstContact, RepeatContacts, repeated
from ccmon.metrics.net_promoter_score import NetPromoterScore
from ccmon.metrics.net_promoter_score import net_promoter_score as sort_promoters
from ccmon.metrics.satisfaction import Satisfaction, satisfied_from, very_low
from ccmon.model.satisfaction import LowScore, SatisfactionFigures
from ccmon.snapshot.periodic_rows import FinishedDays, PeriodicRows

Scope = tuple[str, int | None]
CENTRE: Scope = ("centre", None)
NOTHING = FirstContact(0, 0, 0)


class _Counts(Struct):
    """What is counted of one scope."""

    scales: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    promoters: list[int] = field(default_factory=lambda: [0, 0, 0])
    resolved: list[int] = field(default_factory=lambda: [0, 0])
    invited: list[int] = field(default_factory=lambda: [0, 0])
    week: FirstContact = NOTHING
    day: FirstContact = NOTHING
    repeats: list[int] = field(default_factory=lambda: [0, 0])

    def answer(self, question: str, score: int, scale: int, answers: int) -> None:
        if question == "satisfaction":
            count = self.scales[scale]
            count[0] += answers
            count[1] += answers * (scale >= 1 and score >= satisfied_from(scale))
            count[2] += answers * score
        elif question == "resolved":
            self.resolved[0] += answers * (score >= scale)
            self.resolved[1] += answers
        elif scale == 10 and 0 <= score <= 10:
            kind = sort_promoters([score])
            for place, number in enumerate((kind.promoters, kind.passives, kind.detractors)):
                self.promoters[place] += number * answers


def satisfaction_figures(periodic: PeriodicRows) -> tuple[SatisfactionFigures, ...] | None:
    """The centre, then queues, teams and agents of whom anything is known; None without the past days."""
    if periodic.finished is None:
        return None
    counts: defaultdict[Scope, _Counts] = defaultdict(_Counts)
    for row in periodic.surveys:
        for scope in _scopes(periodic, row.queue_id, row.agent_id):
            counts[scope].answer(row.question, row.score, row.scale, row.answers)
    for invitation in periodic.invitations:
        for scope in _scopes(periodic, invitation.queue_id, invitation.agent_id):
            counts[scope].invited[0] += invitation.invited
            counts[scope].invited[1] += invitation.answered
    for (queue_id, agent_id), (week, day) in periodic.finished.first_contact.items():
        for scope in _scopes(periodic, queue_id, agent_id):
            counts[scope].week = _added(counts[scope].week, week)
            counts[scope].day = _added(counts[scope].day, day)
    _count_repeats(periodic, periodic.finished, counts)
    one_in = periodic.finished.one_customer_in
    return tuple(_figures(periodic, scope, counts[scope], one_in) for scope in _in_order(periodic) if scope in counts)


def _scopes(periodic: PeriodicRows, queue_id: int | None, agent_id: int | None) -> Iterable[Scope]:
    yield CENTRE
    if queue_id is not None:
        yield "queue", queue_id
    agent = periodic.directory.agents.get(agent_id) if agent_id is not None else None
    if agent is not None:
        yield "agent", agent.id
        if agent.team_id is not None:
            yield "team", agent.team_id


def _added(one: FirstContact, other: FirstContact) -> FirstContact:
    return FirstContact(one.resolved + other.resolved, one.repeated + other.repeated, one.pending + other.pending)


def _count_repeats(periodic: PeriodicRows, finished: FinishedDays, counts: defaultdict[Scope, _Counts]) -> None:
    """Today's contacts that look back on another: of the centre and the queue; it is not the agent's doing."""
    contacts = [*finished.recent_contacts, *(contact for contact, _ in periodic.contacts)]
    found = repeated(contacts, periodic.day.starts_at, periodic.at + 1)[len(finished.recent_contacts) :]
    for (_, (queue_id, _)), again in zip(periodic.contacts, found, strict=True):
        if again is not None:
            for scope in _scopes(periodic, queue_id, None):
                counts[scope].repeats[0] += again
                counts[scope].repeats[1] += 1


def _in_order(periodic: PeriodicRows) -> Iterable[Scope]:
    yield CENTRE
    for name, members in (
        ("queue", periodic.directory.queues),
        ("team", periodic.directory.teams),
        ("agent", periodic.directory.agents),
    ):
        yield from ((name, identity) for identity in members)


def _figures(periodic: PeriodicRows, scope: Scope, counts: _Counts, one_customer_in: int) -> SatisfactionFigures:
    kind, identity = scope
    scales = sorted(counts.scales.items(), key=lambda item: (-item[1][0], item[0]))
    name, client = _named(periodic, kind, identity)
    return SatisfactionFigures(
        scope=kind,
        id=identity,
        name=name,
        client=client,
        answers=sum(count[0] for count in counts.scales.values()),
        satisfied=sum(count[1] for count in counts.scales.values()),
        scales=tuple(Satisfaction(scale, *count) for scale, count in scales),
        promoters=NetPromoterScore(*counts.promoters),
        invited=counts.invited[0],
        responded=counts.invited[1],
        said_resolved=counts.resolved[0],
        said_resolved_of=counts.resolved[1],
        first_contact=counts.week,
        first_contact_day=counts.day,
        repeats=RepeatContacts(*counts.repeats),
        one_customer_in=one_customer_in,
    )


def _named(periodic: PeriodicRows, kind: str, identity: int | None) -> tuple[str, str | None]:
    directory = periodic.directory
    if kind == "centre" or identity is None:
        return periodic.site.name or "All", None
    if kind == "queue":
        return directory.queues[identity].name, directory.queues[identity].client
    if kind == "team":
        return directory.teams[identity].name, directory.teams[identity].client
    return directory.agents[identity].name, directory.agents[identity].client


def by_agent(figures: Iterable[SatisfactionFigures]) -> Counter[tuple[int, str]]:
    """Answers and satisfied ones of each agent, for the row beside the live state."""
    counts: Counter[tuple[int, str]] = Counter()
    for each in figures:
        if each.scope == "agent" and each.id is not None:
            counts[each.id, "answers"] = each.answers
            counts[each.id, "satisfied"] = each.satisfied
    return counts


def low_scores(periodic: PeriodicRows) -> tuple[LowScore, ...]:
    """Today's very low scores that a call back can still make good."""
    agents, queues = periodic.directory.agents, periodic.directory.queues
    found = []
    for row in periodic.low_scores:
        if very_low(row.score, row.scale):
            agent, queue = agents.get(row.agent_id or 0), queues.get(row.queue_id or 0)
            found.append(
                LowScore(
                    customer_id=row.customer_id,
                    customer=row.customer,
                    phone=row.phone,
                    queue=queue.name if queue else None,
                    agent=agent.name if agent else None,
                    client=queue.client if queue else agent.client if agent else None,
                    score=row.score,
                    scale=row.scale,
                    comment=row.comment,
                    answered_at=row.answered_at,
                )
            )
    return tuple(found)
