"""Errors for the user: one sentence that says what is wrong and what to do."""

from __future__ import annotations

import errno

from ccmon.language import N_
from ccmon.language import gettext as _

_WHAT_TO_DO = {
    errno.EACCES: N_("give this user access to it"),
    errno.EPERM: N_("give this user access to it"),
    errno.ENOENT: N_("check its path"),
    errno.ENOTDIR: N_("check its path"),
    errno.ELOOP: N_("check its path"),
    errno.ENAMETOOLONG: N_("check its path"),
    errno.EISDIR: N_("name a file in it"),
    errno.ENOSPC: N_("make room on its disk"),
    errno.EDQUOT: N_("make room on its disk"),
    errno.EROFS: N_("choose a place that can be written"),
    errno.EIO: N_("check its disk"),
    errno.EMFILE: N_("let this user open more files (ulimit -n)"),
}
"""What may help, in English."""


class CcmonError(Exception):
    """An error with a sentence for the user. The command line prints it to standard error and exits with 1."""

    def __init__(self, sentence: str, *, command: str | None = None) -> None:
        """Say what is wrong.

        Args:
            sentence: what is wrong and what to do; with a `command`, only what is wrong, without a full stop.
            command: what an administrator can do about it; ends the sentence.
        """
        super().__init__(sentence if command is None else f"{sentence}; {command}")
        self._sentence, self._command = sentence, command

    @property
    def for_supervisors(self) -> str:
        """The same for somebody who runs no commands: whom to ask instead of what to type."""
        if self._command is None:
            return self._sentence
        return _("{sentence}: ask the administrator.").format(sentence=self._sentence)

    def in_step(self, step: str) -> CcmonError:
        """The same, after what was being done."""
        return CcmonError(f"{step}: {self._sentence}", command=self._command)

    def followed_by(self, more: str) -> CcmonError:
        """The same with a further sentence, which comes before the command: after that, it would be copied with it."""
        if self._command is None:
            return CcmonError(f"{self._sentence} {more}")
        return CcmonError(f"{self._sentence}. {more} {self._command[0].upper()}{self._command[1:]}")


class NoRightError(CcmonError):
    """This user lacks a right to a file, which a new login may give (`ccmon.new_login`)."""

    def __init__(self, sentence: str, path: str, *, to_write: bool = False) -> None:
        super().__init__(sentence)
        self.path = path
        self.to_write = to_write

    def followed_by(self, more: str) -> NoRightError:
        """The same with a further sentence."""
        return NoRightError(f"{self} {more}", self.path, to_write=self.to_write)


class NeedsFollowerError(CcmonError):
    """This user can open a database only while a ccmon writes it."""

    def __init__(self, sentence: str, database: str) -> None:
        """Say what is wrong with the database at which path."""
        super().__init__(sentence)
        self.database = database


class UsageError(CcmonError):
    """A command was given a value that means nothing, such as a time that is none. Its exit status is 2."""


def sentence(text: str) -> str:
    """A text with its full stop, unless it ends already, as by a question."""
    return text if text.endswith((".", "?")) else f"{text}."


def os_error(subject: object, error: OSError) -> str:
    """One sentence for an error of the operating system about a file or device: what is wrong and what to do.

    Args:
        subject: what cannot be done with which file, such as "/etc/x cannot be read".
        error: the error that occurred.
    """
    hint = _WHAT_TO_DO.get(error.errno or 0, N_("check it, and try again"))
    return f"{subject}: {error.strerror or error}; {_(hint)}."
