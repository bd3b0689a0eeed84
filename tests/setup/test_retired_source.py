"""A database that is left for another place: its screen does not wait for a follower that writes elsewhere now."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ccmon import settings
from ccmon.database.source_lock import SourceLock
from ccmon.setup import kept_answers
from ccmon.setup.database_steps import SetQuota
from ccmon.setup.existing import look_at_database
from ccmon.setup.source_steps import RetireSource
from ccmon.setup.step import Step
from tests.setup.machines import Run, machine
from tests.setup.test_broken_off import breaking


@pytest.fixture
def before(root: Path) -> Path:
    """A database that a service follows, and another program that somebody has stopped by force."""
    path = settings.default_database()
    Run(machine(root), service="no")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE sources SET following = 1")
        connection.execute("INSERT INTO sources (name, kind, following) VALUES ('second', 'queue-log', 1)")
    return path


def followed(path: Path) -> set[str]:
    return {each.name for each in look_at_database(path).sources if each.following}


@pytest.mark.parametrize("is_there", [False, True])
def test_nothing_is_expected_any_more_in_a_database_that_is_left(
    root: Path, tmp_path: Path, before: Path, is_there: bool
) -> None:
    after = tmp_path / "b.db"
    if is_there:
        Run(machine(root), database=str(after), service="no", past="no")
        Run(machine(root), database=str(before), service="no")
        with closing(sqlite3.connect(before)) as connection, connection:
            connection.execute("UPDATE sources SET following = 1")
    told = Run(machine(root), database=str(after), service="no").text
    assert f"sources--retirequeue-log--db{before}" in "".join(told.split())
    assert followed(before) == set()
    assert look_at_database(before).sources[0].records == 325
    assert "nothing was changed" in Run(machine(root), service="no").text


def test_what_somebody_follows_into_it_stays(root: Path, tmp_path: Path, before: Path) -> None:
    lock = SourceLock(before, "second")
    try:
        told = Run(machine(root), database=str(tmp_path / "b.db"), take_along="no", service="no").text
    finally:
        lock.release()
    assert f"Expectnomorenewsofqueue-login{before};" in "".join(told.split())
    assert followed(before) == {"second"}


MOVING = {"service": "no", "quota": "9"}


@pytest.mark.parametrize("kind", [SetQuota, RetireSource])
def test_it_is_done_also_by_a_setup_that_goes_on(
    root: Path, before: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Step]
) -> None:
    moved = before.with_name("b.db")
    with monkeypatch.context() as patch:
        breaking(kind, patch, after=False)
        with pytest.raises(KeyboardInterrupt):
            Run(machine(root), **MOVING, database=str(moved))
    assert settings.load().database == moved
    assert kept_answers.load(kept_answers.default_file()).left == str(before)
    Run(machine(root))
    assert followed(before) == set()
    assert not kept_answers.load(kept_answers.default_file()).left


def test_a_database_that_was_deleted_meanwhile_is_passed_over(
    root: Path, tmp_path: Path, before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        breaking(SetQuota, patch, after=True)
        with pytest.raises(KeyboardInterrupt):
            Run(machine(root), **MOVING, database=str(tmp_path / "b.db"))
    for each in before.parent.glob("calls.db*"):
        each.unlink()
    assert "Expect no more" not in Run(machine(root)).text


def test_the_place_that_is_kept_is_not_left(root: Path, before: Path) -> None:
    told = Run(machine(root), service="no", quota="9").text
    assert "Expect no more" not in told
    assert followed(before) == {"second", "queue-log"}
