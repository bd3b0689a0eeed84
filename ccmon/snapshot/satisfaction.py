"""What customers say, by centre, queue, team and agent (metrics.md 9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from ccmon.metrics.counts import total
from ccmon.metrics.first_contact import FirstContact, RepeatContacts
from ccmon.metrics.net_promoter_score import NetPromoterScore
from ccmon.metrics.satisfaction import Satisfaction, by_scale, satisfied_from, very_low
from ccmon.model.satisfaction import LowScore, SatisfactionFigures
from ccmon.model.scopes import NamedScope
from ccmon.snapshot.input_cache import InputCache
from ccmon.snapshot.periodic_data import FinishedDays, PeriodicData, QueueAndAgent
from ccmon.snapshot.periodic_rows import AnswerCount, InvitationCount
from ccmon.snapshot.scopes import CENTRE, Scope, centre, named, scope_of


class SurveyAnswers(Struct, frozen=True):
    """Answers on satisfaction."""

    satisfied: int
    answers: int


NO_REPEATS = RepeatContacts(0, 0)


class _SurveyCounts(Struct):
    """What is counted of one scope, by the names of `SatisfactionFigures`."""

    scales: list[Satisfaction] = field(default_factory=list)
    promoters: NetPromoterScore = NetPromoterScore(0, 0, 0)
    invited: int = 0
    responded: int = 0
    said_resolved: int = 0
    said_resolved_of: int = 0
    first_contact: FirstContact = FirstContact(0, 0, 0)
    first_contact_day: FirstContact = FirstContact(0, 0, 0)
    repeats: RepeatContacts = NO_REPEATS

    def answer(self, question: str, score: int, scale: int, answers: int) -> None:
        """Count equal answers to a question."""
        if question == "satisfaction":
            satisfied = answers * (scale >= 1 and score >= satisfied_from(scale))
            self.scales.append(Satisfaction(scale, answers, satisfied, answers * score))
        elif question == "resolved":
            self.said_resolved += answers * (score >= scale)
            self.said_resolved_of += answers
        elif scale == 10 and 0 <= score <= 10:
            self.promoters = self.promoters.plus(score, answers)


class _PastCounts(Struct, frozen=True):
    """What surveys and finished days say."""

    of_centre_and_queues: Mapping[Scope, _SurveyCounts]
    of_people: tuple[SatisfactionFigures, ...]
    """Figures of teams and agents, without today's repeat contacts: these are not an agent's doing."""


def satisfaction_figures(periodic_data: PeriodicData, cache: InputCache) -> tuple[SatisfactionFigures, ...] | None:
    """The centre, then queues, teams and agents with any data; None without the past days."""
    finished, directory = periodic_data.finished, periodic_data.directory
    if finished is None:
        return None
    rows = periodic_data.surveys, periodic_data.invitations, finished, directory
    past = cache.get("satisfaction", rows, lambda: _past_counts(periodic_data, finished))
    repeats: defaultdict[Scope, RepeatContacts] = defaultdict(lambda: NO_REPEATS)
    for queue_id, of_queue in periodic_data.repeats.items():
        for scope in _scopes(periodic_data, queue_id, None):
            repeats[scope] += of_queue
    found = []
    for named_scope in (centre(periodic_data.site.name), *(named("queue", each) for each in directory.queues.values())):
        scope = scope_of(named_scope)
        if scope in past.of_centre_and_queues or scope in repeats:
            counts = replace(past.of_centre_and_queues.get(scope) or _SurveyCounts(), repeats=repeats[scope])
            found.append(_figures(named_scope, counts, finished.one_customer_in))
    return *found, *past.of_people


class _NothingBefore(Struct, frozen=True):
    """The part of `FinishedDays` that satisfaction is counted from, of no days at all."""

    surveys: Sequence[AnswerCount] = ()
    invitations: Sequence[InvitationCount] = ()
    first_contact: Mapping[QueueAndAgent, tuple[FirstContact, FirstContact]] = field(default_factory=dict)
    one_customer_in: int = 1


def satisfaction_with_calls(periodic_data: PeriodicData) -> tuple[SatisfactionFigures, ...]:
    """What customers say about the calls of the rows' own day alone: the centre, then queues, teams and agents.

    Without first contacts and repeats, which concern other days.
    """
    counts = _past_counts(periodic_data, _NothingBefore())
    scopes = (
        centre(periodic_data.site.name),
        *(named("queue", each) for each in periodic_data.directory.queues.values()),
    )
    of_centre_and_queues = counts.of_centre_and_queues
    found = [
        _figures(scope, of_centre_and_queues[key], 1)
        for scope in scopes
        if (key := scope_of(scope)) in of_centre_and_queues
    ]
    return *found, *counts.of_people


def _past_counts(periodic_data: PeriodicData, finished: FinishedDays | _NothingBefore) -> _PastCounts:
    counts: defaultdict[Scope, _SurveyCounts] = defaultdict(_SurveyCounts)
    for scope, answers in _answers_by_scope(periodic_data, finished).items():
        for (question, score, scale), number in answers.items():
            counts[scope].answer(question, score, scale, number)
    for invitation in chain(finished.invitations, periodic_data.invitations):
        for scope in _scopes(periodic_data, invitation.queue_id, invitation.agent_id):
            counts[scope].invited += invitation.invited
            counts[scope].responded += invitation.answered
    contacts: defaultdict[Scope, list[tuple[FirstContact, FirstContact]]] = defaultdict(list)
    for (queue_id, agent_id), found in finished.first_contact.items():
        for scope in _scopes(periodic_data, queue_id, agent_id):
            contacts[scope].append(found)
    for scope, all_found in contacts.items():
        weeks, days = zip(*all_found, strict=True)
        counts[scope].first_contact, counts[scope].first_contact_day = total(weeks), total(days)
    directory = periodic_data.directory
    people = chain(
        (named("team", team) for team in directory.teams.values()),
        (named("agent", agent) for agent in directory.agents.values()),
    )
    return _PastCounts(
        of_centre_and_queues={scope: of_scope for scope, of_scope in counts.items() if scope[0] in {"centre", "queue"}},
        of_people=tuple(
            _figures(scope, counts[scope_of(scope)], finished.one_customer_in)
            for scope in people
            if scope_of(scope) in counts
        ),
    )


def _answers_by_scope(
    periodic_data: PeriodicData, finished: FinishedDays | _NothingBefore
) -> Mapping[Scope, Mapping[tuple[str, int, int], int]]:
    """The number of equal answers, by scope and by question, score and scale."""
    found: defaultdict[Scope, defaultdict[tuple[str, int, int], int]] = defaultdict(lambda: defaultdict(int))
    counted: dict[tuple[int | None, int | None], list[defaultdict[tuple[str, int, int], int]]] = {}
    for row in chain(finished.surveys, periodic_data.surveys):
        about = row.queue_id, row.agent_id
        if about not in counted:
            counted[about] = [found[scope] for scope in _scopes(periodic_data, *about)]
        answer = row.question, row.score, row.scale
        for answers in counted[about]:
            answers[answer] += row.answers
    return found


def _scopes(periodic_data: PeriodicData, queue_id: int | None, agent_id: int | None) -> Iterable[Scope]:
    yield CENTRE
    if queue_id is not None:
        yield "queue", queue_id
    agent = periodic_data.directory.agents.get(agent_id) if agent_id is not None else None
    if agent is not None:
        yield "agent", agent.id
        if agent.team_id is not None:
            yield "team", agent.team_id


def _figures(scope: NamedScope, counts: _SurveyCounts, one_customer_in: int) -> SatisfactionFigures:
    parts = {**asdict(scope), **asdict(counts), "scales": by_scale(counts.scales)}
    return SatisfactionFigures(**parts, one_customer_in=one_customer_in)


def by_agent(figures: Iterable[SatisfactionFigures]) -> Mapping[int | None, SurveyAnswers]:
    """The answers about each agent, for the row beside the live state."""
    return {each.id: SurveyAnswers(each.satisfied, each.answers) for each in figures if each.kind == "agent"}


def low_scores(periodic_data: PeriodicData) -> tuple[LowScore, ...]:
    """Today's very low scores, which a call back can still make good."""
    return tuple(row for row in periodic_data.low_scores if very_low(row.score, row.scale))
