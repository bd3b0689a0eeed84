"""A setup that was broken off: what it was to change of a site that is there, and whether to go on with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path

from msgspec.structs import replace
from rich.console import Console
from rich.text import Text

from ccmon.errors import UsageError
from ccmon.formatting import plain, wrapped
from ccmon.setup import line_input, overview, queue_answers, screen, team_answers
from ccmon.setup.kept_answers import KeptAnswers
from ccmon.setup.line_input import EXPLAIN
from ccmon.setup.question import Question, SetupContext
from ccmon.setup.questions import QUESTIONS

LEAVE, GO_ON = "1", "2"
MOST_CHANGES = 8
"""How many of its changes are shown: they fit on a small terminal with all else."""
CHOICES = (
    "leave it: its answers are forgotten, the site stays as it is now, and what is missing is repaired",
    "go on with it",
)
HELP = (
    "Either way, what is to be done is shown first, and nothing is done before you say yes. What its steps have done "
    "already stays, but for an empty directory. To leave it, repair the rights and the service of the site as the "
    "doctor advises, and change nothing else: 1."
)


def changes(kept: KeptAnswers, now: Mapping[str, str]) -> list[Question]:
    """The questions that it has answered otherwise than is in force; ``now`` is that by name of the question."""
    return [each for each in QUESTIONS if each.name in kept.answers and kept.answers[each.name] != now.get(each.name)]


def _told(context: SetupContext, kept: KeptAnswers, now: Mapping[str, str]) -> Iterator[Question]:
    """The questions of `changes`, but of a move that has been done not whether its calls come along."""
    has_moved = _has_moved(context, kept)
    yield from (each for each in changes(kept, now) if not (has_moved and each.name == "take_along"))


def _has_moved(context: SetupContext, kept: KeptAnswers) -> str:
    """Whence and where to the database was moved before it was broken off; empty: it was not."""
    there = context.findings.database
    is_moved = kept.confirmed and kept.left and there is not None and there != Path(kept.left)
    return f"Database: {plain(kept.left)} → {plain(str(there))} (done)" if is_moved else ""


def left_out(kept: KeptAnswers) -> str:
    """The sentence about answers that are left out, since nobody has said yes to them; empty: nothing is."""
    options = [_as_option(each, kept.answers[each.name]) for each in changes(kept, kept.in_force)]
    if not options:
        return ""
    return f"Left out, since nobody said yes to it: a setup that was broken off ({screen.first_names(options)})."


def _as_option(question: Question, answer: str) -> str:
    return question.option if "\n" in answer else f"{question.option} {plain(answer) or question.no_answer}"


def goes_on(context: SetupContext, kept: KeptAnswers, now: Mapping[str, str], console: Console) -> bool:
    """Ask whether to go on with it; the default leaves it, unless somebody has said yes to its steps.

    Args:
        context: what was found.
        kept: its answers.
        now: what is in force, by name of the question.
        console: where it is asked.
    """
    lines = [line for each in _told(context, kept, now) for line in _in_words(each, context, kept, now)]
    if moved := _has_moved(context, kept):
        lines.insert(0, moved)
    more = len(lines) - MOST_CHANGES
    shown = [*lines[:MOST_CHANGES], f"and {more} more"] if more > 0 else lines
    begun = "in its steps" if kept.confirmed else "before anybody said yes to it"
    default, wrong, explained = GO_ON if kept.confirmed else LEAVE, "", False
    while True:
        console.clear()
        console.print(Text("ccmon setup", style="dim"))
        console.print()
        screen.paragraph(console, f"An earlier setup was broken off {begun}. It was to change:", "bold")
        console.print()
        for line in shown:
            _listed(line, "", console)
        console.print()
        for number, choice in enumerate(CHOICES, start=1):
            _listed(choice, f"{number:2}", console)
        for text, style in ((HELP if explained else "", "italic"), (wrong, "bold red")):
            if text:
                console.print()
                screen.paragraph(console, text, style)
        console.print()
        console.print(Text(f"Enter takes what is in brackets   {EXPLAIN} explains   Ctrl-C stops", style="dim"))
        wrong, explained = "", False
        try:
            typed = " ".join(line_input.read(console, f"Number [{default}]: ")) or default
        except UsageError as error:
            wrong = str(error)
            continue
        if typed in {LEAVE, GO_ON}:
            return typed == GO_ON
        explained = typed == EXPLAIN
        wrong = "" if explained else f"Type {LEAVE} or {GO_ON}."


def _listed(text: str, number: str, console: Console) -> None:
    first, *rest = wrapped(text, screen.width(console) - 4)
    console.print(Text("\n".join([f"{number:4}{first}", *(f"    {line}" for line in rest)])))


def _in_words(question: Question, context: SetupContext, kept: KeptAnswers, now: Mapping[str, str]) -> Iterator[str]:
    """A change: what is in force, and what was answered; of queues and teams each that differs."""
    before, after = now.get(question.name, ""), kept.answers[question.name]
    heading = question.heading
    match question.name:
        case "queues" if before and after:
            yield from (f"{heading}: {plain(line)}" for line in queue_answers.changes(before, after))
        case "teams" if before and after and not team_answers.is_table_of_agents(after):
            changed = team_answers.changes(team_answers.read(before), team_answers.read(after))
            yield from (f"{heading}: {plain(line)}" for line in chain.from_iterable(changed.values()))
        case _:
            was, will_be = (_answer(question, context, answers) for answers in (now, kept.answers))
            yield f"{heading}: {was} → {will_be}" if was else f"{heading}: {will_be}"


def _answer(question: Question, context: SetupContext, answers: Mapping[str, str]) -> str:
    """An answer in words; empty: there is none."""
    if question.name not in answers:
        return ""
    with suppress(UsageError):  # such as a log that is gone
        return plain(overview.in_words(question, replace(context, answers=dict(answers))))
    return plain(answers[question.name])
