"""Who may enter, read and write what: by a table, and as root by what Linux itself says."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccmon.database import access_list
from ccmon.file_rights import ANYBODY, Action, Identity, Right, first_refused, has_right, way_to
from tests.accounts import as_account, give_list, open_folder

IS_ROOT = os.geteuid() == 0
OTHER, GROUP, FURTHER = 61_001, 61_002, 61_003
"""An account and groups to which nothing here belongs."""
OWNER = Identity(os.geteuid())
IN_GROUP = Identity(OTHER, frozenset({os.getegid()}))
STRANGER = Identity(OTHER, frozenset({GROUP}))


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made


def file_in(folder: Path, mode: int, name: str = "file") -> Path:
    path = folder / name
    path.write_text("text")
    path.chmod(mode)
    return path


def actions(identity: Identity, path: Path) -> str:
    """As ``ls`` writes them: the letters of what an account may do."""
    letters = zip("rwx", (Action.READ, Action.WRITE, Action.ENTER), strict=True)
    return "".join(letter if has_right(identity, Right(action, path)) else "-" for letter, action in letters)


@pytest.mark.parametrize(
    ("mode", "of_owner", "of_group", "of_others"),
    [
        (0o640, "rw-", "r--", "---"),
        (0o604, "rw-", "---", "r--"),
        (0o047, "---", "r--", "rwx"),
        (0o750, "rwx", "r-x", "---"),
        (0o711, "rwx", "--x", "--x"),
        (0o000, "---", "---", "---"),
    ],
)
def test_the_mode_has_an_entry_for_owner_group_and_others(
    folder: Path, mode: int, of_owner: str, of_group: str, of_others: str
) -> None:
    """The first that fits holds alone: whose file it is has no right of the group's."""
    path = file_in(folder, mode)
    in_both = Identity(OWNER.user, frozenset({os.getegid()}))
    assert [actions(each, path) for each in (OWNER, in_both, IN_GROUP)] == [of_owner, of_owner, of_group]
    assert [actions(each, path) for each in (STRANGER, ANYBODY)] == [of_others, of_others]


def test_an_access_list_names_accounts_and_groups_and_its_mask_limits_them(folder: Path) -> None:
    path = file_in(folder, 0o600)
    give_list(
        path, (access_list.USER, 7, OTHER), (access_list.NAMED_GROUP, 4, GROUP), (access_list.NAMED_GROUP, 3, FURTHER),
        mask=6, group=1, others=5,
    )  # fmt: skip
    assert actions(OWNER, path) == "rw-"
    assert actions(STRANGER, path) == "rw-", "named itself; its groups do not count"
    assert actions(Identity(None, frozenset({GROUP})), path) == "r--"
    assert actions(Identity(None, frozenset({GROUP, FURTHER})), path) == "rw-"
    assert actions(Identity(None, frozenset({os.getegid()})), path) == "---", "what its group has is masked"
    assert actions(ANYBODY, path) == "r-x", "others are not masked"


def test_of_a_directory_without_x_nothing_can_be_reached(folder: Path) -> None:
    closed = folder / "closed"
    (closed / "inner").mkdir(parents=True)
    path = file_in(closed / "inner", 0o644)
    rights = [*way_to(path), Right(Action.READ, path)]
    assert first_refused(ANYBODY, rights) is None
    closed.chmod(0o744)
    assert first_refused(ANYBODY, rights) == Right(Action.ENTER, closed)
    assert first_refused(OWNER, rights[rights.index(Right(Action.ENTER, closed)) :]) is None
    closed.chmod(0o750)
    assert first_refused(ANYBODY, rights) == Right(Action.ENTER, closed)
    assert first_refused(IN_GROUP, rights) is None
    give_list(closed, (access_list.USER, 1, OTHER), mask=1)
    assert first_refused(STRANGER, rights) is None
    assert str(first_refused(ANYBODY, rights)) == f"enter {closed}"


def folders(path: Path, below: Path) -> list[str]:
    """The directories on the way, as they are named below another."""
    found = [right.path for right in way_to(path)]
    assert {right.action for right in way_to(path)} <= {Action.ENTER}
    assert found[: len(below.parents)] == [*reversed(below.parents)]
    return [str(each.relative_to(below)) for each in found if each.is_relative_to(below)]


def test_behind_a_link_it_is_the_way_to_where_it_leads_that_counts(folder: Path) -> None:
    (folder / "real/deep").mkdir(parents=True)
    path = file_in(folder / "real/deep", 0o644)
    (folder / "links").mkdir()
    (folder / "links/whole").symlink_to(path)
    (folder / "links/upwards").symlink_to("../real")
    assert folders(path, folder) == [".", "real", "real/deep"]
    assert folders(folder / "links/whole", folder) == [".", "links", "real", "real/deep"]
    assert folders(folder / "links/upwards/deep/file", folder) == [".", "links", "real", "real/deep"]
    assert folders(folder / "links/../real/deep/none/file", folder) == [".", "links", "real", "real/deep"]
    (folder / "links").chmod(0o700)
    (folder / "real").chmod(0o700)
    assert first_refused(ANYBODY, way_to(folder / "links/whole")) == Right(Action.ENTER, folder / "links")
    (folder / "links").chmod(0o711)
    assert first_refused(ANYBODY, way_to(folder / "links/whole")) == Right(Action.ENTER, folder / "real")


def test_links_that_lead_in_a_circle_are_an_error(folder: Path) -> None:
    (folder / "one").symlink_to("two")
    (folder / "two").symlink_to("one")
    with pytest.raises(OSError, match="Too many levels"):
        way_to(folder / "one")


def test_what_is_not_there_is_an_error(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        has_right(OWNER, Right(Action.READ, folder / "none"))


def test_nobody_writes_on_a_file_system_that_is_mounted_to_be_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, found = file_in(folder, 0o666), os.statvfs(folder)
    assert actions(ANYBODY, path) == "rw-"
    read_only = os.statvfs_result((*found[:8], found.f_flag | os.ST_RDONLY, *found[9:]))
    monkeypatch.setattr(os, "statvfs", lambda path: read_only)
    assert actions(ANYBODY, path) == "r--"


@pytest.mark.skipif(not IS_ROOT, reason="only root can become another account")
def test_it_says_what_linux_does(folder: Path) -> None:
    """Random owners, modes and lists, asked for by random accounts."""
    chance = random.Random(7)
    numbers = (61_001, 61_002, 61_003)
    kinds = (access_list.USER, access_list.NAMED_GROUP)
    for _ in range(400):
        path = file_in(folder, chance.randrange(0o1000), name=f"file{chance.randrange(5)}")
        with_list = chance.random() < 0.6
        if with_list:
            few = {(chance.choice(kinds), chance.choice(numbers)): chance.randrange(8) for _ in range(3)}
            named = [(kind, rights, number) for (kind, number), rights in few.items()]
            mask, group, others = (chance.randrange(8) for _ in range(3))
            give_list(path, *named, mask=mask, group=group, others=others)
        os.chown(path, chance.choice(numbers), chance.choice(numbers))
        if not with_list:
            path.chmod(chance.randrange(0o1000))
        identity = Identity(chance.choice(numbers), frozenset(chance.sample(numbers, chance.randrange(3))))
        with as_account(identity.user or 0, identity.groups):
            asked = [os.access(path, each, effective_ids=True) for each in (os.R_OK, os.W_OK, os.X_OK)]
        told = [has_right(identity, Right(each, path)) for each in (Action.READ, Action.WRITE, Action.ENTER)]
        assert told == asked, (identity, path.stat(), access_list.entries(path))
        path.unlink()
