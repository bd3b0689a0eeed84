"""Setup that is broken off before and after each of its steps, and taken up again: all is as if it was made at once."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ccmon import settings
from ccmon.database import doctor
from ccmon.database.database_file import open_for_reading
from ccmon.real_time import real_now
from ccmon.services.systemd import Systemd
from ccmon.setup import (
    database_steps,
    directory_steps,
    kept_answers,
    move_steps,
    place,
    question,
    questions,
    service_steps,
    steps,
    system_steps,
)
from ccmon.setup.existing import look_at_database
from ccmon.setup.opening_hours_steps import SetOpeningHours
from ccmon.setup.session import SetupSession
from ccmon.setup.source_steps import RetireSource
from ccmon.setup.step import Step
from tests.setup.machines import Notes, Run, machine


class Commands(Notes):
    """A runner that does to the files of a made-up machine what commands of accounts, groups and rights do."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._accounts, self._groups = root / "etc/passwd", root / "etc/group"
        self.owners: dict[Path, tuple[str, str]] = {}
        """Account and group of each file that was given to somebody."""

    def __call__(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        done = super().__call__(command)
        match list(command):
            case ["groupadd", *_, group]:
                self._write(self._groups, [*self._lines(self._groups), f"{group}:x:990:"])
            case ["useradd", *_, name]:
                self._write(self._accounts, [*self._lines(self._accounts), f"{name}:x:990:990"])
            case ["usermod", "-aG", group, name]:
                self._change(group, lambda members: [*members, name])
            case ["gpasswd", "-d", name, group]:
                self._change(group, lambda members: [each for each in members if each != name])
            case ["install", "-d", "-o", owner, "-g", group, "-m", mode, folder]:
                Path(folder).chmod(int(mode, 8))
                self.owners[Path(folder)] = owner, group
            case ["chmod", mode, *paths]:
                for path in paths:
                    Path(path).chmod(int(mode, 8))
            case ["chown", _, owners, *paths]:
                owner, _, group = owners.partition(":")
                self.owners |= {Path(path): (owner, group) for path in paths}
        return done

    def _lines(self, file: Path) -> list[str]:
        return file.read_text().splitlines()

    def _write(self, file: Path, lines: list[str]) -> None:
        file.write_text("".join(f"{line}\n" for line in lines))

    def _change(self, group: str, change: Callable[[list[str]], list[str]]) -> None:
        lines = []
        for line in self._lines(self._groups):
            head, _, members = line.rpartition(":")
            is_it = line.startswith(f"{group}:")
            lines.append(f"{head}:{','.join(change([*filter(None, members.split(','))]))}" if is_it else line)
        self._write(self._groups, lines)


class Course(NamedTuple):
    """What is done on a made-up machine before setup is broken off, and then."""

    earlier: dict[str, str]
    """The answers of a whole run before it; empty: nothing is there yet."""
    given: dict[str, str]
    """Those of the run that is broken off."""
    is_root: bool = False
    is_followed: bool = False
    """Whether the service has followed the log since the run before."""
    leaves_directory: bool = False
    """Whether another move was broken off before it, when it had made a directory."""


ANSWERS = {"teams": "Care: Alice Martin", "quota": "20", "opening_hours": "mon-fri 9-17", "service": "no"}
NEW = Course({}, {**ANSWERS, "database": "{}/calls/calls.db"})
CHANGED = Course(ANSWERS, {"time_zone": "Tokyo", "day_starts": "05:00", "service": "yes"})
OTHER_SOURCE = Course({**ANSWERS, "service": "yes"}, {"source": "none"}, is_followed=True)
WITHOUT_SERVICE = Course({**ANSWERS, "service": "yes"}, {"service": "no"})
MOVED = Course({"service": "no"}, {"database": "{}/calls/calls.db", "service": "no"})
BACK = Course({"service": "no"}, {"database": "{}/other/calls.db", "service": "no"}, leaves_directory=True)
RIGHTS = Course({"look": "anna", "service": "no"}, {"look": "bert", "act": "all", "service": "no"}, is_root=True)
COURSES: dict[type[Step], Course] = {
    system_steps.MakeAccounts: RIGHTS,
    system_steps.MakeDirectory: NEW,
    database_steps.MakeDatabase: NEW,
    system_steps.WriteSettings: NEW,
    database_steps.ChangeSite: CHANGED,
    SetOpeningHours: NEW,
    database_steps.SetQueues: NEW,
    database_steps.ImportPast: NEW,
    database_steps.SetTeams: NEW,
    database_steps.SetQuota: NEW,
    system_steps.GiveRights: RIGHTS,
    service_steps.InstallService: CHANGED,
    system_steps.TakeRightsAway: RIGHTS,
    service_steps.RemoveService: WITHOUT_SERVICE,
    RetireSource: OTHER_SOURCE,
    move_steps.NoteMove: MOVED,
    directory_steps.RemoveDirectories: BACK,
}
"""A course in which each step has something to do."""


class Site:
    """A machine with a home of its own, on which setup runs."""

    def __init__(self, folder: Path, like: Path, *, is_root: bool, patch: pytest.MonkeyPatch) -> None:
        self.root = folder / "root"
        shutil.copytree(like, self.root)
        (folder / "home").mkdir()
        patch.setenv("HOME", str(folder / "home"))
        patch.setenv("CCMON_SITE_DIR", str(self.root / "etc/ccmon"))
        self._commands = Commands(self.root)
        self._machine = machine(self.root, is_root=is_root, run=self._commands)
        for module in (place, question, questions, system_steps):
            for place_of, name in enumerate(("owner_of", "group_of")):
                patch.setattr(module, name, partial(self._owner, place_of), raising=False)

    def _owner(self, place: int, path: Path) -> str:
        return self._commands.owners.get(path, ("root", "root"))[place]

    def prepare(self, course: Course) -> None:
        """Have it as it is before the run that is broken off."""
        if course.earlier:
            self.run(course.earlier)
        if course.is_followed:
            with closing(sqlite3.connect(settings.load().database)) as connection, connection:
                connection.execute("UPDATE sources SET following = 1")
        if course.leaves_directory:
            with pytest.MonkeyPatch.context() as patch:
                breaking(database_steps.MakeDatabase, patch, after=False)
                with pytest.raises(KeyboardInterrupt):
                    self.run({"database": "{}/left/empty/calls.db"})

    def run(self, given: dict[str, str]) -> None:
        """Run setup with options."""
        Run(self._machine, **{name: text.format(self.root) for name, text in given.items()})

    def rights_of(self, path: Path) -> tuple[int, str, str]:
        """Mode, owner and group of a file."""
        return path.stat().st_mode, self._owner(0, path), self._owner(1, path)

    def outcome(self) -> list[object]:
        """All that setup has made, without paths."""
        path = settings.load().database
        with open_for_reading(path) as connection:
            findings = doctor.examine(path, connection, real_now())
            assert [each for each in findings if each.verdict == "wrong"] == []
        made = look_at_database(path)
        return [
            (made.site, made.queues, made.teams, made.quota, made.opening_hours),
            [(each.records, each.following) for each in made.sources],
            Systemd(is_user=True).unit("ccmon-follow").exists(),
            [(self.root / "etc" / name).read_text() for name in ("passwd", "group")],
            [self.rights_of(each) for each in (path.parent, path)],
            (self.root / "left").exists(),
            kept_answers.load(kept_answers.default_file()).made,
        ]


AT_ONCE: dict[int, list[object]] = {}
"""The outcome of each course that nobody breaks off, by its `id`: it is the same for each step."""


def at_once(course: Course, place: Path, like: Path) -> list[object]:
    if id(course) not in AT_ONCE:
        with pytest.MonkeyPatch.context() as patch:
            whole = Site(place, like, is_root=course.is_root, patch=patch)
            whole.prepare(course)
            whole.run(course.given)
            AT_ONCE[id(course)] = whole.outcome()
    return AT_ONCE[id(course)]


def breaking(kind: type[Step], patch: pytest.MonkeyPatch, *, after: bool) -> None:
    whole = kind.do

    def do(self: Any) -> str:
        if after:
            whole(self)
        raise KeyboardInterrupt

    patch.setattr(kind, "do", do)


def test_each_step_is_broken_off() -> None:
    assert list(COURSES) == list(steps.KINDS)


@pytest.mark.slow
@pytest.mark.usefixtures("systemctl")
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kind", COURSES)
def test_what_was_broken_off_is_taken_up_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Step], after: bool
) -> None:
    monkeypatch.setattr(SetupSession, "show_result", lambda self: None)  # its look at what was made is half the time
    course = COURSES[kind]
    (tmp_path / "whole").mkdir()
    expected = at_once(course, tmp_path / "whole", root)
    (tmp_path / "broken").mkdir()
    site = Site(tmp_path / "broken", root, is_root=course.is_root, patch=monkeypatch)
    site.prepare(course)
    with monkeypatch.context() as patch:
        breaking(kind, patch, after=after)
        with pytest.raises(KeyboardInterrupt):
            site.run(course.given)
    file = kept_answers.default_file(of_system=course.is_root)
    kept = json.loads(file.read_text())
    assert kept["answers"].keys() == course.given.keys()
    assert file.stat().st_mode & 0o777 == 0o600
    site.run({})  # without the options: the answers were kept
    assert site.outcome() == expected


@pytest.mark.parametrize("act", ["all", "bert"])
@pytest.mark.parametrize("is_there", [False, True])
def test_a_move_that_was_broken_off_keeps_who_may_act(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool, act: str
) -> None:
    monkeypatch.setattr(SetupSession, "show_result", lambda self: None)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    (tmp_path / "site").mkdir()
    site = Site(tmp_path / "site", root, is_root=True, patch=monkeypatch)
    site.run({"look": "anna,bert", "act": act, "service": "no"})
    former = settings.load().database
    other = site.root / "srv/ccmon/calls.db"
    if is_there:
        other.parent.mkdir(parents=True)
        shutil.copy(former, other)
        other.chmod(0o600)
    with monkeypatch.context() as patch:
        breaking(system_steps.WriteSettings, patch, after=True)
        with pytest.raises(KeyboardInterrupt):
            site.run({"database": str(other)})
    site.run({})
    assert settings.load().database == other
    assert site.rights_of(other) == site.rights_of(former)
