"""Accounts under which tests read and write, and access lists that let them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ccmon.database import access_list

_NO_GROUP = 61_999
"""To which nothing belongs."""


@contextmanager
def open_folder() -> Iterator[Path]:
    """A directory of this account's to which, unlike those that pytest makes, the way is open to everybody."""
    folder = Path(tempfile.mkdtemp()).resolve()
    folder.chmod(0o755)
    os.chown(folder, -1, os.getegid())
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def with_no_special_rights() -> Iterator[None]:
    """As another user, where the tests run as root, who may read every file."""
    before = os.geteuid()
    os.seteuid(before or 61_001)
    try:
        yield
    finally:
        os.seteuid(before)


@contextmanager
def as_account(user: int, groups: Collection[int]) -> Iterator[None]:
    """As another user, and in these groups alone; only for root."""
    before, groups_before = os.getegid(), os.getgroups()
    os.setgroups(sorted(groups))
    os.setegid(min(groups, default=_NO_GROUP))
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(before)
        os.setgroups(groups_before)


def give_list(
    path: Path, *named: tuple[int, int, int], mask: int, owner: int = 6, group: int = 0, others: int = 0
) -> None:
    """Give a file an access list with these rights, and entries of accounts and groups by kind, rights and number."""
    entries = [
        (access_list.OWNER, owner, access_list.NOBODY),
        (access_list.GROUP, group, access_list.NOBODY),
        (access_list.MASK, mask, access_list.NOBODY),
        (access_list.OTHERS, others, access_list.NOBODY),
        *named,
    ]
    try:
        os.setxattr(path, access_list.ACCESS, access_list.packed(sorted(entries)))
    except OSError:
        pytest.skip("this file system knows no access lists")
