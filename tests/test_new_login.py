"""Who has been given a group since this session began hears that a new login is needed."""

from __future__ import annotations

import grp
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccmon import new_login
from tests.accounts import as_account, open_folder
from tests.commands import ccmon, one_line

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another account")
ACCOUNT, OTHER = 61_001, 61_002
GROUP = grp.getgrall()[-1]


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory that the members of a group may enter, with a file that they may read."""
    monkeypatch.setattr(new_login, "groups_of_account", lambda _: {GROUP.gr_gid, OTHER})
    with open_folder() as folder:
        inner = folder / "ccmon"
        inner.mkdir()
        inner.chmod(0o750)
        file = inner / "calls.db"
        file.write_bytes(b"SQLite format 3\0" + bytes(100))
        file.chmod(0o640)
        for path in (inner, file):
            os.chown(path, 0, GROUP.gr_gid)
        yield file


def test_a_group_that_gives_the_right_from_the_next_login_on_is_named(place: Path) -> None:
    told = f" This user is in the group {GROUP.gr_name} by now: log in anew, and it holds."
    with as_account(ACCOUNT, {OTHER}):
        assert new_login.hint(place) == told
        said = one_line(ccmon("status", "--db", place, CCMON_SITE_DIR="/nowhere", XDG_CONFIG_HOME="/nowhere"))
    why = "this user has no right to it; give the user the right to read it."
    assert said == f"ccmon: {place} cannot be read: {why}{told}"
    place.parent.chmod(0o755)
    with as_account(ACCOUNT, {OTHER}):
        assert new_login.hint(place) == told, "the directory is open, and the file is not"
        assert new_login.hint(place, to_write=True) == "", "the group may not write either"


def test_whose_group_holds_already_or_gives_nothing_hears_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with as_account(ACCOUNT, {OTHER, GROUP.gr_gid}):
        assert new_login.hint(place) == ""
    monkeypatch.setattr(new_login, "groups_of_account", lambda _: {OTHER})
    with as_account(ACCOUNT, set()):
        assert new_login.hint(place) == ""
        assert one_line(ccmon("status", "--db", place, CCMON_SITE_DIR="/nowhere", XDG_CONFIG_HOME="/nowhere")).endswith(
            "give the user the right to read it."
        )


def test_the_groups_of_an_account_are_those_of_its_next_login() -> None:
    assert new_login.groups_of_account(0) == set()
    assert new_login.groups_of_account(ACCOUNT) == set()
    assert 65534 in new_login.groups_of_account(65534)
