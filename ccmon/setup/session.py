"""One run of ``ccmon setup``, from the first look at the machine to the figures."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ccmon import new_login
from ccmon.database.disk_space import is_read_only
from ccmon.errors import CcmonError, UsageError
from ccmon.formatting import plain, wrapped
from ccmon.model.sources import DEFAULT_SERVICE
from ccmon.services.program import check_program
from ccmon.services.systemd import is_running
from ccmon.setup import broken_off, finish, follow_command, kept_answers, line_input, overview, place, screen
from ccmon.setup.answering import NeedlessOptionError, complete, kept_or_default, parse_given, require_all_taken
from ccmon.setup.changed_since import OF_DATABASE, answers_in_force, leave_out
from ccmon.setup.discovery import find
from ccmon.setup.groups import ACTING_GROUP, LOOKING_GROUP
from ccmon.setup.interview import IN_FORCE, SO_FAR, Interview
from ccmon.setup.kept_answers import START_ANEW
from ccmon.setup.line_input import BACK, EXPLAIN
from ccmon.setup.machine import Machine, group_of, may_be_there, owner_of
from ccmon.setup.plan_screen import show_fitting, show_pages, show_plan
from ccmon.setup.question import NO, YES, SetupContext
from ccmon.setup.questions import QUESTIONS, question
from ccmon.setup.step import OpenProgressBar
from ccmon.setup.steps import PlannedStep, carry_out, plan


class SetupSession:
    """One run."""

    def __init__(self, machine: Machine, console: Console, open_progress_bar: OpenProgressBar) -> None:
        self.console, self.open_progress_bar = console, open_progress_bar
        self.kept = kept_answers.load(kept_answers.default_file(of_system=machine.is_root))
        self.context = SetupContext(machine, find(machine), declined=self.kept.declined)
        self._begun: list[PlannedStep] = []
        self._done = 0
        self._is_changed = False
        """Whether a setup that was broken off has answered something else than what is in force."""

    def run(self, given: dict[str, str], *, yes: bool, anew: bool = False) -> None:
        """Ask, show, do, check.

        Args:
            given: answers by name of the question, as options gave them.
            yes: ask nothing: what is not given gets its default.
            anew: leave out the answers of a setup that was broken off.

        Raises:
            UsageError: an answer makes no sense or is missing.
            CcmonError: a step failed; those before it are done.
            KeyboardInterrupt: somebody has stopped it, and has been told how far it has come.
        """
        if not yes and not (self.console.is_terminal and sys.stdin.isatty()):
            raise UsageError("ccmon setup asks on a terminal; without one, give --yes and an option for each answer.")
        for name in given.keys() - {"database"}:
            self.kept.answers.pop(name, None)
        if yes and not anew and not self.kept.confirmed and (sentence := broken_off.left_out(self.kept)):
            self._say(sentence)
        if anew or (yes and not self.kept.confirmed):
            self.kept.start_anew()
        self._require_own(given)
        if self.context.machine.is_root and self.context.machine.root == Path("/"):
            check_program(other_cure="or set it up for root alone: ccmon setup --user")
        now = self._look_at_what_is_in_force(given)
        before = os.umask(0o027 if self.context.machine.is_root else 0o077)
        try:
            if not yes and self._is_of_site and not broken_off.goes_on(self.context, self.kept, now, self.console):
                self._leave_broken_off(given)
            steps = self._plan_of_defaults(given) if yes else self._plan_by_asking(given)
            if steps is None:
                self._say(f"Then {self._unchanged()}")
                return
            self._carry_out(steps, given)
        except (KeyboardInterrupt, EOFError):
            self._say("")
            if not self._has_done_all:  # else there is nothing left to stop: the end is what it was all for
                self._say(self._stopped())
                raise KeyboardInterrupt from None
        finally:
            os.umask(before)
        self.kept.finish(self.context.database, self.context.answers)
        self.show_result()

    def show_result(self) -> None:
        """Check what was made, and show the floor; the end of a run."""
        warnings = self._warnings_at_end()
        elsewhere = place.elsewhere(self.context, self.kept.database_before(self.context.database))
        finish.show_result(self.context, self.console, warnings, elsewhere)

    def _warnings_at_end(self) -> list[str]:
        """What the steps warn of, with what the database that is left has alone by now."""
        self.context.compare_anew()
        try:
            return [line for planned in self._begun for line in planned.warnings_at_end()]
        except CcmonError:  # one of them cannot be read any more: what was said before
            return [line for planned in self._begun for line in planned.warnings]

    def _look_at_what_is_in_force(self, given: dict[str, str]) -> dict[str, str]:
        """Compare what a setup that was broken off has answered with what is in force; return that.

        Raises:
            CcmonError: what lies where the database is meant to be is no call database of this version.
        """
        self._look_at_database(given)
        now = answers_in_force(self.context)
        leave_out(self.kept, now)
        self._is_changed = bool(broken_off.changes(self.kept, now))
        if not self.kept.answers:
            self.kept.changes_site = bool(now)
        self.kept.in_force = now
        return now

    @property
    def _is_of_site(self) -> bool:
        """Whether a setup that was broken off was to change a site that is there, and not to make this one."""
        is_there = self.context.in_force is not None
        return self._is_changed and is_there and (self.kept.changes_site or not self.kept.confirmed)

    def _leave_broken_off(self, given: dict[str, str]) -> None:
        """Forget the answers of a setup that was broken off, and look again at what is in force.

        Raises:
            CcmonError: this account may not change the database that is in force.
        """
        self.kept.start_anew()
        self.context.intended_database = None
        self._require_own(given)
        self._look_at_what_is_in_force(given)

    def _look_at_database(self, given: dict[str, str]) -> None:
        """Take the defaults from the database that is meant, not from one at the usual place.

        Raises:
            CcmonError: what lies there is no call database of this version.
        """
        asked = question("database")
        if "database" in given:
            self.context.intended_database = Path(parse_given(asked, given["database"], self.context))
            place_before = self.kept.answers.pop("database", None)
            if place_before is not None and Path(place_before) != self.context.intended_database:
                for name in (*OF_DATABASE, "take_along"):  # what was answered about another database
                    self.kept.answers.pop(name, None)
        place = self.context.findings.database
        if place is not None and "database" in self.kept.answers:
            leave_out(self.kept, {"database": str(place)})
        if "database" in self.kept.answers:
            with suppress(CcmonError):
                kept = kept_or_default(asked, self.kept.answers["database"], self.context)
                self.context.intended_database = Path(kept) if kept else None
        try:
            _ = self.context.existing
        except CcmonError as error:
            raise error.followed_by("ccmon setup --db PATH sets up another one.") from error

    def _require_own(self, given: dict[str, str]) -> None:
        """Refuse to change the database of this machine for an account to which it does not belong.

        Raises:
            CcmonError: it does not, and no other place is named.
        """
        path, machine = self.context.findings.database, self.context.machine
        is_elsewhere = "database" in {**given, **self.kept.answers}
        if is_elsewhere or path is None or not may_be_there(path):
            return
        is_own = machine.is_root or owner_of(path) == machine.account
        if os.access(path, os.W_OK):
            if is_own:
                return
            may = "may work with, but whose setup it may not change: ccmon opens the screen"
        elif os.access(path, os.R_OK):
            if is_own and is_read_only(path):
                cause = "its file system is mounted read-only; mount it so that it can be written"
                raise CcmonError(f"{path} cannot be written: {cause}.")
            may = "may only read: ccmon opens the screen"
        else:
            group = group_of(path).replace(ACTING_GROUP, LOOKING_GROUP)  # who only looks is in that one alone
            may = f"may not read: a member of the group {group} may"
        raise CcmonError(
            f"ccmon is set up on this machine already, with {path}, which this account {may}; "
            f"sudo ccmon setup changes it, ccmon setup --db PATH sets up another.{new_login.hint(path)}"
        )

    def _plan_of_defaults(self, given: dict[str, str]) -> list[PlannedStep]:
        """Answer what is not given as an earlier run did, or by default, and show what is to be done."""
        complete(self.context, given, self.kept.answers)
        self._say_what_is_taken_over(given)
        self.kept.keep({name: self.context.answers[name] for name in given if name in self.context.answers})
        steps = self._steps()
        show_plan(steps, self.console)
        return steps

    def _say_what_is_taken_over(self, given: dict[str, str]) -> None:
        """Say which answers come from a setup that was broken off."""
        kept, answers = self.kept.answers, self.context.answers
        for name, answer in self.kept.overtaken.items():
            if name not in given:
                self._say(f"{question(name).option}: {overview.changed_since(answer)}.")
        taken = [
            each for each in QUESTIONS
            if each.name not in given and each.name in kept and answers.get(each.name) == kept[each.name]
        ]  # fmt: skip
        if not taken:
            return
        self._say(f"Taken over from the setup that was broken off; {START_ANEW} leaves this out:")
        for each in taken:
            self.console.print(Text(f"    {each.option}: {plain(overview.in_words(each, self.context))}"))
        self._say("")

    def _plan_by_asking(self, given: dict[str, str]) -> list[PlannedStep] | None:
        """Ask until somebody says yes to what is to be done; None: they say no."""
        interview = Interview(self.context, self.kept, given, self.console)
        title, last = "This is what setup will do:", None
        asks = not self._goes_on(given)
        reviews = asks and self._is_in_force(given)
        while True:
            if reviews:
                interview.review(SO_FAR if self._is_changed else IN_FORCE)
                require_all_taken(self.context, given)
            elif asks:
                interview.ask_all(last)
                try:
                    require_all_taken(self.context, given)
                except NeedlessOptionError as error:
                    raise UsageError(f"{error} Your answers are kept: {self._taken_up}") from None
            else:
                title = self._title_of_rest
            steps = self._steps()
            word = self._confirm(steps, title) if steps else YES
            if word != BACK:
                return steps if word == YES else None
            last, title, asks = interview.last_question(), "This is what setup will do:", True

    @property
    def _left(self) -> Path | None:
        """The former database, where a setup that was broken off has put another one in force already."""
        left = Path(self.kept.left) if self.kept.was_begun and self.kept.left else None
        is_in_force = self.context.database == self.context.findings.database
        return left if is_in_force and left != self.context.database and left is not None and left.is_file() else None

    @property
    def _title_of_rest(self) -> str:
        """What the plan is of a setup that was broken off, or of the way back from it."""
        if self.kept.left and self.context.database == Path(self.kept.left):
            return f"This is what setup will do, to go back to {self.kept.left}:"
        return f"Setup was broken off.{self._way_back()} This is left to do:"

    def _way_back(self) -> str:
        """How to leave a move that was broken off, in a sentence; empty: it was none."""
        if self._left is None:
            return ""
        return f" To go back instead, answer no, and then: {self._program} setup --db {self._left}."

    def _steps(self) -> list[PlannedStep]:
        """What is left to do, and of a move that was broken off also what stays behind."""
        steps, left = plan(self.context, self.kept, self.open_progress_bar), self._left
        if left is not None and steps:
            steps[0].leave(left)
        return steps

    def _is_in_force(self, given: dict[str, str]) -> bool:
        """Whether there is an answer to each question, since setup is run again."""
        return self.context.in_force is not None and self._is_complete(given)

    def _is_complete(self, given: dict[str, str]) -> bool:
        """Whether options, an earlier run and defaults answer each question; if so, these are the answers now."""
        try:
            complete(self.context, given, self.kept.answers)
        except NeedlessOptionError:
            if self.context.in_force is not None:  # else its question may still arise
                raise
        except UsageError:
            pass
        else:
            return True
        self.context.answers.clear()
        return False

    def _goes_on(self, given: dict[str, str]) -> bool:
        """Whether all was answered, and begun, by a setup that was broken off."""
        return self.kept.confirmed and self._is_complete(given)

    def _confirm(self, steps: list[PlannedStep], title: str) -> str:
        """Show the plan, and ask whether to do it: yes, no, or back."""
        wrong, default = "", NO if any(planned.is_weighty for planned in steps) else YES
        while True:
            self.console.clear()
            self._say(title, style="bold")
            self.console.print()
            is_short = show_fitting(steps, self.console, self.console.height - (6 if wrong else 4))
            self.console.print()
            if wrong:
                self._say(wrong, style="bold red")
            wrong = ""
            all_of_it = f", {EXPLAIN} shows every detail" if is_short else ""
            try:
                asked = f"Do it? ({BACK} goes back{all_of_it}) [{default}]: "
                word = " ".join(line_input.read(self.console, asked)).lower() or default
            except UsageError as error:
                wrong = str(error)
                continue
            if word in {"y", "yes"}:
                return YES
            if word in {"n", "no"}:
                return NO
            if word == BACK:
                return BACK
            if word == EXPLAIN:
                show_pages(steps, self.console)
                continue
            wrong = f"Type yes, no or {BACK}."

    def _carry_out(self, steps: list[PlannedStep], given: dict[str, str]) -> None:
        if not steps:
            self._say("All of this is in place already: nothing was changed.")
            return
        self._say("")
        self._begun, self.kept.confirmed = steps, True
        self.kept.answers.update({name: self.context.answers[name] for name in given if name in self.context.answers})
        if self.context.database_so_far is not None and "act" in self.context.answers:
            self.kept.answers["act"] = self.context.answers["act"]  # once the other one is in force, its rights count
        self.kept.followed = self.kept.followed or self.context.findings.service.get("source", "")
        former = self.context.database_so_far
        self.kept.left = self.kept.left or str(former or "")
        if former is not None:
            self.kept.former.pop(str(former), None)
            self.kept.former[str(self.context.database)] = str(former)
        self.kept.save()
        try:
            carry_out(steps, self._show_done)
        except CcmonError as error:
            stays = f"What was done before it stays; {self._taken_up} {self._about_service()}".rstrip()
            raise error.followed_by(stays) from error

    def _show_done(self, number: int, text: str, outcome: str) -> None:
        self._done = number
        more = f": {outcome}" if outcome else ""
        first, *rest = wrapped(text + more, screen.width(self.console) - 6)
        self.console.print(Text("\n".join([f"+ {number:2}  {first}", *(f"      {line}" for line in rest)])))

    @property
    def _has_done_all(self) -> bool:
        """Whether steps were begun, and each of them is done."""
        return bool(self._begun) and self._done == len(self._begun)

    def _stopped(self) -> str:
        if self._begun:
            more = self._begun[self._done].step.when_stopped
            stays = f"Stopped in step {self._done + 1}; what was done before it stays."
            return " ".join(filter(None, (stays, self._taken_up, more, self._about_service())))
        return f"Stopped; {self._unchanged()}" if self.kept.answers else "Stopped; nothing was changed."

    def _about_service(self) -> str:
        """That the service stands still which followed the switch before; empty: it does not, or there was none."""
        findings, systemd = self.context.findings, self.context.machine.systemd
        with suppress(CcmonError):
            state = systemd.state(DEFAULT_SERVICE) if findings.service and findings.has_systemd else {}
            if "ActiveState" in state and not is_running(state):
                return f"Until then {DEFAULT_SERVICE} is stopped: no calls come in."
        return ""

    def _unchanged(self) -> str:
        password = self.kept.password_kept_in
        but = f" but that the password is in {password}" if password else ""
        return f"nothing was changed{but}. Your answers are kept in {self.kept.file}: {self._taken_up}"

    @property
    def _taken_up(self) -> str:
        goes_on = "offers to go on" if self.kept.changes_site else "goes on"
        return f"{self._program} setup {goes_on} from there."

    @property
    def _program(self) -> str:
        """What to type for this program."""
        is_root = self.context.machine.is_root
        return shlex.join([*(["sudo"] if is_root else []), *follow_command.typed_program(is_root=is_root)])

    def _say(self, text: str, style: str = "") -> None:
        screen.paragraph(self.console, text, style)
