"""What a user is told when something cannot be done: one sentence that says what is wrong and what to do."""

from __future__ import annotations


class CcmonError(Exception):
    """A fault with a sentence for the user. The command line prints it to standard error and exits with 1."""

    def __init__(self, sentence: str, *, command: str | None = None) -> None:
        """Say what is wrong.

        Args:
            sentence: what is wrong and what to do; with a `command`, what is wrong alone, and without a full stop.
            command: what an administrator does about it, as the end of the sentence.
        """
        super().__init__(sentence if command is None else f"{sentence}; {command}")
        self._wrong = None if command is None else sentence

    @property
    def for_supervisors(self) -> str:
        """The same for somebody who runs no commands: whom to ask in the place of what to type."""
        return str(self) if self._wrong is None else f"{self._wrong}: ask the administrator."
