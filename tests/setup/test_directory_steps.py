"""Directories that a setup has made which was broken off: setup removes them, and the doctor names them."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from ccmon import settings
from ccmon.setup import directory_steps, kept_answers
from ccmon.setup.database_steps import MakeDatabase
from ccmon.setup.directory_steps import left_empty
from ccmon.setup.system_steps import MakeDirectory
from tests.setup.machines import Notes, Run, machine
from tests.setup.test_broken_off import breaking


@pytest.fixture
def before(root: Path) -> Path:
    """The database in force."""
    Run(machine(root), service="no")
    return settings.default_database()


def break_off(root: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin a move to another place, and break it off as the database is to be made there."""
    with monkeypatch.context() as patch:
        breaking(MakeDatabase, patch, after=False)
        with pytest.raises(KeyboardInterrupt):
            Run(machine(root), service="no", database=str(database))


def told_by_doctor(database: Path) -> list[str]:
    return [each.text for each in directory_steps.findings(database, is_root=False)]


def test_who_goes_back_is_shown_that_they_are_removed(
    root: Path, tmp_path: Path, before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outer, inner = tmp_path / "new", tmp_path / "new/inner"
    break_off(root, inner / "calls.db", monkeypatch)
    assert inner.is_dir()
    what = f"{outer} and {inner} are empty, made by a setup that was broken off"
    assert told_by_doctor(before) == [f"{what}: rmdir {inner} {outer}"]
    assert told_by_doctor(inner / "calls.db") == []
    told = "".join(Run(machine(root), service="no", database=str(before)).text.split())
    assert f"Removetheemptydirectory{outer},whichasetupthatwasbrokenoffhasmade" in told
    assert f"with{inner}init" in told
    assert not outer.exists()
    assert told_by_doctor(before) == []
    assert "nothing was changed" in Run(machine(root), service="no").text
    assert not kept_answers.load(kept_answers.default_file()).made


def test_who_goes_elsewhere_has_them_removed_too(
    root: Path, tmp_path: Path, before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_off(root, tmp_path / "new/inner/calls.db", monkeypatch)
    other = tmp_path / "new/other/calls.db"
    Run(machine(root), service="no", database=str(other))
    assert other.is_file()
    assert not (tmp_path / "new/inner").exists()


def test_what_goes_on_uses_it(root: Path, tmp_path: Path, before: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    break_off(root, tmp_path / "new/calls.db", monkeypatch)
    assert "Remove the empty" not in Run(machine(root)).text
    assert (tmp_path / "new/calls.db").is_file()
    assert not kept_answers.load(kept_answers.default_file()).made
    Run(machine(root), service="no", database=str(before))
    for each in (tmp_path / "new").iterdir():
        each.unlink()
    assert told_by_doctor(before) == [], "it was in use, and is no more setup's own to judge"


def test_what_somebody_has_put_something_into_stays(
    root: Path, tmp_path: Path, before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_off(root, tmp_path / "new/calls.db", monkeypatch)
    (tmp_path / "new/notes").touch()
    assert told_by_doctor(before) == []
    assert "Remove the empty" not in Run(machine(root), service="no", database=str(before)).text
    assert (tmp_path / "new/notes").exists()
    (tmp_path / "new/notes").unlink()
    assert told_by_doctor(before) == [
        f"{tmp_path}/new is empty, made by a setup that was broken off: rmdir {tmp_path}/new"
    ]


def test_what_was_there_before_stays(root: Path, tmp_path: Path, before: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "there").mkdir()
    break_off(root, tmp_path / "there/calls.db", monkeypatch)
    Run(machine(root), service="no", database=str(before))
    assert (tmp_path / "there").is_dir()


def test_it_is_known_also_where_setup_was_broken_off_before_it_was_made(
    root: Path, tmp_path: Path, before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "new"
    with monkeypatch.context() as patch:
        breaking(MakeDirectory, patch, after=True)
        with pytest.raises(KeyboardInterrupt):
            Run(machine(root), service="no", database=str(folder / "calls.db"))
    folder.rmdir()
    break_off(root, folder / "calls.db", monkeypatch)
    assert told_by_doctor(before) == [f"{folder} is empty, made by a setup that was broken off: rmdir {folder}"]


def test_root_is_told_the_command_with_sudo(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = root / "srv/c m/calls.db"
    with monkeypatch.context() as patch:
        breaking(MakeDatabase, patch, after=False)
        with pytest.raises(KeyboardInterrupt):
            Run(machine(root, is_root=True, run=Notes()), service="no", database=str(place))
    folders = [place.parent, place.parent.parent]
    [found] = directory_steps.findings(root / "calls.db", is_root=True)
    assert found.text.endswith(f": {shlex.join(['sudo', 'rmdir', *map(str, folders)])}")


def test_a_link_is_no_directory_of_setups(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    made = [str(tmp_path / name) for name in ("link", "gone", "target", "target")]
    assert left_empty(made, tmp_path / "calls.db") == [tmp_path / "target"]
