"""As which account a service runs, and which groups it needs to read what it follows."""

from __future__ import annotations

import grp
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccmon.database import access_list
from ccmon.services.account import reading_groups
from tests.accounts import give_list, open_folder

IS_ROOT = os.geteuid() == 0
OWN = os.getegid()
GROUP = 4 if IS_ROOT else OWN
NAME = grp.getgrgid(GROUP).gr_name
NEW, NO_GROUP = "no-such-account", "no-such-group"


@pytest.fixture
def log() -> Iterator[Path]:
    """A log in a directory of its own, to which the way is open; who is not its owner reads it by its group."""
    with open_folder() as folder:
        path = folder / "asterisk/queue_log"
        path.parent.mkdir()
        path.touch()
        for each in (path.parent, path):
            os.chown(each, -1, GROUP)
            each.chmod(0o750 if each.is_dir() else 0o640)
        yield path


def test_the_group_that_may_read_is_needed_once(log: Path) -> None:
    assert reading_groups(NEW, NO_GROUP, [log, log]) == [NAME]
    assert reading_groups(NEW, NAME, [log]) == [], "it is the database's"


@pytest.mark.parametrize(
    ("of_folder", "of_log", "is_needed"),
    [
        (0o755, 0o644, False),
        (0o750, 0o644, True),
        (0o755, 0o640, True),
        (0o711, 0o644, False),
        (0o755, 0o600, False),
        (0o700, 0o600, False),
    ],
)
def test_a_group_is_needed_where_others_may_not_and_it_may(
    log: Path, of_folder: int, of_log: int, is_needed: bool
) -> None:
    """Also to enter a directory: the log in it may be open to all."""
    log.chmod(of_log)
    log.parent.chmod(of_folder)
    assert reading_groups(NEW, NO_GROUP, [log]) == ([NAME] if is_needed else [])


@pytest.mark.parametrize(("of_folder", "is_needed"), [(0o755, False), (0o750, True), (0o751, True)])
def test_a_log_that_is_not_there_yet_will_be_as_its_directory_is(log: Path, of_folder: int, is_needed: bool) -> None:
    log.unlink()
    log.parent.chmod(of_folder)
    assert reading_groups(NEW, NO_GROUP, [log]) == ([NAME] if is_needed else [])


def test_behind_a_link_it_is_the_group_of_the_log_itself(log: Path) -> None:
    link = log.parent.with_name("link")
    link.symlink_to(log)
    assert reading_groups(NEW, NO_GROUP, [link]) == [NAME]


def test_whom_an_access_list_names_needs_no_group(log: Path) -> None:
    log.parent.chmod(0o755)
    give_list(log, (access_list.USER, 4, 1), mask=4, group=4)
    assert reading_groups("daemon", NO_GROUP, [log]) == []
    assert reading_groups(NEW, NO_GROUP, [log]) == [NAME]


@pytest.mark.skipif(not IS_ROOT, reason="only root can give a file to another account")
def test_the_owner_needs_no_group_and_root_is_as_any_other(log: Path) -> None:
    """A service that is closed off has none of root's special rights."""
    os.chown(log, 1, -1)
    os.chown(log.parent, 1, -1)
    assert reading_groups("daemon", NO_GROUP, [log]) == []
    assert reading_groups("root", NO_GROUP, [log]) == [NAME]
