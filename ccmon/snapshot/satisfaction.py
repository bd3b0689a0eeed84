"""What customers say: by the centre, queues, teams and agents (metrics.md 9)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from ccmon.metrics.first_contact import FirstContact, RepeatContacts, repeated
from ccmon.metrics.net_promoter_score import NetPromoterScore
from ccmon.metrics.satisfaction import Satisfaction, satisfied_from, very_low
from ccmon.model.satisfaction import LowScore, SatisfactionFigures
from ccmon.snapshot.periodic_rows import FinishedDays, PeriodicRows
from ccmon.snapshot.scopes import NamedScope, Scope

CENTRE: Scope = ("centre", 0)
NOTHING = FirstContact(0, 0, 0)


class _SurveyCounts:
    """What is counted of one scope."""

    def __init__(self) -> None:
        self.by_scale: dict[int, Satisfaction] = {}
        """Answers about satisfaction by the top of their scale."""
        self.promoters = NetPromoterScore(0, 0, 0)
        self.resolved = self.resolved_of = 0
        """Answers that the problem is solved, of those to that question."""
        self.invited = self.responded = 0
        self.week = self.day = NOTHING
        """First contacts by the windows of 7 days and of 24 hours."""
        self.repeats = self.contacts = 0

    def answer(self, question: str, score: int, scale: int, answers: int) -> None:
        """Count equal answers to a question."""
        if question == "satisfaction":
            satisfied = answers * (scale >= 1 and score >= satisfied_from(scale))
            before = self.by_scale.get(scale, Satisfaction(scale, 0, 0, 0))
            self.by_scale[scale] = Satisfaction(
                scale=scale,
                answers=before.answers + answers,
                satisfied=before.satisfied + satisfied,
                score_sum=before.score_sum + answers * score,
            )
        elif question == "resolved":
            self.resolved += answers * (score >= scale)
            self.resolved_of += answers
        elif scale == 10 and 0 <= score <= 10:
            self.promoters = self.promoters.plus(score, answers)


def satisfaction_figures(periodic: PeriodicRows) -> tuple[SatisfactionFigures, ...] | None:
    """The centre, then queues, teams and agents of whom anything is known; None without the past days."""
    if periodic.finished is None:
        return None
    counts: defaultdict[Scope, _SurveyCounts] = defaultdict(_SurveyCounts)
    for row in periodic.surveys:
        for scope in _scopes(periodic, row.queue_id, row.agent_id):
            counts[scope].answer(row.question, row.score, row.scale, row.answers)
    for invitation in periodic.invitations:
        for scope in _scopes(periodic, invitation.queue_id, invitation.agent_id):
            counts[scope].invited += invitation.invited
            counts[scope].responded += invitation.answered
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


def _count_repeats(periodic: PeriodicRows, finished: FinishedDays, counts: defaultdict[Scope, _SurveyCounts]) -> None:
    """Today's contacts that look back on another: of the centre and the queue; it is not the agent's doing."""
    contacts = [*finished.recent_contacts, *(contact for contact, _ in periodic.contacts)]
    found = repeated(contacts, periodic.day.starts_at, periodic.at + 1)[len(finished.recent_contacts) :]
    for (_, (queue_id, _)), again in zip(periodic.contacts, found, strict=True):
        if again is not None:
            for scope in _scopes(periodic, queue_id, None):
                counts[scope].repeats += again
                counts[scope].contacts += 1


def _in_order(periodic: PeriodicRows) -> Iterable[Scope]:
    yield CENTRE
    for name, members in (
        ("queue", periodic.directory.queues),
        ("team", periodic.directory.teams),
        ("agent", periodic.directory.agents),
    ):
        yield from ((name, identity) for identity in members)


def _figures(periodic: PeriodicRows, scope: Scope, counts: _SurveyCounts, one_customer_in: int) -> SatisfactionFigures:
    named = _named(periodic, scope)
    by_scale = sorted(counts.by_scale.values(), key=lambda each: (-each.answers, each.scale))
    return SatisfactionFigures(
        scope=named.kind,
        id=named.id,
        name=named.name,
        client=named.client,
        answers=sum(each.answers for each in by_scale),
        satisfied=sum(each.satisfied for each in by_scale),
        scales=tuple(by_scale),
        promoters=counts.promoters,
        invited=counts.invited,
        responded=counts.responded,
        said_resolved=counts.resolved,
        said_resolved_of=counts.resolved_of,
        first_contact=counts.week,
        first_contact_day=counts.day,
        repeats=RepeatContacts(repeats=counts.repeats, contacts=counts.contacts),
        one_customer_in=one_customer_in,
    )


def _named(periodic: PeriodicRows, scope: Scope) -> NamedScope:
    kind, identity = scope
    directory = periodic.directory
    if kind == "centre":
        return NamedScope.centre(periodic.site.name)
    if kind == "queue":
        return NamedScope.of(kind, directory.queues[identity])
    return NamedScope.of(kind, directory.teams[identity] if kind == "team" else directory.agents[identity])


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
