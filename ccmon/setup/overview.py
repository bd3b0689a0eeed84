"""All answers on one screen, by number: what is in force when setup is run again."""

from __future__ import annotations

from collections.abc import Sequence

from ccmon.formatting import plain, plural
from ccmon.setup import queue_answers, team_answers
from ccmon.setup.parsers import YES
from ccmon.setup.question import Case, Question

MOST_NAMES = 4
NEW = " (new)"
"""After what is proposed, and not in force yet."""


def lines(questions: Sequence[Question], case: Case) -> list[str]:
    """A line for each question."""
    width = max(len(each.heading) for each in questions)
    return [
        f"{number:2}  {each.heading:{width}}  {plain(_in_words(each, case))}"
        for number, each in enumerate(questions, start=1)
    ]


def _in_words(question: Question, case: Case) -> str:
    answer = case.answers[question.name]
    if question.name == "source":
        is_new = case.existing is not None and case.source.kind != "none" and not case.existing.sources
        return f"{case.source}{NEW if is_new else ''}"
    if question.name == "service" and answer == YES and not case.findings.service:
        return f"{answer}{NEW}"
    if question.name == "queues":
        return _counted([each.name for each in queue_answers.read(answer)], "queue") or "none yet"
    if question.name == "teams" and not team_answers.is_table_of_agents(answer):
        return _counted(list(team_answers.read(answer)), "team") or question.no_answer
    if question.name == "opening_hours":
        return answer or question.no_answer
    return answer.replace(",", ", ") if answer else question.no_answer


def _counted(names: list[str], what: str) -> str:
    more = ", …" if len(names) > MOST_NAMES else ""
    return f"{plural(len(names), what)}: {', '.join(names[:MOST_NAMES])}{more}" if names else ""
