"""Whether a right that this session lacks is the user's by now: a new group holds from the next login on."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Iterable
from pathlib import Path

from ccmon.file_rights import Action, Identity, Right, has_right


def hint(path: Path | str, *, to_write: bool = False) -> str:
    """A sentence for a user whose new group gives a right to a file that this session lacks; empty: none does."""
    path, action = Path(path), Action.WRITE if to_write else Action.READ
    held = frozenset({*os.getgroups(), os.getegid()})
    ways = [Right(Action.ENTER, folder) for folder in reversed(path.absolute().parents)]
    for group in sorted(groups_of_account(os.geteuid()) - held):
        if _gives(group, held, [*ways, Right(action, path)]):
            return f" This user is in the group {grp.getgrgid(group).gr_name} by now: log in anew, and it holds."
    return ""


def groups_of_account(user: int) -> set[int]:
    """The groups of an account by number, as they will be at its next login; none of root, who needs none."""
    try:
        account = pwd.getpwuid(user)
    except KeyError:
        return set()
    return set(os.getgrouplist(account.pw_name, account.pw_gid)) if user else set()


def _gives(group: int, held: frozenset[int], rights: Iterable[Right]) -> bool:
    """Whether a group more gives one of some rights which is lacking, and none is lacking with it."""
    now, then = Identity(os.geteuid(), held), Identity(os.geteuid(), held | {group})
    is_gained = False
    for right in rights:
        try:
            if not has_right(then, right):
                return False
            is_gained = is_gained or not has_right(now, right)
        except OSError:  # this session may not look so far
            break
    return is_gained
