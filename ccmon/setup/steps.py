"""All steps in their order; the plan; doing it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ccmon.errors import CcmonError
from ccmon.setup import database_steps, directory_steps, move_steps, place, service_steps, system_steps
from ccmon.setup.kept_answers import KeptAnswers
from ccmon.setup.opening_hours_steps import SetOpeningHours
from ccmon.setup.question import SetupContext
from ccmon.setup.source_steps import RetireSource
from ccmon.setup.step import Description, OpenProgressBar, Step

KINDS: tuple[type[Step], ...] = (
    system_steps.MakeAccounts,
    system_steps.MakeDirectory,
    database_steps.MakeDatabase,
    system_steps.WriteSettings,
    database_steps.ChangeSite,
    SetOpeningHours,
    database_steps.SetQueues,  # before any call: the targets of a day are those at its first call
    database_steps.ImportPast,
    database_steps.SetTeams,
    database_steps.SetQuota,
    system_steps.GiveRights,
    service_steps.InstallService,
    system_steps.TakeRightsAway,  # what takes something away comes last: any step before it may fail
    service_steps.RemoveService,
    RetireSource,  # when the service holds it no more
    move_steps.NoteMove,
    directory_steps.RemoveDirectories,
)


class PlannedStep:
    """A step that is to be done, with its words of before."""

    def __init__(self, step: Step) -> None:
        """Put it in words.

        Raises:
            UsageError: it cannot be done on this machine.
        """
        step.check()
        self.step = step
        self.description: Description = step.describe()
        self._own = self.warnings = step.warnings()
        self.instead, self.is_weighty = step.instead(), step.is_weighty()
        self._left: Path | None = None

    def leave(self, left: Path) -> None:
        """Tell also what becomes of the database so far, where another one is in force by now.

        Raises:
            CcmonError: it cannot be read.
        """
        self._left = left
        self.warnings = [*place.about_leaving(self.step.context, left), *self._own]
        self.instead = [*place.taking_along(self.step.context, left), *self.instead]

    def warnings_at_end(self) -> list[str]:
        """The warnings once all steps are done: of the database that is left, what it has alone by now.

        Raises:
            CcmonError: a database cannot be read.
        """
        about_left = [] if self._left is None else place.about_leaving(self.step.context, self._left, at_end=True)
        return [*about_left, *self.step.warnings_at_end(self._own)]


def plan(context: SetupContext, kept: KeptAnswers, open_progress_bar: OpenProgressBar) -> list[PlannedStep]:
    """What is left to do.

    Raises:
        UsageError: some of it cannot be done on this machine.
    """
    steps = (kind(context, kept, open_progress_bar) for kind in KINDS)
    return [PlannedStep(step) for step in steps if step.applies() and not step.is_done()]


def carry_out(steps: list[PlannedStep], tell: Callable[[int, str, str], None]) -> None:
    """Do the steps; `tell` gets the number, the text and the outcome of each that is done.

    Raises:
        CcmonError: one failed; those before it are done.
    """
    for number, planned in enumerate(steps, start=1):
        try:
            outcome = planned.step.do()
        except CcmonError as error:
            raise error.in_step(f"Step {number} failed ({planned.description.text})") from error
        tell(number, planned.description.text, outcome)
