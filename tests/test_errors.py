"""Every error is one sentence that says what is wrong and what to do."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from pathlib import Path

import pytest

from ccmon.database import sqlite_errors
from ccmon.database.connection import ReplacedError
from ccmon.errors import CcmonError, os_error, sentence

VERBS = "ask|try|see|make|run|put|name|check|keep|give|let|choose|this user must|ccmon doctor"
ADVICE = re.compile(rf"[;:] (?:{VERBS})\b")


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


CODES = sorted(getattr(sqlite3, name) for name in dir(sqlite3) if re.fullmatch("SQLITE_[A-Z]+", name)
               and isinstance(getattr(sqlite3, name), int) and 0 < getattr(sqlite3, name) < 27)  # fmt: skip


@pytest.mark.parametrize("code", [code for code in CODES if code in sqlite_errors._MEANINGS or code == 1])
def test_each_fault_of_a_database_says_what_to_do(code: int) -> None:
    told = sqlite_errors.explain(Path("/srv/calls.db"), sqlite_error(code))
    assert told.startswith("/srv/calls.db")
    assert told.endswith(".")
    assert ADVICE.search(told), told


def test_a_lost_file_is_named_with_what_to_do() -> None:
    told = sqlite_errors.explain(Path("/srv/calls.db"), ReplacedError("/srv/calls.db-wal"))
    assert told == (
        "/srv/calls.db-wal was removed or replaced while it was in use; keep other programs from it, and try again."
    )


@pytest.mark.parametrize("code", sorted(errno.errorcode))
def test_each_fault_of_the_system_says_what_to_do(code: int) -> None:
    told = os_error("/etc/x cannot be read", OSError(code, os.strerror(code)))
    assert told.startswith(f"/etc/x cannot be read: {os.strerror(code)}; ")
    assert ADVICE.search(told), told


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (errno.EACCES, "give this user access to it"),
        (errno.ENOENT, "check its path"),
        (errno.EISDIR, "name a file in it"),
        (errno.ENOSPC, "make room on its disk"),
        (errno.EROFS, "choose a place that can be written"),
        (errno.EIO, "check its disk"),
        (errno.EPIPE, "check it, and try again"),
    ],
)
def test_what_to_do_goes_by_what_is_wrong(code: int, advice: str) -> None:
    assert os_error("x", OSError(code, "odd")) == f"x: odd; {advice}."


def test_a_fault_without_a_number_is_said_as_it_is() -> None:
    assert os_error("x", OSError("no reason given")) == "x: no reason given; check it, and try again."


def test_what_follows_an_error_comes_before_its_command() -> None:
    plain = CcmonError("The disk is full.").in_step("Step 2 failed").followed_by("The rest stays.")
    assert str(plain) == "Step 2 failed: The disk is full. The rest stays."
    older = CcmonError("x.db is older", command="bring it up to date with: ccmon init --db x.db")
    told = older.in_step("Step 2 failed").followed_by("The rest stays.")
    assert str(told) == ("Step 2 failed: x.db is older. The rest stays. Bring it up to date with: ccmon init --db x.db")
    assert older.in_step("Step 2 failed").for_supervisors == "Step 2 failed: x.db is older: ask the administrator."


@pytest.mark.parametrize(
    ("text", "said"),
    [("it is wrong", "it is wrong."), ("it is wrong.", "it is wrong."), ("did you mean sales?", "did you mean sales?")],
)
def test_a_sentence_has_one_end(text: str, said: str) -> None:
    assert sentence(text) == said
