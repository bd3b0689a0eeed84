"""Answers of a setup that was broken off, and what has been changed since: others' settings are not undone."""

from __future__ import annotations

from ccmon.setup.kept_answers import KeptAnswers
from ccmon.setup.question import SetupContext
from ccmon.setup.questions import QUESTIONS

OF_DATABASE = frozenset({
    "time_zone", "name", "currency", "day_starts", "opening_hours", "queues", "teams", "quota",
})  # fmt: skip
"""Questions each of which one step answers: it is done as a whole, or not at all."""


def answers_in_force(context: SetupContext) -> dict[str, str]:
    """What the machine and its database answer before anybody does, by name of the question; nothing of a new one."""
    if context.in_force is None:
        return {}
    unanswered = context.without_answers()
    for each in QUESTIONS:
        answer = each.default(unanswered) if each.applies(unanswered) else None
        if answer is not None:
            unanswered.answers[each.name] = answer
    place = context.findings.database
    return unanswered.answers | ({} if place is None else {"database": str(place)})


def leave_out(kept: KeptAnswers, now: dict[str, str]) -> None:
    """Take away what was answered before what is in force was changed, and note it.

    Args:
        kept: the answers of a setup that was broken off.
        now: what is in force, by name of the question.
    """
    for name, answer in list(kept.answers.items()):
        if _has_changed(kept, name, now):
            del kept.answers[name]
            if answer not in {now[name], kept.in_force.get(name)}:
                kept.overtaken[name] = answer


def _has_changed(kept: KeptAnswers, name: str, now: dict[str, str]) -> bool:
    then, answer = kept.in_force.get(name), kept.answers[name]
    if name not in now or now[name] in {then, answer}:
        return False
    if not kept.confirmed:
        return True
    # Its steps were begun: setup itself has changed rights and the service, one after the other.
    return name in OF_DATABASE and then is not None
