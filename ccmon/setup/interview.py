"""Asks the questions on a terminal: one screen each, back and forth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ccmon.errors import UsageError
from ccmon.formatting import plain, wrapped
from ccmon.setup import files
from ccmon.setup.question import Case, Question
from ccmon.setup.questions import QUESTIONS, forget_needless, parse_given, still_right
from ccmon.setup.state import State
from ccmon.setup.steps import PlannedStep

LARGEST_WIDTH = 80
MOST_DETAILS = 12
FILE_LINES = ("+", "-", "@")
"""How a line of a difference begins."""
BACK, EXPLAIN = "<", "?"
KEYS = f"Enter takes what is in brackets   {BACK} back   {EXPLAIN} explains   Ctrl-C stops"


class Interview:
    """The questions that are still open, on a terminal."""

    def __init__(self, case: Case, state: State, given: Mapping[str, str], console: Console) -> None:
        """``given`` are answers of options, by name of the question: these are not asked."""
        self._case, self._state, self._given, self._console = case, state, given, console
        self._defaults: dict[str, str | None] = {}
        """What was the default of a question when it was asked last."""
        self._explained = False
        self._wrong = ""

    def ask_all(self, first: str | None = None) -> None:
        """Ask until each question is answered; answers are kept as they come.

        Args:
            first: the question to begin with; None: the first.
        """
        self._take_given()
        names = [each.name for each in self._open()]
        place = names.index(first) if first in names else 0
        while place < len(asked := self._open()):
            place = max(0, place + self._ask(asked[place], place + 1, len(asked)))
            self._take_given()
        forget_needless(self._case)

    def _take_given(self) -> None:
        """Answer what options have answered, up to the next question that is still to be asked."""
        answers = self._case.answers
        for question in QUESTIONS:
            if question.name in answers or not question.applies(self._case):
                continue
            if question.name not in self._given:
                return  # what comes after may depend on its answer
            answers[question.name] = parse_given(question, self._given[question.name], self._case)

    def last_question(self) -> str | None:
        """The question to go back to from the plan."""
        asked = self._open()
        return asked[-1].name if asked else None

    def _open(self) -> list[Question]:
        return [each for each in QUESTIONS if each.name not in self._given and each.applies(self._case)]

    def _ask(self, question: Question, number: int, of: int) -> int:
        """Ask one question; return how far to move: 1, or -1 for back."""
        case = self._case
        kept = case.answers.get(question.name, self._state.answers.get(question.name))
        default = question.default(case)
        was_default = question.name in self._defaults and self._defaults[question.name] == kept
        self._defaults[question.name] = default
        # Other answers may have changed the default meanwhile.
        answer = default if was_default else still_right(question, kept, case)
        while True:
            self._show(question, answer, number, of)
            typed = self._read(question, answer)
            self._explained, self._wrong = False, ""
            if typed == BACK:
                return -1
            if typed == EXPLAIN:
                self._explained = True
                continue
            try:
                if typed == "" and answer is not None:
                    self._keep(question, answer)
                    return 1
                answer = question.parse(self._chosen(question, typed or "1"), answer or "", case)
            except UsageError as error:
                self._wrong = str(error)
                continue
            self._keep(question, answer)
            if not question.is_table:
                return 1

    def _chosen(self, question: Question, typed: str) -> str:
        choices = question.choices(self._case)
        if not (typed.isdecimal() and 0 < int(typed) <= len(choices)):
            return typed
        if question.kept_in is not None:
            return self._typed_password(question.kept_in(self._case))
        return choices[int(typed) - 1].value

    def _typed_password(self, place: Path) -> str:
        """Let a password be typed, unseen, and keep it in a file; return the file's path."""
        password = self._console.input(Text("Password: ", style="bold"), password=True)
        if not password.strip():
            raise UsageError("No password was typed.")
        files.write(place, f"{password}\n", mode=0o600, folder_mode=0o755 if self._case.machine.is_root else 0o700)
        self._state.password_kept_in = place
        return str(place)

    def _keep(self, question: Question, answer: str) -> None:
        self._case.answers[question.name] = answer
        self._state.answers = {**self._state.answers, **self._case.answers}
        self._state.save()

    def _show(self, question: Question, answer: str | None, number: int, of: int) -> None:
        out, width = self._console, min(self._console.width, LARGEST_WIDTH)
        out.clear()
        place = f"{number} of {of}"
        out.print(Text(f"ccmon setup{place:>{width - 11}}", style="dim"))
        out.print()
        for line in wrapped(question.title, width):
            out.print(Text(line, style="bold"))
        out.print()
        for paragraph in question.text(self._case).splitlines():
            for line in wrapped(paragraph, width):
                out.print(Text(line))
        choices = question.choices(self._case)
        lines = [f"{place:2}  {plain(choice.text)}" for place, choice in enumerate(choices, start=1)]
        lines += [plain(line) for line in question.table(self._case, answer or "")]
        if lines:
            out.print()
        for line in lines:
            out.print(Text(line), no_wrap=True, overflow="ellipsis")
        if self._explained:
            out.print()
            for line in wrapped(question.help, width):
                out.print(Text(line, style="italic"))
        if self._wrong:
            out.print()
            for line in wrapped(self._wrong, width):
                out.print(Text(line, style="bold red"))
        out.print()
        out.print(Text(KEYS, style="dim"))

    def _read(self, question: Question, answer: str | None) -> str:
        if question.is_table:
            shown = " [as shown]: " if answer else f" [{question.no_answer}]: "
        elif answer is None:
            shown = " [1]: "
        else:
            values = [choice.value for choice in question.choices(self._case)]
            default = str(values.index(answer) + 1) if answer in values else plain(answer) or question.no_answer
            shown = f" [{default}]: "
        return self._console.input(Text(f"{question.prompt}{shown}", style="bold")).strip()


def show_plan(steps: list[PlannedStep], console: Console) -> None:
    """What will be done, by number."""
    width = min(console.width, LARGEST_WIDTH)
    for number, planned in enumerate(steps, start=1):
        first, *rest = wrapped(planned.description.text, width - 4)
        console.print(Text(f"{number:2}  {first}"))
        for line in rest:
            console.print(Text(f"    {line}"))
        for detail in _shortened(planned.description.details):
            of_a_file = detail[:1] in FILE_LINES
            for line in [plain(detail)] if of_a_file else wrapped(detail, width - 6):
                console.print(Text(f"      {line}", style="dim"))


def _shortened(details: Sequence[str]) -> list[str]:
    """What stands below a step: all lines of files that change, and the first of the others."""
    of_files = [detail for detail in details if detail[:1] in FILE_LINES]
    others = [detail for detail in details if detail[:1] not in FILE_LINES]
    more = [f"and {len(others) - MOST_DETAILS} more"] if len(others) > MOST_DETAILS else []
    return [*of_files, *others[:MOST_DETAILS], *more]
