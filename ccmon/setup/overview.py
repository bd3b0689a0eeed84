"""All answers on one screen, by number: what is in force when setup is run again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ccmon.formatting import plain, plural, regular
from ccmon.setup import queue_answers, quota_answers, screen, team_answers
from ccmon.setup.question import YES, Question, SetupContext
from ccmon.setup.source import SourceKind

NEW = " (new)"
"""After what is proposed, and not in force yet."""
CHANGED = " (changed)"
"""After what was answered otherwise than is in force."""


def lines(
    questions: Sequence[Question], context: SetupContext, overtaken: Mapping[str, str], in_force: Mapping[str, str]
) -> list[str]:
    """A line for each question, and below it that it was changed since it was answered.

    Args:
        questions: those that are asked.
        context: what was found and answered.
        overtaken: answers that were left out, by name of the question.
        in_force: what is in force, by name of the question.
    """
    width = max(len(each.heading) for each in questions)
    found = []
    for number, each in enumerate(questions, start=1):
        shown = plain(in_words(each, context))
        is_changed = in_force.get(each.name, answer := context.answers[each.name]) != answer
        mark = CHANGED if is_changed and not shown.endswith(NEW) else ""
        found.append(f"{number:2}  {each.heading:{width}}  {shown}{mark}")
        if each.name in overtaken:
            found.append(f"{'':{width + 6}}{changed_since(overtaken[each.name])}")
    return found


def changed_since(answer: str) -> str:
    """That what is in force was changed after a question was answered so, in a clause."""
    return "changed since you answered" + ("" if "\n" in answer or not answer else f" {plain(answer)}")


def in_words(question: Question, context: SetupContext) -> str:
    """The answer to a question."""
    answer = context.answers[question.name]
    shown = answer.replace(",", ", ")
    match question.name:
        case "source":
            is_new = (
                context.recorded is not None
                and context.source.kind is not SourceKind.NONE
                and not context.recorded.sources
            )
            shown = f"{context.source}{NEW if is_new else ''}"
        case "service" if answer == YES and not context.findings.service:
            shown = f"{answer}{NEW}"
        case "opening_hours":
            shown = answer
        case "queues":
            queues = queue_answers.read(answer)
            missing = sum(each.purpose is None for each in queues)
            hint = f" ({missing} without a purpose yet)" if missing else ""
            shown = _counted([each.name for each in queues], "queue", hint) or "none yet"
        case "teams" if not team_answers.is_table_of_agents(answer):
            shown = _counted(list(team_answers.read(answer)), "team")
        case "quota":
            shown = quota_answers.in_words(answer, context)
    return shown or question.no_answer


def _counted(names: list[str], what: str, hint: str = "") -> str:
    return f"{plural(len(names), *regular(what))}{hint}: {screen.first_names(names)}" if names else ""
