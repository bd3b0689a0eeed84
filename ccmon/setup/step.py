"""What a step is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from msgspec import Struct

from ccmon.setup.kept_answers import KeptAnswers
from ccmon.setup.question import SetupContext

Progress = Callable[[int, int], None]
"""Called with how much is done of how much."""
OpenProgressBar = Callable[[], AbstractContextManager[Progress | None]]


class Step(ABC):
    """One piece of work, which may be done already."""

    when_stopped = ""
    """What a person should know who stops in it, in a sentence."""

    def __init__(self, context: SetupContext, kept: KeptAnswers, open_progress_bar: OpenProgressBar) -> None:
        self.context, self.kept, self.open_progress_bar = context, kept, open_progress_bar

    @property
    def database(self) -> Path:
        """The call database."""
        return self.context.database

    def applies(self) -> bool:
        """Whether this setup needs it at all."""
        return True

    def warnings(self) -> list[str]:
        """What a person should know who does it: shown in full, and again at the end. Indented: a command to copy."""
        return []

    def warnings_at_end(self, planned: list[str]) -> list[str]:
        """The warnings once all steps are done.

        Args:
            planned: those that were shown before.
        """
        return planned

    def instead(self) -> list[str]:
        """What can be done instead, shown in full before anything is done. Indented: a command to copy."""
        return []

    def is_weighty(self) -> bool:
        """Whether so much changes that Enter alone is not to do it."""
        return False

    @abstractmethod
    def is_done(self) -> bool:
        """Whether nothing of it is left to do."""

    def check(self) -> None:
        """Find out before anything is done whether it can be.

        Raises:
            UsageError: it cannot be done on this machine.
        """
        return

    @abstractmethod
    def describe(self) -> Description:
        """What it will do."""

    @abstractmethod
    def do(self) -> str:
        """Do it; return what has been done, if there is more to say than `describe` did.

        Raises:
            CcmonError: it cannot be done.
        """


class Description(Struct, frozen=True):
    """A step in words."""

    text: str
    """One line, as an order: Make the database …"""
    details: tuple[str, ...] = ()
    """Such as the lines of a file that change."""
