"""Figures of a part of the floor added up from the lines of its queues and teams: counts, never ratios."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from ccmon.metrics.first_contact import FirstContact, RepeatContacts
from ccmon.metrics.net_promoter_score import NetPromoterScore
from ccmon.metrics.satisfaction import Satisfaction
from ccmon.model.calls import Direction
from ccmon.model.handling import HandlingFigures
from ccmon.model.satisfaction import SatisfactionFigures


def handling_of(
    lines: Sequence[HandlingFigures], *, queue: str | None, team: str | None, client: str | None
) -> tuple[HandlingFigures, ...]:
    """The lines of a part, after its whole in each direction, named as the part. None of them for a team in a queue.

    A client's inbound calls are those of its queues. Outbound calls are in no queue: they are those of its teams.
    """

    def passes(line: HandlingFigures) -> bool:
        if client not in {None, line.client} or line.scope == "centre":
            return False
        return (line.scope == "queue" and team is None and queue in {None, line.name}) or (
            line.scope == "team" and queue is None and team in {None, line.name}
        )

    kept = [line for line in lines if passes(line)]
    wholes = []
    name = queue or team or client or ""
    for direction in Direction:
        scope = "queue" if team is None and direction is Direction.INBOUND else "team"
        of_one = [line for line in kept if line.direction is direction and line.scope == scope]
        if of_one:
            wholes.append(_added_handling(of_one, name))
    return (*wholes, *kept)


def _added_handling(lines: Sequence[HandlingFigures], name: str) -> HandlingFigures:
    """The lines added up. Percentiles and usual means cannot be: they are known only where there is one line."""
    alone = len(lines) == 1
    return replace(
        lines[0],
        scope="centre",
        id=None,
        name=name,
        handled=sum(line.handled for line in lines),
        talk_ms=sum(line.talk_ms for line in lines),
        hold_ms=sum(line.hold_ms for line in lines),
        wrap_up_ms=sum(line.wrap_up_ms for line in lines),
        median_ms=lines[0].median_ms if alone else None,
        p90_ms=lines[0].p90_ms if alone else None,
        target_ms=lines[0].target_ms if alone else None,
        usual_aht_ms=lines[0].usual_aht_ms if alone else None,
    )


def not_added(lines: Iterable[HandlingFigures]) -> Mapping[str, str]:
    """Which figures of the wholes cannot be had from their lines, each with the reason for a person."""
    if all(line.median_ms is not None for line in lines if line.scope == "centre" and line.handled):
        return {}
    return {"handling_percentiles": "Median and 9 of 10 are known for one queue alone."}


def satisfaction_of(
    lines: Sequence[SatisfactionFigures], people: set[int], *, queue: str | None, team: str | None, client: str | None
) -> tuple[SatisfactionFigures, ...]:
    """The lines of a part, after its whole: the team, else its queues added up, named as the part.

    No whole for a team in a queue.
    """

    def passes(line: SatisfactionFigures) -> bool:
        if line.scope == "agent":
            return line.id in people
        if client not in {None, line.client} or line.scope == "centre":
            return False
        if line.scope == "queue":
            return team is None and queue in {None, line.name}
        return queue is None and team in {None, line.name}

    kept = [line for line in lines if passes(line)]
    whole = [line for line in kept if line.scope == ("team" if team is not None else "queue")]
    name = queue or team or client or ""
    return (*([_added_satisfaction(whole, name)] if whole else []), *kept)


def _added_satisfaction(lines: Sequence[SatisfactionFigures], name: str) -> SatisfactionFigures:
    by_scale: defaultdict[int, list[Satisfaction]] = defaultdict(list)
    for line in lines:
        for scale in line.scales:
            by_scale[scale.scale].append(scale)
    scales = [
        Satisfaction(
            scale,
            sum(each.answers for each in found),
            sum(each.satisfied for each in found),
            sum(each.score_sum for each in found),
        )
        for scale, found in by_scale.items()
    ]
    return replace(
        lines[0],
        scope="centre",
        id=None,
        name=name,
        answers=sum(line.answers for line in lines),
        satisfied=sum(line.satisfied for line in lines),
        scales=tuple(sorted(scales, key=lambda each: (-each.answers, each.scale))),
        promoters=NetPromoterScore(
            sum(line.promoters.promoters for line in lines),
            sum(line.promoters.passives for line in lines),
            sum(line.promoters.detractors for line in lines),
        ),
        invited=sum(line.invited for line in lines),
        responded=sum(line.responded for line in lines),
        said_resolved=sum(line.said_resolved for line in lines),
        said_resolved_of=sum(line.said_resolved_of for line in lines),
        first_contact=_first_contacts(line.first_contact for line in lines),
        first_contact_day=_first_contacts(line.first_contact_day for line in lines),
        repeats=RepeatContacts(
            sum(line.repeats.repeats for line in lines), sum(line.repeats.contacts for line in lines)
        ),
    )


def _first_contacts(lines: Iterable[FirstContact]) -> FirstContact:
    found = list(lines)
    return FirstContact(
        sum(each.resolved for each in found), sum(each.repeated for each in found), sum(each.pending for each in found)
    )
