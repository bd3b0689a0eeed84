"""Directories that setup has made for a database, left empty where it was broken off: a step removes them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from ccmon.database.doctor import Finding
from ccmon.errors import CcmonError, os_error
from ccmon.setup import kept_answers
from ccmon.setup.step import Description, Step


def missing(folder: Path) -> list[Path]:
    """The directories that are to be made so that one is there, the outermost first."""
    return [each for each in reversed((folder, *folder.parents)) if not each.exists()]


def left_empty(made: Sequence[str], database: Path) -> list[Path]:
    """Those of the directories that setup has made in which nothing lies, the innermost first.

    Args:
        made: their paths.
        database: that in force, or what is to be; its own directory is none of them.
    """
    found: list[Path] = []
    for folder in sorted({Path(each) for each in made}, key=lambda path: len(path.parts), reverse=True):
        if not database.is_relative_to(folder) and _holds_only(folder, found):
            found.append(folder)
    return found


def _holds_only(folder: Path, others: Sequence[Path]) -> bool:
    try:
        return not folder.is_symlink() and all(each in others for each in folder.iterdir())
    except OSError:  # it is gone, or closed to this account
        return False


class RemoveDirectories(Step):
    """Empty directories that a setup has made which was broken off, for a database that lies elsewhere now."""

    def applies(self) -> bool:
        return bool(self._left())

    def _left(self) -> list[Path]:
        return left_empty(self.kept.made, self.database)

    def is_done(self) -> bool:
        return False

    def describe(self) -> Description:
        *inner, outer = self._left()
        below = tuple(f"with {each} in it" for each in reversed(inner))
        return Description(f"Remove the empty directory {outer}, which a setup that was broken off has made", below)

    def do(self) -> str:
        for folder in self._left():
            try:
                folder.rmdir()
            except OSError as error:
                raise CcmonError(os_error(f"{folder} cannot be removed", error)) from error
        return ""


def findings(database: Path, *, is_root: bool) -> Iterator[Finding]:
    """What the doctor says of empty directories that a setup of this account has left."""
    kept = kept_answers.of_this_account(is_root=is_root)
    left = [] if kept is None else left_empty(kept.made, database)
    if left:
        command = shlex.join([*(["sudo"] if is_root else []), "rmdir", *map(str, left)])
        is_or_are = "is" if len(left) == 1 else "are"
        what = f"{' and '.join(map(str, reversed(left)))} {is_or_are} empty, made by a setup that was broken off"
        yield Finding("note", "setup", f"{what}: {command}")
