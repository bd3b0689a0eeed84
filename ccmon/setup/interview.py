"""Asks the questions on a terminal: one screen each, back and forth."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile

from rich.console import Console
from rich.text import Text

from ccmon.errors import UsageError
from ccmon.formatting import plain, width_of, wrapped
from ccmon.setup import line_input, overview, place, screen
from ccmon.setup.answering import forget_needless, forget_wrong, kept_or_default, kept_or_none, parse_given
from ccmon.setup.kept_answers import KeptAnswers
from ccmon.setup.line_input import BACK, EXPLAIN
from ccmon.setup.question import Choice, PasswordQuestion, Question, SetupContext
from ccmon.setup.questions import QUESTIONS

MORE = "+"
FEWEST_LINES = 3
"""Of a table, whatever the height of the terminal."""
OTHER_LINES = 10
"""Of a question's screen: what stands there beside texts, choices and table."""
KEYS = f"Enter takes what is in brackets   {BACK} back   {EXPLAIN} explains   Ctrl-C stops"

SO_FAR = "These are the answers so far:"
IN_FORCE = "This is in force:"
IN_FORCE_KEYS = f"Enter keeps all of it   a number changes that line   {EXPLAIN} explains   Ctrl-C stops"
IN_FORCE_HELP = (
    "Each line is the answer to one question: its number asks that question again. Enter alone goes on: what is to be "
    "done is shown first, and nothing is changed before you say yes. (new): proposed, and not in force yet."
)


class Interview:
    """The questions that are still open, on a terminal."""

    def __init__(self, context: SetupContext, kept: KeptAnswers, given: Mapping[str, str], console: Console) -> None:
        """``given`` are answers of options, by name of the question: these are not asked."""
        self._case, self._kept, self._given, self._console = context, kept, given, console
        self._defaults: dict[str, str | None] = {}
        """What was the default of a question when it was asked last."""
        self._former = dict(kept.answers)
        """The answers of a setup that was broken off."""
        self._explained = False
        self._goes_on = False
        """Whether the next question is the first that was left open by a setup that was broken off."""
        self._wrong = ""
        self._refused = ""
        """The line that was wrong, to be edited."""
        self._from_line = 0
        """Where the next page of a table begins that is longer than the screen."""
        self._shown_from = 0
        """Where the page that is shown begins."""

    def ask_all(self, first: str | None = None) -> None:
        """Ask until each question is answered; answers are kept as they come.

        Args:
            first: the question to begin with; None: the first that is still open.
        """
        self._take_known(self._former if first is None else {})
        names = [each.name for each in self._open()]
        number = names.index(first) if first in names else self._first_without_answer()
        self._goes_on = first is None and number > 0
        while number < len(asked := self._open()):
            moved = self._ask(asked[number])
            if number + moved < 0:
                self._wrong = f"This is the first question: {BACK} goes back from the others."
            self._take_known({})
            is_needless = not asked[number].applies(self._case)  # by another answer
            number = self._first_without_answer() if is_needless else max(0, number + moved)
        forget_needless(self._case)

    def _first_without_answer(self) -> int:
        """Its number among the questions that are asked; their count if all have one."""
        return len(list(takewhile(lambda each: each.name in self._case.answers, self._open())))

    def review(self, title: str) -> None:
        """Show all answers, and ask those again whose numbers are typed, until Enter takes all.

        Args:
            title: what they are, where they are of the database that is in force.
        """
        wrong, explained = "", False
        while True:
            questions = self._open()
            self._head(place.remark(self._case) or title)
            for line in overview.lines(questions, self._case, self._kept.overtaken, self._kept.in_force):
                self._console.print(Text(line), no_wrap=True, overflow="ellipsis")
            self._paragraph(wrong, "bold red")
            self._console.print()
            if explained:
                screen.paragraph(self._console, IN_FORCE_HELP, "italic")
            else:
                self._console.print(Text(IN_FORCE_KEYS, style="dim"))
            wrong, explained = "", False
            try:
                lines = line_input.read(self._console, "Number [keep all]: ")
            except UsageError as error:
                wrong = str(error)
                continue
            if not lines:
                return
            if lines[0] == EXPLAIN:
                explained = True
            elif lines[0].isdecimal() and 0 < int(lines[0]) <= len(questions):
                self._change(questions[int(lines[0]) - 1])
                title = SO_FAR
            else:
                wrong = f"{lines[0]!r} is no line: type a number from 1 to {len(questions)}, or Enter alone."

    def _change(self, question: Question) -> None:
        """Ask a question again; answers that were its consequences follow, and what becomes open is asked."""
        context = self._case
        before = dict(context.answers)
        defaults = {each.name: each.default(context) for each in self._open()}
        asked = question
        while True:
            if self._ask(asked) < 0:
                context.answers.clear()
                context.answers.update(before)
                self._kept.keep(before)
                return
            for each in self._open():  # what was answered by default follows the default
                new = each.default(context) if each.name != question.name else None
                if new is not None and each.name in before and before[each.name] == defaults.get(each.name):
                    context.answers[each.name] = new
            forget_needless(context)
            forget_wrong(context, asked.name)
            self._take_known({})
            missing = next((each for each in self._open() if each.name not in context.answers), None)
            if missing is None:
                self._kept.keep(context.answers)
                return
            asked = missing

    def _take_known(self, kept: Mapping[str, str]) -> None:
        """Answer what options or a former run have answered, up to the next question that is still to be asked."""
        for question in QUESTIONS:
            if question.name in self._case.answers or not question.applies(self._case):
                continue
            if question.name in self._given:
                answer: str | None = parse_given(question, self._given[question.name], self._case)
            else:
                answer = kept_or_none(question, kept.get(question.name), self._case)
            if answer is None:
                return  # what comes after may depend on it
            self._case.answers[question.name] = answer

    def last_question(self) -> str | None:
        """The question to go back to from the plan."""
        asked = self._open()
        return asked[-1].name if asked else None

    def _open(self) -> list[Question]:
        return [each for each in QUESTIONS if each.name not in self._given and each.applies(self._case)]

    def _ask(self, question: Question) -> int:
        """Ask one question; return how far to move: 1, or -1 for back."""
        context = self._case
        kept = context.answers.get(question.name, self._kept.answers.get(question.name))
        default = question.default(context)
        was_default = question.name in self._defaults and self._defaults[question.name] == kept
        self._defaults[question.name] = default
        # Other answers may have changed the default meanwhile.
        answer = default if was_default else kept_or_default(question, kept, context)
        self._from_line, text = 0, ""
        while True:
            self._show(question, answer)
            self._explained, self._wrong = False, ""
            try:
                text = self._read(question, answer)
                if text == BACK:
                    return -1
                if text in {EXPLAIN, MORE}:
                    self._explained = text == EXPLAIN
                    self._from_line = self._shown_from if self._explained else self._from_line
                    continue
                if text == "" and answer is not None:
                    self._keep(question.name, answer)
                    return 1
                choice = self._choice(question, text or "1")
                if choice is not None and choice.instead is not None:
                    self._keep(*choice.instead)
                    forget_needless(context)
                    return 1
                if choice is not None and isinstance(question, PasswordQuestion):
                    answer = self._typed_password(question)
                else:
                    answer = question.parse(text if choice is None else choice.value, answer or "", context)
            except UsageError as error:
                self._wrong = str(error)
                self._refused = text if question.is_table and "\n" not in text else ""
                continue
            self._keep(question.name, answer)
            is_plain = choice is not None or not question.meaning(answer)
            if is_plain and not question.is_table:
                return 1

    def _choice(self, question: Question, typed: str) -> Choice | None:
        """The choice that a number means; None: an answer of one's own was typed."""
        choices = question.choices(self._case)
        return choices[int(typed) - 1] if typed.isdecimal() and 0 < int(typed) <= len(choices) else None

    def _typed_password(self, question: PasswordQuestion) -> str:
        """Let a password be typed, unseen, until the switch accepts it; return the path of the file that keeps it.

        Raises:
            UsageError: Enter alone was typed.
        """
        while True:
            password = self._console.input(Text("Password: ", style="bold"), password=True)
            if not password.strip():
                raise UsageError("No password was typed.")
            try:
                self._kept.password_kept_in = question.keep(password, self._case)
            except UsageError as error:
                self._paragraph(f"{error} Type it again; Enter alone leaves it.", "bold red")
                continue
            return str(self._kept.password_kept_in)

    def _keep(self, name: str, answer: str) -> None:
        self._case.answers[name] = answer
        self._kept.overtaken.pop(name, None)
        self._kept.keep(self._case.answers)

    def _show(self, question: Question, answer: str | None) -> None:
        out, width = self._console, screen.width(self._console)
        self._head(question.title)
        above = [line for each in question.text(self._case).splitlines() for line in wrapped(each, width)]
        if answer is not None and question.name in self._former and answer == self._former[question.name]:
            above.append("Shown is your answer of last time.")
        if question.name in self._kept.overtaken:
            above.append(f"Shown is what is in force: {overview.changed_since(self._kept.overtaken[question.name])}.")
        if self._goes_on:
            above.append(f"Setup goes on where it was broken off: {BACK} goes back to the answers before.")
            self._goes_on = False
        for line in above:
            out.print(Text(line))
        choices = question.choices(self._case)
        lines = [f"{number:2}  {plain(choice.text)}" for number, choice in enumerate(choices, start=1)]
        lines += [plain(line) for line in question.table(self._case, answer or "")]
        if lines:
            out.print()
        around = [
            *(wrapped(self._wrong, width) if self._wrong else []),
            *(wrapped(question.help, width) if self._explained else []),
        ]
        for line in self._page(lines, out.height - len(above) - len(around) - OTHER_LINES):
            out.print(Text(line), no_wrap=True, overflow="ellipsis")
        if meaning := question.meaning(answer or ""):
            self._paragraph(f"{meaning} Enter takes it.", "bold")
        self._paragraph(question.help if self._explained else "", "italic")
        self._paragraph(self._wrong, "bold red")
        out.print()
        out.print(Text(KEYS, style="dim"))

    def _page(self, lines: list[str], room: int) -> list[str]:
        """As many lines as there is room for; each time it is asked, the next ones."""
        room = max(FEWEST_LINES, room)
        if len(lines) <= room:
            return lines
        first = self._from_line if self._from_line < len(lines) else 0
        self._from_line, self._shown_from = first + room, first
        return [*lines[first : first + room], f"    {MORE} shows more of these {len(lines)} lines"]

    def _head(self, title: str) -> None:
        self._console.clear()
        self._console.print(Text("ccmon setup", style="dim"))
        self._paragraph(title, "bold")
        self._console.print()

    def _paragraph(self, text: str, style: str) -> None:
        """A text with an empty line before it; nothing of an empty one."""
        if text:
            self._console.print()
            screen.paragraph(self._console, text, style)

    def _read(self, question: Question, answer: str | None) -> str:
        if question.is_table:
            shown = " [as shown]: " if answer else f" [{question.no_answer}]: "
        elif answer is None:
            shown = " [1]: "
        else:
            values = [choice.value for choice in question.choices(self._case)]
            default = str(values.index(answer) + 1) if answer in values else plain(answer) or question.no_answer
            shown = f" [{default}]: "
            if width_of(question.prompt + shown) > screen.width(self._console):
                screen.paragraph(self._console, default)
                shown = " [as shown]: "
        before, self._refused = self._refused if question.name == "teams" else "", ""
        lines = line_input.read(self._console, f"{question.prompt}{shown}", before)
        if len(lines) > 1 and not question.is_table:
            raise UsageError(f"{len(lines)} lines came at once, and nothing was taken: type or paste one.")
        return "\n".join(lines)
