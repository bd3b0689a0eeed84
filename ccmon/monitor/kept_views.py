"""What a person has set on the screen, kept in a file of theirs: as it was left, and under names.

The file is ``$XDG_STATE_HOME/ccmon/views.json`` (``~/.local/state``). It is written whole. Of two monitors that end,
the later one decides how the next one begins; views with names are read anew before each change, so that none is lost.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct, field

from ccmon import settings
from ccmon.errors import CcmonError, UsageError, os_error
from ccmon.spelling import suggestion
from ccmon.views.screen_view import AS_USUAL, ScreenView
from ccmon.whole_file import write_whole

MOST_DATABASES = 20
"""For so many databases it is kept how the screen was left."""
PRIVATE = 0o600
PRIVATE_FOLDER = 0o700
"""Filters name people's teams and clients."""


class KeptViews(Struct):
    """The content of the file."""

    left: dict[str, ScreenView] = field(default_factory=dict)
    """By path of a database, how its screen was left; the last one left is last."""
    named: dict[str, ScreenView] = field(default_factory=dict)
    """By name."""


def views_file() -> Path:
    """Where views are kept.

    Raises:
        CcmonError: this user has no home.
    """
    return settings.state_directory() / "views.json"


def read(file: Path) -> KeptViews:
    """What a file keeps; nothing, if it is not there.

    Raises:
        CcmonError: it cannot be read, or holds something else.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=KeptViews)
    except FileNotFoundError:
        return KeptViews()
    except OSError as error:
        raise CcmonError(os_error(f"The views kept in {file} cannot be read", error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BrokenFileError(f"The views kept in {file} cannot be read: it is damaged; remove it.") from None


class BrokenFileError(CcmonError):
    """What is in the file are no views."""


def named_view(file: Path, name: str) -> ScreenView:
    """The view that has a name.

    Raises:
        UsageError: none has it; the sentence names the nearest one.
        CcmonError: the file cannot be read.
    """
    named = read(file).named
    if name in named:
        return named[name]
    if not named:
        raise UsageError(f"there is no view named {name}, and no other one: save one on the screen first.")
    raise UsageError(f"there is no view named {name}; {suggestion(name, named)}")


def change(file: Path, make: Callable[[KeptViews], None]) -> None:
    """Change what a file keeps. A damaged file is put aside, and a new one begun.

    Raises:
        CcmonError: it cannot be read or written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    except OSError as error:
        raise CcmonError(os_error(f"{file.parent} cannot be made", error)) from None
    with _alone(file.parent):
        try:
            kept = read(file)
        except BrokenFileError:
            with suppress(OSError):
                file.replace(file.with_suffix(".damaged"))
            kept = KeptViews()
        make(kept)
        write_whole(file, msgspec.json.format(msgspec.json.encode(kept)).decode() + "\n", mode=PRIVATE)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """While no other monitor of this user changes the file; where locks are not to be had, at once."""
    handle = -1
    try:
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        if handle >= 0:
            os.close(handle)


def save(file: Path, name: str, view: ScreenView) -> None:
    """Keep a view under a name, in the place of one that has it.

    Raises:
        CcmonError: the file cannot be read or written.
    """
    change(file, lambda kept: kept.named.update({name: view}))


def remove(file: Path, name: str) -> None:
    """Remove the view that has a name.

    Raises:
        UsageError: none has it.
        CcmonError: the file cannot be read or written.
    """
    named_view(file, name)

    def take_out(kept: KeptViews) -> None:
        kept.named.pop(name, None)

    change(file, take_out)


class ViewKeeper:
    """Keeps how the screen of one database is left."""

    def __init__(self, file: Path, database: Path, *, keeps_left: bool = True) -> None:
        """`keeps_left`: whether the present state is kept at all, and not only what is saved under a name."""
        self.file = file
        self.database = str(database.absolute())
        self.keeps_left = keeps_left
        self.left = AS_USUAL
        """What was kept last."""
        self.trouble: str | None = None
        """Why what was kept cannot be read, a sentence that is to be shown once."""

    def begin(self) -> ScreenView:
        """How the screen was left; as usual where that is not known."""
        try:
            self.left = read(self.file).left.get(self.database, AS_USUAL)
        except CcmonError as error:
            self.trouble = f"{str(error).removesuffix('; remove it.').removesuffix('.')}; the screen begins as usual."
        return self.left

    def named(self) -> Mapping[str, ScreenView]:
        """The views with names.

        Raises:
            CcmonError: the file cannot be read.
        """
        return read(self.file).named

    def keep(self, view: ScreenView) -> None:
        """Keep how the screen is now.

        Raises:
            CcmonError: the file cannot be written.
        """
        if not self.keeps_left or view == self.left:
            return

        def take(kept: KeptViews) -> None:
            kept.left.pop(self.database, None)
            kept.left[self.database] = view
            for oldest in list(kept.left)[:-MOST_DATABASES]:
                del kept.left[oldest]

        change(self.file, take)
        self.left = view
